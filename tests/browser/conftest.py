"""One real server for all browser tests, a line that can be broken, and phones on it.

A browser that is not installed skips its tests; with BESIDE_REQUIRE_BROWSERS=1 or CI=true it fails them.
"""

import os
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Playwright, sync_playwright

from tests.browser.line import Line
from tests.browser.phone import Phone
from tests.browser.server import Server

ARGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-dev-shm-usage",
]


SLOW = [r"TimeoutError", r"with timeout \d+ms", r"^Error: Page\.evaluate: "]
"""The last: a script that asked a page only half there, on its way from one to the next."""


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """On CI's two shared cores a browser may be starved: what timed out there is tried once more, and the
    summary says so. What was lost or doubled is never tried again."""
    if os.environ.get("CI") == "true":
        for item in items:
            if "tests/browser" in str(item.path):
                item.add_marker(pytest.mark.flaky(reruns=1, only_rerun=SLOW))


def program(*names: str) -> str:
    """Its path; skips the test, or fails it where a browser must be there."""
    found = next(filter(None, map(shutil.which, names)), None)
    if found is None:
        must = os.environ.get("BESIDE_REQUIRE_BROWSERS") == "1" or os.environ.get("CI") == "true"
        (pytest.fail if must else pytest.skip)(f"{names[0]} is not installed")
    return str(found)


@pytest.fixture(scope="session")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Server, Line]]:
    server = Server(tmp_path_factory.mktemp("house") / "data")
    line = Line(server.port)
    # Leave goes to the neutral site that the line plays under another name.
    server.set(LEAVE_URL=f"http://127.0.0.1:{line.port}/")
    server.start()
    yield server, line
    line.close()
    server.stop()


@pytest.fixture
def server(house: tuple[Server, Line]) -> Iterator[Server]:
    yield house[0]
    if not house[0].answers():
        house[0].start()


@pytest.fixture
def line(house: tuple[Server, Line]) -> Iterator[Line]:
    house[1].calm()
    yield house[1]
    house[1].calm()


# For one module only: its event loop would be in the way of the async tests of other folders.
@pytest.fixture(scope="module")
def playwright() -> Iterator[Playwright]:
    with sync_playwright() as started:
        yield started


@pytest.fixture(scope="module")
def chromium(playwright: Playwright) -> Iterator[Browser]:
    browser = playwright.chromium.launch(
        executable_path=program("chromium"), args=ARGS, ignore_default_args=["--disable-back-forward-cache"]
    )
    yield browser
    browser.close()


@pytest.fixture(scope="module")
def pixel(playwright: Playwright) -> dict[str, Any]:
    """The settings of a phone, for new_context."""
    found = {k: v for k, v in playwright.devices["Pixel 7"].items() if k != "default_browser_type"}
    return found | {"locale": "en-GB", "timezone_id": "Europe/London"}


@pytest.fixture
def phones(
    chromium: Browser, pixel: dict[str, Any], server: Server, line: Line
) -> Iterator[Callable[..., Phone]]:
    """`phones(color_scheme="dark")`: another phone, with anything new_context takes."""
    made: list[BrowserContext] = []

    def take(**settings: Any) -> Phone:
        context = chromium.new_context(**{"base_url": line.site, **pixel, **settings})
        context.set_default_timeout(10_000)
        made.append(context)
        return Phone(context, line, server)

    yield take
    for context in made:
        context.close()


@pytest.fixture
def phone(phones: Callable[..., Phone]) -> Phone:
    return phones()


@pytest.fixture
def ana(phone: Phone) -> Phone:
    """Ana's phone: signed in, the worker in charge."""
    phone.join()
    phone.ready()
    return phone


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Where a browser keeps what outlives it."""
    return tmp_path / "profile"
