"""Letters: what a person typed, folded so that rules can read it, with the way back to the original."""

import re
import tomllib
import unicodedata
from bisect import bisect_right
from dataclasses import dataclass
from pathlib import Path
from typing import Any

RULES = Path(__file__).parent / "rules"
LETTERS: dict[str, Any] = tomllib.loads((RULES / "letters.toml").read_text("utf-8"))

# No member writes more than this; what lies beyond is not read, so the time a text takes is bounded.
LONGEST = 20_000


def _folds() -> dict[str, str]:
    table: dict[str, str] = {}
    for look, plain in LETTERS["looks_like"]:
        table.update(zip(look, plain, strict=True))
    for name in ("quotes", "apostrophes", "dashes"):
        table.update(dict.fromkeys(LETTERS[name][0], LETTERS[name][1]))
    # Letters in circles, in squares and as flags have no plain form of their own in Unicode.
    for first in (0x1F150, 0x1F170, 0x1F1E6):
        table.update({chr(first + i): chr(97 + i) for i in range(26)})
    return table


FOLDS = _folds()
LEET: dict[str, str] = dict(zip(*LETTERS["leet"], strict=True))
EMOJI: dict[str, str] = {face: word for word, faces in LETTERS["emoji"].items() for face in faces}

# Three letters or more standing alone: "k i l l", "s.o.s"; two or three spaces are a gap between words.
SPACED_SOURCE = r"(?<![a-z0-9])[a-z0-9](?:[ .\-_*][a-z0-9](?![a-z0-9])| {2,3}[a-z0-9](?![a-z0-9])){2,}"
_SPACED = re.compile(SPACED_SOURCE)
_TOKEN = re.compile(r"\S+")


@dataclass(frozen=True, slots=True)
class Normal:
    """Folded text. `starts` and `ends` give, for each of its characters, the place in the original."""

    text: str
    starts: tuple[int, ...] | range
    ends: tuple[int, ...] | range

    def span(self, start: int, end: int) -> tuple[int, int]:
        """The place in the original text of `text[start:end]`."""
        if start >= end or not self.text:
            at = self.starts[start] if start < len(self.starts) else (self.ends[-1] if self.ends else 0)
            return at, at
        return self.starts[start], self.ends[min(end, len(self.ends)) - 1]

    def variants(self) -> tuple["Normal", ...]:
        """This text first, then the other readings that differ from it: despaced, and leet undone."""
        found = [self]
        for other in (despace(self), unleet(self), unleet(despace(self))):
            if all(other.text != known.text for known in found):
                found.append(other)
        return tuple(found)


def normalise(text: str) -> Normal:
    """Lower case, no accents, no invisible characters, look-alike letters and typographic marks made plain.

    Words keep their spaces, digits and punctuation, so that links and numbers can still be found.
    """
    text = text[:LONGEST]
    if text.isascii():
        return Normal(text.lower(), range(len(text)), range(1, len(text) + 1))
    out: list[str] = []
    starts: list[int] = []
    ends: list[int] = []
    for at, letter in enumerate(text):
        for plain in _plain(letter):
            out.append(plain)
            starts.append(at)
            ends.append(at + 1)
    return Normal("".join(out), tuple(starts), tuple(ends))


def _plain(letter: str) -> str:
    if letter < "\x80":
        return letter.lower()
    if letter in FOLDS:
        return FOLDS[letter]
    parts = unicodedata.normalize("NFKD", letter)
    # Marks (accents, variation selectors) and format characters (zero width, direction) are dropped.
    return "".join(
        FOLDS.get(low, low)
        for part in parts
        if unicodedata.category(part) not in ("Mn", "Me", "Cf")
        for low in part.lower()
    )


def despace(normal: Normal) -> Normal:
    """Letters typed one by one (k i l l, s.o.s) joined into words; a wider gap stays a space."""
    keep: list[int] = []
    last = 0
    for run in _SPACED.finditer(normal.text):
        keep += range(last, run.start())
        keep += _joined(normal.text, run.start(), run.end())
        last = run.end()
    if not last:
        return normal
    keep += range(last, len(normal.text))
    return _picked(normal, keep)


def _joined(text: str, start: int, end: int) -> list[int]:
    kept = []
    for at in range(start, end):
        wide = text[at] == " " and text[at - 1] == " " and at > start
        if text[at] not in " .-_*" or wide:
            kept.append(at)
    return kept


def unleet(normal: Normal) -> Normal:
    """Digits and signs read as letters, only inside words that have a letter (5pm stays a time elsewhere)."""
    if LEET.keys().isdisjoint(normal.text):
        return normal
    out = list(normal.text)
    for token in _TOKEN.finditer(normal.text):
        word = token.group()
        if any(sign.isalpha() for sign in word) and any(sign in LEET for sign in word):
            stem = word.rstrip("!+|")
            out[token.start() : token.start() + len(stem)] = [LEET.get(sign, sign) for sign in stem]
    text = "".join(out)
    return normal if text == normal.text else Normal(text, normal.starts, normal.ends)


def _picked(normal: Normal, keep: list[int]) -> Normal:
    return Normal(
        "".join(normal.text[at] for at in keep),
        tuple(normal.starts[at] for at in keep),
        tuple(normal.ends[at] for at in keep),
    )


def place(starts: list[int], at: int) -> int:
    """Which of the ascending `starts` the position `at` belongs to."""
    return bisect_right(starts, at) - 1
