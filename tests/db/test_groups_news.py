"""That something was said in a group: told once a day at most, to who asked, of what they would see there."""

import asyncio
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import UUID

import pytest

from care import clock
from care.clock import now
from care.groups import Plan
from care.shared import Draft, Words
from db import blocks, controls, decisions, groups_news, groups_reading, notices, shifts
from db import groups as verbs
from db.decisions import Decision
from db.devices import Viewer
from db.groups_tables import Membership
from db.moderation import Unknown
from db.moderation_tables import Hold
from db.reminder_tables import Notice, Outgoing
from db.tables import Person
from jobs import loop
from jobs.groups import tell_news
from tests.members import member, opened

pytestmark = pytest.mark.usefixtures("database")
DAY = timedelta(days=1)


@pytest.fixture(autouse=True)
async def mo(database: Path) -> AsyncIterator[Viewer]:
    await opened()
    who = await member("mo", "c", "moderator")
    await shifts.begin(who)
    yield who
    clock.move(timedelta())


async def made(mo: Viewer, *people: Viewer) -> UUID:
    rules = ("Be kind.", "No names.", "Listen.")
    group = await verbs.make(mo, Plan(name="Night owls", purpose="For nights.", rules=rules, bands="ab"))
    for who in people:
        await verbs.join(who, group, "posting")
    return group


async def said(mo: Viewer, who: Viewer, group: UUID, text: str = "It rains.") -> UUID:
    item = (await verbs.say(who, Draft("post", Words((text,)), place=group))).id
    row = await Hold.select(Hold.id).where(Hold.subject == item, Hold.ended_at.is_null()).first()
    if row:
        await decisions.decide(mo, row["id"], Decision("publish", 1))
    return item


async def told(who: Viewer) -> int:
    """Notes about a group that lie there unread."""
    theirs = (Notice.person == who.person) & (Notice.kind == "group") & Notice.read_at.is_null()
    return int(await Notice.count().where(theirs))


def later(by: timedelta) -> None:
    clock.move(now() - datetime.now(UTC) + by)


async def test_nobody_is_told_unless_they_asked(mo: Viewer) -> None:
    ana, ben = await member("ana"), await member("ben")
    group = await made(mo, ana, ben)
    await said(mo, ben, group)
    later(2 * DAY)
    assert await groups_news.tell() == 0 and await told(ana) == 0


async def test_once_a_day_and_not_while_a_note_lies_unread(mo: Viewer) -> None:
    ana, ben = await member("ana"), await member("ben")
    group = await made(mo, ana, ben)
    await groups_news.choose(ana, group, True)
    await said(mo, ben, group)
    assert await groups_news.tell() == 0, "They have only just been there."
    later(DAY)
    await tell_news()
    assert await told(ana) == 1 and await told(ben) == 0
    assert await groups_news.tell() == 0
    later(DAY)
    await said(mo, ben, group)
    assert await groups_news.tell() == 0 and await told(ana) == 1, "It says so already."
    (note,), _ = await notices.inbox(ana)
    assert await notices.open(ana, note.id) == f"/groups/{group}"
    later(DAY)
    await said(mo, ben, group)
    assert await groups_news.tell() == 1 and await told(ana) == 1
    assert not await Outgoing.exists(), "The phone stays silent: its own switch is off."


async def test_who_looks_in_is_not_told_of_what_they_saw(mo: Viewer) -> None:
    ana, ben = await member("ana"), await member("ben")
    group = await made(mo, ana, ben)
    await groups_news.choose(ana, group, True)
    await said(mo, ben, group)
    later(DAY)
    assert await groups_news.tell() == 1
    here = await groups_reading.find(ana, group)
    assert here and here.news
    await groups_news.looked(ana, here)
    assert await told(ana) == 0, "The note has said what it had to."
    later(DAY)
    assert await groups_news.tell() == 0


async def test_own_posts_and_those_one_does_not_see_are_no_news(mo: Viewer) -> None:
    ana, ben, cem = await member("ana"), await member("ben"), await member("cem")
    group = await made(mo, ana, ben, cem)
    await groups_news.choose(ana, group, True)
    await blocks.block(ana, ben.person)
    await controls.mute_person(ana, cem.person)
    for who in (ana, ben, cem):
        await said(mo, who, group)
    later(DAY)
    assert await groups_news.tell() == 0 and await told(ana) == 0
    await said(mo, await joined(group, "dia"), group)
    assert await groups_news.tell() == 1


async def test_what_one_does_not_see_keeps_nobody_waiting(
    mo: Viewer, monkeypatch: pytest.MonkeyPatch
) -> None:
    ana, ben, cem = await member("ana"), await member("ben"), await member("cem")
    group, other = await made(mo, ana, ben), await made(mo, ben, cem)
    monkeypatch.setattr(groups_news, "AT_ONCE", 1)
    await groups_news.choose(ana, group, True)
    await blocks.block(ana, ben.person)
    await said(mo, ben, group)
    later(DAY / 2)
    await groups_news.choose(cem, other, True)
    await said(mo, ben, other)
    later(2 * DAY)
    assert await groups_news.tell() == 0, "Ana comes first, and there is nothing for her."
    assert await groups_news.tell() == 1 and await told(cem) == 1
    row = await Membership.select(Membership.news_n).where(Membership.person == ana.person).first()
    here = await groups_reading.find(ana, group)
    assert row and here and row["news_n"] == here.posts == 1
    await said(mo, await joined(group, "dia"), group)
    assert await groups_news.tell() == 1 and await told(ana) == 1


async def joined(group: UUID, name: str) -> Viewer:
    who = await member(name)
    await verbs.join(who, group, "posting")
    return who


async def test_in_a_break_after_leaving_or_without_the_switch_nothing_comes(mo: Viewer) -> None:
    ana, ben, cem, dia = [await member(name) for name in ("ana", "ben", "cem", "dia")]
    group = await made(mo, ana, ben, cem, dia)
    for who in (ana, ben, cem):
        await groups_news.choose(who, group, True)
    await controls.take_break(ana, 7)
    await verbs.leave(ben, group)
    await groups_news.choose(cem, group, False)
    await said(mo, dia, group)
    later(DAY)
    assert await groups_news.tell() == 0
    await verbs.join(ben, group, "reading")
    later(DAY)
    assert await groups_news.tell() == 0, "Whoever comes again is asked anew."


async def test_of_several_processes_one_tells(mo: Viewer) -> None:
    ana, ben = await member("ana"), await member("ben")
    group = await made(mo, ana, ben)
    await groups_news.choose(ana, group, True)
    await said(mo, ben, group)
    later(DAY)
    assert sum(await asyncio.gather(*(groups_news.tell() for _ in range(4)))) == 1
    row = await Notice.select(Notice.many).where(Notice.person == ana.person).first()
    assert row and row["many"] == 1


async def test_who_moved_on_to_the_other_side_hears_no_more(mo: Viewer) -> None:
    ana, ben = await member("ana", "b"), await member("ben")
    group = await made(mo, ana, ben)
    await groups_news.choose(ana, group, True)
    await said(mo, ben, group)
    await Person.update({Person.band: "c"}).where(Person.id == ana.person)
    later(DAY)
    assert await groups_news.tell() == 0 and await told(ana) == 0
    assert not await Membership.exists().where(Membership.news.eq(True))


async def test_only_who_is_in_it_can_choose(mo: Viewer) -> None:
    ana, stranger, cho = await member("ana"), await member("stranger"), await member("cho", "c")
    group = await made(mo, ana)
    for who in (stranger, cho):
        with pytest.raises(Unknown):
            await groups_news.choose(who, group, True)


async def test_the_loop_does_it() -> None:
    assert tell_news in loop.DUTIES
