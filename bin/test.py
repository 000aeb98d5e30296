"""The whole suite on SQLite, then what touches a database again on PostgreSQL."""

import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from bin.postgres import server

ON_BOTH = ["tests/db", "tests/web", "tests/jobs"]
BROWSERS = {"chromium": ["chromium"], "firefox-esr": ["firefox-esr", "firefox"]}
"""Debian's package, and the programs it may be called by."""

OPERATOR = ["DATABASE_URL", "KEYS_DATABASE_URL", "BESIDE_DATA", "BESIDE_DEMO", "BESIDE_DEV", "ORIGIN", "PORT"]
"""Left out of the tests' environment: an operator's settings must not reach a test, nor a test their data."""


def main(args: list[str]) -> int:
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    # A shell ignores Ctrl-C for what it runs in the background, and pytest would inherit that.
    signal.signal(signal.SIGINT, signal.default_int_handler)
    both = not args or "--postgres" in args
    chosen = [each for each in args if each != "--postgres"]
    env = {name: value for name, value in os.environ.items() if name not in OPERATOR}
    if env.get("CI") == "true":
        env["BESIDE_REQUIRE_BROWSERS"] = "1"
    if not chosen or any("browser" in each for each in chosen):
        find_browsers(must=env.get("BESIDE_REQUIRE_BROWSERS") == "1")
    failed = [] if suite("SQLite", chosen, env) else ["SQLite"]
    if both:
        with postgres() as url:
            again = chosen or [folder for folder in ON_BOTH if any(Path(folder).rglob("test_*.py"))]
            if not suite("PostgreSQL", again, env | {"DATABASE_URL": url}):
                failed.append("PostgreSQL")
    if failed:
        print(f"\nFailed on {' and on '.join(failed)}.", flush=True)
    return len(failed)


def find_browsers(must: bool) -> None:
    missing = missing_browsers()
    if missing and os.geteuid() == 0 and shutil.which("apt-get"):
        print(f"Installing {' and '.join(missing)} for the browser tests, once …", flush=True)
        quiet = os.environ | {"DEBIAN_FRONTEND": "noninteractive"}
        for command in (["update"], ["install", "-y", *missing]):
            subprocess.run(["apt-get", "-qq", *command], stdin=subprocess.DEVNULL, check=False, env=quiet)
        missing = missing_browsers()
    if missing:
        print(f"The browser tests need these. On Debian: apt-get install {' '.join(missing)}", flush=True)
        if must:
            sys.exit("Here a missing browser is a failure (CI=true or BESIDE_REQUIRE_BROWSERS=1).")


def missing_browsers() -> list[str]:
    return [package for package, names in BROWSERS.items() if not any(map(shutil.which, names))]


@contextmanager
def postgres() -> Iterator[str]:
    given = os.environ.get("TEST_DATABASE_URL")
    if given:
        yield given
    else:
        print("\nStarting a PostgreSQL of our own …", flush=True)
        with server() as url:
            yield url


def suite(engine: str, args: list[str], env: dict[str, str]) -> bool:
    print(f"\n== The tests on {engine} ==", flush=True)
    with subprocess.Popen([sys.executable, "-m", "pytest", *args], env=env) as running:
        try:
            return running.wait() == 0
        except BaseException as stopped:
            # Pytest closes its servers and browsers before we take the database away. A terminal's Ctrl-C
            # reached it too, and a second one would cut that short.
            if not isinstance(stopped, KeyboardInterrupt):
                running.send_signal(signal.SIGINT)
            with suppress(subprocess.TimeoutExpired):
                running.wait(timeout=20)
            running.kill()
            raise


if __name__ == "__main__":
    try:
        sys.exit(main(sys.argv[1:]))
    except KeyboardInterrupt:
        sys.exit(130)
    except RuntimeError as error:
        sys.exit(str(error))
