"""What time does to meetings: whoever comes is reminded, a day and a quarter of an hour before, once each;
what is long over is forgotten.

Each claim is one conditional UPDATE in the transaction that leaves the notices: of several processes one does
it, and one that is killed half way has done nothing.
"""

from datetime import datetime

from care import meetings as rules
from care.clock import now
from db.engine import DB, fetch, transaction
from db.journal_rows import as_uuid
from db.meetings_places import INSIDE
from db.meetings_tables import Meeting
from db.meetings_told import tell

AT_ONCE = 100
MOST_BATCHES = 20
"""In one round: the other duties want their turn too."""


async def remind() -> int:
    """How many were reminded. When nothing is due this is two questions, answered from an index."""
    at, done = now(), 0
    for column, first, last in (
        ("day_told", at + rules.DAY_LATEST, at + rules.A_DAY),
        ("soon_told", at, at + rules.SOON),
    ):
        for _ in range(MOST_BATCHES):
            told = await _batch(column, first, last)
            done += told
            if told < AT_ONCE:
                break
    return done


async def forget_old() -> None:
    """Who was there, and how it was for them, goes with the meeting."""
    await Meeting.delete().where(Meeting.ends_at <= now() - rules.KEPT)


async def _batch(column: str, first: datetime, last: datetime) -> int:
    locked = " FOR UPDATE OF r SKIP LOCKED" if DB.engine_type == "postgres" else ""
    async with transaction():
        found = await fetch(
            _CLAIM.replace("COLUMN", column).replace("LOCK", locked), now(), first, last, AT_ONCE
        )
        for row in found:
            await tell(as_uuid(row["person"]), as_uuid(row["meeting"]))
    return len(found)


_CLAIM = f"""
UPDATE registration SET COLUMN = {{}} WHERE id IN (SELECT r.id FROM registration r
    JOIN meeting m ON m.id = r.meeting
    WHERE m.starts_at > {{}} AND m.starts_at <= {{}} AND m.cancelled_at IS NULL
    AND m.agreed_at IS NOT NULL AND r.COLUMN IS NULL
    AND (r.state = 'leads' OR (r.state = 'in' AND {INSIDE}))
    ORDER BY m.starts_at, r.id LIMIT {{}}LOCK) AND COLUMN IS NULL RETURNING meeting, person
"""  # noqa: S608 - our own words
