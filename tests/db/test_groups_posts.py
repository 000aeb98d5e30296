"""A post in the hands of who looks after its group: a note before it, or another group; words untouched."""

import asyncio
from collections.abc import AsyncIterator
from uuid import UUID, uuid4

import pytest

from db import blocks, groups_care, groups_posts, ledger, moderation, shifts
from db import groups as verbs
from db.devices import Viewer
from db.groups_tables import Group, GroupPost
from db.moderation import Unknown
from db.moderation_tables import Item
from db.reminder_tables import Notice
from tests.db.test_groups import feed, ids, made, room, said, words
from tests.members import member, opened

pytestmark = pytest.mark.usefixtures("database")


@pytest.fixture(autouse=True)
async def an_open_community(database: object) -> AsyncIterator[None]:
    await opened()
    yield


@pytest.fixture
async def mo() -> Viewer:
    who = await member("mo", "c", "moderator")
    await shifts.begin(who)
    return who


@pytest.fixture
async def ana() -> Viewer:
    return await member("ana", "a")


@pytest.fixture
async def fay(mo: Viewer) -> Viewer:
    return await member("fay", "b")


async def led_by(mo: Viewer, fay: Viewer, *people: Viewer, **more: object) -> UUID:
    group = await made(mo, fay, *people, **more)
    await groups_care.appoint(mo, group, fay.person)
    return group


async def paths(who: Viewer) -> list[str]:
    rows = await Notice.select(Notice.path).where(Notice.person == who.person, Notice.kind == "group")
    return [row["path"] for row in rows]


async def test_a_note_folds_a_post_and_leaves_its_words(mo: Viewer, ana: Viewer, fay: Viewer) -> None:
    group = await led_by(mo, fay, ana)
    item = await said(mo, ana, group)
    before = await Item.select(Item.sealed, Item.notes, Item.version).where(Item.id == item).first()
    await groups_posts.note(fay, group, item, ["death", "nonsense"])
    (post,) = (await feed(ana, group)).posts
    assert (post.put, post.notes, post.shown.notes) == (("death",), ("death",), ())
    assert await Item.select(Item.sealed, Item.notes, Item.version).where(Item.id == item).first() == before
    assert await paths(ana) == [f"/groups/{group}#p-{item}"]
    last = (await ledger.of(item, ana.person))[-1]
    assert (last.action, last.by, last.before, last.after) == ("note", fay.person, "published", "published")
    await groups_posts.note(fay, group, item, ["death"])
    assert len(await ledger.of(item, ana.person)) == 3, "Said again, it is nothing new."
    # What its author changes about it does not take the note off.
    await moderation.edit(ana, item, words(group, "I counted ships.", cid=uuid4()))
    row = await GroupPost.select(GroupPost.notes).where(GroupPost.item == item).first()
    assert row and row["notes"] == "death"


async def test_moved_it_stands_in_the_other_group_alone_and_its_author_is_told(
    mo: Viewer, ana: Viewer, fay: Viewer
) -> None:
    one, two = await led_by(mo, fay, ana), await led_by(mo, fay, ana, name="Early birds")
    ben = await member("ben", "b")
    await verbs.join(ben, one, "posting")
    await said(mo, ana, two, "Already here.")
    item = await said(mo, ana, one)
    await groups_care.pin(fay, one, item)
    await groups_posts.note(fay, one, item, ["self-harm"])
    await groups_posts.move(fay, one, item, two)
    assert await ids(fay, one) == [] and (await feed(fay, one)).pinned is None
    newest = (await feed(ana, two)).posts[0]
    assert (newest.shown.id, newest.n, newest.put, newest.moved) == (item, 2, ("self-harm",), True)
    assert await moderation.find(ben, item) is None, "Who is in the first alone does not see it now."
    assert f"/groups/{two}#p-{item}" in await paths(ana)
    assert (await ledger.of(item, ana.person))[-1].action == "move"
    with pytest.raises(Unknown):
        await groups_posts.move(fay, one, item, two)


async def test_it_goes_only_where_both_are_and_only_among_the_same_ages(
    mo: Viewer, ana: Viewer, fay: Viewer
) -> None:
    one = await led_by(mo, fay, ana)
    item = await said(mo, ana, one)
    without_her = await led_by(mo, fay)
    not_led = await made(mo, fay, ana)
    other_ages = await made(mo, ana, bands="a")
    shut = await led_by(mo, fay, ana)
    await groups_care.close(fay, shut)
    assert (await groups_posts.look(fay, one, item)).others == []
    for to in (without_her, not_led, other_ages, shut, one, uuid4()):
        with pytest.raises(Unknown):
            await groups_posts.move(fay, one, item, to)
    assert {g.id for g in (await groups_posts.look(mo, one, item)).others} == {not_led}, "Staff lead each."
    assert await ids(fay, one) == [item]


async def test_nobody_else_may_and_nothing_else_than_a_shown_post(
    mo: Viewer, ana: Viewer, fay: Viewer
) -> None:
    one, two = await led_by(mo, fay, ana), await led_by(mo, fay, ana)
    ben, cho = await member("ben", "b"), await member("cho", "c")
    for group in (one, two):
        await verbs.join(ben, group, "posting")
    item = await said(mo, ana, one)
    held = (await verbs.say(ana, words(one, "Another lorry."))).id
    for who in (ana, ben, cho):
        for act in (
            groups_posts.look(who, one, item),
            groups_posts.note(who, one, item, ["death"]),
            groups_posts.move(who, one, item, two),
        ):
            with pytest.raises(Unknown):
                await act
    for which, where in ((held, one), (item, two), (uuid4(), one)):
        with pytest.raises(Unknown):
            await groups_posts.note(fay, where, which, ["death"])
    await blocks.block(ana, fay.person)
    with pytest.raises(Unknown):
        await groups_posts.look(fay, one, item)


async def test_of_two_moves_at_once_one_happens(mo: Viewer, ana: Viewer, fay: Viewer) -> None:
    one, two, three = [await led_by(mo, fay, ana) for _ in range(3)]
    item = await said(mo, ana, one)
    acts = [groups_posts.move(fay, one, item, to) for to in (two, three)]
    done = await asyncio.gather(*acts, return_exceptions=True)
    assert sorted(type(each).__name__ for each in done) == ["NoneType", "Unknown"]
    assert await GroupPost.count().where(GroupPost.item == item) == 1
    for group in (two, three):
        shown = item in await ids(ana, group)
        assert shown == ((await Group.select(Group.posts).where(Group.id == group).first())["posts"] == 1)  # type: ignore[index]
    assert (await room(ana, one)).inside
