"""A writer's stories by what their phone calls them, and which kept ones a phone may still hold."""

from dataclasses import replace
from uuid import uuid4

import pytest

from db import blocks, moderation, stories, stories_mine
from db.devices import Viewer
from db.engine import count_queries
from tests.db import test_stories
from tests.db.test_stories import shown, story
from tests.members import member, opened

mo = test_stories.mo
"""The fixture: a moderator on duty."""
pytestmark = pytest.mark.usefixtures("database")


@pytest.fixture(autouse=True)
async def an_open_community(database: object) -> None:
    await opened()


async def test_a_story_is_sent_once_and_what_changed_meanwhile_counts() -> None:
    ana, ben, cid = await member("ana"), await member("ben"), uuid4()
    made = story(cid=cid)
    first = await stories_mine.send(ana, made)
    assert await stories_mine.send(ana, made) == first
    assert (await moderation.of_mine(ana, first)).version == 1  # type: ignore[union-attr]
    words = replace(made.draft.words, parts=("Another bus", *made.draft.words.parts[1:]))
    changed = replace(made, draft=replace(made.draft, words=words))
    assert await stories_mine.send(ana, changed) == first
    now = await moderation.of_mine(ana, first)
    assert now and (now.version, now.said.parts[0]) == (2, "Another bus")
    assert [await stories_mine.sent(ana, name) for name in (cid, first, uuid4())] == [first, first, None]
    assert await stories_mine.sent(ben, cid) is None
    assert await stories_mine.send(ben, made) != first, "Another person's phone may have chosen the same."
    await stories_mine.only_duty(ana, cid)
    assert (await moderation.of_mine(ana, first)).private  # type: ignore[union-attr]
    await moderation.withdraw(ana, first)
    assert await stories_mine.sent(ana, cid) is None
    await stories_mine.only_duty(ana, cid)


async def test_a_phone_holds_what_is_kept_and_still_to_be_seen(mo: Viewer) -> None:
    ana, ben, cho = await member("ana", "a"), await member("ben", "b"), await member("cho", "c")
    item, other = await shown(mo, ana), await shown(mo, ana, title="Another")
    assert await stories_mine.still(ben, []) == {}
    assert await stories_mine.still(ben, [item, other]) == {}
    assert await stories_mine.held(ben, item) is None
    await stories.keep(ben, item)
    with count_queries() as counted:
        assert await stories_mine.still(ben, [item, other, uuid4()]) == {item: 1}
    assert counted.n == 1
    held = await stories_mine.held(ben, item)
    assert held and (held.after, held.shown.said.parts[0]) == ("months", "The late bus")
    assert (await stories_mine.still(cho, [item]), await stories_mine.held(cho, item)) == ({}, None)
    await blocks.block(ana, ben.person)
    assert (await stories_mine.still(ben, [item]), await stories_mine.held(ben, item)) == ({}, None)


async def test_a_phone_lets_go_of_what_was_taken_back_or_is_no_longer_kept(mo: Viewer) -> None:
    ana, ben = await member("ana", "a"), await member("ben", "b")
    item, other = await shown(mo, ana), await shown(mo, ana, title="Another")
    for one in (item, other):
        await stories.keep(ben, one)
    assert set(await stories_mine.still(ben, [item, other])) == {item, other}
    await moderation.withdraw(ana, item)
    await stories.keep(ben, other, False)
    assert await stories_mine.still(ben, [item, other]) == {}


def test_only_a_whole_id_is_a_name() -> None:
    cid = uuid4()
    assert stories_mine.name(str(cid)) == cid
    for text in ("", "x" * 36, cid.hex, f"{{{cid}}}", f"urn:uuid:{cid}"):
        assert stories_mine.name(text) is None
