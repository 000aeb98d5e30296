"""Leave: gone at once, and Back does not bring it back."""

import re
import time

from playwright.sync_api import expect

from tests.browser.phone import Phone

SECRET = "private words"
SEEN = "() => getComputedStyle(document.body).visibility === 'visible' && !!document.body.innerText.trim()"
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


def back_shows_nothing(phone: Phone) -> None:
    """Back goes to a page with the words, which stays blank and leaves again."""
    page, came, seen, start = phone.page, list[str](), list[int](), time.time() * 1000
    page.on("framenavigated", lambda frame: came.append(frame.url))
    page.on("console", lambda said: seen.append(int(said.text[5:])) if said.text[:5] == "seen " else None)
    for _ in range(3):  # a browser that has just started now and then does not hear the first Back
        page.evaluate("() => { setTimeout(() => history.back(), 20) }")
        page.wait_for_timeout(2000)
        if came:
            break
    phone.until(lambda: len(came) >= 2 and re.search("127.0.0.1|/away", came[-1]), 30)
    assert "/journal" in came[0]
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
