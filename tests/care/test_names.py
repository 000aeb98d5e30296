"""Pseudonyms: what is refused and why, what is welcome, and which two are the same."""

import random
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from care import names

WELCOME = [
    *("Ana", "Ñandú", "яблоко", "小さな星", "राम लाल", "نجمة", "zoë_k", "x-ray", "M.o.s.s", "A1b2", "cutie"),
    *("Quiet Fern 27", "River Song", "Harper Lee", "Helpful Owl", "Ed Fern", "Mia", "Phoenix", "Grape"),
    *("Stafford", "Scunthorpe", "Dickens", "Assam", "Pompom", "Peacock", "Raccoon"),
]
REFUSED = {
    "letters": (
        "|a|  |12|a..|.ab|123|ab\u202ecd|a\u200bbc|a<b>c|a/b|☔☔☔|ab\u0301\u0302\u0303\u0304|abc\u3164|"
        + "x" * 21
    ),
    "found": (
        "ana@home.org|ana at gmail|@fern|07700 900123|0 7 7 0 0 9 0|insta fern|ig.fern|fern.com|discord fern|"
        "fern2009|snap_moss"
    ),
    "team": "admin|4dm1n|The.Moderator|rnoderator|Beside Team|bes1de|staff|мoderator|system admin",
    "heavy": "kms|k.m.s|su1cidal|want to die|wanna die now|Proana|cutting",
    "unkind": "fuckyou|N1gger|sexy|Hitler",
    "study": "St Mary School|Class of 24|year 9|Oak College",
    "real": "Anna Smith|anna smith|AnnaSmith|Hannah B|Dr Fern|Maria Garcia|Liam O",
}


@pytest.mark.parametrize("name", WELCOME)
def test_harmless_names_are_welcome(name: str) -> None:
    assert names.problem(names.tidy(name)) is None


@pytest.mark.parametrize(
    ("kind", "name"), [(kind, name) for kind, all in REFUSED.items() for name in all.split("|")]
)
def test_what_could_hurt_is_refused_with_a_reason(kind: str, name: str) -> None:
    why = names.problem(names.tidy(name))
    assert why and why.endswith("."), kind


def test_the_reason_fits() -> None:
    def said(name: str) -> str:
        return names.problem(names.tidy(name)) or ""

    assert "phone" in said("07700 900123")
    assert "e-mail" in said("ana@home.org")
    assert "team" in said("rnoderator")
    assert "Help now" in said("want to die") and "journal" in said("kms")
    assert "born" in said("fern2009")
    assert "study" in said("Class of 24")
    assert "first and last" in said("Anna Smith")


@pytest.mark.parametrize(
    ("one", "other"),
    [("Ana", "ana"), ("Ana", "A.n.a"), ("Ana", "аnа"), ("Ana", "Ａｎａ"), ("Ana", "Àná"), ("Iris", "lr1s"),
     ("Moon", "M00n"), ("Fern", "Fem"), ("wave", "vvave"), ("Quiet Fern", "quiet_fern")],
)  # fmt: skip
def test_look_alikes_are_one_name(one: str, other: str) -> None:
    assert names.key(one) == names.key(other)


def test_different_names_stay_different() -> None:
    keys = {names.key(f"Quiet Fern {n}") for n in range(30, 60)}
    assert len(keys) == 30
    assert names.key("Ana") != names.key("Ben")


@given(st.text(max_size=300))
def test_any_text_has_an_answer_and_a_key_that_fits(text: str) -> None:
    shown = names.tidy(text)
    assert len(names.key(text)) <= 80
    if names.problem(shown) is None:
        assert 3 <= len(shown) <= 20
        assert names.key(shown)
        assert shown == unicodedata.normalize("NFKC", shown)
        assert not any(unicodedata.category(c).startswith("C") for c in shown)


@given(st.sampled_from(WELCOME), st.sampled_from([" ", "  ", "."]), st.booleans())
def test_spaces_dots_and_capitals_do_not_make_a_new_name(name: str, gap: str, loud: bool) -> None:
    other = gap.join(name) if name.isascii() else name
    assert names.key(other.upper() if loud else other) == names.key(name)


def test_suggestions_are_allowed_different_and_tell_no_age() -> None:
    pick = random.Random(7).choice  # noqa: S311 - only for this test
    offered = names.suggest(500, pick)
    assert len(set(offered)) == 500
    assert all(names.problem(name) is None for name in offered)
    assert all(30 <= int(name.split()[-1]) < 60 for name in offered)


def test_lists_are_written_once_each_in_lower_case() -> None:
    for name, words in names.WORDS.items():
        if isinstance(words, list) and isinstance(words[0], str):
            assert len(words) == len(set(words)), name
            assert all(word == word.lower() for word in words), name
