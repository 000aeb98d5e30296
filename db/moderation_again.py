"""Published words, read again by newer rules. It can put something aside; it never publishes anything."""

import asyncio
import logging
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any
from uuid import UUID

from care import ladder, rulings
from care.clock import now
from care.ladder import Response
from care.queue import AMBER
from care.rulings import HIDDEN, PUBLISHED, READER, SAFEGUARDING
from care.shared import Draft, Words
from db import holds, keys, ledger, moderation_rows, notices, shifts
from db.engine import transaction
from db.journal_rows import as_moment, as_uuid
from db.ledger import Fact
from db.moderation_rows import Row
from db.moderation_tables import Item

log = logging.getLogger("beside.jobs")
ACTIONS = {HIDDEN: "hide", SAFEGUARDING: "raise"}
FIRST = UUID(int=0)


@dataclass(frozen=True, slots=True)
class Place:
    """Where a batch ended: the rules that had read it, and its last item."""

    read_by: str
    id: UUID = FIRST


async def due() -> list[str]:
    """The rules older than ours by which published words were last read: one question, and from its index
    one step for each version, whether there are ten items or a million."""
    rows = await Item.raw(_VERSIONS)
    return [row["read_by"] for row in rows if ladder.older(row["read_by"])]


async def read(place: Place, limit: int) -> Place | None:
    """Reads the next of them; None when there were fewer than `limit`.

    Any number of processes may read the same batch at once: each item is moved only while it is as it was
    read, so one of them moves it and the others find nothing to move. Who dies on the way has moved an
    item wholly or not at all, and what is not done comes again.
    """
    rows = await Item.raw(_BATCH, place.read_by, place.id, limit)
    quiet: list[tuple[Row, Response | None]] = []
    for row in rows:
        try:
            response = await _read(row)
            if response and response.state != PUBLISHED:
                await _put_aside(row, response)
            else:
                quiet.append((row, response))
        except Exception as problem:  # one item must not keep the others from being read; it comes again
            log.error("an item could not be read again: %s", type(problem).__name__)
    await _let_stand(quiet)
    return Place(place.read_by, as_uuid(rows[-1]["id"])) if len(rows) == limit else None


# A step from each version to the next (a loose index scan); DISTINCT would walk through every item.
_VERSIONS = """
WITH RECURSIVE known(read_by) AS (
    SELECT (SELECT min(read_by) FROM item WHERE state = 'published')
    UNION ALL
    SELECT (SELECT min(item.read_by) FROM item WHERE state = 'published' AND item.read_by > known.read_by)
    FROM known WHERE known.read_by IS NOT NULL
) SELECT read_by FROM known WHERE read_by IS NOT NULL
"""
_BATCH = """
SELECT id, author, version, sealed, tier, about, labels, read_by, created_at, edited_at FROM item
WHERE state = 'published' AND read_by = {} AND id > {} ORDER BY id LIMIT {}
"""


async def _read(row: Row) -> Response | None:
    """None when there is nothing left to read: the author's key is destroyed, or the words were spoiled."""
    try:
        words = await _words(row)
    except keys.Tampered:
        log.error("an item's words do not open with their author's key")
        return None
    if words is None:
        return None
    found = await asyncio.to_thread(ladder.read, Draft("", words).read)
    return ladder.again(found, row["tier"], row["labels"].split(), _written(row), now())


async def _words(row: Row) -> Words | None:
    pair = (as_uuid(row["author"]), as_uuid(row["id"]), bytes(row["sealed"]))
    return (await moderation_rows.unseal([pair]))[0]


def _written(row: Row) -> datetime:
    return as_moment(row["edited_at"] or row["created_at"])


async def _put_aside(row: Row, response: Response) -> None:
    """State, queue, ledger and notice at once, or none of them."""
    item, author = as_uuid(row["id"]), as_uuid(row["author"])
    action = ACTIONS[response.state]
    rulings.move(PUBLISHED, action, READER)
    values = _known(row, response) | {Item.state: response.state, Item.reason: response.reason}
    async with transaction():
        if not await Item.update(values).where(_same(row)).returning(Item.id):
            return  # edited, taken back or moved by somebody else meanwhile
        await holds.begin("item", item, author, response.reason, response.risk)
        fact = Fact(item, author, action, PUBLISHED, response.state, why=response.reason)
        await ledger.write(replace(fact, version=row["version"]))
        await notices.leave(author, "held", f"/moderation/mine/{item}")
        if response.page:
            await shifts.call()


async def _let_stand(read: Sequence[tuple[Row, Response | None]]) -> None:
    """All of a batch in one transaction: on SQLite that is one write to the disk. In the order of their
    ids, so that two processes never wait for each other's rows crosswise."""
    async with transaction():
        for row, response in read:
            values = _known(row, response) if response else {Item.read_by: ladder.VERSION}
            moved = await Item.update(values).where(_same(row)).returning(Item.id)
            if moved and response and response.risk >= AMBER:  # somebody in distress may be answered warmly
                item, author = as_uuid(row["id"]), as_uuid(row["author"])
                await holds.begin("report", item, author, "care", response.risk)


def _known(row: Row, response: Response) -> dict[Any, Any]:
    values: dict[Any, Any] = {Item.read_by: response.version, Item.labels: " ".join(response.labels)}
    if response.tier != row["tier"]:
        values |= {Item.tier: response.tier, Item.about: response.about}
    if response.state != PUBLISHED or response.tier != row["tier"]:
        values[Item.rules] = " ".join(response.rules)[:400]
    return values


def _same(row: Row) -> Any:
    """As it was read. The version too: an older process may have taken in an edit by older rules."""
    here = (Item.id == row["id"]) & (Item.state == PUBLISHED)
    return here & (Item.version == row["version"]) & (Item.read_by == row["read_by"])
