"""Starts Beside: folder, keys, database, then the server. `bin/run` calls this."""

import argparse
import asyncio
import contextlib
import logging
import os
import socket
import sys
import threading
import time
import urllib.request

import uvicorn

from web.logs import Plain


def main() -> None:
    options = argparse.ArgumentParser(prog="bin/run", description="Run Beside.")
    options.add_argument("--demo", action="store_true", help="fill it with demonstration people and content")
    options.add_argument("--dev", action="store_true", help="reload templates; /patterns shows every part")
    chosen = options.parse_args()
    os.umask(0o077)
    if chosen.demo:
        os.environ["BESIDE_DEMO"] = "1"
    if chosen.dev:
        os.environ["BESIDE_DEV"] = "1"
    handler = logging.StreamHandler()
    handler.setFormatter(Plain("%(asctime)s %(message)s", "%H:%M:%S"))
    logging.basicConfig(level=logging.INFO, handlers=[handler])
    for quiet in ("httpx", "asyncio", "watchfiles", "piccolo"):
        logging.getLogger(quiet).setLevel(logging.WARNING)
    asyncio.run(prepare(chosen.demo))
    serve()


async def prepare(demo: bool) -> None:
    from config import config
    from db import engine, migrate, people_demo, shredding, unwrapped

    say(f"Data folder: {config.data} (only you can read it)")
    await engine.start()
    try:
        made = not unwrapped.path().exists()
        unwrapped.ring()
        say("Keys: made" if made else "Keys: ready")
        applied = await migrate.migrate()
        say(f"Database: {len(applied)} new step(s) applied" if applied else "Database: up to date")
        await shredding.reapply_shreds()
        if demo:
            from jobs import demo as people

            for line in await people.fill():
                say(line)
        elif await people_demo.here():
            say("Demonstration people live here, and anybody may know their passphrases.")
            say("For real people, start in an empty data folder: BESIDE_DATA=… bin/run")
    finally:
        await engine.stop()


def serve() -> None:
    from config import config

    address = (
        config.origin
        or f"http://{'localhost' if config.host in {'127.0.0.1', '::1'} else config.host}:{config.port}"
    )
    threading.Thread(
        target=announce, args=(address, f"http://{config.host}:{config.port}/healthz"), daemon=True
    ).start()
    settings = uvicorn.Config(
        "web.app:app",
        host=config.host,
        port=config.port,
        log_config=None,
        access_log=False,  # paths and addresses are nobody's business; web/app.py logs route templates
        server_header=False,
        proxy_headers=config.behind_proxy,
        timeout_graceful_shutdown=5,
    )
    server = Server(settings)
    with contextlib.suppress(KeyboardInterrupt):
        server.run()
    if not server.started:
        sys.exit(3)


class Server(uvicorn.Server):
    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """Streams end first: it waits for every open answer, and they would go on. Browsers come back."""
        from db import groups_live

        groups_live.end()
        await super().shutdown(sockets)


def announce(address: str, probe: str) -> None:
    """Says the address only once it truly answers."""
    for _ in range(200):
        try:
            with urllib.request.urlopen(probe, timeout=2):  # noqa: S310 - our own loopback address
                say(f"Beside is ready: {address}")
                return
        except OSError:
            time.sleep(0.05)
    say("Beside did not answer within ten seconds; see the lines above.")


def say(text: str) -> None:
    sys.stdout.write(f"  {text}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main()
