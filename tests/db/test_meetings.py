"""Meetings of groups through their verbs: made and agreed to, with no more people than places, told once,
and nothing across sides."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Generator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import asyncpg
import pytest
from piccolo.table import Table

from care import clock
from care import meetings as rules
from care.groups import Plan as Group
from care.meetings import Plan
from care.moments import local
from db import (
    blocks,
    devices,
    groups,
    groups_care,
    groups_reading,
    meetings_due,
    meetings_hosts,
    meetings_places,
    meetings_reading,
    meetings_tables,
    notices,
)
from db import meetings as verbs
from db.devices import Caller, Viewer
from db.engine import DB, UNIQUE, count_queries, fetch
from db.groups_tables import Membership
from db.meetings_reading import Comer
from db.meetings_rows import Seen
from db.meetings_tables import Meeting, Registration
from db.moderation import Unknown
from db.reminder_tables import NoticeSwitch, Outgoing, ReminderChoice, Subscription
from db.staff_tables import StaffRole
from db.tables import Person, Session
from tests.db.test_migrations import _columns, _type_of
from tests.members import member, opened

pytestmark = pytest.mark.usefixtures("database")
TABLES: list[type[Table]] = [
    meetings_tables.Meeting,
    meetings_tables.Registration,
    meetings_tables.MeetingPost,
]
RULES = ("Be kind.", "No names.", "Step out when you need to.")
IN_PERSON = {
    "mode": "in_person",
    "area": "Leeds, near the station",
    "address": "4 Library Lane, Leeds",
    "expect": "Two of us wait at the door with a green scarf.",
}


@pytest.fixture(autouse=True)
async def an_open_community(database: object) -> AsyncIterator[None]:
    await opened()
    yield
    clock.move(timedelta())


@pytest.fixture
async def mo() -> Viewer:
    return await member("mo", "c", "moderator")


@pytest.fixture
async def lin(mo: Viewer) -> Viewer:
    """The second adult."""
    return await member("lin", "c", "moderator")


async def grouped(mo: Viewer, *people: Viewer, **more: Any) -> UUID:
    plan = {"name": "Night owls", "purpose": "For long nights.", "rules": RULES, "bands": "ab", **more}
    group = await groups.make(mo, Group(**plan))
    for who in people:
        assert await groups.join(who, group, "posting") == "in"
    return group


def plan(mo: Viewer, lin: Viewer, **more: Any) -> Plan:
    wall = local(clock.now() + more.pop("ahead", timedelta(days=3)), "Europe/London")
    usual = {"title": "Tea and talk", "zone": "Europe/London", "host": mo.person, "second": lin.person}
    return Plan(**{**usual, "wall": wall.replace(tzinfo=None, second=0, microsecond=0), **more})


def go(at: datetime) -> None:
    """It is then now."""
    clock.move(timedelta())
    clock.move(at - clock.now())


async def see(who: Viewer, group: UUID, meeting: UUID) -> Seen:
    return (await meetings_reading.find(who, group, meeting))[1]


async def comers(who: Viewer, group: UUID, meeting: UUID) -> list[Comer]:
    return (await meetings_reading.comers(who, group, meeting))[1]


async def told(who: Viewer) -> int:
    """How often, by what stands in their inbox."""
    found, _ = await notices.inbox(who)
    return sum(one.many for one in found if one.kind == "meeting")


async def push_ready(who: Viewer) -> None:
    """A phone that wants to hear of meetings."""
    row = ReminderChoice(person=who.person, tz="Europe/London", quiet_from="22:00", quiet_to="07:00")
    await ReminderChoice.insert(row)
    await NoticeSwitch.insert(NoticeSwitch(person=who.person, kind="meeting", since=clock.now()))
    await devices.begin(who.person, Caller())
    found = await Session.select(Session.id).where(Session.person == who.person).first()
    assert found
    phone = Subscription(person=who.person, session=found["id"], endpoint_hash=uuid4().hex, sealed=b"x")
    phone.created_at = clock.now()
    await Subscription.insert(phone)


@pytest.mark.parametrize("table", TABLES, ids=lambda table: table.__name__)
async def test_the_database_has_the_columns_the_tables_name(engine_kind: str, table: type[Table]) -> None:
    found = await _columns(DB, table._meta.tablename, engine_kind)
    named = {column._meta.db_column_name: not column._meta.null for column in table._meta.columns}
    assert {name: required for name, (_, required) in found.items()} == named
    for column in table._meta.columns:
        assert found[column._meta.db_column_name][0] == _type_of(column, engine_kind), column


async def test_staff_make_a_meeting_and_members_come_and_stay_away(mo: Viewer, lin: Viewer) -> None:
    ana, ben = await member("ana", "a"), await member("ben", "b")
    group = await grouped(mo, ana)
    meeting = await verbs.make(mo, group, plan(mo, lin))
    assert [one.id for one in (await meetings_reading.coming(ana, group))[1].meetings] == [meeting]
    assert (await see(ana, group, meeting)).hosts == ("mo", "lin")
    assert await told(lin) == 1 and await told(mo) == 0, "Whoever is named is told."
    assert await meetings_places.register(ana, group, meeting) == "in"
    assert await meetings_places.register(ana, group, meeting) == "in"
    assert (await see(ana, group, meeting)).going == 1
    await meetings_places.withdraw(ana, group, meeting)
    assert (await see(ana, group, meeting)).going == 0
    with pytest.raises(Unknown):
        await meetings_places.withdraw(ana, group, meeting)
    for act in (meetings_places.register(ben, group, meeting), meetings_reading.coming(ben, group)):
        with pytest.raises(Unknown):
            await act


async def test_the_other_side_and_whoever_is_not_in_the_group_find_nothing(mo: Viewer, lin: Viewer) -> None:
    ana, ben, cho = await member("ana", "a"), await member("ben", "b"), await member("cho", "c")
    group = await grouped(mo, ana)
    other = await grouped(mo)
    meeting = await verbs.make(mo, group, plan(mo, lin))
    assert await see(ana, group, meeting)
    for who in (ben, cho, await member("helper", "c", "supporter"), replace(mo, checked=False)):
        for act in (
            meetings_reading.find(who, group, meeting),
            meetings_reading.comers(who, group, meeting),
            meetings_reading.leaders(who, group),
            meetings_places.register(who, group, meeting),
            meetings_places.withdraw(who, group, meeting),
            verbs.cancel(who, group, meeting, "ill"),
            verbs.agree(who, group, meeting),
            verbs.felt(who, group, meeting, "okay"),
            verbs.came(who, group, meeting, {ana.person: "yes"}),
        ):
            if who.person == mo.person:
                act.close()
                continue  # asked below, where they are a member of the group by having made it
            with pytest.raises(Unknown):
                await act
    for act in (verbs.cancel(ana, group, meeting, "ill"), verbs.agree(ana, group, meeting)):
        with pytest.raises(Unknown):
            await act
    with pytest.raises(Unknown):
        await meetings_reading.find(mo, other, meeting)
    assert not (await see(mo, group, meeting)).cancelled


async def test_whoever_blocked_somebody_who_leads_it_does_not_find_it(mo: Viewer, lin: Viewer) -> None:
    ana, ben = await member("ana", "a"), await member("ben", "b")
    group = await grouped(mo, ana, ben)
    meeting = await verbs.make(mo, group, plan(mo, lin))
    assert await see(ana, group, meeting)
    await blocks.block(ana, lin.person)
    with pytest.raises(Unknown):
        await meetings_places.register(ana, group, meeting)
    assert (await meetings_reading.coming(ana, group))[1].meetings == []
    assert await see(ben, group, meeting)


async def test_a_place_stays_when_who_leads_it_blocks_somebody(mo: Viewer, lin: Viewer) -> None:
    ana, ben, dee, eve = [await member(name, "a") for name in ("ana", "ben", "dee", "eve")]
    group = await grouped(mo, ana, ben, dee, eve)
    meeting = await verbs.make(mo, group, plan(mo, lin, cap=1))
    assert await meetings_places.register(ana, group, meeting) == "in"
    assert await meetings_places.register(ben, group, meeting) == "waiting"
    await meetings_places.register(eve, group, meeting)
    await meetings_places.withdraw(eve, group, meeting)
    for who in (ana, ben, dee, eve):
        await blocks.block(mo, who.person)
    for who, there in ((ana, True), (ben, True), (dee, False), (eve, False)):
        assert bool((await meetings_reading.coming(who, group))[1].meetings) == there, who.name
    for act in (see(dee, group, meeting), meetings_places.register(eve, group, meeting)):
        with pytest.raises(Unknown):
            await act
    await meetings_places.withdraw(ana, group, meeting)
    assert (await see(ana, group, meeting)).state == "out", "It does not vanish with the place."
    assert (await see(ben, group, meeting)).state == "in"
    assert await meetings_places.register(ana, group, meeting) == "waiting"
    await verbs.cancel(mo, group, meeting, "ill")
    assert await told(ana) == 1 and (await see(ana, group, meeting)).why == "ill", "The note leads somewhere."


async def test_the_next_meeting_a_group_names_is_the_first_in_its_list(mo: Viewer, lin: Viewer) -> None:
    kay = await member("kay", "c", "moderator")
    ana, ben = await member("ana", "a"), await member("ben", "b")
    group = await grouped(mo, ana, ben)
    led = [(2, lin), (4, kay)]
    hosted = {
        host.person: await verbs.make(mo, group, plan(mo, host, ahead=timedelta(days=n))) for n, host in led
    }
    await meetings_places.register(ben, group, hosted[lin.person])

    async def agree(who: Viewer, *hosts: Viewer) -> None:
        found = (await meetings_reading.coming(who, group))[1].meetings
        assert [one.id for one in found] == [hosted[host.person] for host in hosts]
        here = await groups_reading.find(who, group)
        assert here and here.meets_at == (found[0].wall if found else None)

    await agree(ana, lin, kay)
    for who in (ana, ben):
        await blocks.block(lin, who.person)
    await agree(ana, kay)
    await agree(ben, lin, kay)
    await blocks.block(ana, kay.person)
    await agree(ana)
    await blocks.block(mo, lin.person)
    await agree(mo, lin, kay)
    await Membership.update({Membership.facilitator: True}).where(Membership.person == ana.person)
    await agree(ana, lin, kay)


async def test_what_a_member_who_looks_after_it_writes_waits_for_the_team(mo: Viewer, lin: Viewer) -> None:
    ana, ben = await member("ana", "b"), await member("ben", "b")
    group = await grouped(mo, ana, ben)
    await Membership.update({Membership.facilitator: True}).where(Membership.person == ana.person)
    meeting = await verbs.make(ana, group, plan(mo, lin))
    assert await told(mo) == 1 and not (await see(ana, group, meeting)).agreed
    for act in (meetings_reading.find(ben, group, meeting), meetings_places.register(ben, group, meeting)):
        with pytest.raises(Unknown):
            await act
    with pytest.raises(meetings_places.Closed):
        await meetings_places.register(replace(ana), group, meeting)
    with pytest.raises(Unknown):
        await verbs.agree(ana, group, meeting)
    await verbs.change(ana, group, meeting, plan(mo, lin, title="Cocoa"))
    await verbs.agree(mo, group, meeting)
    await verbs.agree(mo, group, meeting)  # a second tap finds it done
    assert (await see(ben, group, meeting)).title == "Cocoa"
    with pytest.raises(Unknown):
        await verbs.change(ana, group, meeting, plan(mo, lin, title="Something else"))
    with pytest.raises(Unknown):
        await verbs.cancel(ana, group, meeting, "In my own words.")
    await verbs.cancel(ana, group, meeting, "ill")
    assert (await see(ben, group, meeting)).why == "ill"


async def test_two_different_adults_look_after_it(mo: Viewer, lin: Viewer) -> None:
    ana, ben = await member("ana", "b"), await member("ben", "b")
    group = await grouped(mo, ana, ben)
    await Membership.update({Membership.facilitator: True}).where(Membership.person == ana.person)
    _, leaders = await meetings_reading.leaders(mo, group)
    assert {mo.person, lin.person} <= set(leaders.names) and ana.person not in leaders.names
    for second in (mo.person, ana.person, ben.person, uuid4()):
        with pytest.raises(Unknown):
            await verbs.make(mo, group, plan(mo, lin, second=second))
    meeting = await verbs.make(mo, group, plan(mo, lin))
    with pytest.raises((*UNIQUE, asyncpg.CheckViolationError)):
        await Meeting.update({Meeting.second: mo.person}).where(Meeting.id == meeting)


async def test_many_at_once_for_few_places_are_never_more_than_there_are(mo: Viewer, lin: Viewer) -> None:
    people = [await member(f"m{n}", "a") for n in range(12)]
    group = await grouped(mo, *people)
    meeting = await verbs.make(mo, group, plan(mo, lin, cap=3))
    got = await asyncio.gather(*(meetings_places.register(one, group, meeting) for one in people))
    assert sorted(got) == ["in"] * 3 + ["waiting"] * 9
    assert (await see(mo, group, meeting)).going == 3
    coming = [one for one, state in zip(people, got, strict=True) if state == "in"]
    rows = await Registration.select().where(Registration.state == "waiting").order_by(Registration.at)
    line = [row["person"] for row in rows]
    # All three give their place back while others say yes and no: whoever waited longest moves up.
    await asyncio.gather(*(meetings_places.withdraw(one, group, meeting) for one in coming))
    seen = await see(mo, group, meeting)
    assert (seen.going, seen.waiting) == (3, 6)
    states = await Registration.select(Registration.person).where(Registration.state == "in")
    assert {row["person"] for row in states} == set(line[:3])
    for one in people:
        moved = one.person in line[:3]
        assert await told(one) == (1 if moved else 0), "Who moved up is told, and nobody else."


async def test_a_storm_of_yes_and_no_never_gives_one_place_twice(mo: Viewer, lin: Viewer) -> None:
    people = [await member(f"m{n}", "a") for n in range(8)]
    group = await grouped(mo, *people)
    meeting = await verbs.make(mo, group, plan(mo, lin, cap=2))

    async def sway(one: Viewer) -> None:
        for _ in range(3):
            await meetings_places.register(one, group, meeting)
            seen = await fetch("SELECT COUNT(*) AS n FROM registration WHERE state = 'in'")
            assert seen[0]["n"] <= 2
            await meetings_places.withdraw(one, group, meeting)
        await meetings_places.register(one, group, meeting)

    await asyncio.gather(*(sway(one) for one in people))
    seen = await see(mo, group, meeting)
    assert (seen.going, seen.waiting) == (2, 6)


async def test_who_leaves_the_group_gives_the_place_to_who_waits(mo: Viewer, lin: Viewer) -> None:
    ana, ben, dee = await member("ana", "a"), await member("ben", "a"), await member("dee", "b")
    group = await grouped(mo, ana, ben, dee)
    meeting = await verbs.make(mo, group, plan(mo, lin, cap=2))
    got = [await meetings_places.register(one, group, meeting) for one in (ana, ben, dee)]
    assert got == ["in", "in", "waiting"]
    await groups.leave(ana, group)
    await meetings_places.let_go()
    assert (await see(dee, group, meeting)).state == "in"
    # Somebody who has grown out of the group's age, too.
    await Person.update({Person.band: "c"}).where(Person.id == ben.person)
    await meetings_places.let_go()
    assert [one.name for one in await comers(mo, group, meeting)] == ["dee"]


async def test_more_places_let_people_in_and_fewer_put_nobody_out(mo: Viewer, lin: Viewer) -> None:
    people = [await member(f"m{n}", "a") for n in range(4)]
    group = await grouped(mo, *people)
    first = plan(mo, lin, cap=2)
    meeting = await verbs.make(mo, group, first)
    for one in people:
        await meetings_places.register(one, group, meeting)
    await verbs.change(mo, group, meeting, replace(first, cap=3))
    assert (await see(mo, group, meeting)).going == 3
    assert await told(people[2]) == 1 and await told(people[0]) == 0, "The time is the same: no news."
    await verbs.change(mo, group, meeting, replace(first, cap=2))
    assert (await see(mo, group, meeting)).going == 3


async def test_a_change_and_a_cancellation_are_told_to_all_who_come(mo: Viewer, lin: Viewer) -> None:
    ana, ben, dee = await member("ana", "a"), await member("ben", "a"), await member("dee", "a")
    group = await grouped(mo, ana, ben, dee)
    first = plan(mo, lin, cap=2, series="weekly", times=3)
    meeting = await verbs.make(mo, group, first)
    await meetings_places.register(ana, group, meeting)
    await meetings_places.register(ben, group, meeting)
    await verbs.change(mo, group, meeting, replace(first, wall=first.wall + timedelta(hours=1)))
    assert [await told(one) for one in (ana, ben, dee)] == [1, 1, 0]
    all_ = (await meetings_reading.coming(ana, group))[1].meetings
    assert len(all_) == 3 and all_[1].wall - all_[0].wall == timedelta(days=7) - timedelta(hours=1)
    await meetings_places.register(dee, group, all_[2].id)
    await verbs.cancel(mo, group, all_[1].id, "The library is closed.", following=True)
    assert [await told(one) for one in (ana, dee)] == [1, 1]
    assert [one.cancelled for one in (await meetings_reading.coming(ana, group))[1].meetings] == [
        False,
        True,
        True,
    ]
    await verbs.cancel(mo, group, all_[1].id, "ill")
    assert (await see(mo, group, all_[1].id)).why == "The library is closed.", "A second tap changes nothing."
    assert [await told(one) for one in (ana, dee)] == [1, 1]
    with pytest.raises(meetings_places.Closed):
        await meetings_places.register(ana, group, all_[1].id)


class Turns:
    """How often `doing` gave way to others of the event loop."""

    def __init__(self, doing: Awaitable[None]) -> None:
        self.doing, self.n = doing, 0

    def __await__(self) -> Generator[Any, Any, None]:
        steps = self.doing.__await__()
        for step in steps:
            self.n += 1
            yield step


async def test_many_are_told_of_a_cancellation_at_one_go(mo: Viewer, lin: Viewer, engine_kind: str) -> None:
    people = [await member(f"m{n}", "a") for n in range(6)]
    group = await grouped(mo, *people)
    await push_ready(people[0])
    go(datetime(clock.now().year + 1, 1, 6, 12, tzinfo=UTC))
    first = await verbs.make(mo, group, plan(mo, lin, series="weekly", times=6))
    for one in (await meetings_reading.coming(mo, group))[1].meetings:
        for who in people:
            await meetings_places.register(who, group, one.id)
    turns = Turns(verbs.cancel(mo, group, first, "ill", following=True))
    with count_queries() as counted:
        await turns
    assert counted.n > 36 * 3, "Premise: each is told of each."
    assert engine_kind != "sqlite" or turns.n < 12
    assert [await told(one) for one in people] == [6] * 6 and await Outgoing.exists(), "A phone, too."


async def test_each_is_reminded_a_day_and_a_quarter_of_an_hour_before_once(mo: Viewer, lin: Viewer) -> None:
    ana, ben, dee = await member("ana", "a"), await member("ben", "a"), await member("dee", "a")
    group = await grouped(mo, ana, ben, dee)
    meeting = await verbs.make(mo, group, plan(mo, lin, cap=2))
    for one in (ana, ben, dee):
        await meetings_places.register(one, group, meeting)
    starts = (await see(ana, group, meeting)).starts_at
    assert await meetings_due.remind() == 0
    go(starts - timedelta(hours=23))
    assert sum(await asyncio.gather(*(meetings_due.remind() for _ in range(4)))) == 4
    assert [await told(one) for one in (ana, ben, dee, mo)] == [1, 1, 0, 1]
    go(starts - timedelta(minutes=10))
    assert sum(await asyncio.gather(*(meetings_due.remind() for _ in range(4)))) == 4
    assert await meetings_due.remind() == 0
    assert [await told(one) for one in (ana, ben, dee, mo)] == [2, 2, 0, 2]


async def test_nobody_is_reminded_of_what_is_off_of_a_group_they_left_or_too_late(
    mo: Viewer, lin: Viewer
) -> None:
    ana, ben = await member("ana", "a"), await member("ben", "a")
    group = await grouped(mo, ana, ben)
    off = await verbs.make(mo, group, plan(mo, lin, ahead=timedelta(hours=26)))
    on = await verbs.make(mo, group, plan(mo, lin, ahead=timedelta(hours=26)))
    for meeting in (off, on):
        for one in (ana, ben):
            await meetings_places.register(one, group, meeting)
    await verbs.cancel(mo, group, off, "ill")
    await groups.leave(ben, group)
    await meetings_places.let_go()
    before = [await told(one) for one in (ana, ben)]
    clock.move(timedelta(hours=3))
    assert await meetings_due.remind() == 3, "Ana, and the two who look after it."
    assert [await told(one) for one in (ana, ben)] == [before[0] + 1, before[1]]
    # Somebody who says yes now is not told that it is tomorrow.
    await groups.join(ben, group, "posting")
    await meetings_places.register(ben, group, on)
    assert await meetings_due.remind() == 0


@pytest.mark.parametrize(
    ("utc", "lead", "pushed"),
    [
        ("2027-01-12 18:00", timedelta(hours=23), True),
        ("2027-01-12 10:00", timedelta(hours=23), True),  # in school, and told when it is out: 15:00
        (
            "2027-01-13 02:30",
            timedelta(hours=23),
            True,
        ),  # at night, and told at 07:00, before school
        ("2027-01-12 22:30", timedelta(minutes=10), False),
    ],
)
async def test_a_phone_is_told_in_no_quiet_hour(
    mo: Viewer, lin: Viewer, utc: str, lead: timedelta, pushed: bool
) -> None:
    ana = await member("ana", "a")
    await push_ready(ana)
    group = await grouped(mo, ana)
    at = datetime.fromisoformat(utc).replace(tzinfo=UTC)
    starts = at + lead
    go(starts - timedelta(days=3))
    wall = local(starts, "Europe/London").replace(tzinfo=None)
    meeting = await verbs.make(mo, group, plan(mo, lin, wall=wall))
    await meetings_places.register(ana, group, meeting)
    if lead < timedelta(hours=1):
        await Registration.update({Registration.day_told: clock.now()}).where(Registration.meeting == meeting)
    go(at)
    await meetings_due.remind()
    assert await told(ana) == 1, "The inbox has it whatever the hour."
    rows = await Outgoing.select().where(Outgoing.person == ana.person)
    assert len(rows) == (1 if pushed else 0)
    for row in rows:
        there = local(row["send_at"], "Europe/London")
        assert 7 <= there.hour < 22 and not (there.weekday() < 5 and 8 <= there.hour < 15), there


async def test_an_address_is_shown_late_and_to_whoever_comes_alone(mo: Viewer, lin: Viewer) -> None:
    ana, ben, dee, eve = [await member(name, "a") for name in ("ana", "ben", "dee", "eve")]
    group = await grouped(mo, ana, ben, dee, eve)
    meeting = await verbs.make(mo, group, plan(mo, lin, cap=2, **IN_PERSON))
    with pytest.raises(meetings_places.NoConsent):
        await meetings_places.register(ana, group, meeting)
    for one, state in ((ana, "in"), (ben, "in"), (dee, "waiting")):
        assert await meetings_places.register(one, group, meeting, consent=True) == state
    assert [(await see(one, group, meeting)).address for one in (ana, dee, eve)] == ["", "", ""]
    assert (await see(ana, group, meeting)).area and (await see(mo, group, meeting)).address
    starts = (await see(ana, group, meeting)).starts_at
    for before, shown in ((timedelta(hours=48, minutes=1), ""), (timedelta(hours=47), IN_PERSON["address"])):
        go(starts - before)
        assert [(await see(one, group, meeting)).address for one in (ana, dee, eve)] == [shown, "", ""], (
            before
        )
    await meetings_places.withdraw(ana, group, meeting)
    assert [(await see(one, group, meeting)).address for one in (ana, dee)] == ["", shown]
    await verbs.cancel(mo, group, meeting, "ill")
    assert (await see(dee, group, meeting)).address == ""


async def test_in_person_only_the_team_invites_and_two_of_it_are_there(mo: Viewer, lin: Viewer) -> None:
    cho = await member("cho", "c")
    group = await grouped(mo, cho, bands="c")
    await Membership.update({Membership.facilitator: True}).where(Membership.person == cho.person)
    assert await verbs.make(cho, group, plan(mo, cho))
    for who, second in ((cho, lin), (mo, cho)):
        with pytest.raises(Unknown):
            await verbs.make(who, group, plan(mo, second, **IN_PERSON))
    # An adult says nothing about a parent; and a group that the organisation did not make has none at all.
    meeting = await verbs.make(mo, group, plan(mo, lin, **IN_PERSON))
    assert await meetings_places.register(await joined(group, "dan"), group, meeting) == "in"
    await fetch("UPDATE peer_group SET made_by = {} WHERE id = {}", cho.person, group)
    with pytest.raises(Unknown):
        await verbs.make(mo, group, plan(mo, lin, **IN_PERSON))


async def joined(group: UUID, name: str, band: str = "c") -> Viewer:
    who = await member(name, band)
    await groups.join(who, group, "posting")
    return who


async def test_of_a_meeting_that_is_both_the_young_know_the_place_when_an_adult_does(
    mo: Viewer, lin: Viewer
) -> None:
    ana, ben = await member("ana", "a"), await member("ben", "b")
    group = await grouped(mo, ana, ben)
    soon = plan(mo, lin, **IN_PERSON | {"mode": "both"}, ahead=timedelta(hours=30))
    meeting = await verbs.make(mo, group, soon)
    await meetings_places.register(ana, group, meeting)
    await meetings_places.register(ben, group, meeting, consent=True)
    assert (await see(ana, group, meeting)).address == ""
    assert (await see(ben, group, meeting)).address == IN_PERSON["address"]


async def test_that_an_adult_knows_can_be_said_once_it_has_become_one_in_person(
    mo: Viewer, lin: Viewer
) -> None:
    ana, ben, dee = [await member(name, "a") for name in ("ana", "ben", "dee")]
    group = await grouped(mo, ana, ben, dee)
    first = plan(mo, lin, cap=1, ahead=timedelta(hours=30))
    meeting = await verbs.make(mo, group, first)
    for who in (ana, ben):
        await meetings_places.register(who, group, meeting)
    await verbs.change(mo, group, meeting, replace(first, **IN_PERSON))
    with pytest.raises(meetings_places.NoConsent):
        await meetings_places.register(ana, group, meeting)
    for who, state in ((ana, "in"), (ben, "waiting")):
        assert not (await see(who, group, meeting)).adult_knows
        assert await meetings_places.register(who, group, meeting, consent=True) == state
        assert (await see(who, group, meeting)).adult_knows
    shown = [(await see(who, group, meeting)).address for who in (ana, ben, dee)]
    assert shown == [IN_PERSON["address"], "", ""]
    assert [one.agreed for one in await comers(mo, group, meeting)] == [True, True]


@pytest.mark.parametrize("way", ["leave", "step back", "appoint", "leaving"])
async def test_who_looks_after_the_group_no_more_leads_none_of_its_meetings(
    mo: Viewer, lin: Viewer, way: str
) -> None:
    ana, cho = await member("ana", "c"), await member("cho", "c")
    group = await grouped(mo, ana, cho, bands="c")
    await groups_care.appoint(mo, group, cho.person)
    weekly = plan(mo, lin, second=cho.person, series="weekly", times=3)
    first = await verbs.make(lin, group, weekly)
    await meetings_hosts.step_out()
    before = [await told(who) for who in (mo, lin, cho)]
    assert (await see(ana, group, first)).hosts == ("mo", "cho"), "As long as they look after it."
    if way == "leave":
        await groups.leave(cho, group)
    elif way == "step back":
        await groups_care.step_back(cho, group)
    elif way == "appoint":
        await groups_care.appoint(mo, group, cho.person, False)
    else:
        await Person.update({Person.leaving_at: clock.now()}).where(Person.id == cho.person)
    await asyncio.gather(*(meetings_hosts.step_out() for _ in range(3)))
    assert [await told(who) for who in (mo, lin, cho)] == [before[0] + 1, before[1] + 1, before[2]]
    for one in (await meetings_reading.coming(ana, group))[1].meetings:
        assert one.hosts == ("mo",)
    starts = (await see(ana, group, first)).starts_at
    go(starts - timedelta(minutes=10))
    await meetings_due.remind()
    assert await told(cho) == before[2] and await told(mo) == before[0] + 2
    await verbs.change(mo, group, first, replace(weekly, second=lin.person))
    assert (await see(ana, group, first)).hosts == ("mo", "lin")


async def test_the_team_leads_meetings_of_groups_it_is_not_in(mo: Viewer, lin: Viewer) -> None:
    ana = await member("ana", "a")
    group = await grouped(mo, ana)
    meeting = await verbs.make(mo, group, plan(mo, lin))
    await groups.leave(mo, group)
    await meetings_hosts.step_out()
    assert (await see(ana, group, meeting)).hosts == ("mo", "lin")
    await StaffRole.update({StaffRole.removed_at: clock.now()}).where(StaffRole.person == lin.person)
    await meetings_hosts.step_out()
    assert (await see(ana, group, meeting)).hosts == ("mo",)


async def test_who_was_there_is_kept_and_how_it_was_is_told_as_a_mix_of_five(mo: Viewer, lin: Viewer) -> None:
    people = [await member(f"m{n}", "a") for n in range(6)]
    group = await grouped(mo, *people)
    meeting = await verbs.make(mo, group, plan(mo, lin))
    for one in people:
        await meetings_places.register(one, group, meeting)
    for act in (verbs.felt(people[0], group, meeting, "okay"), verbs.came(mo, group, meeting, {})):
        with pytest.raises(Unknown):
            await act
    clock.move(timedelta(days=3, minutes=5))
    marks = {people[0].person: "yes", people[1].person: "no", uuid4(): "yes", people[2].person: "maybe"}
    await verbs.came(mo, group, meeting, marks)
    assert [one.came for one in await comers(mo, group, meeting)] == ["yes", "no", "", "", "", ""]
    for one, how in zip(people, ("helped",) * 3 + ("hard",), strict=False):
        await verbs.felt(one, group, meeting, how)
    assert (await meetings_reading.comers(mo, group, meeting))[2] == {}
    await verbs.felt(people[4], group, meeting, "okay")
    mix = (await meetings_reading.comers(mo, group, meeting))[2]
    assert mix == {"helped": "most", "okay": "some", "flat": "none", "hard": "some"}
    assert (await see(people[0], group, meeting)).felt == "helped"
    assert (await see(people[5], group, meeting)).felt == ""
    await verbs.felt(people[0], group, meeting, "")
    assert (await meetings_reading.comers(mo, group, meeting))[2] == {}
    for bad in (verbs.felt(people[0], group, meeting, "wow"), verbs.felt(mo, group, meeting, "okay")):
        with pytest.raises(Unknown):
            await bad
    clock.move(timedelta(days=3) + rules.KEPT)
    await meetings_due.forget_old()
    assert await Registration.count() == 6 + 2, "Not yet."
    clock.move(timedelta(days=4) + rules.KEPT)
    await meetings_due.forget_old()
    assert await Registration.count() == 0 and await Meeting.count() == 0
