"""Weights for talk: a second opinion beside the rules of care/moderation.py, from many small signs added up.

Who hurts somebody, or leads somebody where nobody looks after them, seldom says so: rules that know how it is
usually said miss most of it. Learned from sentences we made up ourselves (tests/care/train_moderation.py).
"""

import json
import re
import tomllib
from collections import Counter
from collections.abc import Iterator
from functools import cache
from typing import Any

from care.phrasing import Clause
from care.reading import RULES, Normal, despace
from care.safety import language, spoken
from care.weights import Ideas

LABELS = ("contact_info", "link", "harassment", "grooming", "ed_numbers", "spam")
"""What is weighed; of methods the rules hear nearly all."""
LONGEST = 600
"""Characters: a longer text has signs of everything in it and is not weighed."""
SHORT, LONG, BRIEF = 8, 25, 30  # words

_NUMBER = re.compile(r"\d+")
Place = tuple[Clause, int, int]
"""Where a sign stands: its first word in a clause, and the one after its last."""
Sum = tuple[str, str, int, int, int]
"""Language, label, the sum, and where the heaviest sign for it stands."""


def weigh(normal: Normal, heard: set[str]) -> Iterator[Sum]:
    """The sum of every label; one that is not below nothing is heard.

    `heard` is what the rules found: rules as `=en.spam.promo`, labels as `=spam`, signs of grooming as
    `~secret`. Nothing of a text that is too long, or has no sign we know.
    """
    if not 0 < len(normal.text) <= LONGEST:
        return
    plain = despace(normal)
    name, placed, whole = signs(plain, heard)
    known, base = _known(name), table()["base"]
    held = [sign for sign in placed if sign in known]
    for head, label in enumerate(LABELS):
        total = base[head] + sum(known[sign][head] for sign in (*held, *(whole & known.keys())))
        if held:
            clause, first, last = placed[max(held, key=lambda sign: known[sign][head])]
            yield name, label, total, *plain.span(*clause.reach(first, last))


def signs(plain: Normal, heard: set[str]) -> tuple[str, dict[str, Place], set[str]]:
    """The language, every sign of the text with its first place, and those of the text as a whole.

    Signs are those of care/weights.py, over ideas of their own.
    """
    name = spoken(plain)[0]
    rules, placed, whole = language(name), dict[str, Place](), set[str]()
    clauses = rules.clauses(plain)
    for clause in clauses:
        words = [_NUMBER.sub(_digits, word) for word in clause.words]
        for sign, first, last in ideas(name).signs(words):
            if sign not in placed:
                placed[sign] = (clause, first, last)
        whole |= {"%" + frame for frame in rules.framing(clause)}
    return name, placed, whole | _whole(plain, clauses, ideas(name)) | heard


def _digits(number: re.Match[str]) -> str:
    """Of a number it counts how long it is: 430 slices are `#3`, as 95 are `#2`."""
    return f"#{min(len(number[0]), 5)}"


def _whole(plain: Normal, clauses: list[Clause], known: Ideas) -> set[str]:
    """How long the text is, whom it speaks of most, whether it asks and whether it quotes."""
    words = [word for clause in clauses for word in clause.words]
    said = Counter(idea for word in words for idea in known.of(word) if idea in ("ME", "YOU"))
    found = {
        "%short" if len(words) < SHORT else "%long" if len(words) > LONG else "%middle",
        "%you" if said["YOU"] > said["ME"] else "%me" if said["ME"] else "%nobody",
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
