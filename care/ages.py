"""Ages and bands from a month and a year: all that is asked, and more than is kept."""

import json
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

DATA = Path(__file__).parent / "data" / "consent_ages.json"
CONSENT: dict[str, Any] = json.loads(DATA.read_text("utf-8"))
COUNTRIES: tuple[str, ...] = tuple(CONSENT["countries"])

YOUNGEST, OLDEST, OLDEST_EVER = 13, 25, 120
NEXT_AT = {"a": 16, "b": 18, "c": OLDEST + 1}
"""The age at which each band ends."""


def today(now: datetime) -> date:
    """The date where it is still earliest on Earth (UTC-12): a birthday must not come too soon for anyone."""
    return (now - timedelta(hours=12)).date()


def birthday(year: int, month: int, age: int) -> date:
    """The day they count as `age`: as if born on the last day of the month, so never older than they are."""
    return _shifted(_last_day(year, month), age)


def age(year: int, month: int, on: date) -> int:
    """In whole years; negative for a month still to come."""
    years = on.year - year
    return years if birthday(year, month, years) <= on else years - 1


def band(years: int) -> str:
    """a 13-15, b 16-17, c 18-25, d older. ValueError below 13."""
    if years < YOUNGEST:
        raise ValueError("no band below 13")
    return next((letter for letter, end in NEXT_AT.items() if years < end), "d")


def next_band_on(year: int, month: int, current: str) -> date | None:
    return birthday(year, month, NEXT_AT[current]) if current in NEXT_AT else None


def after(current: str, changed_on: date) -> tuple[str, date | None]:
    """The band that follows, and when that one ends. After c comes d: nobody's own words are taken
    from them for turning 26, but they no longer belong among the members."""
    following = {"a": "b", "b": "c"}.get(current, "d")
    if following == "d":
        return following, None
    return following, _shifted(changed_on, NEXT_AT[following] - NEXT_AT[current])


def consent_age(country: str) -> int:
    """From which age a person there may agree alone to an account (SAFETY L4; see the data file)."""
    general: int = CONSENT["european_union"] if country in CONSENT["members"] else CONSENT["elsewhere"]
    found: int = CONSENT["ages"].get(country, general)
    return found


def _last_day(year: int, month: int) -> date:
    return date(year + month // 12, month % 12 + 1, 1) - timedelta(days=1)


def _shifted(day: date, years: int) -> date:
    """The same day years later; 29 February becomes 1 March where there is none, not the day before."""
    try:
        return day.replace(year=day.year + years)
    except ValueError:
        return date(day.year + years, 3, 1)
