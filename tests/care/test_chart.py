"""The four-week drawing: gaps stay gaps, and the words say what the dots show."""

from datetime import date, timedelta

from hypothesis import given
from hypothesis import strategies as st

from care import chart
from care.chart import Day

LAST = date(2026, 11, 23)


def days(*means: float | None) -> list[Day]:
    first = LAST - timedelta(days=len(means) - 1)
    return [Day(first + timedelta(days=i), mean, int(mean is not None)) for i, mean in enumerate(means)]


def test_a_gap_is_not_joined_over_and_not_a_zero() -> None:
    drawn = chart.draw(days(3, 4, None, 2, None, 5, 5))
    assert len(drawn.dots) == 5
    assert len(drawn.lines) == 2  # the lonely 2 is a dot without a line
    assert all(line.count("L") == 1 for line in drawn.lines)


def test_brighter_is_higher_and_later_is_further() -> None:
    low, bright = chart.draw(days(1, 5)).dots
    assert bright.y < low.y
    assert bright.x > low.x


def test_the_days_before_and_between_are_there() -> None:
    found = {LAST: Day(LAST, 4.0, 1)}
    span = chart.span(found, LAST)
    assert len(span) == 28
    assert span[-1].mood == 4
    assert all(day.mood is None for day in span[:-1])


def test_the_summary_counts_check_ins_and_names_the_middle() -> None:
    assert chart.summary(days(None, None)) == "No check-ins in these four weeks."
    assert chart.summary(days(3)) == "1 check-in."
    assert chart.summary(days(3, 3, 3, 3)) == "4 check-ins. Mostly so-so."
    assert chart.summary(days(1, 3, 3, 3, 4, 4, 4, 5)) == "8 check-ins. Mostly so-so to okay."


def test_a_half_goes_to_the_lighter_sky() -> None:
    assert [Day(LAST, mean).mood for mean in (1.0, 2.4, 2.5, 4.5, None)] == [1, 2, 3, 5, None]


def test_a_day_is_told_in_words() -> None:
    assert Day(LAST, 2.0, 1, 3, ("tired", "own word"), 2).told == "low, tired, own word; 2 notes"
    assert Day(LAST, None, 0, 1, (), 1).told == "1 note"
    assert Day(LAST, 2.0).said == "Monday: low"
    assert Day(LAST, 2.0).letter == "M"


def test_months_are_newest_first_and_end_with_the_last_day() -> None:
    found = {day: Day(day, 3.0, 1) for day in (date(2026, 9, 30), LAST)}
    months = chart.months(found)
    assert [(m.first, m.last) for m in months] == [
        (date(2026, 11, 1), LAST),
        (date(2026, 10, 1), date(2026, 10, 31)),
        (date(2026, 9, 1), date(2026, 9, 30)),
    ]
    assert chart.months({}) == []


@given(st.lists(st.none() | st.floats(1, 5), max_size=40))
def test_everything_stays_inside_the_frame(means: list[float | None]) -> None:
    drawn = chart.draw(days(*means))
    assert len(drawn.dots) == sum(mean is not None for mean in means)
    for dot in drawn.dots:
        assert 0 <= dot.x <= drawn.width
        assert 0 <= dot.y <= drawn.height
        assert dot.mood in range(1, 6)
    assert drawn.summary
