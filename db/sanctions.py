"""What somebody may not do for a while: pauses, being read first, and bans, which take two people.

None of them touches the journal, the plan or help. Words about one's own danger never lead to any.
"""

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from care import ladder
from care.clock import now
from db import ledger, notices
from db.devices import Viewer
from db.engine import transaction
from db.ids import uuid7
from db.ledger import Fact
from db.moderation_tables import Item, Sanction
from db.shifts import desk

PAUSE, RESTRICT, BAN = "pause", "restrict", "ban"
SHORTEST, LONGEST = timedelta(hours=1), timedelta(days=7)
RESTRICTED = timedelta(days=14)


class Paused(Exception):
    """They may read, write their journal and get help, but share nothing until then; None: for good."""

    def __init__(self, until: datetime | None) -> None:
        super().__init__("paused")
        self.until = until


class Refused(Exception):
    """This may not be done: by this person, or for these words."""


async def stop_if_paused(person: UUID) -> None:
    """Raises Paused."""
    rows = await _standing(person, PAUSE, BAN)
    if rows:
        ends = [row["until"] for row in rows]
        raise Paused(None if None in ends else max(ends))


async def restricted(person: UUID) -> bool:
    return bool(await _standing(person, RESTRICT))


async def pause(viewer: Viewer, person: UUID, length: timedelta, why: str, item: UUID | None = None) -> None:
    """One hour to seven days; after it, everything they share is read first for 14 days. Raises Refused."""
    desk(viewer)
    await _may_cost(viewer, person, item)
    until = now() + min(max(length, SHORTEST), LONGEST)
    async with transaction():
        for kind, ends in ((PAUSE, until), (RESTRICT, until + RESTRICTED)):
            row = Sanction(id=uuid7(), person=person, kind=kind, item=item, why=why, by=viewer.person)
            row.at = row.since = now()
            row.until = ends
            await Sanction.insert(row)
        await ledger.write(Fact(item, person, PAUSE, "active", "paused", viewer.person, why))
        await notices.leave(person, "account", "/moderation/mine")


async def propose_ban(viewer: Viewer, person: UUID, why: str, item: UUID | None = None) -> UUID:
    """Does nothing yet: a second person must agree. Raises Refused."""
    desk(viewer)
    await _may_cost(viewer, person, item)
    async with transaction():
        row = Sanction(id=uuid7(), person=person, kind=BAN, item=item, why=why, by=viewer.person, at=now())
        await Sanction.insert(row)
        await ledger.write(Fact(item, person, "propose", "active", "active", viewer.person, why))
    return row.id


async def agree(viewer: Viewer, ban: UUID) -> None:
    """The second of the two. Raises Refused for the first, for the person themselves, and when it is done."""
    desk(viewer)
    async with transaction():
        others = (Sanction.by != viewer.person) & (Sanction.person != viewer.person)
        open_ = (Sanction.id == ban) & (Sanction.kind == BAN) & Sanction.since.is_null()
        still = open_ & Sanction.ended_at.is_null() & others
        values: dict[Any, Any] = {Sanction.second: viewer.person, Sanction.since: now()}
        rows = await Sanction.update(values).where(still).returning(Sanction.person, Sanction.why)
        if not rows:
            raise Refused
        person = rows[0]["person"]
        await ledger.write(Fact(None, person, BAN, "active", "banned", viewer.person, rows[0]["why"]))
        await notices.leave(person, "account", "/moderation/mine")


async def end(viewer: Viewer, sanction: UUID) -> None:
    """Takes a pause or a ban back, or a proposal. Raises Refused."""
    desk(viewer)
    async with transaction():
        still = (Sanction.id == sanction) & Sanction.ended_at.is_null() & (Sanction.person != viewer.person)
        rows = (
            await Sanction.update({Sanction.ended_at: now()})
            .where(still)
            .returning(Sanction.person, Sanction.kind)
        )
        if not rows:
            raise Refused
        await ledger.write(Fact(None, rows[0]["person"], "lift", rows[0]["kind"], "active", viewer.person))


async def standing(viewer: Viewer) -> datetime | bool | None:
    """For the person themselves: until when they are paused, None for good, False when they are not."""
    try:
        await stop_if_paused(viewer.person)
    except Paused as paused:
        return paused.until
    return False


async def of(viewer: Viewer, person: UUID) -> list[dict[str, object]]:
    """For the desk: what stands, and what waits for a second person."""
    desk(viewer)
    rows: list[dict[str, object]] = await (
        Sanction.select(Sanction.id, Sanction.kind, Sanction.why, Sanction.by, Sanction.since, Sanction.until)
        .where(Sanction.person == person, Sanction.ended_at.is_null())
        .where((Sanction.until > now()) | Sanction.until.is_null())
        .order_by(Sanction.at)
    )
    return rows


async def _standing(person: UUID, *kinds: str) -> list[dict[str, datetime]]:
    begun = (Sanction.person == person) & Sanction.kind.is_in(list(kinds)) & Sanction.since.is_not_null()
    still = Sanction.ended_at.is_null() & ((Sanction.until > now()) | Sanction.until.is_null())
    rows: list[dict[str, datetime]] = await Sanction.select(Sanction.until).where(begun & still)
    return rows


async def _may_cost(viewer: Viewer, person: UUID, item: UUID | None) -> None:
    """Nobody rules on themselves, and crisis is never a strike."""
    if person == viewer.person:
        raise Refused
    if item is not None:
        row = await Item.select(Item.tier, Item.labels).where(Item.id == item, Item.author == person).first()
        if row is None or not ladder.may_cost(row["tier"], row["labels"].split()):
            raise Refused
