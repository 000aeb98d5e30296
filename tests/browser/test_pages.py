"""What every page owes everybody: it can be read and used, keeps to its policy, and asks nobody else."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import axe_playwright_python
import pytest
from playwright.sync_api import ConsoleMessage, Request

from tests.browser.pages import FOR_A_MEMBER, FOR_ANYONE, STATES
from tests.browser.phone import Phone

AXE = (Path(axe_playwright_python.__file__).parent / "axe.min.js").read_text()
"""Given to `evaluate`: the page's own policy refuses it as a script, and should."""
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
LOOK = """async rules => (await axe.run(document, {runOnly: rules})).violations.flatMap(found =>
  found.nodes.map(node => `${found.id}: ${node.target.join(' ')}`))"""
WIDER = """() => {
  const room = document.documentElement.clientWidth;
  if (document.documentElement.scrollWidth <= room) return [];
  return [...document.querySelectorAll('body :not(.skip)')]
    .filter(el => el.getBoundingClientRect().right > room + 1)
    .map(el => `${el.tagName}.${el.className}`.slice(0, 60)).slice(0, 4).concat('too wide');
}"""
MEMBER = ["first words", "more words, and a word that is long: Rindfleischetikettierungsüberwachungsaufgabe"]


class Watch:
    """Notes what a page says that it should not, and whom it asks."""

    def __init__(self, phone: Phone) -> None:
        self.phone, self.found = phone, list[str]()
        phone.page.on("console", self._heard)
        phone.page.on("pageerror", lambda error: self.found.append(f"error: {error}"))
        phone.context.on("request", self._asked)

    def _heard(self, said: ConsoleMessage) -> None:
        # A page that is missing on purpose is told of here, too.
        if said.type in {"error", "warning"} and "status of 404" not in said.text:
            self.found.append(f"{said.type}: {said.text}")

    def _asked(self, request: Request) -> None:
        if not request.url.startswith((self.phone.line.site, "data:")):
            self.found.append(f"asks {request.url}")


def problems(phone: Phone) -> list[str]:
    """Of the page in front: in light and in dark, on the narrowest phone, and with text twice as large."""
    page, found, usual = phone.page, list[str](), phone.page.viewport_size
    assert usual
    page.evaluate(AXE)
    # As tall as the page, or axe takes what the bottom bar covers for too small to tap.
    height = page.evaluate("document.documentElement.scrollHeight")
    page.set_viewport_size({"width": usual["width"], "height": height + 200})
    for scheme in ("light", "dark"):
        page.emulate_media(color_scheme=scheme, reduced_motion="reduce")
        found += [f"{scheme}: {each}" for each in page.evaluate(LOOK, RULES)]
    page.set_viewport_size({"width": 320, "height": 640})
    found += [f"320 px: {each}" for each in page.evaluate(WIDER)]
    page.evaluate("document.documentElement.style.fontSize = '200%'")
    found += [f"200 %: {each}" for each in page.evaluate(WIDER)]
    page.set_viewport_size(usual)
    if "{}" in page.content():
        found.append("an empty place in the words: {}")
    return found


def walk(phone: Phone, paths: list[str]) -> dict[str, list[str]]:
    watch, all_found = Watch(phone), dict[str, list[str]]()
    for path in paths:
        phone.open(path)
        found = problems(phone)
        if watch.found or found:
            all_found[path] = [*watch.found, *found]
        watch.found.clear()
    return all_found


@pytest.fixture
def writer(ana: Phone) -> Phone:
    for words in MEMBER:
        ana.write(words)
    ana.sent(len(MEMBER))
    return ana


def test_every_page_for_anyone(phone: Phone) -> None:
    phone.ready()
    assert walk(phone, FOR_ANYONE) == {}


def test_every_page_for_a_member(writer: Phone) -> None:
    entry = writer.rows()[-1].cid
    assert walk(writer, [path.replace("{entry}", entry) for path in FOR_A_MEMBER]) == {}


@pytest.mark.parametrize("state", STATES)
def test_every_state_of_a_page(phones: Callable[..., Phone], state: str) -> None:
    phone = phones()
    watch = Watch(phone)
    STATES[state](phone)
    # A refused form answers 422, which the browser notes as an error of its own.
    assert [*problems(phone), *(each for each in watch.found if "status of 422" not in each)] == []


def test_a_page_that_breaks_these_promises_is_caught(phone: Phone) -> None:
    watch = Watch(phone)
    phone.open("/stories")
    phone.page.evaluate(BROKEN, f"http://127.0.0.1:{phone.line.port}/")
    phone.until(lambda: any("Content Security Policy" in each for each in watch.found))
    found = problems(phone)
    assert any("image-alt" in each for each in found) and any("320 px" in each for each in found)


BROKEN: Any = """elsewhere => {
  const wide = document.createElement('p');
  wide.textContent = 'x'.repeat(200);
  wide.style.width = '2000px';
  const image = document.createElement('img');
  image.src = elsewhere;
  document.querySelector('main').append(wide, image);
}"""
