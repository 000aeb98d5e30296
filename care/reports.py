"""Reports: what may be said about an item or a person, when several hide it, and who is told what."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

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
    at: datetime
    counts: bool


def counts(joined: datetime, at: datetime, right: int, wrong: int) -> bool:
    """Whether a report helps to hide something before a person looked. Every report is read either way."""
    return at - joined >= KNOWN and not (wrong >= OFTEN_WRONG and wrong > right)


def hides(flags: Sequence[Flag]) -> bool:
    """Three distinct trusted people. What comes within ten minutes of the last that counted is a pile-on
    and counts as one."""
    distinct, last = 0, None
    for flag in sorted((flag for flag in flags if flag.counts), key=lambda flag: flag.at):
        if last is None or flag.at - last >= PILE:
            distinct, last = distinct + 1, flag.at
    return distinct >= ENOUGH


def risk(reason: str) -> int:
    return RISK.get(reason, AMBER)
