"""Whoever is answered is told, once, when others can first see the answer; in the same transaction."""

from uuid import UUID

from db import notices
from db.engine import fetch
from db.journal_rows import as_uuid

ROOMS = {"story": "stories", "ask": "perspectives"}
"""Where the kinds that can be answered stand."""


async def tell(item: UUID) -> None:
    """Nothing happens for what answers nobody, and for people who answer themselves."""
    asked = await fetch(_ASKED, item)
    if asked and (room := ROOMS.get(asked[0]["kind"])):
        await notices.leave(as_uuid(asked[0]["author"]), "reply", f"/{room}/{as_uuid(asked[0]['id'])}")


_ASKED = """
SELECT asked.id, asked.kind, asked.author FROM item AS answer JOIN item AS asked ON asked.id = answer.place
WHERE answer.id = {} AND asked.author <> answer.author AND asked.state = 'published'
"""
