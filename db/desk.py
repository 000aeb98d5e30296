"""The desk: one item with all around it. Opening what is not public is logged."""

import asyncio
from dataclasses import dataclass
from uuid import UUID

from care import ladder, rulings, sanctions
from care.clock import now
from care.ladder import Mark
from care.rulings import LEAD, MODERATOR, WITHDRAWN
from db import desk_context, keys, ledger, moderation_rows, reports, sanctions_appeals
from db.desk_context import Author, Safety, Told
from db.desk_queue import Queue, Waiting, one, queue
from db.devices import Viewer
from db.ledger import Entry
from db.moderation_rows import COLUMNS, Row, Shown
from db.moderation_tables import Appeal, Evidence, Hold, Item
from db.sanctions import Taken
from db.shifts import desk

__all__ = ["Queue", "Waiting", "queue"]

ABOUT_PEOPLE = ("person", "sanction")
"""Kinds of holds whose subject is no item."""


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
    safety: Safety | None
    costs: bool
    """Whether a step may follow from it: never from words about one's own danger."""
    proposed: str
    """The next step for its author, a key of care.sanctions.STEPS."""
    step: Taken | None
    """The one they ask about, when that is what waits."""


async def look(viewer: Viewer, hold: UUID) -> Seen | None:
    """Opens one: from here on it is known that they read it. None when it no longer waits."""
    waiting = await one(viewer, hold)
    if waiting is None:
        return None
    found, subject, person = waiting
    await ledger.saw(viewer.person, subject, found.kind)
    await reports.looked(subject)
    item, row = (None, None) if found.kind in ABOUT_PEOPLE else await _item(subject)
    history = await ledger.of(subject, person)
    marks = list(ladder.marks(*await asyncio.to_thread(ladder.read, item.words))) if item else []
    who = await desk_context.author(person)
    step = next((one for one in who.steps if one.id == subject), None)
    return Seen(
        hold=found,
        item=item,
        pieces=ladder.pieces(item.words, marks) if item else [],
        marks=marks,
        about=row["about"] if row else "none",
        author=who,
        history=history,
        around=await desk_context.around(item, viewer) if item else [],
        reports=await desk_context.reports(subject),
        appeal=await _asked(found, subject, person),
        actions=_judging(step, viewer)
        if found.kind == "sanction"
        else _actions(found, item, viewer, history),
        blur=bool(row and (row["tier"] != "none" or row["labels"])),
        safety=await desk_context.safety(row) if row else None,
        costs=row is None or ladder.may_cost(row["tier"], row["labels"].split()),
        proposed=sanctions.proposed(who.steps, now()),
        step=step,
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
    if found.kind == "unheard":
        return ("answer",)
    if found.kind == "appeal":
        decided = {entry.by for entry in history if entry.action in ("return", "remove")}
        return () if viewer.person in decided else ("uphold", "reverse")
    offered = rulings.offered(item.state, role_of(viewer))
    return tuple(action for action in offered if not (item.private and action == "publish"))


def _judging(step: Taken | None, viewer: Viewer) -> tuple[str, ...]:
    if step is None or viewer.person in (step.by, step.second):
        return ()
    return ("uphold", "reverse")


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


async def _asked(found: Waiting, subject: UUID, person: UUID) -> str:
    if found.kind == "sanction":
        return await sanctions_appeals.asked(subject, person)
    return await _appeal(subject, person) if found.kind == "appeal" else ""


async def _appeal(item: UUID, author: UUID) -> str:
    open_ = (Appeal.item == item) & (Appeal.state == "open")
    row = await Appeal.select(Appeal.id, Appeal.sealed).where(open_).first()
    if row is None:
        return ""
    try:
        return (await keys.open(author, "appeal", "sealed", row["id"], bytes(row["sealed"]))).decode()
    except keys.Shredded:
        return ""


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
    return Whose(row["person"], None if row["kind"] in ABOUT_PEOPLE else row["subject"])
