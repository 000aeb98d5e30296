"""What Today holds beside the check-in: one thing to receive, one to give, and one suggestion at most."""

import hashlib
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID

FEW = 30
"""Fewer active people than these on one side: an empty shelf says that this place is young."""
ACTIVE = timedelta(days=30)

KNOW, WILLING, REMIND, WRITE = "know", "willing", "remind", "write"
SUGGESTIONS = {KNOW: timedelta(days=1), WILLING: timedelta(days=2), REMIND: timedelta(days=3)}
SUGGESTIONS[WRITE] = timedelta(days=7)
"""After so long here each may be shown, the lightest first, until it is done or waved away."""


def pick(found: Sequence[UUID], day: date, person: UUID) -> UUID | None:
    """One for this person and this day: the same on every visit, another tomorrow. What comes or goes
    beside it does not change it."""

    def drawn(item: UUID) -> bytes:
        told = f"{day.isoformat()}\0{person}\0{item}".encode()
        return hashlib.blake2b(told, digest_size=8).digest()

    return min(found, key=drawn, default=None)


@dataclass(frozen=True, slots=True)
class Standing:
    """What of somebody decides which suggestion comes."""

    joined: datetime
    done: Collection[str] = ()
    """Suggestions that have nothing left to suggest."""
    waved: Collection[str] = ()


def suggest(standing: Standing, at: datetime) -> str:
    """The first whose day has come; "" when there is none. Day 1 has begun 24 hours after joining."""
    here = at - standing.joined
    ready = (key for key, since in SUGGESTIONS.items() if here >= since)
    return next((key for key in ready if key not in standing.done and key not in standing.waved), "")
