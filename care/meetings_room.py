"""The room of a meeting: when one can go in, write and read back, and why somebody may not write."""

from datetime import datetime, timedelta

from care import groups
from care.words import N_

OPENS = timedelta(minutes=15)
"""Before it begins."""
READABLE = timedelta(days=7)
"""After it ends: then nobody who was there reads it any more, but each their own."""

SLOWS = {0: N_("No waiting"), 30: N_("Half a minute"), 120: N_("Two minutes")}
"""Seconds between two posts of one person; whoever looks after it never waits."""

OVER, SHUT = "over", "shut"
STOPS = {
    OVER: N_("The meeting is over, so nothing new can be said here."),
    SHUT: N_("Those who look after the meeting have closed it, so nothing new can be said here."),
    groups.CLOSED: N_("This group takes no new posts at the moment, so here it is quiet, too."),
    groups.ENDED: N_("This programme has ended, so nothing new can be said here."),
    groups.MUTED: N_(
        "Somebody who looks after this group asked you to only read here for now. "
        "It is about this group alone."
    ),
    groups.NOT_POSTING: N_("You chose to be in this group without writing. Listening is taking part."),
    groups.CHANGED: groups.STOPS[groups.CHANGED],
}
"""Why somebody may not write there now, said without blame."""


def opens(starts: datetime) -> datetime:
    return starts - OPENS


def forgotten(ends: datetime) -> datetime:
    return ends + READABLE


def next_post(last: datetime | None, slow: int, at: datetime) -> datetime | None:
    """When they may write again, with `slow` in seconds; None when they may now."""
    until = last + timedelta(seconds=slow) if last and slow else None
    return until if until and until > at else None
