"""What a form may hold, what comes of it, and that a day never moves."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from uuid import UUID, uuid4
from zoneinfo import available_timezones

import pytest
from hypothesis import given
from hypothesis import strategies as st

from care import journal, journal_form
from care.journal import Draft, Entry, Problems, Words
from care.journal_search import matches, terms
from care.moments import YEARS, instant, zone

NOW = datetime(2026, 11, 23, 3, 0, tzinfo=UTC)
FIELDS = (
    *("id", "mood", "energy", "emotions", "tags", "note", "felt_at", "tz", "kind", "prompt"),
    *("edited_at", "sent_at", "day", "time"),
)


class Form:
    def __init__(self, *pairs: tuple[str, str], **one: str) -> None:
        self.pairs = [*pairs, *one.items()]

    def text(self, name: str) -> str:
        return next((value for key, value in self.pairs if key == name), "")

    def all(self, name: str) -> list[str]:
        return [value for key, value in self.pairs if key == name]


def draft(*pairs: tuple[str, str], **one: str) -> Draft:
    read = journal_form.read(Form(*pairs, **{"mood": "3", **one}), NOW)
    assert isinstance(read, Draft), read
    return read


def problems(*pairs: tuple[str, str], **one: str) -> set[str]:
    read = journal_form.read(Form(*pairs, **{"mood": "3", **one}), NOW)
    assert isinstance(read, Problems), read
    return set(read)


def entry(made: Draft) -> Entry:
    return Entry(
        id=uuid4(),
        cid=made.cid or uuid4(),
        kind=made.kind,
        mood=made.mood,
        energy=made.energy,
        words=made.words,
        felt_at=made.felt_at,
        local_date=made.local_date,
        tz=made.tz,
        edited_at=made.edited_at,
    )


def test_a_sky_alone_is_a_check_in() -> None:
    made = draft()
    assert (made.kind, made.mood, made.energy, made.words) == ("checkin", 3, None, Words())
    assert (made.felt_at, made.tz, made.local_date, made.edited_at) == (NOW, "UTC", date(2026, 11, 23), NOW)
    assert made.cid is None


def test_everything_arrives() -> None:
    made = draft(
        ("emotions", "tired"),
        ("emotions", " my  own\n"),
        ("emotions", "tired"),
        ("emotions", ""),
        ("tags", "school"),
        id="018F2f1c-0000-7000-8000-00000000abcd",
        energy="0",
        note="a\r\nb\rc\x00\ud800 ",
        felt_at="2026-11-22T23:30:00+01:00",
        tz="Europe/Berlin",
    )
    assert made.cid == UUID("018f2f1c-0000-7000-8000-00000000abcd")
    assert made.energy == 0
    assert made.words == Words("a\nb\nc", ("tired", "my own"), ("school",))
    assert made.felt_at == datetime(2026, 11, 22, 22, 30, tzinfo=UTC)
    assert made.local_date == date(2026, 11, 22)


@pytest.mark.parametrize(
    ("field", "form"),
    [
        ("mood", {"mood": ""}),
        ("mood", {"mood": "6"}),
        ("mood", {"mood": "٣"}),
        ("energy", {"energy": "4"}),
        ("kind", {"kind": "novel"}),
        ("note", {"note": "x" * 2001}),
        ("note", {"kind": "letter", "note": " \n "}),
        ("id", {"id": "{018f2f1c-0000-7000-8000-00000000abcd}"}),
        ("emotions", {"emotions": "w" * 25}),
        ("tags", {"tags": "w" * 25}),
        ("tz", {"tz": "Mars/Olympus"}),
        ("tz", {"tz": "America"}),
        ("tz", {"tz": "../../etc/passwd"}),
        ("felt_at", {"felt_at": "yesterday"}),
        ("felt_at", {"felt_at": "2026-11-22T23:30:00"}),
        ("felt_at", {"felt_at": "0001-01-01T00:00:00+14:00"}),
        ("day", {"felt_at": "2026-11-23T03:02:01+00:00"}),
        ("day", {"felt_at": "9999-12-31T23:59:59-12:00"}),
        ("day", {"day": "2026-02-30"}),
        ("day", {"day": "2026-11-20", "time": "25:00"}),
        ("day", {"day": "2026-11-24"}),
    ],
)
def test_what_does_not_fit_is_named(field: str, form: dict[str, str]) -> None:
    expected = "felt_at" if form.get("felt_at", "").startswith("9999") else field
    assert problems(**form) == {expected}


def test_lists_have_an_end() -> None:
    assert problems(*[("emotions", f"w{i}") for i in range(6)]) == {"emotions"}
    assert problems(*[("tags", f"w{i}") for i in range(9)]) == {"tags"}
    assert len(draft(*[("emotions", f"w{i}") for i in range(5)]).words.emotions) == 5
    assert len(draft(note="😀" * 2000).words.note) == 2000


def test_a_note_needs_no_sky() -> None:
    assert draft(kind="note", note="x", mood="").mood is None


def test_a_phone_clock_that_is_a_day_ahead_is_corrected() -> None:
    made = draft(
        felt_at="2026-11-24T04:50:00+01:00",
        tz="Europe/Berlin",
        sent_at="2026-11-24T03:00:00Z",
        edited_at="2026-11-24T03:55:00Z",
    )
    assert made.felt_at == datetime(2026, 11, 23, 3, 0, tzinfo=UTC)  # 03:50 is clamped to now
    assert made.local_date == date(2026, 11, 23)
    assert made.edited_at == NOW


def test_a_small_difference_between_clocks_is_the_network() -> None:
    made = draft(felt_at="2026-11-23T02:00:00Z", sent_at="2026-11-23T02:58:30Z")
    assert made.felt_at == datetime(2026, 11, 23, 2, 0, tzinfo=UTC)


def test_a_clock_far_behind_is_corrected_too() -> None:
    made = draft(felt_at="1970-01-01T00:00:10Z", sent_at="1970-01-01T00:10:10Z")
    assert made.felt_at == NOW - timedelta(minutes=10)


def test_without_a_zone_the_offset_stands() -> None:
    made = draft(felt_at="2026-11-22T20:30:00-05:30")
    assert (made.tz, made.local_date) == ("-05:30", date(2026, 11, 22))
    assert entry(made).at.hour == 20


def test_going_back_a_year_and_not_further() -> None:
    assert not journal.too_far(draft(day="2025-11-24", time="09:00"), NOW)
    assert journal.too_far(draft(day="2025-11-22", time="09:00"), NOW)


def test_a_chosen_day_without_a_time_is_noon_or_now() -> None:
    assert draft(day="2026-11-20", tz="Europe/Berlin").felt_at == datetime(2026, 11, 20, 11, 0, tzinfo=UTC)
    assert draft(day="2026-11-23", tz="Europe/Berlin").felt_at == NOW


def test_an_edit_with_the_same_day_and_time_moves_nothing() -> None:
    old = entry(draft(felt_at="2026-11-10T23:45:12.3+01:00", tz="Europe/Berlin"))
    form = journal_form.of(old)
    again = draft(day=form.day, time=form.time, tz="Pacific/Auckland", felt_at="2026-11-23T02:00:00Z")
    assert journal.moved(again, old, NOW) is None
    other = journal.moved(replace(again, chosen=(date(2026, 11, 9), None)), old, NOW)
    assert other is not None
    assert (other.local_date, other.tz) == (date(2026, 11, 9), "Europe/Berlin")


def test_only_adding_loses_nothing() -> None:
    old = entry(draft(("emotions", "sad"), note="one"))
    assert journal.within(old, draft(("emotions", "sad"), ("emotions", "tired"), note="one", energy="2"))
    assert not journal.within(old, draft(("emotions", "sad"), note="two"))
    assert not journal.within(old, draft(note="one"))
    assert not journal.within(old, draft(("emotions", "sad"), note="one", mood="4"))


def test_nothing_prints_the_words() -> None:
    made = draft(note="canary", emotions="canary")
    shown = journal_form.again(Form(note="canary"))
    assert "canary" not in f"{made!r}{entry(made)!r}{shown!r}"


def test_search_folds_case_and_accents() -> None:
    found = entry(draft(("emotions", "left-out"), ("tags", "school"), note="Café ＣＡＴ straße"))
    for question in ("cafe", "CAFÉ", "cat strasse", "left out", "SCHOOL", "so-so"):
        assert matches(found, terms(question)), question
    assert not matches(found, terms("dog"))
    assert not matches(found, terms("cafe dog"))


ANY = st.text(st.characters(), max_size=60)
ODD = st.sampled_from(
    [
        *("", "0", "1", "5", "6", "-1", "1e3", "\x00", "\ud800", "\u202e\u2066", "👩‍👩‍👧", "x" * 5000),
        *("0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-14:00", "0001-01-01", "9999-12-31", "24:00"),
        *("2026-11-22T10:00:00+23:59:59", "2026-11-22T10:00:00Z", "2026-W47-1", "20261122T10", "checkin"),
        *("note", "UTC", "Europe/Berlin", "Asia/Kathmandu", "+14:00", "+99:99", "America", "Etc/Unknown"),
        "018f2f1c-0000-7000-8000-00000000abcd",
    ]
)


@given(st.lists(st.tuples(st.sampled_from(FIELDS), ANY | ODD), max_size=30))
def test_no_form_raises(pairs: list[tuple[str, str]]) -> None:
    form = Form(*pairs)
    read = journal_form.read(form, NOW)
    journal_form.again(form)
    assert isinstance(read, Problems) == (not isinstance(read, Draft))
    if isinstance(read, Draft):
        assert read.felt_at <= NOW
        assert read.edited_at <= NOW
        assert len(read.words.note) <= 2000
        assert zone(read.tz) is not None
        read.words.note.encode()
        "".join(read.words.emotions + read.words.tags).encode()


def test_ten_thousand_emotions_are_a_problem_not_an_error() -> None:
    assert problems(*[("emotions", str(i)) for i in range(10_000)]) == {"emotions"}


ZONES = st.sampled_from(sorted(name for name in available_timezones() if zone(name)))
MOMENTS = st.integers(12 * 60, 364 * 24 * 60).map(lambda minutes: NOW - timedelta(minutes=minutes))


@given(MOMENTS, ZONES, ZONES, st.text(max_size=20))
def test_a_day_never_moves(felt: datetime, home: str, away: str, note: str) -> None:
    """Written at home, edited from anywhere: the day stays the one it was written on."""
    first = draft(felt_at=felt.isoformat(), tz=home)
    assert first.local_date == felt.astimezone(zone(home)).date()
    old = entry(first)
    form = journal_form.of(old)
    for again in (
        draft(note=note, tz=away, felt_at=felt.astimezone(zone(away)).isoformat()),
        draft(note=note, tz=away, felt_at=NOW.isoformat()),
        draft(note=note, tz=form.tz, day=form.day, time=form.time),
        draft(note=note, tz=away, day=form.day, time=form.time, sent_at=NOW.isoformat()),
        draft(note=note, day=form.day),
    ):
        assert journal.moved(again, old, NOW) is None


@given(MOMENTS, ZONES)
def test_a_chosen_day_is_the_day_that_is_kept(at: datetime, home: str) -> None:
    made = draft(day=f"{at:%Y-%m-%d}", time=f"{at:%H:%M}", tz=home)
    if made.felt_at < NOW:  # not clamped
        assert made.local_date == at.date()


@given(ANY | ODD, ANY | ODD)
def test_moments_and_zones_never_raise(text: str, name: str) -> None:
    zone(name)
    found = instant(text, name)
    assert found is None or found.year in (YEARS[0] - 1, *YEARS, YEARS[-1] + 1)
