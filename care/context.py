"""Context: what a text says once the words around each match are heard: not, used to, she, in the song."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cached_property

from care.phrasing import Clause, Language
from care.reading import Normal

# Families of rules by how they bear what stands around them. The browser reads by the same table.
FAMILIES: dict[str, frozenset[str]] = {
    # What says danger in so many words, and what only hints at it: moving house can explain the second.
    "clear": frozenset({"in_progress", "unsafe", "intent", "direct", "bare", "passive", "harm"}),
    "hints": frozenset({"prep", "hand", "veiled", "farewell", "sorry", "leave", "act", "means"}),
    # Nobody says these of a book they are only talking about.
    "earnest": frozenset({"in_progress", "farewell", "unsafe"}),
    # People play with these: "goodbye, my bank account".
    "mocked": frozenset({"farewell", "sorry", "leave", "act"}),
    # A person who got through tells of these, with few marks of the past.
    "tellable": frozenset({"direct", "bare", "passive", "intent", "harm", "prep", "strong", "weak"}),
    # What somebody else may claim of themselves; a goodbye or a feeling after "you" is still the writer's.
    "claims": frozenset({"direct", "bare", "passive", "intent", "harm", "act", "means", "hand"}),
    # A news item can name these without anybody being in danger.
    "nameable": frozenset({"direct", "bare", "harm"}),
    "ideas": frozenset({"direct", "bare", "passive"}),
}


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


class Passage:
    """One text read with one language's rules. `modifiers` collects what changed or cancelled a match."""

    def __init__(self, rules: Language, normal: Normal) -> None:
        self.rules = rules
        self.clauses = rules.clauses(normal)
        self.frames = [rules.framing(clause) for clause in self.clauses]
        self.all: set[str] = set().union(*self.frames)
        self.modifiers: set[str] = set()
        self.mine, self.others, self.general = (rules.person[name] for name in ("self", "other", "general"))

    @cached_property
    def about_nobody(self) -> bool:
        personal = self.mine | self.rules.marks["personal"]
        return all(personal.isdisjoint(one.words) for one in self.clauses)

    def hits(self) -> Iterator[Hit]:
        """Every match that stands, clause by clause: the writer's own, then what is said of somebody else."""
        for at, clause in enumerate(self.clauses):
            yield from self._kept(at, clause, other=False)
            if not self.rules.swap.keys().isdisjoint(clause.words):
                # Their words are put in the first person and the writer's taken out: "she wants" → "i want".
                words = [self._swapped(clause.words, nth) for nth in range(len(clause.words))]
                swapped = Clause(words, clause.spans, clause.quoted, clause.humour)
                yield from self._kept(at, swapped, other=True)

    def _kept(self, at: int, clause: Clause, other: bool) -> Iterator[Hit]:
        found = [
            Hit(rule, self.rules.rules[rule].family, at, first, last, other)
            for rule, first, last in self.rules.find(clause)
        ]
        masked = {word for hit in found if hit.family == "idiom" for word in range(hit.first, hit.last)}
        if masked:
            self.modifiers.add("idiom")
        for hit in found:
            if masked.isdisjoint(range(hit.first, hit.last)):
                kept = self._modified(hit, clause)
                if kept is not None:
                    yield kept

    def _swapped(self, words: list[str], at: int) -> str:
        """Whether "her" is "my" or, where a phrase ends or a small word follows, "me": the entry "her."."""
        ends = at + 1 == len(words) or words[at + 1] in self.rules.marks["ends"]
        word = self.rules.swap.get(words[at] + ".", "") if ends else ""
        return word or self.rules.swap.get(words[at], "_" if words[at] in self.mine else words[at])

    def _modified(self, hit: Hit, clause: Clause) -> Hit | None:
        """The hit as the words around it leave it: kept, made somebody else's, made slight, or taken back."""
        if hit.other and (self._is_general(hit) or self._is_over(hit, clause)):
            return None
        if not hit.other and self._is_reported(hit, clause):
            hit = replace(hit, other=True)
        for name, cancels in (
            ("subject", self._is_anothers),
            ("negation", self._is_negated),
            ("past", self._is_past),
            ("fiction", self._is_fiction),
            ("info", self._is_info),
            ("impersonal", self._is_impersonal),
            ("everyday", self._is_everyday),
        ):
            if cancels(hit, clause):
                self.modifiers.add(name)
                return None
        if hit.other:
            self.modifiers.add("third_person")
        return self._weakened(hit, clause)

    def _weakened(self, hit: Hit, clause: Clause) -> Hit:
        """Small troubles and games make big words small; they do not unsay them."""
        frames = self.frames[hit.clause]
        slight = hit.family in FAMILIES["ideas"] or (hit.family == "intent" and "time" not in frames)
        if (
            ("trivial" in frames and slight)
            or ("game" in frames and hit.family == "intent")
            or (clause.humour and hit.family == "bare" and "earnest" not in frames)
        ):
            self.modifiers.add("trivial")
            return replace(hit, capped=True)
        return replace(hit, family="leave") if hit.family == "farewell" and clause.humour else hit

    # Each of these answers one question about a hit.

    def _is_anothers(self, hit: Hit, clause: Clause) -> bool:
        """Whose is it? The nearest person's before it, unless the match itself says "i" or "my"."""
        if hit.other or not self.mine.isdisjoint(clause.words[hit.first : hit.last]):
            return False
        for word in reversed(clause.words[: hit.first]):
            # "Does anyone else want to disappear?" is said of oneself.
            if word in self.mine or word == "else":
                return False
            if word in self.others:
                return True
            if word in self.general:
                return hit.family in FAMILIES["claims"]
        return False

    def _is_general(self, hit: Hit) -> bool:
        """People who want to die: nobody in particular. "If a friend says …" is advice."""
        clause = self.clauses[hit.clause]
        for word in reversed(clause.words[: hit.first]):
            if word in self.general:
                return not self.rules.framed(clause, "known")
            if word in self.others:
                return re.search(f" (if|when|whether|si|cuando) {word} ", clause.text) is not None
        return self.others.isdisjoint(clause.words)

    def _is_over(self, hit: Hit, clause: Clause) -> bool:
        """He killed himself: a death that is mourned, not a danger that can be met."""
        done = not self.rules.marks["done"].isdisjoint(clause.words[hit.first : hit.last])
        return done and not self.rules.framed(clause, "nearly")

    def _is_reported(self, hit: Hit, clause: Clause) -> bool:
        """She said i want to die: the words are hers."""
        before = clause.words[: hit.first]
        if self.others.isdisjoint(before):
            return False
        if clause.quoted[hit.first]:
            return True
        spoken = not self.rules.marks["reports"].isdisjoint(before[-4:])
        return spoken and not any(word in self.mine and word != "me" for word in before)

    def _is_negated(self, hit: Hit, clause: Clause) -> bool:
        """Negation reaches its own verb phrase only: from the match back over filler words to a "not"."""
        marks = self.rules.marks
        for at in range(hit.first - 1, max(-1, hit.first - 9), -1):
            word = clause.words[at]
            if word in marks["negators"] or f"{word}-{clause.words[at + 1]}" in marks["negators"]:
                return True
            if word == "no" and at == hit.first - 1:
                return clause.words[hit.first] not in self.mine
            hinged = word == "i" and at > 0 and clause.words[at - 1] in marks["hinges"]
            if word not in marks["filler"] and not hinged:
                return False
        return False

    def _is_past(self, hit: Hit, clause: Clause) -> bool:
        frames, tense = self.frames[hit.clause], self._tense(hit, clause)
        if "now" in frames:
            return False
        if hit.family not in FAMILIES["tellable"]:
            return tense == "past" and "past" in frames
        if "past" in frames or "recovered" in frames:
            return tense != "present"
        return tense == "past" and not self.all.isdisjoint(("past", "recovered")) and "now" not in self.all

    def _tense(self, hit: Hit, clause: Clause) -> str:
        said, near = clause.words[hit.first : hit.last], clause.words[max(0, hit.first - 3) : hit.last]
        if not self.rules.marks["past"].isdisjoint(near) and "wish" not in near:
            return "past"
        return "none" if self.rules.marks["present"].isdisjoint(said) else "present"

    def _is_fiction(self, hit: Hit, clause: Clause) -> bool:
        here = self.frames[hit.clause]
        if not self.all.isdisjoint(("fiction", "game")) and (hit.other or clause.quoted[hit.first]):
            return True
        if hit.family in FAMILIES["earnest"] or (hit.family == "intent" and "time" in here):
            return False
        before = self.frames[hit.clause - 1] if hit.clause else set()
        if "game" in here or "game" in before:
            return True
        # "The song goes i want to die" tells of a song; "i want to die, play my song" does not.
        at = self.rules.place(clause, "fiction") if "fiction" in here else None
        return at is not None and (at < hit.first or clause.words[at - 1] in self.rules.marks["inside"])

    def _is_info(self, hit: Hit, clause: Clause) -> bool:
        """Somebody teaching, quoting or offering a line, and not speaking of themselves."""
        if "info" not in self.all:
            return False
        personal = self.mine | self.rules.marks["personal"]
        return clause.quoted[hit.first] or (not hit.other and personal.isdisjoint(clause.words))

    def _is_impersonal(self, hit: Hit, clause: Clause) -> bool:
        """A fact about self-harm, where nothing in the text is said of oneself."""
        if hit.other or hit.family not in FAMILIES["nameable"] or self.all.isdisjoint(("info", "fiction")):
            return False
        return self.about_nobody

    def _is_everyday(self, hit: Hit, clause: Clause) -> bool:
        """A goodbye for a journey, a joke at an exam's expense."""
        frames = self.frames[hit.clause]
        if hit.family in FAMILIES["mocked"]:
            laughing = clause.humour and hit.family != "farewell"
            return laughing or not frames.isdisjoint(("everyday", "jest", "trivial"))
        return "everyday" in frames and hit.family in FAMILIES["hints"]
