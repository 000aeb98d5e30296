"""What waits at the desk, in which order: a page costs the same whether ten wait or ten thousand."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from care import queue as order
from care.clock import now
from care.moments import YEARS
from care.queue import Place
from db.devices import Viewer
from db.journal_rows import as_moment, as_uuid
from db.moderation_rows import Row
from db.moderation_tables import Hold
from db.shifts import desk

PER_PAGE = 20
MOST_COUNTED = 100
HANDED_FOR = timedelta(minutes=30)
"""So long it is the buddy's alone; then everybody sees it again, lest it be forgotten."""


@dataclass(frozen=True, slots=True)
class Waiting:
    """One line of the queue: enough to choose, without a word of what was written."""

    id: UUID
    kind: str
    reason: str
    risk: int
    since: datetime
    person: str
    band: str
    what: str
    tier: str
    labels: tuple[str, ...]
    mine: bool

    def counts_as(self, at: datetime) -> int:
        return order.tier(self.risk, self.since, at)


@dataclass(frozen=True)
class Queue:
    """`waiting` is counted no further than MOST_COUNTED."""

    items: list[Waiting]
    waiting: int
    oldest: datetime | None
    at: datetime
    next: str = ""


async def queue(viewer: Viewer, after: str = "") -> Queue:
    """Two statements, whatever waits: the head of each risk read from its index, and a count."""
    desk(viewer)
    place = _read(after)
    at = place.at if place else now()
    bounds, free_since = order.bounds(place), at - HANDED_FOR
    args: list[object] = []
    for risk in order.TIERS:
        args += [risk, *bounds[risk], viewer.person, free_since, PER_PAGE + 1]
    rows = await Hold.raw(" UNION ALL ".join(_HEAD for _ in order.TIERS), *args)
    ranked = order.ordered([_waiting(row, viewer) for row in rows], at)
    counted = await Hold.raw(_COUNT, MOST_COUNTED)
    return Queue(
        ranked[:PER_PAGE],
        counted[0]["n"],
        min((one.since for one in ranked), default=None),
        at,
        _write(ranked[PER_PAGE - 1], at) if len(ranked) > PER_PAGE else "",
    )


async def one(viewer: Viewer, hold: UUID) -> tuple[Waiting, UUID, UUID] | None:
    """With its subject and the person it concerns; None when it no longer waits."""
    desk(viewer)
    rows = await Hold.raw(_ONE, hold)
    if not rows:
        return None
    return _waiting(rows[0], viewer), as_uuid(rows[0]["subject"]), as_uuid(rows[0]["author"])


_LINE = """
SELECT hold.id, hold.kind, hold.subject, hold.reason, hold.risk, hold.since, hold.handed_to,
    person.id AS author, person.name, person.band, item.kind AS what, item.tier, item.labels
FROM hold JOIN person ON person.id = hold.person LEFT JOIN item ON item.id = hold.subject
WHERE hold.ended_at IS NULL
"""
_ONE = f"{_LINE} AND hold.id = {{}}"
_HEAD = f"""SELECT * FROM ({_LINE} AND hold.risk = {{}} AND (hold.since, hold.id) > ({{}}, {{}})
    AND (hold.handed_to IS NULL OR hold.handed_to = {{}} OR hold.handed_at < {{}})
    ORDER BY hold.since, hold.id LIMIT {{}}) AS head"""  # noqa: S608 - our own words
_COUNT = "SELECT count(*) AS n FROM (SELECT 1 FROM hold WHERE ended_at IS NULL LIMIT {}) AS waiting"


def _waiting(row: Row, viewer: Viewer) -> Waiting:
    return Waiting(
        id=as_uuid(row["id"]),
        kind=row["kind"],
        reason=row["reason"],
        risk=row["risk"],
        since=as_moment(row["since"]),
        person=row["name"],
        band=row["band"],
        what=row["what"] or "",
        tier=row["tier"] or "none",
        labels=tuple((row["labels"] or "").split()),
        mine=as_uuid(row["author"]) == viewer.person,
    )


def _write(last: Waiting, at: datetime) -> str:
    return f"{at.isoformat()}_{last.counts_as(at)}_{last.since.isoformat()}_{last.id.hex}"


def _read(text: str) -> Place | None:
    try:
        at, tier, since, id = text.split("_")
        place = Place(as_moment(at), int(tier), as_moment(since), UUID(id))
    except (ValueError, OverflowError):
        return None
    return place if place.tier in order.TIERS and place.at.year in YEARS else None
