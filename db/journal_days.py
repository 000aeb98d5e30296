"""The journal as days: the last week, a year of skies, and the last sky."""

from collections import Counter
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from care import chart
from care.chart import Day, Month
from care.clock import now
from care.journal import Entry
from care.moments import YEARS
from db.journal_queries import OPEN, ORDER, as_day, today, with_days
from db.journal_rows import Row, as_date, entries, unseal
from db.tables import Entry as Entries

WORDS_OF_A_YEAR = 2000
"""The newest entries whose words the year view reads out; older days keep their skies."""


@dataclass(frozen=True)
class Recent:
    days: list[Day]
    latest: Entry | None

    @property
    def said(self) -> str:
        return chart.noticed(self.days)


@dataclass(frozen=True)
class Year:
    year: int
    days: dict[date, Day]
    first: int
    last: int
    """The years that hold anything, and this one."""

    @property
    def months(self) -> list[Month]:
        return chart.months(self.days)


async def recent(person: UUID) -> Recent:
    """The last seven local days and the newest entry, in one statement; no days before the first entry."""
    rows, days = await with_days(person, 1, 7)
    found = await entries(person, rows)
    return Recent(chart.span(days, today(found), 7) if found else [], found[0] if found else None)


async def skies(person: UUID, year: int) -> Year:
    """A year of days. `year` outside the calendar gives this one."""
    this_year = now().year
    year = year if year in YEARS else this_year
    ends = person, date(year, 1, 1), date(year, 12, 31)
    days: list[Row] = await Entries.raw(
        f"SELECT local_date, AVG(mood) AS mean, COUNT(mood) AS checkins, COUNT(*) AS n FROM entry"  # noqa: S608
        f" WHERE {OPEN} AND local_date BETWEEN {{}} AND {{}} GROUP BY local_date",
        *ends,
    )
    rows: list[Row] = await Entries.raw(
        f"SELECT local_date, cid, sealed FROM entry"  # noqa: S608
        f" WHERE {OPEN} AND local_date BETWEEN {{}} AND {{}} {ORDER}",
        *(*ends, WORDS_OF_A_YEAR),
    )
    edges: list[Row] = await Entries.raw(
        f"SELECT MIN(local_date) AS first, MAX(local_date) AS last FROM entry WHERE {OPEN}",  # noqa: S608
        person,
    )
    first = as_date(edges[0]["first"]).year if edges[0]["first"] else this_year
    last = as_date(edges[0]["last"]).year if edges[0]["last"] else this_year
    return Year(year, await _named(person, days, rows), min(first, this_year), max(last, this_year))


async def last_mood(person: UUID) -> int | None:
    rows: list[Row] = await Entries.raw(
        f"SELECT mood FROM entry WHERE {OPEN} AND mood IS NOT NULL {ORDER}",  # noqa: S608
        person,
        1,
    )
    return rows[0]["mood"] if rows else None


async def _named(person: UUID, days: list[Row], rows: list[Row]) -> dict[date, Day]:
    words: dict[date, dict[str, None]] = {}
    notes = Counter[date]()
    pairs = [(row["cid"], row["sealed"]) for row in rows]
    for row, opened in zip(rows, await unseal(person, pairs), strict=True):
        words.setdefault(row["local_date"], {}).update(dict.fromkeys(opened.emotions))
        notes[row["local_date"]] += bool(opened.note)
    found = (as_day(row) for row in days)
    return {
        d.date: Day(d.date, d.mean, d.checkins, d.entries, tuple(words.get(d.date, ()))[:3], notes[d.date])
        for d in found
    }
