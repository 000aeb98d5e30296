"""Who is on duty, since when, and how long the held usually wait: what a page may promise."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from care.clock import now
from care.queue import Hours, hours, usual
from care.staff import INCLUDES, ROLES
from db import notices, staff
from db.devices import Viewer
from db.engine import transaction
from db.ids import uuid7
from db.journal_rows import as_moment, as_uuid
from db.moderation_tables import Ruling, Shift
from db.tables import Instance

DESK = "moderator"
LONGEST = timedelta(hours=8)
HINT = timedelta(minutes=90)
"""After so long at the desk it suggests a break."""
COUNTED, MONTH = 200, timedelta(days=30)
"""The median is that of the newest decisions, so many at most, and none older."""


class NotStaff(Exception):
    """This person does not work at the desk; for them it does not exist."""


@dataclass(frozen=True, slots=True)
class On:
    person: UUID
    name: str
    since: datetime
    until: datetime

    @property
    def tired(self) -> bool:
        return now() - self.since >= HINT


@dataclass(frozen=True, slots=True)
class Wait:
    """What an author is told while their words are held."""

    on_duty: bool
    usual: timedelta | None
    opens: datetime | None

    @property
    def in_(self) -> timedelta:
        """Until it opens."""
        return self.opens - now() if self.opens else timedelta()


async def begin(viewer: Viewer, length: timedelta = timedelta(hours=4)) -> None:
    desk(viewer)
    row = Shift(id=uuid7(), person=viewer.person, started_at=now(), until=now() + min(length, LONGEST))
    async with transaction():
        await _end_over(viewer.person)
        await Shift.insert(row).on_conflict(action="DO NOTHING")


async def end(viewer: Viewer) -> None:
    desk(viewer)
    mine = (Shift.person == viewer.person) & Shift.ended_at.is_null()
    await Shift.update({Shift.ended_at: now()}).where(mine)


async def on() -> list[On]:
    """Everybody on duty now who may still act at the desk, in the order they came: one statement."""
    rows = await Shift.raw(f"{_ON} ORDER BY shift.started_at", now())
    return [
        On(as_uuid(row["id"]), row["name"], as_moment(row["started_at"]), as_moment(row["until"]))
        for row in rows
    ]


def on_duty(role: str) -> str:
    """The SQL for whoever may act in this role and is on duty at the moment `{}`."""
    held = ", ".join(f"'{each}'" for each in ROLES if each == role or role in INCLUDES.get(each, ()))
    return f"""
SELECT person.id, person.name, shift.started_at, shift.until
FROM shift JOIN person ON person.id = shift.person
WHERE shift.ended_at IS NULL AND shift.until > {{}}
    AND EXISTS (SELECT 1 FROM staff_role s WHERE s.person = person.id AND s.removed_at IS NULL
        AND s.role IN ({held}))
    AND EXISTS (SELECT 1 FROM second_factor f WHERE f.person = person.id AND f.confirmed_at IS NOT NULL)
"""  # noqa: S608 - our own words


_ON = on_duty(DESK)


async def wait() -> Wait:
    at = now()
    on_duty = bool(await on())
    rows = (
        await Ruling.select(Ruling.waited)
        .where(Ruling.waited.is_not_null(), Ruling.at > at - MONTH)
        .order_by(Ruling.at, ascending=False)
        .limit(COUNTED)
    )
    set_hours = await staffed()
    opens = set_hours.next(at) if set_hours and not on_duty else None
    return Wait(on_duty, usual([timedelta(seconds=row["waited"]) for row in rows]), opens)


async def staffed() -> Hours | None:
    """What the operator wrote as `staffed_hours`; None when nothing was, or nothing readable."""
    row = await Instance.select(Instance.value).where(Instance.name == "staffed_hours").first()
    return hours(row["value"]) if row else None


async def set_staffed(text: str) -> bool:
    """The operator's words for when the desk is staffed, "16:00-22:00 Europe/London"; False if unreadable."""
    if hours(text) is None:
        return False
    row, changed = Instance(name="staffed_hours", value=text), [(Instance.value, text)]
    await Instance.insert(row).on_conflict(target=Instance.name, action="DO UPDATE", values=changed)
    return True


async def call(path: str = "/moderation") -> None:
    """Calls everybody on duty; when nobody is, those who lead on safety, or else all who may work at the
    desk: what is urgent is never told to nobody. Joins the caller's transaction."""
    people = {one.person for one in await on()} or await staff.ready("safeguarding")
    for person in people or await staff.ready(DESK):
        await notices.leave(person, "duty", path)


def desk(viewer: Viewer) -> None:
    """Raises NotStaff unless this session may work at the desk."""
    if not viewer.acts_as(DESK):
        raise NotStaff


async def _end_over(person: UUID) -> None:
    over = (Shift.person == person) & Shift.ended_at.is_null() & (Shift.until <= now())
    await Shift.update({Shift.ended_at: Shift.until}).where(over)
