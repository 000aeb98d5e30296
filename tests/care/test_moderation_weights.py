"""The weights for talk: what they add, where they point, and when they keep out of it."""

from itertools import pairwise

import pytest

from care import moderation
from care import moderation_weights as weights
from care.reading import normalise


def test_they_hear_what_no_rule_does_and_say_where() -> None:
    only = "haha look at you crying again, pathetic attention"
    assert not moderation.ruled(only).labels, "else the next line shows nothing"
    (found,) = moderation.read(only)
    assert found.rule == "en.harassment.words"
    assert only[found.start : found.end].strip()
    assert found.why == moderation.WHY["harassment"]


@pytest.mark.parametrize(
    "text",
    [
        "I hear you. You are not stupid and you are not alone, I am up too.",
        "Thank you for telling us. Is there a grown-up you can talk to tomorrow?",
        "my sister made me laugh so hard i forgot i was sad",
        "gracias por contarlo, aquí no molestas a nadie",
        "",
        "😀😀😀",
    ],
)
def test_kind_words_are_left_alone(text: str) -> None:
    assert not moderation.read(text).found


def test_they_take_nothing_back_and_never_repeat_a_label() -> None:
    text = "send me a pic in your pyjamas and dont tell your mum, its our secret"
    ruled, read = moderation.ruled(text), moderation.read(text)
    assert "grooming" in ruled.labels
    assert set(ruled.found) <= set(read.found)
    assert not any(one.rule == "en.grooming.words" for one in read)
    assert ruled.signals == read.signals


def test_a_long_text_is_not_weighed() -> None:
    text = "Nobody wants you here, the table is full and you can see it. "
    assert list(weights.hear(normalise(text), set())), "else the next line shows nothing"
    assert not list(weights.hear(normalise(text * 12), set()))


def test_the_table_is_small_whole_numbers_and_grave_first() -> None:
    table = weights.table()
    rows = [row for name in ("both", "en", "es") for row in table[name].values()]
    assert 1000 < len(rows) <= 4000
    assert all(len(row) == len(weights.LABELS) and all(isinstance(one, int) for one in row) for row in rows)
    for name in ("both", "en", "es"):
        assert all(max(a) >= max(b) for a, b in pairwise(table[name].values()))


def test_ideas_are_plain_words() -> None:
    for name in ("en", "es"):
        for idea, words in weights.ideas(name).lists.items():
            assert idea.isupper()
            assert all(word.rstrip("*").isalpha() and word.islower() for word in words.split()), idea
