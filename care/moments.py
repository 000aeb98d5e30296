"""Moments and zones as phones and forms write them; everything unreadable is None, never an error."""

import re
from datetime import UTC, date, datetime, time, timedelta, timezone, tzinfo
from functools import lru_cache
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

YEARS = range(1900, 2200)
"""Far enough from both ends of the calendar that no zone or clock correction can fall off it."""
_OFFSET = re.compile(r"([+-])(\d\d):(\d\d)")
_NAME = re.compile(r"[A-Za-z0-9_+-]+(/[A-Za-z0-9_+-]+){0,2}")


@lru_cache(maxsize=1024)
def zone(name: str) -> tzinfo | None:
    """An IANA name ("Asia/Kolkata") or a bare offset ("+05:30", all that some clients know)."""
    if name == "UTC":
        return UTC
    offset = _OFFSET.fullmatch(name)
    if offset:
        hours, minutes = int(offset[2]), int(offset[3])
        distance = timedelta(hours=hours, minutes=minutes) * (-1 if offset[1] == "-" else 1)
        # The widest offsets in use are -12:00 and +14:00.
        return timezone(distance, name) if hours <= 14 and minutes < 60 else None
    if len(name) > 64 or not _NAME.fullmatch(name):
        return None
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):  # OSError: the name of a folder of zones
        return None


def instant(text: str, tz: str = "") -> datetime | None:
    """ISO 8601 with an offset, which stays as its zone; without one only together with a zone."""
    try:
        moment = datetime.fromisoformat(text.strip())
    except ValueError:
        return None
    if moment.year not in YEARS:
        return None
    if moment.tzinfo is None:
        known = zone(tz.strip()) if tz.strip() else None
        return moment.replace(tzinfo=known) if known else None
    minutes = round((moment.utcoffset() or timedelta()).total_seconds() / 60)
    name = f"{'-' if minutes < 0 else '+'}{abs(minutes) // 60:02}:{abs(minutes) % 60:02}"
    return moment.astimezone((zone(name) if minutes else None) or UTC)


def local(moment: datetime, tz: str) -> datetime:
    """The moment on that zone's clock."""
    return moment.astimezone(zone(tz) or UTC)


def the_day(text: str) -> date | None:
    try:
        day = date.fromisoformat(text) if re.fullmatch(r"\d{4}-\d\d-\d\d", text, re.ASCII) else None
    except ValueError:
        return None
    return day if day and day.year in YEARS else None


def the_time(text: str) -> time | None:
    try:
        return time.fromisoformat(text[:5]) if re.fullmatch(r"\d\d:\d\d(:.*)?", text, re.ASCII) else None
    except ValueError:
        return None
