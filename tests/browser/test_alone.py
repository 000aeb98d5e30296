"""What one phone does by itself: drafts, undo, wrong clocks, a full phone, a new version."""

import re
from collections.abc import Callable
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from playwright.sync_api import Error, expect

from tests.browser.line import Line
from tests.browser.phone import Phone

FULL = """
const put = IDBObjectStore.prototype.put;
IDBObjectStore.prototype.put = function (...all) {
  if (self.full) throw new DOMException('', 'QuotaExceededError');
  return put.apply(this, all);
};
self.full = true;
"""
COUNTS = """
self.asked = 0;
const persist = navigator.storage.persist;
navigator.storage.persist = function () { self.asked++; return persist.apply(this); };
"""
LETTER = "/journal/write/letter"


def kill_tab(phone: Phone) -> None:
    """The tab's process dies at once, without a last word; a new tab takes its place."""
    dead = phone.page
    phone.page = phone.context.new_page()
    with dead.expect_event("crash"), suppress(Error):
        dead.goto("chrome://crash")
    dead.close()


@pytest.mark.parametrize("wrong", [timedelta(days=-1), timedelta(days=1)], ids=["behind", "ahead"])
def test_a_wrong_clock_does_not_move_the_day(phones: Callable[..., Phone], wrong: timedelta) -> None:
    phone = phones(service_workers="block")
    phone.join()
    phone.context.clock.set_system_time(datetime.now(UTC) + wrong)
    phone.open("/")
    phone.context.set_offline(True)
    before = datetime.now(ZoneInfo("Europe/London")).date()
    phone.check_in("Okay")
    phone.context.set_offline(False)
    phone.sent(1)
    after = datetime.now(ZoneInfo("Europe/London")).date()
    assert phone.rows()[0].local_date in {str(before), str(after)}


def test_a_full_phone_says_so_and_leaves_the_words_in_the_form(phone: Phone) -> None:
    phone.context.add_init_script(FULL)
    phone.open("/journal/new")
    phone.fill("no room for this")
    phone.save()
    expect(phone.page.locator("beside-queue")).to_contain_text("no room left")
    expect(phone.page.locator("textarea[name=note]")).to_have_value("no room for this")
    phone.page.evaluate("self.full = false")
    phone.save()
    phone.page.wait_for_url(re.compile("/journal#"))
    assert len(phone.waiting()) == 1


def test_a_full_phone_with_an_account_sends_at_once(ana: Phone) -> None:
    ana.context.add_init_script(FULL)
    ana.open("/")
    ana.check_in("Low")
    assert len(ana.rows()) == 1 and ana.waiting() == []


def test_a_full_phone_without_a_network_says_so(ana: Phone) -> None:
    ana.context.add_init_script(FULL)
    ana.open("/journal/new")
    ana.context.set_offline(True)
    ana.fill("only in the form")
    ana.save()
    expect(ana.page.locator("beside-queue")).to_contain_text("no room left")
    expect(ana.page.locator("textarea[name=note]")).to_have_value("only in the form")


def test_a_draft_outlives_the_tab(phone: Phone) -> None:
    phone.open(LETTER)
    phone.page.locator("textarea[name=note]").fill("Dear nobody")
    key = f"/journal {LETTER}"
    phone.until(lambda: phone.ask(f"Outbox.drafted(Queue.uid, '{key}').then(found => !!found)"))
    kill_tab(phone)
    phone.open(LETTER)
    expect(phone.page.locator("textarea[name=note]")).to_have_value("Dear nobody")
    phone.save()
    phone.page.wait_for_url(re.compile("/journal#"))
    phone.shows(["Dear nobody"])
    phone.open(LETTER)
    phone.page.wait_for_load_state("networkidle")
    expect(phone.page.locator("textarea[name=note]")).to_have_value("")


def test_words_after_the_tap_outlive_the_tab(ana: Phone) -> None:
    ana.context.set_offline(True)
    ana.open("/journal/new")
    ana.fill("typed, and never saved", "Low")
    ana.until(lambda: any(["note", "typed, and never saved"] in e["fields"] for e in ana.waiting()))
    kill_tab(ana)
    ana.open("/journal")
    expect(ana.page.locator(".entry .note")).to_have_text("typed, and never saved")


def test_a_killed_tab_right_after_saving_loses_nothing(phone: Phone) -> None:
    phone.open(LETTER)
    phone.page.locator("textarea[name=note]").fill("last words")
    phone.save()
    kill_tab(phone)
    phone.open("/journal")
    phone.until(lambda: len(phone.waiting()) == 1)
    expect(phone.page.locator(".entry .note")).to_have_text("last words")


def test_undo_takes_back_what_was_sent(ana: Phone) -> None:
    ana.check_in("Heavy")
    ana.until(lambda: len(ana.rows()) == 1)
    ana.page.get_by_role("button", name="Undo").click()
    expect(ana.page.locator("form[data-quick] [role=status]")).to_have_text("Taken back.")
    ana.sent(0)
    ana.check_in("Bright")
    ana.sent(1)
    assert ana.rows()[0].mood == 5


def test_what_was_taken_back_is_not_added_to(ana: Phone) -> None:
    """Words added to a removed entry would be saved where nobody looks, and be gone in a week."""
    ana.check_in("Heavy")
    more = ana.page.locator("[data-add]")
    old = more.get_attribute("href")
    ana.page.get_by_role("button", name="Undo").click()
    expect(more).to_be_hidden()
    expect(ana.page.locator("[data-undo]")).to_be_hidden()
    ana.sent(0)
    ana.open(str(old))
    ana.fill("after all")
    ana.save()
    ana.page.wait_for_url("**/journal#*")
    ana.sent(1)
    expect(ana.page.locator(".entry .note")).to_have_text("after all")


def test_what_was_brought_along_is_said_to_be_saved(phone: Phone) -> None:
    for sky in ("Heavy", "Okay"):
        phone.open("/")
        phone.check_in(sky)
    phone.join()
    phone.ask("sessionStorage.bring = 'yes'")
    phone.open("/")
    expect(phone.page.locator("beside-queue")).to_have_text("Saved.")
    phone.sent(2)


def test_without_a_network_nobody_is_told_that_words_stay_who_has_an_account(ana: Phone) -> None:
    ana.ready()
    ana.context.set_offline(True)
    ana.open("/")
    expect(ana.page.locator("form[data-quick]")).to_be_visible()
    expect(ana.page.get_by_text("No account needed")).to_be_hidden()


@pytest.mark.parametrize("trouble", ["lost before", "lost after"])
def test_undo_of_what_never_answered(ana: Phone, line: Line, trouble: str) -> None:
    line.spoil(trouble)
    ana.check_in("Heavy")
    ana.page.get_by_role("button", name="Undo").click()
    ana.until(lambda: any(post.path.endswith("/remove") for post in line.kept))
    ana.sent(0)


def test_undo_without_a_network_or_an_account(phone: Phone) -> None:
    phone.ready()
    phone.context.set_offline(True)
    phone.check_in("Heavy")
    phone.page.get_by_role("button", name="Undo").click()
    phone.until(lambda: phone.waiting() == [])


def test_each_visit_is_an_entry_of_its_own(ana: Phone) -> None:
    """A reloaded page must not keep the id of the check-in before."""
    ana.check_in("Heavy")
    ana.page.reload()
    ana.check_in("Bright")
    ana.sent(2)
    assert [row.mood for row in ana.rows()] == [1, 5]


def test_another_sky_mends_the_same_entry(ana: Phone) -> None:
    ana.check_in("Heavy")
    ana.check_in("Okay")
    ana.until(lambda: ana.waiting() == [] and [row.mood for row in ana.rows()] == [4])


def test_an_app_left_open_overnight_starts_a_new_entry(ana: Phone) -> None:
    ana.check_in("Heavy")
    ana.sent(1)
    ana.page.clock.set_system_time(datetime.now(UTC) + timedelta(hours=9))
    ana.drain()
    expect(ana.page.locator("form[data-quick] .after")).to_be_hidden()
    ana.check_in("Bright")
    ana.sent(2)


def test_adding_more_to_a_tap_stays_one_entry(ana: Phone) -> None:
    ana.check_in("Low")
    ana.sent(1)
    ana.page.get_by_role("link", name="Add more").click()
    ana.page.wait_for_url(re.compile("/journal/new"))
    assert "mood" not in ana.page.url
    ana.page.locator("textarea[name=note]").fill("and some words")
    ana.save()
    ana.page.wait_for_url(re.compile("/journal#"))
    ana.sent(1)
    assert ana.rows()[0].mood == 2 and "and some words" in ana.journal()


def test_editing_what_waits_keeps_every_word(phone: Phone) -> None:
    """Also a word of one's own, which has no box on the page yet."""
    phone.open("/journal/new")
    phone.fill("first")
    phone.page.get_by_text("my own", exact=True).click()
    phone.page.locator("#own-word").fill("fizzy")
    phone.save()
    phone.page.wait_for_url(re.compile("/journal#"))
    phone.page.get_by_role("link", name="Edit").click()
    expect(phone.page.locator("textarea[name=note]")).to_have_value("first")
    assert "first" not in phone.page.url
    phone.page.locator("textarea[name=note]").fill("second")
    phone.save()
    phone.page.wait_for_url(re.compile("/journal#"))
    (entry,) = phone.waiting()
    assert ["emotions", "fizzy"] in entry["fields"] and ["note", "second"] in entry["fields"]
    assert [value for name, value in entry["fields"] if name == "mood"] == ["4"]


def test_the_browser_is_asked_to_keep_it(phone: Phone) -> None:
    phone.context.add_init_script(COUNTS)
    phone.open("/")
    assert phone.page.evaluate("asked") == 0
    phone.check_in()
    phone.until(lambda: phone.page.evaluate("asked") >= 1)


def test_a_new_version_asks_before_it_takes_over(ana: Phone, line: Line) -> None:
    (old,) = ana.page.evaluate("caches.keys()")
    new = f"beside-{old[-10:][::-1]}"
    line.edits["/sw.js"] = lambda body: body.replace(old.encode(), new.encode())
    ana.page.reload()
    prompt = ana.page.get_by_role("button", name="Tap to load it")
    expect(prompt).to_be_visible()
    ana.check_in()
    ana.sent(1)
    assert old in ana.page.evaluate("caches.keys()")
    with ana.page.expect_navigation():
        prompt.click()
    ana.until(lambda: ana.page.evaluate("caches.keys()") == [new])
    expect(prompt).to_be_hidden()
