"""Turns what is due into rows that wait to be sent, and hands those to whoever sends.

Two steps, so that neither can nag: a slot and its pushes are written in one transaction, and a push
is marked as taken before it leaves. What a killed worker held is taken over when its lease ends; a push
that had already gone out carries the same topic and tag, so a phone shows one.
"""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import timedelta
from enum import Enum

from care import notices as words
from care import reminders as rules
from care.clock import now
from care.notices import Message
from care.reminders import Step
from care.reminders_form import Phone
from config import config
from db import notices, notices_outgoing, reminders_after, reminders_due
from db.notices_outgoing import Parcel
from db.reminders_due import Claimed

log = logging.getLogger("beside.jobs")
BATCH = 200
MOST_BATCHES = 50
"""In one round: the other duties want their turn too."""
AT_ONCE = 100  # pushes in the air
AGAIN = timedelta(minutes=1)


class Fate(Enum):
    SENT = "sent"
    GONE = "gone"
    """404 or 410: this browser will never be there again."""
    LATER = "later"
    """429, 5xx, or nobody answered."""
    REFUSED = "refused"
    """Any other answer: sending the same again would not help."""


@dataclass(frozen=True, slots=True)
class Outcome:
    fate: Fate
    wait: timedelta = AGAIN
    """What Retry-After said, for LATER."""


Deliver = Callable[[Message, Phone], Awaitable[Outcome]]


async def come_due(batch: int = BATCH, lease: timedelta = reminders_due.LEASE) -> int:
    """How many reminders came due in this round."""
    crowd, done = await reminders_due.crowd(), 0
    for _ in range(MOST_BATCHES if crowd else 0):
        held = await reminders_due.claim(batch, lease)
        await _finish(held, crowd)
        done += len(held)
        if len(held) < batch:
            break
    return done


async def ask_after() -> None:
    await reminders_after.queue_due(BATCH)


async def forget_old_notices() -> None:
    await notices.forget_old(now())


async def hand_over(deliver: Deliver, batch: int = AT_ONCE, lease: timedelta = notices_outgoing.LEASE) -> int:
    """Sends what is to be sent now; how many were tried. One that fails never stops the others."""
    tried = 0
    for _ in range(MOST_BATCHES):
        parcels = await notices_outgoing.claim(batch, lease)
        if not parcels:
            break
        outcomes = await asyncio.gather(*(_try(deliver, parcel) for parcel in parcels))
        await _settle(list(zip(parcels, outcomes, strict=True)))
        tried += len(parcels)
    return tried


async def _finish(held: list[Claimed], crowd: int) -> None:
    steps: list[tuple[Claimed, Step]] = []
    for row in held:
        if row.attempts > reminders_due.MOST_TRIES or row.due is None:
            await reminders_due.push_forward(row)
        else:
            steps.append((row, rules.turn(row.due, now(), crowd)))
    try:
        await reminders_due.finish(steps)
    except Exception:
        # One row that the database refuses must not take the whole batch with it.
        for step in steps:
            await _finish_alone(step)


async def _finish_alone(step: tuple[Claimed, Step]) -> None:
    try:
        await reminders_due.finish([step])
    except Exception as problem:  # it stays claimed, comes again, and is put off in the end
        log.error("a reminder could not be finished: %s", type(problem).__name__)


async def _try(deliver: Deliver, parcel: Parcel) -> Outcome:
    ttl = max(0, int((parcel.until - now()).total_seconds()))
    try:
        message = words.message(
            parcel.face,
            parcel.said,
            topic=parcel.topic,
            ttl=ttl,
            badge=parcel.badge,
            origin=config.origin,
        )
        return await deliver(message, parcel.phone)
    except Exception as problem:  # never its text: it may name an address
        log.error("a push failed: %s", type(problem).__name__)
        return Outcome(Fate.LATER)


async def _settle(tried: list[tuple[Parcel, Outcome]]) -> None:
    done = [parcel for parcel, outcome in tried if outcome.fate in {Fate.SENT, Fate.REFUSED}]
    await notices_outgoing.sent(done)
    for parcel, outcome in tried:
        if outcome.fate is Fate.GONE:
            await notices_outgoing.gone(parcel)
        elif outcome.fate is Fate.LATER:
            await notices_outgoing.later(parcel, outcome.wait)
