"""Whoever is answered is told, once, when others can first see the answer; in the same transaction."""

from uuid import UUID

from db import notices
from db.journal_rows import as_uuid
from db.moderation_tables import Item

ROOMS = {"story": "stories", "ask": "perspectives"}
"""Where the kinds that can be answered stand."""


async def tell(item: UUID) -> None:
    """Nothing happens for what answers nobody, and for people who answer themselves."""
    rows = await Item.raw(_ASKED, item)
    if rows and (room := ROOMS.get(rows[0]["kind"])):
        await notices.leave(as_uuid(rows[0]["author"]), "reply", f"/{room}/{as_uuid(rows[0]['id'])}")


_ASKED = """
SELECT asked.id, asked.kind, asked.author FROM item AS answer JOIN item AS asked ON asked.id = answer.place
WHERE answer.id = {} AND asked.author <> answer.author AND asked.state = 'published'
"""
