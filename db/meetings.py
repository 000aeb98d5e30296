"""Meetings of a group: made, changed and cancelled by those who look after it, and said yes to by members.

What a member who looks after a group writes of a meeting is seen by others once somebody of the team has read
it and said yes; what the team writes, at once.
"""

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from care import meetings as rules
from care.clock import now
from care.meetings import Leaders, Plan
from db import limits, meetings_places, meetings_reading
from db.devices import Viewer
from db.engine import at_one_go, fetch, transaction
from db.groups_rows import Room
from db.ids import uuid7
from db.journal_rows import as_moment, as_uuid
from db.limits import Limit
from db.meetings_rows import Seen, ends
from db.meetings_tables import Meeting
from db.meetings_told import tell
from db.moderation import Unknown

MAKES = Limit("make a meeting", 20, timedelta(days=1))


async def make(viewer: Viewer, group: UUID, plan: Plan) -> UUID:
    """The first of what may be a series. Raises Unknown, TooMany."""
    here, leaders = await meetings_reading.leaders(viewer, group)
    if not leaders.may(plan):
        raise Unknown
    await limits.take(MAKES, str(viewer.person))
    first, at = uuid7(), now()
    rows = [_row(here, plan, wall, first) for wall in plan.walls]
    rows[0].id = first
    async with transaction():
        for row in rows:
            row.made_by, row.made_at, row.agreed_at = viewer.person, at, at if here.staff else None
        await Meeting.insert(*rows)
        for row in rows:
            await meetings_places.lead(as_uuid(row.id), (plan.host, plan.second))
        for person in {plan.host, plan.second} - {viewer.person}:
            await tell(person, first)
    return first


async def change(viewer: Viewer, group: UUID, meeting: UUID, plan: Plan) -> None:
    """This one alone, of a series. Whoever comes or waits is told when it is another time or place.

    A member who looks after the group may until the team has said yes, the team until it is over.
    Raises Unknown.
    """
    here, leaders = await meetings_reading.leaders(viewer, group)
    async with transaction():
        await meetings_places.lock(meeting)
        _, before = await meetings_reading.find(viewer, group, meeting)
        if not may_change(here, before) or not leaders.may(plan):
            raise Unknown
        starts = rules.moment(plan.wall, plan.zone)
        await Meeting.update(_values(plan, plan.wall) | {Meeting.changes: before.changes + 1}).where(
            Meeting.id == meeting
        )
        await meetings_places.lead(meeting, (plan.host, plan.second))
        if starts != before.starts_at:
            # Those who come are told of the new time now, so a reminder that is due at once would be noise.
            told = now() if starts - now() <= rules.A_DAY else None
            await fetch(_AGAIN, told, meeting)
        if _elsewhere(before, plan, starts):
            await _tell(meeting, viewer.person)
        await meetings_places.fill(meeting)


async def agree(viewer: Viewer, group: UUID, meeting: UUID) -> None:
    """Somebody of the team read it, and it may stand, with all of its series; again, it changes nothing.
    Raises Unknown."""
    here, found = await meetings_reading.find(viewer, group, meeting)
    if not here.staff:
        raise Unknown
    still = (Meeting.series == found.series) & (Meeting.grp == group) & Meeting.agreed_at.is_null()
    await Meeting.update({Meeting.agreed_at: now()}).where(still)


async def cancel(viewer: Viewer, group: UUID, meeting: UUID, why: str, following: bool = False) -> None:
    """This one, or with those of its series that come after. Whoever comes or waits is told at once.

    `why` is a key of care.meetings.REASONS, or, of the team, words of its own. Raises Unknown.
    """
    here, found = await meetings_reading.find(viewer, group, meeting)
    if not here.leads or (why not in rules.REASONS and not here.staff):
        raise Unknown
    last = found.starts_at + timedelta(days=3_660) if following else found.starts_at
    given = (now(), why, found.series, group, found.starts_at, last, now())

    async def gone() -> None:
        rows = await fetch(_CANCEL, *given)
        if not rows and not await fetch(_CANCELLED, meeting):  # a second tap finds it done
            raise Unknown
        for row in rows:
            await _tell(as_uuid(row["id"]), viewer.person)

    # A long series with many places is some thousand statements, and others wait to write meanwhile.
    await at_one_go(gone)


async def felt(viewer: Viewer, group: UUID, meeting: UUID, how: str) -> None:
    """How it was for them, a key of care.meetings.FELT; empty takes it back. Raises Unknown."""
    _, found = await meetings_reading.find(viewer, group, meeting)
    if not found.answers or (how and how not in rules.FELT):
        raise Unknown
    await fetch(_FELT, how, meeting, viewer.person)


async def came(viewer: Viewer, group: UUID, meeting: UUID, marks: dict[UUID, str]) -> None:
    """Who was there, as keys of care.meetings.CAME; once it has begun. Raises Unknown."""
    found, comers, _ = await meetings_reading.comers(viewer, group, meeting)
    if not found.begun or found.cancelled:
        raise Unknown
    theirs = {one.person for one in comers if one.state == rules.IN}
    async with transaction():
        for person, mark in marks.items():
            if person in theirs and mark in rules.CAME:
                await fetch(_CAME, mark, meeting, person)


def may_change(here: Room, found: Seen) -> bool:
    return here.leads and not found.cancelled and not found.over and (here.staff or not found.agreed)


def may_make(leaders: Leaders) -> bool:
    """There must be two adults."""
    return len(leaders.names) >= 2


async def _tell(meeting: UUID, but: UUID) -> None:
    for row in await fetch(_PEOPLE, meeting):
        if as_uuid(row["person"]) != but:
            await tell(as_uuid(row["person"]), meeting)


def _row(here: Room, plan: Plan, wall: datetime, series: UUID) -> Meeting:
    row = Meeting(id=uuid7(), grp=here.id, series=series, why="", changes=0)
    for column, value in _values(plan, wall).items():
        setattr(row, column._meta.name, value)
    return row


def _values(plan: Plan, wall: datetime) -> dict[Any, Any]:
    starts = rules.moment(wall, plan.zone)
    same = ("title", "about", "zone", "minutes", "mode", "cap", "access", "lang", "area", "address", "expect")
    values: dict[Any, Any] = {getattr(Meeting, name): getattr(plan, name) for name in same}
    values |= {Meeting.notes: "\n".join(plan.notes), Meeting.host: plan.host, Meeting.second: plan.second}
    values |= {Meeting.starts_at: starts, Meeting.ends_at: ends(starts, plan.minutes)}
    return values | {Meeting.wall: wall.isoformat(timespec="minutes")}


def _elsewhere(before: Seen, plan: Plan, starts: datetime) -> bool:
    place = (before.mode, before.area, before.address) != (plan.mode, plan.area, plan.address)
    return place or before.starts_at != as_moment(starts) or before.minutes != plan.minutes


_AGAIN = "UPDATE registration SET day_told = {}, soon_told = NULL WHERE meeting = {} AND state <> 'out'"
_PEOPLE = "SELECT person FROM registration WHERE meeting = {} AND state IN ('in', 'waiting', 'leads')"
_CANCEL = """
UPDATE meeting SET cancelled_at = {}, why = {}, changes = changes + 1
WHERE series = {} AND grp = {} AND starts_at >= {} AND starts_at <= {} AND ends_at > {}
AND cancelled_at IS NULL RETURNING id
"""
_CANCELLED = "SELECT 1 AS yes FROM meeting WHERE id = {} AND cancelled_at IS NOT NULL"
_FELT = "UPDATE registration SET felt = {} WHERE meeting = {} AND person = {} AND state = 'in'"
_CAME = "UPDATE registration SET came = {} WHERE meeting = {} AND person = {} AND state = 'in'"
