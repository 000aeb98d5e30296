"""Putting Beside on the home screen: the browser agrees, and the card comes only after the second entry."""

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import CDPSession, Playwright, expect

from tests.browser.conftest import ARGS, program
from tests.browser.line import Line
from tests.browser.phone import Phone
from tests.browser.server import Server

OFFER = """() => {
  const event = new Event('beforeinstallprompt', {cancelable: true});
  event.prompt = () => { self.prompted = true; };
  dispatchEvent(event);
  return event.defaultPrevented;
}"""
IPHONE = (
    "Mozilla/5.0 (iPhone; CPU iPhone OS 18_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) "
    "Version/18.5 Mobile/15E148 Safari/604.1"
)


@pytest.fixture
def tools(
    playwright: Playwright, pixel: dict[str, Any], folder: Path, server: Server, line: Line
) -> Iterator[CDPSession]:
    """Of a browser that keeps a profile: in a private one nothing can be installed."""
    context = playwright.chromium.launch_persistent_context(
        folder, executable_path=program("chromium"), args=ARGS, base_url=line.site, **pixel
    )
    phone = Phone(context, line, server)
    phone.ready()
    yield context.new_cdp_session(phone.page)
    context.close()


def test_the_browser_would_install_it(tools: CDPSession) -> None:
    assert tools.send("Page.getInstallabilityErrors")["installabilityErrors"] == []
    manifest = tools.send("Page.getAppManifest")
    assert manifest["errors"] == []
    told = json.loads(manifest["data"])
    assert told["name"] and told["description"] and len(told["shortcuts"]) == 2
    assert {icon["purpose"] for icon in told["icons"]} >= {"any", "maskable", "monochrome"}
    assert {shot["form_factor"] for shot in told["screenshots"]} == {"narrow", "wide"}
    assert tools.send("Page.getAppId")["appId"].endswith("/")


def test_every_picture_of_the_manifest_is_there(phone: Phone) -> None:
    told = phone.context.request.get(f"{phone.line.site}/manifest.json").json()
    pictures = [
        *told["icons"],
        *told["screenshots"],
        *(icon for way in told["shortcuts"] for icon in way["icons"]),
    ]
    for picture in pictures:
        answer = phone.context.request.get(f"{phone.line.site}{picture['src']}")
        assert answer.ok and answer.headers["content-type"].startswith(picture["type"]), picture


def test_the_card_comes_after_the_second_entry(ana: Phone) -> None:
    card = ana.page.locator("beside-install")
    assert ana.page.evaluate(OFFER) is True
    expect(card).to_be_hidden()
    ana.check_in()
    expect(card).to_be_hidden()
    ana.open("/")
    ana.page.evaluate(OFFER)
    ana.check_in()
    expect(card).to_be_visible()
    card.get_by_role("button", name="Add to home screen").click()
    assert ana.page.evaluate("self.prompted") is True


def test_an_iphone_gets_drawn_steps_and_no_is_heard(phones: Callable[..., Phone]) -> None:
    phone = phones(user_agent=IPHONE)
    phone.join()
    card = phone.page.locator("beside-install")
    for _ in range(2):
        phone.open("/")
        phone.check_in()
    expect(card).to_contain_text("Add to Home Screen")
    expect(card.get_by_role("button", name="Add to home screen", exact=True)).to_be_hidden()
    card.get_by_role("button", name="Not now").click()
    phone.open("/")
    phone.check_in()
    expect(card).to_be_hidden()
