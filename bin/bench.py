"""What Beside costs, measured in one run: bytes of the first views, CPU time of a page, a push, streams.

`bin/bench` prints everything; `bin/bench bytes`, `journal`, `stories`, `push` or `streams` a part, and
`bin/bench stories --grow 1000000` fills the library first. CPU time is this process's own
(`time.process_time`), so another busy program changes it little; compare ratios, not microseconds.
"""

import asyncio
import atexit
import os
import re
import shutil
import sys
import tempfile
import time
from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import Any
from uuid import UUID

os.environ |= {"BESIDE_DATA": tempfile.mkdtemp(prefix="beside-bench-"), "BESIDE_FAST_HASHING": "1"}

from litestar import Litestar, MediaType, get

ENTRIES = (10, 10_000)
Ask = Callable[..., Awaitable[tuple[int, dict[str, str], bytes]]]


def asker(app: Litestar) -> Ask:
    """Calls the app as a server would, without a client's own cost in the figure."""

    async def ask(path: str, cookie: str = "") -> tuple[int, dict[str, str], bytes]:
        headers = [(b"host", b"localhost"), (b"accept-encoding", b"br"), (b"accept-language", b"en-GB")]
        if cookie:
            headers.append((b"cookie", cookie.encode()))
        scope: Any = {
            "type": "http", "method": "GET", "path": path, "raw_path": path.encode(), "query_string": b"",
            "headers": headers, "scheme": "http", "server": ("localhost", 80), "client": ("127.0.0.1", 1),
            "http_version": "1.1", "asgi": {"version": "3.0"}, "root_path": "", "app": app, "state": {},
        }  # fmt: skip
        sent: list[Any] = []

        async def receive() -> Any:
            return {"type": "http.request", "body": b"", "more_body": False}

        async def send(message: Any) -> None:
            sent.append(message)

        await app(scope, receive, send)
        told = {k.decode().lower(): v.decode() for k, v in sent[0]["headers"]}
        return sent[0]["status"], told, b"".join(m.get("body", b"") for m in sent[1:])

    return ask


async def cpu(work: Callable[[], Awaitable[Any]], times: int = 200, rounds: int = 5) -> float:
    """Microseconds of this process's CPU time for one call: the least of the rounds."""
    for _ in range(20):
        await work()
    figures = []
    for _ in range(rounds):
        begun = time.process_time()
        for _ in range(times):
            await work()
        figures.append((time.process_time() - begun) / times * 1e6)
    return min(figures)


async def beside(
    work: Callable[[], Awaitable[Any]], yard: Callable[[], Awaitable[Any]], times: int = 60, rounds: int = 9
) -> tuple[float, float]:
    """Microseconds of CPU time for one call of `work`, and how many times `yard` that is: each round measures
    one right after the other, and the middle of the rounds counts."""
    figures = []
    for _ in range(rounds):
        ground = await cpu(yard, times, 1)
        cost = await cpu(work, times, 1)
        figures.append((cost / ground, cost))
    ratio, cost = sorted(figures)[rounds // 2]
    return cost, ratio


async def measure_bytes(ask: Ask) -> None:
    """Bodies as they travel (brotli); the worker fetches its list once the page is up."""
    _, _, page = await ask("/")
    import brotli

    html = brotli.decompress(page).decode()
    linked = set(re.findall(r'(?:href|src)="(/(?:static|manifest)[^"#]*)', html))
    _, _, worker = await ask("/sw.js")
    kept = set(re.findall(r'"(/[^"]+)"', re.search(r"SHELL *= *(\[.*?\])", text(worker))[1]))  # type: ignore[index]
    linked = {u for u in linked if "apple-touch" not in u}  # fetched only when it is added to a home screen
    outbox = set(re.findall(r"importScripts\('([^']+)'\)", text(worker)))
    seen = {"/": len(page), "/sw.js": len(worker)}
    for url in sorted(linked | kept | outbox):
        status, _, body = await ask(url)
        if status != 200:
            raise SystemExit(f"{url} answered {status}")
        seen[url] = len(body)
    drawn = seen["/"] + sum(seen[u] for u in linked)
    print(
        f"first view, drawn: {drawn / 1024:.1f} KB; "
        f"with the worker and all it keeps: {sum(seen.values()) / 1024:.1f} KB"
    )
    for url, size in sorted(seen.items(), key=lambda pair: -pair[1]):
        print(f"  {size:6d}  {url}")
    second = [len((await ask(p))[2]) for p in ("/journal", "/journal/new", "/help")]
    print(f"second view, biggest of journal, check-in, help: {max(second) / 1024:.1f} KB")


def text(body: bytes) -> str:
    import brotli

    try:
        return str(brotli.decompress(body).decode())
    except brotli.error:
        return body.decode()


async def measure_journal(ask: Ask) -> None:
    from db import devices
    from db.engine import count_queries
    from web.guards import COOKIE

    bare = asker(Litestar([plain], openapi_config=None, logging_config=None))
    floor = await cpu(lambda: bare("/plain"))
    print(f"bare text handler: {floor:.0f} µs CPU")
    for entries in ENTRIES:
        person = await person_with(entries)
        cookie = f"{COOKIE}={await devices.begin(person, devices.Caller('', ''))}"
        with count_queries() as counted:
            status, _, body = await ask("/journal", cookie)
        if status != 200:
            raise SystemExit(f"the journal answered {status}")
        cost = await cpu(lambda cookie=cookie: ask("/journal", cookie), times=40)  # type: ignore[misc]
        print(
            f"journal page, {entries:,} entries: {counted.n} statements, {cost:.0f} µs CPU "
            f"= {cost / floor:.1f} × bare, {len(body) / 1024:.1f} KB"
        )


@get("/plain", media_type=MediaType.TEXT)
async def plain() -> str:
    return "ok"


async def person_with(entries: int) -> UUID:
    """Somebody with that many check-ins, five a day, written through the verb that members use."""
    from care import journal_form
    from care.account import Draft
    from care.clock import now
    from db import account, journal
    from web.forms import Form

    words = "bench lantern quiet river"
    later = (now() + timedelta(days=700)).date()
    person = await account.create(Draft(f"bench{entries}", words, "c", later, "GB", ("journal",)))
    for n in range(entries):
        felt = (now() - timedelta(hours=(n % 1800) * 4.8, seconds=n)).isoformat()
        fields = [
            ("mood", str(n % 5 + 1)),
            ("note", f"An ordinary sentence, number {n}."),
            ("emotions", "calm"),
            ("tags", "school"),
            ("felt_at", felt),
            ("tz", "Europe/London"),
        ]
        draft = journal_form.read(Form(fields), now())
        await journal.write(person, draft)  # type: ignore[arg-type]
    return person


async def main(parts: set[str], grow: int) -> None:
    from db import engine
    from db.migrate import migrate
    from web.app import build
    from web.render import assets

    await engine.start()
    await migrate()
    assets.warm()
    ask = asker(build())
    if "bytes" in parts:
        await measure_bytes(ask)
    if "journal" in parts:
        await measure_journal(ask)
    if "stories" in parts:
        from bin.bench_stories import measure_stories

        await measure_stories(ask, cpu, beside, asker, grow)
    if "push" in parts:
        from bin.bench_push import measure_push

        await measure_push(cpu)
    if "streams" in parts:
        from bin.bench_streams import measure_streams

        await measure_streams()
    await engine.stop()


if __name__ == "__main__":
    atexit.register(shutil.rmtree, os.environ["BESIDE_DATA"], ignore_errors=True)
    given = sys.argv[1:]
    wanted = int(given.pop(given.index("--grow") + 1)) if "--grow" in given else 0
    asyncio.run(main(set(given) - {"--grow"} or {"bytes", "journal", "stories", "push", "streams"}, wanted))
