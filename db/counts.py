"""What was decided in a year, as counts and nothing else: the public page about moderation."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from care.clock import now
from care.queue import usual
from care.rulings import side
from care.today import ACTIVE
from care.today import FEW as YOUNG
from db.devices import Viewer
from db.engine import fetch
from db.moderation_reading import BANDS
from db.moderation_tables import Ruling

FEW = 5
"""Below this a count could be somebody, so only "fewer than five" is said."""


@dataclass(frozen=True, slots=True)
class Year:
    """None stands for fewer than FEW, but not none."""

    year: int
    decisions: dict[str, int | None]
    reports: dict[str, int | None]
    appeals: dict[str, int | None]
    usual: timedelta | None


async def of(year: int) -> Year:
    start, end = datetime(year, 1, 1, tzinfo=UTC), datetime(year + 1, 1, 1, tzinfo=UTC)
    waits = (
        await Ruling.select(Ruling.waited)
        .where(Ruling.waited.is_not_null(), Ruling.at >= start, Ruling.at < end)
        .order_by(Ruling.at, ascending=False)
        .limit(1000)
    )
    return Year(
        year,
        await _count("action", "ruling", start, end),
        await _count("reason", "report", start, end),
        await _count("state", "appeal", start, end),
        usual([timedelta(seconds=row["waited"]) for row in waits]),
    )


async def few_active(viewer: Viewer) -> bool:
    """Whether fewer than care.today.FEW people of their side were here lately; counted no further."""
    found = await fetch(_ACTIVE, *BANDS[side(viewer.band)], now() - ACTIVE)
    return bool(found[0]["n"] < YOUNG)


_ACTIVE = f"""
SELECT COUNT(*) AS n FROM (SELECT 1 FROM person WHERE band IN ({{}}, {{}}) AND EXISTS
    (SELECT 1 FROM "session" s WHERE s.person = person.id AND s.seen_at > {{}}) LIMIT {YOUNG}) AS active
"""  # noqa: S608 - our own words


async def _count(column: str, table: str, start: datetime, end: datetime) -> dict[str, int | None]:
    found = await Ruling.raw(
        f"SELECT {column} AS what, count(*) AS n FROM {table}"  # noqa: S608 - our own words
        " WHERE at >= {} AND at < {} GROUP BY 1",
        *(start, end),
    )
    return {row["what"]: row["n"] if row["n"] >= FEW else None for row in found}
