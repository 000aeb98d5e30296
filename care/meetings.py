"""Meetings of a group: when they are and on which clock, who looks after them, and who is told when.

A meeting is kept as what the clock on the wall shows in its zone, and each of a series by itself, so that
18:00 stays 18:00 when clocks change. A time that a change leaves out is the end of the gap; one that comes
twice counts the first time (care.reminders.on_the_clock).
"""

from calendar import monthrange
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from uuid import UUID
from zoneinfo import available_timezones

from care.moments import local, zone
from care.reminders import Quiet, next_utc, on_the_clock
from care.words import N_

ONLINE, IN_PERSON, BOTH = "online", "in_person", "both"
MODES = {
    ONLINE: N_("Online, here in Beside"),
    IN_PERSON: N_("In person"),
    BOTH: N_("Both: in person, and online here in Beside"),
}
ONCE, WEEKLY, FORTNIGHT, MONTHLY = "once", "weekly", "fortnight", "monthly"
SERIES = {
    ONCE: N_("Once"),
    WEEKLY: N_("Every week"),
    FORTNIGHT: N_("Every two weeks"),
    MONTHLY: N_("Every month, on the same weekday"),
}
MOST_TIMES = 12
"""Of one series."""
SHORTEST, LONGEST, USUAL = 15, 240, 60
"""Minutes."""
FEWEST, MOST, PLACES = 2, 40, 12
AHEAD = timedelta(days=366)
"""So far away the first may be, at most."""
TITLE_LONGEST, ABOUT_LONGEST, WORDS_LONGEST, LANGUAGE_LONGEST = 60, 1_000, 300, 30
"""Characters; WORDS_LONGEST is for access, area, address, what to expect, and why one is cancelled."""

IN, WAITING, OUT, LEADS = "in", "waiting", "out", "leads"
"""What somebody is to a meeting: they come, wait for a place, do not come (any more), look after it."""

A_DAY, SOON = timedelta(hours=24), timedelta(minutes=15)
"""So long before it, whoever comes is reminded."""
DAY_LATEST = timedelta(hours=2)
"""A reminder for tomorrow that is this late is none any more."""
PUSH_LATEST = timedelta(minutes=30)
"""So long before it a phone may be told once quiet hours are over."""
ADDRESS_SHOWN = timedelta(hours=48)
KEPT = timedelta(days=90)
"""After its end: then who came, and the meeting itself, are forgotten."""

CONSENT = {
    "a": N_("My parent or carer knows where and when this is and who will be there, and says yes."),
    "b": N_("An adult I trust knows where and when this is and who will be there."),
}
"""What somebody of these bands ticks before they come in person; by the care.ages band."""

REASONS = {
    "ill": N_("Somebody who was to look after it cannot come."),
    "few": N_("Too few could come."),
    "place": N_("Something about the place or the time did not work out."),
    "other": N_("Something came up. It is not about you."),
}
"""Why a meeting does not take place. The team may say it in words of its own."""

CAME = {"yes": N_("Came"), "no": N_("Did not come"), "": N_("Not known")}
FELT = {
    "helped": N_("It helped"),
    "okay": N_("It was okay"),
    "flat": N_("Not much for me"),
    "hard": N_("It was hard"),
}
FEWEST_FELT = 5
SHARES = {"most": N_("most"), "some": N_("some"), "few": N_("a few"), "none": N_("nobody")}
"""In words, so that one answer more does not show whose it was."""


@dataclass(frozen=True, slots=True)
class Leaders:
    """Who may look after a meeting of a group: adults only, by id with their name; and of them the team's."""

    names: Mapping[UUID, str] = field(default_factory=dict)
    team: frozenset[UUID] = frozenset()
    by_team: bool = False
    """Whether who makes it is of the team."""

    def may(self, plan: "Plan") -> bool:
        """In person only the organisation invites, and two people it has checked are there."""
        two = {plan.host, plan.second}
        if len(two) < 2 or not two <= set(self.names):
            return False
        return plan.mode == ONLINE or (self.by_team and two <= self.team)


@dataclass(frozen=True, slots=True)
class Plan:
    """`wall` is what the clock shows in `zone`, without a zone of its own."""

    title: str
    wall: datetime
    zone: str
    host: UUID
    second: UUID
    about: str = ""
    minutes: int = USUAL
    mode: str = ONLINE
    cap: int = PLACES
    notes: tuple[str, ...] = ()
    series: str = ONCE
    times: int = 1
    access: str = ""
    lang: str = ""
    area: str = ""
    address: str = ""
    expect: str = ""

    @property
    def walls(self) -> list[datetime]:
        return walls(self.wall, self.series, self.times)


def moment(wall: datetime, tz: str) -> datetime:
    """In UTC."""
    return on_the_clock(wall.date(), wall.time(), zone(tz) or UTC)


def walls(first: datetime, series: str, times: int) -> list[datetime]:
    """Of each of a series. Monthly is the same weekday of the month: the second Tuesday stays the second
    Tuesday, and a fifth is the last one."""
    if series == MONTHLY:
        return [first, *(_month(first, ahead) for ahead in range(1, times))]
    weeks = {WEEKLY: 1, FORTNIGHT: 2}.get(series, 0)
    return [first + timedelta(weeks=weeks * n) for n in range(times if weeks else 1)]


def push_at(at: datetime, starts: datetime, tz: str, hours: Quiet) -> datetime | None:
    """When a phone is told of a meeting that comes: now, or when quiet hours end; None when that is too
    late, and it stands in the inbox only."""
    if not hours.covers(local(at, tz)):
        return at
    ends = (next_utc(at, span[1], tz, days, hours) for span, days in hours.spans())
    first = min((end for end in ends if end), default=None)
    return first if first and first <= starts - PUSH_LATEST else None


def mix(counts: Mapping[str, int]) -> dict[str, str]:
    """How it was for those who said so, keys of FELT with keys of SHARES; empty for fewer than five."""
    total = sum(counts.values())
    if total < FEWEST_FELT:
        return {}
    return {key: _share(counts.get(key, 0) / total) for key in FELT}


def _share(part: float) -> str:
    return "most" if part > 0.5 else "some" if part >= 0.2 else "few" if part else "none"


def named_zone(text: str) -> str:
    """The zone as the world's list of them writes it; empty for one that nobody knows."""
    return _zones().get("_".join(text[:80].split()).casefold(), "")


@lru_cache(maxsize=1)
def _zones() -> dict[str, str]:
    return {name.casefold(): name for name in available_timezones() if name not in ("Factory", "localtime")}


def _month(first: datetime, ahead: int) -> datetime:
    month = first.month - 1 + ahead
    year, month = first.year + month // 12, month % 12 + 1
    start, days = monthrange(year, month)
    day = 1 + (first.weekday() - start) % 7 + 7 * ((first.day - 1) // 7)
    return first.replace(year=year, month=month, day=day if day <= days else day - 7)
