"""The first session with a keyboard alone: every step can be reached, seen and done without a pointer."""

import re

from playwright.sync_api import Page, expect

from tests.browser.phone import Phone
from tests.people import CAST

NAME = "Quiet Fox 901"
WHERE = """() => {
  const el = document.activeElement, label = el.labels?.[0]?.innerText ?? '';
  const ring = [el, el.nextElementSibling, el.parentElement].some(one =>
    one && one !== document.body && getComputedStyle(one).outlineStyle !== 'none');
  const name = `${el.getAttribute('aria-label') ?? ''} ${label} ${el.innerText ?? ''}`.trim();
  return {name, field: el.name ?? '', ring, tag: el.tagName};
}"""


def tab_to(page: Page, name: str, back: bool = False) -> None:
    """Presses Tab until what has this name, or is the field of this name, has the focus; and it shows."""
    seen = []
    for _ in range(90):
        page.keyboard.press("Shift+Tab" if back else "Tab")
        at = page.evaluate(WHERE)
        seen.append(at["name"] or at["tag"])
        if name == at["field"] or re.match(re.escape(name), at["name"]):
            assert at["ring"], f"{name} has the focus and does not show it"
            return
    raise AssertionError(f"Tab never comes to {name}; it came to {seen}")


def test_the_first_things_tab_comes_to_are_the_way_past_and_out(phone: Phone) -> None:
    phone.open("/")
    names = []
    for _ in range(3):
        phone.page.keyboard.press("Tab")
        names.append(phone.page.evaluate(WHERE)["name"])
    assert names[0] == "Skip to the page"
    assert names[1:] == ["Leave", "Help now"]


def test_the_first_session_without_a_pointer(phone: Phone) -> None:
    page, who = phone.page, CAST["ana"]
    phone.open("/")
    tab_to(page, "mood")
    page.keyboard.press("Space")
    page.keyboard.press("ArrowRight")
    expect(page.locator("form[data-quick] .after")).to_be_visible()
    tab_to(page, "Add more")
    page.keyboard.press("Enter")
    page.wait_for_url(re.compile("/journal/new"))
    tab_to(page, "note")
    page.keyboard.type("by keyboard")
    tab_to(page, "Save check-in")
    page.keyboard.press("Enter")
    page.wait_for_url(re.compile("/journal#"))
    phone.shows(["by keyboard"])

    phone.open("/account")
    tab_to(page, "Make an account")
    page.keyboard.press("Enter")
    page.wait_for_url(re.compile("/account/join"))
    for field, words in (("name", NAME), ("passphrase", who.passphrase)):
        tab_to(page, field)
        page.keyboard.type(words)
    tab_to(page, "birth_month")
    page.keyboard.type(page.locator(f"#birth_month option[value='{who.form['birth_month']}']").inner_text())
    tab_to(page, "birth_year")
    page.keyboard.type(who.form["birth_year"])
    tab_to(page, "country")
    page.keyboard.type("United King")
    tab_to(page, "consent_journal")
    page.keyboard.press("Space")
    tab_to(page, "Make my account")
    page.keyboard.press("Enter")
    page.wait_for_url(re.compile("/account/codes"))
    phone.name = NAME
    tab_to(page, "I have kept them")
    page.keyboard.press("Enter")
    page.wait_for_url(re.compile(":[0-9]+/$"))
    phone.until(phone.rows)
    phone.sent(1)
    assert phone.rows()[0].mood == 2
