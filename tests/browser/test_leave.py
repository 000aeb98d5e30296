"""Leave: gone at once, and Back does not bring it back."""

import re
import time

from playwright.sync_api import Error, expect

from tests.browser.phone import Phone

SECRET = "private words"
SEEN = """() => !!document.body && getComputedStyle(document.body).visibility === 'visible'
  && !!document.body.innerText.trim()"""
WATCH = f"""
setInterval(() => {{
  const {{ body }} = document;
  const visible = body && getComputedStyle(body).visibility === 'visible';
  if (visible && body.innerText.includes('{SECRET}')) console.log('seen ' + Date.now());
}}, 5);
"""
"""Tells of every moment in which the words are on the screen."""


def neutral(phone: Phone) -> None:
    phone.page.wait_for_url(f"http://127.0.0.1:{phone.line.port}/")
    expect(phone.page.locator("h1")).to_have_text("Sunny spells")


def place(phone: Phone) -> tuple[int, list[str]]:
    """Where the tab stands in its history, and every address of it.

    The browser itself is asked: of a page that leaves again at once not every navigation is told.
    """
    deadline = time.monotonic() + 20
    while True:
        try:
            history = phone.context.new_cdp_session(phone.page).send("Page.getNavigationHistory")
            return history["currentIndex"], [entry["url"] for entry in history["entries"]]
        except Error:  # between two pages there is nobody to ask
            assert time.monotonic() < deadline
            phone.page.wait_for_timeout(100)


def back_shows_nothing(phone: Phone) -> None:
    """Back goes to a page with the words, which stays blank and leaves again: its place is taken."""
    page, seen, start = phone.page, list[int](), time.time() * 1000
    page.on("console", lambda said: seen.append(int(said.text[5:])) if said.text[:5] == "seen " else None)
    here, before = place(phone)
    assert "/journal" in before[here - 1]
    page.evaluate("() => { setTimeout(() => history.back(), 20) }")

    def gone() -> bool:
        now, after = place(phone)
        return now == here - 1 and bool(re.search("127.0.0.1|/away", after[now]))

    phone.until(gone, 40)
    assert [moment for moment in seen if moment > start] == []


def test_a_tap_leaves_and_back_shows_nothing(ana: Phone) -> None:
    ana.context.add_init_script(WATCH)
    ana.write(SECRET)
    ana.open("/account")
    ana.page.get_by_role("link", name="Leave").click()
    neutral(ana)
    back_shows_nothing(ana)


def test_shift_three_times_leaves(ana: Phone) -> None:
    ana.write(SECRET)
    for _ in range(3):
        ana.page.keyboard.press("Shift")
    neutral(ana)


def test_typing_capitals_does_not_leave(ana: Phone) -> None:
    ana.open("/journal/new")
    note = ana.page.locator("textarea[name=note]")
    note.focus()
    for letter in "ABCD":
        ana.page.keyboard.press(f"Shift+{letter}")
    expect(note).to_have_value("ABCD")


def test_without_a_network_it_shows_an_empty_sheet(ana: Phone) -> None:
    ana.context.add_init_script(WATCH)
    ana.context.set_offline(True)
    ana.write(SECRET)
    ana.open("/help")
    ana.page.get_by_role("link", name="Leave").click()
    ana.page.wait_for_url(re.compile("/away$"))
    assert not ana.page.evaluate(SEEN)
    back_shows_nothing(ana)


def test_back_between_pages_of_ours_still_shows_them(phone: Phone) -> None:
    phone.open("/help")
    phone.open("/stories")
    phone.page.evaluate("() => { setTimeout(() => history.back(), 20) }")
    phone.until(lambda: phone.page.url.endswith("/help") and phone.ask(SEEN))  # no load event comes with it
    expect(phone.page.locator("h1")).to_have_text("Help")


def test_coming_back_on_purpose_works(ana: Phone) -> None:
    ana.write(SECRET)
    ana.page.get_by_role("link", name="Leave").click()
    neutral(ana)
    ana.open("/journal")
    assert ana.page.evaluate(SEEN)
    ana.shows([SECRET])


def test_without_scripts_it_is_a_plain_link(ana: Phone) -> None:
    ana.open("/help")
    link = ana.page.locator("#leave")
    assert link.get_attribute("href") == f"http://127.0.0.1:{ana.line.port}/"
    assert link.get_attribute("rel") == "noreferrer"
