"""Hard words in a private draft: this phone answers them, once, in nobody's way, and tells nobody."""

import sqlite3
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
from playwright.sync_api import Locator, Request, expect

from tests.browser.line import Line
from tests.browser.phone import Phone
from tests.browser.server import Server
from tests.browser.test_pages import problems

NOTE = "/journal/write/note"
HEAVY = "I feel so hopeless and worthless"
HARM = "I want to die"
DANGER = "I am going to kill myself tonight"
FRIEND = "My friend told me she wants to kill herself"
PLAIN = "We had pasta and it was fine"
COUNT = """(({read}) => {
  self.reads = 0;
  Reader.read = text => { self.reads++; return read.call(Reader, text); };
})(Reader)"""
UNFOLD = "document.querySelectorAll('dialog[open] details').forEach(found => found.open = true)"


def write(phone: Phone, words: str, path: str = NOTE) -> None:
    """On a page opened anew, key by key."""
    phone.open(path)
    draft(phone).fill("")
    draft(phone).press_sequentially(words)
    read(phone)


def read(phone: Phone) -> None:
    """Waits for the pause in typing after which the draft is read."""
    phone.until(lambda: phone.ask("!!self.Reader"))
    phone.ask(COUNT)
    draft(phone).dispatch_event("input")
    phone.until(lambda: phone.ask("self.reads"))


def draft(phone: Phone) -> Locator:
    return phone.page.locator("textarea[name=note]")


def card(phone: Phone, name: str) -> Locator:
    return phone.page.locator(f"[data-care={name}]")


def calm(phone: Phone) -> Locator:
    return phone.page.get_by_role("dialog", name="You don’t have to be alone with this.")


def nothing(phone: Phone) -> None:
    expect(phone.page.locator("[data-care]:visible, dialog[open]")).to_have_count(0)


def test_danger_opens_the_calm_page_and_closing_it_gives_the_words_back(phone: Phone) -> None:
    write(phone, DANGER)
    expect(calm(phone)).to_be_visible()
    expect(calm(phone).get_by_role("heading", level=2)).to_be_focused()
    expect(calm(phone)).to_contain_text("Nobody but you sees your words, and nobody has been told.")
    expect(calm(phone).get_by_role("link", name="Call 999")).to_have_attribute("href", "tel:999")
    expect(calm(phone).get_by_role("link", name="Text someone now")).to_be_visible()
    expect(calm(phone)).to_contain_text("Is someone with you?")
    calm(phone).get_by_role("button", name="Back to my words").click()
    expect(calm(phone)).to_be_hidden()
    expect(draft(phone)).to_be_focused()
    expect(draft(phone)).to_have_value(DANGER)


@pytest.mark.parametrize("way", ["Escape", "Back"])
def test_escape_and_back_close_it_and_leave_the_page(phone: Phone, way: str) -> None:
    write(phone, DANGER)
    expect(calm(phone)).to_be_visible()
    phone.page.keyboard.press("Escape") if way == "Escape" else phone.page.go_back()
    expect(calm(phone)).to_be_hidden()
    expect(draft(phone)).to_have_value(DANGER)
    assert phone.page.url.endswith(NOTE)
    phone.until(lambda: not phone.ask("history.state?.calm"))


def test_a_key_on_its_way_presses_nothing(phone: Phone) -> None:
    """Whoever is still typing when it opens neither calls anybody nor closes it."""
    write(phone, DANGER)
    expect(calm(phone)).to_be_visible()
    phone.page.keyboard.type(" and so on \n")
    expect(calm(phone)).to_be_visible()
    phone.page.keyboard.press("Tab")
    expect(calm(phone).get_by_role("button", name="Leave")).to_be_focused()
    assert phone.page.url.endswith(NOTE)


def test_leave_works_from_the_calm_page(phone: Phone, line: Line) -> None:
    write(phone, DANGER)
    calm(phone).get_by_role("button", name="Leave").click()
    phone.page.wait_for_url(f"http://127.0.0.1:{line.port}/")


def test_something_heavy_shows_the_quiet_card_once(phone: Phone) -> None:
    write(phone, HEAVY)
    expect(card(phone, "distress")).to_be_visible()
    expect(card(phone, "distress")).to_contain_text("That sounds heavy.")
    expect(draft(phone)).to_be_focused()
    card(phone, "distress").get_by_role("button", name="Not now").click()
    nothing(phone)
    expect(draft(phone)).to_be_focused()
    write(phone, f"{HEAVY}, again")
    nothing(phone)


def test_the_same_again_only_when_it_is_graver_or_a_day_has_passed(phone: Phone) -> None:
    write(phone, HEAVY)
    write(phone, HARM)
    expect(card(phone, "self_harm")).to_be_visible()
    expect(card(phone, "distress")).to_be_hidden()
    write(phone, HARM)
    nothing(phone)
    write(phone, DANGER)
    expect(calm(phone)).to_be_visible()
    write(phone, HARM)
    nothing(phone)
    phone.context.clock.set_system_time(datetime.now(UTC) + timedelta(hours=25))
    write(phone, HEAVY)
    expect(card(phone, "distress")).to_be_visible()


def test_plain_words_show_nothing(phone: Phone) -> None:
    write(phone, PLAIN)
    nothing(phone)


def test_a_pause_in_typing_is_enough(phone: Phone) -> None:
    phone.open(NOTE)
    draft(phone).press_sequentially(HEAVY)
    expect(card(phone, "distress")).to_be_visible()


def test_the_check_in_has_it_too(phone: Phone) -> None:
    write(phone, HARM, "/journal/new")
    expect(card(phone, "self_harm")).to_be_visible()
    expect(phone.page.get_by_role("status").filter(has_text="Thank you for putting")).to_have_count(1)


def test_worry_about_somebody_else_leads_to_the_guide(phone: Phone) -> None:
    write(phone, FRIEND)
    card(phone, "other").get_by_role("link", name="How to help them").click()
    expect(phone.page.get_by_role("heading", name="When you are worried about someone")).to_be_visible()
    phone.page.go_back(wait_until="commit")
    expect(draft(phone)).to_have_value(FRIEND)


def test_the_careful_card_asks_and_every_answer_keeps_the_words(phone: Phone) -> None:
    write(phone, HARM)
    found = card(phone, "self_harm")
    expect(found.get_by_role("link", name="Text someone now")).to_be_visible()
    expect(found.get_by_role("link", name="999")).to_be_visible()
    found.get_by_role("link", name="Yes").click()
    expect(found.get_by_text("If that changes")).to_be_visible()
    found.get_by_role("link", name="Not sure").click()
    expect(calm(phone)).to_be_visible()
    calm(phone).get_by_role("button", name="Back to my words").click()
    expect(draft(phone)).to_have_value(HARM)
    # Closing it goes back by one; a page opened in that moment would be given up for it.
    phone.until(lambda: not phone.ask("!!history.state?.calm"))
    write(phone, DANGER)
    nothing(phone)


def test_saving_is_never_in_question(ana: Phone) -> None:
    write(ana, HARM)
    expect(card(ana, "self_harm")).to_be_visible()
    ana.save()
    ana.page.wait_for_url("**/journal#*")
    ana.sent(1)
    assert HARM in ana.journal()


def test_danger_saved_in_haste_is_kept_first_and_then_answered(phone: Phone) -> None:
    """Nobody waited for the pause after typing: the words are safe, and then there is the calm page."""
    phone.open(NOTE)
    draft(phone).fill(PLAIN)
    read(phone)
    draft(phone).fill(DANGER)
    phone.save()
    expect(calm(phone)).to_be_visible()
    assert [dict(entry["fields"])["note"] for entry in phone.waiting()] == [DANGER]
    calm(phone).get_by_role("button", name="Back to my words").click()
    phone.page.wait_for_url("**/journal#*")
    expect(phone.page.locator(".entry .note")).to_have_text(DANGER)


def test_a_lesser_card_does_not_hold_the_page(phone: Phone) -> None:
    phone.open(NOTE)
    draft(phone).fill(PLAIN)
    read(phone)
    draft(phone).fill(HARM)
    phone.save()
    phone.page.wait_for_url("**/journal#*")
    write(phone, HARM)
    expect(card(phone, "self_harm")).to_be_visible()


def test_no_word_leaves_the_phone(phone: Phone) -> None:
    asked: list[Request] = []

    def note(one: Request) -> None:
        asked.append(one)

    phone.context.on("request", note)
    for words in (HEAVY, HARM, FRIEND, DANGER):
        write(phone, words)
    calm(phone).get_by_role("button", name="This missed the mark").click()
    expect(calm(phone)).to_contain_text("none of your words")
    said = [f"{one.url} {one.post_data or ''}".lower() for one in asked]
    for word in ("hopeless", "worthless", "want", "die", "friend", "kill", "tonight"):
        assert not [one for one in said if word in one.partition("rule=")[0]], word
    assert all(one.method == "GET" for one in asked if not one.url.endswith("/help/missed"))
    kept = phone.ask("JSON.stringify(localStorage)")
    assert "care-" in kept and "kill" not in kept and "friend" not in kept


def test_a_missed_mark_sends_rules_and_a_verdict(ana: Phone, line: Line, server: Server) -> None:
    write(ana, HEAVY)
    card(ana, "distress").get_by_role("button", name="This missed the mark").click()
    expect(card(ana, "distress")).to_contain_text("none of your words")
    (told,) = [ask for ask in line.asked if ask.path == "/help/missed" and ask.writes]
    assert set(told.fields) == {"verdict", "rule"} and told.fields["verdict"] == "distress"
    assert "cookie" not in {name.lower() for name in told.headers}
    with sqlite3.connect(f"file:{server.data / 'beside.db'}?mode=ro", uri=True) as database:
        rows = database.execute("SELECT rule, verdict, times FROM missed").fetchall()
    database.close()
    assert (told.fields["rule"], "distress") in {row[:2] for row in rows}


def test_a_missed_mark_without_a_network_says_so(phone: Phone, line: Line) -> None:
    write(phone, HEAVY)
    line.cut()
    card(phone, "distress").get_by_role("button", name="This missed the mark").click()
    expect(card(phone, "distress")).to_contain_text("could not be sent")
    expect(draft(phone)).to_have_value(HEAVY)


def test_without_a_network_all_of_it_is_there(phone: Phone, line: Line) -> None:
    """Once something was typed here with a network, for then the rules are on the phone."""
    phone.ready("/journal/new")
    phone.page.reload()
    write(phone, PLAIN, "/journal/new")
    line.cut()
    write(phone, DANGER, "/journal/new")
    expect(calm(phone).get_by_role("link", name="Call 999")).to_be_visible()
    phone.open("/help/someone")
    expect(phone.page.get_by_role("link", name="Call 999")).to_be_visible()


def test_without_rules_the_page_is_as_it_was(phone: Phone) -> None:
    phone.context.route("**/static/reader.*", lambda route: route.abort())
    phone.open(NOTE)
    draft(phone).fill(DANGER)
    phone.page.wait_for_load_state("networkidle")
    nothing(phone)
    phone.save()
    phone.page.wait_for_url("**/journal#*")
    expect(phone.page.locator(".entry .note")).to_have_text(DANGER)


def test_the_chosen_country_is_the_one_that_answers(phone: Phone, line: Line) -> None:
    phone.ready("/help/in/us")
    phone.page.wait_for_load_state("networkidle")
    write(phone, DANGER)
    expect(calm(phone).get_by_role("link", name="Call 911")).to_be_visible()
    line.cut()
    phone.open("/help/now")
    expect(phone.page.get_by_role("link", name="Call 911")).to_be_visible()
    phone.open("/help/someone")
    expect(phone.page.get_by_role("link", name="Call 911")).to_be_visible()


def test_without_a_script_there_is_the_page_and_help_now(phones: Callable[..., Phone]) -> None:
    phone = phones(java_script_enabled=False)
    phone.open(NOTE)
    nothing(phone)
    expect(phone.page.get_by_role("link", name="Help now")).to_be_visible()
    phone.open("/help/now")
    phone.page.locator("summary", has_text="No").click()
    expect(phone.page.get_by_role("link", name="Send that to someone")).to_be_visible()


@pytest.mark.parametrize("words", [HEAVY, HARM, FRIEND, DANGER])
def test_each_answer_can_be_read_and_used(phone: Phone, words: str) -> None:
    write(phone, words)
    expect(phone.page.locator("[data-care]:visible, dialog[open]")).to_have_count(1)
    phone.page.evaluate(
        "document.querySelectorAll('dialog[open] details').forEach(found => found.open = true)"
    )
    assert problems(phone) == []


@pytest.mark.parametrize("path", ["/help/now", "/help/someone", "/help/missed"])
def test_each_page_can_be_read_and_used(phone: Phone, path: str) -> None:
    phone.open(path)
    assert problems(phone) == []
