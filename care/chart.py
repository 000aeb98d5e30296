"""Skies over time: days with their gaps, the shape of the four-week drawing, and both in words.

A gap is a gap: it is never drawn as zero, never joined over, and nothing is said about it.
Nothing here compares a week with the one before; that is for people, not for a drawing.
"""

from calendar import monthrange
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from math import floor

from care import feelings
from care.words import N_, _, ngettext

WIDTH, HEIGHT, PAD = 320, 112, 10
FOUR_WEEKS = 28
ENOUGH_FOR_A_RANGE = 4
_DAYS = (
    *(N_("Monday"), N_("Tuesday"), N_("Wednesday"), N_("Thursday")),
    *(N_("Friday"), N_("Saturday"), N_("Sunday")),
)


@dataclass(frozen=True)
class Day:
    date: date
    mean: float | None = None
    """Of the day's skies, 1 to 5; None when nobody chose one."""
    checkins: int = 0
    entries: int = 0
    words: tuple[str, ...] = ()
    notes: int = 0

    @property
    def mood(self) -> int | None:
        """The day as one sky; a half goes to the lighter one."""
        return None if self.mean is None else floor(self.mean + 0.5)

    @property
    def sky(self) -> str:
        return feelings.sky(self.mood)

    @property
    def letter(self) -> str:
        return _("M T W T F S S").split()[self.date.weekday()]

    @property
    def said(self) -> str:
        """For a screen reader beside the picture: "Monday: low"."""
        sky = feelings.sky(self.mood).lower() or _("no sky")
        return f"{_(_DAYS[self.date.weekday()])}: {sky}"

    @property
    def told(self) -> str:
        """What the year view reads out after the date: "low, tired; 2 notes"."""
        named = ", ".join(filter(None, (feelings.sky(self.mood).lower(), *map(feelings.word, self.words))))
        notes = ngettext("%(n)d note", "%(n)d notes", self.notes) % {"n": self.notes} if self.notes else ""
        return "; ".join(filter(None, (named, notes))) or _("an entry")


@dataclass(frozen=True)
class Month:
    days: list[Day]

    @property
    def first(self) -> date:
        return self.days[0].date

    @property
    def last(self) -> date:
        return self.days[-1].date


@dataclass(frozen=True)
class Dot:
    x: float
    y: float
    mood: int


@dataclass(frozen=True)
class Chart:
    days: Sequence[Day]
    grid: tuple[float, ...]
    lines: tuple[str, ...]
    """SVG path data, one for each run of days without a gap."""
    dots: tuple[Dot, ...]
    summary: str
    width: int = WIDTH
    height: int = HEIGHT


def span(found: Mapping[date, Day], last: date, count: int = FOUR_WEEKS) -> list[Day]:
    """The `count` days up to `last`, oldest first, with the empty ones in place."""
    days = (last - timedelta(days=back) for back in reversed(range(count)))
    return [found.get(day) or Day(day) for day in days]


def months(found: Mapping[date, Day]) -> list[Month]:
    """Months from their first day, newest first; the newest ends with the last day that holds anything."""
    if not found:
        return []
    year, first, last = min(found).year, min(found).month, max(found)
    ends = [date(year, month, monthrange(year, month)[1]) for month in range(last.month - 1, first - 1, -1)]
    return [Month(span(found, end, end.day)) for end in (last, *ends)]


def draw(days: Sequence[Day]) -> Chart:
    runs: list[list[Dot]] = [[]]
    for place, day in enumerate(days):
        if day.mean is None or day.mood is None:
            runs.append([])
        else:
            runs[-1].append(Dot(_across(place, len(days)), _up(day.mean), day.mood))
    lines = tuple("M" + "L".join(f"{dot.x} {dot.y}" for dot in run) for run in runs if len(run) > 1)
    dots = tuple(dot for run in runs for dot in run)
    return Chart(days, tuple(_up(mood) for mood in range(1, 6)), lines, dots, summary(days))


def summary(days: Sequence[Day]) -> str:
    """ "27 check-ins. Mostly so-so to okay." The middle half of the days is what "mostly" means."""
    count = sum(day.checkins for day in days)
    if not count:
        return _("No check-ins in these four weeks.")
    said = ngettext("%(n)d check-in.", "%(n)d check-ins.", count) % {"n": count}
    moods = sorted(day.mood for day in days if day.mood)
    if len(moods) < ENOUGH_FOR_A_RANGE:
        return said
    quarter = len(moods) // 4
    low, high = (feelings.sky(moods[i]).lower() for i in (quarter, -1 - quarter))
    mostly = _("Mostly %(low)s.") if low == high else _("Mostly %(low)s to %(high)s.")
    return f"{said} {mostly % {'low': low, 'high': high}}"


def noticed(days: Sequence[Day]) -> str:
    count = sum(1 for day in days if day.checkins)
    return ngettext(
        "You noticed how you felt on %(n)d day.", "You noticed how you felt on %(n)d days.", count
    ) % {"n": count}


def _across(place: int, count: int) -> float:
    return round(PAD + place * (WIDTH - 2 * PAD) / max(count - 1, 1), 1)


def _up(mood: float) -> float:
    return round(HEIGHT - PAD - (mood - 1) * (HEIGHT - 2 * PAD) / 4, 1)
