"""The inbox in You, and the one bridge from everything that happens to a person's phone: `leave`."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from care import notices as rules
from care.clock import now
from care.notices import KINDS, SWITCHES
from care.reminders import best_before
from db import limits, notices_break
from db import notices_outgoing as outgoing
from db import reminder_choices as choices
from db.devices import Viewer
from db.engine import fetch, transaction
from db.ids import uuid7
from db.journal_rows import as_moment
from db.limits import Limit
from db.reminder_tables import Notice, NoticeSwitch, ReminderChoice
from db.tables import Person

PER_PAGE = 20
KEPT = timedelta(days=90)
TRIED = timedelta(minutes=10)
TRIES = Limit("try a push", 5, timedelta(minutes=10))


@dataclass(frozen=True, slots=True)
class Left:
    id: UUID
    kind: str
    many: int
    at: datetime
    read: bool

    @property
    def text(self) -> str:
        """Still to be translated."""
        return KINDS[self.kind].text if self.kind in KINDS else rules.FACES[rules.NOTE][0]


async def leave(person: UUID, kind: str, path: str, at: datetime | None = None, *, push: bool = True) -> None:
    """Puts a notice in the inbox and, if this kind is switched on, tells the phone: the next of three
    times a day, or at `at` for a meeting. In a break the phone stays silent, and what people did waits
    outside the inbox (db/notices_break.py). Without `push` it stands in the inbox only. Joins the caller's
    transaction.

    `kind` is one of care.notices.KINDS, `path` a page of ours with no words in it. Nothing else about
    what happened can be said here, on purpose.
    """
    if not path.startswith("/") or path.startswith("//") or len(path) > 120:
        raise ValueError("A notice leads to a page of ours.")
    told = KINDS[kind]
    async with transaction():
        await fetch(_LEAVE, uuid7(), person, kind, path, now())
        wanted = told.face == rules.PAGE or told.gentle or (told.chosen and await _wanted(person, kind))
        if push and wanted and not await notices_break.silent(person, kind, at or now()):
            await outgoing.queue([await _push(person, kind, at)])


async def try_out(viewer: Viewer) -> None:
    """Their reminder, now, on every phone of theirs: whoever asks for it is not asleep. Raises TooMany."""
    await limits.take(TRIES, str(viewer.person))
    await outgoing.queue([outgoing.Push(viewer.person, rules.MINUTE, now(), now() + TRIED)])


async def inbox(viewer: Viewer, before: str = "") -> tuple[list[Left], str]:
    """Newest first, and the `before` of the next page; empty when there is none."""
    at, row = _place(before) or (now() + timedelta(days=1), uuid7())
    below = (Notice.at < at) | ((Notice.at == at) & (Notice.id < row))
    rows = (
        await Notice.select(Notice.id, Notice.kind, Notice.many, Notice.at, Notice.read_at)
        .where(Notice.person == viewer.person, below, notices_break.seen())
        .order_by(Notice.at, Notice.id, ascending=False)
        .limit(PER_PAGE + 1)
    )
    found = [Left(r["id"], r["kind"], r["many"], r["at"], r["read_at"] is not None) for r in rows[:PER_PAGE]]
    rest = f"{found[-1].at.isoformat()}.{found[-1].id.hex}" if len(rows) > PER_PAGE else ""
    return found, rest


async def unread(person: UUID) -> int:
    theirs = (Notice.person == person) & Notice.read_at.is_null()
    n: int = await Notice.count().where(theirs, notices_break.seen())
    return n


async def open(viewer: Viewer, notice: UUID) -> str | None:
    """Marks it read; the path to go to, or None when there is no such notice of theirs."""
    mine = (Notice.id == notice) & (Notice.person == viewer.person)
    await Notice.update({Notice.read_at: now()}).where(mine, Notice.read_at.is_null())
    row = await Notice.select(Notice.path).where(mine).first()
    return str(row["path"]) if row else None


async def read_all(viewer: Viewer) -> None:
    unread = (Notice.person == viewer.person) & Notice.read_at.is_null()
    await Notice.update({Notice.read_at: now()}).where(unread, notices_break.seen())


async def switches(viewer: Viewer) -> set[str]:
    """The kinds that may come to the phone."""
    rows = await NoticeSwitch.select(NoticeSwitch.kind).where(NoticeSwitch.person == viewer.person)
    return {row["kind"] for row in rows}


async def choose(viewer: Viewer, wanted: Collection[str]) -> None:
    async with transaction():
        standing = await switches(viewer)
        rows = [
            NoticeSwitch(person=viewer.person, kind=kind, since=now())
            for kind in SWITCHES
            if kind in wanted and kind not in standing
        ]
        if rows:
            target = (NoticeSwitch.person, NoticeSwitch.kind)
            await NoticeSwitch.insert(*rows).on_conflict(target=target, action="DO NOTHING")
        if gone := [kind for kind in standing if kind not in wanted]:
            off = (NoticeSwitch.person == viewer.person) & NoticeSwitch.kind.is_in(gone)
            await NoticeSwitch.delete().where(off)


async def forget_old(at: datetime) -> None:
    """For the jobs: nobody needs to know what happened three months ago."""
    await Notice.delete().where(Notice.at < at - KEPT)


_LEAVE = """
INSERT INTO notice (id, person, kind, path, many, at) VALUES ({}, {}, {}, {}, 1, {})
ON CONFLICT (person, kind, path) WHERE read_at IS NULL
DO UPDATE SET many = notice.many + 1, at = EXCLUDED.at
"""


async def _wanted(person: UUID, kind: str) -> bool:
    return bool(
        await fetch("SELECT 1 AS yes FROM notice_switch WHERE person = {} AND kind = {}", person, kind)
    )


async def _push(person: UUID, kind: str, at: datetime | None) -> outgoing.Push:
    row = await ReminderChoice.select().where(ReminderChoice.person == person).first()
    band = await Person.select(Person.band).where(Person.id == person).first()
    choice = choices.read(row, band["band"] if band else "a", rules.say())
    if KINDS[kind].face == rules.PAGE:  # somebody on duty said when; nothing of theirs is quiet then
        return outgoing.Push(person, rules.PAGE, now(), rules.until(kind, now()))
    moment = rules.send_at(kind, choice.from_now, choice.tz, choice.hours, at)
    return outgoing.Push(person, rules.NOTE, moment, best_before(moment, choice.tz, choice.hours))


def _place(text: str) -> tuple[datetime, UUID] | None:
    try:
        at, _, row = text.rpartition(".")
        return as_moment(at), UUID(row)
    except (ValueError, OverflowError):
        return None
