"""What one person chose for all reminders and notices: zone, quiet hours, words, a pause, on or off."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from typing import Any
from uuid import UUID

from care import notices as words
from care import reminders as rules
from care.clock import now
from care.notices import Said
from care.reminders import Quiet
from db import keys
from db.devices import Viewer
from db.reminder_tables import ReminderChoice

FROM, TO = "22:00", "07:00"
Row = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Choice:
    tz: str
    """Empty until a phone or the person has named it."""
    follows: bool
    start: time
    end: time
    in_school: bool
    on: bool
    paused_until: datetime | None
    said: Said
    hours: Quiet
    """What really holds, with what is fixed for those under 18."""

    @property
    def quiet(self) -> tuple[datetime, datetime] | None:
        """From and to, as moments for what writes clocks; None when nothing was chosen to be quiet."""
        ends = [datetime.combine(date(2000, 1, 1), at, UTC) for at in (self.start, self.end)]
        return (ends[0], ends[1]) if self.start != self.end else None

    @property
    def from_now(self) -> datetime:
        """The moment after which something may come again: now, or the end of a pause."""
        return max(now(), self.paused_until or now())


async def of(viewer: Viewer, lock: bool = False) -> Choice:
    """The defaults for somebody who never chose. `lock`, in a transaction, makes the row and holds it."""
    if lock:
        await _make(viewer.person)
    row = await ReminderChoice.select().where(ReminderChoice.person == viewer.person).first()
    said = await opened(viewer.person, row["said"]) if row and row["said"] else words.say()
    return read(row, viewer.band, said)


def read(row: Row | None, band: str, said: Said) -> Choice:
    found = row or {"quiet_from": FROM, "quiet_to": TO, "in_school": False}
    paused = found.get("paused_until")
    start, end = time.fromisoformat(found["quiet_from"]), time.fromisoformat(found["quiet_to"])
    return Choice(
        tz=found.get("tz", ""),
        follows=found.get("follows", False),
        start=start,
        end=end,
        in_school=found["in_school"],
        on=found.get("switched_off_at") is None,
        paused_until=paused if paused and paused > now() else None,
        said=said,
        hours=rules.quiet(band, start, end, found["in_school"]),
    )


async def change(person: UUID, **values: Any) -> None:
    """After `of(viewer, lock=True)`, in the same transaction."""
    columns = {getattr(ReminderChoice, name): value for name, value in values.items()}
    await ReminderChoice.update(columns).where(ReminderChoice.person == person)


async def sealed(person: UUID, said: Said) -> bytes:
    return await keys.seal(person, "reminder_choice", "said", person, words.pack(said))


async def opened(person: UUID, value: bytes) -> Said:
    return words.unpack(await keys.open(person, "reminder_choice", "said", person, value))


async def _make(person: UUID) -> None:
    """Setting the person to itself locks a row that is there, so that changes come one after the other."""
    row = ReminderChoice(person=person, tz="", quiet_from=FROM, quiet_to=TO)
    await ReminderChoice.insert(row).on_conflict(
        target=ReminderChoice.person, action="DO UPDATE", values=[(ReminderChoice.person, person)]
    )
