"""When a reminder comes: wall time in a zone, never in quiet hours, rarer when nobody answers."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from uuid import UUID

from care.moments import local, zone

MOST = 3  # reminders a person may have
EVERY_DAY, SCHOOL_DAYS = 0b1111111, 0b0011111
"""Bit 0 is Monday."""
STALE = timedelta(hours=3)
"""A slot this old is skipped, not sent late."""
RARER_AFTER, STOP_AFTER = 5, 10
PAUSES = (1, 3, 7, 30)  # days
TEENS = frozenset({"a", "b"})
CROWD, SPREAD = 1000, timedelta(minutes=9)
"""Beyond this many at one moment (about what one core sends in a second), each waits its own little while."""

_NIGHT = (time(23), time(6))
_SCHOOL = (time(8), time(15))


@dataclass(frozen=True, slots=True)
class Quiet:
    """From `start` to `end` on the person's own clock; none where they are equal."""

    start: time = time(22)
    end: time = time(7)
    night: bool = False
    """23:00 to 06:00 as well, whatever was chosen: for everyone under 18."""
    school: bool = False
    """Monday to Friday, 08:00 to 15:00, as well."""

    def covers(self, wall: datetime) -> bool:
        at = wall.time()
        return any(_within(at, *span) for span, days in self.spans() if days >> wall.weekday() & 1)

    def spans(self) -> Iterator[tuple[tuple[time, time], int]]:
        """Each with the days on which it holds."""
        if self.start != self.end:
            yield (self.start, self.end), EVERY_DAY
        if self.night:
            yield _NIGHT, EVERY_DAY
        if self.school:
            yield _SCHOOL, SCHOOL_DAYS


NEVER_QUIET = Quiet(time(0), time(0))


def quiet(band: str, start: time, end: time, in_school: bool) -> Quiet:
    """What holds for somebody of this band who chose these hours."""
    teen = band in TEENS
    return Quiet(start, end, night=teen, school=teen and not in_school)


def next_utc(after: datetime, at: time, tz: str, days: int, hours: Quiet = NEVER_QUIET) -> datetime | None:
    """The first moment after `after` when the clock there shows `at` on one of `days`, outside of `hours`.

    A time that a clock change leaves out comes when the gap ends; one that comes twice counts the
    first time. None when every such moment is quiet. Always from wall time, never "a day later".
    """
    here = zone(tz) or UTC
    today = after.astimezone(here).date()
    for ahead in range(-1, 16):
        day = today + timedelta(days=ahead)
        if days >> day.weekday() & 1:
            moment = on_the_clock(day, at, here)
            if moment > after and not hours.covers(moment.astimezone(here)):
                return moment
    return None


def on_the_clock(day: date, at: time, here: tzinfo) -> datetime:
    """That wall time as a moment: in a gap the end of it, of two the first."""
    wall = datetime.combine(day, at)
    moment = wall.replace(tzinfo=here, fold=0).astimezone(UTC)
    if moment.astimezone(here).replace(tzinfo=None) == wall:
        return moment
    # The clock jumps over this time. Before the jump it runs by one offset, after it by another:
    # halving the stretch between the two readings finds the jump itself, to the second.
    after = wall.replace(tzinfo=here, fold=1)
    early, late, offset = after.astimezone(UTC), moment, moment.astimezone(here).utcoffset()
    while late - early > timedelta(seconds=1):
        middle = early + timedelta(seconds=(late - early) // timedelta(seconds=2))
        if middle.astimezone(here).utcoffset() == offset:
            late = middle
        else:
            early = middle
    return late


def best_before(slot: datetime, tz: str, hours: Quiet) -> datetime:
    """Until when a phone may still show it: three hours, or less when quiet hours begin before."""
    starts = (next_utc(slot, span[0], tz, days) for span, days in hours.spans())
    return min([slot + STALE, *(start for start in starts if start)])


def spread(row: UUID, crowd: int) -> timedelta:
    """Nothing, unless many are due at once; then always the same for the same reminder."""
    return timedelta(seconds=row.int % int(SPREAD.total_seconds() + 1)) if crowd > CROWD else timedelta()


@dataclass(frozen=True, slots=True)
class Due:
    """A reminder whose moment `slot` has come. `before` is the last slot that was not skipped."""

    id: UUID
    at: time
    tz: str
    days: int
    hours: Quiet
    slot: datetime
    before: datetime | None
    unanswered: int
    answered: bool
    """Whether they checked in, or said so, since `before`."""


@dataclass(frozen=True, slots=True)
class Step:
    """What becomes of a due reminder. Without `send_at` nothing is sent for this slot."""

    next_at: datetime | None
    slot: datetime | None
    unanswered: int
    stopped: bool = False
    send_at: datetime | None = None
    until: datetime | None = None


def turn(due: Due, now: datetime, crowd: int = 0) -> Step:
    """After five unanswered in a row every second slot is left out; instead of an eleventh, it stops."""
    if now - due.slot >= STALE or due.hours.covers(local(now, due.tz)):
        return Step(_following(due, now), due.before, due.unanswered)
    unanswered = 0 if due.answered or due.before is None else due.unanswered + 1
    if unanswered >= STOP_AFTER:
        return Step(None, due.before, unanswered, stopped=True)
    following = _following(due, due.slot)
    if unanswered >= RARER_AFTER and following:
        following = _following(due, following)
    until = best_before(due.slot, due.tz, due.hours)
    later = due.slot + spread(due.id, crowd)
    send_at = later if later < until else due.slot
    return Step(following, due.slot, unanswered, send_at=send_at, until=until)


def _following(due: Due, after: datetime) -> datetime | None:
    return next_utc(after, due.at, due.tz, due.days, due.hours)


def _within(at: time, start: time, end: time) -> bool:
    return start <= at < end if start < end else at >= start or at < end
