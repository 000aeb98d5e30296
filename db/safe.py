"""What people answer when asked whether they are safe right now: kept where it says who will see it."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from care import talk as rules
from care.clock import now
from care.queue import DANGER
from care.rulings import WAITING
from db import holds, shifts
from db.devices import Viewer
from db.engine import transaction
from db.ids import uuid7
from db.journal_rows import as_moment
from db.moderation_tables import Hold, Item
from db.talk_tables import SafeAnswer

MOST = 20


class Unknown(Exception):
    """There is nothing of theirs to answer here."""


@dataclass(frozen=True, slots=True)
class Answered:
    answer: str
    at: datetime


async def say(viewer: Viewer, item: UUID, answer: str) -> None:
    """About words of theirs that wait for a person. "No" and "not sure" put them first in the queue and
    call whoever is on duty. Raises Unknown."""
    if answer not in rules.ANSWERS:
        raise Unknown
    async with transaction():
        mine = (Item.id == item) & (Item.author == viewer.person) & Item.state.is_in(list(WAITING))
        row = await Item.select(Item.reason).where(mine).first()
        if row is None:
            raise Unknown
        await keep(viewer.person, answer, item=item)
        if answer in rules.CALLS and await _waits(item):
            await holds.begin("item", item, viewer.person, row["reason"], DANGER)
            await shifts.call()


async def keep(person: UUID, answer: str, *, item: UUID | None = None, talk: UUID | None = None) -> None:
    row = SafeAnswer(id=uuid7(), person=person, item=item, talk=talk, answer=answer, at=now())
    await SafeAnswer.insert(row)


async def of(item: UUID) -> list[Answered]:
    """What its author answered on the card beside these words, newest first."""
    rows = (
        await SafeAnswer.select(SafeAnswer.answer, SafeAnswer.at)
        .where(SafeAnswer.item == item)
        .order_by(SafeAnswer.at, SafeAnswer.id, ascending=False)
        .limit(MOST)
    )
    return [Answered(row["answer"], as_moment(row["at"])) for row in rows]


async def saw_card(viewer: Viewer, item: UUID) -> None:
    """They opened the page with the card: the first time is kept, so that the desk knows what arrived."""
    first = (Item.id == item) & (Item.author == viewer.person) & Item.card_at.is_null()
    await Item.update({Item.card_at: now()}).where(first)


async def forget_old(at: datetime) -> None:
    await SafeAnswer.delete().where(SafeAnswer.at <= at - rules.KEPT)


async def _waits(item: UUID) -> bool:
    open_ = (Hold.subject == item) & (Hold.kind == "item") & Hold.ended_at.is_null()
    return bool(await Hold.exists().where(open_))
