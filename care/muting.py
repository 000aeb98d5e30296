"""Words somebody does not want to meet: whole words and phrases, whatever their case and accents."""

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import groupby

MOST_WORDS = 50
LONGEST_WORD = 40

# Han, kana, Thai, Lao, Burmese and Khmer are written without spaces between words, so there each
# sign counts as a word of its own, and a muted word is found wherever its signs follow each other.
_UNSPACED = re.compile(
    "[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\U00020000-\U0003ffff]"
)
_PLAIN = re.compile("[a-z0-9]+")


@dataclass(frozen=True)
class Muted:
    """Muted words, ready to look for: by their first word, the words that must follow it."""

    starts: dict[str, frozenset[tuple[str, ...]]]

    def finds(self, text: str) -> bool:
        if not self.starts:
            return False
        words = tokens(text)
        if self.starts.keys().isdisjoint(words):  # nearly always, and ten times quicker
            return False
        return any(
            tuple(words[at : at + len(wanted)]) == wanted
            for at, word in enumerate(words)
            for wanted in self.starts.get(word, ())
        )


def muted(words: Iterable[str]) -> Muted:
    starts: dict[str, set[tuple[str, ...]]] = {}
    for word in words:
        if wanted := tuple(tokens(word)):
            starts.setdefault(wanted[0], set()).add(wanted)
    return Muted({first: frozenset(rest) for first, rest in starts.items()})


def tokens(text: str) -> list[str]:
    """Folded words, in order. Apostrophes, hyphens and other marks separate; an emoji is a word."""
    folded = fold(text)
    if folded.isascii():
        return _PLAIN.findall(folded)
    found: list[str] = []
    for kind, run in groupby(folded, _kind):
        if kind == "word":
            found.append("".join(run))
        elif kind == "sign":
            found.extend(run)
    return found


def fold(text: str) -> str:
    """Without case, accents and look-alike forms: "Café" and "CAFE" are the same."""
    if text.isascii():
        return text.lower()
    apart = unicodedata.normalize("NFKD", text.casefold())
    plain = "".join(c for c in apart if not unicodedata.combining(c)).casefold()
    # The dotless i of Turkish: its capital is the plain I.
    return plain.replace("ı", "i")


def _kind(c: str) -> str:
    """Vowel signs (category M) belong to their word: Python's own \\w would break words at them."""
    if _UNSPACED.match(c):
        return "sign"
    match unicodedata.category(c)[0]:
        case "L" | "N":
            return "word"
        case "M" if not 0xFE00 <= ord(c) <= 0xFE0F:  # those only choose how an emoji is drawn
            return "word"
        case "S" if unicodedata.category(c) in {"So", "Sk"}:
            return "sign"
        case _:
            return "gap"
