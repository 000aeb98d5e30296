"""Meetings: the clock on the wall stays what was agreed on, and a form says what to mend."""

from datetime import UTC, datetime, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from care import meetings as rules
from care import meetings_form
from care.groups import Problems
from care.meetings import Leaders, Plan
from care.reminders import Quiet
from web.forms import Form

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
MO, LIN, CHO = UUID(int=1), UUID(int=2), UUID(int=3)
LEADERS = Leaders({MO: "mo", LIN: "lin", CHO: "cho"}, frozenset({MO, LIN}), True)


def on(year: int, month: int, day: int, hour: int = 0, minute: int = 0) -> datetime:
    """What a clock on a wall shows."""
    return datetime(year, month, day, hour, minute)  # noqa: DTZ001


FORM = {
    "title": "Tea", "day": "2026-03-20", "time": "18:00", "zone": "Europe/London",
    "host": str(MO), "second": str(LIN),
}  # fmt: skip
PLACE = {"area": "Leeds", "address": "4 Library Lane", "expect": "Two of us at the door."}


def read(leaders: Leaders = LEADERS, **more: str) -> Plan | Problems:
    return meetings_form.read(Form(list((FORM | more).items())), leaders, NOW)


@pytest.mark.parametrize("zone", ["Europe/London", "America/New_York", "Australia/Sydney"])
@pytest.mark.parametrize("series", [rules.WEEKLY, rules.FORTNIGHT, rules.MONTHLY])
@pytest.mark.parametrize("start", [on(2026, 2, 20, 18), on(2026, 9, 18, 18)])
def test_18_00_stays_18_00_over_every_change_of_clocks(zone: str, series: str, start: datetime) -> None:
    moments = [rules.moment(wall, zone) for wall in rules.walls(start, series, 12)]
    there = [at.astimezone(ZoneInfo(zone)) for at in moments]
    assert {(at.hour, at.minute, at.weekday()) for at in there} == {(18, 0, 4)}
    offsets = {at.utcoffset() for at in there}
    assert len(offsets) == 2, "No clock was changed in between."
    assert moments == sorted(moments)


def test_a_time_that_is_left_out_is_the_end_of_the_gap_and_one_that_is_twice_the_first() -> None:
    # Berlin jumps from 02:00 to 03:00 on 29 March; New York has 01:30 twice on 1 November.
    assert rules.moment(on(2026, 3, 29, 2, 30), "Europe/Berlin") == datetime(2026, 3, 29, 1, tzinfo=UTC)
    twice = rules.moment(on(2026, 11, 1, 1, 30), "America/New_York")
    assert twice == datetime(2026, 11, 1, 5, 30, tzinfo=UTC)


def test_monthly_is_the_same_weekday_of_the_month_and_a_fifth_the_last() -> None:
    second = rules.walls(on(2026, 1, 13, 18), rules.MONTHLY, 4)
    assert [day.day for day in second] == [13, 10, 10, 14]
    fifth = rules.walls(on(2026, 1, 30, 18), rules.MONTHLY, 4)
    assert [(day.month, day.day) for day in fifth] == [(1, 30), (2, 27), (3, 27), (4, 24)]
    assert rules.walls(on(2026, 11, 3, 9), rules.MONTHLY, 3)[2] == on(2027, 1, 5, 9)


@given(st.datetimes(on(2026, 1, 1), on(2027, 1, 1)), st.sampled_from(sorted(rules.SERIES)))
def test_each_of_a_series_is_later_and_on_the_same_weekday(first: datetime, series: str) -> None:
    found = rules.walls(first, series, 12)
    assert len(found) == (1 if series == rules.ONCE else 12) and found == sorted(set(found))
    assert {(one.weekday(), one.time()) for one in found} == {(first.weekday(), first.time())}


def test_a_whole_form_is_a_plan() -> None:
    plan = read(minutes="90", cap="8", series="weekly", times="3", zone=" europe/london ", access="Captions.")
    assert isinstance(plan, Plan)
    assert (plan.zone, plan.minutes, plan.cap, len(plan.walls)) == ("Europe/London", 90, 8, 3)
    plain = read()
    assert isinstance(plain, Plan) and (plain.minutes, plain.cap, plain.times) == (60, 12, 1)
    noted = read(notes="death", note_own="A  fire")
    assert isinstance(noted, Plan) and noted.notes == ("death", "A fire") and plain.notes == ()
    assert read(area="Leeds", address="4 Library Lane").address == "", "Online there is no place."  # type: ignore[union-attr]


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("title", ""), ("title", "x" * 61), ("about", "x" * 1001), ("day", ""), ("day", "9999-12-31"),
        ("day", "2026-02-30"), ("day", "2020-01-01"), ("day", "2028-01-01"), ("day", "٢٠٢٦-٠٣-٢٠"),
        ("time", "25:00"), ("time", ""), ("zone", ""), ("zone", "Mars/Base"), ("zone", "../../etc/passwd"),
        ("zone", "Factory"), ("zone", "x" * 100_000), ("zone", "\x01"), ("minutes", "-1"), ("minutes", "14"),
        ("minutes", "1e9"), ("minutes", "９０"), ("minutes", "9" * 5000), ("cap", "0"), ("cap", "41"),
        ("cap", "many"), ("host", ""), ("host", str(UUID(int=9))), ("second", "nobody"),
        ("second", str(MO)), ("access", "x" * 301), ("lang", "x" * 31),
        ("note_own", "x" * 31),
    ],
)  # fmt: skip
def test_what_cannot_be_is_said_at_its_field(field: str, value: str) -> None:
    found = read(**{field: value})
    assert isinstance(found, Problems) and set(found) == {field}


def test_a_series_has_an_end() -> None:
    for times in ("0", "13", "-2", "x"):
        found = read(series="weekly", times=times)
        assert isinstance(found, Problems) and set(found) == {"times"}
    assert isinstance(read(series="once", times="99"), Plan)


@pytest.mark.parametrize("mode", [rules.IN_PERSON, rules.BOTH])
def test_in_person_needs_a_place_and_two_of_the_team(mode: str) -> None:
    assert isinstance(read(mode=mode, **PLACE), Plan)
    for name in PLACE:
        found = read(mode=mode, **PLACE | {name: " "})
        assert isinstance(found, Problems) and set(found) == {name}
    assert set(read(mode=mode, **PLACE, second=str(CHO))) == {"second"}  # type: ignore[arg-type]
    others = Leaders(LEADERS.names, LEADERS.team, False)
    assert set(read(others, mode=mode, **PLACE)) == {"mode"}  # type: ignore[arg-type]


def test_a_cancellation_says_why() -> None:
    def why(own: bool, **given: str) -> object:
        return meetings_form.read_cancel(Form(list(given.items())), own)

    assert why(False, why="ill", words="Call me.") == "ill"
    assert why(True, why="ill", words="The library is shut.") == "The library is shut."
    assert why(True, words="x" * 301) == {"words": "At most 300 letters, please."}
    assert isinstance(why(False, why="boring"), Problems) and isinstance(why(True), Problems)


def test_a_phone_is_told_when_quiet_hours_are_over_or_not_at_all() -> None:
    teen = Quiet(night=True, school=True)
    tuesday = datetime(2026, 3, 3, tzinfo=UTC)
    at = lambda hour, minute=0: tuesday + timedelta(hours=hour, minutes=minute)  # noqa: E731
    assert rules.push_at(at(18), at(42), "Europe/London", teen) == at(18)
    assert rules.push_at(at(10), at(34), "Europe/London", teen) == at(15)
    assert rules.push_at(at(2), at(25), "Europe/London", teen) == at(7)
    assert rules.push_at(at(10), at(15, 20), "Europe/London", teen) is None
    assert rules.push_at(at(22, 30), at(22, 45), "Europe/London", teen) is None


def test_a_mix_is_said_in_words_from_five_on() -> None:
    assert rules.mix({"helped": 4}) == {}
    assert rules.mix({"helped": 5}) == {"helped": "most", "okay": "none", "flat": "none", "hard": "none"}
    assert rules.mix({"helped": 8, "hard": 1, "okay": 3})["hard"] == "few"
