"""The demonstration community: whole, the same twice, each on its side, never among people who are real."""

from datetime import timedelta
from typing import Any

import pytest

from care import clock, rulings
from care.account import Draft
from care.clock import now
from db import (
    account,
    consents,
    decisions,
    desk,
    devices,
    groups_reading,
    instance,
    moderation_mine,
    people_demo,
    second_factor,
    staff,
    stories_reading,
)
from db.control_tables import Choice
from db.decisions import Decision
from db.engine import fetch
from db.groups_tables import Group
from db.meetings_tables import Meeting
from db.moderation_tables import Appeal, Hold, Item, Report
from db.stories_tables import Kept, Reaction
from db.tables import Person
from jobs import demo

pytestmark = pytest.mark.usefixtures("database")
FILLED = (
    *("person", "item", "hold", "ruling", "report", "appeal", "story", "story_tag", "reaction", "kept"),
    *("peer_group", "membership", "group_post", "meeting", "registration"),
    *("notice", "staff_role", "second_factor", "consent", "choice", "entry", "instance", "evidence"),
)


async def rows() -> dict[str, Any]:
    """How many stand in each table, and each item with what became of it."""
    found: dict[str, Any] = {}
    for table in FILLED:
        found[table] = (await fetch(f"SELECT count(*) AS n FROM {table}"))[0]["n"]  # noqa: S608
    found["items"] = sorted(
        (str(row["cid"]), row["state"], row["version"])
        for row in await Item.select(Item.cid, Item.state, Item.version)
    )
    return found


async def test_it_is_whole_and_the_same_twice() -> None:
    said = await demo.fill()
    first = await rows()
    assert all(first[table] for table in FILLED), "Every part of it was made, so each can be doubled."
    assert len(said) == 4 and all(words in "\n".join(said) for _, _, words in (demo.MODERATOR, demo.LEAD))
    assert await instance.missing() == []
    await _the_desk()
    await _both_sides()
    await _in_groups()
    for name, *_ in demo.WHO:
        await _at_home(name)
    assert not await Person.exists().where(Person.demo.eq(False))
    assert await demo.fill() == said
    assert await rows() == first


async def test_what_was_done_since_is_not_undone() -> None:
    await demo.fill()
    mo = await people_demo.at_desk(*demo.MODERATOR)
    waiting = {row["subject"]: row for row in await Hold.select().where(Hold.ended_at.is_null())}
    held = await Item.select(Item.id).where(Item.state == "held", Item.private.eq(False)).first()
    assert held
    await decisions.decide(mo, waiting[held["id"]]["id"], Decision("publish", 1))
    pebble, moth = await people_demo.find("pebble"), await people_demo.find("moth")
    assert pebble and moth
    await consents.choose(pebble.person, {"journal"})
    await staff.remove(demo.LEAD[0], "a test")
    later = (now() + timedelta(days=900)).date()
    await account.create(Draft("Ana", "lantern otter gravy violin", "a", later, "GB", ("journal",)))
    before = await rows()
    await demo.fill()
    assert await rows() == before
    standing = {one.kind: one.on for one in await consents.of(pebble.person)}
    assert standing["community"] is False
    assert {one.name for one in await staff.held()} == {demo.MODERATOR[0]}


async def test_where_somebody_real_lives_nobody_gets_a_known_way_to_the_desk() -> None:
    later = (now() + timedelta(days=900)).date()
    await account.create(Draft("Ana", "lantern otter gravy violin", "a", later, "GB", ("journal",)))
    assert demo.APART in await demo.fill()
    assert await staff.held() == [] and await Item.count() == 0
    assert await instance.adopted() is None and await people_demo.find("willow")


async def test_a_name_that_somebody_real_has_is_left_to_them() -> None:
    later = (now() + timedelta(days=900)).date()
    await account.create(Draft("Moth", "lantern otter gravy violin", "a", later, "GB", ("journal",)))
    assert await people_demo.find("moth") is None
    with pytest.raises(account.Refused):
        await people_demo.somebody("moth", "a")


async def test_a_real_instance_starts_empty_and_says_when_it_is_none(
    capsys: pytest.CaptureFixture[str],
) -> None:
    from web.__main__ import prepare

    await prepare(demo=False)
    made = await rows()
    assert {table: made[table] for table in FILLED} == dict.fromkeys(FILLED, 0)
    assert "Demonstration" not in capsys.readouterr().out
    await people_demo.somebody("pebble", "a")
    await prepare(demo=False)
    assert "Demonstration people live here" in capsys.readouterr().out
    assert await Person.count() == 1


async def _the_desk() -> None:
    mo, lead = await people_demo.at_desk(*demo.MODERATOR), await people_demo.at_desk(*demo.LEAD)
    assert mo.acts_as("moderator") and not mo.acts_as("safeguarding") and lead.acts_as("safeguarding")
    heads = await desk.queue(mo)
    rest = await desk.queue(mo, heads.next)
    waiting = [*heads.items, *rest.items]
    assert heads.waiting == len(waiting) >= 20
    assert {one.risk for one in waiting} == {0, 1, 2, 3}
    assert {one.kind for one in waiting} == {"item", "report", "person", "appeal"}
    assert {one.what for one in waiting if one.kind == "item"} == {"post", "reply", "story"}
    assert len({one.person for one in waiting if one.band == "c"}) >= 5
    assert len({one.person for one in waiting if one.band in "ab"}) >= 5
    states = {row["state"] for row in await Item.select(Item.state)}
    assert states == {"published", "held", "hidden", "safeguarding", "removed", "returned"}
    assert await Appeal.count() == 1 and await Report.count() >= 5
    for one in waiting:
        seen = await desk.look(mo, one.id)
        assert seen is not None and (seen.actions or seen.item)


async def _both_sides() -> None:
    """Whoever answers, supports, keeps or reports is of the side of what they answer."""
    across = """SELECT count(*) AS n FROM item answer JOIN item told ON told.id = answer.place
        WHERE answer.side <> told.side"""
    assert (await fetch(across))[0]["n"] == 0
    sides = {row["id"]: rulings.side(row["band"]) for row in await Person.select(Person.id, Person.band)}
    about = {row["id"]: row["side"] for row in await Item.select(Item.id, Item.side)}
    for row in await Reaction.select() + await Kept.select():
        assert sides[row["person"]] == about[row["item"]]
    for row in await Report.select():
        assert sides[row["reporter"]] == sides[row["about"]]
    for side in ("t", "y"):
        shown = (Item.kind == "story") & (Item.state == "published") & (Item.side == side)
        assert await Item.count().where(shown) >= 10


async def _in_groups() -> None:
    """Two rooms for each age, with somebody looking after them, things said by their own, and a meeting."""
    for name, *_ in demo.WHO:
        who = await people_demo.find(name)
        assert who is not None
        shelf = await groups_reading.shelf(who)
        assert len(shelf.mine) == 2 and not any(room.stop for room in shelf.mine)
        assert any(room.meets_at for room in shelf.mine)
        for room in shelf.mine:
            feed = await groups_reading.feed(who, room)
            assert len(feed.posts) >= 4 and not feed.waiting
            people = await Person.select(Person.band).where(Person.id.is_in([p.author for p in feed.posts]))
            assert all(row["band"] in room.bands for row in people)
        pinned = [(await groups_reading.feed(who, room)).pinned for room in shelf.mine]
        assert any(post and post.shown.by_staff for post in pinned)


async def test_when_it_starts_again_its_groups_are_still_looked_after_and_meet() -> None:
    await demo.fill()
    before = await Group.count(), await Item.count(), await Meeting.count()
    try:
        clock.move(timedelta(days=70))
        willow = await people_demo.find("willow")
        assert willow and {room.stop for room in (await groups_reading.shelf(willow)).mine} == {"quiet"}
        await demo.fill()
        mine = (await groups_reading.shelf(willow)).mine
        assert {room.stop for room in mine} == {""} and any(room.meets_at for room in mine)
        assert (await Group.count(), await Item.count()) == before[:2]
        assert await Meeting.count() > before[2]
    finally:
        clock.move(timedelta())


async def _at_home(name: str) -> None:
    who = await people_demo.find(name)
    assert who is not None
    (story,) = await moderation_mine.mine(who, "story", waiting=False)
    thread = await stories_reading.thread(who, story.id)
    assert thread is not None and len(thread.replies) == 2 and all(one.thanked for one in thread.replies)
    assert len((await stories_reading.kept(who)).items) == 1
    assert len((await stories_reading.for_you(who)).items) >= 5
    assert await Choice.exists().where(Choice.person == who.person, Choice.kind == "likes")


async def test_a_code_is_told_for_people_of_the_demonstration_alone() -> None:
    from tests.members import member

    await member("mo", "c", "moderator")
    pebble = await people_demo.somebody("pebble", "a")
    for name in ("mo", "MO", pebble.name, "nobody", ""):
        with pytest.raises(second_factor.Refused):
            await second_factor.demo_code(name)
    await people_demo.at_desk(*demo.MODERATOR)
    larch = await devices.recognise(await account.enter("larch", demo.MODERATOR[2], devices.Caller()))
    assert larch and not larch.checked
    first = await second_factor.demo_code("larch")
    await second_factor.check(larch, first)
    again = await second_factor.demo_code("larch")
    assert again != first
    await second_factor.check(larch, again)
