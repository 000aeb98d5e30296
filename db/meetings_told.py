"""The one way somebody is told of a meeting: never in quiet hours, whatever happened."""

from uuid import UUID

from care import meetings as rules
from care.clock import now
from care.notices import say
from db import notices, reminder_choices
from db.engine import fetch
from db.journal_rows import as_moment, as_uuid
from db.reminder_tables import ReminderChoice


async def tell(person: UUID, meeting: UUID) -> None:
    """That it comes, or that there is news about it. Joins the caller's transaction."""
    (about,) = await fetch(_ABOUT, person, meeting)
    found = await ReminderChoice.select().where(ReminderChoice.person == person).first()
    choice = reminder_choices.read(found, about["band"], say())
    # Nobody is woken, nor called out of school, nor in a pause, for a meeting: it stands in the inbox alone.
    at = rules.push_at(now(), as_moment(about["starts_at"]), choice.tz, choice.hours)
    push = at is not None and at >= (choice.paused_until or at)
    path = f"/groups/{as_uuid(about['grp'])}/meetings/{meeting}"
    await notices.leave(person, "meeting", path, at, push=push)


_ABOUT = """
SELECT m.grp, m.starts_at, p.band FROM meeting m JOIN person p ON p.id = {} WHERE m.id = {}
"""
