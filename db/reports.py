"""Telling us about an item or a person. Whoever is reported never learns who told us, and gets no message."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID, uuid5

from care import reports as rules
from care import rulings
from care.clock import now
from care.reports import Flag
from care.rulings import HIDDEN, PUBLISHED, READER
from db import holds, keys, ledger, limits, moderation, notices, shifts
from db.devices import Viewer
from db.engine import UNIQUE, fetch, transaction
from db.ids import uuid7
from db.journal_rows import as_moment, as_uuid
from db.ledger import Fact
from db.limits import Limit
from db.moderation_tables import Item, Report, Unseen
from db.tables import Person

PER_DAY = Limit("report", 10, timedelta(days=1))
DANGER_PER_DAY = Limit("report danger", 30, timedelta(days=1))
"""Wider, so that nobody who worries about many people is turned away; it still stops a machine."""


class Unknown(Exception):
    """There is nothing like that for this viewer."""


@dataclass(frozen=True, slots=True)
class Receipt:
    """What the reporter sees of it, in You → Safety."""

    id: UUID
    kind: str
    reason: str
    status: str
    outcome: str
    at: datetime


async def report(
    viewer: Viewer,
    kind: str,
    subject: UUID,
    reason: str,
    *,
    text: str = "",
    hide: bool = True,
    cid: UUID | None = None,
) -> None:
    """`kind` is item or person. The same again changes nothing: about something they have told us of and
    nobody has decided, or with the same `cid`, the phone's, however long its answer was lost.

    Raises Unknown, TooMany.
    """
    # The row's own id, theirs alone whatever number their phone sends.
    id = uuid5(viewer.person, str(cid)) if cid else uuid7()
    # Asked first: what they told us of may be hidden from them since, because they told us.
    if await _told_already(viewer, subject, id):
        return
    about = await _about(viewer, kind, subject)
    await limits.take(DANGER_PER_DAY if reason == "danger" else PER_DAY, str(viewer.person))
    row = Report(id=id, reporter=viewer.person, subject=subject, kind=kind, about=about, reason=reason)
    said = text[: rules.LONGEST].encode("utf-8", "replace")
    row.sealed = await keys.seal(viewer.person, "report", "sealed", row.id, said) if said else b""
    row.status, row.outcome, row.at = "received", "", now()
    try:
        async with transaction():
            row.counts = await _counts(viewer.person)
            await Report.insert(row)
            await _keep(viewer, row, hide)
            queue = "person" if kind == "person" else "report"
            await holds.begin(queue, subject, about, reason, rules.risk(reason))
            await _hide_if_enough(row)
            if reason == "danger":
                await shifts.call()
    except UNIQUE:  # sent twice at once
        return


async def hide(viewer: Viewer, item: UUID) -> None:
    """For this viewer only."""
    row = Unseen(id=uuid7(), person=viewer.person, item=item, at=now())
    await Unseen.insert(row).on_conflict(target=(Unseen.person, Unseen.item), action="DO NOTHING")


async def receipts(viewer: Viewer) -> list[Receipt]:
    """Newest first."""
    rows = (
        await Report.select(Report.id, Report.kind, Report.reason, Report.status, Report.outcome, Report.at)
        .where(Report.reporter == viewer.person)
        .order_by(Report.at, Report.id, ascending=False)
        .limit(50)
    )
    return [Receipt(**{**row, "id": as_uuid(row["id"]), "at": as_moment(row["at"])}) for row in rows]


async def looked(subject: UUID) -> None:
    """Somebody at the desk opened it."""
    fresh = (Report.subject == subject) & (Report.status == "received")
    await Report.update({Report.status: "looked"}).where(fresh)


async def close(subject: UUID, outcome: str) -> None:
    """Joins the caller's transaction: the decision and what the reporters are told are one."""
    still = (Report.subject == subject) & Report.done_at.is_null()
    values: dict[Any, Any] = {Report.status: "done", Report.outcome: outcome, Report.done_at: now()}
    await Report.update(values).where(still)


async def _about(viewer: Viewer, kind: str, subject: UUID) -> UUID:
    if kind == "item":
        found = await moderation.find(viewer, subject)
        if found is None or found.mine:
            raise Unknown
        return found.author
    await may_report(viewer, subject)
    return subject


async def may_report(viewer: Viewer, person: UUID) -> None:
    """Somebody else of their own side. Raises Unknown."""
    row = await Person.select(Person.band).where(Person.id == person).first()
    if row is None or person == viewer.person or rulings.side(row["band"]) != rulings.side(viewer.band):
        raise Unknown


async def _told_already(viewer: Viewer, subject: UUID, id: UUID) -> bool:
    still = (Report.subject == subject) & Report.done_at.is_null()
    return bool(await Report.exists().where(Report.reporter == viewer.person, still | (Report.id == id)))


async def _counts(reporter: UUID) -> bool:
    joined = await Person.select(Person.created_at).where(Person.id == reporter).first()
    rows = (
        await Report.select(Report.outcome)
        .where(Report.reporter == reporter, Report.done_at.is_not_null())
        .order_by(Report.at, ascending=False)
        .limit(20)
    )
    wrong = sum(row["outcome"] == "kept" for row in rows)
    since = as_moment(joined["created_at"]) if joined else now()
    return rules.counts(since, now(), len(rows) - wrong, wrong)


async def _keep(viewer: Viewer, row: Report, hide_it: bool) -> None:
    if row.kind != "item":
        return
    item = await Item.objects().where(Item.id == row.subject).first()
    if item is not None:
        await moderation.keep(item)
        if hide_it:
            await hide(viewer, row.subject)


async def _hide_if_enough(row: Report) -> None:
    """Only once, and only what is public: the row decides, so that two reports at once hide it once.

    Nor can each of two at once miss the other: beginning the hold made the second wait for the first.
    """
    if row.kind != "item" or not rules.hides(await _flags(row.subject)):
        return
    rulings.move(PUBLISHED, "hide", READER)
    public = (Item.id == row.subject) & (Item.state == PUBLISHED)
    values: dict[Any, Any] = {Item.state: HIDDEN, Item.reason: "reports"}
    gone = await Item.update(values).where(public).returning(Item.author, Item.version)
    if gone:
        author = as_uuid(gone[0]["author"])
        fact = Fact(row.subject, author, "hide", PUBLISHED, HIDDEN, why="reports", version=gone[0]["version"])
        await ledger.write(fact)
        await notices.leave(author, "held", f"/moderation/mine/{row.subject}")


async def _flags(subject: UUID) -> list[Flag]:
    """Those that count and are open, with the places of whoever gave them; none while there are too few."""
    open_ = (Report.subject == subject) & Report.done_at.is_null()
    rows = await Report.select(Report.reporter, Report.at).where(open_, Report.counts.eq(True))
    if len(rows) < rules.ENOUGH:
        return []
    places: dict[UUID, set[UUID]] = {}
    for found in await fetch(_PLACES, subject, subject):
        places.setdefault(as_uuid(found["author"]), set()).add(as_uuid(found["place"]))
    told = [(as_uuid(row["reporter"]), as_moment(row["at"])) for row in rows]
    return [Flag(who, at, True, frozenset(places.get(who, ()))) for who, at in told]


_PLACES = """
SELECT DISTINCT item.author, COALESCE(item.place, item.id) AS place FROM item
JOIN report ON report.reporter = item.author
WHERE report.subject = {} AND report.done_at IS NULL AND report.counts
UNION
SELECT membership.person, membership.grp FROM membership JOIN report ON report.reporter = membership.person
WHERE report.subject = {} AND report.done_at IS NULL AND report.counts AND membership.state IN ('in', 'out')
"""
"""Where they wrote, seen by others or not: a thread is named by what it answers, so who began it is in it.
And the groups they are or were in, whether they write there or not."""
