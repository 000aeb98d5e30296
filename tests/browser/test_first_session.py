"""The first session of somebody new, on a phone: from the first tap, through a dead line, to an account."""

import re
from collections.abc import Callable
from datetime import datetime
from zoneinfo import ZoneInfo

from playwright.sync_api import expect

from tests.browser.phone import Phone
from tests.browser.test_alone import kill_tab
from tests.people import CAST

NAME = "Paper Comet 31"


def join(phone: Phone, name: str) -> None:
    """Through the page, as a person does it."""
    who, page = CAST["ana"], phone.page
    phone.open("/account/join")
    page.get_by_label("Or a name of your own").fill(name)
    page.get_by_label("Your passphrase").fill(who.passphrase)
    page.get_by_label("Month you were born").select_option(who.form["birth_month"])
    page.get_by_label("Year you were born").fill(who.form["birth_year"])
    page.get_by_label("Country I live in").select_option("GB")
    page.get_by_label("Keep my journal").check()
    page.get_by_role("button", name="Make my account").click()
    page.wait_for_url(re.compile("/account/codes"))
    phone.name = name


def test_the_whole_first_session(phone: Phone) -> None:
    page = phone.page
    before = datetime.now(ZoneInfo("Europe/London")).date()
    phone.ready()
    phone.check_in("Low")
    phone.context.set_offline(True)
    phone.write("second, without a network", "Heavy")
    phone.write("third", "So-so")
    phone.open("/journal/new")
    phone.fill("fourth, and the tab dies", "Bright")
    phone.save()
    kill_tab(phone)
    page = phone.page
    phone.open("/journal")
    expect(page.locator(".entry.pending")).to_have_count(4)
    phone.shows(["fourth, and the tab dies", "third", "second, without a network"])
    phone.context.set_offline(False)
    phone.open("/")
    assert not phone.line.kept  # nothing left the phone

    join(phone, NAME)
    page.get_by_role("button", name="I have kept them").click()
    phone.open("/")
    phone.until(lambda: not phone.ask("Outbox.all('phone').then(all => all.length)"))
    phone.sent(4)
    rows = phone.rows()
    assert [row.mood for row in rows] == [2, 1, 3, 5]
    assert [row.felt_at for row in rows] == sorted(row.felt_at for row in rows)
    after = datetime.now(ZoneInfo("Europe/London")).date()
    assert {row.local_date for row in rows} <= {str(before), str(after)}
    assert {row.tz for row in rows} == {"Europe/London"}
    phone.open("/journal")
    phone.shows(["fourth, and the tab dies", "third", "second, without a network"])
    expect(page.locator(".entry.pending")).to_have_count(0)


def test_entries_stay_behind_when_the_box_is_unticked(phone: Phone) -> None:
    """Offered and never taken: they wait on the phone, and the journal asks once more."""
    phone.open("/")
    phone.check_in("Low")
    phone.open("/account/join")
    phone.page.get_by_label("Bring them into my journal").uncheck()
    phone.join()
    phone.open("/journal")
    card = phone.page.locator("beside-bring")
    expect(card).to_contain_text("One entry was written on this phone")
    assert phone.rows() == []
    card.get_by_role("button", name="Leave them here").click()
    expect(card).to_be_hidden()
    phone.open("/journal")
    phone.page.wait_for_load_state("networkidle")
    expect(card).to_be_hidden()
    phone.page.evaluate("sessionStorage.clear()")
    phone.open("/journal")
    card.get_by_role("button", name="Add to my journal").click()
    phone.until(phone.rows)
    phone.sent(1)


def test_on_a_shared_phone_nothing_is_brought_along_unasked(phone: Phone) -> None:
    """Whoever enters may not be who wrote: the box is empty there, and the journal asks."""
    phone.join()
    name = phone.name
    phone.context.clear_cookies()
    phone.open("/away")
    phone.page.evaluate("localStorage.clear()")
    phone.open("/")
    phone.check_in("Low")
    phone.open("/account/enter")
    box = phone.page.get_by_label("Bring them into my journal")
    expect(box).to_be_visible()
    expect(box).not_to_be_checked()
    phone.page.fill("[name=name]", name)
    phone.page.fill("[name=passphrase]", CAST["ana"].passphrase)
    phone.page.get_by_role("button", name="Come in").click()
    expect(phone.page.locator("beside-bring")).to_contain_text("before you came in")
    assert phone.rows() == []


def test_a_day_stays_the_day_it_was_where_it_was(phones: Callable[..., Phone]) -> None:
    """Written in Auckland, sent from somewhere else."""
    phone = phones(timezone_id=None)
    tools = phone.context.new_cdp_session(phone.page)
    tools.send("Emulation.setTimezoneOverride", {"timezoneId": "Pacific/Auckland"})
    phone.open("/")
    before = datetime.now(ZoneInfo("Pacific/Auckland")).date()
    phone.check_in("Okay")
    after = datetime.now(ZoneInfo("Pacific/Auckland")).date()
    tools.send("Emulation.setTimezoneOverride", {"timezoneId": "America/Los_Angeles"})
    phone.join()
    phone.open("/journal")
    phone.page.get_by_role("button", name="Add to my journal").click()
    phone.until(phone.rows)
    phone.sent(1)
    (row,) = phone.rows()
    assert row.tz == "Pacific/Auckland" and row.local_date in {str(before), str(after)}
