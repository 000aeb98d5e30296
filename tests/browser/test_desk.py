"""A moderator at the desk with no mouse, and with a small phone."""

import os
import subprocess
import sys
from collections.abc import Callable

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page

from tests.browser.server import ELSEWHERE, ROOT, Server

MANY = 20
FILL = f"""
import asyncio
from datetime import timedelta

async def main():
    from care import clock
    from db import account, devices, engine, moderation
    from db.staff_tables import StaffCheck
    from tests.members import member, opened, post
    await engine.start()
    try:
        await opened()
    except Exception:
        pass  # another test of this module opened it already
    name = clock.now().strftime("%H%M%S%f")
    mo, ana = await member("mo" + name, "c", "moderator"), await member("ana" + name)
    for n in range({MANY}):
        text = "I want to die" if n == 3 else f"We made soup number {{n}}."
        await moderation.share(ana, post(text))
    token = await devices.begin(mo.person, account.Caller())
    session = (await account.recognise(token)).session
    await StaffCheck(session=session, until=clock.now() + timedelta(hours=12)).save()
    print(token)
    await engine.stop()

asyncio.run(main())
"""


@pytest.fixture
def desk(chromium: Browser, server: Server) -> Callable[..., Page]:
    """`desk(width=360)`: a moderator's page, with twenty that wait."""
    env = {name: value for name, value in os.environ.items() if name not in ELSEWHERE}
    env |= {"BESIDE_DATA": str(server.data), "BESIDE_FAST_HASHING": "1"}
    run = [sys.executable, "-c", FILL]
    token = subprocess.run(run, cwd=ROOT, env=env, check=True, capture_output=True, text=True).stdout.strip()

    def sit_down(width: int, scheme: str = "light") -> Page:
        context = chromium.new_context(
            viewport={"width": width, "height": 740}, color_scheme=scheme, base_url=server.address
        )
        context.set_default_timeout(15_000)
        context.add_cookies([{"name": "beside", "value": token, "url": server.address}])
        page = context.new_page()
        page.goto("/moderation")
        return page

    return sit_down


def test_twenty_are_cleared_with_the_keyboard_alone(desk: Callable[..., Page]) -> None:
    page = desk(1280)
    before = _waiting(page)
    assert before >= MANY
    page.keyboard.press("j")
    page.keyboard.press("Enter")
    page.wait_for_url("**/moderation/*-*")
    for n in range(before):
        address = page.url
        if page.locator("details.veil").count():
            assert not page.locator(".said").is_visible()
            page.keyboard.press("b")
            assert page.locator(".said").is_visible()
        if n == 1:
            page.keyboard.press("c")
            page.keyboard.press("ArrowDown")
            page.keyboard.press("Escape")
            page.keyboard.press("r")
        else:
            page.keyboard.press("p")
        page.wait_for_function("was => location.href !== was", arg=address)
        page.wait_for_load_state()
    assert page.get_by_text("Nothing is waiting", exact=True).is_visible()
    page.context.close()


def test_letters_are_letters_in_a_field_and_the_keys_can_be_switched_off(desk: Callable[..., Page]) -> None:
    page = desk(1280)
    _open_first(page)
    address = page.url
    page.keyboard.press("c")
    page.get_by_label("A kind line of your own").fill("")
    page.keyboard.type("pdsrnc")
    assert page.get_by_label("A kind line of your own").input_value() == "pdsrnc"
    page.keyboard.press("Escape")
    page.get_by_label("Keyboard shortcuts").uncheck()
    page.keyboard.press("p")
    page.reload()
    page.keyboard.press("p")
    page.wait_for_timeout(300)
    assert page.url == address
    page.context.close()


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_a_small_phone_is_enough(desk: Callable[..., Page], scheme: str) -> None:
    page = desk(360, scheme)
    _fits(page)
    before = _waiting(page)
    _open_first(page)
    for _ in range(before):
        if page.locator("details.veil").count():
            page.locator("details.veil > summary").click()
        address = page.url
        page.locator("[data-key=p]").click()
        page.wait_for_function("was => location.href !== was", arg=address)
        page.wait_for_load_state()
    assert page.get_by_text("Nothing is waiting", exact=True).is_visible()
    _fits(page)
    page.context.close()


def test_axe_finds_nothing_on_an_opened_item(desk: Callable[..., Page]) -> None:
    for width, scheme in ((360, "light"), (1280, "dark")):
        page = desk(width, scheme)
        _open_first(page)
        for details in page.locator("main details").all():
            details.evaluate("one => { one.open = true }")
        _fits(page)
        page.context.close()


def _open_first(page: Page) -> None:
    page.locator("[data-row]").first.click()
    page.wait_for_url("**/moderation/*-*")
    page.wait_for_load_state()


def _waiting(page: Page) -> int:
    return int(page.locator(".desk-bar .chip").first.inner_text().split()[0])


def _fits(page: Page) -> None:
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    found = Axe().run(page).response["violations"]
    assert not found, [(each["id"], [node["html"] for node in each["nodes"]]) for each in found]
