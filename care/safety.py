"""Safety: does what somebody wrote say that they, or somebody they know, may be in danger?

It never decides alone: it shows help, raises and holds; people decide. How it reads is told in docs/READER.md.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from functools import cache
from typing import Any

from care.phrasing import TOKEN_SOURCE, Clause, Language
from care.reading import EMOJI, FOLDS, LEET, LONGEST, Normal, despace, normalise

VERSION = "1"
LANGUAGES = ("en", "es")
TIERS = ("none", "distress", "self_harm", "imminent")

# What one family says by itself; what several say together is in `_weigh`.
ALONE = {
    "in_progress": 3,
    "unsafe": 3,
    "farewell": 3,
    "intent": 2,
    "direct": 2,
    "passive": 2,
    "harm": 2,
    "prep": 2,
    "hand": 2,
    "veiled": 2,
    "strong": 1,
}
# What says danger in so many words, and what only hints at it: a moving house can explain the second.
CLEAR = frozenset({"in_progress", "unsafe", "intent", "direct", "passive", "harm"})
HINTS = frozenset({"prep", "hand", "veiled", "farewell", "sorry", "act", "means"})
# Families nobody says of a game, a song or a book they are only talking about.
EARNEST = frozenset({"in_progress", "farewell", "unsafe"})
# Families a person who got through tells of, with few marks of the past.
TELLABLE = frozenset({"direct", "passive", "intent", "harm", "prep", "strong", "weak", "idiom"})
# Families people play with: "goodbye, my bank account".
MOCKED = frozenset({"farewell", "sorry", "act"})


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


@dataclass(frozen=True, slots=True)
class Hit:
    """A match before it is weighed. `clause` and `first` to `last` place it among the words."""

    rule: int
    family: str
    clause: int
    first: int
    last: int
    other: bool = False
    capped: bool = False


@cache
def language(name: str) -> Language:
    """A rule file is read once, when a text is first read with it."""
    return Language(name)


def read(text: str, language: str | None = None) -> Reading:
    """The gravest thing `text` says, in `language` or, when that is not known, in any language there are rules for.

    Only the first 20,000 characters are read. Nothing raises, whatever the text holds.
    """
    normal = despace(normalise(text))
    names = (language,) if language in LANGUAGES else LANGUAGES
    readings = [_Pass(_language(name), normal).reading() for name in names]
    return max(readings, key=lambda one: (TIERS.index(one.tier), one.about == "self", one.confidence))


_language = language


class _Pass:
    """One text read with one language's rules."""

    def __init__(self, rules: Language, normal: Normal) -> None:
        self.rules = rules
        self.normal = normal
        self.clauses = rules.clauses(normal)
        self.frames = [{name for name in rules.frames if rules.framed(one, name)} for one in self.clauses]
        self.all: set[str] = set().union(*self.frames)
        self.modifiers: set[str] = set()
        self.person: dict[str, str] = rules.data["person"]

    def reading(self) -> Reading:
        hits = list(self._hits())
        mine, theirs = [hit for hit in hits if not hit.other], [hit for hit in hits if hit.other]
        tier, other = self._weigh(mine), self._weigh(theirs)
        humour = any(clause.humour for clause in self.clauses)
        self.modifiers.update(["humour"] if humour else [])
        about = "none" if not max(tier, other) else "self" if tier >= other else "other"
        tier = max(tier, other)
        sure = min(0.95, 0.45 + 0.1 * tier + 0.05 * len({hit.rule for hit in hits})) - 0.2 * humour
        return Reading(
            TIERS[tier],
            about,
            round(sure, 2) if tier else 0.0,
            tuple(self._match(hit) for hit in hits) if tier else (),
            tuple(sorted(self.modifiers)),
            VERSION,
        )

    def _match(self, hit: Hit) -> Match:
        spans = self.clauses[hit.clause].spans[hit.first : hit.last]
        start, end = self.normal.span(min(one[0] for one in spans), max(one[1] for one in spans))
        rule = self.rules.rules[hit.rule]
        return Match(rule.id, start, end, rule.gloss)

    def _hits(self) -> Iterator[Hit]:
        for at, clause in enumerate(self.clauses):
            found = list(self._found(at, clause))
            masked = {word for hit in found if hit.family == "idiom" for word in range(hit.first, hit.last)}
            for hit in found:
                if hit.family == "idiom":
                    self.modifiers.add("idiom")
                elif not hit.other and masked and not masked.isdisjoint(range(hit.first, hit.last)):
                    continue
                else:
                    kept = self._modified(hit, clause)
                    if kept is not None:
                        yield kept
            yield from self._theirs(at, clause)

    def _found(self, at: int, clause: Clause) -> Iterator[Hit]:
        for rule, first, last in self.rules.find(clause):
            yield Hit(rule, self.rules.rules[rule].family, at, first, last)

    def _theirs(self, at: int, clause: Clause) -> Iterator[Hit]:
        """What the clause says of somebody else: their words put in the first person, the writer's taken out."""
        swap: dict[str, str] = self.rules.data["swap"]
        if not any(word in swap for word in clause.words):
            return
        swapped = clause.swapped([self._swap(clause.words, nth) for nth in range(len(clause.words))])
        found = list(self._found(at, swapped))
        masked = {word for hit in found if hit.family == "idiom" for word in range(hit.first, hit.last)}
        for hit in found:
            if hit.family == "idiom" or not masked.isdisjoint(range(hit.first, hit.last)):
                continue
            if self._is_general(hit, clause) or self._is_over(hit, clause):
                continue
            kept = self._modified(replace(hit, other=True), swapped)
            if kept is not None:
                self.modifiers.add("third_person")
                yield kept

    def _swap(self, words: list[str], at: int) -> str:
        """ "Her" is "my" before a noun, and "me" where a phrase ends or goes on with a small word ("her.")."""
        swap: dict[str, str] = self.rules.data["swap"]
        ends = at + 1 == len(words) or words[at + 1] in self.rules.ends
        word = swap.get(words[at] + ".", "") if ends else ""
        return word or swap.get(words[at], "_" if words[at] in self.person["self"] else words[at])

    def _modified(self, hit: Hit, clause: Clause) -> Hit | None:
        """The hit as the words around it leave it: kept, made somebody else's, made slight, or taken back."""
        if not hit.other and self._is_reported(hit, clause):
            self.modifiers.add("third_person")
            hit = replace(hit, other=True)
        for name, cancels in (
            ("subject", self._is_anothers),
            ("negation", self._is_negated),
            ("past", self._is_past),
            ("fiction", self._is_fiction),
            ("info", self._is_info),
        ):
            if cancels(hit, clause):
                self.modifiers.add(name)
                return None
        frames = self.frames[hit.clause]
        if "everyday" in frames and hit.family in HINTS:
            self.modifiers.add("everyday")
            return None
        if "trivial" in frames:
            self.modifiers.add("trivial")
            slight = hit.family in ("direct", "passive") or (hit.family == "intent" and "time" not in frames)
            return None if hit.family in MOCKED else replace(hit, capped=slight)
        if "jest" in frames and hit.family in MOCKED:
            return None
        if "game" in frames and hit.family == "intent":
            return replace(hit, capped=True)
        if hit.family == "farewell" and clause.humour:
            return replace(hit, family="sorry")
        return hit

    # Each of these answers one question about a hit.

    def _is_anothers(self, hit: Hit, clause: Clause) -> bool:
        """Whose? The nearest person before it, unless the match itself says "i" or "my"."""
        if hit.other:
            return False
        mine = self.person["self"]
        if any(word in mine for word in clause.words[hit.first : hit.last]):
            return False
        for word in reversed(clause.words[: hit.first]):
            if word in mine:
                return False
            if word in self.person["other"]:
                return True
            if word in self.person["general"]:
                return hit.family not in ("strong", "weak")
        return False

    def _is_general(self, hit: Hit, clause: Clause) -> bool:
        """ "People who want to die": nobody in particular."""
        for word in reversed(clause.words[: hit.first]):
            if word in self.person["general"]:
                return not self.rules.framed(clause, "known")
            if word in self.person["other"]:
                # "If a friend says …" is advice; "if my friend says …" is not.
                return re.search(rf" (if|when|whether|si|cuando) {word} ", clause.text) is not None
        return not any(word in self.person["other"] for word in clause.words)

    def _is_over(self, hit: Hit, clause: Clause) -> bool:
        """ "He killed himself": a death that is mourned, not a danger that can be met."""
        return any(
            word in self.rules.done for word in clause.words[hit.first : hit.last]
        ) and not self.rules.framed(clause, "nearly")

    def _is_negated(self, hit: Hit, clause: Clause) -> bool:
        """Negation reaches its own verb phrase only: from the match back over filler words to a "not"."""
        for at in range(hit.first - 1, max(-1, hit.first - 9), -1):
            word = clause.words[at]
            if word in self.rules.negators or f"{word}-{clause.words[at + 1]}" in self.rules.negators:
                return True
            if word == "no" and at == hit.first - 1:
                return clause.words[hit.first] not in self.person["self"]
            hinged = word == "i" and at > 0 and clause.words[at - 1] in self.rules.hinges
            if word not in self.rules.filler and not hinged:
                return False
        return False

    def _is_past(self, hit: Hit, clause: Clause) -> bool:
        frames = self.frames[hit.clause]
        if "now" in frames:
            return False
        tense = self._tense(hit, clause)
        if hit.family not in TELLABLE:
            return tense == "past" and "past" in frames
        if "past" in frames or "recovered" in frames:
            return tense != "present"
        return tense == "past" and ("past" in self.all or "recovered" in self.all) and "now" not in self.all

    def _tense(self, hit: Hit, clause: Clause) -> str:
        words = clause.words[max(0, hit.first - 3) : hit.last]
        present = any(word in self.rules.present for word in clause.words[hit.first : hit.last])
        if any(word in self.rules.past for word in words) and "wish" not in words:
            return "past"
        return "present" if present else "none"

    def _is_fiction(self, hit: Hit, clause: Clause) -> bool:
        quoted = clause.quoted[hit.first]
        if {"fiction", "game"} & self.all and (hit.other or quoted):
            return True
        if hit.family in EARNEST or (hit.family == "intent" and "time" in self.frames[hit.clause]):
            return False
        near = self.frames[hit.clause] | (self.frames[hit.clause - 1] if hit.clause else set())
        return "game" in near or "fiction" in self.frames[hit.clause]

    def _is_info(self, hit: Hit, clause: Clause) -> bool:
        if "info" not in self.all:
            return False
        mine = not hit.other and any(word in self.person["self"] for word in clause.words)
        return clause.quoted[hit.first] or (not mine and not hit.other)

    def _is_reported(self, hit: Hit, clause: Clause) -> bool:
        """ "She said i want to die": the words are hers."""
        if clause.quoted[hit.first] and any(
            word in self.person["other"] for word in clause.words[: hit.first]
        ):
            return True
        before = clause.words[max(0, hit.first - 4) : hit.first]
        return (
            any(word in self.rules.reports for word in before)
            and any(word in self.person["other"] for word in clause.words[: hit.first])
            and not any(word in self.person["self"] for word in clause.words[: hit.first] if word != "me")
        )

    def _weigh(self, hits: Iterable[Hit]) -> int:
        """The lattice: what the families that held say together, as an index into TIERS."""
        hits = list(hits)
        free = [hit for hit in hits if not hit.capped]
        said = {hit.family for hit in free}
        if "everyday" in self.all and len(said & HINTS) == 1 and not said & CLEAR:
            said -= HINTS
        tier = max((ALONE.get(family, 0) for family in said), default=0)
        few = {hit.rule for hit in free if hit.family == "weak"}
        if len(few) > 1 or any(hit.capped for hit in hits):
            tier = max(tier, 1)
        if "act" in said and said - {"act", "means", "weak", "strong"}:
            tier = max(tier, 2)
        if (
            "state" in said
            and said & {"act", "means", "prep", "hand", "farewell", "sorry"}
            and "state" != said
        ):
            tier = max(tier, 3 if said & {"means", "prep", "hand"} else 2)
        if {"en.sorry", "en.sorry.leave"} <= {
            self.rules.rules[hit.rule].id for hit in free
        } and "sorry" in said:
            tier = max(tier, 2)
        near = {hit.family for hit in free if "time" in self.frames[hit.clause]}
        timed = bool(near & said & {"direct", "intent", "veiled", "act", "sorry"})
        if timed and ("act" in said or ("sorry" in said and len(said) > 1)):
            tier = max(tier, 2)
        if tier == 2 and self._is_pressing(
            said, timed, len({hit.rule for hit in free if hit.family == "prep"})
        ):
            tier = 3
        return tier

    def _is_pressing(self, said: set[str], timed: bool, preps: int) -> bool:
        """An intention, or the idea of it, beside a time, a plan, the means or a goodbye."""
        ideas = said & {"direct", "passive", "intent", "veiled", "act"}
        if timed and ideas - {"act", "passive"}:
            return True
        if "prep" in said or "hand" in said:
            return bool(ideas | said & {"sorry", "strong", "harm"}) or preps > 1 or "time" in self.all
        if "intent" in said and ("moment" in self.all or said & {"means", "sorry", "act", "veiled"}):
            return True
        return bool(ideas - {"passive", "act"} and said & {"means", "sorry"}) or {"harm", "means"} <= said


def compiled() -> dict[str, Any]:
    """Everything the same reader in the browser needs: letters, and each language's lists and pattern sources."""
    return {
        "version": VERSION,
        "token": TOKEN_SOURCE,
        "longest": LONGEST,
        "folds": FOLDS,
        "leet": LEET,
        "emoji": EMOJI,
        "languages": {},
    }
