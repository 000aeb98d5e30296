"""Nobody unheard: who waits longest with too few answers, who may be asked, and when somebody is alerted."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from statistics import median
from typing import Protocol, TypeVar
from uuid import UUID

from care.words import N_

WANTED = 2
"""Answers. One alone is worse than it looks: it keeps people away who get no second."""
MOST_ASKED = 3
"""Put before so many people, a story counts as often asked; further ones change nothing."""
LONGEST = timedelta(days=30)
"""Who waited longer is no longer put before anybody: the writer has moved on, and the desk has answered."""
REST, NOT_TODAY = timedelta(hours=3), timedelta(hours=24)
"""Nobody is asked twice in the first; "not today" gives the second."""

SUPPORTERS = {"t": timedelta(hours=4), "y": timedelta(hours=8)}
"""Without a first answer, by side: then supporters who are willing are told."""
CALL, LATE = timedelta(hours=12), timedelta(hours=24)
"""Without a first answer: then the desk on shift is called; then it has it in its queue, to answer."""
TOLD = 2
"""Supporters told of one story, so that no crowd comes."""

APOLOGY = N_(
    "Nobody answered you for a whole day, and we are sorry. That was too long. "
    "We have read your story now, and it matters to us that you told it."
)
"""What the team's answer begins with; whoever answers writes on from there."""

MONTH, COUNTED = timedelta(days=30), 1_000
"""The desk's figures are those of the newest stories, so many at most on each side, and none older."""


class Waiting(Protocol):
    @property
    def id(self) -> UUID: ...
    @property
    def since(self) -> datetime: ...
    @property
    def replies(self) -> int: ...
    @property
    def asked(self) -> int: ...


W = TypeVar("W", bound=Waiting)


def need(waited: timedelta, replies: int, asked: int = 0) -> float:
    """Waiting time × answers too few, in hours; shared by those who were put before it already, so that
    not everybody is sent to the same one. Nothing for who has enough."""
    short = max(0, WANTED - replies)
    return max(0.0, waited / timedelta(hours=1)) * short / (1 + min(max(0, asked), MOST_ASKED))


def ordered(items: Iterable[W], at: datetime) -> list[W]:
    """Greatest need first; then the oldest."""
    return sorted(items, key=lambda one: (-need(at - one.since, one.replies, one.asked), one.since, one.id))


def late(since: datetime | None, replies: int, at: datetime) -> bool:
    """Whether its author is told that it took too long."""
    return bool(since and not replies and at - since >= LATE)


@dataclass(frozen=True, slots=True)
class Figures:
    """How long one side waits; None where there is nothing to count yet. Shares are per cent."""

    stories: int
    first: timedelta | None = None
    """The median time to a first answer, of those that got one."""
    in_a_day: int | None = None
    """Of those a day old or older."""
    two: int | None = None
    """As above: with two answers or more by now."""


def figures(rows: Sequence[tuple[datetime, int, datetime | None]], at: datetime) -> Figures:
    """From `(since, replies, answered_at)` of each story."""
    waits = [answered - since for since, _, answered in rows if answered]
    first = timedelta(seconds=median(wait.total_seconds() for wait in waits)) if waits else None
    old = [row for row in rows if at - row[0] >= LATE]
    if not old:
        return Figures(len(rows), first)
    soon = sum(1 for since, _, answered in old if answered and answered - since <= LATE)
    two = sum(1 for _, replies, _ in old if replies >= WANTED)
    return Figures(len(rows), first, round(100 * soon / len(old)), round(100 * two / len(old)))
