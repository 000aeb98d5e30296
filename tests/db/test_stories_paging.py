"""Pages of stories while others come and go: nothing is missed, and nothing shown twice."""

from datetime import timedelta
from pathlib import Path
from uuid import UUID, uuid4

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from care import clock
from care.matching import Likes
from care.shared import Words
from db import controls, moderation_rows, stories_reading, stories_search, stories_weighed
from db.devices import Viewer
from db.engine import transaction
from db.ids import uuid7
from db.moderation_tables import Item
from tests.members import member

pytestmark = pytest.mark.usefixtures("database")

Happens = tuple[str, int]
MINUTES = st.integers(0, 9)
"""Few moments for many stories, so that a page often ends between two of one moment."""
HAPPENS = st.lists(st.tuples(st.sampled_from(["comes", "goes", "returns"]), st.integers(0, 90)), max_size=5)


@settings(
    max_examples=15,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
    phases=[Phase.explicit, Phase.reuse, Phase.generate],
)
@given(
    there=st.lists(MINUTES, min_size=19, max_size=65),
    between=st.lists(HAPPENS, min_size=4, max_size=4),
    which=st.sampled_from(["newest", "tag", "for you", "search"]),
)
async def test_none_is_missed_and_none_is_shown_twice(
    database: Path, there: list[int], between: list[list[Happens]], which: str
) -> None:
    ana, ben = await member(uuid4().hex[:20], "c"), await member(uuid4().hex[:20], "c")
    await controls.like(ben, Likes(frozenset({"exam-stress"}), frozenset()))
    await Item.delete(force=True)  # the database is not emptied between two examples
    stories_weighed.forget(counts=True)
    # "For you" weighs the newest of each tag: all of them must be among those.
    there = there[: stories_weighed.POOL - 10] if which == "for you" else there
    items = [await _put(ana, 600 - minute) for minute in there]
    moved: set[UUID] = set()
    seen: list[UUID] = []
    before, pages = "", 0
    while True:
        shelf = await _read(which, ben, before)
        page = [one.shown.id for one in shelf.items]
        assert len(page) <= stories_reading.PER_PAGE
        assert not set(page) & await _away(), "It was taken back before this page was asked for."
        seen += page
        before, pages = shelf.older, pages + 1
        if not before:
            break
        for what, n in between[pages % 4]:
            await _happen(what, ana, items[n % len(items)], moved)
    assert len(seen) == len(set(seen))
    assert set(items) - moved <= set(seen)
    assert pages == 1 or len(there) > stories_reading.PER_PAGE


async def _read(which: str, who: Viewer, before: str) -> stories_reading.Shelf:
    if which == "search":
        return await stories_reading.search(who, "kettle", before=before)
    if which == "for you":
        return await stories_reading.for_you(who, before=before)
    return await stories_reading.newest(who, before=before, tag="exam-stress" if which == "tag" else "")


async def _happen(what: str, author: Viewer, item: UUID, moved: set[UUID]) -> None:
    if what == "comes":
        await _put(author, 0)
        return
    moved.add(item)
    state = "withdrawn" if what == "goes" else "published"
    await Item.update({Item.state: state}).where(Item.id == item)


async def _away() -> set[UUID]:
    rows = await Item.select(Item.id).where(Item.state == "withdrawn")
    return {row["id"] for row in rows}


async def _put(author: Viewer, minutes: int) -> UUID:
    """A story others can see since so many minutes, written past the door: only its place in lists counts."""
    row = Item(id=uuid7(), author=author.person, cid=uuid4(), kind="story", band="c", side="y")
    row.state, row.intent = "published", "listen"
    row.notes = row.topics = row.reason = row.labels = row.rules = row.read_by = ""
    row.tier = row.about = "none"
    row.created_at = row.published_at = clock.now().replace(second=0, microsecond=0) - timedelta(
        minutes=minutes
    )
    row.sealed = await moderation_rows.seal(author.person, row.id, Words(("A kettle", "It sang.")))
    found = stories_search.index("A kettle. It sang.", "en")
    async with transaction():
        await row.save()
        await Item.raw(
            "INSERT INTO story (item, situations, interests, after, lang, letters, search)"
            " VALUES ({}, 'exam-stress', '', '', 'en', 18, {})",
            row.id,
            found,
        )
        await Item.raw(
            "INSERT INTO story_tag (item, tag, side, at) VALUES ({}, 'exam-stress', 'y', {})",
            row.id,
            row.published_at,
        )
    return UUID(str(row.id))
