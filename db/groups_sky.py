"""Today's sky of a group: put in, taken back, drawn for all at once. care/groups_sky.py says when and why.

The day of a group is that of UTC, for everybody the same: two who read at the same time see the same picture,
since two pictures could be set beside each other.
"""

from datetime import date, datetime
from uuid import UUID

from care import groups_sky
from care.clock import now
from care.moments import local
from db import groups, groups_reading
from db.devices import Viewer
from db.engine import fetch, transaction
from db.groups_tables import Group
from db.journal_rows import as_date
from db.moderation import Unknown
from db.moderation_authors import may_share


class NoSky(Exception):
    """Their journal has none for today."""


async def put(viewer: Viewer, group: UUID, mood: int | None) -> None:
    """1 to 5, or None for the newest of today's in their journal. Again on one day, it changes theirs.

    Raises Unknown, Stopped, NoSky, and what may_share raises.
    """
    await may_share(viewer)
    here = await groups_reading.find(viewer, group)
    if here is None or not here.inside:
        raise Unknown
    if not here.takes_skies:
        raise groups.Stopped(here.stop)
    mood = mood or await _in_the_journal(viewer.person)
    today = now().date()
    async with transaction():
        # Held, so that of two at once the second counts the first: else a fifth could go unseen, or a
        # drawing be made of one more person than the one before.
        await fetch(groups.LOCK, group)
        if not await fetch(_PUT, today, mood, today, group, viewer.person):
            raise Unknown
        await _draw(group, today)


async def take_back(viewer: Viewer, group: UUID) -> None:
    """At once, and for good; the picture stands as it is. Raises Unknown."""
    if not await fetch(_BACK, group, viewer.person):
        raise Unknown


async def forget_old(at: datetime) -> None:
    """For the jobs: a sky is of one day, and nobody's yesterday is kept here."""
    await fetch(_FORGET, at.date())
    old = {Group.mix: "", Group.mix_on: None}
    await Group.update(old).where(Group.mix_on < at.date())  # type: ignore[arg-type]


async def _draw(group: UUID, today: date) -> None:
    rows = await fetch(_TODAY, group, today)
    if not groups_sky.due(sum(not row["sky_drawn"] for row in rows)):
        return
    await Group.update({Group.mix: groups_sky.draw([row["sky"] for row in rows]), Group.mix_on: today}).where(
        Group.id == group
    )
    await fetch(_DRAWN, group, today)


async def _in_the_journal(person: UUID) -> int:
    """Of their own today, wherever they are. Raises NoSky."""
    for row in await fetch(_NEWEST, person):
        if as_date(row["local_date"]) >= local(now(), row["tz"]).date():
            return int(row["mood"])
    raise NoSky


_PUT = """
UPDATE membership SET sky_drawn = CASE WHEN sky_on = {} THEN sky_drawn ELSE FALSE END, sky = {}, sky_on = {}
WHERE grp = {} AND person = {} AND state = 'in' RETURNING id
"""
_BACK = """
UPDATE membership SET sky = NULL, sky_on = NULL, sky_drawn = FALSE
WHERE grp = {} AND person = {} AND state = 'in' AND sky_on IS NOT NULL RETURNING id
"""
_TODAY = "SELECT sky, sky_drawn FROM membership WHERE grp = {} AND state = 'in' AND sky_on = {}"
_DRAWN = "UPDATE membership SET sky_drawn = TRUE WHERE grp = {} AND state = 'in' AND sky_on = {}"
_FORGET = "UPDATE membership SET sky = NULL, sky_on = NULL, sky_drawn = FALSE WHERE sky_on < {}"
_NEWEST = """
SELECT mood, local_date, tz FROM entry WHERE person = {} AND removed_at IS NULL AND mood IS NOT NULL
ORDER BY local_date DESC, felt_at DESC, id DESC LIMIT 1
"""
