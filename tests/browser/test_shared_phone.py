"""One phone, two people; and signing out of it."""

from typing import Any

import pytest
from playwright.sync_api import expect

from tests.browser.phone import Phone

KEPT = """async () => ({
  stores: (await indexedDB.databases()).map(found => found.name),
  caches: await caches.keys(), local: Object.keys(localStorage), session: Object.keys(sessionStorage),
})"""


def sign_out(phone: Phone) -> None:
    phone.page.get_by_role("button", name="Sign out").click()


def kept(phone: Phone) -> dict[str, Any]:
    found: dict[str, Any] = phone.page.evaluate(KEPT)
    return found


def test_signing_out_wipes_the_phone(ana: Phone) -> None:
    ana.write("a secret")
    ana.sent(1)
    ana.open("/account/leave")
    expect(ana.page.locator("[data-unsent]")).to_be_hidden()
    with ana.page.expect_navigation(url=f"{ana.line.site}/"):
        sign_out(ana)
    assert not [name for name in kept(ana)["stores"] if "outbox-" in name]
    assert not [key for key in kept(ana)["local"] if key == "uid" or key.startswith("wal-")]
    assert not ana.page.evaluate("Queue.signedIn") and ana.page.evaluate("Queue.uid") == "phone"
    assert "a secret" not in ana.journal()


def test_signing_out_asks_about_unsent_words_first(ana: Phone) -> None:
    ana.context.set_offline(True)
    ana.write("not sent yet")
    ana.line.spoil("lost before", 50)
    ana.context.set_offline(False)
    ana.open("/account/leave")
    expect(ana.page.locator("[data-unsent]")).to_contain_text("One entry was not sent yet")
    sign_out(ana)
    expect(ana.page.get_by_label("Sign out without them")).to_be_focused()
    assert ana.page.url.endswith("/account/leave") and len(ana.waiting()) == 1
    ana.line.calm()
    ana.page.get_by_role("button", name="Send now").click()
    ana.sent(1)
    expect(ana.page.locator("[data-unsent]")).to_be_hidden()
    with ana.page.expect_navigation(url=f"{ana.line.site}/"):
        sign_out(ana)
    assert len(ana.rows()) == 1


def test_unsent_words_can_be_left_behind_knowingly(ana: Phone) -> None:
    ana.context.set_offline(True)
    ana.write("never to be sent")
    ana.line.spoil("lost before", 50)
    ana.context.set_offline(False)
    ana.open("/account/leave")
    ana.page.get_by_label("Sign out without them").check()
    with ana.page.expect_navigation(url=f"{ana.line.site}/"):
        sign_out(ana)
    assert ana.rows() == [] and not [name for name in kept(ana)["stores"] if "outbox-" in name]


def test_a_sign_out_that_did_not_arrive_says_so(ana: Phone) -> None:
    """The phone cannot end the session by itself: wiping it alone would leave the journal open."""
    ana.open("/account/leave")
    ana.context.set_offline(True)
    sign_out(ana)
    expect(ana.page.get_by_role("alert")).to_contain_text("still signed in")
    assert ana.page.evaluate("localStorage.uid")
    ana.context.set_offline(False)
    with ana.page.expect_navigation(url=f"{ana.line.site}/"):
        sign_out(ana)
    assert not ana.page.evaluate("Queue.signedIn")


@pytest.mark.parametrize("wipe", [True, False])
def test_the_next_person_sees_nothing_and_sends_nothing(ana: Phone, wipe: bool) -> None:
    first = ana.name
    ana.write("ana's own")
    ana.sent(1)
    ana.open("/account/leave")
    if not wipe:
        ana.page.get_by_label("Remove my words from this phone").uncheck()
    with ana.page.expect_navigation(url=f"{ana.line.site}/"):
        sign_out(ana)
    expect(ana.page.get_by_text("ana's own")).to_have_count(0)
    ana.join("ben")
    ana.ready("/journal")
    ana.write("ben's own")
    ana.sent(1)
    ana.shows(["ben's own"])
    assert len([row for row in ana.server.rows(first)]) == 1
