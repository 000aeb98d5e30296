"""The crisis reader: what it must hear, what it must not, and that nothing breaks it."""

import json
import re
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from care import safety
from tests.care.make_golden import told

CORPUS = Path(__file__).parent / "corpus"
WORDS = [
    "i",
    "want",
    "to",
    "die",
    "not",
    "my",
    "friend",
    "she",
    "wants",
    "'me'",
    '"',
    "kms",
    "[item]",
    "\ud800",
]
WORDS += ["\0", "é", "😂", "k", "l", "l"]


def rows(name: str) -> list[dict[str, Any]]:
    return [json.loads(line) for line in (CORPUS / name).read_text("utf-8").splitlines()]


@pytest.mark.parametrize(
    ("text", "tier", "about"),
    [
        ("i want to die", "self_harm", "self"),
        ("I'm going to kill myself tonight", "imminent", "self"),
        ("i just took all the pills", "imminent", "self"),
        ("I feel so hopeless and alone", "distress", "self"),
        ("my friend says she wants to kill herself tonight", "imminent", "other"),
        ("mi amiga dice que quiere matarse", "self_harm", "other"),
        ("esta noche me mato", "imminent", "self"),
        ("we had pasta and it was fine", "none", "none"),
    ],
)
def test_says_how_grave_and_about_whom(text: str, tier: str, about: str) -> None:
    reading = safety.read(text)
    assert (reading.tier, reading.about) == (tier, about)


@pytest.mark.parametrize(
    "text",
    [
        "i want to dieeeee",
        "I don’t want to live anymore",
        "i dont want to live anymore",
        "iwanttodie",
        "k i l l  m y s e l f",
        "s.u.i.c.i.d.a.l",
        "i wanna k1ll mys3lf",
        "su*cidal again",
        "i feel sucidal",
        "flesym llik ot tnaw i",
        "ｉ ｗａｎｔ ｔｏ ｄｉｅ",
        "і wаnt tо dіе",
        "i wa\u200bnt to di\u200de",
        "gonna unalive myself",
        "i think about sewerslide a lot",
        "kms fr this time",
    ],
)
def test_reads_through_spelling_and_disguise(text: str) -> None:
    assert safety.read(text).tier in ("self_harm", "imminent")


@pytest.mark.parametrize(
    ("text", "modifier"),
    [
        ("I don't want to die", "negation"),
        ("no suicidal thoughts this week", "negation"),
        ("when I was 14 I wanted to die", "past"),
        ("the song goes i want to die and it is so catchy", "fiction"),
        ("If you feel suicidal, call 988", "subject"),
        ("this homework is killing me", "idiom"),
        ("last day of school, goodbye everyone", "everyday"),
    ],
)
def test_hears_what_takes_it_back(text: str, modifier: str) -> None:
    reading = safety.read(text)
    assert reading.tier == "none"
    assert modifier in reading.modifiers


def test_a_denial_reaches_only_its_own_words() -> None:
    assert safety.read("I don't want to kill myself, I just don't want to be alive").tier == "self_harm"
    assert safety.read("not suicidal but i wish i would not wake up").tier == "self_harm"


def test_cheerful_words_beside_the_real_thing_do_not_hide_it() -> None:
    for cheerful in (
        "great day at the beach with everyone, chips, sun, laughing. ",
        "The bus was late again. " * 12,
    ):
        assert safety.read(cheerful + "I want to kill myself.").tier == "self_harm"


def test_a_saying_beside_the_real_thing_does_not_hide_it() -> None:
    assert safety.read("lol this test killed me. but really i want to die").tier == "self_harm"


def test_laughing_lowers_confidence_and_never_the_help() -> None:
    plain, laughing = safety.read("i want to die"), safety.read("lol i want to die")
    assert laughing.tier == plain.tier
    assert laughing.confidence < plain.confidence


def test_placeholders_stand_for_the_thing() -> None:
    assert safety.read("i am going to [method] tomorrow").tier == "imminent"
    assert safety.read("i took [quantity] of [item]").tier == "imminent"


def test_contact_details_never_stand_in_the_way_of_help() -> None:
    text = "add me on snap @sadgirl07 or 07700 900123, i am going to kill myself tonight"
    assert safety.read(text).tier == "imminent"


def test_points_into_the_original_text() -> None:
    text = "É… I’m fine.  but i w a n t  t o  d i e 😂"
    spans = [text[match.start : match.end] for match in safety.read(text).matched]
    assert "i w a n t  t o  d i e" in spans


def test_every_rule_can_be_named_and_says_why() -> None:
    rules = [rule for name in safety.LANGUAGES for rule in safety.language(name).rules]
    assert len({rule.id for rule in rules}) == len(rules)
    assert all(rule.gloss for rule in rules if rule.family not in ("idiom",))
    assert all(line.gate for rule in rules for line in rule.patterns), "a line without a gate is never tried"


def test_every_line_of_every_rule_compiles() -> None:
    for name in safety.LANGUAGES:
        book = safety.language(name)
        for rule in [*book.rules, *book.frames.values()]:
            for line in rule.patterns:
                assert line.regex.search(" qqq ") is None, (rule.id, line.source)


def test_the_browser_is_given_the_same_rules_every_time() -> None:
    assert json.dumps(safety.compiled()) == json.dumps(safety.compiled())


def test_golden_file_is_what_the_reader_says() -> None:
    stale = [row["text"] for row in rows("golden.jsonl") if told(row["text"]) != row["reading"]]
    assert stale == [], "run python -m tests.care.make_golden and read the difference"


@pytest.mark.parametrize("text", ["leí tu historia y quiero morirme", "I read your story and I want to die"])
def test_another_members_story_is_no_fiction(text: str) -> None:
    assert safety.read(text).tier == "self_harm"


@pytest.mark.parametrize(
    "text",
    [
        "Thank you for hosting last night, I slept well after",
        "We have appointments every month, we are not alone with them",
        "I have started to count the days to the holidays",
        "I was the friend in one like yours. I wish someone had told me this",
    ],
)
def test_kind_words_that_sound_like_a_rule_raise_nothing(text: str) -> None:
    assert safety.read(text).tier in ("none", "distress")


@pytest.mark.parametrize(
    "text",
    [
        "this is my last night, goodbye everyone",
        "I should not be left alone with the pills tonight",
        "I have already started and I am not going to stop, I want to die",
    ],
)
def test_and_their_neighbours_are_still_heard(text: str) -> None:
    assert safety.read(text).tier in ("self_harm", "imminent")


def test_the_corpus_is_large_and_half_of_it_harmless() -> None:
    tune = rows("safety_tune.jsonl")
    assert len(tune) >= 350
    assert sum(row["tier"] == "none" for row in tune) >= 0.4 * len(tune)
    assert {row["lang"] for row in tune} == {"en", "es"}


@settings(max_examples=300, deadline=None)
@given(st.text(st.characters(), max_size=400))
def test_no_text_breaks_it(text: str) -> None:
    reading = safety.read(text)
    assert all(0 <= match.start < match.end <= len(text) for match in reading.matched)


@settings(max_examples=200, deadline=None)
@given(st.lists(st.sampled_from(WORDS)))
def test_no_mixture_of_its_own_words_breaks_it(words: list[str]) -> None:
    text = " ".join(words)
    assert all(0 <= match.start < match.end <= len(text) for match in safety.read(text).matched)


def test_a_megabyte_is_read_only_to_its_limit() -> None:
    assert safety.read("so so so " * 120_000 + "i want to die").tier == "none"
    assert safety.read("i want to die " + "so " * 300_000).tier != "none"


def test_language_may_be_given_and_an_unknown_one_is_no_error() -> None:
    assert safety.read("quiero morirme", "es").tier == "self_harm"
    assert safety.read("quiero morirme", "fr").tier == "self_harm"


def test_no_pattern_repeats_without_a_bound() -> None:
    """What keeps the time linear: a word, a gap of some words, a group a few times; never more."""
    for name in safety.LANGUAGES:
        book = safety.language(name)
        lines = [line for rule in [*book.rules, *book.frames.values()] for line in rule.patterns]
        for text in [line.source for line in lines] + list(book.slots.values()):
            bare = text.replace("[^ ]+", "").replace("[0-9]+[a-z]*", "")
            assert not re.search(r"[*+]", bare), text
            assert all(int(most) <= 5 for most in re.findall(r"\{\d,(\d+)\}", bare)), text


def test_reading_the_corpus_in_another_order_changes_nothing() -> None:
    texts = [row["text"] for row in rows("safety_tune.jsonl")[:80]]
    first = [safety.read(text) for text in texts]
    again = [safety.read(text) for text in reversed(texts)]
    assert again[::-1] == first


def test_no_clause_grows_with_the_text() -> None:
    """What looks around a match looks through its clause: with one bounded, time stays in proportion."""
    from care.phrasing import LONGEST
    from care.reading import normalise

    long = safety.language("en").clauses(normalise("no point in keeping " * 2000))
    assert sum(len(clause.words) for clause in long) > 1000
    assert max(len(clause.words) for clause in long) <= LONGEST
