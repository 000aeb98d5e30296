"""Whoever is answered is told, once, when others can first see the answer; in the same transaction.

Who has a group open is told that something is new in it, and a new story is weighed for whoever looks next.
"""

from uuid import UUID

from db import groups_live, notices, stories_weighed
from db.engine import afterwards, fetch
from db.journal_rows import as_uuid

ROOMS = {"story": "stories", "ask": "perspectives"}
"""Where the kinds that can be answered stand."""


async def tell(item: UUID) -> None:
    """Nothing happens for what answers nobody, and for people who answer themselves."""
    (found,) = await fetch(_ASKED, item)
    if not found["place"]:
        afterwards(stories_weighed.forget)
    elif not found["id"]:
        groups_live.tell(as_uuid(found["place"]))
    if found["id"] and (room := ROOMS.get(found["kind"])):
        await notices.leave(as_uuid(found["author"]), "reply", f"/{room}/{as_uuid(found['id'])}")


_ASKED = """
SELECT answer.place, asked.id, asked.kind, asked.author FROM item AS answer
LEFT JOIN item AS asked ON asked.id = answer.place AND asked.author <> answer.author
    AND asked.state = 'published'
WHERE answer.id = {}
"""
