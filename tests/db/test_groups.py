"""Groups through their verbs: made by staff, joined, written in, looked after; and nothing crosses sides."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import asyncpg
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from piccolo.table import Table

from care import clock, names, stories
from care import groups as rules
from care.groups import Plan
from care.rulings import side
from care.shared import Draft, Words
from db import (
    blocks,
    controls,
    decisions,
    groups_care,
    groups_live,
    groups_reading,
    groups_tables,
    moderation,
    reports,
    shifts,
)
from db import groups as verbs
from db.decisions import Decision
from db.devices import Viewer
from db.engine import DB, UNIQUE, count_queries, transaction
from db.groups_rows import Room
from db.groups_tables import Group, Membership
from db.moderation import Unknown
from db.moderation_tables import Hold, Item
from db.reminder_tables import Notice
from db.tables import Person
from tests.db.test_migrations import _columns, _type_of
from tests.members import member, opened

pytestmark = pytest.mark.usefixtures("database")
TABLES: list[type[Table]] = [groups_tables.Group, groups_tables.Membership, groups_tables.GroupPost]
RULES = ("Be kind.", "No names.", "Step out when you need to.")


@pytest.fixture(autouse=True)
async def an_open_community(database: object) -> AsyncIterator[None]:
    await opened()
    yield
    clock.move(timedelta())


@pytest.fixture
async def mo() -> Viewer:
    who = await member("mo", "c", "moderator")
    await shifts.begin(who)
    return who


def plan(**more: Any) -> Plan:
    return Plan(
        **{"name": "Night owls", "purpose": "For long nights.", "rules": RULES, "bands": "ab", **more}
    )


def words(group: UUID, text: str = "I counted lorries again.", **more: Any) -> Draft:
    return Draft("post", Words((text,)), place=group, **more)


async def made(mo: Viewer, *people: Viewer, **more: Any) -> UUID:
    group = await verbs.make(mo, plan(**more))
    for who in people:
        assert await verbs.join(who, group, "posting") == "in"
    return group


async def publish(mo: Viewer, item: UUID) -> None:
    row = await Hold.select(Hold.id).where(Hold.subject == item, Hold.ended_at.is_null()).first()
    assert row, "It was not waiting."
    await decisions.decide(mo, row["id"], Decision("publish", 1))


async def said(mo: Viewer, who: Viewer, group: UUID, text: str = "I counted lorries again.") -> UUID:
    shared = await verbs.say(who, words(group, text))
    if shared.state == "held":
        await publish(mo, shared.id)
    return shared.id


async def room(who: Viewer, group: UUID) -> Room:
    found = await groups_reading.find(who, group)
    assert found is not None
    return found


async def feed(who: Viewer, group: UUID, **more: Any) -> groups_reading.Feed:
    return await groups_reading.feed(who, await room(who, group), **more)


async def ids(who: Viewer, group: UUID) -> list[UUID]:
    return [one.shown.id for one in (await feed(who, group)).posts]


@pytest.mark.parametrize("table", TABLES, ids=lambda table: table.__name__)
async def test_the_database_has_the_columns_the_tables_name(engine_kind: str, table: type[Table]) -> None:
    found = await _columns(DB, table._meta.tablename, engine_kind)
    named = {column._meta.db_column_name: not column._meta.null for column in table._meta.columns}
    assert {name: required for name, (_, required) in found.items()} == named
    for column in table._meta.columns:
        assert found[column._meta.db_column_name][0] == _type_of(column, engine_kind), column


async def test_a_group_is_made_by_staff_and_found_by_those_of_its_age(mo: Viewer) -> None:
    ana, ben, cho = await member("ana", "a"), await member("ben", "b"), await member("cho", "c")
    for who in (ana, cho, await member("helper", "c", "supporter"), replace(mo, checked=False)):
        with pytest.raises(Unknown):
            await verbs.make(who, plan())
    group = await verbs.make(mo, plan(bands="a"))
    assert [one.id for one in (await groups_reading.shelf(ana)).others] == [group]
    assert (await room(ana, group)).host == "mo"
    for who in (ben, cho):
        assert await groups_reading.find(who, group) is None
        assert (await groups_reading.shelf(who)).others == []
        for act in (verbs.join(who, group, "posting"), verbs.say(who, words(group)), verbs.leave(who, group)):
            with pytest.raises(Unknown):
                await act
    assert (await room(mo, group)).leads


async def test_the_database_refuses_a_group_for_two_sides(mo: Viewer) -> None:
    group = await verbs.make(mo, plan())
    for bands, side_ in (("abc", "t"), ("bc", "t"), ("ab", "y"), ("c", "t")):
        with pytest.raises(CHECKED):
            await Group.update({Group.bands: bands, Group.side: side_}).where(Group.id == group)


CHECKED = (*UNIQUE, asyncpg.CheckViolationError, asyncpg.DataError)


async def test_somebody_joins_reads_writes_and_leaves_without_a_word(mo: Viewer) -> None:
    ana, ben = await member("ana", "a"), await member("ben", "b")
    group = await made(mo, ana)
    with pytest.raises(verbs.Left):
        await verbs.say(ben, words(group))
    assert await verbs.join(ben, group, "reading") == "in"
    with pytest.raises(verbs.Stopped) as no:
        await verbs.say(ben, words(group))
    assert no.value.why == rules.NOT_POSTING
    item = await said(mo, ana, group)
    assert await ids(ben, group) == [item]
    await verbs.join(ben, group, "posting")
    second = await said(mo, ben, group, "Me too.")
    assert await ids(ana, group) == [second, item], "Newest first."
    before = await DB.run("SELECT COUNT(*) AS n FROM notice")
    await verbs.leave(ben, group)
    assert [*await DB.run("SELECT COUNT(*) AS n FROM notice")] == [*before], "Nobody is told."
    assert not (await room(ben, group)).inside
    assert await moderation.find(ben, item) is None, "What is said in a group is not there from outside."
    assert await moderation.find(ben, second) is not None, "One's own always is."
    with pytest.raises(verbs.Left):
        await verbs.say(ben, words(group))
    await verbs.leave(ben, group)
    with pytest.raises(Unknown):
        await verbs.leave(await member("eve", "a"), group)
    assert await ids(ana, group) == [second, item], "What they said stays."


async def test_a_group_can_ask_first_and_staff_answer(mo: Viewer) -> None:
    ana, ben, cho = await member("ana", "a"), await member("ben", "b"), await member("cho", "c")
    group = await made(mo, type="request")
    assert await verbs.join(ana, group, "reactions") == "asked"
    assert await verbs.join(ana, group, "posting") == "asked"
    assert not (await room(ana, group)).inside
    _, asking = await groups_care.members(mo, group)
    assert [(one.person, one.state) for one in asking if not one.facilitator] == [(ana.person, "asked")]
    for who in (ana, ben, cho):
        with pytest.raises(Unknown):
            await groups_care.answer(who, group, ana.person, True)
    for person in (ben.person, cho.person, uuid4()):
        with pytest.raises(Unknown):
            await groups_care.answer(mo, group, person, True)
    await groups_care.answer(mo, group, ana.person, True)
    here = await room(ana, group)
    assert here.inside and here.way == "reactions", "As they asked to be here."
    await verbs.join(ben, group, "reading")
    await groups_care.answer(mo, group, ben.person, False)
    assert (await room(ben, group)).state == "out"


async def test_an_invited_group_is_there_for_the_invited_alone(mo: Viewer) -> None:
    ana, ben, cho = await member("ana", "a"), await member("ben", "b"), await member("cho", "c")
    group = await made(mo, type="invite")
    for name in ("ana", "cho", "nobody at all"):
        await groups_care.invite(mo, group, name)
    assert (await groups_reading.shelf(ana)).mine[0].id == group
    for who in (ben, cho):
        assert await groups_reading.find(who, group) is None
        with pytest.raises(Unknown):
            await verbs.join(who, group, "posting")
    await verbs.join(ana, group, "posting")
    with pytest.raises(Unknown):
        await groups_care.invite(ana, group, "ben")
    await verbs.leave(ana, group)
    assert await groups_reading.find(ana, group) is None


async def asks(who: Viewer, group: UUID, name: str) -> list[str]:
    """Who is invited afterwards, as the one who asks sees it."""
    await groups_care.invite(who, group, name)
    return [one.name for one in (await groups_care.members(who, group))[1] if one.state == "invited"]


async def test_a_no_to_an_invitation_stays_a_no_for_a_month(mo: Viewer) -> None:
    ana = await member("ana", "a")
    group = await made(mo, type="invite")
    assert await asks(mo, group, "ana") == ["ana"] == await asks(mo, group, "ana")
    await verbs.leave(ana, group)
    assert await asks(mo, group, "ana") == [] and (await notes(ana)) == 1
    clock.move(timedelta(days=31))
    assert await asks(mo, group, "ana") == ["ana"]
    await verbs.join(ana, group, "posting")
    await verbs.leave(ana, group)
    assert await asks(mo, group, "ana") == ["ana"], "Who was in it and left has said no to nothing."


async def notes(who: Viewer) -> int:
    rows = await Notice.select(Notice.many).where(Notice.person == who.person, Notice.kind == "group")
    return sum(row["many"] for row in rows)


async def test_nobody_invites_across_a_block_or_learns_by_it_who_is_here(mo: Viewer) -> None:
    fern, ana, ben, dee = [await member(name, "a") for name in ("fern", "ana", "ben", "dee")]
    group = await made(mo, fern)
    await groups_care.appoint(mo, group, fern.person)
    await blocks.block(ana, fern.person)
    await blocks.block(fern, ben.person)
    for name in ("ana", "ben", "dee", "nobody"):
        assert await asks(fern, group, name) == [], "The list answers for no name."
    states = [(await room(who, group)).state for who in (ana, ben, dee)]
    assert states == ["", "", "invited"] and [await notes(who) for who in (ana, ben, dee)] == [0, 0, 1]
    assert await asks(mo, group, "ana") == ["ana", "dee"]


async def test_a_programme_ends(mo: Viewer) -> None:
    ana, ben = await member("ana", "a"), await member("ben", "b")
    today = clock.now().date()
    group = await made(mo, ana, type="programme", starts_on=today, ends_on=today + timedelta(days=3))
    item = await said(mo, ana, group)
    clock.move(timedelta(days=5))
    with pytest.raises(verbs.Stopped) as no:
        await verbs.say(ana, words(group))
    assert no.value.why == rules.ENDED
    assert await ids(ana, group) == [item], "It can still be read."
    with pytest.raises(verbs.Stopped):
        await verbs.join(ben, group, "posting")


async def test_a_programme_is_joined_before_its_first_day_and_written_in_from_then_on(mo: Viewer) -> None:
    ana = await member("ana", "a")
    first = clock.now().date() + timedelta(days=10)
    group = await made(mo, ana, type="programme", starts_on=first, ends_on=first + timedelta(days=3))
    with pytest.raises(verbs.Stopped) as no:
        await verbs.say(ana, words(group))
    assert no.value.why == rules.EARLY and (await room(ana, group)).inside
    assert (await verbs.say(mo, words(group, "Welcome, all of you."))).id, "Who looks after it may greet."
    clock.move(timedelta(days=10))
    await groups_care.there(await room(mo, group))
    assert await said(mo, ana, group)


async def test_of_many_at_once_for_the_last_place_one_is_in(mo: Viewer) -> None:
    group = await made(mo, cap=3)
    people = [await member(f"p{n}", "ab"[n % 2]) for n in range(8)]
    tries = [verbs.join(who, group, "posting") for who in people + people]
    found = await asyncio.gather(*tries, return_exceptions=True)
    assert {type(one) for one in found} == {str, verbs.Full}
    inside = [who for who in people if (await room(who, group)).inside]
    assert len(inside) == 3 == (await room(mo, group)).members
    out = next(who for who in people if who not in inside)
    await verbs.leave(inside[0], group)
    assert await verbs.join(out, group, "reading") == "in"
    assert (await room(mo, group)).members == 3


async def test_the_last_place_is_one_for_requests_too(mo: Viewer) -> None:
    group = await made(mo, cap=2, type="request")
    people = [await member(f"p{n}", "a") for n in range(5)]
    for who in people:
        await verbs.join(who, group, "posting")
    found = await asyncio.gather(
        *(groups_care.answer(mo, group, who.person, True) for who in people), return_exceptions=True
    )
    assert sum(one is None for one in found) == 2 == (await room(mo, group)).members


async def test_slow_mode_lets_one_of_many_through_and_a_retry_is_not_too_fast(mo: Viewer) -> None:
    ana = await member("ana", "a")
    group = await made(mo, ana, slow=10)
    cids = [uuid4() for _ in range(4)]
    tries = [verbs.say(ana, words(group, f"Word {n}.", cid=cid)) for n, cid in enumerate(cids)]
    found = await asyncio.gather(*tries, return_exceptions=True)
    sent = [one for one in found if not isinstance(one, BaseException)]
    assert len(sent) == 1 and {type(one) for one in found} == {type(sent[0]), verbs.Slow}
    assert await Item.count().where(Item.place == group) == 1, "What came too soon is nowhere."
    cid = cids[found.index(sent[0])]
    assert (await verbs.say(ana, words(group, "Again.", cid=cid))).id == sent[0].id
    clock.move(timedelta(minutes=11))
    assert (await verbs.say(ana, words(group, "Later."))).id != sent[0].id


async def test_who_is_muted_here_reads_and_is_muted_still_when_they_come_again(mo: Viewer) -> None:
    ana, ben = await member("ana", "a"), await member("ben", "b")
    group, other = await made(mo, ana, ben), await made(mo, ben)
    for who in (ana, ben):
        with pytest.raises(Unknown):
            await groups_care.mute(who, group, ben.person)
    with pytest.raises(Unknown):
        await groups_care.mute(mo, group, mo.person)
    await groups_care.mute(mo, group, ben.person)
    for _ in range(2):
        with pytest.raises(verbs.Stopped) as no:
            await verbs.say(ben, words(group))
        assert no.value.why == rules.MUTED
        await verbs.leave(ben, group)
        await verbs.join(ben, group, "posting")
    await verbs.say(ben, words(other, "Elsewhere they may."))
    await groups_care.mute(mo, group, ben.person, False)
    await verbs.say(ben, words(group))


async def test_an_appointed_member_looks_after_it_and_nobody_else_of_the_members(mo: Viewer) -> None:
    ana, ben, dee = await member("ana", "a"), await member("ben", "b"), await member("dee", "b")
    group = await made(mo, ana, ben)
    elsewhere = await made(mo, ana, dee)
    await groups_care.appoint(mo, elsewhere, dee.person)
    item = await said(mo, ana, group)
    acts = (
        lambda who: groups_care.pin(who, group, item),
        lambda who: groups_care.close(who, group),
        lambda who: groups_care.slow(who, group, 5),
        lambda who: groups_care.mute(who, group, ana.person),
        lambda who: groups_care.members(who, group),
        lambda who: groups_care.invite(who, group, "ana"),
    )
    for who in (ana, ben, dee, await member("cho", "c"), replace(mo, checked=False)):
        for act in acts:
            with pytest.raises(Unknown):
                await act(who)
    await groups_care.appoint(mo, group, ben.person)
    for act in acts:
        await act(ben)
    with pytest.raises(Unknown):
        await groups_care.appoint(ben, group, ana.person)
    here = await room(ana, group)
    assert (here.pinned, here.closed, here.slow, here.muted) == (item, True, 5, True)
    with pytest.raises(Unknown):
        await groups_care.pin(mo, group, await said(mo, ana, elsewhere))


async def test_a_pinned_post_stands_above_once_and_a_closed_group_takes_no_more(mo: Viewer) -> None:
    ana, ben = await member("ana", "a"), await member("ben", "b")
    group = await made(mo, ana, ben)
    first, second = await said(mo, ana, group), await said(mo, ben, group)
    await groups_care.pin(mo, group, first)
    found = await feed(ben, group)
    assert found.pinned and found.pinned.shown.id == first
    assert [one.shown.id for one in found.posts] == [second]
    await groups_care.pin(mo, group, None)
    assert (await feed(ben, group)).pinned is None
    await groups_care.close(mo, group)
    with pytest.raises(verbs.Stopped) as no:
        await verbs.say(ben, words(group))
    assert no.value.why == rules.CLOSED
    await said(mo, mo, group, "We open again tomorrow.")
    await groups_care.close(mo, group, False)
    await verbs.say(ben, words(group))


async def test_a_group_nobody_looks_after_can_only_be_read_until_somebody_is_there(mo: Viewer) -> None:
    ana = await member("ana", "a")
    group = await made(mo, ana)
    clock.move(timedelta(days=15))
    with pytest.raises(verbs.Stopped) as no:
        await verbs.say(ana, words(group))
    assert no.value.why == rules.QUIET_HERE
    await verbs.look_after(ana, await room(ana, group))
    assert (await room(ana, group)).stop, "A member is not who looks after it."
    await verbs.look_after(mo, await room(mo, group))
    await verbs.say(ana, words(group))


async def test_signs_are_for_those_who_chose_them(mo: Viewer) -> None:
    ana, ben, cho = await member("ana", "a"), await member("ben", "b"), await member("cho", "c")
    group = await made(mo, ana)
    item = await said(mo, ana, group)
    for who in (ben, cho, ana):
        with pytest.raises(Unknown):
            await verbs.react(who, item, stories.HEAR)
    await verbs.join(ben, group, "reading")
    with pytest.raises(verbs.Stopped):
        await verbs.react(ben, item, stories.HEAR)
    await verbs.join(ben, group, "reactions")
    assert await verbs.react(ben, item, stories.METOO) == group
    (post,) = (await feed(ben, group)).posts
    assert (post.kinds, post.given) == (stories.METOO, stories.METOO)
    (post,) = (await feed(ana, group)).posts
    assert (post.kinds, post.given) == (stories.METOO, 0)
    await verbs.react(ben, item, 0)
    assert (await feed(ben, group)).posts[0].kinds == 0


async def test_blocks_mutes_and_breaks_hold_in_a_group(mo: Viewer) -> None:
    ana, ben, dee = await member("ana", "a"), await member("ben", "b"), await member("dee", "b")
    group = await made(mo, ana, ben, dee)
    item = await said(mo, ana, group)
    before = await groups_reading.since(ben, group, 0)
    assert before and [one for _, one in before.new] == [item], "It was there."
    await blocks.block(ana, ben.person)
    await controls.mute_person(dee, ana.person)
    assert await ids(ben, group) == [] and await ids(dee, group) == []
    assert ((await feed(ben, group)).hidden, (await feed(dee, group)).hidden) == (0, 1)
    for who in (ben, dee):
        found = await groups_reading.since(who, group, 0)
        assert found and found.new == []
    assert [one.shown.id for one in (await feed(dee, group, show=True)).posts] == [item]
    with pytest.raises(Unknown):
        await verbs.react(ben, item, stories.HEAR)
    await controls.take_break(dee, 2)
    assert (await feed(dee, group)).back_at and not (await feed(dee, group)).posts


async def test_who_grows_out_of_its_age_is_no_longer_there(mo: Viewer) -> None:
    ana, ben = await member("ana", "a"), await member("ben", "a")
    group = await made(mo, ana, ben, bands="a")
    item = await said(mo, ben, group)
    assert await ids(ana, group) == [item]
    await Person.update({Person.band: "b"}).where(Person.id == ana.person)
    older = replace(ana, band="b")
    assert await groups_reading.find(older, group) is None
    assert await groups_reading.since(older, group, 0) is None
    assert await moderation.find(older, item) is None
    with pytest.raises(Unknown):
        await verbs.say(older, words(group))


async def test_pages_have_no_gaps_and_no_repeats_while_new_ones_arrive(mo: Viewer) -> None:
    ana, ben = await member("ana", "a"), await member("ben", "b")
    group = await made(mo, ana, ben)
    there = []
    for n in range(45):
        clock.move(timedelta(hours=n))
        there.append(await said(mo, ana, group, f"Lorry {n}."))
    seen: list[UUID] = []
    before = 0
    while True:
        found = await feed(ben, group, before=before)
        seen += [one.shown.id for one in found.posts]
        clock.move(timedelta(hours=50 + len(seen)))
        await said(mo, ana, group, "Meanwhile.")
        before = found.older
        if not before:
            break
    assert seen == there[::-1]


async def test_who_was_away_catches_up_with_every_post_once_however_they_were_let_in(mo: Viewer) -> None:
    ana, ben = await member("ana", "a"), await member("ben", "b")
    people = [await member(f"p{n}", "a") for n in range(6)]
    group = await made(mo, ana, ben, *people)
    shared = [await verbs.say(who, words(group, f"From {who.name}.")) for who in people]
    heard: list[UUID] = []
    n = 0
    with groups_live.listen(group) as woken:
        deciding = asyncio.gather(*(publish(mo, one.id) for one in shared))
        while len(heard) < len(shared):
            await asyncio.wait_for(woken.wait(), 10)
            woken.clear()
            found = await groups_reading.since(ben, group, n)
            assert found is not None
            heard += [one for _, one in found.new]
            n = found.n
        await deciding
    assert sorted(heard) == sorted(one.id for one in shared) and len(set(heard)) == 6
    again = await groups_reading.since(ben, group, n)
    assert again and again.new == []
    assert heard == (await ids(ben, group))[::-1]


async def test_nobody_is_woken_for_another_group(mo: Viewer) -> None:
    ana = await member("ana", "a")
    here, there = await made(mo, ana), await made(mo, ana)
    with groups_live.listen(here) as one, groups_live.listen(there) as other:
        await asyncio.sleep(0.5)  # until the line is open: then each looks once
        one.clear()
        other.clear()
        await said(mo, ana, there)
        await asyncio.wait_for(other.wait(), 10)
        assert not one.is_set()
    assert groups_live.many() == 0


async def test_each_process_hears_on_one_line_and_gets_it_back_when_it_is_lost(
    mo: Viewer, engine_kind: str
) -> None:
    if engine_kind != "postgres":
        pytest.skip("SQLite has one process, which tells itself.")
    ears = "SELECT pid FROM pg_stat_activity WHERE application_name = 'beside ear'"
    ana = await member("ana", "a")
    group = await made(mo, ana)
    with groups_live.listen(group) as one, groups_live.listen(uuid4()):
        await asyncio.wait_for(one.wait(), 10)
        (ear,) = await DB.run(ears)
        one.clear()
        await DB.run(f"SELECT pg_terminate_backend({ear['pid']})")
        await asyncio.wait_for(one.wait(), 10)
        (again,) = await DB.run(ears)
        assert again["pid"] != ear["pid"]
        one.clear()
        await said(mo, ana, group)
        await asyncio.wait_for(one.wait(), 10)
    await asyncio.sleep(0.3)
    assert [*await DB.run(ears)] == [], "Nobody listens, so there is no line."


async def test_what_is_undone_has_no_number_and_what_comes_back_keeps_its_own(mo: Viewer) -> None:
    ana = await member("ana", "a")
    group = await made(mo, ana)
    first, second = await said(mo, ana, group, "One."), await said(mo, ana, group, "Two.")
    with pytest.raises(ZeroDivisionError):
        async with transaction():
            await Item.update({Item.state: "hidden"}).where(Item.id == second)
            raise ZeroDivisionError
    await Item.update({Item.state: "hidden"}).where(Item.id == first)
    assert await ids(ana, group) == [second]
    await Item.update({Item.state: "published"}).where(Item.id == first)
    assert [one.n for one in (await feed(ana, group)).posts] == [2, 1]
    await moderation.withdraw(ana, second)
    assert await ids(ana, group) == [first]


async def test_three_of_one_group_within_ten_minutes_are_one_voice(mo: Viewer) -> None:
    """Each of them only reads there: nothing else ties them together."""
    ben = await member("ben", "b")
    readers = [await member(f"r{n}", "b") for n in range(3)]
    group, apart = await made(mo, ben), await made(mo, ben)
    item, other = await said(mo, ben, group), await said(mo, ben, apart, "Elsewhere.")
    for who in readers:
        await verbs.join(who, group, "reading")
        await verbs.join(who, apart, "reading")
        await reports.report(who, "item", item, "upsetting")
    assert await state(item) == "published"
    for n, who in enumerate(readers):
        clock.move(timedelta(minutes=11 * n))
        await reports.report(who, "item", other, "upsetting")
    assert await state(other) == "hidden", "Three who came by themselves do hide it."


async def state(item: UUID) -> str:
    rows = await Item.select(Item.state).where(Item.id == item)
    return str(rows[0]["state"])


BANDS = st.sampled_from(["a", "b", "c"])


@settings(max_examples=15)
@given(
    bands=st.sampled_from(sorted(rules.BANDS)),
    type_=st.sampled_from(sorted(rules.TYPES)),
    writer=BANDS,
    reader=BANDS,
    way=st.sampled_from(sorted(rules.WAYS)),
    forced=st.booleans(),
)
async def test_nothing_crosses_sides(
    database: Path, bands: str, type_: str, writer: str, reader: str, **more: Any
) -> None:
    """Whatever is tried, and even with a membership that should not be: no word reaches another age."""
    mark = uuid4().hex[:8]
    mo = await member(f"m{mark}", "c", "moderator")
    one, two = await member(f"w{mark}", writer), await member(f"r{mark}", reader)
    dates = {"starts_on": clock.now().date(), "ends_on": clock.now().date()} if type_ == "programme" else {}
    group = await verbs.make(mo, plan(bands=bands, type=type_, **dates))
    for who in (one, two):
        await Person.update({Person.name_key: names.key(who.name)}).where(Person.id == who.person)
        await groups_care.invite(mo, group, who.name)
        try:
            await verbs.join(who, group, "posting" if who is one else more["way"])
            await groups_care.answer(mo, group, who.person, True)
        except Unknown:
            pass
        if more["forced"]:
            row = Membership(grp=group, person=who.person, state="in", way="posting", at=clock.now())
            await Membership.insert(row).on_conflict(
                target=(Membership.grp, Membership.person),
                action="DO UPDATE",
                values=[(Membership.state, "in")],
            )
    try:
        item = (await verbs.say(one, words(group, f"Canary {mark}."))).id
    except Unknown:
        assert writer not in bands
        return
    assert writer in bands
    await Item.update({Item.state: "published", Item.published_at: clock.now()}).where(Item.id == item)
    here = await groups_reading.find(two, group)
    seen = await groups_reading.feed(two, here) if here else None
    fresh = await groups_reading.since(two, group, 0)
    assert (here is not None) == (reader in bands)
    if reader in bands:
        assert seen and [post.shown.id for post in seen.posts] == [item]
        assert fresh and [found for _, found in fresh.new] == [item]
        assert side(writer) == side(reader)
    else:
        assert seen is None and fresh is None
        assert await moderation.find(two, item) is None
        with pytest.raises(Unknown):
            await verbs.react(two, item, stories.HEAR)


async def test_a_room_and_its_feed_are_two_statements(mo: Viewer) -> None:
    ana = await member("ana", "a")
    group = await made(mo, ana)
    for n in range(5):
        await said(mo, ana, group, f"Lorry {n}.")
    who = replace(ana, chosen=())
    with count_queries() as counted:
        found = await groups_reading.find(who, group)
        assert found and len((await groups_reading.feed(who, found)).posts) == 5
    assert counted.n == 2
    with count_queries() as counted:
        await groups_reading.shelf(who)
    assert counted.n == 2, "Those they are in and the others, and what these are about."
