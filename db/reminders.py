"""One person's reminders: setting and pausing them, and what waits for them on Today."""

from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from uuid import UUID

from care.clock import now
from care.journal import Problems
from care.notices import Said
from care.reminders import MOST, next_utc
from care.reminders_form import Draft, Hours
from care.words import N_
from db import reminder_choices as choices
from db.devices import Viewer
from db.engine import transaction
from db.ids import uuid7
from db.reminder_choices import Choice
from db.reminder_tables import Outgoing, Reminder, ReminderChoice

SHOWN_FOR = timedelta(hours=12)
"""So long a passed reminder is a quiet line on Today."""


@dataclass(frozen=True, slots=True)
class Mine:
    id: UUID
    at: time
    days: int
    next_at: datetime | None
    stopped: bool

    @property
    def shown(self) -> datetime:
        """As a moment, for what writes clocks."""
        return datetime.combine(date(2000, 1, 1), self.at, UTC)


@dataclass(frozen=True, slots=True)
class Waiting:
    """For Today. `zone` is theirs, only when it should follow the phone."""

    minute: bool = False
    question: bool = False
    """An after-care question is due."""
    zone: str = ""

    def __bool__(self) -> bool:
        return self.minute or self.question or bool(self.zone)


async def seen_by(viewer: Viewer) -> tuple[Choice, list[Mine]]:
    choice = await choices.of(viewer)
    rows = await _rows(viewer.person)
    return choice, sorted((_mine(row) for row in rows), key=lambda mine: mine.at)


async def keep(viewer: Viewer, draft: Draft, reminder: UUID | None = None) -> UUID | Problems | None:
    """A new one, or the one of this id with another time. None when there is no such reminder of theirs."""
    async with transaction():
        choice = await choices.of(viewer, lock=True)
        rows = await _rows(viewer.person)
        if reminder and reminder not in {row["id"] for row in rows}:
            return None
        tz = draft.tz or choice.tz
        problems = _problems(draft, choice, tz, [row for row in rows if row["id"] != reminder])
        if problems:
            return problems
        values: dict[Any, Any] = {
            Reminder.local_time: f"{draft.at:%H:%M}", Reminder.days: draft.days, Reminder.unanswered: 0,
            Reminder.slot_at: None, Reminder.stopped_at: None,
        }  # fmt: skip
        kept = reminder or uuid7()
        if reminder is None:
            row = Reminder(id=kept, person=viewer.person, local_time=f"{draft.at:%H:%M}", days=draft.days)
            await Reminder.insert(row)
        else:
            await Reminder.update(values).where(Reminder.id == reminder)
        await choices.change(viewer.person, tz=tz, switched_off_at=None)
        await _reschedule(viewer, replace(choice, tz=tz, on=True))
    return kept


async def remove(viewer: Viewer, reminder: UUID) -> bool:
    mine = (Reminder.id == reminder) & (Reminder.person == viewer.person)
    return bool(await Reminder.delete().where(mine).returning(Reminder.id))


async def switch(viewer: Viewer, on: bool) -> None:
    """Off keeps the times, for when they are wanted again. On also wakes those that had stopped."""
    async with transaction():
        choice = await choices.of(viewer, lock=True)
        await choices.change(viewer.person, switched_off_at=None if on else now())
        if on:
            awake: dict[Any, Any] = {
                Reminder.stopped_at: None,
                Reminder.unanswered: 0,
                Reminder.slot_at: None,
            }
            await Reminder.update(awake).where(Reminder.person == viewer.person)
        await _reschedule(viewer, replace(choice, on=on))


async def pause(viewer: Viewer, days: int) -> None:
    """Everything is silent for so many days, what is on its way too; 0 ends a pause."""
    until = now() + timedelta(days=days) if days else None
    async with transaction():
        choice = await choices.of(viewer, lock=True)
        await choices.change(viewer.person, paused_until=until)
        await _silence(viewer.person)
        await _reschedule(viewer, replace(choice, paused_until=until))


async def set_hours(viewer: Viewer, hours: Hours) -> None:
    start, end = f"{hours.start:%H:%M}", f"{hours.end:%H:%M}"
    async with transaction():
        await choices.of(viewer, lock=True)
        await choices.change(
            viewer.person, quiet_from=start, quiet_to=end, in_school=hours.in_school, follows=hours.follows
        )
        await _silence(viewer.person)
        await _reschedule(viewer, await choices.of(viewer))


async def set_words(viewer: Viewer, said: Said) -> None:
    sealed = await choices.sealed(viewer.person, said)
    async with transaction():
        await choices.of(viewer, lock=True)
        await choices.change(viewer.person, said=sealed)


async def travelled(viewer: Viewer, tz: str) -> bool:
    """The phone is in another zone: the times are told by its clock from now on, if they chose so."""
    async with transaction():
        choice = await choices.of(viewer, lock=True)
        moved = choice.follows and choice.tz != tz
        if moved:
            await choices.change(viewer.person, tz=tz)
            await _reschedule(viewer, replace(choice, tz=tz))
    return moved


async def answered(person: UUID) -> None:
    """For a tap on a reminder, or on its line on Today. A check-in counts by itself."""
    await ReminderChoice.update({ReminderChoice.answered_at: now()}).where(ReminderChoice.person == person)


async def waiting(person: UUID) -> Waiting:
    """What Today should quietly show; one statement."""
    return waits(await Reminder.raw(WAITING, *waiting_for(person)))


def waiting_for(person: UUID) -> tuple[object, ...]:
    """What WAITING is asked with."""
    at = now()
    since = at - SHOWN_FOR
    return since, since.date() - timedelta(days=1), person, person, at


def waits(rows: list[dict[str, Any]]) -> Waiting:
    what = {row["what"] for row in rows if row["at"]}
    zone = next((row["tz"] for row in rows if row["follows"]), "")
    return Waiting("minute" in what, "question" in what, zone)


WAITING = """
SELECT 'minute' AS what, r.slot_at AS at, c.tz AS tz, c.follows AS follows FROM reminder_choice c
LEFT JOIN reminder r ON r.person = c.person AND r.slot_at > {}
    AND (c.answered_at IS NULL OR c.answered_at < r.slot_at)
    AND NOT EXISTS (SELECT 1 FROM entry e
        WHERE e.person = c.person AND e.local_date >= {} AND e.created_at >= r.slot_at)
WHERE c.person = {}
UNION ALL SELECT 'question', due_at, '', FALSE FROM after_care WHERE person = {} AND due_at <= {}
"""


def _problems(draft: Draft, choice: Choice, tz: str, others: list[dict[str, Any]]) -> Problems:
    if not tz:
        return Problems({"tz": N_("Please say which clock to go by, like Europe/London.")})
    if len(others) >= MOST:
        return Problems({"time": N_("Three times are the most. You can change one of those you have.")})
    if f"{draft.at:%H:%M}" in {row["local_time"] for row in others}:
        return Problems({"time": N_("You already have one at that time.")})
    if next_utc(now(), draft.at, tz, draft.days, choice.hours) is None:
        return Problems({"time": N_("That is inside your quiet hours. Choose another time, or change them.")})
    return Problems()


async def _rows(person: UUID) -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = await Reminder.select().where(Reminder.person == person)
    return rows


async def _reschedule(viewer: Viewer, choice: Choice) -> None:
    """Every next moment from wall time again. Leases go, so that a worker cannot finish an old plan."""
    for row in await _rows(viewer.person):
        off = not choice.on or not choice.tz or row["stopped_at"]
        at = time.fromisoformat(row["local_time"])
        following = None if off else next_utc(choice.from_now, at, choice.tz, row["days"], choice.hours)
        fresh: dict[Any, Any] = {
            Reminder.next_at: following,
            Reminder.lease_by: None,
            Reminder.lease_until: None,
        }
        await Reminder.update({**fresh, Reminder.attempts: 0}).where(Reminder.id == row["id"])


async def _silence(person: UUID) -> None:
    await Outgoing.delete().where(Outgoing.person == person, Outgoing.face != "page")


def _mine(row: dict[str, Any]) -> Mine:
    at, following = time.fromisoformat(row["local_time"]), row["next_at"]
    return Mine(row["id"], at, row["days"], following, row["stopped_at"] is not None)
