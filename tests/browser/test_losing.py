"""Ways to lose an entry, or to have it twice. What counts is the server's rows, not what the page says."""

import re
from collections.abc import Callable
from typing import Any

from playwright.sync_api import Playwright, expect

from tests.browser.conftest import ARGS, program
from tests.browser.line import Line
from tests.browser.phone import Phone
from tests.browser.server import Server

NO_STORE = """
Object.defineProperty(self, 'indexedDB', {value: {open() { throw new DOMException('', 'SecurityError') }}})
"""
REFUSED = """
Outbox.put(Queue.uid, {id: crypto.randomUUID(), fields: [
  ['id', 'no id at all'], ['mood', '9'], ['note', 'refuse me'], ['felt_at', Queue.iso(new Date())]]})
"""


def test_with_a_network_it_is_saved_once(ana: Phone) -> None:
    ana.write("hello <b>x</b>")
    expect(ana.page.locator("[data-entries] .note")).to_have_text("hello <b>x</b>")
    ana.sent(1)


def test_without_a_network_it_waits_and_then_goes_in_order(ana: Phone) -> None:
    ana.context.set_offline(True)
    ana.write("one", "Heavy")
    ana.write("two", "Low")
    ana.shows(["two", "one"])
    ana.open("/journal")
    expect(ana.page.locator(".entry.pending")).to_have_count(2)
    assert ana.rows() == []
    ana.write("three", "Bright")
    ana.context.set_offline(False)
    ana.sent(3)
    assert [row.mood for row in ana.rows()] == [1, 2, 5]
    expect(ana.page.locator(".entry.pending")).to_have_count(0)
    ana.open("/journal")
    ana.shows(["three", "two", "one"])


def test_the_server_has_it_and_says_it_is_busy(ana: Phone, line: Line) -> None:
    line.spoil("busy after")
    ana.write("busy", wait=False)
    ana.until(lambda: len(ana.rows()) == 1)
    ana.drain()  # unless it tried again by itself meanwhile
    ana.sent(1)
    assert len(line.kept) >= 2, "It did not believe that it was saved, and sent it again."


def test_the_server_has_it_and_the_answer_never_comes(ana: Phone, line: Line) -> None:
    """The page gives up after ten seconds and sends it again."""
    line.spoil("silent after")
    ana.check_in()
    ana.until(lambda: len(ana.rows()) == 1)
    ana.sent(1, 30)
    assert len(line.kept) >= 2


def test_the_connection_breaks_on_the_way_there_and_back(ana: Phone, line: Line) -> None:
    line.spoil("lost before")
    line.spoil("lost after")
    ana.write("broken", wait=False)
    ana.sent(1, 30)
    assert len(line.kept) >= 3


def test_three_tabs_send_three_entries(ana: Phone) -> None:
    tabs = [ana.page, ana.context.new_page(), ana.context.new_page()]
    ana.context.set_offline(True)
    for number, tab in enumerate(tabs):
        ana.page = tab
        ana.write(f"tab {number}")
    assert len(ana.waiting()) == 3
    ana.context.set_offline(False)
    ana.sent(3)


def test_a_lost_session_keeps_it_for_the_one_who_wrote_it(ana: Phone) -> None:
    ana.open("/journal/new")
    name = ana.name
    ana.context.clear_cookies()
    ana.fill("mine")
    ana.save()
    ana.page.wait_for_url(re.compile("/journal#"))
    expect(ana.page.locator("beside-queue")).to_contain_text("Enter")
    assert ana.rows() == [] and len(ana.waiting()) == 1
    ana.join("ben")
    ana.open("/journal")
    ana.until(lambda: ana.ask("Queue.signedIn"))
    ana.shows([])
    assert ana.waiting() == [] and ana.rows() == []
    ana.context.clear_cookies()
    ana.enter(name)
    ana.open("/journal")
    ana.sent(1)
    assert "mine" in ana.journal()


def test_a_page_of_one_person_never_writes_as_another(ana: Phone) -> None:
    """Ana's page is still open while Ben has signed in beside it."""
    ana.open("/")
    ana.context.clear_cookies()
    other = Phone(ana.context, ana.line, ana.server)
    other.page = ana.context.new_page()
    ben = other.join("ben")
    ana.check_in("Low")
    expect(ana.page.locator("beside-queue")).to_contain_text("Enter")
    assert len(ana.waiting()) == 1
    assert ana.rows() == [] and ana.server.rows(ben) == []


def test_a_refused_entry_stays_and_does_not_block_the_next(ana: Phone) -> None:
    ana.context.set_offline(True)
    ana.write("fine", "Bright")
    ana.page.evaluate(REFUSED)
    ana.write("fine too", "Heavy")
    ana.context.set_offline(False)
    ana.until(lambda: len(ana.rows()) == 2)
    ana.until(lambda: [entry["bad"] for entry in ana.waiting()] == [422])
    assert [row.mood for row in ana.rows()] == [5, 1]
    expect(ana.page.locator("beside-queue")).to_contain_text("could not be taken")
    ana.open("/journal")
    expect(ana.page.locator(".entry.pending .note")).to_have_text("refuse me")


def test_without_a_worker_it_waits_in_the_page(phones: Callable[..., Phone]) -> None:
    phone = phones(service_workers="block")
    phone.join()
    phone.open("/")
    phone.context.set_offline(True)
    phone.check_in()
    assert len(phone.waiting()) == 1
    phone.context.set_offline(False)
    phone.sent(1)


def test_without_a_store_it_is_sent_at_once(phone: Phone) -> None:
    phone.context.add_init_script(NO_STORE)
    phone.join()
    phone.open("/")
    phone.write("no store here")
    assert len(phone.rows()) == 1
    assert "no store here" in phone.journal()


def test_without_scripts_the_plain_form_saves(phones: Callable[..., Phone]) -> None:
    phone = phones(java_script_enabled=False)
    phone.join()
    phone.open("/journal/new")
    phone.fill("plain")
    phone.save()
    phone.page.wait_for_url(re.compile("/journal#"))
    expect(phone.page.locator(".entry .note")).to_have_text("plain")
    assert len(phone.rows()) == 1


def test_the_browser_sends_it_after_the_tab_is_closed(
    playwright: Playwright, pixel: dict[str, Any], folder: Any, server: Server, line: Line
) -> None:
    context = playwright.chromium.launch_persistent_context(
        folder, executable_path=program("chromium"), args=ARGS, base_url=line.site, **pixel
    )
    phone = Phone(context, line, server)
    tools = context.new_cdp_session(phone.page)
    tools.send("Browser.grantPermissions", {"origin": line.site, "permissions": ["backgroundSync"]})
    phone.join()
    phone.ready()
    found: list[dict[str, Any]] = []
    tools.on("ServiceWorker.workerRegistrationUpdated", lambda e: found.extend(e["registrations"]))
    tools.send("ServiceWorker.enable")
    context.set_offline(True)
    phone.check_in()
    tag = "outbox:" + phone.page.evaluate("Queue.uid")
    tags = "navigator.serviceWorker.ready.then(r => r.sync.getTags())"
    phone.until(lambda: phone.page.evaluate(tags) == [tag])
    closed, phone.page = phone.page, context.new_page()
    phone.page.goto("about:blank")
    asked = context.new_cdp_session(phone.page)
    closed.close()
    context.set_offline(False)
    asked.send("ServiceWorker.enable")
    worker = {"origin": line.site, "registrationId": found[-1]["registrationId"]}
    asked.send("ServiceWorker.dispatchSyncEvent", worker | {"tag": tag, "lastChance": False})
    deadline = iter(range(200))
    while not phone.rows() and next(deadline, None) is not None:
        phone.page.wait_for_timeout(50)
    assert len(phone.rows()) == 1
    context.close()
