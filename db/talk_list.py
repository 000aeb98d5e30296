"""Which talks there are: a person's own, the leads' list, and whether one is open. Without a word of any."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from care.clock import now
from care.talk import PERSON
from db.devices import Viewer
from db.journal_rows import as_moment, as_uuid
from db.moderation_rows import Row, moment
from db.talk import lead
from db.talk_tables import Talk

MOST = 50


@dataclass(frozen=True, slots=True)
class Listed:
    """One line of a list: no words of anybody."""

    id: UUID
    name: str
    band: str
    at: datetime
    said_at: datetime
    theirs: bool
    """The person spoke last."""
    again_at: datetime | None
    ended_at: datetime | None


async def of_mine(viewer: Viewer) -> list[tuple[UUID, datetime, bool]]:
    """Id, when it began and whether it is open; newest first."""
    rows = (
        await Talk.select(Talk.id, Talk.at, Talk.ended_at)
        .where(Talk.person == viewer.person)
        .order_by(Talk.at, Talk.id, ascending=False)
        .limit(MOST)
    )
    return [(as_uuid(row["id"]), as_moment(row["at"]), row["ended_at"] is None) for row in rows]


async def open_ones(viewer: Viewer) -> list[Listed]:
    """All that are open, those where a lead should speak first, then the longest silent; and after
    them the twenty that ended last."""
    lead(viewer)
    rows = await Talk.raw(_LIST, viewer.person, viewer.person)
    found = [_listed(row) for row in rows]
    at = now()
    return sorted(found, key=lambda one: _rank(one, at))


async def open_for(person: UUID) -> UUID | None:
    """The open talk with somebody. To whoever may not read it, only that there is one may be told."""
    row = await Talk.select(Talk.id).where(Talk.person == person, Talk.ended_at.is_null()).first()
    return as_uuid(row["id"]) if row else None


_LIST = """
SELECT * FROM (SELECT talk.*, person.name, person.band FROM talk JOIN person ON person.id = talk.person
    WHERE talk.ended_at IS NULL AND talk.person <> {} ORDER BY talk.said_at, talk.id LIMIT 200) AS open_ones
UNION ALL
SELECT * FROM (SELECT talk.*, person.name, person.band FROM talk JOIN person ON person.id = talk.person
    WHERE talk.ended_at IS NOT NULL AND talk.person <> {}
    ORDER BY talk.ended_at DESC, talk.id DESC LIMIT 20) AS ended_ones
"""


def _listed(row: Row) -> Listed:
    return Listed(
        as_uuid(row["id"]),
        row["name"],
        row["band"],
        as_moment(row["at"]),
        as_moment(row["said_at"]),
        row["turn"] == PERSON,
        moment(row["again_at"]),
        moment(row["ended_at"]),
    )


def _rank(one: Listed, at: datetime) -> tuple[int, float]:
    if one.ended_at:
        return 2, -one.ended_at.timestamp()
    due = one.theirs or (one.again_at is not None and one.again_at <= at)
    return (0 if due else 1), one.said_at.timestamp()
