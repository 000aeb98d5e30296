"""What waits for somebody at the desk: rows that begin, are handed on, and end."""

from datetime import datetime
from uuid import UUID

from care.clock import now
from db.ids import uuid7
from db.moderation_tables import Hold


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
    await Hold.raw(_BEGIN, uuid7(), kind, subject, person, reason, risk, now())


async def end(subject: UUID, *kinds: str) -> datetime | None:
    """Ends them, and says since when the oldest of them waited."""
    waiting = (Hold.subject == subject) & Hold.kind.is_in(list(kinds)) & Hold.ended_at.is_null()
    rows = await Hold.update({Hold.ended_at: now()}).where(waiting).returning(Hold.since)
    return min((row["since"] for row in rows), default=None)
