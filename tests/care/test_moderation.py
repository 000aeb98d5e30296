"""The moderation reader: its floors on both corpora, its traps, its spans, and that nothing upsets it."""

import json
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from care import helpline, moderation
from care.flat import flatten
from care.reading import normalise

CORPUS = Path(__file__).parent / "corpus"

# SAFETY.md §7.2: label, least precision, least recall.
FLOORS = [
    ("contact_info", 0.90, 0.90),
    ("link", 0.0, 0.95),
    ("harassment", 0.85, 0.60),
    ("grooming", 0.80, 0.70),
    ("method_info", 0.0, 0.95),
    ("ed_numbers", 0.0, 0.85),
]


def rows(part: str) -> list[dict[str, object]]:
    text = (CORPUS / f"moderation_{part}.jsonl").read_text("utf-8")
    return [json.loads(line) for line in text.splitlines()]


def read_all(part: str) -> list[tuple[set[str], set[str]]]:
    return [(set(row["labels"]), set(moderation.read(str(row["text"])).labels)) for row in rows(part)]


@pytest.fixture(scope="module", params=["tune", "score"])
def judged(request: pytest.FixtureRequest) -> list[tuple[set[str], set[str]]]:
    return read_all(request.param)


@pytest.mark.parametrize(("label", "precision", "recall"), FLOORS)
def test_floor(judged: list[tuple[set[str], set[str]]], label: str, precision: float, recall: float) -> None:
    wanted = [label in got for want, got in judged if label in want]
    given_out = [label in want for want, got in judged if label in got]
    assert len(wanted) >= 10
    assert sum(wanted) / len(wanted) >= recall
    assert sum(given_out) / len(given_out) >= precision


def test_clean_messages_are_left_alone(judged: list[tuple[set[str], set[str]]]) -> None:
    clean = [got for want, got in judged if not want]
    assert len(clean) >= 100
    assert sum(map(bool, clean)) / len(clean) <= 0.05


def test_tuning_corpus_is_ours_and_half_hard_negatives() -> None:
    tune = rows("tune")
    assert len(tune) >= 220
    assert sum(not row["labels"] for row in tune) / len(tune) >= 0.3
    assert {row["lang"] for row in tune} == {"en", "es"}
    assert {label for row in tune for label in row["labels"]} == set(moderation.LABELS)
    assert not {row["text"] for row in tune} & {row["text"] for row in rows("score")}


def test_no_crisis_line_is_ever_contact_info() -> None:
    lines = helpline.read()
    assert len(lines) > 100
    for line in lines:
        for way in (*line.phones, *((line.text,) if line.text else ())):
            for text in (f"my number is {way.number}", f"call {way.number} they helped", way.number):
                assert "contact_info" not in moderation.read(text).labels, text
        for site in filter(None, (line.site, line.chat)):
            assert moderation.read(f"go to {site} its free").labels == (), site


@pytest.mark.parametrize(
    "text",
    [
        "in four, hold seven, out eight",
        "in two three four, hold two three four, out two three four",
        "one two three four five six seven eight nine ten and then i open my eyes",
        "four seven eight four seven eight four seven eight",
        "ran 10 kms today",
        "the final was 21-15 21-18 21-19",
        "11/03/2027 at 9:30 until 12:45",
        "my doctor put me on [quantity] of [item] and it helps",
        "he said 'kys' to me in front of everyone",
        "she told me i'm a loser and everyone laughed",
        "he said “you’re worthless” and i can’t forget it",
        "he asked me to send a pic of me and i said no",
        "the recipe needs 200g of flour",
        "i feel like such an idiot",
        "gave my [item] to my sister and asked her to keep it",
        "mum keeps the [item] in a locked box now",
        "took the [item] back to the pharmacy today",
        "two months without [method] and i planted tomatoes",
        "mi madre guarda el [item] bajo llave",
        "my new best is 82.5 kg clean and jerk",
        "lost 4 inches of hair today, i look so different",
        "the link in the pinned post doesn't work for me",
        "i threw up 3 times, this flu is horrible",
    ],
)
def test_trap(text: str) -> None:
    assert moderation.read(text).labels == ()


@pytest.mark.parametrize(
    ("text", "label", "part"),
    [
        ("hello 😀 my number is 07700 900143 ok", "contact_info", "07700 900143"),
        ("Ｓｎａｐ: jess_0912", "contact_info", "jess_0912"),
        ("yes, sn@p me: i n s t a : paleblue_dot", "contact_info", "paleblue_dot"),
        ("look — https://example.net/a?b=1", "link", "https://example.net/a?b=1"),
        ("honestly you’re SO pathetic lol", "harassment", "you’re SO pathetic"),
        ("ok. Don’t tell your mum. ok", "grooming", "Don’t tell your mum"),
        ("well, i used [method] once", "method_info", "[method]"),
        ("today: only 400 calories", "ed_numbers", "400 calories"),
    ],
)
def test_span_is_of_the_original(text: str, label: str, part: str) -> None:
    spans = [text[found.start : found.end] for found in moderation.read(text) if found.label == label]
    assert any(part in span for span in spans), spans


def test_every_finding_says_why_in_words() -> None:
    for row in rows("tune"):
        for found in moderation.read(str(row["text"])):
            assert found.why.endswith(".")
            assert found.label in moderation.LABELS
            assert 0 <= found.start < found.end <= len(str(row["text"]))


def test_no_pattern_is_kept_from_a_text_it_matches() -> None:
    """Patterns are tried only where their words are; leaving one out must never lose a finding."""
    book = moderation._book()
    tried = 0
    for row in rows("tune"):
        flat = flatten(normalise(str(row["text"])))
        keys = frozenset(flat.keys)
        for phrase in book.phrases:
            if phrase.find.search(flat.text):
                tried += 1
                needs = (phrase.anchors, *phrase.needs)
                assert not any(map(keys.isdisjoint, needs)), phrase.source
    assert tried > 500


def test_two_different_signs_freeze_a_conversation() -> None:
    nothing: frozenset[str] = frozenset()
    age = moderation.grooming_signals("how old are you?")
    secret = moderation.grooming_signals("dont tell your mum we talk")
    assert age == {"age_ask"}
    assert secret == {"secrecy"}
    assert moderation.grooming_signals("that sounds hard, i'm sorry") == nothing
    assert moderation.conversation(nothing, nothing) == "go_on"
    assert moderation.conversation(nothing, age) == "nudge"
    assert moderation.conversation(age, nothing) == "go_on"
    assert moderation.conversation(age, age) == "nudge"
    assert moderation.conversation(age, secret) == "freeze"
    assert moderation.conversation(nothing, age | secret) == "freeze"


def test_an_age_ask_alone_is_not_held_but_with_another_sign_it_is() -> None:
    assert moderation.read("how old are you?").labels == ()
    assert "grooming" in moderation.read("how old are you? what's your snap").labels


@pytest.mark.parametrize(
    "text",
    ["", "\x00", "\ud800 you idiot \udfff", "a" * 1_000_000, "@" * 20_000, "[item]" * 4_000, "1 " * 10_000,
     "dont tell your " * 2_000, "a." * 10_000, "k y s " * 4_000, "😀" * 20_000],
)  # fmt: skip
def test_nothing_upsets_it(text: str) -> None:
    assert isinstance(moderation.read(text), moderation.Findings)


@given(st.text(alphabet=st.characters(), max_size=300))
@settings(max_examples=150, deadline=None)
def test_any_text_is_read_with_spans_inside_it(text: str) -> None:
    for found in moderation.read(text):
        assert 0 <= found.start < found.end <= len(text)


@pytest.mark.parametrize(
    ("text", "label"),
    [
        ("i've got a surprise for you, keep it secret", "grooming"),
        ("dont tell your mum, will they find out", "grooming"),
        ("i have urges, are you home alone", "grooming"),
        ("quedamos cuando todos duerman", "grooming"),
        ("i fast 20 hours when my anxiety is bad", "ed_numbers"),
        ("te espero a la salida", "harassment"),
    ],
)
def test_an_everyday_word_beside_it_excuses_nothing(text: str, label: str) -> None:
    assert label in moderation.ruled(text).labels


@pytest.mark.parametrize(
    "text",
    [
        "its my friends surprise party saturday so keep it secret if you know me",
        "i promised her id keep it a secret but shes not safe. do i break the promise",
        "My brother owes me twenty pounds since Christmas and acts like he can't hear me.",
        "I am one person who cares about you, and there are more.",
        "Your mum doesn't know yet?",
        "gracias por contarlo, no estás sola. ¿hay alguien contigo ahora?",
    ],
)
def test_what_people_say_kindly_or_of_their_day_is_left_alone(text: str) -> None:
    assert not moderation.read(text).found
