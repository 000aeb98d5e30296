"""Letters: folding keeps the way back to every original character."""

from hypothesis import given, settings
from hypothesis import strategies as st

from care.grammar import parse, source
from care.reading import despace, normalise, unleet
from care.spelling import one_edit


def test_folds_look_alikes_marks_and_typography() -> None:
    assert normalise("Ｉ’m “fïne” — кill 🅺🅸🅻🅻 \u200bok").text == 'i\'m "fine" - kill kill ok'


def test_spans_lead_back_to_what_was_typed() -> None:
    text = "é ｋｉｌｌ!"
    normal = normalise(text)
    start = normal.text.index("kill")
    assert text[slice(*normal.span(start, start + 4))] == "ｋｉｌｌ"


def test_letters_typed_one_by_one_join_and_a_wide_gap_stays() -> None:
    normal = despace(normalise("i k i l l  m e now, at 5 pm a b"))
    assert normal.text == "ikill me now, at 5 pm a b"
    assert despace(normalise("a.b is fine")).text == "a.b is fine"


def test_leet_is_undone_only_inside_words_with_letters() -> None:
    assert unleet(normalise("k1ll 4 out of 10 mys3lf!")).text == "kill 4 out of 10 myself!"


def test_variants_are_different_readings_of_the_same_text() -> None:
    texts = [one.text for one in normalise("k i l l and k1ll").variants()]
    assert texts[0] == "k i l l and k1ll"
    assert "kill and kill" in texts
    assert len(set(texts)) == len(texts)


@settings(max_examples=300, deadline=None)
@given(st.text(st.characters(), max_size=200))
def test_every_span_lies_in_the_text_and_in_order(text: str) -> None:
    for normal in normalise(text).variants():
        assert len(normal.text) == len(normal.starts) == len(normal.ends)
        spans = [normal.span(at, at + 1) for at in range(len(normal.text))]
        assert all(0 <= start < end <= len(text) for start, end in spans)
        assert spans == sorted(spans)


def test_one_edit_is_one_letter_or_two_swapped() -> None:
    assert all(one_edit(typed, "suicide") for typed in ("sucide", "suicidee", "suicode", "suicdie"))
    assert not any(one_edit(typed, "suicide") for typed in ("decide", "suicidal", "sucde"))


def test_patterns_have_no_unbounded_repeat() -> None:
    written = source(parse("<want> (to|for) (just )? (be )* .. die? (now|$)"))
    assert "*" not in written.replace("[^ ]+", "").replace("[a-z]*", "")
    assert "(?: [^ ]+){0,2}?" in written
