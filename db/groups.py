"""Groups: made by staff, joined and left by members, and what is said in them.

Words go through the one door, db/moderation.py; what stands beside them is written with them or not at all.
"""

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from care import groups as rules
from care.clock import now
from care.groups import Plan
from care.shared import Draft
from db import groups_reading, limits, moderation, notices, stories
from db.devices import Viewer
from db.engine import fetch, transaction
from db.groups_rows import Room
from db.groups_tables import Group, Membership
from db.ids import uuid7
from db.journal_rows import as_uuid
from db.limits import Limit
from db.moderation import Shared, Unknown
from db.moderation_authors import may_share
from db.moderation_tables import Item

SAYS = Limit("say in a group", 20, timedelta(hours=1))
INVITED = Limit("be invited to a group", 1, timedelta(days=30))
"""Of one person to one group, until they come in: whoever said no is left in peace."""
SEEN_EVERY = timedelta(hours=1)


class Full(Exception):
    """There is no room for another member."""


class Left(Exception):
    """They are not in it, any more or not yet, though they may see that it is there."""


class Stopped(Exception):
    """They may not write there now: `why` is a key of care.groups.STOPS."""

    def __init__(self, why: str) -> None:
        super().__init__("stopped")
        self.why = why


class Slow(Exception):
    """Not before `until`: slow mode is on."""

    def __init__(self, until: datetime) -> None:
        super().__init__("slow")
        self.until = until


async def make(viewer: Viewer, plan: Plan) -> UUID:
    """By staff, who look after it from then on. Raises Unknown."""
    if not viewer.acts_as("moderator"):
        raise Unknown
    row = Group(id=uuid7(), name=plan.name, purpose=plan.purpose, rules="\n".join(plan.rules))
    row.topics, row.bands, row.side = " ".join(plan.topics), plan.bands, plan.side
    row.type, row.pace, row.cap, row.slow = plan.type, plan.pace, plan.cap, plan.slow
    row.hours, row.lang, row.starts_on, row.ends_on = plan.hours, plan.lang, plan.starts_on, plan.ends_on
    row.made_by, row.made_at, row.looked_after, row.posts = viewer.person, now(), now(), 0
    row.mix, row.rules_n = "", 1
    async with transaction():
        await Group.insert(row)
        await fetch(PUT, uuid7(), row.id, viewer.person, now())
        await fetch(_HOST, now(), row.id, viewer.person)
    return UUID(str(row.id))


async def join(viewer: Viewer, group: UUID, way: str) -> str:
    """In, or asked where somebody looks first; again, it changes how they would like to be there.

    Expects a key of WAYS, and each rule ticked. Raises Unknown, Full, and Stopped for a programme that ended.
    """
    here = await groups_reading.find(viewer, group)
    if here is None:
        raise Unknown
    if rules.ended(here.ends_on, now()) and not here.inside:
        raise Stopped(rules.ENDED)
    if here.type == rules.REQUEST and here.state not in (rules.IN, rules.INVITED) and not here.staff:
        await _ask(viewer, here, way)
        return rules.ASKED
    await enter(group, viewer.person, way, (rules.IN, rules.ASKED, rules.INVITED, rules.OUT))
    return rules.IN


async def enter(group: UUID, person: UUID, way: str, before: tuple[str, ...]) -> None:
    """Whoever is in one of the states `before` is in, if there is room. Raises Full, Unknown.

    Everything that changes who is in a group holds its row first, so that of many at once for the last
    place each counts what the one before has written.
    """
    async with transaction():
        await fetch(LOCK, group)
        await fetch(PUT, uuid7(), group, person, now())
        row = (await fetch(_STATE, group, person))[0]
        if row["state"] not in before:
            raise Unknown
        if not await fetch(_ENTER, way, way, now(), group, person, group):
            raise Full
        if row["state"] != rules.IN:
            await limits.clear(INVITED, str(group), str(person))


async def leave(viewer: Viewer, group: UUID) -> None:
    """Nobody is told, and nothing is asked; again, it changes nothing. Raises Unknown for a stranger."""
    mine = (Membership.grp == group) & (Membership.person == viewer.person)
    values: dict[Any, Any] = {Membership.state: rules.OUT, Membership.facilitator: False}
    values |= {Membership.at: now(), Membership.sky: None, Membership.sky_on: None}
    values |= {Membership.sky_drawn: False, Membership.news: False}
    left = Membership.update(values).where(mine, Membership.state != rules.OUT).returning(Membership.id)
    if not await left and not await Membership.exists().where(mine):
        raise Unknown


async def say(viewer: Viewer, draft: Draft) -> Shared:
    """A post in `draft.place`. Raises what moderation.share raises; Unknown, Left, Stopped, Slow, TooMany."""
    return await moderation.or_known(viewer, draft.cid, _say(viewer, draft), (Unknown, Left, Stopped, Slow))


async def _say(viewer: Viewer, draft: Draft) -> Shared:
    group = draft.place
    if group is None or draft.kind != rules.POST:
        raise Unknown
    here = await groups_reading.find(viewer, group)
    await _may_say(here)

    async def beside(_item: Item, _before: str) -> None:
        # Asked again with the group's row held: of two posts at once, slow mode lets one through, and
        # who was muted or has left meanwhile writes no more.
        await fetch(LOCK, group)
        await _may_say(await groups_reading.find(viewer, group))
        mine = (Membership.grp == group) & (Membership.person == viewer.person)
        await Membership.update({Membership.posted_at: now()}).where(mine)

    return await moderation.share(viewer, draft, beside, SAYS)


async def react(viewer: Viewer, item: UUID, kind: int, path: str = "") -> UUID:
    """A sign for somebody else's post, as for a story; 0 takes it back. The group it stands in; its author
    is told of `path`.

    Raises Unknown, Stopped for who chose to read along only, and what may_share raises.
    """
    await may_share(viewer)
    found = await moderation.find(viewer, item)
    if found is None or found.mine or found.kind != rules.POST or found.place is None:
        raise Unknown
    here = await groups_reading.find(viewer, found.place)
    if here is None or not here.inside:
        raise Unknown
    if not here.signs:
        raise Stopped(rules.NOT_POSTING)
    await stories.sign(viewer, found, kind, path or f"/groups/{found.place}")
    return found.place


async def look_after(viewer: Viewer, here: Room) -> None:
    """Somebody who looks after it is there: kept once an hour at most."""
    if here.facilitator and here.inside and now() - here.looked_after > SEEN_EVERY:
        await Group.update({Group.looked_after: now()}).where(Group.id == here.id)


async def _may_say(here: Room | None) -> None:
    """Raises Unknown, Left, Stopped, Slow."""
    if here is None:
        raise Unknown
    if not here.inside:
        raise Left
    if here.stop:
        raise Stopped(here.stop)
    if here.again_at:
        raise Slow(here.again_at)


async def _ask(viewer: Viewer, here: Room, way: str) -> None:
    async with transaction():
        await fetch(LOCK, here.id)
        await fetch(PUT, uuid7(), here.id, viewer.person, now())
        if not await fetch(_ASK, way, now(), here.id, viewer.person):
            return
        for row in await fetch(_HOSTS, here.id):
            await notices.leave(as_uuid(row["person"]), "group", f"/groups/{here.id}/care")


LOCK = "UPDATE peer_group SET posts = posts WHERE id = {} RETURNING id"
"""Holds the group's row until the transaction ends; on SQLite the one writer does."""
PUT = """
INSERT INTO membership (id, grp, person, state, way, facilitator, at)
VALUES ({}, {}, {}, 'out', 'reading', FALSE, {}) ON CONFLICT (grp, person) DO NOTHING
"""
_STATE = "SELECT state FROM membership WHERE grp = {} AND person = {}"
_HOST = """
UPDATE membership SET state = 'in', way = 'posting', facilitator = TRUE, at = {}
WHERE grp = {} AND person = {}
"""
_ENTER = """
UPDATE membership SET way = CASE WHEN {} = '' THEN way ELSE {} END,
    at = CASE WHEN state = 'in' THEN at ELSE {} END, state = 'in'
WHERE grp = {} AND person = {} AND (state = 'in' OR facilitator
    OR (SELECT COUNT(*) FROM membership c WHERE c.grp = {} AND c.state = 'in' AND NOT c.facilitator)
        < (SELECT g.cap FROM peer_group g WHERE g.id = membership.grp))
RETURNING id
"""
_ASK = """
UPDATE membership SET state = 'asked', way = {}, at = {} WHERE grp = {} AND person = {} AND state = 'out'
RETURNING id
"""
_HOSTS = "SELECT person FROM membership WHERE grp = {} AND state = 'in' AND facilitator"
