"""Reports: what may be said about an item or a person, when several hide it, and who is told what."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from care.queue import AMBER, DANGER, RED
from care.words import N_

REASONS = {
    "upsetting": N_("It upsets me"),
    "contact": N_("Somebody wants contact outside Beside, or it feels unsafe"),
    "bullying": N_("Bullying"),
    "sexual": N_("Something sexual"),
    "personal": N_("It shows who or where somebody is"),
    "danger": N_("Someone is in danger"),
    "spam": N_("Advertising or the same thing again and again"),
    "unsure": N_("I’m not sure, but something is off"),
}
RISK = {"danger": DANGER, "contact": RED, "sexual": RED}
"""The others are amber."""

STATUS = {
    "received": N_("We have it. Nobody has looked yet."),
    "looked": N_("Somebody is looking at it."),
    "done": N_("Done."),
}
OUTCOMES = {
    "": "",
    "kept": N_("We looked, and it can stay. Thank you for telling us: you don’t need to be sure."),
    "changed": N_("We asked for a change."),
    "removed": N_("It is not shown any more."),
    "care": N_("Somebody who looks after safety is taking care of it."),
    "acted": N_("We did something about it. What exactly stays between us and them."),
}
BY_ACTION = {"publish": "kept", "keep": "kept", "return": "changed", "remove": "removed", "escalate": "care"}
LONGEST = 500
"""Characters of the optional sentence."""

ENOUGH = 3
PILE = timedelta(minutes=10)
KNOWN = timedelta(days=3)
"""Who joined later than this ago is heard like everyone, but does not help to hide something."""
OFTEN_WRONG = 3


@dataclass(frozen=True, slots=True)
class Flag:
    """One report, as it helps to hide something. `counts` is what `counts` below said when it came."""

    reporter: UUID
    at: datetime
    counts: bool
    places: frozenset[UUID] = frozenset()
    """The threads and groups its reporter writes in."""


def counts(joined: datetime, at: datetime, right: int, wrong: int) -> bool:
    """Whether a report helps to hide something before a person looked. Every report is read either way."""
    return at - joined >= KNOWN and not (wrong >= OFTEN_WRONG and wrong > right)


def hides(flags: Sequence[Flag]) -> bool:
    """Three trusted people, no two of whom look like one pile-on.

    It asks for any three such flags and not for a count that runs along with time: what a crowd did must
    not depend on who was first, and it never makes a voice from elsewhere count for less.
    """
    counting = [flag for flag in flags if flag.counts]
    apart = [sum(1 << n for n, other in enumerate(counting) if _apart(flag, other)) for flag in counting]
    # Two who stand apart, and a third who stands apart from both: one bit of a number for each flag.
    return any(
        apart[one] & apart[other]
        for one in range(len(counting))
        for other in range(one)
        if apart[one] >> other & 1
    )


def _apart(one: Flag, other: Flag) -> bool:
    """Friends in one place who call each other to it within ten minutes say one thing; two strangers who
    mind it at the same moment say two."""
    if one.reporter == other.reporter:
        return False
    return abs(one.at - other.at) >= PILE or one.places.isdisjoint(other.places)


def risk(reason: str) -> int:
    return RISK.get(reason, AMBER)
