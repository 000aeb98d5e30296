"""The order in which held words are read: by risk, then by age, and nothing amber waits for ever."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from statistics import median
from typing import Protocol, TypeVar
from uuid import UUID

from care.moments import zone
from care.words import N_, _, ngettext

GREEN, AMBER, RED, DANGER = 0, 1, 2, 3
TIERS = (GREEN, AMBER, RED, DANGER)
NAMES = {GREEN: N_("calm"), AMBER: N_("amber"), RED: N_("red"), DANGER: N_("danger")}
AGEING = timedelta(hours=4)
"""After each of these an item counts one tier more, up to red: nothing ever passes danger."""
_LAST = UUID(int=(1 << 128) - 1)
_ALL = (datetime(1970, 1, 1, tzinfo=UTC), UUID(int=0))
_NONE = (datetime(2999, 1, 1, tzinfo=UTC), _LAST)


class Queued(Protocol):
    @property
    def id(self) -> UUID: ...
    @property
    def risk(self) -> int: ...
    @property
    def since(self) -> datetime: ...


Q = TypeVar("Q", bound=Queued)


@dataclass(frozen=True, slots=True)
class Place:
    """Where a page of the queue ended, and the moment by which ages are counted on all its pages."""

    at: datetime
    tier: int
    since: datetime
    id: UUID


def tier(risk: int, since: datetime, at: datetime) -> int:
    """The tier it counts as now."""
    if risk >= RED:
        return risk
    return min(RED, risk + max(0, (at - since) // AGEING))


def ordered(items: Iterable[Q], at: datetime) -> list[Q]:
    return sorted(items, key=lambda one: (-tier(one.risk, one.since, at), one.since, one.id))


def bounds(place: Place | None) -> dict[int, tuple[datetime, UUID]]:
    """For each risk as it was given, the `(since, id)` after which its items come after `place`.

    Within one risk the oldest always comes first, whatever it has aged to, so that each risk can be read
    from an index and the few heads merged: a page costs the same whether ten wait or ten thousand.
    """
    return {risk: _bound(risk, place) if place else _ALL for risk in TIERS}


def _bound(risk: int, place: Place) -> tuple[datetime, UUID]:
    """The page's last item, moved between those of this risk that count more and those that count less."""
    here = (place.since, place.id)
    if risk == place.tier >= RED:
        return here
    if risk < RED and risk <= place.tier <= RED:
        # A moment exactly so old has reached the tier already.
        less = (place.at - AGEING * (place.tier - risk), _LAST)
        more = (place.at - AGEING * (place.tier - risk + 1), _LAST) if place.tier < RED else _ALL
        return max(more, min(here, less))
    return _ALL if risk < place.tier else _NONE


ENOUGH = 5
"""Fewer decisions than these say nothing about how long it takes."""


def usual(waits: Sequence[timedelta]) -> timedelta | None:
    """The median of how long decided items waited, rounded up to something a person would say."""
    if len(waits) < ENOUGH:
        return None
    middle = timedelta(seconds=median(wait.total_seconds() for wait in waits))
    steps = [timedelta(minutes=m) for m in (5, 15, 30)]
    rounded = next((step for step in steps if middle <= step), None)
    return rounded or timedelta(hours=-(-middle // timedelta(hours=1)))


@dataclass(frozen=True, slots=True)
class Hours:
    """When somebody is usually on duty, every day, on this instance's own clock."""

    opens: time
    closes: time
    tz: str

    def next(self, at: datetime) -> datetime:
        """The next moment the desk opens."""
        clock = zone(self.tz) or UTC
        today = at.astimezone(clock).date()
        days = (datetime.combine(today + timedelta(days=n), self.opens, clock) for n in range(3))
        return next(day.astimezone(UTC) for day in days if day > at)


def hours(text: str) -> Hours | None:
    """From "16:00-22:00 Europe/London"; None for anything else."""
    span, _, tz = text.strip().partition(" ")
    opens, _, closes = span.partition("-")
    try:
        found = Hours(time.fromisoformat(opens), time.fromisoformat(closes), tz.strip())
    except ValueError:
        return None
    return found if zone(found.tz) else None


def span(length: timedelta) -> str:
    """How long something waits or takes, in a few letters."""
    minutes = max(0, int(length.total_seconds() // 60))
    if not minutes:
        return _("a moment")
    if minutes < 60:
        return ngettext("%(num)s minute", "%(num)s minutes", minutes) % {"num": minutes}
    if minutes < 48 * 60:
        hours = round(minutes / 60)
        return ngettext("%(num)s hour", "%(num)s hours", hours) % {"num": hours}
    days = round(minutes / 1440)
    return ngettext("%(num)s day", "%(num)s days", days) % {"num": days}
