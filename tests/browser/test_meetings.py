"""Meetings on a phone: they can be read and used in every state, with and without a script, in any zone."""

import json
import os
import subprocess
import sys
from collections.abc import Callable

from playwright.sync_api import expect

from tests.browser.pages import FOR_WHO_LEADS_MEETINGS, OF_MEETINGS
from tests.browser.phone import Phone
from tests.browser.server import ELSEWHERE, ROOT, Server
from tests.browser.test_groups import join
from tests.browser.test_groups import made as group_made
from tests.browser.test_pages import Watch, problems, walk

WORD = "Rindfleischetikettierungsüberwachung"
MAKE = """
import asyncio, json, sys
from datetime import timedelta
from uuid import UUID

GROUP, ME, LEADER, WORD = UUID(sys.argv[1]), sys.argv[2], sys.argv[3], sys.argv[4]
RIDE = {"access": "Step-free, quiet room, breaks.", "lang": "English, bits of " + WORD}
PLACE = {"mode": "in_person", "area": "Leeds, near the station", "address": "4 Library Lane, " + WORD * 2,
    "expect": "Two of us wait at the door with a green scarf."}

async def main():
    from care import clock
    from care.meetings import Plan
    from care.shared import Draft, Words
    from db import engine, groups, meetings, meetings_places, meetings_room, tables
    from db.devices import Viewer
    from db.meetings_tables import Meeting, Registration
    from db.moderation_tables import Hold, Item
    from tests.members import member
    await engine.start()
    Person, known = tables.Person, {}

    async def viewer(name):
        row = await Person.select(Person.id).where(Person.name == name).first()
        return Viewer(UUID(str(row["id"])), UUID(int=0), name, "c", "GB", None, False)

    me, leader = await viewer(ME), await viewer(LEADER)
    mo, lin = [await member(f"{name} {str(GROUP)[-6:]}", "c", "moderator") for name in ("mo", "lin")]
    others = [await member(f"{WORD} {n} {str(GROUP)[-6:]}", "c") for n in range(6)]
    for one in others:
        await groups.join(one, GROUP, "posting")

    async def say(name, who, text):
        draft = Draft("post", Words((text,)), place=GROUP)
        item = (await meetings_room.say(who, GROUP, known[name], draft)).id
        shown = {Item.state: "published", Item.published_at: clock.now()}
        await Item.update(shown).where(Item.id == item)
        await Hold.delete().where(Hold.subject == item)
        return item

    async def make(name, who=mo, ahead=timedelta(days=4), **more):
        wall = (clock.now() + ahead).replace(tzinfo=None, second=0, microsecond=0)
        usual = {"title": f"Tea and {WORD}", "about": "We say how the week was.", "zone": "UTC"}
        plan = Plan(**{**usual, "wall": wall, "host": mo.person, "second": lin.person, **RIDE, **more})
        known[name] = await meetings.make(who, GROUP, plan)
        return known[name]

    await make("open", zone="Asia/Tokyo")
    await make("full", cap=2)
    await make("mine")
    await make("place", ahead=timedelta(hours=30), **PLACE)
    await make("off", title="Off")
    await make("over")
    await make("waits", leader)
    await make("now", ahead=timedelta(minutes=-5), host=leader.person)
    await make("still", ahead=timedelta(minutes=10))
    for one in (me, *others[:3]):
        await meetings_places.register(one, GROUP, known["now"])
    await meetings_places.register(me, GROUP, known["still"])
    for name in ("mine", "place", "off", "over"):
        await meetings_places.register(me, GROUP, known[name])
    for n, one in enumerate(others):
        await meetings_places.register(one, GROUP, known["full"])
        await meetings_places.register(one, GROUP, known["over"])
    for n, one in enumerate((others[0], others[1], me, others[2])):
        item = await say("now", one, f"{n} herons, and a {WORD * 2}.")
    await meetings_room.pin(mo, GROUP, known["now"], item)
    await meetings.cancel(mo, GROUP, known["off"], "The library is shut, " + WORD * 3)
    ago = clock.now() - timedelta(hours=2)
    past = {Meeting.starts_at: ago, Meeting.ends_at: ago + timedelta(hours=1)}
    await Meeting.update(past).where(Meeting.id == known["over"])
    theirs = Registration.person.is_in([one.person for one in others])
    over = Registration.meeting == known["over"]
    await Registration.update({Registration.felt: "helped"}).where(over, theirs)
    print(json.dumps({name: str(one) for name, one in known.items()}))
    await engine.stop()

asyncio.run(main())
"""


def made(server: Server, group: str, me: Phone, leader: Phone) -> dict[str, str]:
    """Meetings of every kind, by name."""
    env = {name: value for name, value in os.environ.items() if name not in ELSEWHERE}
    env |= {"BESIDE_DATA": str(server.data), "BESIDE_FAST_HASHING": "1"}
    run = [sys.executable, "-c", MAKE, group, me.name, leader.name, WORD]
    done = subprocess.run(run, cwd=ROOT, env=env, check=True, capture_output=True, text=True)
    return {"group": group, **json.loads(done.stdout)}


def world(
    phones: Callable[..., Phone], server: Server, **settings: object
) -> tuple[Phone, Phone, dict[str, str]]:
    me, leader = phones(**settings), phones()
    for phone in (me, leader):
        phone.join("cho")
    group = group_made(server, leader, host=leader.name, name=WORD)
    empty = group_made(server, me)
    for each in (group, empty):
        join(me, each)
    return me, leader, {"empty": empty, **made(server, group, me, leader)}


def test_every_meeting_can_be_read_and_used(phones: Callable[..., Phone], server: Server) -> None:
    me, leader, known = world(phones, server)
    for phone, paths in ((me, OF_MEETINGS), (leader, FOR_WHO_LEADS_MEETINGS)):
        found = walk(phone, [path.format(**known) for path in paths])
        assert found == {}
    at = f"/groups/{known['group']}/meetings"
    watch = Watch(me)
    me.open(f"{at}/{known['open']}")
    me.page.get_by_role("button", name="I’d like to come").click()
    expect(me.page.get_by_role("heading", name="You have a place")).to_be_visible()
    me.open(f"{at}/{known['full']}")
    me.page.get_by_role("button", name="Put me on the list").click()
    expect(me.page.get_by_role("heading", name="You are on the list")).to_be_visible()
    assert problems(me) == [] and watch.found == []
    leader.open(f"{at}/new")
    leader.page.get_by_label("Title").fill("Cocoa")
    leader.page.evaluate("document.querySelector('form.roomy').noValidate = true")
    leader.page.get_by_role("button", name="Make it").click()
    expect(leader.page.get_by_text("Please choose a day.")).to_be_visible()
    expect(leader.page.get_by_label("Title")).to_have_value("Cocoa")
    expect(leader.page.get_by_label("By which clock?")).to_have_value("Europe/London")
    assert problems(leader) == []


def test_a_phone_elsewhere_shows_its_own_clock_too(phones: Callable[..., Phone], server: Server) -> None:
    me, _, known = world(phones, server, timezone_id="America/Lima")
    me.open(f"/groups/{known['group']}/meetings/{known['open']}")
    expect(me.page.locator("beside-when")).to_contain_text("On this phone’s clock")
    me.page.evaluate("document.querySelector('beside-when').remove()")
    me.open(f"/groups/{known['group']}/meetings/{known['mine']}")
    expect(me.page.locator("beside-when")).to_be_visible()


def test_without_a_script_one_comes_and_says_how_it_was(phones: Callable[..., Phone], server: Server) -> None:
    me, _, known = world(phones, server, java_script_enabled=False)
    me.open(f"/groups/{known['group']}")
    me.page.get_by_role("link", name="Meetings: next on").click()
    me.page.locator(f'a[href$="{known["open"]}"]').click()
    me.page.get_by_role("button", name="I’d like to come").click()
    expect(me.page.get_by_role("heading", name="You have a place")).to_be_visible()
    me.page.get_by_role("button", name="I can’t come after all").click()
    expect(me.page.get_by_role("button", name="I’d like to come")).to_be_visible()
    me.open(f"/groups/{known['group']}/meetings/{known['over']}")
    me.page.get_by_role("button", name="It helped").click()
    expect(me.page.get_by_role("button", name="It helped")).to_have_attribute("aria-pressed", "true")


def test_in_a_room_words_appear_by_themselves_and_the_box_is_left_alone(
    phones: Callable[..., Phone], server: Server
) -> None:
    me, leader, known = world(phones, server)
    room = f"/groups/{known['group']}/meetings/{known['now']}/room"
    with me.page.expect_response(lambda reply: "/live" in reply.url):
        me.open(room)
    watch = Watch(me)
    me.page.get_by_label("Say something to this meeting").fill("half a th")
    for words in ("It rains.", "It still rains."):
        leader.open(room)
        leader.page.get_by_label("Say something to this meeting").fill(words)
        leader.page.get_by_role("button", name="Send", exact=True).click()
        expect(leader.page.locator(".said").get_by_text(words, exact=True)).to_be_visible()
        expect(me.page.locator("#said article").first).to_contain_text(words)
    expect(me.page.get_by_label("Say something to this meeting")).to_have_value("half a th")
    expect(me.page.locator("beside-room")).to_be_hidden()
    assert me.page.locator("#said article").count() == 5 and watch.found == []
    assert problems(me) == []


def test_without_a_script_one_writes_in_a_room(phones: Callable[..., Phone], server: Server) -> None:
    me, _, known = world(phones, server, java_script_enabled=False)
    me.open(f"/groups/{known['group']}/meetings/{known['now']}")
    me.page.get_by_role("link", name="Go in").click()
    me.page.get_by_label("Say something to this meeting").fill("I am here.")
    me.page.get_by_role("button", name="Send", exact=True).click()
    expect(me.page.get_by_text("I am here.", exact=True)).to_be_visible()
