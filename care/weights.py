"""Weights: a second opinion on a text, from many small signs added up; docs/READER.md tells how.

The rules know how danger is usually said; this hears it said otherwise. It may raise what the rules found.
The table was learned from sentences we made up ourselves (tests/care/train.py), never from a member's words.
"""

import json
import tomllib
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any, Generic, NamedTuple, Protocol, TypeVar

from care.reading import RULES

HEADS = ("distress", "self_harm", "imminent", "other")
"""What is weighed: three tiers, each "this or graver", and whether it is somebody else who is in danger."""
WINDOW = 60
"""Words weighed together. Longer texts are weighed stretch by stretch, so their length adds nothing."""
RULE = "words"
GLOSS = "Words that are often said together by people in danger"
ENOUGH, FAR = 8, -100
"""Words: a shorter text has too few signs for the rules to be doubted. Below this sum everything speaks
against it, whatever they heard."""
LONG = 90
"""Words: from here on the weights raise to distress and no further."""
LENGTHS = (12, 25, 45)
"""Words: that a text has so many is a sign, too, `@25+`."""
FEW, MARGIN = 8, 45
"""In a text of fewer words the weights alone raise an alert only by this much."""
REACH = 7  # words: ideas further apart than this are not one thought
_STEM = 5  # letters: longer words are also known by their beginning
_DENIED = 4  # words that a "not" reaches

T_co = TypeVar("T_co", covariant=True)
Weights = list[int]
Named = tuple[str, Weights]
"""A sign: its name and its weights."""
Found = tuple[Named, int, int]


class Ideas:
    """One language's ideas: words that stand for much the same thing."""

    def __init__(self, lists: dict[str, str]) -> None:
        self.lists = lists
        self.negators = frozenset(lists["NOT"].split())
        self.whole: dict[str, tuple[str, ...]] = {}
        self.begun: dict[str, tuple[str, ...]] = {}
        for idea, words in lists.items():
            for word in words.split() if idea != "NOT" else ():
                kept, key = (self.begun, word[:-1]) if word.endswith("*") else (self.whole, word)
                kept[key] = (*kept.get(key, ()), idea)
        # Each by its first letters, so that a word is compared with few.
        self.least = min(map(len, self.begun), default=1)
        self.starts: dict[str, list[tuple[str, tuple[str, ...]]]] = {}
        for start in sorted(self.begun, key=len):
            self.starts.setdefault(start[: self.least], []).append((start, self.begun[start]))

    def of(self, word: str) -> tuple[str, ...]:
        found = self.whole.get(word, ())
        for start, names in self.starts.get(word[: self.least], ()):
            if word.startswith(start):
                found += names
        return found

    def signs(self, words: list[str], known: "Known") -> list[Found]:
        """Every sign in a clause that is known, with the first word it stands on and the one after its last.

        `die` a word · `suici*` how it begins · `want to` a pair · `want .. die` with one or two words
        between · `not>die` denied · `DEATH` an idea · `not>DEATH` · `ALIVE END` two ideas in order ·
        `i DEATH`, `END it`.
        """
        found: list[Found] = []
        ideas = [self.of(word) for word in words]
        denied = 0
        for at, word in enumerate(words):
            names = (word, *ideas[at])
            for name in names:
                if sign := known.ones.get(name):
                    found.append((sign, at, at + 1))
            if len(word) > _STEM and (sign := known.begun.get(word[:_STEM])):
                found.append((sign, at, at + 1))
            for name in names if denied > at else ():
                if sign := known.negated.get(name):
                    found.append((sign, at, at + 1))
            if word in self.negators:
                denied = at + 1 + _DENIED
            if at + 1 < len(words):
                self._pairs(words, ideas, at, known, found)
        return found

    @staticmethod
    def _pairs(
        words: list[str], ideas: list[tuple[str, ...]], at: int, known: "Known", found: list[Found]
    ) -> None:
        word, after, size = words[at], words[at + 1], len(words)
        if then := known.pairs.get(word):
            for name in (after, *ideas[at + 1]):
                if sign := then.get(name):
                    found.append((sign, at, at + 2))
        if then := known.apart.get(word):
            for far in range(at + 2, min(at + 4, size)):
                if sign := then.get(words[far]):
                    found.append((sign, at, far + 1))
        for idea in ideas[at]:
            if then := known.pairs.get(idea):
                if sign := then.get(after):
                    found.append((sign, at, at + 2))
                for far in range(at + 1, min(at + REACH + 1, size)):
                    for other in ideas[far]:
                        if sign := then.get(other):
                            found.append((sign, at, far + 1))


class Lookup(Protocol[T_co]):
    def get(self, key: str, /) -> T_co | None: ...


class Known(NamedTuple):
    """Signs by their parts: a text is looked up in them without putting one name together."""

    ones: Lookup[Named]
    begun: Lookup[Named]
    negated: Lookup[Named]
    pairs: Lookup[Lookup[Named]]
    apart: Lookup[Lookup[Named]]

    @classmethod
    def of(cls, table: Mapping[str, Weights]) -> "Known":
        """Those of a table."""
        ones: dict[str, Named] = {}
        begun: dict[str, Named] = {}
        negated: dict[str, Named] = {}
        pairs: dict[str, dict[str, Named]] = {}
        apart: dict[str, dict[str, Named]] = {}
        for name, weights in table.items():
            first, _, last = name.partition(" ")
            if name.startswith("not>"):
                negated[name[4:]] = name, weights
            elif last.startswith(".. "):
                apart.setdefault(first, {})[last[3:]] = name, weights
            elif last:
                pairs.setdefault(first, {})[last] = name, weights
            else:
                ones[name] = name, weights
                if name[-1] == "*":
                    begun[name[:-1]] = name, weights
        return cls(ones, begun, negated, pairs, apart)

    @classmethod
    def every(cls) -> "Known":
        """All there can be, without weights: what there is to learn."""
        return cls(
            Every(lambda name: (name, [])),
            Every(lambda start: (start + "*", [])),
            Every(lambda name: ("not>" + name, [])),
            Every(lambda first: Every(lambda last: (f"{first} {last}", []))),
            Every(lambda first: Every(lambda last: (f"{first} .. {last}", []))),
        )


class Every(Generic[T_co]):
    def __init__(self, make: Callable[[str], T_co]) -> None:
        self._make = make

    def get(self, key: str, /) -> T_co | None:
        return self._make(key)


_Sign = tuple[Weights, int, int, int]
"""As `Sign`, which costs more to make; few of them are asked for."""


class Sign(NamedTuple):
    """A sign that was weighed, its weights (one for each of HEADS), and where its words stand."""

    weights: Weights
    clause: int
    first: int
    last: int


@dataclass(frozen=True, slots=True)
class Opinion:
    """The heaviest stretch of the text for each of HEADS: its sum and the signs that are in it."""

    sums: tuple[int, ...]
    signs: tuple[tuple[_Sign, ...], ...]

    @property
    def tier(self) -> int:
        """The gravest of the three tiers whose sum is not below nothing."""
        return max((head + 1 for head in range(3) if self.sums[head] >= 0), default=0)

    def reasons(self, head: int, most: int = 3) -> list[Sign]:
        """The signs that say most, heaviest first, none over the words of another."""
        kept: list[Sign] = []
        for one in sorted(self.signs[head], key=lambda one: (-one[0][head], *one[1:])):
            sign = Sign(*one)
            apart = not any(
                sign.clause == one.clause and sign.first < one.last and one.first < sign.last for one in kept
            )
            if sign.weights[head] > 0 and sign.last > 0 and apart and len(kept) < most:
                kept.append(sign)
        return kept


@cache
def table() -> dict[str, Any]:
    """`base` is where each sum of HEADS begins; `both`, `en` and `es` give every sign its weights."""
    found: dict[str, Any] = json.loads((RULES / "weights.json").read_text("utf-8"))
    return found


@cache
def ideas(language: str) -> Ideas:
    return Ideas(idea_lists()[language])


@cache
def idea_lists() -> dict[str, dict[str, str]]:
    return tomllib.loads((RULES / "ideas.toml").read_text("utf-8"))


def section(sign: str, language: str) -> str:
    """Where a sign's weights stand: what is made of ideas alone is the same in every language."""
    plain = sign.removeprefix("not>").replace(" ", "")
    return "both" if plain.isupper() or sign[0] in "%=@~" else language


def windows(sizes: list[int]) -> Iterator[tuple[int, int]]:
    """Runs of clauses of up to WINDOW words; each begins in the middle of the one before."""
    first = 0
    while first < len(sizes):
        last, words = first, 0
        while last < len(sizes) and (last == first or words + sizes[last] <= WINDOW):
            words += sizes[last]
            last += 1
        yield first, last
        if last == len(sizes):
            return
        first, half = first + 1, words - sizes[first]
        while first + 1 < last and 2 * half > words:
            half -= sizes[first]
            first += 1


def weigh(language: str, clauses: list[list[str]], marks: list[set[str]], heard: set[str]) -> Opinion:
    """What many small signs say together.

    `marks` are signs a clause has beside its words (`%time`); `heard` are signs of the whole text: which
    families of rules held (`=direct`), what took others back (`@negation`), how long it is (`@25+`).
    """
    known = _known(language)
    always = [(known[sign], 0, 0, 0) for sign in sorted(heard) if sign in known]
    rows = [_row(language, at, words, marks[at]) for at, words in enumerate(clauses)]
    stretches = []
    for first, last in windows([len(words) for words in clauses]) if rows else [(0, 0)]:
        signs: dict[str, _Sign] = {}
        for row in reversed(rows[first:last]):
            signs.update(row)
        stretches.append((*always, *signs.values()))
    base: Weights = table()["base"]
    sums = [list(map(sum, zip(base, *[sign[0] for sign in said], strict=True))) for said in stretches]
    columns = list(zip(*sums, strict=True))
    best = [column.index(max(column)) for column in columns]
    return Opinion(tuple(sums[at][head] for head, at in enumerate(best)), tuple(stretches[at] for at in best))


def _row(language: str, clause: int, words: list[str], marks: set[str]) -> dict[str, _Sign]:
    """The signs of one clause that have weights, each where it stands first."""
    row = dict[str, _Sign]()
    for (name, weights), first, last in ideas(language).signs(words, _parts(language)):
        if name not in row:
            row[name] = weights, clause, first, last
    known = _known(language)
    for mark in sorted(marks):
        if mark in known:
            row[mark] = known[mark], clause, 0, 0
    return row


@cache
def _known(language: str) -> dict[str, Weights]:
    return {**table()["both"], **table()[language]}


@cache
def _parts(language: str) -> Known:
    return Known.of(_known(language))


def compiled() -> dict[str, Any]:
    """What web/static/js/reader.js needs to weigh as this module does."""
    return {
        "rule": RULE,
        "window": WINDOW,
        "enough": ENOUGH,
        "far": FAR,
        "long": LONG,
        "few": FEW,
        "lengths": LENGTHS,
        "margin": MARGIN,
        "ideas": idea_lists(),
        "table": table(),
    }
