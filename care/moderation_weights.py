"""Weights for talk: a second opinion beside the rules of care/moderation.py, from many small signs added up.

Who hurts somebody, or leads somebody where nobody looks after them, seldom says so: rules that know how it is
usually said miss most of it. Learned from sentences we made up ourselves (tests/care/train_moderation.py).
"""

import json
import re
import tomllib
from collections.abc import Iterator
from functools import cache
from typing import Any

from care.phrasing import Clause
from care.reading import RULES, Normal, despace
from care.safety import language, spoken
from care.weights import Ideas, Known, Weights

LABELS = ("contact_info", "link", "harassment", "grooming", "ed_numbers", "spam")
"""What is weighed; of methods the rules hear nearly all."""
LONGEST = 600
"""Characters: a longer text has signs of everything in it and is not weighed."""
SHORT, LONG, BRIEF = 8, 25, 30  # words

_NUMBER = re.compile(r"\d+")
Placed = dict[str, tuple[Weights, Clause, int, int]]
"""Signs by their names: their weights, and where each stands first."""
Sum = tuple[str, str, int, int, int]
"""Language, label, the sum; where it is heard, the heaviest sign for it as well, else 0 and 0."""


def weigh(normal: Normal, heard: set[str]) -> Iterator[Sum]:
    """The sum of every label; one that is not below nothing is heard.

    `heard` is what the rules found: rules as `=en.spam.promo`, labels as `=spam`, signs of grooming as
    `~secret`. Nothing of a text that is too long, or has no sign we know.
    """
    if not 0 < len(normal.text) <= LONGEST:
        return
    plain = despace(normal)
    name = spoken(plain)[0]
    placed, whole = signs(name, plain, heard, _parts(name))
    if not placed:
        return
    known, signed = _known(name), list(placed.values())
    rows = [one[0] for one in signed] + [known[sign] for sign in whole if sign in known]
    for head, total in enumerate(map(sum, zip(table()["base"], *rows, strict=True))):
        span = (0, 0)
        if total >= 0:
            _, clause, first, last = max(signed, key=lambda one: one[0][head])
            span = plain.span(*clause.reach(first, last))
        yield name, LABELS[head], total, *span


def signs(name: str, plain: Normal, heard: set[str], among: Known) -> tuple[Placed, set[str]]:
    """The signs of a text in one language that are `among` the known, and those of the text as a whole.

    Signs are those of care/weights.py, over ideas of their own.
    """
    rules, placed, whole = language(name), Placed(), set[str]()
    clauses = rules.clauses(plain)
    for clause in clauses:
        words = clause.words
        if _NUMBER.search(clause.text):
            words = [_NUMBER.sub(_digits, word) for word in words]
        for (sign, weights), first, last in ideas(name).signs(words, among):
            if sign not in placed:
                placed[sign] = weights, clause, first, last
        whole.update("%" + frame for frame in rules.framing(clause))
    return placed, whole | _whole(plain, clauses, ideas(name)) | heard


def _digits(number: re.Match[str]) -> str:
    """Of a number it counts how long it is: 430 slices are `#3`, as 95 are `#2`."""
    return f"#{min(len(number[0]), 5)}"


def _whole(plain: Normal, clauses: list[Clause], known: Ideas) -> set[str]:
    """How long the text is, whom it speaks of most, whether it asks and whether it quotes."""
    words = [word for clause in clauses for word in clause.words]
    said = [idea for word in words for idea in known.of(word)]
    found = {
        "%short" if len(words) < SHORT else "%long" if len(words) > LONG else "%middle",
        "%you" if said.count("YOU") > said.count("ME") else "%me" if "ME" in said else "%nobody",
    }
    if "?" in plain.text:
        found.add("%question")
    if any(any(clause.quoted) for clause in clauses):
        found.add("%quoted")
    return found


@cache
def table() -> dict[str, Any]:
    """`base` is where each sum of LABELS begins, `far` as below; `both`, `en` and `es` give every sign its
    weights."""
    found: dict[str, Any] = json.loads((RULES / "weights_moderation.json").read_text("utf-8"))
    return found


def far(label: str) -> int:
    """Below this sum the rules are not believed: the message is nearly surely an everyday one."""
    found: int = table()["far"][LABELS.index(label)]
    return found


@cache
def ideas(name: str) -> Ideas:
    return Ideas(tomllib.loads((RULES / "ideas_moderation.toml").read_text("utf-8"))[name])


@cache
def _known(name: str) -> dict[str, list[int]]:
    return {**table()["both"], **table()[name]}


@cache
def _parts(name: str) -> Known:
    return Known.of(_known(name))
