"""Reminders whose moment has come: claimed with a lease, answered for once, and set to come again."""

import logging
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from typing import Any
from uuid import UUID, uuid4

from care import reminders as rules
from care.clock import now
from care.notices import MINUTE
from care.reminders import Due, Step
from db import notices
from db import notices_outgoing as outgoing
from db.engine import DB, transaction
from db.notices_outgoing import Push
from db.reminder_tables import Reminder

log = logging.getLogger("beside.jobs")

LEASE = timedelta(minutes=1)
MOST_TRIES = 3
ANSWERS_COUNT_FOR = timedelta(days=40)
"""Check-ins of days older than this are no answer; two weeks is the longest a reminder can be apart."""

Row = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Claimed:
    """`due` is None for a row that cannot be understood."""

    id: UUID
    person: UUID
    lease: UUID
    slot: datetime
    attempts: int
    due: Due | None


async def crowd() -> int:
    """How many are due now."""
    n: int = await Reminder.count().where(Reminder.next_at <= now())
    return n


async def claim(limit: int, lease: timedelta = LEASE) -> list[Claimed]:
    """Rows nobody else holds, oldest first, marked in one statement: who gets a row owns it for `lease`."""
    at, mine = now(), uuid4()
    locked = " FOR UPDATE SKIP LOCKED" if DB.engine_type == "postgres" else ""
    claimed = await Reminder.raw(_CLAIM.replace("LOCK", locked), at + lease, mine, at, at, limit)
    if not claimed:
        return []
    rows: list[Row] = await Reminder.raw(_READ, (at - ANSWERS_COUNT_FOR).date(), mine)
    return [_claimed(mine, row) for row in rows]


async def finish(steps: Sequence[tuple[Claimed, Step]]) -> list[bool]:
    """All or nothing: the next moment and the pushes of this slot stand in the same transaction.

    False for a row that another worker, or the person, took over meanwhile: then nothing of it happens.
    """
    done = []
    async with transaction():
        for held, step in steps:
            stopped_at = now() if step.stopped else None
            changed = (step.next_at, step.slot, step.unanswered, stopped_at)
            still = await Reminder.raw(_FINISH, *changed, held.id, held.lease, held.slot)
            done.append(bool(still))
        kept = [pair for pair, still in zip(steps, done, strict=True) if still]
        await outgoing.queue([_push(held, step) for held, step in kept if step.send_at])
        for held, step in kept:
            if step.stopped:
                await notices.leave(held.person, "stopped", "/reminders")
    return done


async def push_forward(held: Claimed) -> None:
    """A row that fails every time must not stand in the way of the others: it comes again tomorrow."""
    later = max(now(), held.slot) + timedelta(days=1)
    await Reminder.raw(_FINISH, later, None, 0, None, held.id, held.lease, held.slot)
    log.error("a reminder failed %s times and was put off", held.attempts)


_CLAIM = """
UPDATE reminder SET lease_until = {}, lease_by = {}, attempts = attempts + 1 WHERE id IN
(SELECT id FROM reminder WHERE next_at <= {} AND (lease_until IS NULL OR lease_until < {})
ORDER BY next_at LIMIT {}LOCK) RETURNING id
"""
# A check-in since the last slot is an answer, wherever it came from.
_READ = """
SELECT r.id, r.person, r.local_time, r.days, r.next_at, r.slot_at, r.unanswered, r.attempts, r.lease_by,
c.tz, c.quiet_from, c.quiet_to, c.in_school, p.band, (c.answered_at >= r.slot_at OR EXISTS (
    SELECT 1 FROM entry e
    WHERE e.person = r.person AND e.local_date >= {} AND e.created_at >= r.slot_at)) AS answered
FROM reminder r JOIN person p ON p.id = r.person JOIN reminder_choice c ON c.person = r.person
WHERE r.lease_by = {}
"""
_FINISH = """
UPDATE reminder SET next_at = {}, slot_at = {}, unanswered = {}, stopped_at = {},
lease_until = NULL, lease_by = NULL, attempts = 0
WHERE id = {} AND lease_by = {} AND next_at = {} RETURNING id
"""


def _claimed(lease: UUID, row: Row) -> Claimed:
    try:
        due = _due(row)
    except (ValueError, TypeError):
        due = None
    return Claimed(row["id"], row["person"], lease, row["next_at"], row["attempts"], due)


def _due(row: Row) -> Due:
    start, end = time.fromisoformat(row["quiet_from"]), time.fromisoformat(row["quiet_to"])
    return Due(
        id=row["id"],
        at=time.fromisoformat(row["local_time"]),
        tz=row["tz"],
        days=row["days"],
        hours=rules.quiet(row["band"], start, end, row["in_school"]),
        slot=row["next_at"],
        before=row["slot_at"],
        unanswered=row["unanswered"],
        answered=bool(row["answered"]),
    )


def _push(held: Claimed, step: Step) -> Push:
    assert step.until  # noqa: S101 - a step with a moment to send has an end to it
    return Push(held.person, MINUTE, held.slot, step.until, step.send_at)
