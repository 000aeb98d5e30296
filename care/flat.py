"""Flat text: what the rules of moderation read, words in a row with the way back to the original.

Lower case, one space between words, apostrophes gone, `|` where a sentence ends, `:` for colons and lone
dashes, `_item` for `[item]`.
"""

import re
from bisect import bisect_right
from dataclasses import dataclass

from care.anchors import NUMBER
from care.reading import Normal

_WORD = re.compile(
    r"\[[a-z][a-z _-]{0,24}\]"  # [method], [item]: these stand for the thing itself
    r"|\d+(?:[.,:/']\d+)*"
    r"|@?[^\W\d]\w*(?:'\w+)*"
    r"|[.!?;…]+(?=\s|\"|\)|$)|\n"
    r"|[:=→>]+(?!\w*/)|(?<=\s)-+(?=\s)"
    r"|[$£€%#👻📸📷💰💸🤑]"
)


@dataclass(frozen=True, slots=True)
class Flat:
    """Word by word: the word, the key it is known by, its start here, its place in the folded text."""

    normal: Normal
    text: str
    words: tuple[str, ...]
    keys: tuple[str, ...]
    at: tuple[int, ...]
    places: tuple[tuple[int, int], ...]

    def folded(self, start: int, end: int) -> tuple[int, int]:
        first = bisect_right(self.at, start) - 1
        last = bisect_right(self.at, end - 1) - 1
        return self.places[first][0], self.places[last][1]

    def span(self, start: int, end: int) -> tuple[int, int]:
        """The place in the original text of `text[start:end]`, in whole words."""
        return self.normal.span(*self.folded(start, end))

    def sentences(self, first: int, last: int) -> list[tuple[int, int]]:
        """The sentences among the words from `first` to `last`, each as its first word and the one after."""
        ends = [at for at, word in enumerate(self.words[first:last], first) if word == "|"]
        starts = [first, *(at + 1 for at in ends)]
        return list(zip(starts, [*ends, last], strict=True))

    def sentence(self, start: int, end: int) -> tuple[int, int]:
        """Where the sentence around `text[start:end]` begins and ends."""
        after = self.text.find("|", end)
        return self.text.rfind("|", 0, start) + 1, len(self.text) if after < 0 else after


def flatten(normal: Normal) -> Flat:
    words: list[str] = []
    at: list[int] = []
    places: list[tuple[int, int]] = []
    here = 0
    for found in _WORD.finditer(normal.text):
        word = _flat_word(found.group())
        words.append(word)
        at.append(here)
        places.append(found.span())
        here += len(word) + 1
    keys = tuple(NUMBER if word[0].isdigit() else word for word in words)
    return Flat(normal, " ".join(words), tuple(words), keys, tuple(at), tuple(places))


def _flat_word(word: str) -> str:
    first = word[0]
    if first == "[":
        return "_" + word[1:-1].replace(" ", "_")
    if first in ".!?;…\n":
        return "|"
    if first in ":=→>-":
        return ":"
    if word == "od'd":  # without its apostrophe it would be the word "odd"
        return "oded"
    return word if first.isdigit() else word.replace("'", "")
