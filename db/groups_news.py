"""That something was said in a group: told to whoever asked for it, in the inbox, once a day at most.

It says neither where nor what. What is new for them is asked as the feed asks it, so nobody hears of a post
that they may not or would rather not see; and who has just looked in, or was told, is left alone for a day.
"""

from datetime import timedelta
from typing import Any
from uuid import UUID

from piccolo.columns.combination import And

from care import groups as rules
from care.clock import now
from db import groups_reading, notices
from db.devices import Viewer
from db.engine import fetch, transaction
from db.groups_rows import Room
from db.groups_tables import Membership
from db.journal_rows import as_uuid
from db.moderation import Unknown
from db.reminder_tables import Notice

EVERY = timedelta(days=1)
LOOKED_EVERY = timedelta(hours=1)
AT_ONCE = 200


async def choose(viewer: Viewer, group: UUID, wanted: bool) -> None:
    """Whether they are told. Raises Unknown for who is not in it."""
    here = await groups_reading.find(viewer, group)
    if here is None or not here.inside:
        raise Unknown
    values: dict[Any, Any] = {Membership.news: wanted}
    values |= {Membership.news_n: here.posts, Membership.news_at: now()}
    await Membership.update(values).where(_of(viewer.person, group))


async def looked(viewer: Viewer, here: Room) -> None:
    """They have the group before them: what is in it is no news. Kept once an hour at most."""
    lately = here.news_at is not None and now() - here.news_at < LOOKED_EVERY
    if not here.inside or not here.news or (here.posts == here.news_n and lately and not here.told):
        return
    async with transaction():
        values: dict[Any, Any] = {Membership.news_n: here.posts, Membership.news_at: now()}
        await Membership.update(values).where(_of(viewer.person, here.id))
        await Notice.update({Notice.read_at: now()}).where(_unread(viewer.person, here.id))


async def tell() -> int:
    """How many were told. What was said by nobody they would see is passed over in silence."""
    told = 0
    for row in await fetch(_DUE, now() - EVERY, now(), AT_ONCE):
        who = Viewer(
            as_uuid(row["person"]), _NO_SESSION, row["name"], row["band"], row["country"], None, False
        )
        group, known = as_uuid(row["grp"]), int(row["news_n"])
        found = await groups_reading.since(who, group, known)
        if found is None:  # grown out of its age
            await Membership.update({Membership.news: False}).where(_of(who.person, group))
            continue
        # Of nothing that they may see the numbers are known all the same: else they would be asked for again
        # at every round, before those for whom there is something.
        n = found.n if found.n > known else int(row["posts"])
        told += await _told(who.person, group, known, n, bool(found.new))
    return told


async def _told(person: UUID, group: UUID, known: int, n: int, new: bool) -> bool:
    """Of several processes one does it: the first to say how far they know. A note that lies there unread
    says it already."""
    async with transaction():
        still = And(And(_of(person, group), Membership.news.eq(True)), Membership.news_n == known)
        values: dict[Any, Any] = {Membership.news_n: n}
        values |= {Membership.news_at: now()} if new else {}
        if not await Membership.update(values).where(still).returning(Membership.id) or not new:
            return False
        if await Notice.exists().where(_unread(person, group)):
            return False
        await notices.leave(person, "group", _path(group))
    return True


def _path(group: UUID) -> str:
    return f"/groups/{group}"


def _of(person: UUID, group: UUID) -> And:
    mine = And(Membership.person == person, Membership.grp == group)
    return And(mine, Membership.state == rules.IN)


def _unread(person: UUID, group: UUID) -> And:
    mine = And(Notice.person == person, Notice.path == _path(group))
    return And(mine, And(Notice.kind == "group", Notice.read_at.is_null()))


_NO_SESSION = UUID(int=0)
_DUE = """
SELECT m.person, m.grp, m.news_n, g.posts, p.name, p.band, p.country FROM membership m
JOIN peer_group g ON g.id = m.grp JOIN person p ON p.id = m.person
WHERE m.news AND m.state = 'in' AND m.news_at <= {} AND g.posts > m.news_n AND p.leaving_at IS NULL
    AND NOT EXISTS (SELECT 1 FROM choice c WHERE c.person = m.person AND c.kind = 'break' AND c.until > {})
ORDER BY m.news_at LIMIT {}
"""
