"""A writer's own stories by what their phone calls them, and the kept ones that a phone may hold."""

import contextlib
from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from care import stories
from care.shared import Draft
from care.stories import Story
from db import moderation, moderation_rows
from db import stories as verbs
from db.devices import Viewer
from db.journal_rows import as_uuid
from db.moderation_mine import of_mine
from db.moderation_reading import IS_STAFF, VISIBLE, trusted, visible
from db.moderation_rows import COLUMNS, Shown
from db.moderation_tables import Item

MOST = 50
"""So many stories a phone asks about at once, and keeps."""


@dataclass(frozen=True, slots=True)
class Held:
    """A kept story as it goes to the phone of who kept it."""

    shown: Shown
    after: str


async def send(viewer: Viewer, story: Story) -> UUID:
    """Shares it once for each `cid`. When it is there already and its writer has changed it meanwhile,
    because they never heard that it arrived, the change counts. Raises what stories.share and edit raise."""
    known = await sent(viewer, story.draft.cid) if story.draft.cid else None
    if known is None:
        return (await verbs.share(viewer, story)).id
    found = await of_mine(viewer, known)
    if found is not None and not _same(found, story.draft):
        await verbs.edit(viewer, known, story)
    return known


async def only_duty(viewer: Viewer, name: UUID) -> None:
    """People on duty read it, and nobody else. Where it waits for nobody any more, nothing changes."""
    item = await sent(viewer, name)
    with contextlib.suppress(moderation.Unknown):
        await moderation.keep_private(viewer, item or name)


def name(text: str) -> UUID | None:
    """What a phone calls a story; None for what is no such name."""
    try:
        return UUID(text) if len(text) == 36 else None
    except ValueError:
        return None


async def sent(viewer: Viewer, name: UUID) -> UUID | None:
    """Their story by its own id, or by the one its phone gave it."""
    mine = (Item.author == viewer.person) & (Item.kind == stories.STORY) & (Item.state != "withdrawn")
    row = await Item.select(Item.id).where(mine, (Item.id == name) | (Item.cid == name)).first()
    return row["id"] if row else None


async def still(viewer: Viewer, items: Sequence[UUID]) -> dict[UUID, int]:
    """Of these, those the viewer keeps and may still see, with the number of the words as they are now."""
    if not items:
        return {}
    gaps = ", ".join(["{}"] * len(items))
    sql = f"SELECT item.id, item.version {_KEPT} AND item.id IN ({gaps})"
    rows = await Item.raw(sql, viewer.person, *visible(viewer), *items)
    return {as_uuid(row["id"]): row["version"] for row in rows}


async def held(viewer: Viewer, item: UUID) -> Held | None:
    """None for what they do not keep, or may not see."""
    sql = f"SELECT {COLUMNS}, story.after, {IS_STAFF} AS by_staff {_KEPT} AND item.id = {{}}"
    rows = await Item.raw(sql, viewer.person, *visible(viewer), item)
    found = await moderation_rows.shown(rows, viewer.person, trusted(rows))
    return Held(found[0], rows[0]["after"]) if found else None


_KEPT = f"""
FROM item JOIN person ON person.id = item.author JOIN story ON story.item = item.id
JOIN kept k ON k.item = item.id AND k.person = {{}}
WHERE item.kind = 'story' AND {VISIBLE}"""


def _same(shown: Shown, draft: Draft) -> bool:
    was = (shown.said, shown.intent, set(shown.notes) - {shown.said.own_note}, set(shown.topics))
    return was == (draft.words, draft.intent, set(draft.notes), set(draft.topics))
