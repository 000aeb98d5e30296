"""What is done, once for each, about those whom nobody answered; and the team's own answer.

Every claim is one conditional UPDATE in the transaction of what follows from it: of several processes one
does it, and one that is killed half way has done nothing.
"""

from datetime import datetime, timedelta
from uuid import UUID

from care.clock import now
from care.queue import AMBER
from care.shared import Draft
from care.unheard import CALL, LATE, LONGEST, REST, SUPPORTERS, TOLD
from db import controls, holds, notices, shifts, stories, unheard
from db.decisions import Late
from db.devices import Viewer
from db.engine import DB, fetch, transaction
from db.journal_rows import as_uuid
from db.moderation import Shared
from db.moderation_tables import Hold

AT_ONCE = 20


class _Nobody(Exception):
    """All whom it could have been told were asked for something else meanwhile."""


async def tell_supporters() -> int:
    """How many stories were told to somebody. Those for whom nobody is free are looked at again."""
    ready, told = await _ready(), 0
    for side, after in SUPPORTERS.items():
        free = [one for one in ready if one.band in _BANDS[side]]
        due = await fetch(_DUE, side, *_between(after), AT_ONCE) if free else []
        for row in due:
            item = as_uuid(row["item"])
            able = await _able(free, item)
            told += bool(able and await _tell(item, able, "perspectives" if row["until"] else "stories"))
            free = [one for one in free if one not in able]
            if not free:
                break
    return told


async def call_desk() -> int:
    """How many were called about. With nobody on shift they wait for the next: no one is woken for this."""
    if not await fetch(_CALLABLE, *_between(CALL)):
        return 0
    people = {one.person for one in await shifts.on()}
    if not people:
        return 0
    async with transaction():
        found = await fetch(_mark("called_at"), now(), *_between(CALL), AT_ONCE)
        for person in people if found else ():
            await notices.leave(person, "duty", "/moderation")
    return len(found)


async def hand_over() -> int:
    """Puts into the desk's queue the stories nobody answered in a day: an ask closes by itself."""
    async with transaction():
        found = await fetch(_mark("desk_at", " AND until IS NULL"), now(), *_between(LATE), AT_ONCE)
        for row in found:
            author = (await fetch(_AUTHOR, row["item"]))[0]["author"]
            await holds.begin("unheard", as_uuid(row["item"]), as_uuid(author), "unheard", AMBER)
    return len(found)


async def close_answered() -> None:
    """Somebody answered after all, or its author took it back, or its time is over: nothing is left to do."""
    await fetch(_OVER, now())
    await fetch(_CLOSE, now())


async def answer(viewer: Viewer, hold: UUID, draft: Draft) -> Shared:
    """The team's own, through the same door as everybody's. Raises Late, and what stories.reply raises."""
    shifts.desk(viewer)
    open_ = (Hold.id == hold) & (Hold.kind == "unheard") & Hold.ended_at.is_null()
    row = await Hold.select(Hold.subject).where(open_).first()
    if row is None or as_uuid(row["subject"]) != draft.place:
        raise Late
    shared = await stories.reply(viewer, draft)
    # Two of the team at once both answer: two answers are what is wanted.
    await Hold.update({Hold.ended_at: now()}).where(open_)
    return shared


async def _ready() -> list[Viewer]:
    """Supporters who are willing and neither rest nor take a break, those asked longest ago first."""
    at = now()
    return [
        Viewer(as_uuid(row["id"]), _NO_SESSION, row["name"], row["band"], row["country"], None, False)
        for row in await fetch(_READY, at, AT_ONCE)
    ]


async def _able(free: list[Viewer], item: UUID) -> list[Viewer]:
    """Who may see it, would see it by their own choices, and has not answered it."""
    able: list[Viewer] = []
    for one in free:
        if len(able) < TOLD and await unheard.waiting(one, only=item):
            able.append(one)
    return able


async def _tell(item: UUID, people: list[Viewer], where: str) -> bool:
    try:
        async with transaction():
            if not await fetch(_TOLD, now(), item):
                return False
            asked = [one for one in people if await controls.ask(one.person, item, REST)]
            for one in asked:
                await notices.leave(one.person, "asked", f"/{where}/{item}")
            if not asked:
                raise _Nobody
    except _Nobody:
        return False
    return True


def _between(waited: timedelta) -> tuple[datetime, datetime]:
    at = now()
    return at - LONGEST, at - waited


def _mark(column: str, only: str = "") -> str:
    locked = " FOR UPDATE SKIP LOCKED" if DB.engine_type == "postgres" else ""
    return (
        f"UPDATE unheard SET {column} = {{}} WHERE {column} IS NULL AND item IN (SELECT item FROM unheard"  # noqa: S608
        f" WHERE waits AND replies = 0 AND {column} IS NULL AND since > {{}} AND since <= {{}}{only}"
        f" ORDER BY since LIMIT {{}}{locked}) RETURNING item"
    )


_BANDS = {"t": "ab", "y": "c"}
_NO_SESSION = UUID(int=0)
_DUE = """SELECT item, until FROM unheard WHERE waits AND replies = 0 AND told_at IS NULL AND side = {}
    AND since > {} AND since <= {} ORDER BY since LIMIT {}"""
_CALLABLE = """SELECT 1 AS due FROM unheard WHERE waits AND replies = 0 AND called_at IS NULL
    AND since > {} AND since <= {} LIMIT 1"""
_TOLD = """UPDATE unheard SET told_at = {} WHERE item = {} AND told_at IS NULL AND waits AND replies = 0
    RETURNING item"""
_AUTHOR = "SELECT author FROM item WHERE id = {}"
_OVER = "UPDATE unheard SET waits = FALSE WHERE waits AND until IS NOT NULL AND until <= {}"
_CLOSE = """UPDATE hold SET ended_at = {} WHERE kind = 'unheard' AND ended_at IS NULL
    AND subject IN (SELECT item FROM unheard WHERE replies > 0 OR NOT waits) RETURNING id"""
_READY = """
SELECT person.id, person.name, person.band, person.country FROM staff_role s
JOIN person ON person.id = s.person JOIN choice w ON w.person = person.id AND w.kind = 'willing'
WHERE s.role = 'supporter' AND s.removed_at IS NULL AND person.leaving_at IS NULL
    AND NOT EXISTS (SELECT 1 FROM choice c
        WHERE c.person = person.id AND c.kind IN ('rest', 'break') AND c.until > {})
ORDER BY (SELECT MAX(c.at) FROM choice c WHERE c.person = person.id AND c.kind = 'rest'), person.id LIMIT {}
"""
