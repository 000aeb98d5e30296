"""When a reminder comes, over clock changes, quiet hours, zones and years; and what a phone may ever say."""

import json
from collections import Counter
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from uuid import UUID, uuid4
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from care import notices
from care.after_care import moments, plan
from care.moments import local
from care.notices import FACES, KINDS, MINUTE, ROUNDS, SIZES, SWITCHES, Said, message, say
from care.reminders import (
    EVERY_DAY,
    NEVER_QUIET,
    STALE,
    Due,
    Quiet,
    best_before,
    next_utc,
    quiet,
    spread,
    turn,
)
from care.reminders_form import Draft, Problems, Words, reachable, read, read_pause, read_phone, read_words

ZONES = [
    "Europe/London", "Europe/Berlin", "America/New_York", "America/St_Johns", "America/Sao_Paulo",
    "Asia/Kolkata", "Asia/Kathmandu", "Australia/Lord_Howe", "Pacific/Chatham", "Pacific/Apia",
    "Africa/Casablanca", "+05:30",
]  # fmt: skip
"""Half hours, quarter hours, both sides of the date line, summer at Christmas, a pause for Ramadan."""


def between(first: int, last: int) -> st.SearchStrategy[datetime]:
    return st.datetimes(datetime(first, 1, 1), datetime(last, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001


class Form(dict[str, list[str]]):
    def text(self, name: str) -> str:
        return next(iter(self.get(name, [])), "")

    def all(self, name: str) -> list[str]:
        return self.get(name, [])

    def has(self, name: str) -> bool:
        return name in self


def utc(*parts: int) -> datetime:
    return datetime(*parts, tzinfo=UTC)  # type: ignore[misc, arg-type]


@pytest.mark.parametrize(
    ("after", "at", "tz", "comes"),
    [
        # A gap: the moment it ends.
        (utc(2026, 3, 28, 12), time(2, 30), "Europe/Berlin", utc(2026, 3, 29, 1)),
        (utc(2026, 10, 3), time(2, 15), "Australia/Lord_Howe", utc(2026, 10, 3, 15, 30)),
        # A whole day that a country left out.
        (utc(2011, 12, 29, 23), time(12, 15), "Pacific/Apia", utc(2011, 12, 30, 10)),
        # Twice on the clock: the first time, then not again until the next day.
        (utc(2026, 11, 1), time(1, 30), "America/New_York", utc(2026, 11, 1, 5, 30)),
        (utc(2026, 11, 1, 5, 30), time(1, 30), "America/New_York", utc(2026, 11, 2, 6, 30)),
        (utc(2026, 11, 1, 6), time(1, 30), "America/New_York", utc(2026, 11, 2, 6, 30)),
        # Half and quarter hours.
        (utc(2026, 6, 1), time(20, 30), "Asia/Kolkata", utc(2026, 6, 1, 15)),
        (utc(2026, 6, 1), time(20, 30), "Asia/Kathmandu", utc(2026, 6, 1, 14, 45)),
        (utc(2026, 6, 1), time(20, 30), "+05:30", utc(2026, 6, 1, 15)),
        # Strictly after.
        (utc(2026, 6, 1, 19, 30), time(20, 30), "Europe/London", utc(2026, 6, 2, 19, 30)),
    ],
)
def test_wall_time_over_clock_changes(after: datetime, at: time, tz: str, comes: datetime) -> None:
    assert next_utc(after, at, tz, EVERY_DAY) == comes


@given(
    after=between(1972, 2090),
    at=st.times().map(lambda t: t.replace(second=0, microsecond=0)),
    tz=st.sampled_from(ZONES),
    days=st.integers(1, EVERY_DAY),
)
def test_the_next_moment_is_later_on_its_day_at_its_time_and_none_is_left_out(
    after: datetime, at: time, tz: str, days: int
) -> None:
    comes = next_utc(after, at, tz, days)
    assert comes is not None and after < comes <= after + timedelta(days=16)
    wall = local(comes, tz)
    if days >> wall.weekday() & 1 and wall.time() == at:
        assert wall.fold == 0
    else:
        # Only a gap may move it: a second before, the clock showed something earlier than the time asked.
        before = local(comes - timedelta(seconds=1), tz)
        assert before.utcoffset() != wall.utcoffset()
    assert next_utc(comes - timedelta(seconds=1), at, tz, days) == comes


@given(
    start=st.times(), end=st.times(), night=st.booleans(), school=st.booleans(),
    at=st.times(), tz=st.sampled_from(ZONES), days=st.integers(1, EVERY_DAY),
)  # fmt: skip
def test_nothing_ever_comes_in_quiet_hours(  # noqa: PLR0917
    start: time, end: time, night: bool, school: bool, at: time, tz: str, days: int
) -> None:
    hours = Quiet(start, end, night, school)
    comes = next_utc(utc(2026, 3, 1), at, tz, days, hours)
    if comes is None:
        assert next_utc(utc(2026, 3, 1), at, tz, days) is not None
        return
    assert not hours.covers(local(comes, tz))
    end_of_it = best_before(comes, tz, hours)
    assert comes < end_of_it <= comes + STALE
    late = end_of_it - timedelta(seconds=1)
    assert not hours.covers(local(late, tz))


def test_quiet_hours_by_age() -> None:
    school = utc(2026, 6, 1, 10)
    night = utc(2026, 6, 6, 23, 30)
    none = (time(0), time(0))
    assert quiet("a", *none, in_school=False).covers(school)
    assert not quiet("a", *none, in_school=True).covers(school)
    assert quiet("b", *none, in_school=True).covers(night)
    assert not quiet("c", *none, in_school=False).covers(school)
    assert not quiet("c", *none, in_school=False).covers(night)
    assert not quiet("a", *none, in_school=False).covers(utc(2026, 6, 6, 10)), "Saturday"


@pytest.mark.parametrize("tz", ZONES)
def test_a_year_of_reminders(tz: str) -> None:
    """Each day at its local time, none in quiet hours, none twice, none left out."""
    walls = [local(moment, tz) for moment in _year(tz, asleep_every=0)]
    assert {wall.time() for wall in walls} == {time(20, 30)}
    days = {date(2026, 1, 2) + timedelta(days=n) for n in range(363)}
    assert len(walls) == len({wall.date() for wall in walls})
    assert days <= {wall.date() for wall in walls}


@pytest.mark.parametrize("tz", ZONES)
def test_a_year_with_a_worker_that_is_often_down_sends_nothing_late_or_twice(tz: str) -> None:
    always, often = _year(tz, asleep_every=0), _year(tz, asleep_every=40)
    assert set(often) < set(always) and len(often) == len(set(often)) > 200


def _year(tz: str, asleep_every: int) -> list[datetime]:
    """When reminders came, for somebody who answers them all; the worker wakes every 20 minutes."""
    hours, at = Quiet(time(22), time(7)), time(20, 30)
    clock, before, came = utc(2026, 1, 1), None, []
    slot = next_utc(clock, at, tz, EVERY_DAY, hours)
    for wake in range(1, 10**6):
        clock += timedelta(hours=9) if asleep_every and wake % asleep_every == 0 else timedelta(minutes=20)
        if clock >= utc(2027, 1, 1) or slot is None:
            break
        if slot <= clock:
            step = turn(Due(uuid4(), at, tz, EVERY_DAY, hours, slot, before, 0, True), clock)
            slot, before = step.next_at, step.slot
            if step.send_at and step.until:
                assert not hours.covers(local(clock, tz)) and clock < step.until <= step.send_at + STALE
                came.append(step.send_at)
    return came


def test_the_dates_of_a_year_follow_its_weekdays() -> None:
    at, after, found = time(8), utc(2026, 1, 1), []
    while (moment := next_utc(after, at, "Europe/London", 0b0010101)) and moment < utc(2027, 1, 1):
        found.append(moment.astimezone(ZoneInfo("Europe/London")))
        after = moment
    year = [date(2026, 1, 1) + timedelta(days=n) for n in range(365)]
    assert [wall.date() for wall in found] == [day for day in year if day.weekday() in {0, 2, 4}]


# Rarer, then silent


def _due(**changed: object) -> Due:
    slot = utc(2026, 6, 10, 19, 30)
    due = Due(UUID(int=7), time(20, 30), "Europe/London", EVERY_DAY, NEVER_QUIET, slot, slot, 0, False)
    return replace(due, **changed)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("unanswered", "answered", "counted", "days"),
    [(0, False, 1, 1), (3, False, 4, 1), (4, False, 5, 2), (8, False, 9, 2), (8, True, 0, 1)],
)
def test_rarer_after_five(unanswered: int, answered: bool, counted: int, days: int) -> None:
    due = _due(unanswered=unanswered, answered=answered)
    step = turn(due, due.slot + timedelta(minutes=1))
    assert (step.unanswered, step.next_at, step.send_at) == (
        counted,
        due.slot + timedelta(days=days),
        due.slot,
    )


def test_silent_instead_of_the_eleventh_and_the_first_counts_for_nothing() -> None:
    due = _due(unanswered=9)
    step = turn(due, due.slot)
    assert (step.stopped, step.next_at, step.send_at) == (True, None, None)
    assert turn(_due(before=None), due.slot).unanswered == 0


def test_many_at_once_are_spread_over_minutes_and_one_alone_is_on_time() -> None:
    assert spread(uuid4(), 1000) == timedelta()
    waits = [spread(uuid4(), 20_000) for _ in range(2000)]
    assert (
        timedelta()
        <= min(waits)
        < timedelta(minutes=1)
        < timedelta(minutes=8)
        < max(waits)
        <= timedelta(minutes=9)
    )
    edge = _due(hours=Quiet(time(20, 31), time(7)), id=UUID(int=539))
    step = turn(edge, edge.slot, crowd=20_000)
    assert step.send_at == edge.slot, "rather a crowd than somebody's quiet hours"


# What a phone may say

CANARIES = ["Ana", "heron-canary", "I feel awful", "Night owls", "bright", "heavy"]


@pytest.mark.parametrize("kind", KINDS)
def test_no_payload_says_anything_about_anybody(kind: str) -> None:
    """Over every kind: what goes out depends on the face alone, so nothing of a person can be in it."""
    face = KINDS[kind].face
    one, other = (_message(face, badge=n, topic=t) for n, t in ((1, "a"), (7, "b")))
    assert len(one.payload) == len(other.payload) == SIZES[0]
    told = json.loads(one.payload)
    assert set(told) == {"web_push", "notification"}
    assert set(told["notification"]) == {"title", "body", "lang", "navigate", "tag", "app_badge"}
    assert told["notification"]["body"] in {words for words, *_ in FACES.values()}
    assert KINDS[kind].text not in one.payload.decode()
    assert kind not in json.dumps(told["notification"])
    for canary in CANARIES:
        assert canary not in one.payload.decode()
    assert repr(one).count("payload") == 0, "a log line that holds it must not tell it"


def test_a_reminder_says_the_chosen_words_with_two_quick_answers_or_none() -> None:
    told = json.loads(_message(MINUTE).payload)["notification"]
    assert (told["title"], told["body"], told["navigate"]) == (
        "Beside", "A minute for you?", "https://here.example/journal/new",
    )  # fmt: skip
    assert [(one["action"], one["title"]) for one in told["actions"]] == [
        ("mood-2", "A bit heavy"),
        ("mood-4", "Okay"),
    ]
    own = message(
        MINUTE, say("own", "🌊", buttons=False), topic="t", ttl=1, badge=0, origin="https://x.example"
    )
    said = json.loads(own.payload)["notification"]
    assert said["body"] == "🌊" and "actions" not in said


@given(st.text(max_size=40), st.booleans())
def test_every_payload_has_one_of_three_sizes(own: str, buttons: bool) -> None:
    said = say("own", notices.own_words(own), buttons)
    for face in FACES:
        made = message(
            face, said, topic="t", ttl=1, badge=9999, origin="https://a-rather-long-name.example.org"
        )
        assert len(made.payload) in SIZES
        json.loads(made.payload)


def test_words_survive_being_packed() -> None:
    said = say("own", '🌊 "quote"')
    assert notices.unpack(notices.pack(said)) == said
    assert say("nonsense").choice == "minute"
    assert Said().minute == ""


def test_every_kind_that_may_be_switched_has_words_for_its_switch() -> None:
    assert set(SWITCHES) == {kind for kind, told in KINDS.items() if told.chosen}


def test_what_comes_in_goes_out_together_three_times_a_day() -> None:
    hours = Quiet()
    sent = {
        notices.send_at("reply", utc(2026, 6, 1) + timedelta(minutes=5 * n), "Europe/London", hours)
        for n in range(12 * 24 * 7)
    }
    walls = [local(moment, "Europe/London") for moment in sent]
    assert {wall.time() for wall in walls} == set(ROUNDS)
    assert max(Counter(wall.date() for wall in walls).values()) == 3
    all_quiet = Quiet(time(11), time(20))
    late = notices.send_at("reply", utc(2026, 6, 1, 11), "Europe/London", all_quiet)
    assert local(late, "Europe/London").time() == time(20)
    assert notices.send_at("meeting", utc(2026, 6, 1, 11), "UTC", hours) == utc(2026, 6, 1, 11)


# After-care


@given(
    now=between(2020, 2040),
    at=st.times().map(lambda t: f"{t:%H:%M}"),
    tz=st.sampled_from(ZONES),
    band=st.sampled_from("abc"),
)
def test_after_care_comes_about_a_day_three_days_and_a_week_later_never_in_the_quiet(
    now: datetime, at: str, tz: str, band: str
) -> None:
    hours = quiet(band, time(22), time(7), in_school=False)
    found = moments(plan(["1", "3", "7"], at, push=True), now, tz, hours)
    assert list(found) == [1, 3, 7]
    for step, moment in found.items():
        assert not hours.covers(local(moment, tz))
        assert timedelta(days=step, hours=-13) < moment - now < timedelta(days=step + 1)


def test_after_care_takes_any_form() -> None:
    assert plan(["9", "x"], "noon", False).steps == (1, 3, 7)


# Forms


def test_a_reminder_is_read_or_what_to_mend_is_said() -> None:
    good = read(Form(time=["20:30"], days=["0", "6", "6", "9", "x"], tz=["Europe/London"]))
    assert good == Draft(time(20, 30), 0b1000001, "Europe/London")
    bad = read(Form(time=["late"], tz=["Mars/Olympus"]))
    assert isinstance(bad, Problems) and set(bad) == {"time", "days", "tz"}


def test_own_words_are_one_short_line() -> None:
    assert read_words(Form(words=["own"], own=["  a\n\x07 b  "], buttons=["yes"])) == Words(
        "own", "a b", True
    )
    assert isinstance(read_words(Form(words=["own"], own=[" "])), Problems)
    assert isinstance(read_words(Form(words=["own"], own=["x" * 41])), Problems)
    assert notices.own_words("👩‍👩‍👧 ☀️") == "👩‍👩‍👧 ☀️"
    assert (read_pause("3"), read_pause("0"), read_pause("2"), read_pause("")) == (3, 0, None, None)


@pytest.mark.parametrize(
    "endpoint",
    [
        "http://fcm.googleapis.com/x",
        "https://fcm.googleapis.com:8443/x",
        "https://fcm.googleapis.com@169.254.169.254/x",
        "https://169.254.169.254/latest",
        "https://[::1]/x",
        "https://localhost/x",
        "https://evilpush.services.mozilla.com.example/x",
        "https://xfcm.googleapis.com/x",
        "https://fcm.googleapis.com\\@evil.example/x",
        "https://fcm.googleapis.com\t/x",
        "https://fcm.googleapis.com:99999999/x",
        "file:///etc/passwd",
        "",
        "https://fcm.googleapis.com/" + "x" * 1100,
    ],
)
def test_no_other_address_is_ever_called(endpoint: str) -> None:
    assert not reachable(endpoint)


@pytest.mark.parametrize(
    "endpoint",
    [
        "https://fcm.googleapis.com/fcm/send/abc:APA91",
        "https://updates.push.services.mozilla.com/wpush/v2/gAAA",
        "https://web.push.apple.com/QKX",
        "https://wns2-by3p.notify.windows.com/w/?token=BQ%3d",
    ],
)
def test_the_browsers_own_services_are(endpoint: str) -> None:
    assert reachable(endpoint)
    form = Form(endpoint=[endpoint], p256dh=["B" + "a" * 86], auth=["c" * 22 + "=="])
    assert read_phone(form) is not None
    assert read_phone(Form({**form, "p256dh": ["short"]})) is None


def test_an_operator_may_allow_one_more() -> None:
    assert reachable("http://127.0.0.1:9000/wpush/x", also={"http://127.0.0.1:9000"})
    assert not reachable("http://127.0.0.1:9001/wpush/x", also={"http://127.0.0.1:9000"})


def _message(face: str, badge: int = 1, topic: str = "t") -> notices.Message:
    said = say(buttons=face == MINUTE)
    return message(face, said, topic=topic, ttl=600, badge=badge, origin="https://here.example")
