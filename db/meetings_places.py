"""Places at a meeting: taken, given back, waited for. As many as there are, however many ask at once.

Everything that changes who comes holds the meeting's row first, so that each counts what the one before has
written. A place that becomes free goes to whoever waits longest, in the same transaction.
"""

from datetime import timedelta
from uuid import UUID

from care import meetings as rules
from care.clock import now
from db import limits, meetings_reading
from db.devices import Viewer
from db.engine import fetch, transaction
from db.ids import uuid7
from db.journal_rows import as_uuid
from db.limits import Limit
from db.meetings_told import tell
from db.moderation import Unknown
from db.moderation_reading import STAFF

TAPS = Limit("come to a meeting", 60, timedelta(hours=1))


class Closed(Exception):
    """It is over or cancelled, or not yet agreed to."""


class NoConsent(Exception):
    """Somebody under 18 has not said that an adult knows."""


async def register(viewer: Viewer, group: UUID, meeting: UUID, consent: bool = False) -> str:
    """In, or waiting when it is full; the same again changes nothing. `consent`: an adult knows, which can
    be said later, too: a meeting may have become one in person since.

    Raises Unknown, Closed, NoConsent, TooMany.
    """
    here, found = await meetings_reading.find(viewer, group, meeting)
    if not here.inside:
        raise Unknown
    if found.state == rules.LEADS:
        return rules.LEADS
    if found.mode == rules.IN_PERSON and viewer.band in rules.CONSENT and not consent:
        raise NoConsent
    await limits.take(TAPS, str(viewer.person))
    async with transaction():
        if not await lock(meeting, open_only=True):
            raise Closed
        # Whoever waits comes before who asks now.
        await fill(meeting)
        await fetch(_PUT, uuid7(), meeting, viewer.person, now())
        given = (meeting, now(), now() if consent else None)
        # No reminder comes for a moment that has passed when they say yes.
        told = tuple(
            now() if found.starts_at - now() <= before else None for before in (rules.A_DAY, rules.SOON)
        )
        rows = await fetch(_ENTER, *given, *told, meeting, viewer.person)
        if not rows:
            rows = await fetch(_STATE, meeting, viewer.person)
            if consent:
                await fetch(_KNOWS, now(), meeting, viewer.person)
        if rows[0]["state"] == rules.OUT:
            raise Unknown  # they left the group meanwhile
        return str(rows[0]["state"])


async def withdraw(viewer: Viewer, group: UUID, meeting: UUID) -> None:
    """Nobody is told but whoever gets the place. Raises Unknown."""
    _, found = await meetings_reading.find(viewer, group, meeting)
    async with transaction():
        await lock(meeting)
        if not await fetch(_LEAVE, now(), meeting, viewer.person):
            raise Unknown
        if found.open:
            await fill(meeting)


async def lead(meeting: UUID, people: tuple[UUID, ...]) -> None:
    """These look after it, and nobody else any more; in the caller's transaction."""
    for person in people:
        await fetch(_PUT, uuid7(), meeting, person, now())
    await fetch(_NO_LONGER, now(), meeting, *people)
    await fetch(_LEAD, now(), meeting, *people)


async def lock(meeting: UUID, open_only: bool = False) -> bool:
    """Holds the meeting's row until the transaction ends; on SQLite the one writer does."""
    if open_only:
        return bool(await fetch(f"{_LOCK} AND {_OPEN} RETURNING id", meeting, now()))
    return bool(await fetch(f"{_LOCK} RETURNING id", meeting))


async def let_go() -> None:
    """For the jobs: who left the group, or grew out of it, holds no place that others wait for."""
    for row in await fetch(_STALE, now()):
        meeting = as_uuid(row["id"])
        async with transaction():
            if await lock(meeting, open_only=True):
                await fetch(_LET_GO, now(), meeting)
                await fill(meeting)


async def fill(meeting: UUID) -> None:
    """With the meeting's row held, after there may be more room."""
    free = (await fetch(_FREE, meeting))[0]["free"]
    for row in await fetch(_UP, now(), meeting, free) if free > 0 else ():
        await tell(as_uuid(row["person"]), meeting)


INSIDE = f"""EXISTS (SELECT 1 FROM membership k JOIN peer_group g ON g.id = k.grp
    JOIN person p ON p.id = k.person
    WHERE k.grp = m.grp AND k.person = r.person AND k.state = 'in' AND p.leaving_at IS NULL
    AND ((p.band <> '' AND g.bands LIKE '%' || p.band || '%') OR EXISTS (SELECT 1 FROM staff_role s
        WHERE s.person = p.id AND s.removed_at IS NULL AND s.role IN {STAFF})))"""  # noqa: S608 - our own words
"""For the registration `r` of the meeting `m`: whether its person is still somebody the group is for."""
_OPEN = "cancelled_at IS NULL AND agreed_at IS NOT NULL AND ends_at > {}"
_LOCK = "UPDATE meeting SET cap = cap WHERE id = {}"
_PUT = """
INSERT INTO registration (id, meeting, person, state, at, came, felt) VALUES ({}, {}, {}, 'out', {}, '', '')
ON CONFLICT (meeting, person) DO NOTHING
"""
_COUNT = "(SELECT COUNT(*) FROM registration c WHERE c.meeting = {} AND c.state = 'in')"
_FREE = (
    "SELECT m.cap - (SELECT COUNT(*) FROM registration c WHERE c.meeting = m.id AND c.state = 'in') AS free"
    " FROM meeting m WHERE m.id = {}"
)
_ENTER = f"""
UPDATE registration AS r SET state = CASE WHEN {_COUNT} < m.cap THEN 'in' ELSE 'waiting' END,
    at = {{}}, agreed_at = {{}}, day_told = {{}}, soon_told = {{}}
FROM meeting m WHERE m.id = r.meeting AND r.meeting = {{}} AND r.person = {{}} AND r.state = 'out'
    AND {INSIDE} RETURNING state
"""  # noqa: S608 - our own words
_STATE = "SELECT state FROM registration WHERE meeting = {} AND person = {}"
_KNOWS = """
UPDATE registration SET agreed_at = {} WHERE meeting = {} AND person = {}
AND state IN ('in', 'waiting') AND agreed_at IS NULL
"""
_LEAVE = """
UPDATE registration SET state = 'out', at = {}, felt = '' WHERE meeting = {} AND person = {}
AND state IN ('in', 'waiting') RETURNING id
"""
_NO_LONGER = """
UPDATE registration SET state = 'out', at = {} WHERE meeting = {} AND state = 'leads'
AND person NOT IN ({}, {})
"""
_LEAD = "UPDATE registration SET state = 'leads', at = {} WHERE meeting = {} AND person IN ({}, {})"
_UP = f"""
UPDATE registration SET state = 'in', at = {{}} WHERE id IN (SELECT r.id FROM registration r
    JOIN meeting m ON m.id = r.meeting WHERE r.meeting = {{}} AND r.state = 'waiting' AND {INSIDE}
    ORDER BY r.at, r.id LIMIT {{}}) RETURNING person
"""  # noqa: S608 - our own words
_STALE = f"""
SELECT DISTINCT m.id FROM meeting m JOIN registration r ON r.meeting = m.id
WHERE m.ends_at > {{}} AND m.cancelled_at IS NULL AND r.state IN ('in', 'waiting') AND NOT {INSIDE}
"""  # noqa: S608 - our own words
_LET_GO = f"""
UPDATE registration AS r SET state = 'out', at = {{}} FROM meeting m
WHERE m.id = r.meeting AND r.meeting = {{}} AND r.state IN ('in', 'waiting') AND NOT {INSIDE}
"""  # noqa: S608 - our own words
