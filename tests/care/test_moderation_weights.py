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


def test_an_ask_to_talk_elsewhere_that_few_words_made_is_taken_back_and_nothing_else_is() -> None:
    text = (
        "went to the doctor about my periods after being told for four years it's normal to faint. I was so "
        "scared they'd laugh at me. She was lovely and said I should have come sooner. So please go. Take "
        "your mum or a mate or write it on your phone and just hand it over like I did."
    )
    assert moderation.ruled(text).labels == ("contact_info",), "else the next line shows nothing"
    assert not moderation.read(text).found
    for real in (" My number is 07700 900143.", " wren.h@example.com", " Nobody likes you, freak."):
        assert moderation.read(text + real).labels == moderation.ruled(real).labels


@pytest.mark.parametrize("text", ["my number is {}", "i'm on {} if you need me", "text {} when it is bad"])
def test_nobody_guesses_where_a_line_that_helps_is_named(text: str) -> None:
    for way in ("116 123", "85258", "0800 1111", "samaritans.org"):
        assert not moderation.read(text.format(way)).found, way


def test_they_take_nothing_back_and_never_repeat_a_label() -> None:
    text = "send me a pic in your pyjamas and dont tell your mum, its our secret"
    ruled, read = moderation.ruled(text), moderation.read(text)
    assert "grooming" in ruled.labels
    assert set(ruled.found) <= set(read.found)
    assert not any(one.rule == "en.grooming.words" for one in read)
    assert ruled.signals == read.signals


def test_a_long_text_is_not_weighed() -> None:
    text = "Nobody wants you here, the table is full and you can see it. "
    assert list(weights.weigh(normalise(text), set())), "else the next line shows nothing"
    assert not list(weights.weigh(normalise(text * 12), set()))


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
