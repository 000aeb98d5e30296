"""Meetings as somebody may see them: those of a group they are in, once the team has said yes.

Where somebody is in no group, or it is for another age, there are no meetings. Nobody but those
who look after a group sees who else comes. Whoever blocked somebody who leads a meeting, or was blocked
by them, does not find it, unless they had a place then: what is there stays there.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from uuid import UUID

from care import meetings as rules
from care.clock import now
from care.meetings import Leaders
from db import groups_reading, groups_rows
from db.devices import Viewer
from db.engine import fetch
from db.groups_rows import Room
from db.journal_rows import as_moment, as_uuid
from db.meetings_rows import Row, Seen, seen
from db.moderation import Unknown
from db.moderation_reading import STAFF

PER_PAGE = 20
EARLIER = timedelta(days=30)
"""So long one finds a meeting again that is over."""
FEW = 10


@dataclass(frozen=True, slots=True)
class Coming:
    """`meetings` in the order in which they end; `earlier` are those the viewer was at, newest first."""

    meetings: list[Seen] = field(default_factory=list)
    earlier: list[Seen] = field(default_factory=list)
    later: str = ""


@dataclass(frozen=True, slots=True)
class Comer:
    person: UUID
    name: str
    state: str
    came: str
    agreed: bool
    """Whether somebody under 18 said that an adult knows."""


async def room(viewer: Viewer, group: UUID) -> Room:
    """The group, for who may read in it. Raises Unknown."""
    here = await groups_reading.find(viewer, group)
    if here is None or not here.reads:
        raise Unknown
    return here


async def led(viewer: Viewer, group: UUID) -> Room:
    """The group, for who looks after it. Raises Unknown."""
    here = await room(viewer, group)
    if not here.leads:
        raise Unknown
    return here


async def coming(viewer: Viewer, group: UUID, after: str = "") -> tuple[Room, Coming]:
    """Raises Unknown."""
    here, at = await room(viewer, group), now()
    ends, last = _place(after, at)
    first = (*_asked(viewer, here), ends, last, PER_PAGE + 1)
    past = (*_asked(viewer, here), at, at - EARLIER, here.leads, FEW)
    rows = await fetch(f"{_COMING} UNION ALL {_EARLIER}", *first, *past)
    found = [(row["part"], seen(row)) for row in rows]
    next_ = [one for part, one in found if part == 1]
    more = next_[PER_PAGE - 1] if len(next_) > PER_PAGE else None
    later = f"{more.ends_at.isoformat()}.{more.id.hex}" if more else ""
    return here, Coming(next_[:PER_PAGE], [one for part, one in found if part == 2 and not after], later)


async def find(viewer: Viewer, group: UUID, meeting: UUID) -> tuple[Room, Seen]:
    """The meeting with its group, in one statement. Raises Unknown."""
    me, staff = viewer.person, viewer.acts_as("moderator")
    asked = (*groups_reading.seen(viewer), group, *_sees(viewer), me, me, me, meeting, group, staff, staff)
    rows = await fetch(_WITH_ITS_GROUP, *asked)
    here = groups_rows.room(rows[0], viewer) if rows else None
    if here is None or not here.reads:
        raise Unknown
    return here, seen({name: rows[0][f"meeting_{name}"] for name in _NAMES})


async def leaders(viewer: Viewer, group: UUID) -> tuple[Room, Leaders]:
    """Whom somebody who looks after the group may name: adults who look after it, and the team.

    Raises Unknown.
    """
    here = await led(viewer, group)
    return here, _leaders(here, await fetch(f"{_LEADERS} ORDER BY p.name", group, group))


async def to_change(viewer: Viewer, group: UUID, meeting: UUID) -> tuple[Room, Seen, Leaders]:
    """As it is, and whom one may name, in one statement. Raises Unknown."""
    here = await led(viewer, group)
    asked = _asked(viewer, here)
    rows = await fetch(_TO_CHANGE, *asked[:_IN_COLUMNS], group, group, *asked[_IN_COLUMNS:], meeting)
    if not rows:
        raise Unknown
    return here, seen(rows[0]), _leaders(here, rows)


async def comers(viewer: Viewer, group: UUID, meeting: UUID) -> tuple[Seen, list[Comer], dict[str, str]]:
    """Who comes, by name, those who wait last and in their order; and how it was, once enough said so.

    Raises Unknown.
    """
    here = await led(viewer, group)
    rows = await fetch(_COMERS, *_asked(viewer, here), meeting)
    if not rows:
        raise Unknown
    listed = [row for row in rows if row["comer"] and row["comer_state"] in (rules.IN, rules.WAITING)]
    counts = {key: sum(row["comer_felt"] == key for row in listed) for key in rules.FELT}
    found = [
        Comer(as_uuid(r["comer"]), r["name"], r["comer_state"], r["came"], bool(r["said_at"])) for r in listed
    ]
    return seen(rows[0]), found, rules.mix(counts)


def _leaders(here: Room, rows: Sequence[Row]) -> Leaders:
    names = {as_uuid(row["leader"]): row["leader_name"] for row in rows}
    team = frozenset(as_uuid(row["leader"]) for row in rows if row["team"])
    return Leaders(names, team, here.staff and any(row["ours"] for row in rows))


def _asked(viewer: Viewer, here: Room) -> tuple[object, ...]:
    """The arguments of _MEETING."""
    me = viewer.person
    return (*_sees(viewer), me, here.id, here.leads, here.leads, me, me)


def _sees(viewer: Viewer) -> tuple[object, ...]:
    """The arguments of _COLUMNS: to whom, and from when on, the address is shown."""
    at, grown = now(), viewer.band not in rules.CONSENT
    until = (viewer.acts_as("moderator"), grown, at + rules.ADDRESS_SHOWN, at)
    return (*until, viewer.person, viewer.person)


def _place(text: str, at: datetime) -> tuple[datetime, UUID]:
    """Where the page before ended; anything unreadable starts at the beginning, which is now."""
    try:
        ends, _, last = text.rpartition(".")
        return max(at, as_moment(ends)), UUID(last)
    except (ValueError, OverflowError):
        return at, UUID(int=0)


_TEAM = f"""EXISTS (SELECT 1 FROM staff_role s WHERE s.person = p.id AND s.removed_at IS NULL
    AND s.role IN {STAFF})"""  # noqa: S608 - our own words
_ADULT = "p.band NOT IN ('a', 'b') AND p.leaving_at IS NULL"
_LEADERS = f"""
SELECT p.id AS leader, p.name AS leader_name, {_TEAM} AS team, EXISTS (SELECT 1 FROM peer_group g
    JOIN staff_role s ON s.person = g.made_by AND s.role IN {STAFF} WHERE g.id = {{}}) AS ours
FROM person p WHERE {_ADULT} AND ({_TEAM} OR EXISTS (
    SELECT 1 FROM membership k WHERE k.grp = {{}} AND k.person = p.id AND k.state = 'in' AND k.facilitator))
"""  # noqa: S608 - our own words
_COLUMNS = """
m.id, m.grp, m.series, m.title, m.about, m.wall, m.zone, m.starts_at, m.ends_at, m.minutes, m.mode, m.cap,
m.notes, m.access, m.lang, m.area, m.expect, m.host, m.second, m.agreed_at, m.changes, m.cancelled_at, m.why,
m.slow, m.pinned, m.closed_at,
CASE WHEN {} OR (r.state IN ('in', 'leads') AND ({} OR r.agreed_at IS NOT NULL) AND m.cancelled_at IS NULL
    AND m.starts_at <= {} AND m.ends_at > {})
    THEN m.address ELSE '' END AS shown_address,
(SELECT p.name FROM person p JOIN registration c ON c.meeting = m.id AND c.person = p.id AND c.state = 'leads'
    WHERE p.id = m.host) AS host_name,
(SELECT p.name FROM person p JOIN registration c ON c.meeting = m.id AND c.person = p.id AND c.state = 'leads'
    WHERE p.id = m.second) AS second_name,
(SELECT COUNT(*) FROM registration c WHERE c.meeting = m.id AND c.state = 'in') AS going,
(SELECT COUNT(*) FROM registration c WHERE c.meeting = m.id AND c.state = 'waiting') AS waiting,
r.state, r.felt, r.said_at, r.agreed_at AS adult_at,
(SELECT c.tz FROM reminder_choice c WHERE c.person = {}) AS chosen_tz,
(SELECT e.tz FROM entry e WHERE e.person = {}
    ORDER BY e.local_date DESC, e.felt_at DESC, e.id DESC LIMIT 1) AS written_tz
"""
_NAMES = re.findall(r"(?:\bAS |[mr]\.)(\w+)(?=,|\n)", _COLUMNS)
_APART = groups_reading.apart("m", "{}")
_WHERE = f"""LEFT JOIN registration r ON r.meeting = m.id AND r.person = {{}}
WHERE m.grp = {{}} AND (m.agreed_at IS NOT NULL OR {{}}) AND ({{}} OR NOT {_APART})"""
_LEADS = "({} OR (k.state = 'in' AND k.facilitator))"
_WITH_ITS_GROUP = f"""
SELECT k.*, {", ".join(f"t.{name} AS meeting_{name}" for name in _NAMES)}
FROM ({groups_reading.ROOM} AND g.id = {{}}) AS k JOIN (
    SELECT {_COLUMNS}, {_APART} AS apart FROM meeting m
    LEFT JOIN registration r ON r.meeting = m.id AND r.person = {{}} WHERE m.id = {{}} AND m.grp = {{}}
) AS t ON (t.agreed_at IS NOT NULL OR {_LEADS}) AND ({_LEADS} OR NOT t.apart)
"""  # noqa: S608 - our own words
_IN_COLUMNS = _COLUMNS.count("{}")
_TO_CHANGE = f"""
SELECT {_COLUMNS}, l.leader, l.leader_name, l.team, l.ours FROM meeting m JOIN ({_LEADERS}) AS l ON TRUE
{_WHERE} AND m.id = {{}} ORDER BY l.leader_name
"""  # noqa: S608 - our own words
_COMING = f"""
SELECT * FROM (SELECT 1 AS part, {_COLUMNS} FROM meeting m {_WHERE}
    AND (m.ends_at, m.id) > ({{}}, {{}}) ORDER BY m.ends_at, m.id LIMIT {{}}) AS one
"""  # noqa: S608 - our own words
_EARLIER = f"""
SELECT * FROM (SELECT 2 AS part, {_COLUMNS} FROM meeting m {_WHERE}
    AND m.ends_at <= {{}} AND m.ends_at > {{}} AND m.cancelled_at IS NULL
    AND (r.state IN ('in', 'leads') OR {{}})
    ORDER BY m.ends_at DESC LIMIT {{}}) AS two
"""  # noqa: S608 - our own words
_COMERS = f"""
SELECT {_COLUMNS}, o.person AS comer, o.state AS comer_state, o.came, o.felt AS comer_felt,
    o.agreed_at AS said_at, p.name
FROM meeting m LEFT JOIN registration o ON o.meeting = m.id LEFT JOIN person p ON p.id = o.person
{_WHERE} AND m.id = {{}} ORDER BY o.state, CASE WHEN o.state = 'in' THEN p.name ELSE '' END, o.at
"""  # noqa: S608 - our own words
