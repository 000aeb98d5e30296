"""The one door for every word a member shows others: read, kept and held in one transaction.

`share` and `edit` are the only places where an item's words are written. What others see of it is read
through `seen_by` and `find`, which take the viewer first.
"""

import asyncio
from collections.abc import Awaitable, Callable
from copy import copy
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from uuid import UUID

from care import ladder, rulings
from care.clock import now
from care.ladder import Response
from care.rulings import HELD, PUBLISHED, SAFEGUARDING, WAITING
from care.shared import Draft
from db import answers, holds, ledger, limits, moderation_rows, notices, shifts
from db.devices import Viewer
from db.engine import DB, at_one_go, fetch, transaction
from db.ids import uuid7
from db.journal_rows import as_uuid
from db.ledger import Fact
from db.limits import Limit
from db.moderation_authors import Closed, NoConsent, author
from db.moderation_mine import mine, of_mine, statement
from db.moderation_reading import Page, find, seen_by
from db.moderation_rows import Shown
from db.moderation_tables import Appeal, Evidence, Item
from db.sanctions import Paused

__all__ = [
    "Closed",
    "NoConsent",
    "Page",
    "Paused",
    "Shown",
    "find",
    "mine",
    "of_mine",
    "seen_by",
    "statement",
]

Beside = Callable[[Item, str], Awaitable[None]]
AT_ONCE = 200
"""Characters read in less time than it takes to hand them to another thread and back."""
EVIDENCE = timedelta(days=90)
ACTIONS = {PUBLISHED: "pass", HELD: "hold", SAFEGUARDING: "raise"}


class Unknown(Exception):
    """There is no such item of theirs, or it can no longer be changed like this."""


@dataclass(frozen=True, slots=True)
class Shared:
    """`card` is one of care.ladder.CARDS: what the author is shown now."""

    id: UUID
    state: str
    reason: str
    card: str
    about: str


async def share(
    viewer: Viewer,
    draft: Draft,
    beside: Beside | None = None,
    limit: Limit | None = None,
    first: Callable[[], Awaitable[None]] | None = None,
) -> Shared:
    """Reads the words and keeps them, published or held. The same `cid` again answers the same.

    In the same transaction `first` raises where it may not be, and `beside` writes what stands next to the
    item, given the row and the state before. `limit` counts only what is new: a phone that did not hear our
    answer uses up nobody's turn.
    Raises Closed, Paused, NoConsent, TooMany.
    """
    id, at = uuid7(), now()
    sealed = await moderation_rows.seal(viewer.person, id, draft.words)
    read = await _read(draft)

    async def enter() -> Shared:
        if first is not None:
            await first()
        person = await author(viewer, draft.kind)
        response = ladder.respond(read, draft.kind, person, at)
        row = copy(_BLANK)
        row.id, row.author, row.cid = id, viewer.person, draft.cid or id
        row.kind, row.place = draft.kind, draft.place
        row.band, row.side, row.created_at = person.band, rulings.side(person.band), at
        _fill(row, draft, sealed, response)
        row.published_at = at if response.state == PUBLISHED else None
        if not await fetch(_INSERT, *(getattr(row, name) for name in _COLUMNS)):
            if (sent := await known(viewer, row.cid)) is None:
                raise Unknown
            return sent
        if limit is not None:
            await limits.take(limit, str(viewer.person))
        if beside is not None:
            await beside(row, rulings.DRAFT)
        await _enter(row, rulings.DRAFT, response)
        return Shared(id, response.state, response.reason, response.card, response.about)

    return await at_one_go(enter)


_BLANK = Item(author=UUID(int=0))
"""Copied: to make one anew costs as much as a statement or two."""
_COLUMNS = tuple(column._meta.name for column in Item._meta.columns)
_INSERT = (
    f"INSERT INTO item ({', '.join(_COLUMNS)}) VALUES ({', '.join(['{}'] * len(_COLUMNS))})"  # noqa: S608
    " ON CONFLICT (author, cid) DO NOTHING RETURNING id"
)


async def edit(viewer: Viewer, item: UUID, draft: Draft, beside: Beside | None = None) -> Shared:
    """Every change is read again, and what a person asked to change is read by a person again.

    `beside` as in `share`; what it raises undoes the change. Raises Unknown, Closed, Paused, NoConsent.
    """
    at = now()
    sealed = await moderation_rows.seal(viewer.person, item, draft.words)
    read = await _read(draft)
    async with transaction():
        person = await author(viewer, draft.kind)
        row = await _locked(viewer, item)
        response = ladder.respond(read, row.kind, person, at)
        before, action = row.state, ACTIONS[response.state]
        if action == "pass" and (before != PUBLISHED or row.private):
            action, response = "hold", replace(response, state=HELD, reason="edited")
        if before not in rulings.EDITABLE:
            raise Unknown
        rulings.move(before, action, rulings.READER)
        _fill(row, draft, sealed, response)
        row.version, row.edited_at, row.card_at = row.version + 1, at, None
        row.band, row.side = person.band, rulings.side(person.band)
        row.published_at = (row.published_at or at) if response.state == PUBLISHED else row.published_at
        if beside is not None:
            await beside(row, before)
        await row.save()
        await _drop_appeal(item)
        await _enter(row, before, response)
    return Shared(item, response.state, response.reason, response.card, response.about)


async def withdraw(viewer: Viewer, item: UUID) -> None:
    """Gone for everybody at once; again, it changes nothing. The words are destroyed, but for what was
    reported or is about danger: that stays sealed for 90 days, for those who look after safety only.

    Raises Unknown.
    """
    async with transaction():
        row = await _locked(viewer, item)
        if row.state == rulings.WITHDRAWN:
            return  # a second tap finds it done
        try:
            after = rulings.move(row.state, "withdraw", rulings.AUTHOR)
        except rulings.NotAllowed:
            raise Unknown from None
        before = row.state
        if before == SAFEGUARDING:
            await keep(row)
        else:
            await holds.end(item, "item")
        row.state, row.reason, row.sealed = after, "", b""
        await row.save()
        await _drop_appeal(item)
        fact = Fact(item, viewer.person, "withdraw", before, after, viewer.person, version=row.version)
        await ledger.write(fact)


async def keep_private(viewer: Viewer, item: UUID) -> None:
    """People on duty read it, and nobody else ever will. Raises Unknown."""
    async with transaction():
        row = await _locked(viewer, item)
        if row.state not in WAITING:
            raise Unknown
        await Item.update({Item.private: True}).where(Item.id == item)


async def keep(row: Item) -> None:
    """A copy of the words as they are, which taking them back does not touch."""
    if not row.sealed:
        return
    copy = Evidence(id=uuid7(), item=row.id, version=row.version, sealed=row.sealed, at=now())
    copy.until = now() + EVIDENCE
    again = [(Evidence.until, copy.until)]
    target = (Evidence.item, Evidence.version)
    await Evidence.insert(copy).on_conflict(target=target, action="DO UPDATE", values=again)


async def forget_old(at: datetime) -> None:
    """For the jobs: evidence that nobody needs any more."""
    await Evidence.delete().where(Evidence.until <= at)


async def _read(draft: Draft) -> ladder.Read:
    if len(draft.read) <= AT_ONCE:
        return ladder.read(draft.read)
    return await asyncio.to_thread(ladder.read, draft.read)


async def _drop_appeal(item: UUID) -> None:
    """It was about words that are no longer there."""
    if await holds.end(item, "appeal"):
        open_ = (Appeal.item == item) & (Appeal.state == "open")
        await Appeal.update({Appeal.state: "dropped", Appeal.decided_at: now()}).where(open_)


def _fill(row: Item, draft: Draft, sealed: bytes, response: Response) -> None:
    row.sealed, row.intent = sealed, draft.intent
    row.notes, row.topics = " ".join(draft.notes), " ".join(draft.topics)
    row.state, row.reason = response.state, response.reason
    row.tier, row.about, row.labels = response.tier, response.about, " ".join(response.labels)
    row.rules, row.read_by = " ".join(response.rules)[:400], response.version


async def _enter(row: Item, before: str, response: Response) -> None:
    """What follows from the reading: the queue, the ledger, and somebody called."""
    action, person = ACTIONS[response.state], as_uuid(row.author)
    rulings.move(before, action, rulings.READER)
    if response.state in WAITING:
        await holds.begin("item", row.id, person, response.reason, response.risk)
        await _tell_held(person, row.id, before)
    elif response.tier == "distress":
        # Nothing is held back, but somebody should see it and may answer warmly.
        await holds.begin("report", row.id, person, "care", response.risk)
    elif before != rulings.DRAFT:  # nobody waits yet for what is new
        await holds.end(row.id, "item")
    if response.state == PUBLISHED and before == rulings.DRAFT:
        await answers.tell(row.id)
    fact = Fact(row.id, person, action, before, response.state, why=response.reason, version=row.version)
    await ledger.write(fact)
    if response.page:
        await shifts.call()


async def _tell_held(person: UUID, item: UUID, before: str) -> None:
    """Only when others could see it until now: who has just sent something is told on the page."""
    if before == PUBLISHED:
        await notices.leave(person, "held", f"/moderation/mine/{item}")


async def known(viewer: Viewer, cid: UUID | None) -> Shared | None:
    """Sent before: a phone that did not hear our answer is told so, whatever may no longer be done."""
    if cid is None:
        return None
    mine_ = (Item.author == viewer.person) & (Item.cid == cid)
    row = await Item.select(Item.id, Item.state, Item.reason, Item.about).where(mine_).first()
    return Shared(row["id"], row["state"], row["reason"], "", row["about"]) if row else None


async def or_known(
    viewer: Viewer, cid: UUID | None, doing: Awaitable[Shared], refusals: tuple[type[Exception], ...]
) -> Shared:
    """`doing`; and where it is refused because the same was already done, perhaps this very moment by the
    other of two requests, the answer that one got. Raises the refusal, and whatever else `doing` raises."""
    # What a person may do at all can change between the two.
    any_refusal: tuple[type[Exception], ...] = (*refusals, Paused, Closed, NoConsent)
    try:
        return await doing
    except any_refusal:
        if (sent := await known(viewer, cid)) is not None:
            return sent
        raise


async def _locked(viewer: Viewer, item: UUID) -> Item:
    """Their own row; on PostgreSQL nobody else changes it until we are done. Raises Unknown."""
    query = Item.objects().where(Item.id == item, Item.author == viewer.person)
    row = await (query.lock_rows("UPDATE") if DB.engine_type == "postgres" else query).first()
    if row is None:
        raise Unknown
    return row
