"""The second opinion: what it hears that rules miss, that it hides no help, and that its table is plain."""

import json
from itertools import islice, pairwise

import pytest

from bin.read import CORPUS, lines
from care import safety, weights
from care.missed import heard
from care.reading import despace, normalise
from tests.care import learn


@pytest.mark.parametrize(
    "text",
    [
        "im going to be so quiet they will not find me until the weekend",
        "i lined them all up on the windowsill and im just waiting for the house to go quiet",
    ],
)
def test_hears_what_no_rule_says(text: str) -> None:
    reading = safety.read(text)
    assert any(match.rule == "en.words" for match in reading.matched), "the premise: the weights raised it"
    assert reading.tier in ("self_harm", "imminent")
    words = [text[match.start : match.end] for match in reading.matched if match.rule == "en.words"]
    assert 0 < len(words) <= 3
    assert all(words)


def test_what_it_heard_can_be_told_when_it_missed_the_mark() -> None:
    assert heard(["en.words", "es.words", "xx.words"], "distress") == ["en.words", "es.words"]


def test_everyday_words_raise_nothing() -> None:
    assert safety.read("we had pasta and then we watched a film with my sister").tier == "none"
    for few in (
        "",
        "Do I tell my brother?",
        "Should I tell my sister?",
        "it is raining again",
        "who do i tell",
    ):
        assert safety.read(few).tier in ("none", "distress")


@pytest.mark.parametrize(
    "text", ["i want to die", "my friend wants to die", "quiero morirme", "i cut myself again"]
)
def test_a_plain_statement_is_never_doubted(text: str) -> None:
    assert safety.read(text).tier == "self_harm"


def test_doubt_never_takes_the_help_away(monkeypatch: pytest.MonkeyPatch) -> None:
    """With a table that doubts everything, an alert becomes distress; what is urgent and spoken, self-harm,
    and what is said of somebody else stay what they are, unless it is surer than it ever is."""
    table = {"base": [-90] * 4, "doubt": 0, "calm": 0, "near": 0, "both": {}, "en": {}, "es": {}}
    monkeypatch.setattr(weights, "table", lambda: table)
    weights._known.cache_clear()
    weights._parts.cache_clear()
    try:
        long = " and then i went home and made some tea and fed the two cats"
        assert safety.read("everyone would be better off without me" + long).tier == "distress"
        assert safety.read("i want to be dead" + long).tier == "self_harm"
        assert safety.read("i am going to kill myself tonight" + long).tier == "imminent"
        assert safety.read("my friend says she wants to kill herself" + long).tier == "self_harm"
        assert safety.read("i cut myself again last night" + long).tier in ("self_harm", "imminent")
        assert safety.read("i am going to kill myself tonight").tier == "imminent"
        assert safety.read("they said something heavy and i feel hopeless about all of it").tier == "none"
        table["base"] = [-999] * 4
        assert safety.read("i am going to kill myself tonight" + long).tier == "distress", "Never nothing."
    finally:
        weights._known.cache_clear()
        weights._parts.cache_clear()


def test_its_table_is_small_sorted_and_whole_numbers() -> None:
    table = weights.table()
    rows = [row for name in ("both", *safety.LANGUAGES) for row in table[name].values()]
    assert 1000 < len(rows) <= 20000
    assert all(len(row) == len(weights.HEADS) and all(isinstance(one, int) for one in row) for row in rows)
    for name in ("both", *safety.LANGUAGES):
        assert all(a[1] >= b[1] for a, b in pairwise(table[name].values())), "the gravest first"


def test_ideas_are_plain_words_as_the_rules_have_them() -> None:
    for name, lists in weights.idea_lists().items():
        book = safety.language(name)
        for idea, words in lists.items():
            assert idea.isupper()
            for word in words.split():
                assert word.rstrip("*").isalpha(), word
                assert word.islower(), word
        assert not book.drop & set(lists["NOT"].split()), "a denial is never left out"


def test_length_alone_adds_nothing() -> None:
    """Longer texts are weighed stretch by stretch: one day told after another is no danger."""
    day = "we had maths and then lunch with my friends and i walked home with my sister. "
    assert safety.read(day * 60).tier == safety.read(day).tier == "none"


def test_every_stretch_is_short_and_none_is_left_out() -> None:
    sizes = [5, 20, 30, 80, 1, 1, 59, 60, 2]
    found = list(weights.windows(sizes))
    assert {at for first, last in found for at in range(first, last)} == set(range(len(sizes)))
    assert all(last - first == 1 or sum(sizes[first:last]) <= weights.WINDOW for first, last in found)
    assert list(weights.windows([])) == []


def test_learning_finds_what_parts_two_kinds_and_says_the_same_twice() -> None:
    bags = [[0, 1, 3], [0, 1, 4], [0, 2, 3], [0, 2, 4]] * 5
    wanted = [True, True, False, False] * 5
    first, again = (learn.fit(bags, wanted, [1.0] * 20, 5) for _ in range(2))
    assert first == again
    assert first[1] > 0 > first[2]
    assert [learn.score(first, bag) > 0 for bag in bags] == wanted


def test_texts_alike_are_in_one_fold() -> None:
    texts = [
        "i want to go home now",
        "i want to go home now please",
        "the cat sat on my maths book",
        "hola",
    ] * 3
    fold = learn.folds(texts, 3)
    assert fold[0] == fold[1] == fold[4] == fold[5]


def test_the_compiled_table_is_what_the_browser_gets() -> None:
    told = json.loads(json.dumps(safety.compiled()))["weights"]
    assert told["table"] == weights.table()
    assert set(told["ideas"]) == set(safety.LANGUAGES)


def test_a_text_is_looked_up_by_parts_as_it_would_be_by_names() -> None:
    """`Known.of` finds of a table's signs those that `Known.every` names, and at the same places."""
    rows = list(islice(lines(CORPUS / "safety_tune.jsonl"), 200))
    for name in safety.LANGUAGES:
        ideas, table, found = weights.ideas(name), weights._known(name), 0
        for row in rows:
            for clause in safety.language(name).clauses(despace(normalise(row["text"]))):
                every = ideas.signs(clause.words, weights.Known.every())
                known = [(sign, first, last) for (sign, _), first, last in every if sign in table]
                by_parts = ideas.signs(clause.words, weights._parts(name))
                assert [(sign, first, last) for (sign, _), first, last in by_parts] == known
                assert all(worth is table[sign] for (sign, worth), _, _ in by_parts)
                found += len(known)
        assert found > 100
