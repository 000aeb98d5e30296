"""One meeting as a calendar file. Calendars are shared in families and schools: nothing in it says what or
where it is, nor names Beside or the group."""

from datetime import UTC, timedelta
from zoneinfo import ZoneInfo

from icalendar import Calendar, Event

from care.clock import now
from care.moments import zone
from care.words import _
from db.meetings_rows import Seen

A_YEAR = timedelta(days=366)


def draw(meeting: Seen) -> bytes:
    """No alarm: who wants to be reminded has said so to us. The id stays and `sequence` grows with each
    change, so that a calendar which gets the file again moves the meeting instead of doubling it."""
    calendar, event = Calendar(), Event()
    calendar.add("prodid", "-//calendar//EN")
    calendar.add("version", "2.0")
    here = zone(meeting.zone)
    start = meeting.starts_at.astimezone(here if isinstance(here, ZoneInfo) and here.key != "UTC" else UTC)
    event.add("uid", f"{meeting.id}")
    event.add("dtstamp", now())
    event.add("summary", _("Meeting"))
    event.add("dtstart", start)
    event.add("duration", timedelta(minutes=meeting.minutes))
    event.add("sequence", meeting.changes)
    event.add("status", "CANCELLED" if meeting.cancelled else "CONFIRMED")
    event.add("class", "PRIVATE")
    calendar.add_component(event)
    day = meeting.starts_at.date()
    calendar.add_missing_timezones(day - A_YEAR, day + A_YEAR)
    return bytes(calendar.to_ical())
