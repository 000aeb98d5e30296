"""Who leads a meeting and no longer may: they are named there no more, and whoever can mend it is told.

Nothing is done as they go: people leave a group, step back, lose a role or leave this place by many doors,
and a job looks at all of them.
"""

from uuid import UUID

from care.clock import now
from db.engine import fetch, transaction
from db.groups_rows import Row
from db.journal_rows import as_uuid
from db.meetings_told import tell
from db.moderation_reading import STAFF


async def step_out() -> None:
    """For the jobs. Of a series the first is told of: each of the others says it on its own page."""
    told: set[tuple[UUID, UUID]] = set()
    for row in await fetch(_GONE, now()):
        async with transaction():
            # Of several processes one does it.
            if await fetch(_OUT, now(), row["meeting"], row["person"]):
                await _tell(row, told)


async def _tell(row: Row, told: set[tuple[UUID, UUID]]) -> None:
    asked = (*(row[name] for name in ("host", "second", "made_by", "maker")), row["person"], row["grp"])
    for other in await fetch(_OTHERS, *asked):
        one = (as_uuid(row["series"]), as_uuid(other["id"]))
        if one not in told:
            told.add(one)
            await tell(one[1], as_uuid(row["meeting"]))


_MAY = f"""p.leaving_at IS NULL AND (EXISTS (SELECT 1 FROM staff_role s WHERE s.person = p.id
    AND s.removed_at IS NULL AND s.role IN {STAFF}) OR EXISTS (SELECT 1 FROM membership k
    WHERE k.grp = {{}} AND k.person = p.id AND k.state = 'in' AND k.facilitator))"""  # noqa: S608 - our own words
_GONE = f"""
SELECT m.id AS meeting, m.grp, m.series, m.host, m.second, m.made_by, g.made_by AS maker, r.person
FROM meeting m JOIN registration r ON r.meeting = m.id JOIN peer_group g ON g.id = m.grp
JOIN person p ON p.id = r.person
WHERE m.ends_at > {{}} AND m.cancelled_at IS NULL AND r.state = 'leads' AND NOT ({_MAY.format("m.grp")})
ORDER BY m.starts_at, m.id
"""  # noqa: S608 - our own words
_OUT = """
UPDATE registration SET state = 'out', at = {} WHERE meeting = {} AND person = {} AND state = 'leads'
RETURNING id
"""
_OTHERS = f"SELECT p.id FROM person p WHERE p.id IN ({{}}, {{}}, {{}}, {{}}) AND p.id <> {{}} AND {_MAY}"  # noqa: S608
