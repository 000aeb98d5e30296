"""What follows for somebody who keeps breaking the rules: steps as rows, and a second look at each.

The rules are those of care/sanctions.py. None of it touches the journal, the plan or help, and words about
one's own danger never lead to any.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from care import ladder
from care import sanctions as rules
from care.clock import now
from care.sanctions import BAN, PAUSE, STEPS
from db import holds, ledger, notices
from db.devices import Viewer
from db.engine import transaction
from db.ids import uuid7
from db.journal_rows import as_uuid
from db.ledger import Fact
from db.moderation_rows import moment
from db.moderation_tables import Item, Sanction, SanctionAppeal
from db.shifts import desk

MOST = 100
"""Of the newest: nobody has so many, and what is older counts no more."""


class Paused(Exception):
    """They may read, write their journal and get help, but share nothing until then; None: for good."""

    def __init__(self, until: datetime | None) -> None:
        super().__init__("paused")
        self.until = until


class Refused(Exception):
    """This may not be done: by this person, or for these words."""


@dataclass(frozen=True, slots=True)
class Taken:
    """One step about a person. `appeal` is empty, open, upheld or reversed."""

    id: UUID
    kind: str
    why: str
    by: UUID
    second: UUID | None
    since: datetime | None
    until: datetime | None
    ended_at: datetime | None
    appeal: str = ""


async def stop_if_paused(person: UUID) -> None:
    """Raises Paused."""
    at = now()
    stops = [one for one in rules.standing(await taken(person), at) if "share" in STEPS[one.kind].closes]
    if stops:
        ends = [one.until for one in stops if one.until]
        raise Paused(max(ends) if len(ends) == len(stops) else None)


async def restricted(person: UUID) -> bool:
    return "first" in rules.closed(await taken(person), now())


async def take(
    viewer: Viewer,
    person: UUID,
    kind: str,
    why: str,
    item: UUID | None = None,
    *,
    length: timedelta | None = None,
) -> UUID:
    """One step; what takes two people does nothing yet. `length` is for a pause. Raises Refused."""
    desk(viewer)
    await _may_cost(viewer, person, item)
    step, at, id = STEPS[kind], now(), uuid7()
    row = Sanction(id=id, person=person, kind=kind, item=item, why=why, by=viewer.person, at=at)
    if not step.two:
        row.since, row.until = at, rules.until(kind, at, length)
    async with transaction():
        before = rules.state(await taken(person), at)
        await Sanction.insert(row)
        if step.two:
            await ledger.write(Fact(item, person, "propose", before, before, viewer.person, why))
        else:
            await ledger.write(Fact(item, person, kind, before, step.state, viewer.person, why))
            await notices.leave(person, "account", "/moderation/mine")
    return id


async def pause(viewer: Viewer, person: UUID, length: timedelta, why: str, item: UUID | None = None) -> None:
    """One hour to seven days; after it, everything they share is read first for 14 days. Raises Refused."""
    await take(viewer, person, PAUSE, why, item, length=length)


async def propose_ban(viewer: Viewer, person: UUID, why: str, item: UUID | None = None) -> UUID:
    """Does nothing yet: a second person must agree. Raises Refused."""
    return await take(viewer, person, BAN, why, item)


async def agree(viewer: Viewer, sanction: UUID) -> None:
    """The second of the two. Raises Refused for the first, for the person themselves, and when it is done."""
    desk(viewer)
    at = now()
    async with transaction():
        others = (Sanction.by != viewer.person) & (Sanction.person != viewer.person)
        two = [kind for kind, step in STEPS.items() if step.two]
        open_ = (Sanction.id == sanction) & Sanction.kind.is_in(two) & Sanction.since.is_null()
        still = open_ & Sanction.ended_at.is_null() & others
        row = await Sanction.select(Sanction.kind, Sanction.why, Sanction.person).where(still).first()
        if row is None:
            raise Refused
        kind, person = row["kind"], row["person"]
        before = rules.state(await taken(person), at)
        values: dict[Any, Any] = {Sanction.second: viewer.person, Sanction.since: at}
        values[Sanction.until] = rules.until(kind, at)
        if not await Sanction.update(values).where(still).returning(Sanction.id):
            raise Refused
        await ledger.write(Fact(None, person, kind, before, STEPS[kind].state, viewer.person, row["why"]))
        await notices.leave(person, "account", "/moderation/mine")


async def end(viewer: Viewer, sanction: UUID) -> None:
    """Takes a step back, or a proposal. Raises Refused."""
    desk(viewer)
    async with transaction():
        still = (Sanction.id == sanction) & Sanction.ended_at.is_null() & (Sanction.person != viewer.person)
        gone = Sanction.update({Sanction.ended_at: now()}).where(still)
        rows = await gone.returning(Sanction.person, Sanction.kind, Sanction.since)
        if not rows:
            raise Refused
        await lifted(rows[0], viewer)
        if await holds.end(sanction, "sanction"):
            await close_appeal(sanction, viewer, "reversed")


async def standing(viewer: Viewer) -> list[Taken]:
    """For the person themselves: what stands now, the gravest first."""
    return rules.standing(await taken(viewer.person), now())


async def of(viewer: Viewer, person: UUID) -> list[Taken]:
    """For the desk: everything of the newest hundred that was not taken back, oldest first."""
    desk(viewer)
    return [one for one in await taken(person) if one.ended_at is None]


async def taken(person: UUID) -> list[Taken]:
    """All of it, whether it stands or not, oldest first: one statement."""
    rows = await Sanction.raw(_TAKEN, person, MOST)
    return [
        Taken(
            as_uuid(row["id"]),
            row["kind"],
            row["why"],
            as_uuid(row["by"]),
            as_uuid(row["second"]) if row["second"] else None,
            moment(row["since"]),
            moment(row["until"]),
            moment(row["ended_at"]),
            row["appeal"] or "",
        )
        for row in rows[::-1]
    ]


async def lifted(row: dict[str, Any], by: Viewer) -> None:
    """What follows when a step was taken back. Joins the caller's transaction."""
    person, kind = as_uuid(row["person"]), row["kind"]
    after = rules.state(await taken(person), now())
    await ledger.write(Fact(None, person, "lift", kind, after, by.person))
    if row["since"]:  # a proposal that nobody agreed to was never told
        await notices.leave(person, "account", "/moderation/mine")


async def close_appeal(sanction: UUID, by: Viewer, state: str) -> None:
    """`state` is upheld or reversed. Joins the caller's transaction."""
    still = (SanctionAppeal.sanction == sanction) & (SanctionAppeal.state == "open")
    values: dict[Any, Any] = {SanctionAppeal.state: state, SanctionAppeal.decided_at: now()}
    await SanctionAppeal.update(values | {SanctionAppeal.decided_by: by.person}).where(still)


_TAKEN = """
SELECT sanction.*, (SELECT state FROM sanction_appeal a WHERE a.sanction = sanction.id) AS appeal
FROM sanction WHERE person = {} ORDER BY at DESC, id DESC LIMIT {}
"""


async def _may_cost(viewer: Viewer, person: UUID, item: UUID | None) -> None:
    """Nobody rules on themselves, and crisis is never a strike."""
    if person == viewer.person:
        raise Refused
    if item is not None:
        row = await Item.select(Item.tier, Item.labels).where(Item.id == item, Item.author == person).first()
        if row is None or not ladder.may_cost(row["tier"], row["labels"].split()):
            raise Refused
