"""Spelling: the plain word behind what was typed, when it was typed badly, in disguise or in a hurry."""

import re
from typing import Protocol

from care.reading import LEET

_RUN = re.compile(r"(.)\1{2,}")
_DOUBLE = re.compile(r"(.)\1+")


class Words(Protocol):
    """What mending needs to know of a language: see care/phrasing.py."""

    same: dict[str, list[str]]
    known: frozenset[str]
    core: list[str]
    glue: frozenset[str]
    stems: re.Pattern[str]


def mend(word: str, words: Words) -> list[str]:
    """A token the language does not know, as the words it most likely stands for; else as it is.

    A word written backwards comes back with "<" before it.
    """
    if not any(letter.isalpha() for letter in word):
        return [word]
    bare = word.strip("*$@|")
    guesses = [_RUN.sub(r"\1\1", word), _DOUBLE.sub(r"\1", word)] if _RUN.search(word) else []
    guesses.append(bare)
    if not bare.isalpha():
        guesses.append("".join(LEET.get(sign, sign) for sign in bare))
        guesses.extend(core for core in words.core if "*" in bare and _starred(bare, core))
    for guess in guesses:
        if guess in words.same:
            return words.same[guess]
        if guess in words.known:
            return [guess]
    return _resembling(guesses[-1], words) or [bare or word]


def _resembling(guess: str, words: Words) -> list[str]:
    if not guess.isalpha() or not 3 < len(guess) <= 40:
        return []
    if guess[::-1] in words.core:
        return ["<" + guess[::-1]]
    for core in words.core:
        if min(len(guess), len(core)) > 4 and len(core) > 5 and core[0] == guess[0] and one_edit(guess, core):
            return [core]
    return parted(guess, words) if len(guess) > 4 and words.stems.search(guess) else []


def parted(run: str, words: Words) -> list[str]:
    """A run-on (iwanttodie) as its words, fewest first; nothing when it does not come apart whole."""
    best: list[list[str] | None] = [[]] + [None] * len(run)
    for end in range(1, len(run) + 1):
        for start in range(max(0, end - 10), end):
            head, here = best[start], best[end]
            if (
                head is not None
                and run[start:end] in words.glue
                and (here is None or len(head) + 1 < len(here))
            ):
                best[end] = [*head, run[start:end]]
    return [plain for word in best[-1] or [] for plain in words.same.get(word, [word])]


def _starred(typed: str, core: str) -> bool:
    same_size = len(typed) == len(core) and typed.strip("*") != ""
    return same_size and all(a in ("*", b) for a, b in zip(typed, core, strict=True))


def one_edit(typed: str, core: str) -> bool:
    """Whether one letter added, left out, changed or swapped with its neighbour makes one of the other."""
    if abs(len(typed) - len(core)) > 1:
        return False
    at = 0
    while at < min(len(typed), len(core)) and typed[at] == core[at]:
        at += 1
    a, b = typed[at:], core[at:]
    return a[1:] == b[1:] or a[1:] == b or a == b[1:] or (a[:2] == b[:2][::-1] and a[2:] == b[2:])
