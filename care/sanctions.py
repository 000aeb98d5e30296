"""The ladder of what follows when somebody keeps breaking the rules: each step, how long, and which is next.

A person at the desk chooses; this only proposes. Time alone ends a step. None of them touches help, the
plan or the journal, and words about one's own danger never lead to any (care/ladder.py `may_cost`).
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol, TypeVar

from care.words import N_

NUDGE, WARN, PAUSE, RESTRICT, SUSPEND, BAN = "nudge", "warn", "pause", "restrict", "suspend", "ban"
ACTIVE = "active"

SHORTEST, LONGEST = timedelta(hours=1), timedelta(days=7)
"""Of a pause; the ladder proposes a day."""
READ_FIRST = timedelta(days=14)
"""Of the step itself, and of what follows each pause, with no row of its own: the pause's end says it."""
COUNTS = timedelta(days=30)
"""So long a step makes the next one come sooner, from its beginning or, if it lasts longer, to its end."""

FREE = frozenset({"help", "plan", "journal"})
"""Open to everybody, whatever happened."""


@dataclass(frozen=True, slots=True)
class Step:
    """`title` and `told` are for the person: what it is, and what they can still do."""

    title: str
    told: str
    state: str
    lasts: timedelta | None
    closes: frozenset[str] = frozenset()
    """What it closes, of `share` and `first`: sharing, or being shown before a person has read it."""
    two: bool = False
    """Whether it takes two people at the desk."""
    after: timedelta = timedelta()
    """So long after its end what they share is read first."""


STEPS = {
    NUDGE: Step(
        N_("A reminder of our rules"),
        N_("Nothing is closed to you. Have a look at the rule; that is all."),
        "nudged",
        COUNTS,
    ),
    WARN: Step(
        N_("A warning"),
        N_("Nothing is closed to you. If it does not happen again, this goes away by itself."),
        "warned",
        COUNTS,
    ),
    PAUSE: Step(
        N_("A pause from sharing"),
        N_("You can read everything here. Then you can share again; for two weeks a person reads it first."),
        "paused",
        timedelta(hours=24),
        frozenset({"share"}),
        after=READ_FIRST,
    ),
    RESTRICT: Step(
        N_("What you share is read first"),
        N_("You can share as before. A person reads it before others see it."),
        "restricted",
        READ_FIRST,
        frozenset({"first"}),
    ),
    SUSPEND: Step(
        N_("A long pause from sharing"),
        N_("You can read everything here. You can share again when it is over. Two people decided this."),
        "suspended",
        timedelta(days=30),
        frozenset({"share"}),
        two=True,
    ),
    BAN: Step(
        N_("You can’t share here any more"),
        N_("What you shared is not shown any more. Two people decided this."),
        "banned",
        None,
        frozenset({"share"}),
        two=True,
    ),
}
LADDER = tuple(STEPS)
NAMES = {
    NUDGE: N_("Reminder"),
    WARN: N_("Warning, 30 days"),
    PAUSE: N_("Pause"),
    RESTRICT: N_("Read first, 14 days"),
    SUSPEND: N_("Suspend, 30 days"),
    BAN: N_("Ban"),
}
"""As the desk says them."""
STILL = N_("Your journal, your plan and help work as always.")


class Taken(Protocol):
    """A step somebody took about a person. `since` is None until the second of two agreed."""

    @property
    def kind(self) -> str: ...
    @property
    def since(self) -> datetime | None: ...
    @property
    def until(self) -> datetime | None: ...
    @property
    def ended_at(self) -> datetime | None: ...


T = TypeVar("T", bound=Taken)


def stands(one: Taken, at: datetime) -> bool:
    """Whether it is in force now."""
    begun = one.since is not None and one.since <= at
    return begun and one.ended_at is None and (one.until is None or one.until > at)


def standing(taken: Iterable[T], at: datetime) -> list[T]:
    """Those in force, the gravest first."""
    return sorted((one for one in taken if stands(one, at)), key=lambda one: -LADDER.index(one.kind))


def state(taken: Iterable[Taken], at: datetime) -> str:
    """`active`, or what the gravest step in force makes of an account."""
    found = standing(taken, at)
    return STEPS[found[0].kind].state if found else ACTIVE


def closed(taken: Iterable[Taken], at: datetime) -> frozenset[str]:
    """What is closed to them now: never anything of FREE."""
    rows = list(taken)
    found = frozenset().union(*(STEPS[one.kind].closes for one in standing(rows, at)))
    return found | {"first"} if any(_follows(one, at) for one in rows) else found


def proposed(taken: Iterable[Taken], at: datetime) -> str:
    """One step above the gravest that still counts; never more, and what was taken back never counts."""
    counting = [LADDER.index(one.kind) for one in taken if _counts(one, at)]
    return LADDER[min(max(counting, default=-1) + 1, len(LADDER) - 1)]


def until(kind: str, at: datetime, length: timedelta | None = None) -> datetime | None:
    """When a step that begins now ends; `length` is the desk's wish, for a pause only. None for never."""
    lasts = STEPS[kind].lasts
    if kind == PAUSE and length is not None:
        lasts = min(max(length, SHORTEST), LONGEST)
    return at + lasts if lasts else None


def _counts(one: Taken, at: datetime) -> bool:
    if one.since is None or one.ended_at is not None:
        return False
    return one.until is None or at < max(one.until, one.since + COUNTS)


def _follows(one: Taken, at: datetime) -> bool:
    if one.since is None or one.until is None or one.ended_at is not None:
        return False
    return one.until <= at < one.until + STEPS[one.kind].after
