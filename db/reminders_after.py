"""After-care: a few questions over a week, for whoever asked for them, and nothing kept of the answers."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from care import after_care as rules
from care import notices
from care.after_care import Plan
from care.clock import now
from care.moments import local
from care.notices import MINUTE
from care.reminders import best_before
from db import notices_outgoing as outgoing
from db import reminder_choices as choices
from db.devices import Viewer
from db.engine import DB, transaction
from db.notices_outgoing import Push
from db.reminder_tables import AfterCare, ReminderChoice
from db.tables import Person


@dataclass(frozen=True, slots=True)
class Question:
    step: int
    due_at: datetime
    due: bool


async def begin(viewer: Viewer, plan: Plan, tz: str) -> None:
    """What was still to be asked gives way. `tz` is used by those who never named a zone."""
    async with transaction():
        choice = await choices.of(viewer, lock=True)
        zone = choice.tz or tz or "UTC"
        await choices.change(viewer.person, tz=zone)
        await AfterCare.delete().where(AfterCare.person == viewer.person)
        for step, at in rules.moments(plan, now(), zone, choice.hours).items():
            row = AfterCare(person=viewer.person, step=step, due_at=at, push_at=at if plan.push else None)
            await AfterCare.insert(row)


async def seen_by(viewer: Viewer) -> list[Question]:
    rows = await AfterCare.select().where(AfterCare.person == viewer.person).order_by(AfterCare.due_at)
    return [Question(row["step"], row["due_at"], row["due_at"] <= now()) for row in rows]


async def answer(viewer: Viewer, stop: bool = False) -> int:
    """Every question that was due counts as answered; the last of them, or 0. `stop` ends all of it."""
    mine, due = AfterCare.person == viewer.person, AfterCare.due_at <= now()
    gone = await AfterCare.delete().where(mine if stop else mine & due).returning(AfterCare.step)
    return max((row["step"] for row in gone), default=0)


async def queue_due(limit: int) -> int:
    """For the jobs: what a phone is to be told now, each once. It looks like any other reminder."""
    at = now()
    locked = " FOR UPDATE SKIP LOCKED" if DB.engine_type == "postgres" else ""
    async with transaction():
        claimed = await AfterCare.raw(_CLAIM.replace("LOCK", locked), at, limit)
        pushes = [await _push(row["person"], row["due_at"]) for row in claimed]
        await outgoing.queue([push for push in pushes if push.until > at])
    return len(claimed)


_CLAIM = """
UPDATE after_care SET push_at = NULL WHERE id IN
(SELECT id FROM after_care WHERE push_at <= {} ORDER BY push_at LIMIT {}LOCK) RETURNING person, due_at
"""


async def _push(person: UUID, due_at: datetime) -> Push:
    band = await Person.select(Person.band).where(Person.id == person).first()
    row = await ReminderChoice.select().where(ReminderChoice.person == person).first()
    choice = choices.read(row, band["band"] if band else "a", notices.say())
    until = best_before(due_at, choice.tz, choice.hours)
    paused = choice.paused_until is not None or choice.hours.covers(local(now(), choice.tz))
    return Push(person, MINUTE, due_at, due_at if paused else until)
