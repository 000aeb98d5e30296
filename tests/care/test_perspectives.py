"""Asking for perspectives: forms read without fuss, and where an ask stands."""

from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from care import perspectives as rules
from care.perspectives import Answer, Problems, Question
from web.forms import Form

AT = datetime(2026, 11, 25, 18, tzinfo=UTC)
FINE = [
    ("situation", "My friend stopped writing."),
    ("now", "It is me."),
    ("angles", "been"),
    ("angles", "other"),
]


def test_a_whole_question_is_read() -> None:
    more = [
        ("wanted", "3"),
        ("hours", "24"),
        ("tz", "Europe/London"),
        ("notes", "abuse"),
        ("topics", "friends"),
    ]
    found = rules.read_ask(Form([*FINE, *more]))
    assert isinstance(found, Question)
    assert found.draft.words.parts == ("My friend stopped writing.", "It is me.")
    assert (found.draft.kind, found.draft.notes, found.draft.topics) == ("ask", ("abuse",), ("friends",))
    assert found.facts == rules.Facts(rules.BEEN | rules.OTHER, 3, 24, "Europe/London")


def test_what_was_not_said_is_as_usual() -> None:
    found = rules.read_ask(Form(FINE))
    assert isinstance(found, Question)
    assert (found.facts.wanted, found.facts.hours) == (5, 72)


@pytest.mark.parametrize(
    ("fields", "wrong"),
    [
        ([("angles", "been")], {"situation"}),
        ([("situation", "x" * 1201), ("angles", "been")], {"situation"}),
        ([("situation", "x" * 1200), ("now", "y" * 301), ("angles", "been")], {"now"}),
        ([("situation", "x"), ("angles", "nothing")], {"angles"}),
        ([*FINE, ("wanted", "2")], {"wanted"}),
        ([*FINE, ("wanted", "8")], {"wanted"}),
        ([*FINE, ("wanted", "many")], {"wanted"}),
        ([*FINE, ("note_own", "z" * 31)], {"note_own"}),
    ],
)
def test_what_is_to_mend_is_named(fields: list[tuple[str, str]], wrong: set[str]) -> None:
    found = rules.read_ask(Form(fields))
    assert isinstance(found, Problems)
    assert set(found) == wrong


def test_a_view_takes_one_of_the_angles_wanted() -> None:
    place = uuid4()
    found = rules.read_view(Form([("angle", "been"), ("text", " I know it. ")]), place, rules.BEEN)
    assert isinstance(found, Answer)
    assert (found.angle, found.draft.kind, found.draft.place, found.draft.words.text) == (
        rules.BEEN,
        "view",
        place,
        "I know it.",
    )
    for fields, wrong in (
        ([("angle", "other"), ("text", "x")], {"angle"}),
        ([("angle", "been"), ("text", "x" * 601)], {"text"}),
        ([], {"angle", "text"}),
    ):
        refused = rules.read_view(Form(fields), place, rules.BEEN)
        assert isinstance(refused, Problems)
        assert set(refused) == wrong


@given(
    st.booleans(), st.booleans(), st.integers(-100, 100), st.sampled_from(["held", "published", "removed"])
)
def test_only_what_is_shown_unclosed_unfilled_and_in_time_is_open(
    closed: bool, full: bool, hours: int, state: str
) -> None:
    stage = rules.stage(state, closed, full, AT + timedelta(hours=hours), AT)
    assert (stage == rules.OPEN) == (state == "published" and not closed and not full and hours > 0)
    assert rules.stage(state, closed, full, None, AT) == rules.WAITS
