"""Help now, when nothing else is there: after one visit to any page it opens without a network."""

import pytest
from playwright.sync_api import expect

from tests.browser.line import Line
from tests.browser.phone import Phone

KEPT = "navigator.serviceWorker.ready.then(() => true)"


def cut_after_one_visit(phone: Phone, line: Line, path: str = "/") -> None:
    phone.open(path)
    assert phone.ask(KEPT)
    line.cut()


@pytest.mark.parametrize("path", ["/", "/stories", "/account/join", "/nowhere"])
def test_one_visit_to_any_page_is_enough(phone: Phone, line: Line, path: str) -> None:
    cut_after_one_visit(phone, line, path)
    phone.open("/help")
    expect(phone.page).to_have_title("Help now · Beside")
    assert phone.page.locator("a[href^='tel:'], a[href^='sms:']").count() > 2
    phone.open("/help/world")
    expect(phone.page).to_have_title("Help, everywhere · Beside")


def test_the_chosen_country_stays_with_the_phone(phone: Phone, line: Line) -> None:
    """Also after the page was freshened in the background, and when it comes from the form."""
    phone.ready("/help")
    phone.page.locator("select[name=country]").select_option("US")
    phone.page.get_by_role("button", name="Show").click()
    place = phone.page.get_by_role("heading", name="United States")
    expect(place).to_be_visible()
    for _ in range(3):
        phone.open("/help")
        expect(place).to_be_visible()
        phone.page.wait_for_load_state("networkidle")
    line.cut()
    phone.open("/help")
    expect(place).to_be_visible()


def test_a_country_chosen_on_the_first_page_ever_stays(phone: Phone, line: Line) -> None:
    """Chosen before there was a worker to notice."""
    cut_after_one_visit(phone, line, "/help/in/us")
    phone.open("/help")
    expect(phone.page.get_by_role("heading", name="United States")).to_be_visible()


def test_a_new_version_keeps_the_chosen_country(phone: Phone, line: Line) -> None:
    phone.ready("/help/in/us")
    (old,) = phone.page.evaluate("caches.keys()")
    new = f"beside-{old[-10:][::-1]}"
    line.edits["/sw.js"] = lambda body: body.replace(old.encode(), new.encode())
    phone.open("/")
    with phone.page.expect_navigation():
        phone.page.get_by_role("button", name="Tap to load it").click()
    phone.until(lambda: phone.ask("caches.keys()") == [new])
    line.cut()
    phone.open("/help")
    expect(phone.page.get_by_role("heading", name="United States")).to_be_visible()


def test_pages_without_a_network_say_what_still_works(ana: Phone, line: Line) -> None:
    ana.write("already sent")
    ana.sent(1)
    line.cut()
    for path in ("/", "/stories", "/account/devices"):
        ana.open(path)
        expect(ana.page.get_by_role("link", name="Help now", exact=True)).to_be_visible()
        expect(ana.page.locator("main .notice").first).to_contain_text("No network")
    for path in ("/journal", "/journal/skies"):
        ana.open(path)
        expect(ana.page).to_have_title("Journal · Beside")
        expect(ana.page.locator("main .notice").first).to_contain_text("No network")
    for path in ("/journal/write", "/journal/write/letter", "/journal/write/note"):
        ana.open(path)
        expect(ana.page.get_by_label("Your words")).to_be_editable()
    assert "already sent" not in ana.page.content()


def test_nothing_of_a_person_is_in_the_worker_s_store(ana: Phone) -> None:
    ana.write("private words")
    ana.sent(1)
    ana.open("/account")
    kept = ana.page.evaluate(
        """async () => { const found = [];
        for (const name of await caches.keys()) for (const request of await (await caches.open(name)).keys())
          found.push(await (await (await caches.open(name)).match(request)).text());
        return found.join() }"""
    )
    assert "Help now" in kept
    assert "private words" not in kept and ana.name not in kept
    assert ana.page.evaluate("Queue.uid") not in kept
