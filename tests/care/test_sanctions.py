"""The ladder as pure rules: which step is next, what each closes, and that time alone ends it."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from care import ladder, sanctions
from care.sanctions import (
    ACTIVE,
    BAN,
    COUNTS,
    FREE,
    LADDER,
    NUDGE,
    PAUSE,
    READ_FIRST,
    RESTRICT,
    STEPS,
    SUSPEND,
    WARN,
)

AT = datetime(2026, 11, 23, 12, tzinfo=UTC)
DAY = timedelta(days=1)


@dataclass(frozen=True)
class Taken:
    kind: str
    since: datetime | None
    until: datetime | None
    ended_at: datetime | None = None


def took(kind: str, ago: timedelta = timedelta(), *, ended: bool = False) -> Taken:
    since = AT - ago
    return Taken(kind, since, sanctions.until(kind, since), AT if ended else None)


@st.composite
def rows(draw: st.DrawFn) -> list[Taken]:
    made = []
    for _ in range(draw(st.integers(0, 8))):
        kind, ago = draw(st.sampled_from(LADDER)), timedelta(hours=draw(st.integers(0, 24 * 120)))
        made.append(took(kind, ago, ended=draw(st.booleans())))
        if draw(st.booleans()) and STEPS[kind].two:
            made[-1] = Taken(kind, None, None)  # waits for the second person
    return made


def test_the_ladder_is_the_one_of_the_promise() -> None:
    states = [STEPS[kind].state for kind in LADDER]
    assert states == ["nudged", "warned", "paused", "restricted", "suspended", "banned"]
    lasts = {kind: STEPS[kind].lasts for kind in LADDER}
    assert lasts[WARN] == 30 * DAY
    assert lasts[PAUSE] == DAY
    assert lasts[RESTRICT] == 14 * DAY
    assert lasts[BAN] is None
    assert [kind for kind in LADDER if STEPS[kind].two] == [SUSPEND, BAN]


def test_climbed_once_a_day_it_is_taken_step_by_step() -> None:
    made: list[Taken] = []
    for n, expected in enumerate(LADDER):
        at = AT + n * DAY
        assert sanctions.proposed(made, at) == expected
        made.append(Taken(expected, at, sanctions.until(expected, at)))
    assert sanctions.proposed(made, AT + 9 * DAY) == BAN, "There is nothing above it."


@given(rows())
def test_it_never_proposes_more_than_one_step_above_what_counts(made: list[Taken]) -> None:
    told = [one.kind for one in made if one.since is not None and one.ended_at is None]
    highest = max((LADDER.index(kind) for kind in told), default=-1)
    assert LADDER.index(sanctions.proposed(made, AT)) <= min(highest + 1, len(LADDER) - 1)


@given(rows(), st.integers(0, 24 * 400), st.integers(0, 24 * 400))
def test_time_never_makes_it_harder(made: list[Taken], hours: int, more: int) -> None:
    earlier, later = AT + timedelta(hours=hours), AT + timedelta(hours=hours + more)
    step = LADDER.index
    assert step(sanctions.proposed(made, later)) <= step(sanctions.proposed(made, earlier))
    assert {one.kind for one in sanctions.standing(made, later)} <= {
        one.kind for one in sanctions.standing(made, earlier)
    }


@given(rows())
def test_what_was_taken_back_is_as_if_it_had_not_been(made: list[Taken]) -> None:
    kept = [one for one in made if one.ended_at is None]
    assert sanctions.proposed(made, AT) == sanctions.proposed(kept, AT)
    assert sanctions.closed(made, AT) == sanctions.closed(kept, AT)
    assert sanctions.state(made, AT) == sanctions.state(kept, AT)


@given(rows())
def test_one_person_alone_suspends_and_bans_nobody(made: list[Taken]) -> None:
    alone = [Taken(one.kind, None, None) for one in made]
    assert sanctions.state(alone, AT) == ACTIVE
    assert sanctions.proposed(alone, AT) == NUDGE
    assert not sanctions.closed(alone, AT)


@given(rows(), st.integers(0, 24 * 400))
def test_help_the_plan_and_the_journal_are_never_closed(made: list[Taken], hours: int) -> None:
    closed = sanctions.closed(made, AT + timedelta(hours=hours))
    assert closed <= {"share", "first"}
    assert closed.isdisjoint(FREE)


@pytest.mark.parametrize("kind", [kind for kind in LADDER if kind != BAN])
def test_each_step_but_the_last_ends_by_itself_and_then_counts_no_more(kind: str) -> None:
    lasts = STEPS[kind].lasts
    assert lasts is not None
    one = [took(kind)]
    assert sanctions.stands(one[0], AT + lasts - timedelta(seconds=1))
    assert not sanctions.stands(one[0], AT + lasts)
    ends = max(lasts, COUNTS)
    assert sanctions.proposed(one, AT + ends - timedelta(seconds=1)) != NUDGE
    assert sanctions.proposed(one, AT + ends) == NUDGE
    far = AT + ends + READ_FIRST
    assert (sanctions.state(one, far), sanctions.closed(one, far)) == (ACTIVE, frozenset())


def test_after_a_pause_what_they_share_is_read_first_for_two_weeks() -> None:
    one = [took(PAUSE)]
    assert sanctions.closed(one, AT) == {"share"}
    assert sanctions.closed(one, AT + DAY) == {"first"}
    assert sanctions.closed(one, AT + DAY + READ_FIRST) == frozenset()
    assert sanctions.proposed(one, AT + 2 * DAY) == RESTRICT, "The reading first is no step of its own."


@given(st.integers(-100, 10_000))
def test_a_pause_is_as_long_as_wished_within_its_bounds(hours: int) -> None:
    ends = sanctions.until(PAUSE, AT, timedelta(hours=hours))
    assert ends is not None
    assert timedelta(hours=1) <= ends - AT <= 7 * DAY
    assert sanctions.until(SUSPEND, AT, timedelta(hours=hours)) == AT + 30 * DAY


@given(st.sampled_from(["distress", "self_harm", "imminent"]))
def test_words_about_ones_own_danger_cost_nothing(tier: str) -> None:
    assert not ladder.may_cost(tier, [])
    assert not ladder.may_cost(tier, ["method_info", "ed_numbers", "contact_info", "spam"])
    assert ladder.may_cost(tier, ["harassment"]), "To attack somebody else is no cry for help."
