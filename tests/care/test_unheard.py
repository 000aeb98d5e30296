"""Who is put before somebody next, when others are alerted, and what Today picks and suggests."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise
from uuid import UUID, uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from care import notices, today, unheard
from care.reminders import Quiet
from care.today import Standing

AT = datetime(2026, 11, 25, 12, tzinfo=UTC)
HOURS = st.floats(0, 700)


@dataclass(frozen=True)
class One:
    id: UUID
    since: datetime
    replies: int
    asked: int


ones = st.builds(
    One,
    st.uuids(),
    HOURS.map(lambda hours: AT - timedelta(hours=hours)),
    st.integers(0, 3),
    st.integers(0, 5),
)


@given(HOURS, HOURS, st.integers(0, 1), st.integers(0, 5))
def test_need_grows_with_waiting_shrinks_with_answers_and_with_being_asked(
    a: float, b: float, replies: int, asked: int
) -> None:
    less, more = sorted((a, b))
    need = unheard.need
    assert need(timedelta(hours=less), replies, asked) <= need(timedelta(hours=more), replies, asked)
    assert need(timedelta(hours=a), 1, asked) <= need(timedelta(hours=a), 0, asked)
    assert need(timedelta(hours=a), replies, asked + 1) <= need(timedelta(hours=a), replies, asked)
    assert need(timedelta(hours=a), unheard.WANTED + replies, asked) == 0


@given(st.lists(ones, max_size=30))
def test_the_order_is_total_and_within_a_class_the_oldest_comes_first(found: list[One]) -> None:
    order = unheard.ordered(found, AT)
    assert sorted(order, key=lambda one: one.id) == sorted(found, key=lambda one: one.id)
    assert unheard.ordered(reversed(found), AT) == order or len({one.id for one in found}) < len(found)
    for first, second in pairwise(order):
        if (first.replies, first.asked) == (second.replies, second.asked) and first.replies < unheard.WANTED:
            assert first.since <= second.since


def test_one_hour_without_any_answer_counts_like_two_with_one() -> None:
    assert unheard.need(timedelta(hours=1), 0) == unheard.need(timedelta(hours=2), 1)


def test_figures_count_only_what_had_its_day() -> None:
    def row(hours: float, replies: int, after: float | None) -> tuple[datetime, int, datetime | None]:
        since = AT - timedelta(hours=hours)
        return since, replies, since + timedelta(hours=after) if after is not None else None

    told = unheard.figures(
        [row(2, 0, None), row(48, 2, 1), row(48, 1, 30), row(30, 0, None), row(25, 3, 3)], AT
    )
    assert (told.stories, told.first, told.in_a_day, told.two) == (5, timedelta(hours=3), 50, 50)
    assert unheard.figures([], AT) == unheard.Figures(0)
    assert unheard.figures([row(2, 0, None)], AT).in_a_day is None, "Nothing is said about what is too young."


@given(st.lists(st.uuids(), min_size=1, max_size=20, unique=True), st.dates(), st.uuids())
def test_the_day_s_pick_is_the_same_whatever_else_comes_or_goes(
    found: list[UUID], day: date, person: UUID
) -> None:
    picked = today.pick(found, day, person)
    assert picked in found
    assert today.pick(found[::-1], day, person) == picked
    assert today.pick([picked, *found[:3]], day, person) == picked


def test_the_pick_changes_with_the_day_and_the_person() -> None:
    found, person = [uuid4() for _ in range(12)], uuid4()
    days = {today.pick(found, date(2026, 11, 1) + timedelta(days=n), person) for n in range(28)}
    assert len(days) > 4
    assert len({today.pick(found, date(2026, 11, 1), uuid4()) for _ in range(60)}) > 4
    assert today.pick([], date(2026, 11, 1), person) is None


@pytest.mark.parametrize(
    ("days", "done", "waved", "expected"),
    [
        (0, (), (), ""),
        (1, (), (), "know"),
        (1, ("know",), (), ""),
        (2, ("know",), (), "willing"),
        (3, ("know",), ("willing",), "remind"),
        (7, ("know", "remind"), ("willing",), "write"),
        (90, ("know", "remind", "write"), ("willing",), ""),
    ],
)
def test_one_suggestion_at_most_and_never_again_once_waved(
    days: int, done: tuple[str, ...], waved: tuple[str, ...], expected: str
) -> None:
    assert today.suggest(Standing(AT - timedelta(days=days), done, waved), AT) == expected


@given(st.integers(0, 24 * 60 - 1))
def test_nobody_is_woken_to_answer_somebody(minute: int) -> None:
    hours = Quiet(time(22), time(7), night=True)
    at = AT.replace(hour=0, minute=0) + timedelta(minutes=minute)
    sent = notices.send_at("asked", at, "UTC", hours)
    assert sent >= at
    assert not hours.covers(sent)
    assert sent == at or hours.covers(at), "By day it comes at once."
    assert notices.KINDS["asked"].face == notices.NOTE
