"""Codes for groups through their verbs: to the door and no further, and no word about what is not theirs."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import pytest
from piccolo.table import Table

from care import clock, groups_codes
from care.account import plain_code
from care.groups import Plan
from care.groups_codes import CodePlan
from db import groups as verbs
from db import groups_care, groups_codes_tables, groups_reading
from db import groups_codes as codes
from db.devices import Viewer
from db.engine import DB
from db.groups_codes_tables import GroupCode, GroupCodeUse
from db.groups_rows import Room
from db.groups_tables import Membership
from db.limits import TooMany
from db.moderation import Unknown
from db.moderation_tables import Ruling
from tests.db.test_migrations import _columns, _type_of
from tests.members import member, opened

pytestmark = pytest.mark.usefixtures("database")
TABLES: list[type[Table]] = [groups_codes_tables.GroupCode, groups_codes_tables.GroupCodeUse]
WEEK = timedelta(days=7)


@pytest.fixture(autouse=True)
async def an_open_community(database: Path) -> AsyncIterator[None]:
    await opened()
    yield
    clock.move(timedelta())


@pytest.fixture
async def mo() -> Viewer:
    return await member("mo", "c", "moderator")


async def made(mo: Viewer, **more: Any) -> UUID:
    usual = {
        "name": "Class 9b",
        "purpose": "For us.",
        "rules": ("Be kind.", "No names.", "Listen."),
        "bands": "a",
    }
    return await verbs.make(mo, Plan(**{**usual, "type": "invite", **more}))


async def fresh(mo: Viewer, group: UUID, cap: int = 15) -> str:
    return plain_code(await codes.make(mo, group, CodePlan(WEEK, cap)))


async def find(who: Viewer, group: UUID) -> Room | None:
    return await groups_reading.find(who, group)


async def used(group: UUID) -> list[int]:
    rows = await GroupCode.select(GroupCode.uses).where(GroupCode.grp == group).order_by(GroupCode.made_at)
    return [row["uses"] for row in rows]


@pytest.mark.parametrize("table", TABLES, ids=lambda table: table.__name__)
async def test_the_database_has_the_columns_the_tables_name(engine_kind: str, table: type[Table]) -> None:
    found = await _columns(DB, table._meta.tablename, engine_kind)
    named = {column._meta.db_column_name: not column._meta.null for column in table._meta.columns}
    assert {name: required for name, (_, required) in found.items()} == named
    for column in table._meta.columns:
        assert found[column._meta.db_column_name][0] == _type_of(column, engine_kind), column


async def test_a_code_leads_to_the_door_of_an_invited_group_and_no_further(mo: Viewer) -> None:
    ana = await member("ana", "a")
    group = await made(mo)
    assert await find(ana, group) is None, "Premise: without the code it is not there."
    code = await codes.make(mo, group, CodePlan(WEEK, 2))
    assert len(plain_code(code)) == 12 and plain_code(code) == code.replace("-", "")
    for typed in (code, code.upper().replace("-", " "), code.replace("0", "O").replace("1", "l")):
        assert await codes.use(ana, plain_code(typed)) == group
    here = await find(ana, group)
    assert here and not here.inside and not here.reads, "At the door: the rules are still to be ticked."
    assert await used(group) == [1], "Who types it again takes nobody's place."
    assert await verbs.join(ana, group, "reading") == "in"
    assert await codes.use(ana, plain_code(code)) == group
    here = await find(ana, group)
    assert here and here.inside and here.way == "reading"
    await verbs.leave(ana, group)
    assert await find(ana, group) is None
    assert await codes.use(ana, plain_code(code)) == group and await used(group) == [1]


async def test_it_is_written_down_who_made_used_and_ended_it_and_the_code_is_nowhere(mo: Viewer) -> None:
    ana = await member("ana", "a")
    group = await made(mo)
    code = await codes.make(mo, group, CodePlan(WEEK, 2))
    await codes.use(ana, plain_code(code))
    await codes.use(ana, plain_code(code))
    _, (one,) = await codes.of(mo, group)
    await codes.end(mo, group, one.id)
    await codes.end(mo, group, one.id)  # a second tap finds it done
    rows = await Ruling.select().where(Ruling.item == one.id).order_by(Ruling.at, Ruling.id)
    assert [(row["action"], row["by"]) for row in rows] == [
        ("make code", mo.person),
        ("use code", ana.person),
        ("end code", mo.person),
    ]
    for table in (GroupCode, GroupCodeUse, Ruling):
        for row in await table.select():
            told = plain_code(" ".join(map(str, row.values())))
            assert plain_code(code) not in told and code not in str(row)


async def test_nobody_but_staff_makes_sees_or_ends_codes(mo: Viewer) -> None:
    ana, ben, cho = await member("ana", "a"), await member("ben", "b"), await member("cho", "c")
    group, other = await made(mo, type="open"), await made(mo)
    await verbs.join(ana, group, "posting")
    await groups_care.appoint(mo, group, ana.person)
    assert (here := await find(ana, group)) and here.leads, "Premise: she looks after it."
    await fresh(mo, group)
    _, (one,) = await codes.of(mo, group)
    for who in (ana, ben, cho, replace(mo, checked=False)):
        for act in (
            codes.make(who, group, CodePlan(WEEK, 2)),
            codes.of(who, group),
            codes.end(who, group, one.id),
        ):
            with pytest.raises(Unknown):
                await act
    for wrong in (codes.end(mo, other, one.id), codes.end(mo, group, uuid4()), codes.of(mo, uuid4())):
        with pytest.raises(Unknown):
            await wrong
    _, (still,) = await codes.of(mo, group)
    assert still.works


async def test_wrong_ended_too_old_used_up_and_of_the_other_side_are_one_answer(mo: Viewer) -> None:
    ana, ben, cho = await member("ana", "a"), await member("ben", "a"), await member("cho", "c")
    group, theirs = await made(mo), await made(mo, bands="c")
    ended, full, good, other = [await fresh(mo, one, 1) for one in (group, group, group, theirs)]
    ended_id = (await GroupCode.select(GroupCode.id).order_by(GroupCode.made_at).first())["id"]  # type: ignore[index]
    await codes.end(mo, group, ended_id)
    await codes.use(ben, full)
    tries = [(ana, "nonsense"), (ana, ended), (ana, full), (ana, other), (cho, good)]
    for who, code in tries:
        with pytest.raises(Unknown):
            await codes.use(who, code)
    assert (
        await find(ana, group) is None and await find(ana, theirs) is None and await find(cho, group) is None
    )
    assert await used(group) == [0, 1, 0] and await used(theirs) == [0]
    assert not await Membership.exists().where(Membership.person.is_in([ana.person, cho.person]))
    clock.move(WEEK)
    with pytest.raises(Unknown):
        await codes.use(ana, good)
    clock.move(WEEK - timedelta(minutes=1))
    assert await codes.use(ana, good) == group, "It was only too old."


async def test_somebody_of_another_age_on_the_same_side_is_told_so_and_takes_no_place(mo: Viewer) -> None:
    ben = await member("ben", "b")
    group = await made(mo)
    code = await fresh(mo, group)
    with pytest.raises(codes.OtherAge):
        await codes.use(ben, code)
    assert await used(group) == [0] and await find(ben, group) is None
    assert await codes.use(mo, code) == group and await used(group) == [0], "Staff only look."


async def test_of_many_at_once_for_the_last_uses_so_many_get_one(mo: Viewer) -> None:
    group = await made(mo)
    code = await fresh(mo, group, 3)
    people = [await member(f"p{n}", "a") for n in range(8)]
    found = await asyncio.gather(
        *(codes.use(who, code) for who in people for _ in range(2)), return_exceptions=True
    )
    no = [one for one in found if not isinstance(one, UUID)]
    assert {type(one) for one in no} == {Unknown} and len(no) == 10
    there = [who for who in people if await find(who, group)]
    assert len(there) == 3 and await used(group) == [3]
    assert await GroupCodeUse.count() == 3 == await Ruling.count().where(Ruling.action == "use code")


async def test_tries_are_counted_for_each_person(mo: Viewer) -> None:
    ana, ben = await member("ana", "a"), await member("ben", "a")
    group = await made(mo)
    code = await fresh(mo, group)
    for _ in range(codes.TRIES.tries):
        with pytest.raises(Unknown):
            await codes.use(ana, "guess")
    with pytest.raises(TooMany):
        await codes.use(ana, code)
    assert await codes.use(ben, code) == group
    clock.move(timedelta(hours=1, minutes=1))
    assert await codes.use(ana, code) == group


async def test_who_asked_is_let_in_by_a_code_and_who_is_muted_stays_so(mo: Viewer) -> None:
    ana = await member("ana", "a")
    group = await made(mo, type="request")
    assert await verbs.join(ana, group, "posting") == "asked"
    code = await fresh(mo, group)
    await codes.use(ana, code)
    assert await verbs.join(ana, group, "posting") == "in"
    await groups_care.mute(mo, group, ana.person)
    await verbs.leave(ana, group)
    await codes.use(ana, code)
    await verbs.join(ana, group, "posting")
    assert (here := await find(ana, group)) and here.muted


def test_sixty_bits_of_letters_nobody_takes_for_others() -> None:
    from db.codes import LETTERS

    assert groups_codes.PARTS * groups_codes.LETTERS * 5 >= 60 and len(set(LETTERS)) == 32
    assert plain_code(LETTERS) == LETTERS


async def test_what_is_long_over_is_forgotten_with_who_came_by_it(mo: Viewer) -> None:
    ana, group = await member("ana"), await made(mo)
    old, late = await fresh(mo, group), await fresh(mo, group)
    await codes.use(ana, old)
    assert await verbs.join(ana, group, "posting") == "in"
    await codes.end(mo, group, (await codes.of(mo, group))[1][1].id)
    clock.move(WEEK + timedelta(days=29))
    await codes.forget_old(clock.now())
    assert [code.ended for code in (await codes.of(mo, group))[1]] == [False], "The ended one is gone."
    clock.move(WEEK + timedelta(days=31))
    await codes.forget_old(clock.now())
    assert (await codes.of(mo, group))[1] == [] and not await GroupCodeUse.exists()
    here = await groups_reading.find(ana, group)
    assert here and here.inside
    with pytest.raises(Unknown):
        await codes.use(await member("ben"), late)
