"""What somebody who looks after a group does with one post there: a content note, or another group.

Neither touches its words, which are the author's and the desk's. Both tell the author and stand in the
ledger. And what its author does: `change`.
"""

from collections.abc import Collection
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from care import groups as rules
from care.controls import NOTES
from care.shared import Draft
from db import (
    groups,
    groups_care,
    groups_live,
    groups_reading,
    ledger,
    meetings_reading,
    meetings_room,
    moderation,
    notices,
)
from db.devices import Viewer
from db.engine import fetch, transaction
from db.groups_rows import Room, room
from db.groups_tables import Group, GroupPost
from db.journal_rows import as_uuid
from db.ledger import Fact
from db.moderation import Shared, Unknown
from db.moderation_rows import Shown
from db.moderation_tables import Item

MOST_NOTES = 4


@dataclass(frozen=True, slots=True)
class Cared:
    """`put` are the notes of those who look after the group; `others` where it could be moved."""

    here: Room
    shown: Shown
    put: tuple[str, ...]
    others: list[Room]


async def look(viewer: Viewer, group: UUID, item: UUID) -> Cared:
    """Raises Unknown, also for what the viewer may not see: somebody who blocked them stays unseen."""
    here = await groups_care.led(viewer, group)
    found = await moderation.find(viewer, item)
    row = next(iter(await fetch(_APART, item, group)), None)
    if found is None or row is None or found.state != "published" or found.place != group:
        raise Unknown
    return Cared(here, found, tuple(row["notes"].split()), await _others(viewer, here, found.author))


async def change(viewer: Viewer, item: UUID, draft: Draft) -> Shared:
    """Its author's new words for a post, where they may write now. Raises what moderation.edit raises; Left,
    Stopped."""

    async def beside(row: Item, _before: str) -> None:
        if row.place is None:
            return
        here = await groups_reading.find(viewer, row.place)
        if here is None or not here.inside:
            raise groups.Left
        why = here.stop
        if said := await fetch(_IN_MEETING, item):
            _, found = await meetings_reading.find(viewer, here.id, as_uuid(said[0]["meeting"]))
            why = meetings_room.stop(here, found)
        if why:
            raise groups.Stopped(why)

    return await moderation.edit(viewer, item, draft, beside)


async def note(viewer: Viewer, group: UUID, item: UUID, notes: Collection[str]) -> None:
    """These content notes beside the author's own; none takes them off. Raises Unknown."""
    found = await look(viewer, group, item)
    put = " ".join([one for one in NOTES if one in notes][:MOST_NOTES])
    if put == " ".join(found.put):
        return
    async with transaction():
        mine = (GroupPost.item == item) & (GroupPost.grp == group)
        if not await GroupPost.update({GroupPost.notes: put}).where(mine).returning(GroupPost.item):
            raise Unknown
        await _tell(viewer, found, "note", group)
    await groups_care.there(found.here)


async def move(viewer: Viewer, group: UUID, item: UUID, to: UUID) -> None:
    """Into another group for the same ages that they look after, too, and that its author is in: nobody's
    words, nor that they are here, come before people they have not chosen. Raises Unknown."""
    found = await look(viewer, group, item)
    if to not in {one.id for one in found.others}:
        raise Unknown
    async with transaction():
        for one in sorted((group, to)):  # in one order, so that two moves never wait for each other
            await fetch(groups.LOCK, one)
        if not await fetch(_STILL_IN, to, found.shown.author):
            raise Unknown
        gone = (GroupPost.item == item) & (GroupPost.grp == group)
        if not await GroupPost.delete().where(gone).returning(GroupPost.item):
            raise Unknown
        if not await fetch(_MOVE, to, item, group):
            raise Unknown
        beside: dict[Any, Any] = {GroupPost.notes: " ".join(found.put), GroupPost.moved: True}
        await GroupPost.update(beside).where(GroupPost.item == item)
        await Group.update({Group.pinned: None}).where(Group.id == group, Group.pinned == item)
        await _tell(viewer, found, "move", to)
        groups_live.tell(to)
    await groups_care.there(found.here)


async def _tell(viewer: Viewer, found: Cared, action: str, group: UUID) -> None:
    shown = found.shown
    said = (shown.id, shown.author, action, shown.state, shown.state, viewer.person)
    await ledger.write(Fact(*said, version=shown.version))
    if not shown.mine:
        await notices.leave(shown.author, "group", f"/groups/{group}#p-{shown.id}")


async def _others(viewer: Viewer, here: Room, author: UUID) -> list[Room]:
    rows = await fetch(
        f"{groups_reading.ROOM} {_BESIDE}", *groups_reading.seen(viewer), here.id, here.bands, author
    )
    found = [room(row, viewer) for row in rows]
    shut = (rules.QUIET_HERE, rules.ENDED)
    open_ = [one for one in found if one.leads and not (one.closed or one.early) and one.stop not in shut]
    return sorted(open_, key=lambda one: one.name.casefold())


# What is said in a meeting stays in its room.
_APART = """SELECT p.notes FROM group_post p WHERE p.item = {} AND p.grp = {}
    AND NOT EXISTS (SELECT 1 FROM meeting_post h WHERE h.item = p.item)"""
_BESIDE = """AND g.id <> {} AND g.bands = {} AND EXISTS (SELECT 1 FROM membership a
    WHERE a.grp = g.id AND a.person = {} AND a.state = 'in') ORDER BY g.id LIMIT 40"""
_STILL_IN = "SELECT 1 AS yes FROM membership WHERE grp = {} AND person = {} AND state = 'in'"
# Naming its state, too, makes the trigger of 0015_groups_posts number it in the other group.
_MOVE = """
UPDATE item SET place = {}, state = state WHERE id = {} AND place = {} AND state = 'published' AND NOT private
RETURNING id
"""
_IN_MEETING = "SELECT meeting FROM meeting_post WHERE item = {}"
