"""What somebody at the desk decides: one ruling for one item, and all of it or nothing."""

from dataclasses import dataclass, replace
from typing import Any
from uuid import UUID

from care import ladder, rulings
from care import reports as outcomes
from care.clock import now
from care.queue import DANGER, RED
from care.rulings import HELD, PUBLISHED, RULES, SAFEGUARDING, SECOND, WITHDRAWN, NotAllowed
from db import answers, holds, ledger, moderation_rows, notices, reports, sanctions_appeals, shifts
from db.desk import role_of
from db.devices import Viewer
from db.engine import transaction
from db.holds import Late
from db.ids import uuid7
from db.journal_rows import as_moment, as_uuid
from db.ledger import Fact
from db.moderation_rows import Row
from db.moderation_tables import Appeal, Hold, Item, Ruling
from db.sanctions import Refused
from db.shifts import desk

KINDS = ("item", "report")
__all__ = ["Decision", "Incomplete", "Late", "NotAllowed", "close", "decide", "hand", "judge"]


class Incomplete(Exception):
    """A request or a refusal needs a rule, so that its author is told why."""


@dataclass(frozen=True, slots=True)
class Decision:
    """`version` is that of the words which were read; `rule` a key of care.rulings.RULES; `notes` content
    notes to add; `sentence` the words concerned, as they stand in the item."""

    action: str
    version: int
    rule: str = ""
    sentence: str = ""
    text: str = ""
    notes: tuple[str, ...] = ()


async def decide(viewer: Viewer, hold: UUID, decision: Decision) -> str:
    """The new state. Raises Late, Incomplete, NotAllowed."""
    row = await _read(viewer, hold, *KINDS)
    if decision.action in rulings.NEEDS_RULE and decision.rule not in RULES:
        raise Incomplete
    before, author, item = row["state"], as_uuid(row["person"]), as_uuid(row["subject"])
    after = rulings.move(before, decision.action, role_of(viewer))
    if row["private"] and after == PUBLISHED:
        raise NotAllowed("The author asked that nobody else reads it.")
    ruling = uuid7()
    span = await _span(item, author, decision.sentence)
    told = await ledger.tell(author, ruling, decision.sentence if span else "", decision.text)
    async with transaction():
        waited = await _end(hold, item)
        await _move(item, row, after, decision)
        fact = Fact(*(item, author, decision.action, before, after, viewer.person, decision.rule))
        fact = replace(fact, id=ruling, span=span, told=told, version=decision.version, waited=waited)
        await ledger.write(fact)
        await _follow(item, author, decision.action, after, before)
    return after


async def judge(viewer: Viewer, hold: UUID, reverse: bool, text: str = "") -> str:
    """An appeal, by somebody who did not decide before. Raises Late, NotAllowed."""
    row = await _read(viewer, hold, "appeal", "sanction")
    if row["kind"] == "sanction":
        return await _judge_step(viewer, hold, as_uuid(row["subject"]), reverse)
    before, author, item = row["state"], as_uuid(row["person"]), as_uuid(row["subject"])
    action = "reverse" if reverse else "uphold"
    after = rulings.move(before, action, SECOND)
    ruling = uuid7()
    told = await ledger.tell(author, ruling, "", text)
    async with transaction():
        waited = await _end(hold, item, "appeal")
        still = (Appeal.item == item) & (Appeal.state == "open")
        values: dict[Any, Any] = {Appeal.state: "reversed" if reverse else "upheld"}
        values |= {Appeal.decided_by: viewer.person, Appeal.decided_at: now()}
        appeals = await Appeal.update(values).where(still).returning(Appeal.ruling)
        if not appeals or await _decided(appeals[0]["ruling"], viewer):
            raise NotAllowed("An appeal is decided by somebody else.")
        await _move(item, row, after, Decision(action, row["version"]))
        fact = Fact(*(item, author, action, before, after, viewer.person))
        await ledger.write(replace(fact, id=ruling, told=told, version=row["version"], waited=waited))
        await notices.leave(author, "decided", f"/moderation/mine/{item}")
    return after


async def _judge_step(viewer: Viewer, hold: UUID, sanction: UUID, reverse: bool) -> str:
    try:
        async with transaction():
            await _end(hold, sanction, "sanction")
            await sanctions_appeals.judge(viewer, sanction, reverse)
    except Refused:
        raise NotAllowed("An appeal is decided by somebody else.") from None
    return "reversed" if reverse else "upheld"


async def close(viewer: Viewer, hold: UUID, acted: bool) -> None:
    """Closes what was said about a person, or about words their author took back. Raises Late, NotAllowed."""
    row = await _read(viewer, hold, "person", "unheard", *KINDS)
    if row["state"] not in (None, WITHDRAWN):
        raise NotAllowed("There is still something to decide.")
    person, subject = as_uuid(row["person"]), as_uuid(row["subject"])
    item = subject if row["state"] else None
    outcome = "acted" if acted else "kept"
    async with transaction():
        waited = await _end(hold, subject, row["kind"])
        fact = Fact(item, person, outcome, "reported", "looked", viewer.person, row["reason"], waited=waited)
        await ledger.write(fact)
        await reports.close(subject, outcome)


async def hand(viewer: Viewer, hold: UUID, to: UUID) -> None:
    """To somebody on duty, for half an hour theirs alone. Raises Late, NotAllowed."""
    await _read(viewer, hold, *KINDS, "appeal", "person", "sanction", "unheard")
    if to == viewer.person or to not in {one.person for one in await shifts.on()}:
        raise NotAllowed("Nobody on duty has that name.")
    async with transaction():
        still = (Hold.id == hold) & Hold.ended_at.is_null()
        values: dict[Any, Any] = {Hold.handed_to: to, Hold.handed_at: now()}
        if not await Hold.update(values).where(still).returning(Hold.id):
            raise Late
        await notices.leave(to, "duty", "/moderation")


async def _read(viewer: Viewer, hold: UUID, *kinds: str) -> Row:
    """The hold with its item's state. Raises Late, and NotAllowed for what one cannot decide about."""
    desk(viewer)
    rows: list[Row] = await Hold.raw(_READ, hold)
    if not rows:
        raise Late
    if rows[0]["kind"] not in kinds or as_uuid(rows[0]["person"]) == viewer.person:
        raise NotAllowed("Not theirs to decide.")
    return rows[0]


_READ = """
SELECT hold.kind, hold.subject, hold.person, hold.reason, item.state, item.version, item.private,
    item.notes, item.published_at
FROM hold LEFT JOIN item ON item.id = hold.subject WHERE hold.id = {} AND hold.ended_at IS NULL
"""


async def _end(hold: UUID, subject: UUID, *kinds: str) -> int:
    """Ends it, and with it what else waits for the same decision; seconds since it began. Raises Late:
    of two decisions at once, the second finds no row."""
    still = (Hold.id == hold) & Hold.ended_at.is_null()
    rows = await Hold.update({Hold.ended_at: now()}).where(still).returning(Hold.since)
    if not rows:
        raise Late
    await holds.end(subject, *(kinds or KINDS))
    return max(0, int((now() - as_moment(rows[0]["since"])).total_seconds()))


async def _move(item: UUID, row: Row, after: str, decision: Decision) -> None:
    """Only from the state and the words that were read. Raises Late."""
    same = (Item.id == item) & (Item.state == row["state"]) & (Item.version == decision.version)
    notes = dict.fromkeys([*row["notes"].split(), *decision.notes])
    values: dict[Any, Any] = {Item.state: after, Item.notes: " ".join(notes)}
    values[Item.reason] = {SAFEGUARDING: "escalated", HELD: "settled"}.get(after, "")
    first = after == PUBLISHED and not row["published_at"]
    if after == PUBLISHED:
        # Whoever decided saw what our present rules mark in it, so they do not ask for it again.
        values[Item.read_by] = ladder.VERSION
    if first:
        values[Item.published_at] = now()
    if not await Item.update(values).where(same).returning(Item.id):
        raise Late
    if first:
        await answers.tell(item)


async def _follow(item: UUID, author: UUID, action: str, after: str, before: str) -> None:
    """What else a decision brings with it, in the same transaction."""
    if after in (SAFEGUARDING, HELD):
        reason, risk = ("escalated", DANGER) if after == SAFEGUARDING else ("settled", RED)
        await holds.begin("item", item, author, reason, risk)
    if action == "escalate":
        await shifts.call()
    await reports.close(item, outcomes.BY_ACTION.get(action, "acted"))
    if after != before:
        await notices.leave(author, "decided", f"/moderation/mine/{item}")


async def _decided(ruling: UUID, viewer: Viewer) -> bool:
    return bool(await Ruling.exists().where((Ruling.id == ruling) & (Ruling.by == viewer.person)))


async def _span(item: UUID, author: UUID, sentence: str) -> tuple[int, int] | None:
    """Where the sentence stands; None when it is not the author's words after all."""
    if not sentence.strip():
        return None
    row = await Item.select(Item.sealed).where(Item.id == item).first()
    opened = await moderation_rows.unseal([(author, item, bytes(row["sealed"]))]) if row else [None]
    at = opened[0].text.find(sentence) if opened[0] else -1
    return (at, at + len(sentence)) if at >= 0 else None
