"""What a writer is told about a story before it is sent: what could hurt or tell who somebody is, and what
to write instead. Nothing here blocks: a person reads every story anyway.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass

from care import identity, ladder, rulings
from care.ladder import Mark, Read
from care.reading import normalise
from care.shared import Draft
from care.stories import QUESTIONS
from care.words import N_

RULE_OF = {
    "method_info": "method",
    "ed_numbers": "numbers",
    "contact_info": "contact",
    "link": "contact",
    "harassment": "unkind",
    "grooming": "unsafe",
    "spam": "spam",
}
"""Which of care.rulings.RULES a label of care.moderation comes under."""
GRAVEST = ("method", "numbers", "contact", "unsafe", "unkind", "spam", "personal", "language")
MOST_QUOTED = 6

KINDER = (
    (re.compile(r"\bcommit(?:s|ted|ting)? suicide\b"), N_("“died by suicide”, or “tried to end their life”")),
    (
        re.compile(r"\b(?:failed|unsuccessful|successful|completed) (?:suicide )?(?:attempts?|suicides?)\b"),
        N_("“an attempt”, or “died by suicide”"),
    ),
    (
        re.compile(r"\b(?:suicid[eo] (?:fallido|exitoso|consumado)|intento (?:fallido|frustrado))\b"),
        N_("“an attempt”, or “died by suicide”"),
    ),
    (re.compile(r"\bcometi?(?:o|er|eron|do)? (?:un )?suicidio\b"), N_("“died by suicide”")),
)
LANGUAGE = rulings.Rule(
    N_("Words that weigh less"),
    N_("“Commit” is what people do with crimes, and nobody fails or succeeds at this."),
    N_("It is only a suggestion. You choose your words."),
)


@dataclass(frozen=True, slots=True)
class Said:
    """What a rule found: the words as they were written, and what could stand there instead."""

    words: str
    instead: str = ""


@dataclass(frozen=True, slots=True)
class Advice:
    """One rule, and all it found. `title`, `why`, `change` and each `instead` are still to be translated."""

    rule: str
    title: str
    why: str
    change: str
    said: tuple[Said, ...]

    @property
    def gentle(self) -> bool:
        return self.rule == "language"


Piece = tuple[str, Mark | None]


@dataclass(frozen=True, slots=True)
class Advised:
    """`title` and each of `boxes` come cut where marks begin and end; `card` is one of care.ladder.CARDS."""

    title: list[Piece]
    boxes: list[tuple[str, list[Piece]]]
    advice: list[Advice]
    card: str
    verdict: str
    rules: tuple[str, ...]
    step: int
    """Of the guided writer, where what to change stands: the first box that is marked, or the title; else
    the notes, when it is heavy and has none; else the first."""


def advise(draft: Draft) -> Advised:
    """Reads all of a story, as the one door will when it is sent."""
    read = ladder.read(draft.read)
    reading, _ = read
    marks = _marks(draft.read, read)
    title, *boxes = [ladder.pieces(part, found) for part, found in _parted(draft.words.parts, marks)]
    marked = [n for n, cut in enumerate((*boxes, title)) if any(mark for _, mark in cut)]
    named = [(question, cut) for question, cut in zip(QUESTIONS.values(), boxes, strict=True) if cut]
    verdict = reading.about if reading.about == "other" else reading.tier
    hits = tuple(dict.fromkeys(one.rule for one in reading.matched))
    bare = verdict not in ("none", "distress") and not draft.notes and not draft.words.own_note
    step = marked[0] if marked else len(boxes) + 1 if bare else 0
    advice = [_advice(rule, marks, draft.read) for rule in GRAVEST if any(one.rule == rule for one in marks)]
    return Advised(title, named, advice, ladder.card(reading.tier, reading.about), verdict, hits, step)


def _marks(text: str, read: Read) -> list[Mark]:
    """What must be mended before what could be; where two overlap, the graver one stands."""
    found = [Mark(one.start, one.end, RULE_OF[one.label], one.why) for one in read[1]]
    found += [Mark(one.start, one.end, "personal", identity.WHY[one.kind]) for one in identity.find(text)]
    found += [Mark(start, end, "language", instead) for start, end, instead in _nudges(text)]
    kept: list[Mark] = []
    for mark in sorted(found, key=lambda one: (GRAVEST.index(one.rule), one.start, -one.end)):
        if all(mark.end <= one.start or one.end <= mark.start for one in kept):
            kept.append(mark)
    return sorted(kept, key=lambda one: one.start)


def _nudges(text: str) -> Iterable[tuple[int, int, str]]:
    normal = normalise(text)
    for pattern, instead in KINDER:
        for hit in pattern.finditer(normal.text):
            yield *normal.span(*hit.span()), instead


def _parted(parts: tuple[str, ...], marks: list[Mark]) -> Iterable[tuple[str, list[Mark]]]:
    """Each part with its own marks, counted from its own beginning; see care.shared.Words.text."""
    at = 0
    for part in parts:
        if not part.strip():
            yield "", []
            continue
        end = at + len(part)
        here = [one for one in marks if one.start < end and one.end > at]
        yield (
            part,
            [Mark(max(0, one.start - at), min(one.end, end) - at, one.rule, one.why) for one in here],
        )
        at = end + 2


def _advice(rule: str, marks: list[Mark], text: str) -> Advice:
    told = LANGUAGE if rule == "language" else rulings.RULES[rule]
    said = dict.fromkeys(_said(mark, text) for mark in marks if mark.rule == rule)
    return Advice(rule, told.title, told.why, told.change, tuple(said)[:MOST_QUOTED])


_INSTEAD = {identity.WHY[kind]: words for kind, words in identity.INSTEAD.items()}


def _said(mark: Mark, text: str) -> Said:
    words = text[mark.start : mark.end]
    instead = mark.why if mark.rule == "language" else _INSTEAD.get(mark.why, "")
    return Said(words if len(words) <= 60 else words[:59] + "…", instead)
