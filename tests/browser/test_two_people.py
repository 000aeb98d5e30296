"""One phone, two people: what one has not sent outlives the other's signing out."""

from playwright.sync_api import expect

from tests.browser.phone import Phone

OTHERS = """async () => { for (const who of ['somebody-else', 'phone']) {
  const id = crypto.randomUUID();
  await Outbox.put(who, {id, fields: [['id', id], ['mood', '2'], ['note', 'not sent yet']]});
} }"""
LEFT = "Promise.all(['somebody-else', 'phone'].map(Outbox.all)).then(all => all.map(queue => queue.length))"


def test_signing_out_leaves_what_others_have_not_sent(ana: Phone) -> None:
    ana.write("a secret")
    ana.sent(1)
    ana.open("/account/leave")
    ana.page.evaluate(OTHERS)
    uid = ana.page.evaluate("Queue.uid")
    expect(ana.page.locator("[data-unsent]")).to_be_hidden()
    with ana.page.expect_navigation(url=f"{ana.line.site}/"):
        ana.page.get_by_role("button", name="Sign out").click()
    ana.page.wait_for_load_state("networkidle")
    assert ana.ask(LEFT) == [1, 1]
    stores = ana.ask("indexedDB.databases().then(found => found.map(one => one.name))")
    assert f"outbox-{uid}" not in stores
