"""What somebody who looks after a group does there: lets people in, pins, closes, slows down, mutes.

All of it is about one group alone; what somebody wrote is for the desk. For everybody else it is not there.
"""

from contextlib import suppress
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from care import groups as rules
from care.clock import now
from db import blocks, groups, groups_reading, ledger, limits, notices
from db.devices import Viewer
from db.engine import fetch, transaction
from db.groups_reading import APART
from db.groups_rows import Room
from db.groups_tables import Group, Membership
from db.ids import uuid7
from db.journal_rows import as_uuid
from db.ledger import Fact
from db.limits import TooMany
from db.moderation import Unknown

MOST = 100


@dataclass(frozen=True, slots=True)
class Member:
    person: UUID
    name: str
    state: str
    facilitator: bool
    muted: bool
    trained: bool
    """They have a role, given by those who run this place."""


async def led(viewer: Viewer, group: UUID) -> Room:
    """The group, for who looks after it. Raises Unknown."""
    here = await groups_reading.find(viewer, group)
    if here is None or not here.leads:
        raise Unknown
    return here


async def members(viewer: Viewer, group: UUID) -> tuple[Room, list[Member]]:
    """Those who ask first, then by name; who left is in no list, and who is invited in that of staff alone:
    it would say of any name whether there is somebody of it, and how old. Raises Unknown."""
    here = await led(viewer, group)
    rows = await fetch(_MEMBERS, group, here.staff, MOST)
    return here, [
        Member(
            as_uuid(r["person"]),
            r["name"],
            r["state"],
            *(bool(r[key]) for key in ("facilitator", "muted_at", "trained")),
        )
        for r in rows
    ]


async def answer(viewer: Viewer, group: UUID, person: UUID, yes: bool) -> None:
    """To somebody who asks to come in. Told only when it is yes. Raises Unknown, Full."""
    here = await led(viewer, group)
    if not yes:
        values = {Membership.state: rules.OUT, Membership.at: now()}
        if not await _change(group, person, values, Membership.state == rules.ASKED):
            raise Unknown
        return await there(here)
    if not await fetch(_OF_AGE, person, here.bands):
        raise Unknown
    async with transaction():
        await groups.enter(group, person, "", (rules.ASKED,))
        await notices.leave(person, "group", f"/groups/{group}")
    await there(here)


async def invite(viewer: Viewer, group: UUID, name: str) -> None:
    """Somebody of that name and of the group's age finds it under Groups; nothing says whether there is one.
    A block ends it in silence, and so does an invitation of the last month that they did not take.

    Raises Unknown, TooMany.
    """
    here = await led(viewer, group)
    try:
        person = await blocks.find(viewer, name)
    except blocks.Unknown:
        return
    if not await fetch(_OF_AGE, person, here.bands) or await blocks.apart(viewer.person, person):
        return
    with suppress(TooMany):
        await _invite(group, person)
    await there(here)


async def _invite(group: UUID, person: UUID) -> None:
    """Raises TooMany."""
    async with transaction():
        await fetch(groups.LOCK, group)
        await fetch(groups.PUT, uuid7(), group, person, now())
        values = {Membership.state: rules.INVITED, Membership.at: now()}
        if await _change(group, person, values, Membership.state.is_in([rules.OUT, rules.ASKED])):
            await limits.take(groups.INVITED, str(group), str(person))
            await notices.leave(person, "group", f"/groups/{group}")


async def pin(viewer: Viewer, group: UUID, item: UUID | None) -> None:
    """One post above the others; None takes it down. Raises Unknown."""
    here = await led(viewer, group)
    if item is not None and not await fetch(_POST, group, item):
        raise Unknown
    await Group.update({Group.pinned: item}).where(Group.id == group)
    await there(here)


async def close(viewer: Viewer, group: UUID, closed: bool = True) -> None:
    """For new posts, or open again. Raises Unknown."""
    here = await led(viewer, group)
    await Group.update({Group.closed_at: now() if closed else None}).where(Group.id == group)
    await there(here)


async def slow(viewer: Viewer, group: UUID, minutes: int) -> None:
    """So long between two posts of one person; 0 for none. Raises Unknown."""
    here = await led(viewer, group)
    await Group.update({Group.slow: minutes}).where(Group.id == group)
    await there(here)


async def mute(viewer: Viewer, group: UUID, person: UUID, muted: bool = True) -> None:
    """They only read here for now, and are told so kindly when they write. Raises Unknown."""
    here = await led(viewer, group)
    by, at = (viewer.person, now()) if muted else (None, None)
    values = {Membership.muted_by: by, Membership.muted_at: at}
    if not await _change(group, person, values, Membership.facilitator.eq(False)):
        raise Unknown
    await there(here)


async def appoint(viewer: Viewer, group: UUID, person: UUID, yes: bool = True) -> None:
    """A member who looks after it, too, and is told so. Staff choose whom they trust, and alone end it; who
    looks after it may hand it to somebody trained. Raises Unknown."""
    here = await led(viewer, group)
    if not here.staff and not (yes and await is_trained(person)):
        raise Unknown
    values = {Membership.facilitator: yes, Membership.way: rules.POSTING}
    inside = (Membership.state == rules.IN) & Membership.facilitator.ne(yes)
    async with transaction():
        if not await _change(group, person, values, inside):
            raise Unknown
        action = "appoint" if yes else "step down"
        await ledger.write(Fact(group, person, action, "", "", viewer.person))
        if yes and person != viewer.person:
            await notices.leave(person, "group", f"/groups/{group}/care")
    await there(here)


async def step_back(viewer: Viewer, group: UUID) -> None:
    """A member like the others again. Nobody is kept in a duty: when nobody is left in it, whoever made the
    group is told. Raises Unknown."""
    async with transaction():
        await fetch(groups.LOCK, group)
        mine = {Membership.facilitator: False}
        if not await _change(group, viewer.person, mine, Membership.facilitator.eq(True)):
            raise Unknown
        await ledger.write(Fact(group, viewer.person, "step down", "", "", viewer.person))
        for row in await fetch(_LEFT_ALONE, group, group, viewer.person):
            await notices.leave(as_uuid(row["made_by"]), "group", f"/groups/{group}/care")


async def is_trained(person: UUID) -> bool:
    return bool(await fetch(f"SELECT 1 AS yes FROM person p WHERE p.id = {{}} AND {TRAINED}", person))  # noqa: S608


async def there(here: Room) -> None:
    """Whoever does something for it is there."""
    await Group.update({Group.looked_after: now()}).where(Group.id == here.id)


async def _change(group: UUID, person: UUID, values: Any, where: Any) -> bool:
    mine = (Membership.grp == group) & (Membership.person == person)
    found = await Membership.update(values).where(mine, where).returning(Membership.id)
    return bool(found)


TRAINED = """EXISTS (SELECT 1 FROM staff_role s WHERE s.person = p.id AND s.removed_at IS NULL
    AND s.role IN ('supporter', 'moderator', 'safeguarding'))"""
_LEFT_ALONE = """
SELECT g.made_by FROM peer_group g JOIN person p ON p.id = g.made_by WHERE g.id = {} AND NOT EXISTS (
    SELECT 1 FROM membership m WHERE m.grp = {} AND m.state = 'in' AND m.facilitator) AND g.made_by <> {}
"""
_MEMBERS = f"""
SELECT m.person, p.name, m.state, m.facilitator, m.muted_at, {TRAINED} AS trained
FROM membership m JOIN person p ON p.id = m.person
WHERE m.grp = {{}} AND (m.state IN ('in', 'asked') OR (m.state = 'invited' AND {{}}))
ORDER BY CASE m.state WHEN 'asked' THEN 0 WHEN 'in' THEN 1 ELSE 2 END, p.name LIMIT {{}}
"""  # noqa: S608 - our own words
_OF_AGE = "SELECT 1 AS yes FROM person WHERE id = {} AND {} LIKE '%' || band || '%' AND band <> ''"
_POST = f"""SELECT 1 AS yes FROM group_post p JOIN item ON item.id = p.item
WHERE p.grp = {{}} AND p.item = {{}} AND {APART}"""  # noqa: S608 - our own words
