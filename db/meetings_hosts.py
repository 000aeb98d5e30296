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
    """For the jobs. Of a series each is told once: every page says it for itself."""
    led: dict[tuple[UUID, UUID], list[Row]] = {}
    for row in await fetch(_GONE, now()):
        led.setdefault((as_uuid(row["person"]), as_uuid(row["series"])), []).append(row)
    for rows in led.values():
        async with transaction():
            await _step_out(rows)


async def _step_out(rows: list[Row]) -> None:
    """Of one person and one series. Of several processes the one that gets the first does them all."""
    first = rows[0]
    if not await fetch(_OUT, now(), first["meeting"], first["person"]):
        return
    for row in rows[1:]:
        await fetch(_OUT, now(), row["meeting"], row["person"])
    told: set[UUID] = set()
    for row in rows:
        asked = (*(row[name] for name in ("host", "second", "made_by", "maker")), row["person"], row["grp"])
        for other in {as_uuid(found["id"]) for found in await fetch(_OTHERS, *asked)} - told:
            told.add(other)
            await tell(other, as_uuid(row["meeting"]))


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
