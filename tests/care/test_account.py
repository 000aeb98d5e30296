"""Who may join, with which passphrase, and where a link may lead: the rules alone."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from care import ages
from care.account import (
    CONSENTS,
    LONGEST_PASSPHRASE,
    Draft,
    Problems,
    Stop,
    device,
    device_words,
    local,
    plain,
    plain_code,
    read,
    too_short,
)

NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)
RIGHT = {
    "name": "Quiet Fern 42",
    "passphrase": "lantern otter gravy violin",
    "birth_month": "6",
    "birth_year": "2010",
    "country": "GB",
    "consent_journal": "yes",
}


class Form(dict[str, str]):
    def text(self, name: str) -> str:
        return self.get(name, "")

    def has(self, name: str) -> bool:
        return name in self


def check(**other: str) -> Draft | Problems | Stop:
    return read(Form(RIGHT | other), NOW)


def test_a_right_form_becomes_a_draft_without_a_birthday() -> None:
    draft = check(consent_reminders="yes", consent_made_up="yes", extra="x")
    assert isinstance(draft, Draft)
    assert (draft.name, draft.band, draft.country) == ("Quiet Fern 42", "b", "GB")
    assert draft.consents == ("journal", "reminders")
    assert str(draft.next_band_on) == "2028-06-30"
    assert "2010" not in repr(draft)


@pytest.mark.parametrize(
    ("field", "values"),
    [
        ("name", ["", "x", "  ", "x" * 21, "Beside Team", "a@b.c", "07700 900123", "\u202eabc"]),
        ("passphrase", ["", "short", "fourteen chars", "x" * 1025, " " * 40]),
        ("birth_month", ["", "0", "13", "-1", "x", "1.5", "٣", "1e1"]),
        ("birth_year", ["", "0", "1800", "2027", "20100", "x", "-2010", "２０１０"]),
        ("country", ["", "XX", "G", "1", "\x00\x00"]),
    ],
)
def test_each_field_is_refused_by_itself(field: str, values: list[str]) -> None:
    for value in values:
        found = check(**{field: value})
        assert isinstance(found, Problems) and set(found) == {field}, (field, value)


def test_the_journals_yes_is_needed_and_the_others_are_not() -> None:
    form = Form(RIGHT)
    del form["consent_journal"]
    found = read(form, NOW)
    assert isinstance(found, Problems) and set(found) == {"consent_journal"}
    assert len(CONSENTS) == 5


def test_a_month_still_to_come_this_year_is_refused() -> None:
    found = check(birth_month="12", birth_year="2026")
    assert isinstance(found, Problems) and "birth_year" in found


@pytest.mark.parametrize(
    ("month", "year", "country", "why"),
    [
        ("11", "2013", "GB", "child"),  # thirteen at the earliest at the end of this month
        ("10", "2013", "GB", None),
        ("10", "2013", "DE", "country"),
        ("10", "2013", "HR", "country"),  # in the European Union, and its own age not known
        ("10", "2011", "FR", None),
        ("11", "2011", "FR", "country"),
        ("10", "2000", "GB", "older"),
        ("12", "2000", "GB", None),
    ],
)
def test_who_may_join_depends_on_age_and_place(month: str, year: str, country: str, why: str | None) -> None:
    found = check(birth_month=month, birth_year=year, country=country)
    assert (found.why if isinstance(found, Stop) else None) == why
    assert isinstance(found, Draft | Stop)


def test_a_child_is_stopped_whatever_else_is_wrong() -> None:
    found = read(Form(birth_month="1", birth_year="2020", name="", country="??"), NOW)
    assert found == Stop("child", "")


@pytest.mark.parametrize("word", ["x" * 15, "é" * 15, "🌧" * 15, "e\u0301" * 15, "x" * LONGEST_PASSPHRASE])
def test_length_is_counted_as_people_see_it(word: str) -> None:
    assert too_short(plain(word)) is None
    assert too_short(plain("e\u0301" * 14)), "fourteen letters, however they were typed"


@given(st.text(max_size=60))
def test_a_link_never_leads_to_another_site(path: str) -> None:
    to = local(path)
    assert to.startswith("/") and not to.startswith(("//", "/\\"))
    assert all("!" <= c <= "~" for c in to)


def test_a_link_on_this_site_is_followed() -> None:
    assert local("/journal?day=2026-01-01#x") == "/journal?day=2026-01-01#x"
    assert local("/account/enter?next=/journal") == "/"


@pytest.mark.parametrize(
    ("agent", "label"),
    [
        ("Mozilla/5.0 (Linux; Android 14) Chrome/126.0 Mobile Safari/537.36", "Chromium/Android"),
        ("Mozilla/5.0 (Android 14; Mobile; rv:127.0) Gecko/127.0 Firefox/127.0", "Firefox/Android"),
        ("Mozilla/5.0 (iPhone; CPU iPhone OS 17_5) Version/17.5 Safari/604.1", "Safari/iPhone"),
        ("Mozilla/5.0 (Windows NT 10.0) Chrome/126.0 Safari/537.36 Edg/126.0", "Edge/Windows"),
        ("", "/"),
        ("x" * 10_000, "/"),
    ],
)  # fmt: skip
def test_a_device_is_named_coarsely(agent: str, label: str) -> None:
    assert device(agent) == label
    assert len(device(agent)) <= 60


def test_a_device_is_told_in_words() -> None:
    assert device_words("Firefox/Android") == "Firefox on Android"
    assert device_words("Safari/") == "Safari"
    assert device_words("/") == device_words("") == "A device we don’t know"


def test_a_code_may_be_copied_untidily() -> None:
    assert plain_code(" O1Il-abcd efgh.JKMN ") == "0111abcdefghjkmn"


MONTHS = st.tuples(st.integers(1990, 2026), st.integers(1, 12))


@given(MONTHS, st.integers(1, 31), st.dates(datetime(2026, 1, 1).date(), datetime(2080, 12, 31).date()))  # noqa: DTZ001
def test_nobody_is_ever_counted_older_than_they_are(born: tuple[int, int], day: int, on: object) -> None:
    from datetime import date

    assert isinstance(on, date)
    year, month = born
    birthday = date(year, month, 1) + timedelta(days=day - 1)
    if birthday.month != month or birthday > on:
        return
    had_it = (on.month, on.day) >= (birthday.month, birthday.day)
    real = on.year - birthday.year - (0 if had_it else 1)
    counted = ages.age(year, month, on)
    assert counted <= real
    assert counted >= real - 1


@given(MONTHS, st.dates(datetime(2026, 1, 1).date(), datetime(2060, 12, 31).date()))  # noqa: DTZ001
def test_bands_follow_one_another_without_gap_or_hurry(born: tuple[int, int], on: object) -> None:
    from datetime import date

    assert isinstance(on, date)
    year, month = born
    years = ages.age(year, month, on)
    if years < 13:
        return
    band = ages.band(years)
    until = ages.next_band_on(year, month, band)
    while until:
        assert until > on
        assert ages.band(ages.age(year, month, until - timedelta(days=1))) == band, "not a day early"
        following, later = ages.after(band, until)
        assert ages.band(ages.age(year, month, until)) == following
        exact = ages.next_band_on(year, month, following)
        # From one changed day to the next, 29 February may have become 1 March: a day late, never early.
        assert (later is None) == (exact is None)
        assert later is None or exact is None or timedelta() <= later - exact <= timedelta(days=1)
        band, until, on = following, exact, until
    assert band == "d"


def test_leap_days() -> None:
    from datetime import date

    assert ages.birthday(2012, 2, 16) == date(2028, 2, 29)
    assert ages.birthday(2012, 2, 18) == date(2030, 3, 1), "29 February was their birthday at the latest"
    assert ages.birthday(2011, 2, 13) == date(2024, 2, 28)
    assert ages.age(2012, 2, date(2030, 2, 28)) == 17


def test_it_is_not_tomorrow_anywhere_before_it_is_everywhere() -> None:
    assert str(ages.today(datetime(2026, 6, 1, 11, 59, tzinfo=UTC))) == "2026-05-31"
    assert str(ages.today(datetime(2026, 6, 1, 12, 0, tzinfo=UTC))) == "2026-06-01"


def test_consent_ages_are_whole_and_sensible() -> None:
    assert len(ages.COUNTRIES) > 240
    for country in ages.COUNTRIES:
        assert 13 <= ages.consent_age(country) <= 16
    wanted = {
        "GB": 13,
        "US": 13,
        "AU": 13,
        "BE": 13,
        "AT": 14,
        "ES": 14,
        "FR": 15,
        "DE": 16,
        "IE": 16,
        "HR": 16,
    }
    assert {c: ages.consent_age(c) for c in wanted} == wanted
