"""Cards that missed the mark, counted per rule, verdict and day: no person, no text, no moment."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta

from piccolo.columns import UUID, Date, Integer, Varchar
from piccolo.table import Table

from care.clock import now
from db import limits
from db.engine import DB, transaction
from db.ids import uuid7
from db.limits import Limit, TooMany

MISSED = Limit("missed", 30, timedelta(hours=1))


class Missed(Table, db=DB):
    """Unique per day, rule and verdict."""

    id = UUID(primary_key=True, default=uuid7)
    rule = Varchar(length=60)
    verdict = Varchar(length=10)
    """What the reader took it for: one of care.missed.VERDICTS."""
    day = Date()
    times = Integer(default=1)


@dataclass(frozen=True, slots=True)
class Miss:
    rule: str
    verdict: str
    times: int


async def keep(rules: Iterable[str], verdict: str, address: str) -> bool:
    """Counts each rule once. False when too much was told from where this came: then nothing is counted."""
    try:
        await limits.take(MISSED, limits.bucket(address), room=limits.room(address))
    except TooMany:
        return False
    async with transaction():
        # Always in the same order, so that two who tell at once never wait for each other.
        for rule in sorted(rules):
            await Missed.raw(_COUNT, uuid7(), rule, verdict, now().date())
    return True


async def worst(since: date) -> list[Miss]:
    """For whoever tunes the rules: which ones miss most, from `since` on, most first."""
    found = await Missed.raw(_WORST, since)
    return [Miss(row["rule"], row["verdict"], int(row["total"])) for row in found]


_COUNT = """
INSERT INTO missed (id, rule, verdict, day, times) VALUES ({}, {}, {}, {}, 1)
ON CONFLICT (day, rule, verdict) DO UPDATE SET times = missed.times + 1
"""
_WORST = """
SELECT rule, verdict, SUM(times) AS total FROM missed WHERE day >= {}
GROUP BY rule, verdict ORDER BY total DESC, rule, verdict
"""
