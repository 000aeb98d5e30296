"""After a hard time, one quiet question a day, three days and a week later, for those who want it."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, time, timedelta

from care.moments import local, the_time
from care.reminders import EVERY_DAY, Quiet, next_utc
from care.words import N_

STEPS = {
    1: N_("Tomorrow"),
    3: N_("In three days"),
    7: N_("In a week"),
}
"""Days after, and the words for them."""
ANSWERS = {
    "better": N_("Better"),
    "same": N_("About the same"),
    "worse": N_("Worse"),
    "stop": N_("Stop asking"),
}


@dataclass(frozen=True, slots=True)
class Plan:
    steps: tuple[int, ...]
    at: time
    push: bool


def plan(steps: Iterable[str], at: str, push: bool) -> Plan:
    """Whatever a form sends gives a plan: nobody should have to mend a form on such a day."""
    chosen = tuple(step for step in STEPS if str(step) in steps)
    return Plan(chosen or tuple(STEPS), the_time(at) or time(17), push)


def moments(chosen: Plan, now: datetime, tz: str, hours: Quiet) -> dict[int, datetime]:
    """When each question comes: the chosen time nearest to so many days from now, or the end of quiet."""
    eves = {step: now + timedelta(days=step, hours=-12) for step in chosen.steps}
    return {step: _moment(eve, chosen.at, tz, hours) for step, eve in eves.items()}


def suggested(now: datetime, tz: str) -> str:
    """The same time of day as now, as a form writes it; five in the afternoon for a night."""
    wall = local(now, tz)
    return f"{wall:%H}:00" if 9 <= wall.hour <= 20 else "17:00"


def _moment(eve: datetime, at: time, tz: str, hours: Quiet) -> datetime:
    wanted = next_utc(eve, at, tz, EVERY_DAY) or eve
    if not hours.covers(local(wanted, tz)):
        return wanted
    ends = [next_utc(wanted, span[1], tz, EVERY_DAY, hours) for span, _ in hours.spans()]
    return min([end for end in ends if end], default=wanted)
