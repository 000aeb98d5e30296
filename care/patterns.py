"""Patterns: rule files about words in a row, made ready once and then found in flat text.

A rule file (`rules/moderation_en.toml`) says what it holds, and how it is written, at its top.
"""

import re
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any, NamedTuple

from care.anchors import branches, needs
from care.flat import Flat

RULES = Path(__file__).parent / "rules"

_MACRO = re.compile(r"\{([a-z][a-z_]*)\}")


class Told(NamedTuple):
    """What stands before, or after, words that are somebody else's."""

    before: re.Pattern[str]
    after: re.Pattern[str]


@dataclass(frozen=True)
class Phrase:
    rule: str
    label: str
    signal: str
    source: str
    anchors: frozenset[str]
    needs: tuple[frozenset[str], ...]
    unless: re.Pattern[str] | None
    also: re.Pattern[str] | None
    told: Told | None

    @property
    def across(self) -> bool:
        beyond = self.source.replace(r"(?= \||$)", "").replace(r"(?<=\| )", "")
        return r"\|" in beyond or "(?=." in beyond

    @cached_property
    def find(self) -> re.Pattern[str]:
        """Compiled when first tried: starting up must not wait for rules few texts need."""
        return re.compile(rf"(?<!\S)(?:{self.source})(?!\S)")


Index = dict[str, tuple[int, ...]]


@dataclass(frozen=True, slots=True)
class Book:
    """Phrases of all languages, and for every word the ones worth trying where it stands.

    Most phrases live in one sentence (`within`); a few reach into the next (`across`).
    """

    phrases: tuple[Phrase, ...]
    within: Index
    across: Index

    def search(self, flat: Flat, first: int, last: int) -> Iterator[tuple[Phrase, int, int]]:
        """Every phrase among the words from `first` to `last`, with its place in the flat text."""
        for start, end in flat.sentences(first, last):
            yield from self._search(flat, start, end, self.within)
        yield from self._search(flat, first, last, self.across)

    def _search(self, flat: Flat, first: int, last: int, index: Index) -> Iterator[tuple[Phrase, int, int]]:
        words = frozenset(flat.keys[first:last])
        known = [index[word] for word in words if word in index]
        for number in sorted(set().union(*known)):
            phrase = self.phrases[number]
            for need in phrase.needs:
                if words.isdisjoint(need):
                    break
            else:
                end = flat.at[last - 1] + len(flat.words[last - 1])
                for found in phrase.find.finditer(flat.text, flat.at[first], end):
                    if self._holds(phrase, flat, found.start(), found.end()):
                        yield phrase, found.start(), found.end()

    def _holds(self, phrase: Phrase, flat: Flat, start: int, end: int) -> bool:
        first, last = flat.sentence(start, end)
        # A text without a full stop is one sentence however long it is: a rule looks this far, no further.
        first, last = max(first, start - 240), min(last, end + 240)
        if phrase.unless and phrase.unless.search(flat.text[first:last]):
            return False
        if phrase.also and not phrase.also.search(flat.text[max(0, start - 400) : end + 400]):
            return False
        return not (phrase.told and self._told(phrase.told, flat, (start, end), (first, last)))

    @staticmethod
    def _told(told: Told, flat: Flat, place: tuple[int, int], sentence: tuple[int, int]) -> bool:
        """True when these are somebody else's words, told by the one they hurt: that person needs help."""
        (start, end), (first, last) = place, sentence
        if told.before.search(flat.text[max(first, start - 110) : start]):
            return True
        if told.after.search(flat.text[end : min(last, end + 40)]):
            return True
        here, there = flat.folded(start, end)
        before = flat.normal.text.count('"', max(0, here - 400), here)
        return before % 2 == 1 and '"' in flat.normal.text[there : there + 400]


def load(*names: str) -> Book:
    """Rule files by their names, as `moderation_en`. Raises ValueError for a rule without a plain word."""
    phrases = tuple(phrase for name in names for phrase in _page(name))
    return Book(phrases, _index(phrases, across=False), _index(phrases, across=True))


def _page(name: str) -> Iterator[Phrase]:
    page = tomllib.loads((RULES / f"{name}.toml").read_text("utf-8"))
    words: dict[str, str] = {}
    for key, value in page["words"].items():
        plain = _expand(value, words)
        words[key] = plain if len(branches(plain)) == 1 else f"(?:{plain})"
    told = Told(*(re.compile(_expand(page["told"][where], words)) for where in ("before", "after")))
    common = frozenset(page["common"].split())
    for rule in page["rule"]:
        yield from _phrases(rule, words, common, told if rule.get("told") else None)


def _index(phrases: tuple[Phrase, ...], across: bool) -> Index:
    index: dict[str, list[int]] = {}
    for number, phrase in enumerate(phrases):
        for anchor in phrase.anchors if phrase.across == across else ():
            index.setdefault(anchor, []).append(number)
    return {word: tuple(numbers) for word, numbers in index.items()}


def _phrases(
    rule: dict[str, Any], words: dict[str, str], common: frozenset[str], told: Told | None
) -> Iterator[Phrase]:
    unless = _either(rule.get("unless", []), words)
    also = _either(rule.get("also", []), words)
    for pattern in rule["match"]:
        for branch in branches(_expand(pattern, words)):
            sets = sorted(needs(branch), key=lambda one: sum(20 if word in common else 1 for word in one))
            if not sets:
                raise ValueError(f"{rule['id']}: no plain word in {branch!r} says when to try it")
            yield Phrase(
                rule["id"],
                rule["label"],
                rule.get("signal", ""),
                branch,
                sets[0],
                tuple(sets[1:]),
                unless,
                also,
                told,
            )


def _either(patterns: list[str], words: dict[str, str]) -> re.Pattern[str] | None:
    if not patterns:
        return None
    return re.compile(r"(?<!\S)(?:" + "|".join(_expand(one, words) for one in patterns) + r")(?!\S)")


def _expand(pattern: str, words: dict[str, str]) -> str:
    return _MACRO.sub(lambda found: words[found.group(1)], pattern)
