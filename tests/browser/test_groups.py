"""A group on two phones: what one says appears for the other, waits without a network, and is sent once."""

import json
import os
import sqlite3
import subprocess
import sys
from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import expect

from tests.browser.phone import Phone
from tests.browser.server import ELSEWHERE, ROOT, Server
from tests.browser.test_pages import Watch, problems

MAKE = """
import asyncio, json, sys
from datetime import timedelta
from uuid import UUID, uuid4

NAMES, MORE = json.loads(sys.argv[1]), json.loads(sys.argv[2])
RULES = ("Be kind.", "No names.", "Step out when you need to.")

async def main():
    from care import clock
    from care.groups import Plan
    from db import engine, groups, groups_care, tables
    from db.moderation_tables import Item
    from tests.members import member, opened
    await engine.start()
    Person = tables.Person
    if not await Person.exists().where(Person.name == "founder"):
        await opened()
    mo = await member(f"mo {uuid4().hex[:6]}", "c", "moderator")
    plan = {"name": "Night owls", "purpose": "For nights when sleep does not come.", "bands": "c"} | MORE
    host = plan.pop("host", "")
    group = await groups.make(mo, Plan(rules=RULES, **plan))
    if host:
        who = (await Person.select(Person.id).where(Person.name == host).first())["id"]
        await groups.enter(group, who, "posting", ("out",))
        await groups_care.appoint(mo, group, who)
    long_ago = clock.now() - timedelta(days=30)
    for name in NAMES:  # no longer new here, so that what they say is shown at once
        who = (await Person.select(Person.id).where(Person.name == name).first())["id"]
        await Person.update({Person.created_at: long_ago}).where(Person.id == who)
        for _ in range(5):
            row = Item(id=uuid4(), author=who, cid=uuid4(), kind="post", band="c", side="y", sealed=b"")
            row.intent = row.notes = row.topics = row.reason = row.about = row.labels = row.rules = ""
            row.state, row.tier, row.read_by = "published", "none", "1"
            row.created_at = row.published_at = long_ago
            await Item.insert(row)
    print(group)
    await engine.stop()

asyncio.run(main())
"""
SENT = "SELECT state FROM item WHERE place = ?"


def made(server: Server, *people: Phone, **more: Any) -> str:
    """A group for 18 to 25, and these people no longer new."""
    env = {name: value for name, value in os.environ.items() if name not in ELSEWHERE}
    env |= {"BESIDE_DATA": str(server.data), "BESIDE_FAST_HASHING": "1"}
    run = [sys.executable, "-c", MAKE, json.dumps([phone.name for phone in people]), json.dumps(more)]
    done = subprocess.run(run, cwd=ROOT, env=env, check=True, capture_output=True, text=True)
    return done.stdout.strip()


RUN = """
import asyncio, sys
from uuid import UUID, uuid4

async def main():
    from care.groups import Text
    from db import engine, groups, groups_care, groups_sky, groups_words, tables
    from tests.members import member
    await engine.start()
    group, name = UUID(sys.argv[1]), sys.argv[2]
    mo = await member(f"mo {uuid4().hex[:6]}", "c", "moderator")
    if name:
        who = (await tables.Person.select(tables.Person.id).where(tables.Person.name == name).first())["id"]
        await groups_care.appoint(mo, group, who)
    else:
        for n, mood in enumerate((1, 1, 3, 3, 3, 5, 5)):
            who = await member(f"sky {n} {uuid4().hex[:6]}", "c")
            await groups.join(who, group, "reading")
            await groups_sky.put(who, group, mood)
        rules = ("Be kind.", "No names.", "Ask before you give advice.")
        await groups_words.write(mo, group, Text("For nights when sleep does not come.", rules))
    await engine.stop()

asyncio.run(main())
"""


def look_after(server: Server, group: str, name: str) -> None:
    """As staff: somebody looks after it, too; without a name its rules change and seven skies are put in."""
    env = {key: value for key, value in os.environ.items() if key not in ELSEWHERE}
    env |= {"BESIDE_DATA": str(server.data), "BESIDE_FAST_HASHING": "1"}
    subprocess.run([sys.executable, "-c", RUN, group, name], cwd=ROOT, env=env, check=True)


def change(server: Server, group: str) -> None:
    look_after(server, group, "")


def join(phone: Phone, group: str) -> None:
    phone.open("/groups")
    phone.page.locator(f'a[href="/groups/{group}"]').click()
    expect(phone.page.get_by_role("button", name="Come in")).to_be_visible()
    for box in phone.page.locator("input[name=rule]").all():
        box.check()
    phone.page.get_by_label("Reading, signs and writing").check()
    phone.page.get_by_role("button", name="Come in").click()
    expect(phone.page.get_by_label("Say something to this group")).to_be_visible()


def say(phone: Phone, text: str) -> None:
    phone.page.get_by_label("Say something to this group").fill(text)
    phone.page.get_by_role("button", name="Send", exact=True).click()


def sent(server: Server, group: str) -> list[str]:
    with sqlite3.connect(f"file:{server.data / 'beside.db'}?mode=ro", uri=True) as database:
        found = database.execute(SENT, [group]).fetchall()
    database.close()
    return [row[0] for row in found]


@pytest.fixture
def two(phones: Callable[..., Phone]) -> tuple[Phone, Phone]:
    one, other = phones(), phones()
    for phone in (one, other):
        phone.join("cho")
        phone.ready()
    return one, other


def test_what_one_says_appears_for_the_other(two: tuple[Phone, Phone], server: Server) -> None:
    one, other = two
    group = made(server, one, other)
    watch = Watch(other)
    for phone in two:
        join(phone, group)
    other.page.get_by_label("Say something to this group").fill("half a th")
    with other.page.expect_response(lambda reply: "/live" in reply.url):
        other.open(f"/groups/{group}")
    other.page.get_by_label("Say something to this group").fill("Not half a th")
    for n, words in enumerate(("It rains.", "It still rains.", "It stopped."), 1):
        say(one, words)
        expect(one.page.get_by_text(words, exact=True)).to_be_visible()
        expect(other.page.get_by_role("link", name=f"{n} new: show")).to_be_visible()
    expect(other.page.get_by_text("It stopped.")).to_have_count(0)
    one.open(f"/groups/{group}")
    one.page.wait_for_timeout(300)
    expect(one.page.get_by_label("Say something to this group")).to_have_value("")  # it has arrived
    expect(one.page.locator("beside-live")).to_be_hidden()
    other.page.get_by_role("link", name="3 new: show").click()
    expect(other.page.locator(".said")).to_have_text(["It stopped.", "It still rains.", "It rains."])
    expect(other.page.locator("beside-live")).to_be_hidden()
    expect(other.page.get_by_label("Say something to this group")).to_have_value("Not half a th")
    assert other.page.evaluate("document.activeElement.textContent.includes('It stopped.')")
    assert other.page.url.endswith(group), "The page was not loaded anew."
    assert watch.found == []


def test_what_is_new_waits_behind_the_tap_when_it_cannot_be_fetched(
    two: tuple[Phone, Phone], server: Server
) -> None:
    one, other = two
    group = made(server, one, other)
    for phone in two:
        join(phone, group)
    say(one, "It rains.")
    tap = other.page.locator("beside-live a")
    expect(tap).to_have_text("1 new: show")
    other.page.get_by_label("Say something to this group").fill("half a th")
    other.context.set_offline(True)
    tap.click()
    expect(tap).to_have_text("No answer right now. Try again")
    other.context.set_offline(False)
    tap.click()
    expect(other.page.locator(".said")).to_have_text(["It rains."])
    expect(other.page.get_by_label("Say something to this group")).to_have_value("half a th")


def test_a_line_that_breaks_catches_up_without_gaps_or_repeats(
    two: tuple[Phone, Phone], server: Server
) -> None:
    one, other = two
    group = made(server, one, other)
    for phone in two:
        join(phone, group)
    say(one, "Before.")
    expect(other.page.get_by_role("link", name="1 new: show")).to_be_visible()
    other.context.set_offline(True)
    say(one, "While the line was gone.")
    expect(one.page.get_by_text("While the line was gone.")).to_be_visible()
    other.context.set_offline(False)
    other.page.evaluate("dispatchEvent(new Event('pagehide')); dispatchEvent(new Event('pageshow'))")
    expect(other.page.get_by_role("link", name="2 new: show")).to_be_visible()
    other.page.wait_for_timeout(1_000)
    expect(other.page.get_by_role("link", name="2 new: show")).to_be_visible()


def test_where_it_cannot_listen_it_asks(phones: Callable[..., Phone], server: Server) -> None:
    one, other = phones(), phones()
    for phone in (one, other):
        phone.join("cho")
    group = made(server, one, other)
    other.context.add_init_script("""
      Math.random = () => 0;
      const real = setTimeout;
      self.setTimeout = (act, ms, ...more) => real(act, ms === 20000 ? 300 : ms, ...more);
    """)
    other.page.route(
        "**/live?*",
        lambda route: route.abort() if "stream" in route.request.headers["accept"] else route.continue_(),
    )
    for phone in (one, other):
        join(phone, group)
    other.page.evaluate("""() => { const live = document.querySelector('beside-live');
      live.source?.close(); live.source = null; live.later(); }""")
    say(one, "It rains.")
    expect(other.page.get_by_role("link", name="1 new: show")).to_be_visible()


def test_said_without_a_network_it_waits_and_goes_once(two: tuple[Phone, Phone], server: Server) -> None:
    one, other = two
    group = made(server, one, other)
    for phone in two:
        join(phone, group)
    one.context.set_offline(True)
    say(one, "From the tunnel.")
    expect(one.page.get_by_text("It is sent when you are online")).to_be_visible()
    assert len(one.waiting()) == 1 and sent(server, group) == []
    one.context.set_offline(False)
    one.until(lambda: not one.waiting(), 20)
    assert sent(server, group) == ["published"]
    expect(other.page.get_by_role("link", name="1 new: show")).to_be_visible()


def test_without_a_script_everything_works(phones: Callable[..., Phone], server: Server) -> None:
    phone = phones(java_script_enabled=False)
    phone.join("cho")
    group = made(server, phone)
    join(phone, group)
    expect(phone.page.get_by_text("“One small thing that was okay today…”")).to_be_visible()
    say(phone, "It rains.")
    expect(phone.page.locator(".said")).to_have_text("It rains.")
    phone.page.get_by_role("button", name="Leave this group").click()
    expect(phone.page.get_by_role("heading", name="Small rooms for people your age")).to_be_visible()


def test_what_somebody_meets_can_be_read_and_used(two: tuple[Phone, Phone], server: Server) -> None:
    one, other = two
    word = "Rindfleischetikettierungsüberwachung"
    group = made(server, one, other, name=word, purpose=f"{word} " * 5, hours="Tuesdays 18–20", slow=5)
    watch = Watch(one)
    one.open("/groups")
    found = {"list": problems(one)}
    one.open(f"/groups/{group}")
    found["door"] = problems(one)
    join(one, group)
    found["empty room"] = problems(one)
    say(one, f"{word * 3} and a line.")
    expect(one.page.locator(".said")).to_be_visible()
    one.page.evaluate("document.querySelectorAll('main details').forEach(found => found.open = true)")
    found["room"] = problems(one)
    join(other, group)
    found["another's post, and a hello"] = problems(other)
    two, item = made(server, one, host=other.name, name=word), one.page.locator("article").first
    join(one, two)
    one.open(f"/groups/{group}")
    one.page.get_by_text("Put my sky in").click()
    one.page.locator("#sky .mood label").nth(1).click()
    found["a sky to choose"] = problems(one)
    one.page.get_by_role("button", name="Put it in").click()
    expect(one.page.get_by_text("Yours is in: Low")).to_be_visible()
    found["a sky put in"] = problems(one)
    number = (item.get_attribute("id") or "").removeprefix("p-")
    look_after(server, group, other.name)
    other.open(f"/groups/{group}/care/post/{number}")
    found["a post to look after"] = problems(other)
    other.page.get_by_role("button", name="Move it there").click(trial=True)
    other.page.locator("input[name=notes][value=death]").check()
    other.page.get_by_role("button", name="Save").click()
    expect(other.page.get_by_text("Before you read:")).to_be_visible()
    change(server, group)
    one.open(f"/groups/{group}")
    expect(one.page.get_by_role("heading", name="The rules here changed")).to_be_visible()
    found["rules that changed, and a mix"] = problems(one)
    third = made(server, host=other.name, type="request", name=word)
    one.open(f"/groups/{third}")
    for box in one.page.locator("input[name=rule]").all():
        box.check()
    one.page.get_by_label("Reading along").check()
    one.page.get_by_role("button", name="Ask to come in").click()
    expect(one.page.get_by_role("heading", name="You asked to come in")).to_be_visible()
    found["asked"] = problems(one)
    other.open(f"/groups/{third}/care")
    found["care"] = problems(other)
    other.page.get_by_role("button", name="Let in").click()
    other.page.get_by_role("button", name="Close it for new posts").click()
    expect(other.page.get_by_role("button", name="Open it for posts again")).to_be_visible()
    one.open(f"/groups/{third}")
    expect(one.page.get_by_text("This group takes no new posts")).to_be_visible()
    found["closed"] = problems(one)
    assert {name: each for name, each in found.items() if each} == {}
    assert watch.found == []
