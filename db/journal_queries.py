"""The few statements that read entries, and where a page of them ends."""

from datetime import UTC, date, datetime, timedelta
from typing import NamedTuple
from uuid import UUID

from care.chart import Day
from care.clock import now
from care.journal import Entry
from care.moments import YEARS, local
from db.journal_rows import COLUMNS, Row, as_date, as_moment, as_uuid
from db.tables import Entry as Entries


class Place(NamedTuple):
    """Where a page ends; the next one starts strictly below. Its order is the timeline's index."""

    local_date: date
    felt_at: datetime
    id: UUID

    def __str__(self) -> str:
        return f"{self.local_date}.{round(self.felt_at.timestamp() * 1000000)}.{self.id.hex}"


_LIST = ", ".join(COLUMNS)
OPEN = "person = {} AND removed_at IS NULL"
ORDER = "ORDER BY local_date DESC, felt_at DESC, id DESC LIMIT {}"
_NEWEST = f"SELECT {_LIST} FROM entry WHERE {OPEN} {ORDER}"  # noqa: S608 - constants only
_BELOW = f"SELECT {_LIST} FROM entry WHERE {OPEN} AND (local_date, felt_at, id) < ({{}}, {{}}, {{}}) {ORDER}"  # noqa: S608
# One statement brings the newest entries and the days around them, so that a page of ten
# thousand entries asks as little of the database as one of ten.
_WITH_DAYS = f"""
SELECT * FROM (SELECT {_LIST}, CAST(NULL AS NUMERIC) AS mean, 0 AS checkins, 0 AS n
    FROM entry WHERE {OPEN} {ORDER}) AS newest
UNION ALL
SELECT * FROM (SELECT CAST(NULL AS UUID), CAST(NULL AS UUID), 'day', CAST(NULL AS SMALLINT),
    CAST(NULL AS SMALLINT), CAST(NULL AS BYTEA), CAST(NULL AS TIMESTAMPTZ), local_date, '',
    CAST(NULL AS TIMESTAMPTZ), CAST(NULL AS TIMESTAMPTZ), AVG(mood), COUNT(mood), COUNT(*)
    FROM entry WHERE {OPEN} AND local_date >= {{}} GROUP BY local_date) AS days
"""  # noqa: S608


def place(text: str) -> Place | None:
    """Reads a `before`; None for anything that is not one, so that an odd link shows the first page."""
    try:
        day, moment, row = text.split(".")
        found = date.fromisoformat(day), datetime.fromtimestamp(int(moment) / 1000000, UTC), UUID(row)
    except (ValueError, OverflowError, OSError):
        return None
    return Place(*found) if found[0].year in YEARS and found[1].year in YEARS else None


def end_of(day: date) -> Place:
    """Above every entry of that day and below those of the next."""
    return Place(day + timedelta(days=1), datetime(1, 1, 2, tzinfo=UTC), UUID(int=0))


def at(entry: Entry) -> Place:
    return Place(entry.local_date, entry.felt_at, entry.id)


async def newest(person: UUID, limit: int) -> list[Row]:
    rows: list[Row] = await Entries.raw(_NEWEST, person, limit)
    return rows


async def below(person: UUID, start: Place, limit: int) -> list[Row]:
    rows: list[Row] = await Entries.raw(_BELOW, person, *start, limit)
    return rows


async def with_days(person: UUID, limit: int, days: int) -> tuple[list[Row], dict[date, Day]]:
    # Two days more than asked: the person's own today may be either side of ours.
    since = now().date() - timedelta(days=days + 1)
    rows: list[Row] = await Entries.raw(_WITH_DAYS, person, limit, person, since)
    # The union keeps no order of its own.
    newest = sorted((r for r in rows if r["kind"] != "day"), key=_order, reverse=True)
    return newest, {as_date(r["local_date"]): as_day(r) for r in rows if r["kind"] == "day"}


def as_day(row: Row) -> Day:
    mean = None if row["mean"] is None else float(row["mean"])
    return Day(as_date(row["local_date"]), mean, row["checkins"], row["n"])


def today(found: list[Entry]) -> date:
    """Today where the person last wrote; no earlier than their newest entry."""
    return max(local(now(), found[0].tz).date(), found[0].local_date)


def _order(row: Row) -> Place:
    return Place(as_date(row["local_date"]), as_moment(row["felt_at"]), as_uuid(row["id"]))
