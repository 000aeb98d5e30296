"""The desk: what waits, in which order; one item with all around it. Opening what is not public is logged."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from care import ladder, rulings
from care import queue as order
from care.clock import now
from care.ladder import Mark
from care.queue import Place
from care.rulings import LEAD, MODERATOR, WITHDRAWN
from db import desk_context, keys, ledger, moderation_rows, reports
from db.desk_context import Author, Told
from db.devices import Viewer
from db.journal_rows import as_moment, as_uuid
from db.ledger import Entry
from db.moderation_rows import COLUMNS, Row, Shown
from db.moderation_tables import Appeal, Evidence, Hold, Item
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


@dataclass(frozen=True)
class Seen:
    """All that is needed to decide. `item` is None when only a person was reported."""

    hold: Waiting
    item: Shown | None
    pieces: list[tuple[str, Mark | None]]
    marks: list[Mark]
    about: str
    author: Author
    history: list[Entry]
    around: list[Shown]
    reports: list[Told]
    appeal: str
    actions: tuple[str, ...]
    blur: bool


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


async def look(viewer: Viewer, hold: UUID) -> Seen | None:
    """Opens one: from here on it is known that they read it. None when it no longer waits."""
    desk(viewer)
    rows = await Hold.raw(_ONE, hold)
    if not rows:
        return None
    found = _waiting(rows[0], viewer)
    subject, person = as_uuid(rows[0]["subject"]), as_uuid(rows[0]["author"])
    await ledger.saw(viewer.person, subject, found.kind)
    await reports.looked(subject)
    item, row = (None, None) if found.kind == "person" else await _item(subject)
    history = await ledger.of(subject, person)
    marks = list(ladder.marks(*ladder.read(item.words))) if item else []
    return Seen(
        found,
        item,
        ladder.pieces(item.words, marks) if item else [],
        marks,
        row["about"] if row else "none",
        await desk_context.author(person),
        history,
        await desk_context.around(item, viewer) if item else [],
        await desk_context.reports(subject),
        await _appeal(subject, person) if found.kind == "appeal" else "",
        _actions(found, item, viewer, history),
        bool(row and (row["tier"] != "none" or row["labels"])),
    )


async def next_for(viewer: Viewer) -> UUID | None:
    """The one to read next, after a decision."""
    heads = (await queue(viewer)).items
    return heads[0].id if heads else None


def role_of(viewer: Viewer) -> str:
    return LEAD if viewer.acts_as("safeguarding") else MODERATOR


def _actions(found: Waiting, item: Shown | None, viewer: Viewer, history: list[Entry]) -> tuple[str, ...]:
    """Nobody decides about themselves, and an appeal is for somebody who did not decide before."""
    if found.mine:
        return ()
    if item is None or item.state == WITHDRAWN:
        return ("close",)
    if found.kind == "appeal":
        decided = {one.by for one in history if one.action in ("return", "remove")}
        return () if viewer.person in decided else ("uphold", "reverse")
    offered = rulings.offered(item.state, role_of(viewer))
    return tuple(action for action in offered if not (item.private and action == "publish"))


async def _item(item: UUID) -> tuple[Shown | None, Row | None]:
    """Also what its author took back, as it was when it was reported or put aside."""
    sql = f"SELECT {COLUMNS} FROM item JOIN person ON person.id = item.author WHERE item.id = {{}}"  # noqa: S608
    rows = await Item.raw(sql, item)
    if not rows:
        return None, None
    if not rows[0]["sealed"]:
        copy = (
            await Evidence.select(Evidence.sealed)
            .where(Evidence.item == item)
            .order_by(Evidence.version, ascending=False)
            .first()
        )
        rows[0]["sealed"] = copy["sealed"] if copy else b""
    found = await moderation_rows.shown(rows, UUID(int=0))
    return (found[0], rows[0]) if found else (None, rows[0])


async def _appeal(item: UUID, author: UUID) -> str:
    open_ = (Appeal.item == item) & (Appeal.state == "open")
    row = await Appeal.select(Appeal.id, Appeal.sealed).where(open_).first()
    if row is None:
        return ""
    try:
        return (await keys.open(author, "appeal", "sealed", row["id"], bytes(row["sealed"]))).decode()
    except keys.Shredded:
        return ""


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
        return Place(as_moment(at), int(tier), as_moment(since), UUID(id))
    except (ValueError, OverflowError):
        return None


@dataclass(frozen=True, slots=True)
class Whose:
    person: UUID
    item: UUID | None


async def whose(viewer: Viewer, hold: UUID) -> Whose | None:
    """The person an open hold concerns, and the item if there is one."""
    desk(viewer)
    row = (
        await Hold.select(Hold.person, Hold.subject, Hold.kind)
        .where(Hold.id == hold, Hold.ended_at.is_null())
        .first()
    )
    if row is None:
        return None
    return Whose(row["person"], None if row["kind"] == "person" else row["subject"])
