"""What a reader may choose: whole words, folded notes, a lighter day that ends at their own midnight."""

import unicodedata
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from uuid import UUID, uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as some

from care import controls
from care.community import RULES, read_rules
from care.controls import Choices, Problems, part
from care.muting import fold, muted, tokens
from care.staff import BITS, ROLES, roles

NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)
ANA, BEN = uuid4(), uuid4()
LETTERS = some.text("abcdeéÉñßIiıàΩσςкк", min_size=1, max_size=6)


@dataclass
class Post:
    words: str = "hello"
    author: UUID | None = ANA
    topics: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()


class Form:
    def __init__(self, **fields: str | list[str]) -> None:
        self.fields = fields

    def text(self, name: str) -> str:
        value = self.fields.get(name, "")
        return value if isinstance(value, str) else value[0]

    def all(self, name: str) -> list[str]:
        value = self.fields.get(name, [])
        return [value] if isinstance(value, str) else value


@pytest.mark.parametrize(
    ("word", "text"),
    [
        ("dad", "My DAD left."),
        ("dad", "dad’s car"),
        ("café", "the CAFE on the corner"),
        ("cafe", "café"),
        ("self harm", "about self-harm today"),
        ("self-harm", "about self\nharm today"),
        ("don't", "I don’t know"),
        ("straße", "STRASSE"),
        ("ﬁre", "fire"),
        ("🔪", "so 🔪 there"),
        ("❤", "love ❤️ you"),
        ("自杀", "我想自杀了"),
        ("ฆ่า", "อย่าฆ่าเวลา"),
        ("हिंसा", "यह हिंसा है"),
        ("naïve", "nai\u0308ve"),
        ("the end", "this is the… END"),
    ],
)
def test_a_muted_word_is_found_whatever_its_case_and_accents(word: str, text: str) -> None:
    assert muted([word]).finds(text)


@pytest.mark.parametrize(
    ("word", "text"),
    [
        ("die", "this diet, a studied deadline, diesel"),
        ("cut", "an execution, a cute cutlery"),
        ("dad", "granddad and daddy"),
        ("self harm", "self and harm"),
        ("self harm", "self harmless"),
        ("ass", "class"),
        ("हि", "हिंसा"),
        ("क", "कि"),
        ("a b", "a c b"),
        ("", "anything"),
        ("…", "wait… what"),
    ],
)
def test_only_whole_words_are(word: str, text: str) -> None:
    assert not muted([word]).finds(text)


@given(some.lists(LETTERS, min_size=1, max_size=8), some.integers(0, 7), some.booleans())
def test_any_word_of_a_text_mutes_it_in_any_dress(words: list[str], at: int, upper: bool) -> None:
    word = words[at % len(words)]
    dressed = unicodedata.normalize("NFD", word.upper() if upper else word)
    assert muted([dressed]).finds(" ".join(words)) or not tokens(word)


@given(LETTERS, LETTERS)
def test_a_word_inside_a_longer_one_is_another_word(word: str, more: str) -> None:
    for longer in (word + more, more + word):
        assert muted([word]).finds(longer) == (fold(longer) == fold(word))


@given(some.text(max_size=200), some.text(max_size=20))
def test_no_text_breaks_the_search(text: str, word: str) -> None:
    found = muted([word]).finds(text)
    assert not found or set(tokens(word)) <= set(tokens(text))


@pytest.mark.parametrize(
    ("choices", "post"),
    [
        (Choices(people=frozenset([ANA])), Post()),
        (Choices(topics=frozenset(["family"])), Post(topics=("family",))),
        (Choices(topics=frozenset(["eating"])), Post(notes=("eating",))),
        (Choices(lighter_until=NOW), Post(notes=("eating",))),
        (Choices(muted=muted(["hello"])), Post()),
        (Choices(muted=muted(["spiders"])), Post(notes=("spiders",))),
    ],
)
def test_each_choice_hides_what_it_says_and_nothing_else(choices: Choices, post: Post) -> None:
    other = Post("something else", BEN)
    assert part([post, other], choices) == controls.Parted([other], 1)
    assert part([post, other], choices, show=True) == controls.Parted([post, other], 0)
    assert part([post, other], Choices()) == controls.Parted([post, other], 0)


def test_words_behind_a_note_are_not_there_until_asked() -> None:
    assert controls.unfolded("how it was", ["death"], asked=False) is None
    assert controls.unfolded("how it was", ["death"], asked=True) == "how it was"
    assert controls.unfolded("how it was", [], asked=False) == "how it was"


@pytest.mark.parametrize(
    ("fields", "read"),
    [
        ({}, ()),
        ({"notes": ["death", "nothing like it", "self-harm"]}, ("self-harm", "death")),
        ({"note_own": "  spiders,  big ones "}, ("spiders, big ones",)),
        ({"note_own": "Eating"}, ("eating",)),
        ({"notes": ["death"], "note_own": "x" * 30}, ("death", "x" * 30)),
        ({"note_own": "x" * 31}, "note_own"),
        ({"notes": ["death", "sex", "abuse", "eating"], "note_own": "x"}, "notes"),
    ],
)
def test_notes_are_four_at_most_and_one_may_be_their_own(
    fields: dict[str, str | list[str]], read: tuple[str, ...] | str
) -> None:
    found = controls.read_notes(Form(**fields))
    assert (list(found) == [read]) if isinstance(found, Problems) else (found == read)


@pytest.mark.parametrize("word", ["", "  ", "…!", "x" * 41])
def test_what_nobody_could_look_for_is_no_word(word: str) -> None:
    assert isinstance(controls.read_word(Form(word=word)), Problems)


def test_a_word_is_tidied_but_stays_theirs() -> None:
    assert controls.read_word(Form(word="  Self   Harm ")) == "Self Harm"


@pytest.mark.parametrize(
    ("days", "ok"),
    [("1", True), ("30", True), (" 7 ", True), ("0", False), ("31", False), ("-1", False), ("", False),
     ("two", False), ("²", False), ("1" * 5000, False), ("1.5", False)],
)  # fmt: skip
def test_a_break_is_one_to_thirty_days(days: str, ok: bool) -> None:
    found = controls.read_break(Form(days=days))
    assert found == int(days) if ok else isinstance(found, Problems)


@pytest.mark.parametrize(
    ("at", "tz", "ends"),
    [
        ("2026-11-23T12:00", "UTC", "2026-11-24T00:00"),
        ("2026-11-23T12:00", "Asia/Kolkata", "2026-11-23T18:30"),
        ("2026-11-23T23:30", "America/New_York", "2026-11-24T05:00"),
        ("2026-11-23T12:00", "Nowhere/Land", "2026-11-24T00:00"),
        ("2026-11-23T12:00", "", "2026-11-24T00:00"),
        # The clocks of Santiago jump from midnight to one; the day before has 24 hours all the same.
        ("2026-09-05T12:00", "America/Santiago", "2026-09-06T04:00"),
        ("2026-10-25T00:30", "Europe/London", "2026-10-26T00:00"),
    ],
)
def test_a_lighter_day_ends_at_midnight_where_they_are(at: str, tz: str, ends: str) -> None:
    moment = datetime.fromisoformat(at).replace(tzinfo=UTC)
    assert controls.midnight(moment, tz) == datetime.fromisoformat(ends).replace(tzinfo=UTC)


ZONES = ["Pacific/Kiritimati", "America/Havana", "Asia/Beirut", "Australia/Lord_Howe", "Etc/GMT+12", "UTC"]


@given(some.integers(1_577_836_800, 2_051_222_400), some.sampled_from(ZONES))
def test_a_lighter_day_is_never_over_at_once_nor_longer_than_a_long_day(at: int, tz: str) -> None:
    moment = datetime.fromtimestamp(at, UTC)
    assert timedelta() < controls.midnight(moment, tz) - moment <= timedelta(hours=25)


def test_rules_are_few_and_short() -> None:
    assert 5 <= len(RULES) <= 7
    assert read_rules("\n".join(RULES)) == RULES
    for wrong in ("one\ntwo", "\n".join("x" * 13), "a\nb\n" + "c" * 201):
        with pytest.raises(ValueError, match=r"(?i)rule"):
            read_rules(wrong)


def test_every_role_comes_back_from_its_number() -> None:
    assert roles(0) == frozenset()
    for role in ROLES:
        assert role in roles(BITS[role])
    assert roles(BITS["safeguarding"]) == {"safeguarding", "moderator"}
    assert roles(BITS["operator"]) == {"operator"}, "Who runs the machine reads nothing by that alone."
    assert roles(sum(BITS.values())) == set(ROLES)
