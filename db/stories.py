"""Stories and their answers: the verbs that write them, and what readers do with them.

Words go through the one door, db/moderation.py; what stands beside them is written with them or not at all.
"""

import asyncio
import hashlib
import hmac
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any
from uuid import UUID

from care import matching, stories
from care.clock import now
from care.controls import Choices
from care.rulings import PUBLISHED, WITHDRAWN
from care.shared import Draft
from care.stories import Story
from db import controls, keys, moderation, notices, stories_search
from db.devices import Viewer
from db.engine import fetch, transaction
from db.ids import uuid7
from db.journal_rows import as_uuid
from db.limits import Limit
from db.moderation import Shared, Unknown
from db.moderation_authors import may_share
from db.moderation_reading import VISIBLE, visible
from db.moderation_rows import Shown
from db.moderation_tables import Item
from db.stories_tables import Kept, Reaction
from db.stories_tables import Story as Row

SHARES = Limit("share a story", 3, timedelta(hours=1))
TWO_TAPS = 600
"""Seconds."""
REPLIES = Limit("answer", 10, timedelta(hours=1))


class Closed(Exception):
    """The author wants no further answers."""


class Over(Exception):
    """The minutes in which an answer may be changed are over."""


@dataclass(frozen=True, slots=True)
class Asked:
    mine: bool
    closed: bool


async def share(viewer: Viewer, story: Story) -> Shared:
    """Raises what moderation.share raises, and TooMany."""
    found = await _index(story)

    async def beside(item: Item, _before: str) -> None:
        values = _values(story, found)
        names = ", ".join(column._meta.name for column in values)
        gaps = ", ".join(["{}"] * len(values))
        # Without `n`: the database counts. Piccolo would write a NULL there.
        sql = f"INSERT INTO story (item, {names}) VALUES ({{}}, {gaps})"  # noqa: S608 - our own words
        await Row.raw(sql, item.id, *values.values())
        await _tag(item, story)

    return await moderation.share(viewer, story.draft, beside, SHARES)


async def edit(viewer: Viewer, item: UUID, story: Story) -> Shared:
    """Raises what moderation.edit raises."""
    found = await _index(story)

    async def beside(row: Item, _before: str) -> None:
        if row.kind != stories.STORY:
            raise Unknown
        await Row.update(_values(story, found)).where(Row.item == item)
        await Item.raw("DELETE FROM story_tag WHERE item = {}", item)
        await _tag(row, story)

    return await moderation.edit(viewer, item, story.draft, beside)


async def reply(viewer: Viewer, draft: Draft) -> Shared:
    """An answer to `draft.place`. Raises what moderation.share raises, and Unknown, Closed, TooMany."""
    return await moderation.or_known(viewer, draft.cid, _reply(viewer, draft), (Unknown, Closed))


async def _reply(viewer: Viewer, draft: Draft) -> Shared:
    choices = await controls.of(viewer)

    async def first() -> None:
        told = await _story(viewer, draft.place, choices)
        if told.closed and not told.mine:
            raise Closed

    named = draft if draft.cid else replace(draft, cid=_twice(viewer, draft))
    shared = await moderation.share(viewer, named, limit=REPLIES, first=first)
    if named is draft or shared.state != WITHDRAWN:
        return shared
    # Taken back and sent anew: no second tap.
    return await moderation.share(viewer, draft, limit=REPLIES, first=first)


def _twice(viewer: Viewer, draft: Draft) -> UUID:
    """A phone without JavaScript names no answer: the same words to the same story within some minutes are
    one answer, sent by two taps. Keyed, so that it tells nobody the words."""
    told = f"{viewer.person}\0{draft.place}\0{int(now().timestamp()) // TWO_TAPS}\0{draft.words.text}"
    made = hmac.new(keys.secret("two taps"), told.encode("utf-8", "replace"), hashlib.sha256).digest()
    return UUID(bytes=made[:16], version=4)


async def edit_reply(viewer: Viewer, item: UUID, draft: Draft) -> Shared:
    """Within a quarter of an hour, or whenever a person asked for a change.

    Raises Over, and what moderation.edit raises.
    """

    async def beside(row: Item, before: str) -> None:
        if row.kind != stories.REPLY or row.place != draft.place:
            raise Unknown
        since = row.published_at
        if before == PUBLISHED and since and now() - since > stories.EDIT_FOR:
            raise Over

    return await moderation.edit(viewer, item, draft, beside)


async def react(viewer: Viewer, item: UUID, kind: int) -> UUID:
    """One kind of support for somebody else's words, in place of what they gave before; 0 takes it back.

    Answers with the story it belongs to. Raises Unknown, and what may_share raises.
    """
    await may_share(viewer)
    found = await moderation.find(viewer, item)
    if found is None or found.mine or found.kind not in {stories.STORY, stories.REPLY}:
        raise Unknown
    await sign(viewer, found, kind, f"/stories/{found.place or item}")
    return found.place or item


async def sign(viewer: Viewer, found: Shown, kind: int, where: str) -> None:
    """For what may be seen and is not theirs; its author is told of `where`, once."""
    if not kind:
        mine = (Reaction.item == found.id) & (Reaction.person == viewer.person)
        await Reaction.delete().where(mine, Reaction.kind < stories.THANKS)
        return
    async with transaction():
        made = uuid7()
        rows = await fetch(_REACT, made, found.id, viewer.person, kind, now())
        if as_uuid(rows[0]["id"]) == made:  # changing one's mind tells nobody again
            await notices.leave(found.author, "support", where)


async def keep(viewer: Viewer, item: UUID, yes: bool = True) -> None:
    """Raises Unknown."""
    if not yes:
        await Kept.delete().where(Kept.person == viewer.person, Kept.item == item)
        return
    await _story(viewer, item, await controls.of(viewer))
    row = Kept(id=uuid7(), person=viewer.person, item=item, at=now())
    await Kept.insert(row).on_conflict(target=(Kept.item, Kept.person), action="DO NOTHING")


async def thank(viewer: Viewer, reply: UUID) -> UUID:
    """The story's author, for an answer to it; the story. Raises Unknown."""
    found = await moderation.find(viewer, reply)
    if found is None or found.mine or found.kind != stories.REPLY or found.place is None:
        raise Unknown
    await _own(viewer, found.place)
    async with transaction():
        rows = await fetch(_THANK, uuid7(), reply, viewer.person, stories.THANKS, now())
        if rows:
            await notices.leave(found.author, "thanks", f"/stories/{found.place}")
    return found.place


async def close(viewer: Viewer, story: UUID, closed: bool = True) -> None:
    """No further answers, or again. Raises Unknown."""
    await _own(viewer, story)
    await Row.update({Row.closed_at: now() if closed else None}).where(Row.item == story)


async def felt_heard(viewer: Viewer, story: UUID, much: int) -> None:
    """1 to 5, for the author alone; 0 takes it back. Raises Unknown."""
    await _own(viewer, story)
    await Row.update({Row.heard: much if much in range(1, 6) else None}).where(Row.item == story)


_REACT = """
INSERT INTO reaction (id, item, person, kind, at) VALUES ({}, {}, {}, {}, {})
ON CONFLICT (item, person) WHERE kind < 32 DO UPDATE SET kind = EXCLUDED.kind
RETURNING id
"""
_THANK = """
INSERT INTO reaction (id, item, person, kind, at) VALUES ({}, {}, {}, {}, {})
ON CONFLICT (item, person) WHERE kind = 32 DO NOTHING RETURNING id
"""


def _values(story: Story, found: str) -> dict[Any, Any]:
    likes = story.facts.likes
    return {
        Row.situations: " ".join(sorted(likes.situations)),
        Row.interests: " ".join(sorted(likes.interests)),
        Row.after: story.facts.after,
        Row.lang: story.facts.lang,
        Row.letters: len(story.draft.words.text),
        Row.search: found,
    }


async def _tag(item: Item, story: Story) -> None:
    """It stands under what it says of itself and its topics, from the moment others may see it."""
    at = item.published_at if item.state == PUBLISHED else None
    tags = sorted({*story.facts.likes.tags, *story.draft.topics})
    if tags:
        rows = ", ".join(["({}, {}, {}, {})"] * len(tags))
        given = [part for tag in tags for part in (item.id, tag, item.side, at)]
        await Item.raw(f"INSERT INTO story_tag (item, tag, side, at) VALUES {rows}", *given)  # noqa: S608


async def _index(story: Story) -> str:
    text = f"{story.draft.words.text} {' '.join(matching.label(tag) for tag in story.facts.likes.tags)}"
    return await asyncio.to_thread(stories_search.index, text, story.facts.lang)


async def _story(viewer: Viewer, item: UUID | None, choices: Choices) -> Asked:
    """What may be answered or kept, if the viewer may see it. Raises Unknown."""
    found = await fetch(_ASKED, item, *visible(viewer))
    if not found or (choices.break_until and as_uuid(found[0]["author"]) != viewer.person):
        raise Unknown
    return Asked(as_uuid(found[0]["author"]) == viewer.person, bool(found[0]["closed_at"]))


_ASKED = f"""
SELECT item.author, story.closed_at FROM item JOIN person ON person.id = item.author
JOIN story ON story.item = item.id WHERE item.kind = 'story' AND item.id = {{}} AND {VISIBLE}
"""  # noqa: S608 - our own words


async def _own(viewer: Viewer, story: UUID) -> None:
    """Raises Unknown."""
    mine = (Item.id == story) & (Item.author == viewer.person) & (Item.kind == stories.STORY)
    if not await Item.exists().where(mine, Item.state != "withdrawn"):
        raise Unknown
