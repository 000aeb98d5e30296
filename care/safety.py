"""Safety: does what somebody wrote say that they, or somebody they know, may be in danger?

It never decides alone: it shows help, raises and holds; people decide. docs/READER.md tells how it reads.
"""

import re
from dataclasses import dataclass
from functools import cache
from typing import Any

from care import weights
from care.context import FAMILIES, Hit, Passage
from care.phrasing import TOKEN_SOURCE, Language
from care.reading import EMOJI, FOLDS, LEET, LONGEST, SPACED_SOURCE, Normal, despace, normalise
from care.weights import Opinion, Sign

VERSION = "6"
LANGUAGES = ("en", "es")
TIERS = ("none", "distress", "self_harm", "imminent")

# What one family says by itself, as an index into TIERS; what several say together is in `_weigh`.
ALONE = {
    "in_progress": 3,
    "unsafe": 3,
    "farewell": 3,
    "intent": 2,
    "direct": 2,
    "bare": 2,
    "passive": 2,
    "harm": 2,
    "prep": 2,
    "hand": 2,
    "veiled": 2,
    "strong": 1,
}
SPOKEN = frozenset({"intent", "direct", "bare"})
"""Families that say the wish itself, not only what may stand beside it."""


@dataclass(frozen=True, slots=True)
class Match:
    """A rule that held, where in the original text, and what it means in plain words."""

    rule: str
    start: int
    end: int
    gloss: str


@dataclass(frozen=True, slots=True)
class Reading:
    """`confidence` runs from 0 to 1 and only orders a queue; it never changes what the writer sees."""

    tier: str
    about: str
    confidence: float
    matched: tuple[Match, ...]
    modifiers: tuple[str, ...]
    version: str


def read(text: str, language: str | None = None) -> Reading:
    """The gravest thing `text` says, in `language` or, when that is not known, in any there are rules for.

    Only the first 20,000 characters are read. Nothing raises, whatever the text holds.
    """
    normal = despace(normalise(text))
    names = (language,) if language is not None and language in LANGUAGES else spoken(normal)
    readings = [_reading(name, normal) for name in names]
    return max(readings, key=lambda one: (TIERS.index(one.tier), one.about == "self", one.confidence))


@cache
def language(name: str) -> Language:
    """A rule file is read once, when a text is first read with it."""
    return Language(name)


def spoken(normal: Normal) -> list[str]:
    """The languages a text may be in. One is left out when another has more than twice its everyday words."""
    words = re.findall("[a-z]+", normal.text)
    counts = {name: language(name).familiar(words) for name in LANGUAGES}
    return [name for name in LANGUAGES if 2 * counts[name] >= max(counts.values())]


def _reading(name: str, normal: Normal) -> Reading:
    passage = Passage(language(name), normal)
    hits = list(passage.hits())
    mine, theirs = (_weigh([hit for hit in hits if hit.other is other], passage) for other in (False, True))
    opinion = weights.weigh(*signs(name, passage, hits))
    words = sum(len(clause.words) for clause in passage.clauses)
    tier, about = _settled(mine, theirs, opinion, {hit.family for hit in hits if not hit.capped}, words)
    matched = [_match(hit, passage, normal) for hit in hits]
    if tier > max(mine, theirs):
        head = tier - 1 if opinion.sums[tier - 1] >= 0 else 2
        matched += [_sign(name, sign, passage, normal) for sign in opinion.reasons(head)]
    humour = any(clause.humour for clause in passage.clauses)
    sure = min(0.95, 0.45 + 0.1 * tier + 0.05 * len({match.rule for match in matched})) - 0.2 * humour
    return Reading(
        TIERS[tier],
        about,
        round(sure, 2) if tier else 0.0,
        tuple(matched) if tier else (),
        tuple(sorted(passage.modifiers | ({"humour"} if humour else set()))),
        VERSION,
    )


def signs(
    name: str, passage: Passage, hits: list[Hit]
) -> tuple[str, list[list[str]], list[set[str]], set[str]]:
    """What care/weights.py weighs: the language, the words and marks of each clause, what the rules heard."""
    marks = [
        {"%" + frame for frame in frames} | ({"%humour"} if clause.humour else set())
        for clause, frames in zip(passage.clauses, passage.frames, strict=True)
    ]
    heard = {"=" + hit.family for hit in hits if not hit.capped} | {"@" + one for one in passage.modifiers}
    words = sum(len(clause.words) for clause in passage.clauses)
    heard |= {f"@{size}+" for size in weights.LENGTHS if words >= size}
    return name, [clause.words for clause in passage.clauses], marks, heard


def _settled(mine: int, theirs: int, opinion: Opinion, said: set[str], words: int) -> tuple[int, str]:
    """The tier of rules and weights together, and whom it is about.

    Weights raise what rules missed. Where a text of some length is nearly surely harmless, an alert of the
    rules is made distress, never nothing: help is offered all the same. What is doubted only where everything
    speaks against it: a plain "I want to die", hurting oneself, not feeling safe, a spoken intention that is
    urgent, somebody else, and a handful of words.
    """
    tier = max(mine, theirs)
    spoken = said & {"harm", "unsafe", "direct"} or (tier > 2 and said & SPOKEN)
    firm = theirs > mine or spoken or words < weights.ENOUGH
    if tier > 1 and opinion.sums[1] < (weights.FAR if firm else weights.table()["doubt"]):
        tier = 1
    elif tier == 1 and words >= weights.ENOUGH and opinion.sums[0] < weights.table()["calm"]:
        tier = 0  # a heavy word in a text that is otherwise of everyday things
    other = theirs > mine or (not tier and opinion.sums[3] >= 0)
    # A long text has signs of everything in it: there the weights may offer a word, and rules alone alert.
    # Somebody is called at once only for what a rule heard.
    raised = min(opinion.tier, 2 if words < weights.LONG else 1)
    if raised == 2 and words < weights.FEW and opinion.sums[1] < weights.MARGIN:
        raised = 1  # a handful of everyday words has too few signs to be sure of
    near = opinion.sums[2] >= weights.table()["near"]  # of the greatest danger: help is offered already then
    tier = max(tier, raised, int(near))
    return tier, "none" if not tier else "other" if other else "self"


def _sign(name: str, sign: Sign, passage: Passage, normal: Normal) -> Match:
    start, end = normal.span(*passage.clauses[sign.clause].reach(sign.first, sign.last))
    return Match(f"{name}.{weights.RULE}", start, end, weights.GLOSS)


def _match(hit: Hit, passage: Passage, normal: Normal) -> Match:
    start, end = normal.span(*passage.clauses[hit.clause].reach(hit.first, hit.last))
    rule = passage.rules.rules[hit.rule]
    return Match(rule.id, start, end, rule.gloss)


def _weigh(hits: list[Hit], passage: Passage) -> int:
    """The lattice: what the families that held say together, as an index into TIERS."""
    free = [hit for hit in hits if not hit.capped]
    said = {hit.family for hit in free}
    # One hint and an everyday reason somewhere in the text: "won't be around, we're at my aunt's".
    if "everyday" in passage.all and len(said & FAMILIES["hints"]) == 1 and not said & FAMILIES["clear"]:
        said -= FAMILIES["hints"]
    timed = {hit.family for hit in free if "time" in passage.frames[hit.clause]} & said
    tier = max((ALONE.get(family, 0) for family in said), default=0)
    if len({hit.rule for hit in free if hit.family == "weak"}) > 1 or len(free) < len(hits):
        tier = max(tier, 1)
    if _is_grave_together(said, timed):
        tier = max(tier, 2)
    preparations = len({hit.rule for hit in free if hit.family == "prep"})
    if tier == 2 and _is_pressing(said, timed, passage.all, preparations):
        tier = 3
    return tier


def _is_grave_together(said: set[str], timed: set[str]) -> bool:
    """Nothing alone, too much side by side: doing "it" tonight, sorry and goodbye."""
    if "act" in said and ("act" in timed or said - {"act", "means", "weak", "strong"}):
        return True
    if "state" in said and said & {"act", "means", "prep", "hand", "farewell", "sorry", "leave"}:
        return True
    if {"strong", "means"} <= said:
        return True
    return {"sorry", "leave"} <= said or bool(timed & {"sorry", "leave"} and len(said) > 1)


def _is_pressing(said: set[str], timed: set[str], frames: set[str], preparations: int) -> bool:
    """An intention, or the idea of it, beside a time, a plan, the means or a goodbye."""
    ideas = said & {"direct", "bare", "passive", "intent", "veiled", "act"}
    farewells = {"sorry", "leave"}
    if timed & {"direct", "bare", "intent", "veiled"} or {"harm", "means"} <= said:
        return True
    if said & {"prep", "hand"}:
        beside = ideas | said & (farewells | {"strong", "harm", "state"})
        return bool(beside) or preparations > 1 or "time" in frames
    if "intent" in said and ("moment" in frames or said & (farewells | {"means", "act", "veiled"})):
        return True
    return (
        bool(said & {"direct", "bare", "intent", "veiled"} and said & (farewells | {"means"}))
        or {"state", "means"} <= said
    )


def compiled() -> dict[str, Any]:
    """All that web/static/js/reader.js needs to read as this module does; the same value every time."""
    return {
        "version": VERSION,
        "longest": LONGEST,
        "token": TOKEN_SOURCE,
        "spaced": SPACED_SOURCE,
        "folds": FOLDS,
        "leet": LEET,
        "emoji": EMOJI,
        "tiers": TIERS,
        "alone": ALONE,
        "families": {name: sorted(kept) for name, kept in FAMILIES.items()},
        "languages": {name: language(name).compiled() for name in LANGUAGES},
        "weights": weights.compiled(),
    }
