"""What waits for somebody at the desk: rows that begin, are handed on, and end."""

from datetime import datetime
from uuid import UUID

from care.clock import now
from db.engine import fetch
from db.ids import uuid7
from db.journal_rows import as_moment


class Late(Exception):
    """Somebody else decided, or the words have changed since they were read."""


_BEGIN = """
INSERT INTO hold (id, kind, subject, person, reason, risk, since) VALUES ({}, {}, {}, {}, {}, {}, {})
ON CONFLICT (subject, kind) WHERE ended_at IS NULL
DO UPDATE SET risk = CASE WHEN EXCLUDED.risk > hold.risk OR EXCLUDED.kind = 'item'
    THEN EXCLUDED.risk ELSE hold.risk END, reason = EXCLUDED.reason
"""
"""What waits already keeps its place: changing a word must not send anybody to the end of the queue."""


async def begin(kind: str, subject: UUID, person: UUID, reason: str, risk: int) -> None:
    await fetch(_BEGIN, uuid7(), kind, subject, person, reason, risk, now())


async def end(subject: UUID, *kinds: str) -> datetime | None:
    """Ends them, and says since when the oldest of them waited."""
    gaps = ", ".join(["{}"] * len(kinds))
    sql = f"UPDATE hold SET ended_at = {{}} WHERE subject = {{}} AND kind IN ({gaps}) AND ended_at IS NULL"  # noqa: S608
    ended = await fetch(f"{sql} RETURNING since", now(), subject, *kinds)
    return min((as_moment(row["since"]) for row in ended), default=None)
