"""Reminders as a calendar file, for phones that cannot be told otherwise: a discreet title and no address."""

from collections.abc import Iterable
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from icalendar import Alarm, Calendar, Event

from care.clock import now
from care.moments import zone
from care.reminders import next_utc
from db.reminder_choices import Choice
from db.reminders import Mine

DAYS = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")
FIVE_MINUTES = timedelta(minutes=5)


def draw(choice: Choice, reminders: Iterable[Mine]) -> bytes:
    """Nothing in it names Beside: calendars are shared in families and schools."""
    calendar = Calendar()
    calendar.add("prodid", "-//calendar//EN")
    calendar.add("version", "2.0")
    for reminder in reminders:
        calendar.add_component(_event(choice, reminder))
    year = now().year
    calendar.add_missing_timezones(date(year, 1, 1), date(year + 5, 1, 1))
    return bytes(calendar.to_ical())


def _event(choice: Choice, reminder: Mine) -> Event:
    event, alarm = Event(), Alarm()
    start = _start(choice, reminder)
    event.add("uid", f"{reminder.id}")
    event.add("dtstamp", now())
    event.add("summary", choice.said.minute)
    event.add("dtstart", start)
    event.add("duration", FIVE_MINUTES)
    event.add(
        "rrule", {"freq": "weekly", "byday": [name for n, name in enumerate(DAYS) if reminder.days >> n & 1]}
    )
    event.add("class", "PRIVATE")
    event.add("transp", "TRANSPARENT")
    alarm.add("action", "DISPLAY")
    alarm.add("description", choice.said.minute)
    alarm.add("trigger", timedelta())
    event.add_component(alarm)
    return event


def _start(choice: Choice, reminder: Mine) -> datetime:
    here = zone(choice.tz)
    known = here if isinstance(here, ZoneInfo) else UTC
    return (next_utc(now(), reminder.at, choice.tz, reminder.days) or now()).astimezone(known)
