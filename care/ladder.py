"""What follows from a reading of shared words: what their author sees, who is called, where they go.

The table of SAFETY.md, section 7.1. All readers always run, help always wins, and nothing is blocked
in silence. Nothing here counts against anybody.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from care import moderation, rulings, safety
from care.moderation import Findings
from care.queue import AMBER, DANGER, GREEN, RED
from care.rulings import HELD, HIDDEN, PUBLISHED, SAFEGUARDING
from care.safety import Reading
from care.words import N_

CARDS = ("", "gentle", "careful", "guide", "calm", "steps")
"""What the author is shown: nothing; after sending, something to hold on to; before others see it, "are
you safe right now?"; how to help somebody; the full page when it is urgent; what to do for another now."""

CARD_NAMES = {
    "gentle": N_("The gentle card, after sending: something to hold on to"),
    "careful": N_("The careful card: thank you, are you safe right now, and somebody to talk to"),
    "guide": N_("The guide: how to help somebody else"),
    "calm": N_("The calm page: emergency numbers, somebody to be with, who reads it and when"),
    "steps": N_("The steps: what to do for somebody else now"),
}
"""As the desk says them."""

VERSION = f"{safety.VERSION}.{rulings.POLICY}"
"""Of the readers and of the rules for what follows; kept with each item as `read_by`."""
TIERS = ("none", "distress", "self_harm", "imminent")
FRESH = timedelta(days=1)
"""Words older than this are no cry of now: no page that says so is opened for their author."""

LABEL_RISK = {"grooming": RED, "method_info": RED}
"""The other labels are amber."""
Read = tuple[Reading, Findings]
AGAINST_OTHERS = frozenset({"harassment", "grooming"})


@dataclass(frozen=True, slots=True)
class Person:
    """What of the author decides who reads first."""

    band: str
    joined: datetime
    published: int
    restricted: bool = False


@dataclass(frozen=True, slots=True)
class Mark:
    """A stretch of the words as written, and what a rule saw there in plain words, still to be translated."""

    start: int
    end: int
    rule: str
    why: str


@dataclass(frozen=True, slots=True)
class Response:
    state: str
    reason: str
    risk: int
    card: str
    page: bool
    """Whether somebody on duty is called at once."""
    tier: str
    about: str
    labels: tuple[str, ...]
    marks: tuple[Mark, ...]
    version: str

    @property
    def rules(self) -> tuple[str, ...]:
        return tuple(dict.fromkeys(mark.rule for mark in self.marks))


def read(text: str) -> Read:
    """Both readers, always; neither keeps the other from speaking."""
    return safety.read(text), moderation.read(text)


def respond(read: Read, kind: str, person: Person, at: datetime) -> Response:
    reading, findings = read
    page = reading.tier == "imminent" or "grooming" in findings.labels
    state, reason = _state(reading, findings, kind, person, at)
    risk = max(_risk_of(reading), _risk_of_labels(findings))
    return Response(
        *(state, reason, risk, card(reading.tier, reading.about), page, reading.tier, reading.about),
        findings.labels,
        marks(reading, findings),
        VERSION,
    )


def again(read: Read, tier: str, labels: Sequence[str], written: datetime, at: datetime) -> Response:
    """What follows when published words are read by newer rules. `tier` and `labels` are what was known
    of them when somebody, or our rules, let them stand.

    Only what is new puts them aside: what a person has seen marked and let stand is not asked again with
    every version. Nothing that was known is forgotten, and nothing is ever published by it.
    """
    reading, findings = read
    worse, new = TIERS.index(reading.tier) > TIERS.index(tier), not set(findings.labels) <= set(labels)
    fresh, heavy = at - written < FRESH, worse and reading.tier in ("self_harm", "imminent")
    if heavy and fresh:
        state, reason = SAFEGUARDING if reading.tier == "imminent" else HIDDEN, "care"
    else:
        state, reason = (HIDDEN, "reread") if heavy or new else (PUBLISHED, "")
    risk = max(_risk_of(reading) if worse else GREEN, _risk_of_labels(findings) if new else GREEN)
    if state == PUBLISHED and not fresh:
        risk = GREEN  # a heavy evening of long ago; it was answered or not, and asks nobody now
    page = fresh and (state == SAFEGUARDING or (new and "grooming" in findings.labels))
    return Response(
        *(state, reason, risk if state == SAFEGUARDING else min(risk, RED), "", page),
        *((reading.tier, reading.about) if worse else (tier, "")),
        tuple(dict.fromkeys([*labels, *findings.labels])),
        marks(reading, findings),
        VERSION,
    )


def older(version: str) -> bool:
    """Whether these rules came before ours. What no rules are known for is the oldest of all; newer ones,
    of a process that was started later, are left to it."""
    return _numbers(version) < _numbers(VERSION)


def marks(reading: Reading, findings: Findings) -> tuple[Mark, ...]:
    """In the order of the text, for the desk."""
    found = [Mark(one.start, one.end, one.rule, one.gloss) for one in reading.matched]
    found += [Mark(one.start, one.end, one.rule, one.why) for one in findings]
    return tuple(sorted(found, key=lambda mark: (mark.start, -mark.end)))


def pieces(text: str, found: Sequence[Mark]) -> list[tuple[str, Mark | None]]:
    """The text cut where marks begin and end; of marks that overlap, the first is kept whole."""
    cut: list[tuple[str, Mark | None]] = []
    at = 0
    for mark in found:
        if mark.start < at or mark.end <= mark.start or mark.end > len(text):
            continue
        if mark.start > at:
            cut.append((text[at : mark.start], None))
        cut.append((text[mark.start : mark.end], mark))
        at = mark.end
    return [*cut, (text[at:], None)] if at < len(text) else cut


def may_cost(tier: str, labels: Sequence[str]) -> bool:
    """Whether somebody may be paused for it: never for words about their own danger, unless they also
    attack or endanger somebody else."""
    return tier == "none" or not AGAINST_OTHERS.isdisjoint(labels)


def card(tier: str, about: str) -> str:
    """What the author is shown, one of CARDS."""
    of_another = about == "other"
    return {
        "none": "",
        "distress": "gentle",
        "self_harm": "guide" if of_another else "careful",
        "imminent": "steps" if of_another else "calm",
    }[tier]


def _state(reading: Reading, findings: Findings, kind: str, person: Person, at: datetime) -> tuple[str, str]:
    if reading.tier == "imminent":
        return SAFEGUARDING, "care"
    if reading.tier == "self_harm":
        return HELD, "care"
    if findings:
        return HELD, "reader"
    if person.restricted:
        return HELD, "restricted"
    first = rulings.read_first(person.band, kind, person.joined, person.published, at)
    return (HELD, first) if first else (PUBLISHED, "")


def _numbers(version: str) -> tuple[int, ...]:
    return tuple(int(part) for part in version.split(".")) if re.fullmatch(r"\d+(\.\d+)*", version) else ()


def _risk_of(reading: Reading) -> int:
    return {"none": GREEN, "distress": AMBER, "self_harm": RED, "imminent": DANGER}[reading.tier]


def _risk_of_labels(findings: Findings) -> int:
    return max((LABEL_RISK.get(label, AMBER) for label in findings.labels), default=GREEN)


def sentences(text: str) -> list[str]:
    """The lines a moderator can point at, as they stand in the text; at most fifty."""
    found = (piece.strip() for piece in re.split(r"(?<=[.!?…])\s+|\n+", text))
    return list(dict.fromkeys(piece for piece in found if piece))[:50]
