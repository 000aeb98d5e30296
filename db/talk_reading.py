"""A talk as the person reads it, and as the leads do."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from care.clock import now
from care.queue import hours
from db import keys, ledger, safe, shifts
from db.devices import Viewer
from db.ids import uuid7
from db.journal_rows import as_moment, as_uuid
from db.moderation_rows import Row, moment
from db.safe import Answered
from db.shifts import Wait
from db.talk import lead
from db.talk_tables import Talk, TalkNote

PER_PAGE = 50


@dataclass(frozen=True, slots=True)
class Line:
    """`answer` is set for "are you safe?", `text` for a message; empty when the key is destroyed."""

    who: str
    text: str
    answer: str
    at: datetime


@dataclass(frozen=True)
class Talking:
    """One talk with its newest lines, oldest first, and when a lead looks at it."""

    id: UUID
    at: datetime
    ended_at: datetime | None
    by_person: bool
    lines: list[Line]
    older: str
    wait: Wait

    @property
    def safe(self) -> Line | None:
        """What they answered last, on this page."""
        return next((line for line in reversed(self.lines) if line.answer), None)


@dataclass(frozen=True)
class Case:
    """The leads' side of it."""

    talk: Talking
    person: UUID
    name: str
    band: str
    item: UUID | None
    hold: UUID | None
    """Where its words still wait at the desk."""
    again_at: datetime | None
    outcome: str
    notes: list[tuple[str, datetime]]
    on_card: list[Answered]


async def mine(viewer: Viewer, talk: UUID, before: str = "") -> Talking | None:
    """Two statements. None for what is not theirs."""
    rows = await Talk.raw(f"{_ONE} WHERE talk.id = {{}} AND talk.person = {{}}", now(), talk, viewer.person)
    return await _talking(rows[0], viewer.person, before) if rows else None


async def look(viewer: Viewer, talk: UUID, before: str = "") -> Case | None:
    """Opens it for a lead: from here on it is known that they read it. None for one about themselves."""
    lead(viewer)
    rows = await Talk.raw(f"{_ONE} WHERE talk.id = {{}}", now(), talk)
    if not rows or as_uuid(rows[0]["person"]) == viewer.person:
        return None
    row, person = rows[0], as_uuid(rows[0]["person"])
    await ledger.saw(viewer.person, talk, "talk")
    item = as_uuid(row["item"]) if row["item"] else None
    return Case(
        await _talking(row, person, before),
        person,
        row["name"],
        row["band"],
        item,
        as_uuid(row["hold"]) if row["hold"] else None,
        moment(row["again_at"]),
        row["outcome"],
        await _notes(talk, person),
        await safe.of(item) if item else [],
    )


_LEADS_ON = shifts.on_duty("safeguarding")
_ONE = f"""
SELECT talk.*, person.name, person.band,
    EXISTS ({_LEADS_ON}) AS lead_on,
    (SELECT value FROM instance WHERE name = 'staffed_hours') AS staffed,
    (SELECT hold.id FROM hold WHERE hold.subject = talk.item AND hold.kind = 'item'
        AND hold.ended_at IS NULL) AS hold
FROM talk JOIN person ON person.id = talk.person
"""  # noqa: S608 - our own words
_LINES = """
SELECT * FROM (
    SELECT id, who, sealed, '' AS answer, at FROM talk_line WHERE talk = {} AND (at, id) < ({}, {})
    UNION ALL
    SELECT id, 'person' AS who, NULL AS sealed, answer, at FROM safe_answer
        WHERE talk = {} AND (at, id) < ({}, {})
) AS lines ORDER BY at DESC, id DESC LIMIT {}
"""


async def _talking(row: Row, person: UUID, before: str) -> Talking:
    talk = as_uuid(row["id"])
    place = _place(before)
    rows = await Talk.raw(_LINES, talk, *place, talk, *place, PER_PAGE + 1)
    ended_by = as_uuid(row["ended_by"]) if row["ended_by"] else None
    return Talking(
        talk,
        as_moment(row["at"]),
        moment(row["ended_at"]),
        ended_by == person,
        [await _line(each, person) for each in rows[:PER_PAGE]][::-1],
        _after(rows[PER_PAGE - 1]) if len(rows) > PER_PAGE else "",
        _wait(row),
    )


def _wait(row: Row) -> Wait:
    """Of the leads, not of the desk: a moderator on duty cannot read it."""
    if row["lead_on"]:
        return Wait(True, None, None)
    set_hours = hours(row["staffed"] or "")
    return Wait(False, None, set_hours.next(now()) if set_hours else None)


async def _line(row: Row, person: UUID) -> Line:
    text = await _said(person, "talk_line", row) if row["sealed"] else ""
    return Line(row["who"], text, row["answer"], as_moment(row["at"]))


async def _notes(talk: UUID, person: UUID) -> list[tuple[str, datetime]]:
    query = TalkNote.select(TalkNote.id, TalkNote.sealed, TalkNote.at).where(TalkNote.talk == talk)
    rows = await query.order_by(TalkNote.at, TalkNote.id).limit(PER_PAGE)
    return [(await _said(person, "talk_note", row), as_moment(row["at"])) for row in rows]


async def _said(person: UUID, table: str, row: Row) -> str:
    try:
        return (await keys.open(person, table, "sealed", as_uuid(row["id"]), bytes(row["sealed"]))).decode()
    except keys.Shredded:
        return ""


def _after(row: Row) -> str:
    return f"{as_moment(row['at']).isoformat()}.{as_uuid(row['id']).hex}"


def _place(text: str) -> tuple[datetime, UUID]:
    """Where the page before ended; anything unreadable starts at the newest."""
    try:
        at, _, row = text.rpartition(".")
        return as_moment(at), UUID(row)
    except (ValueError, OverflowError):
        return now() + timedelta(days=1), uuid7()
