"""Asking how others see something, and saying how one sees it: the verbs that write.

Words go through the one door, db/moderation.py; what stands beside them is written with them or not at all.
"""

from datetime import timedelta
from uuid import UUID

from care import perspectives as rules
from care.clock import now
from care.perspectives import Answer, Question
from db import keys, moderation, moderation_rows
from db.devices import Viewer
from db.engine import UNIQUE
from db.limits import Limit
from db.moderation import Shared, Unknown
from db.moderation_tables import Item
from db.perspectives_reading import Board, board
from db.perspectives_tables import Ask, Perspective

ASKS = Limit("ask for perspectives", 3, timedelta(days=1))
VIEWS = Limit("give a perspective", 10, timedelta(hours=1))


class Over(Exception):
    """It takes no more views: there are enough, its time is over, or its author closed it."""


class Already(Exception):
    """One view of each person."""


async def ask(viewer: Viewer, question: Question) -> Shared:
    """Raises what moderation.share raises, and TooMany."""
    facts = question.facts

    async def beside(item: Item, _before: str) -> None:
        row = Ask(item=item.id, angles=facts.angles, wanted=facts.wanted, hours=facts.hours, tz=facts.tz)
        row.side, row.at = item.side, item.published_at
        await Ask.insert(row)

    return await moderation.share(viewer, question.draft, beside, ASKS)


async def answer(viewer: Viewer, given: Answer) -> Shared:
    """A view of `given.draft.place`. Raises what moderation.share raises; Unknown, Over, Already, TooMany."""
    doing = _answer(viewer, given)
    return await moderation.or_known(viewer, given.draft.cid, doing, (Unknown, Over, Already))


async def _answer(viewer: Viewer, given: Answer) -> Shared:
    place = given.draft.place
    if place is None:
        raise Unknown
    _may_answer(await board(viewer, place), given.angle)

    async def beside(item: Item, _before: str) -> None:
        await Perspective.insert(Perspective(item=item.id, angle=given.angle))
        await _stop_if_full(place)

    try:
        return await moderation.share(viewer, given.draft, beside, VIEWS)
    except UNIQUE:  # they were quicker than themselves
        raise Already from None


async def mark(viewer: Viewer, view: UUID, how: int) -> None:
    """By the author of the ask, for themselves: one of MARKS, or 0 to take it back. Raises Unknown."""
    found = await moderation.find(viewer, view)
    if found is None or found.kind != rules.VIEW or found.mine or found.place is None:
        raise Unknown
    await own(viewer, found.place)
    value = how if how in rules.MARKS else None
    await Perspective.update({Perspective.mark: value}).where(Perspective.item == view)


async def close(viewer: Viewer, item: UUID) -> None:
    """No more views from now on. Raises Unknown."""
    await own(viewer, item)
    await Ask.update({Ask.closed_at: now()}).where(Ask.item == item, Ask.closed_at.is_null())


async def take(viewer: Viewer, item: UUID, words: str) -> None:
    """What they took from it, for themselves alone; nothing takes it away. Raises Unknown."""
    await own(viewer, item)
    told = words.encode("utf-8", "replace")
    sealed = await keys.seal(viewer.person, "ask", "took", item, told) if words else None
    await Ask.update({Ask.took: sealed}).where(Ask.item == item)


async def own(viewer: Viewer, item: UUID) -> None:
    """Raises Unknown."""
    mine = (Item.id == item) & (Item.author == viewer.person) & (Item.kind == rules.ASK)
    if not await Item.exists().where(mine, Item.state != "withdrawn"):
        raise Unknown


def _may_answer(found: Board | None, angle: int) -> None:
    """Raises Unknown, Already, Over."""
    if found is None or found.ask.shown.mine or not angle & found.ask.angles:
        raise Unknown
    if found.mine is not None:
        raise Already
    if found.ask.stage != rules.OPEN:
        raise Over


async def _stop_if_full(place: UUID) -> None:
    """Raises Over. The trigger has counted this view already and holds the ask's row until we are done: of
    two for the last place, the second reads here what the first has written, and is undone."""
    rows = await Item.raw(_NOW, place)
    if not rows or rows[0]["closed_at"] or rows[0]["state"] != "published":
        raise Over
    closes_at = rules.closes_at(moderation_rows.moment(rows[0]["published_at"]), rows[0]["hours"])
    if rows[0]["taken"] > rows[0]["wanted"] or closes_at is None or now() >= closes_at:
        raise Over


_NOW = """
SELECT ask.taken, ask.wanted, ask.hours, ask.closed_at, item.state, item.published_at
FROM ask JOIN item ON item.id = ask.item WHERE ask.item = {}
"""
