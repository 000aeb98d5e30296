"""What may be said of many skies: words, never numbers, and nothing that tells whose."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from care import groups_sky
from care.groups import Problems
from tests.care.test_groups import Form

MOODS = st.lists(st.integers(1, 5), min_size=groups_sky.FEWEST, max_size=45)


@pytest.mark.parametrize(
    ("moods", "said"),
    [
        ([1, 1, 1, 4, 4], "1m 4s"),
        ([1, 2, 3, 4, 5], ""),
        ([3] * 5, "3m"),
        ([2, 2, 2, 2, 2, 2, 2, 2, 2, 5], "2m"),
        ([2, 2, 2, 2, 2, 5, 5, 5, 5, 5], "2m 5m"),
    ],
)
def test_a_drawing_says_many_and_some(moods: list[int], said: str) -> None:
    assert groups_sky.draw(moods) == said


@given(MOODS)
def test_what_one_person_alone_has_is_never_named_and_everything_else_is(moods: list[int]) -> None:
    named = {mood for mood, _ in groups_sky.seen(groups_sky.draw(moods))}
    assert named == {mood for mood in moods if moods.count(mood) > 1}


@given(MOODS, st.integers(1, 5))
def test_all_the_same_looks_like_all_but_one(moods: list[int], mood: int) -> None:
    assert groups_sky.draw([mood] * len(moods)) == groups_sky.draw([mood] * (len(moods) - 1) + [mood % 5 + 1])


def test_it_is_drawn_for_five_at_a_time() -> None:
    assert [groups_sky.due(n) for n in (0, 1, 4, 5, 6)] == [False, False, False, True, True]


def test_a_form_says_a_sky_or_the_one_in_the_journal() -> None:
    assert groups_sky.read_sky(Form(mood="4")) == 4
    assert groups_sky.read_sky(Form(journal="yes", mood="4")) is None
    for wrong in ("", "0", "6", "x", "³", "44"):
        assert isinstance(groups_sky.read_sky(Form(mood=wrong)), Problems), wrong
