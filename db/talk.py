"""The private talk: begun by whoever leads on safety, answered and ended by either side.

Nobody else takes part: to a moderator without that role, to peers and to strangers it does not exist.
"""

import asyncio
from datetime import datetime
from typing import Any
from uuid import UUID

from care import ladder
from care import talk as rules
from care.clock import now
from care.rulings import SAFEGUARDING, WITHDRAWN, NotAllowed
from care.talk import LEAD, PERSON
from db import keys, ledger, notices, safe, shifts, staff
from db.devices import Viewer
from db.engine import UNIQUE, transaction
from db.holds import Late
from db.ids import uuid7
from db.journal_rows import as_uuid
from db.ledger import Fact
from db.moderation_rows import Row
from db.moderation_tables import Hold
from db.talk_tables import Talk, TalkLine, TalkNote

ROLE = "safeguarding"
MINE, DESK = "/account/safety/talk", "/moderation/talk"
"""Where the person reads it, and where the leads do."""


class Unknown(Exception):
    """There is no such talk for this viewer."""


class Ended(Exception):
    """It ended before these words came."""


def lead(viewer: Viewer) -> None:
    """Raises NotStaff unless this session may act for whoever leads on safety."""
    if not viewer.acts_as(ROLE):
        raise shifts.NotStaff


async def begin(viewer: Viewer, hold: UUID, text: str) -> UUID:
    """With a first message, about words that are with safety. Raises ValueError, Late, NotAllowed."""
    lead(viewer)
    said, at, id = rules.tidy(text), now(), uuid7()
    rows: list[Row] = await Hold.raw(_ABOUT, hold)
    if not rows:
        raise Late
    person, item = as_uuid(rows[0]["person"]), as_uuid(rows[0]["subject"])
    if rows[0]["state"] not in (SAFEGUARDING, WITHDRAWN) or person == viewer.person:
        raise NotAllowed("A talk begins from words that are with safety, and of somebody else.")
    row = Talk(id=id, person=person, item=item, lead=viewer.person, at=at, said_at=at, turn=LEAD, outcome="")
    line = await _line(viewer, id, person, said, uuid7())
    try:
        async with transaction():
            await Talk.insert(row)
            await TalkLine.insert(line)
            await ledger.write(Fact(item, person, "talk", "none", "open", viewer.person))
            await notices.leave(person, "talk", f"{MINE}/{id}")
    except UNIQUE:  # another lead was quicker, or their earlier talk is still open
        raise Late from None
    return id


async def say(viewer: Viewer, talk: UUID, text: str, cid: UUID) -> None:
    """A lead's message; the same `cid` again changes nothing. Raises ValueError, Unknown, Ended."""
    lead(viewer)
    person = await _whose(viewer, talk)
    line = await _line(viewer, talk, person, rules.tidy(text), cid)
    async with transaction():
        if await _put(line):
            await notices.leave(person, "talk", f"{MINE}/{talk}")


async def answer(viewer: Viewer, talk: UUID, text: str, cid: UUID) -> str:
    """The person's own message; the card to show them now. Their words are read only for that: nothing
    is held back, and what the reader thinks is not kept. Raises ValueError, Unknown, Ended."""
    await _mine(viewer, talk)
    said = rules.tidy(text)
    line = await _line(viewer, talk, viewer.person, said, cid)
    reading = (await asyncio.to_thread(ladder.read, said))[0]
    async with transaction():
        if await _put(line):
            await call(talk)
    return ladder.card(reading.tier, reading.about)


async def say_safe(viewer: Viewer, talk: UUID, reply: str) -> None:
    """Their answer to whether they are safe right now. Raises ValueError, Unknown, Ended."""
    if reply not in rules.ANSWERS:
        raise ValueError("One of three.")
    await _mine(viewer, talk)
    async with transaction():
        await _open(talk, PERSON)
        await safe.keep(viewer.person, reply, talk=talk)
        await call(talk, urgent=reply in rules.CALLS)


async def leave(viewer: Viewer, talk: UUID) -> None:
    """The person ends it, without a reason. Raises Unknown."""
    await _mine(viewer, talk)
    async with transaction():
        if await _end(talk, viewer, ""):
            await call(talk)


async def end(viewer: Viewer, talk: UUID, outcome: str) -> None:
    """A lead ends it. Raises ValueError for no outcome, Unknown, Ended."""
    lead(viewer)
    person = await _whose(viewer, talk)
    if outcome not in rules.OUTCOMES:
        raise ValueError("An outcome must be chosen.")
    async with transaction():
        if not await _end(talk, viewer, outcome):
            raise Ended
        await notices.leave(person, "talk", f"{MINE}/{talk}")


async def note(viewer: Viewer, talk: UUID, text: str) -> None:
    """For the leads only, also after the end. Raises ValueError, Unknown."""
    lead(viewer)
    person, id = await _whose(viewer, talk), uuid7()
    said = rules.tidy(text).encode("utf-8", "replace")
    sealed = await keys.seal(person, "talk_note", "sealed", id, said)
    await TalkNote.insert(TalkNote(id=id, talk=talk, by=viewer.person, sealed=sealed, at=now()))


async def look_again(viewer: Viewer, talk: UUID, hours: int) -> None:
    """The leads are called then, if it is still open. Raises ValueError, Unknown, Ended."""
    lead(viewer)
    await _whose(viewer, talk)
    values: dict[Any, Any] = {Talk.again_at: rules.again_at(hours, now()), Talk.called_at: None}
    if not await Talk.update(values).where(Talk.id == talk, Talk.ended_at.is_null()).returning(Talk.id):
        raise Ended


async def come_due(at: datetime) -> None:
    """For the jobs: each follow-up calls the leads once, however many processes look."""
    due = (Talk.again_at <= at) & Talk.called_at.is_null() & Talk.ended_at.is_null()
    for row in await Talk.select(Talk.id).where(due).order_by(Talk.again_at).limit(100):
        async with transaction():
            if await Talk.update({Talk.called_at: at}).where(Talk.id == row["id"], due).returning(Talk.id):
                await call(row["id"])


async def forget_old(at: datetime) -> None:
    """For the jobs: a year after its end nothing of a talk is left but the ledger's two lines."""
    await Talk.delete().where(Talk.ended_at <= at - rules.KEPT)


async def call(talk: UUID, urgent: bool = False) -> None:
    """The leads on duty. When none is, the one who began it; all of them when it is urgent, or when that
    one leads no more."""
    row = await Talk.select(Talk.lead, Talk.person).where(Talk.id == talk).first()
    if row is None:
        return
    leads = await staff.ready(ROLE) - {as_uuid(row["person"])}
    here = leads & {one.person for one in await shifts.on()}
    first = set() if urgent else leads & {as_uuid(row["lead"])}
    for person in here or first or leads:
        await notices.leave(person, "duty", f"{DESK}/{talk}")


_ABOUT = """
SELECT hold.subject, hold.person, item.state FROM hold JOIN item ON item.id = hold.subject
WHERE hold.id = {} AND hold.kind = 'item' AND hold.ended_at IS NULL
"""


async def _mine(viewer: Viewer, talk: UUID) -> None:
    if not await Talk.exists().where(Talk.id == talk, Talk.person == viewer.person):
        raise Unknown


async def _whose(viewer: Viewer, talk: UUID) -> UUID:
    """The person; a lead never works on a talk about themselves."""
    row = await Talk.select(Talk.person).where(Talk.id == talk).first()
    if row is None or as_uuid(row["person"]) == viewer.person:
        raise Unknown
    return as_uuid(row["person"])


async def _line(viewer: Viewer, talk: UUID, person: UUID, said: str, cid: UUID) -> TalkLine:
    """Sealed before any transaction: keys are another database."""
    id, words = uuid7(), said.encode("utf-8", "replace")
    sealed = await keys.seal(person, "talk_line", "sealed", id, words)
    who = PERSON if viewer.person == person else LEAD
    return TalkLine(id=id, talk=talk, cid=cid, who=who, by=viewer.person, sealed=sealed, at=now())


async def _put(line: TalkLine) -> bool:
    """False when it is there already. Raises Ended."""
    await _open(as_uuid(line.talk), line.who)
    once = TalkLine.insert(line).on_conflict(target=(TalkLine.talk, TalkLine.cid), action="DO NOTHING")
    return bool(await once.returning(TalkLine.id))


async def _open(talk: UUID, turn: str) -> None:
    """Locks the row, so that nobody ends it in between. Raises Ended."""
    values: dict[Any, Any] = {Talk.said_at: now(), Talk.turn: turn}
    if not await Talk.update(values).where(Talk.id == talk, Talk.ended_at.is_null()).returning(Talk.id):
        raise Ended


async def _end(talk: UUID, by: Viewer, outcome: str) -> bool:
    """False when it had ended. The ledger keeps that it ended, and not how: moderators may read it."""
    values: dict[Any, Any] = {Talk.ended_at: now(), Talk.ended_by: by.person, Talk.outcome: outcome}
    still = (Talk.id == talk) & Talk.ended_at.is_null()
    rows = await Talk.update(values).where(still).returning(Talk.person, Talk.item)
    if rows:
        person, item = as_uuid(rows[0]["person"]), rows[0]["item"]
        await ledger.write(Fact(item, person, "end talk", "open", "closed", by.person))
    return bool(rows)
