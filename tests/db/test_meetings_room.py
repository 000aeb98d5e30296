"""The room of a meeting through its verbs: for those with a place alone, in its time, and nowhere else."""

import asyncio
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest

from care import clock
from care import meetings_room as rules
from db import (
    blocks,
    groups,
    groups_care,
    groups_reading,
    meetings_due,
    meetings_places,
    meetings_reading,
    moderation,
)
from db import meetings as making
from db import meetings_room as verbs
from db.devices import Viewer
from db.groups import Slow, Stopped
from db.groups_reading import Feed
from db.meetings_tables import Meeting
from db.moderation import Unknown
from db.reminder_tables import Notice
from tests.db.test_groups import feed as group_feed
from tests.db.test_groups import publish, words
from tests.db.test_meetings import IN_PERSON, an_open_community, go, grouped, lin, mo, plan
from tests.members import member

__all__ = ["an_open_community", "lin", "mo"]
pytestmark = pytest.mark.usefixtures("database")
HELLO = "I counted four herons."


async def begun(mo: Viewer, lin: Viewer, *people: Viewer, **more: Any) -> tuple[UUID, UUID]:
    """A group of them all, and a meeting that begins now and at which they all have a place."""
    group = await grouped(mo, *people)
    meeting = await making.make(mo, group, plan(mo, lin, **more))
    for who in people:
        assert await meetings_places.register(who, group, meeting, True) == "in"
    go((await meetings_reading.find(mo, group, meeting))[1].starts_at)
    return group, meeting


async def said(mo: Viewer, who: Viewer, group: UUID, meeting: UUID, text: str = HELLO) -> UUID:
    shared = await verbs.say(who, group, meeting, words(group, text))
    if shared.state == "held":
        await publish(mo, shared.id)
    return shared.id


async def feed(who: Viewer, group: UUID, meeting: UUID) -> Feed:
    return await verbs.feed(who, *await verbs.enter(who, group, meeting))


async def texts(who: Viewer, group: UUID, meeting: UUID) -> list[str]:
    return [one.words for one in (await feed(who, group, meeting)).posts]


async def test_it_is_said_to_those_who_have_a_place_and_stands_nowhere_else(mo: Viewer, lin: Viewer) -> None:
    ana, ben, cat = [await member(name, "a") for name in ("ana", "ben", "cat")]
    group, meeting = await begun(mo, lin, ana, ben)
    await groups.join(cat, group, "posting")
    item = await said(mo, ana, group, meeting)
    other = await groups.say(ana, words(group, "In the group."))
    await publish(mo, other.id)
    for who in (ana, ben, mo, lin):
        assert await texts(who, group, meeting) == [HELLO]
        assert (await moderation.find(who, item)) is not None
    assert await moderation.find(cat, item) is None, "They are in the group and have no place."
    with pytest.raises(Unknown):
        await verbs.enter(cat, group, meeting)
    for who in (ana, ben, cat, mo):
        found = await group_feed(who, group)
        assert [one.words for one in found.posts] == ["In the group."] and found.waiting == []
    with pytest.raises(Unknown):
        await groups_care.pin(mo, group, item)
    await meetings_places.withdraw(ben, group, meeting)
    assert await moderation.find(ben, item) is None


async def test_what_waits_is_seen_by_its_author_there_and_by_the_others_once_it_is_read(
    mo: Viewer, lin: Viewer
) -> None:
    ana, ben = await member("ana", "a"), await member("ben", "a")
    group, meeting = await begun(mo, lin, ana, ben)
    shared = await verbs.say(ana, group, meeting, words(group, HELLO))
    assert shared.state == "held", "At this age somebody reads first."
    assert [one.words for one in (await feed(ana, group, meeting)).waiting] == [HELLO]
    assert (await group_feed(ana, group)).waiting == [] and (await feed(ben, group, meeting)).waiting == []
    assert await texts(ben, group, meeting) == []
    await publish(mo, shared.id)
    assert await texts(ben, group, meeting) == [HELLO]


async def test_it_opens_and_closes_by_itself_and_is_read_for_seven_days(mo: Viewer, lin: Viewer) -> None:
    ana, ben = await member("ana", "a"), await member("ben", "a")
    group, meeting = await begun(mo, lin, ana, ben, minutes=60)
    starts = (await meetings_reading.find(mo, group, meeting))[1].starts_at
    go(starts - rules.OPENS - timedelta(seconds=5))
    for act in (verbs.enter(ana, group, meeting), verbs.say(ana, group, meeting, words(group, HELLO))):
        with pytest.raises(Unknown):
            await act
    go(starts - rules.OPENS)
    item = await said(mo, ana, group, meeting)
    ends = starts + timedelta(minutes=60)
    go(ends - timedelta(seconds=5))
    await said(mo, ben, group, meeting, "Bye.")
    go(ends)
    for who in (ana, mo):
        with pytest.raises(Stopped) as no:
            await verbs.say(who, group, meeting, words(group, HELLO))
        assert no.value.why == rules.OVER
    go(ends + rules.READABLE - timedelta(seconds=5))
    assert await texts(ben, group, meeting) == ["Bye.", HELLO] and await moderation.find(ben, item)
    go(ends + rules.READABLE)
    with pytest.raises(Unknown):
        await verbs.enter(ben, group, meeting)
    assert await moderation.find(ben, item) is None and await verbs.since(ben, group, meeting, 0) is None
    assert await moderation.find(ana, item) is not None, "Their own words stay theirs."
    go(ends + timedelta(days=91))
    await meetings_due.forget_old()
    assert not await Meeting.exists().where(Meeting.id == meeting)
    assert await moderation.find(ben, item) is None and (await group_feed(ben, group)).posts == []


@pytest.mark.parametrize("way", ["in person", "cancelled"])
async def test_there_is_no_room_where_nobody_meets_online(mo: Viewer, lin: Viewer, way: str) -> None:
    ana = await member("ana", "a")
    group, meeting = await begun(mo, lin, ana, **(IN_PERSON if way == "in person" else {}))
    if way == "cancelled":
        assert await verbs.enter(ana, group, meeting), "There was one."
        await making.cancel(mo, group, meeting, "ill")
    for act in (verbs.enter(ana, group, meeting), verbs.say(ana, group, meeting, words(group, HELLO))):
        with pytest.raises(Unknown):
            await act


async def test_whoever_waits_or_is_nobody_there_can_do_nothing_in_it(mo: Viewer, lin: Viewer) -> None:
    ana, ben, cat, dan = [await member(name, "a") for name in ("ana", "ben", "cat", "dan")]
    group = await grouped(mo, ana, ben, cat, dan)
    meeting = await making.make(mo, group, plan(mo, lin, cap=2))
    states = [await meetings_places.register(who, group, meeting) for who in (ana, ben, cat)]
    assert states == ["in", "in", "waiting"]
    go((await meetings_reading.find(mo, group, meeting))[1].starts_at)
    item = await said(mo, ana, group, meeting)
    unchecked = Viewer(mo.person, uuid4(), "mo", "c", "GB", None, False, mo.roles, False)
    cho = await member("cho", "c")
    strangers = [cat, dan, await member("eve", "a"), cho, await member("helper", "c", "supporter")]
    await groups.leave(
        mo, group
    )  # as staff they need not be in it; without their second step they are nobody
    for who in (*strangers, unchecked):
        assert await verbs.since(who, group, meeting, 0) is None
        for act in (
            verbs.enter(who, group, meeting),
            verbs.say(who, group, meeting, words(group, HELLO)),
            verbs.react(who, group, meeting, item, 1),
            verbs.pin(who, group, meeting, item),
            verbs.slow(who, group, meeting, 30),
            verbs.shut(who, group, meeting),
        ):
            with pytest.raises(Unknown):
                await act
    for act in (
        verbs.pin(ana, group, meeting, item),
        verbs.slow(ana, group, meeting, 30),
        verbs.shut(ana, group, meeting),
    ):
        with pytest.raises(Unknown):
            await act
    assert await texts(ben, group, meeting) == [HELLO]


async def test_those_who_look_after_it_pin_slow_down_and_close(mo: Viewer, lin: Viewer) -> None:
    ana, ben = await member("ana", "a"), await member("ben", "a")
    group, meeting = await begun(mo, lin, ana, ben)
    item = await said(mo, ana, group, meeting)
    elsewhere = await groups.say(ana, words(group, "In the group."))
    await verbs.pin(lin, group, meeting, item)
    found = await feed(ben, group, meeting)
    assert found.pinned and found.pinned.shown.id == item and found.posts == []
    for bad in (verbs.pin(mo, group, meeting, elsewhere.id), verbs.slow(mo, group, meeting, 7)):
        with pytest.raises(Unknown):
            await bad
    await verbs.pin(mo, group, meeting, None)
    assert await texts(ben, group, meeting) == [HELLO]
    await verbs.shut(mo, group, meeting)
    for who in (ben, mo):
        with pytest.raises(Stopped) as no:
            await verbs.say(who, group, meeting, words(group, HELLO))
        assert no.value.why == rules.SHUT
    assert await texts(ben, group, meeting) == [HELLO]
    await verbs.shut(mo, group, meeting, False)
    await groups_care.mute(mo, group, ben.person)
    with pytest.raises(Stopped) as no:
        await verbs.say(ben, group, meeting, words(group, HELLO))
    assert no.value.why == "muted"
    await said(mo, ana, group, meeting, "Still here.")
    await groups.join(ana, group, "reading")
    with pytest.raises(Stopped) as no:
        await verbs.say(ana, group, meeting, words(group, HELLO))
    assert no.value.why == "way"
    await groups_care.close(mo, group)
    await verbs.say(lin, group, meeting, words(group, "Let us breathe."))


async def test_slow_mode_lets_one_of_many_at_once_through_and_never_stops_who_leads(
    mo: Viewer, lin: Viewer
) -> None:
    ana = await member("ana", "a")
    group, meeting = await begun(mo, lin, ana)
    await verbs.slow(mo, group, meeting, 30)
    many = [verbs.say(ana, group, meeting, words(group, f"{n} herons.")) for n in range(6)]
    done = await asyncio.gather(*many, return_exceptions=True)
    assert sum(not isinstance(one, BaseException) for one in done) == 1
    assert all(isinstance(one, Slow) for one in done if isinstance(one, BaseException)), done
    until = next(one.until for one in done if isinstance(one, Slow))
    assert timedelta() < until - clock.now() <= timedelta(seconds=30)
    for n in range(2):
        await verbs.say(lin, group, meeting, words(group, f"{n} breaths."))
    go(until)
    assert (await verbs.enter(ana, group, meeting))[1].again_at is None


async def test_the_same_words_sent_twice_are_one(mo: Viewer, lin: Viewer) -> None:
    ana = await member("ana", "a")
    group, meeting = await begun(mo, lin, ana)
    await verbs.slow(mo, group, meeting, 120)
    draft = words(group, HELLO, cid=uuid4())
    one, two = [await verbs.say(ana, group, meeting, draft) for _ in range(2)]
    assert one.id == two.id


async def test_a_sign_is_told_with_the_way_to_the_room(mo: Viewer, lin: Viewer) -> None:
    ana, ben = await member("ana", "a"), await member("ben", "a")
    group, meeting = await begun(mo, lin, ana, ben)
    item = await said(mo, ana, group, meeting)
    await verbs.react(ben, group, meeting, item, 1)
    assert (await feed(ana, group, meeting)).posts[0].kinds == 1
    paths = [row["path"] for row in await Notice.select(Notice.path).where(Notice.person == ana.person)]
    assert f"/groups/{group}/meetings/{meeting}/room" in paths and f"/groups/{group}" not in paths


async def test_each_line_hears_its_own(mo: Viewer, lin: Viewer) -> None:
    ana, ben = await member("ana", "a"), await member("ben", "a")
    group, meeting = await begun(mo, lin, ana, ben)
    in_room = await said(mo, ana, group, meeting)
    shared = await groups.say(ana, words(group, "In the group."))
    await publish(mo, shared.id)
    room, here = await verbs.since(ben, group, meeting, 0), await groups_reading.since(ben, group, 0)
    assert room and here
    assert [item for _, item in room.new] == [in_room] and [item for _, item in here.new] == [shared.id]


async def test_a_block_holds_there_too(mo: Viewer, lin: Viewer) -> None:
    ana, ben, cat = [await member(name, "a") for name in ("ana", "ben", "cat")]
    group, meeting = await begun(mo, lin, ana, ben, cat)
    await said(mo, ana, group, meeting)
    await blocks.block(ben, ana.person)
    assert await texts(ben, group, meeting) == [] and await texts(cat, group, meeting) == [HELLO]
