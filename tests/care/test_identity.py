"""The privacy check against its own sentences: what it finds, what it leaves alone, how long it takes."""

import re
import time
from itertools import pairwise
from pathlib import Path

import pytest

from care import identity
from care.identity import Found, find
from care.reading import LONGEST

CORPUS = Path(__file__).parent / "corpus" / "identity.txt"
_MARK = re.compile(r"\[(\w+):([^\]]+)\]")

Sentence = tuple[str, list[Found]]


def sentences(held_out: bool = False) -> list[Sentence]:
    halves = CORPUS.read_text("utf-8").split("\n---\n")
    lines = [line for line in halves[held_out].splitlines() if line and not line.startswith("#")]
    return [_parsed(line) for line in lines]


def _parsed(line: str) -> Sentence:
    text, marks, at = "", list[Found](), 0
    for hit in _MARK.finditer(line):
        text += line[at : hit.start()]
        marks.append(Found(len(text), len(text) + len(hit[2]), hit[1]))
        text += hit[2]
        at = hit.end()
    return text + line[at:], marks


def measure(corpus: list[Sentence]) -> tuple[float, float, list[str]]:
    """Precision and recall over marks: one counts when its place overlaps and its kind is the same."""
    right = found_all = wanted_all = 0
    wrong = []
    for text, wanted in corpus:
        found = find(text)
        hits = [one for one in wanted if any(_same(one, other) for other in found)]
        right, found_all, wanted_all = right + len(hits), found_all + len(found), wanted_all + len(wanted)
        if len(hits) != len(wanted) or len(found) != len(wanted):
            wrong.append(f"{text} -> {[(text[one.start : one.end], one.kind) for one in found]}")
    return right / found_all, right / wanted_all, wrong


def _same(one: Found, other: Found) -> bool:
    return one.kind == other.kind and one.start < other.end and other.start < one.end


def test_the_corpus_is_large_enough_and_half_clean() -> None:
    everything = sentences() + sentences(True)
    clean = [text for text, marks in everything if not marks]
    assert len(everything) >= 150
    assert 0.45 < len(clean) / len(everything) < 0.55
    assert {mark.kind for _, marks in everything for mark in marks} == set(identity.WHY)


@pytest.mark.parametrize(("held_out", "precision", "recall"), [(False, 0.95, 0.95), (True, 0.9, 0.85)])
def test_it_finds_enough_and_is_seldom_wrong(held_out: bool, precision: float, recall: float) -> None:
    found = measure(sentences(held_out))
    assert found[0] >= precision, "\n".join(found[2])
    assert found[1] >= recall, "\n".join(found[2])


def test_clean_sentences_stay_clean() -> None:
    clean = [text for text, marks in sentences() + sentences(True) if not marks]
    marked = [text for text in clean if find(text)]
    assert len(marked) <= 0.03 * len(clean), marked


@pytest.mark.parametrize(
    "text",
    [
        *("", "A" * LONGEST, "A-" * 10_000, "St " * 6_000, "Aa de la " * 2_500, "12 March " * 2_500),
        *("my friend " * 2_000, "\x00\ud800É’" * 5_000, "1 " * 10_000, "my insta is " * 1_700, "a_" * 10_000),
    ],
)
def test_nothing_takes_long_and_marks_never_overlap(text: str) -> None:
    begun = time.process_time()
    found = find(text)
    assert time.process_time() - begun < 2
    assert all(one.end <= other.start for one, other in pairwise(found))
    assert all(0 <= one.start < one.end <= LONGEST for one in found)
