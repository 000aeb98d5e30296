"""The room of a meeting: a thread beside its group's own, for those who have a place, while the meeting is.

What is said there goes through the one door, db/moderation.py, and who may see it, and how long, is decided
in db/moderation_reading.py.
"""

from datetime import timedelta
from typing import Any
from uuid import UUID

from care import groups as group_rules
from care import meetings as rules
from care import meetings_room as talk
from care.clock import now
from care.shared import Draft
from db import groups, groups_reading, meetings_reading, moderation
from db.devices import Viewer
from db.engine import fetch
from db.groups import Slow, Stopped
from db.groups_reading import Feed, Since, Thread
from db.groups_rows import Room
from db.limits import Limit
from db.meetings_rows import Seen
from db.meetings_tables import Meeting
from db.moderation import Shared, Unknown
from db.moderation_tables import Item

SAYS = Limit("say in a meeting", 120, timedelta(hours=1))


async def enter(viewer: Viewer, group: UUID, meeting: UUID) -> tuple[Room, Seen]:
    """For those who have a place or look after it, and staff, from shortly before until seven days after.

    Raises Unknown.
    """
    here, found = await meetings_reading.find(viewer, group, meeting)
    if not found.room or not (found.placed or here.staff):
        raise Unknown
    return here, found


async def feed(viewer: Viewer, here: Room, found: Seen, *, before: int = 0, show: bool = False) -> Feed:
    """Expects what `enter` gave."""
    return await groups_reading.feed(viewer, here, before=before, show=show, of=_thread(here, found))


async def since(viewer: Viewer, group: UUID, meeting: UUID, n: int) -> Since | None:
    """As db.groups_reading.since: None when they may no longer read there."""
    try:
        here, found = await enter(viewer, group, meeting)
    except Unknown:
        return None
    return await groups_reading.newer(viewer, _thread(here, found), n)


def stop(here: Room, found: Seen) -> str:
    """Why the viewer may not write there now, a key of care.meetings_room.STOPS; empty when they may.

    Two adults are there, so a meeting goes on in a group that nobody looked after for a while, or before the
    first day of a programme.
    """
    if found.over:
        return talk.OVER
    if found.shut:
        return talk.SHUT
    if found.state == rules.LEADS:
        return ""
    at = now()
    why = group_rules.stopped(looked_after=at, closed=here.closed, ends_on=here.ends_on, at=at)
    return why or here.own_stop


async def say(viewer: Viewer, group: UUID, meeting: UUID, draft: Draft) -> Shared:
    """A post in it. Raises what moderation.share raises; Unknown, Stopped, Slow, TooMany."""
    doing = _say(viewer, group, meeting, draft)
    return await moderation.or_known(viewer, draft.cid, doing, (Unknown, Stopped, Slow))


async def _say(viewer: Viewer, group: UUID, meeting: UUID, draft: Draft) -> Shared:
    if draft.place != group or draft.kind != group_rules.POST:
        raise Unknown
    found = await _may_say(viewer, group, meeting)

    async def beside(item: Item, _before: str) -> None:
        # Asked again in the same breath, and counted by one conditional UPDATE: of two posts at once slow
        # mode lets one through, and who lost their place meanwhile writes no more.
        seen = await _may_say(viewer, group, meeting)
        at = now()
        if not await fetch(_SAID, at, meeting, viewer.person, at - timedelta(seconds=seen.slow)):
            raise Slow(at + timedelta(seconds=found.slow))
        await fetch(_PUT, item.id, meeting)

    return await moderation.share(viewer, draft, beside, SAYS)


async def react(viewer: Viewer, group: UUID, meeting: UUID, item: UUID, kind: int) -> None:
    """A sign for somebody else's post there. Raises what db.groups.react raises."""
    await enter(viewer, group, meeting)
    if not await fetch(_THERE, meeting, item):
        raise Unknown
    await groups.react(viewer, item, kind, f"/groups/{group}/meetings/{meeting}/room")


async def pin(viewer: Viewer, group: UUID, meeting: UUID, item: UUID | None) -> None:
    """One post above the others; None takes it down. Raises Unknown."""
    if item is not None and not await fetch(_THERE, meeting, item):
        raise Unknown
    await _change(viewer, group, meeting, {Meeting.pinned: item})


async def slow(viewer: Viewer, group: UUID, meeting: UUID, seconds: int) -> None:
    """Between two posts of one person, of care.meetings_room.SLOWS. Raises Unknown."""
    if seconds not in talk.SLOWS:
        raise Unknown
    await _change(viewer, group, meeting, {Meeting.slow: seconds})


async def shut(viewer: Viewer, group: UUID, meeting: UUID, closed: bool = True) -> None:
    """For new posts, before its time, or open again. Raises Unknown."""
    await _change(viewer, group, meeting, {Meeting.closed_at: now() if closed else None})


async def _change(viewer: Viewer, group: UUID, meeting: UUID, values: dict[Any, Any]) -> None:
    here, _ = await enter(viewer, group, meeting)
    if not here.leads:
        raise Unknown
    await Meeting.update(values).where(Meeting.id == meeting)


async def _may_say(viewer: Viewer, group: UUID, meeting: UUID) -> Seen:
    """Raises Unknown, Stopped, Slow."""
    here, found = await enter(viewer, group, meeting)
    if not found.placed:
        raise Unknown
    if why := stop(here, found):
        raise Stopped(why)
    if found.again_at:
        raise Slow(found.again_at)
    return found


def _thread(here: Room, found: Seen) -> Thread:
    join = "JOIN meeting_post h ON h.item = item.id"
    return Thread(found.id, here.posts, found.pinned, join, "h.meeting = {}", "h.meeting = {}")


_SAID = """
UPDATE registration SET said_at = {} WHERE meeting = {} AND person = {}
AND (state = 'leads' OR (state = 'in' AND (said_at IS NULL OR said_at <= {}))) RETURNING id
"""
_PUT = "INSERT INTO meeting_post (item, meeting) VALUES ({}, {}) ON CONFLICT (item) DO NOTHING"
_THERE = "SELECT 1 AS yes FROM meeting_post WHERE meeting = {} AND item = {}"
