"""Stories through their verbs: written, read by those who may, answered, supported, found, taken back."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import timedelta
from uuid import UUID, uuid4

import pytest

from care import clock, stories
from care.matching import Likes
from care.shared import Draft, Words
from care.stories import Facts, Story
from db import (
    blocks,
    controls,
    decisions,
    desk,
    moderation,
    shifts,
    stories_reading,
    stories_rows,
    stories_weighed,
)
from db import stories as verbs
from db.decisions import Decision
from db.devices import Viewer
from db.engine import count_queries
from db.limits import TooMany
from db.moderation import Unknown
from db.moderation_tables import Hold, Item
from db.stories_tables import Kept, Reaction
from tests.members import member, opened

pytestmark = pytest.mark.usefixtures("database")

LONG = "The bus was late and I watched the rain on the glass, and for once nobody asked me anything at all. "


def story(title: str = "The late bus", likes: Likes | None = None, **more: object) -> Story:
    likes = likes or Likes(frozenset({"exam-stress", "cant-sleep"}), frozenset({"music"}))
    draft = Draft("story", Words((title, LONG * 2, LONG * 2, "", "")), intent="listen", **more)  # type: ignore[arg-type]
    return Story(draft, Facts(likes, "months"))


def answer(place: UUID, text: str = "I know that bus. Thank you for telling it.") -> Draft:
    return Draft("reply", Words((text,)), place=place)


@pytest.fixture(autouse=True)
async def an_open_community(database: object) -> None:
    stories_weighed.forget(counts=True)
    await opened()


@pytest.fixture
async def mo() -> Viewer:
    who = await member("mo", "c", "moderator")
    await shifts.begin(who)
    return who


async def publish(mo: Viewer, item: UUID) -> None:
    row = await Hold.select(Hold.id).where(Hold.subject == item, Hold.ended_at.is_null()).first()
    assert row, "It was not waiting."
    version = (await Item.select(Item.version).where(Item.id == item).first())["version"]  # type: ignore[index]
    await desk.open_hold(mo, row["id"]) if hasattr(desk, "open_hold") else None
    await decisions.decide(mo, row["id"], Decision("publish", version))


async def shown(mo: Viewer, who: Viewer, **more: object) -> UUID:
    shared = await verbs.share(who, story(**more))  # type: ignore[arg-type]
    assert shared.state == "held"
    await publish(mo, shared.id)
    return shared.id


async def test_a_first_story_from_14_is_read_answered_by_two_and_thanked_and_never_seen_by_23(
    mo: Viewer,
) -> None:
    ana, ben, dee = await member("ana", "a"), await member("ben", "b"), await member("dee", "a")
    cho = await member("cho", "c")
    shared = await verbs.share(ana, story())
    assert shared.state == "held"
    assert (await stories_reading.newest(ben)).items == []
    assert await stories_reading.thread(ben, shared.id) is None
    assert (await stories_reading.thread(ana, shared.id)).story.shown.state == "held"  # type: ignore[union-attr]
    await publish(mo, shared.id)
    assert [one.shown.id for one in (await stories_reading.newest(ben)).items] == [shared.id]
    for who in (ben, dee):
        reply = await verbs.reply(who, answer(shared.id))
        assert reply.state == "held"
        await publish(mo, reply.id)
    thread = await stories_reading.thread(ana, shared.id)
    assert thread is not None
    assert [one.shown.name for one in thread.replies] == ["ben", "dee"]
    assert thread.story.replies == 2
    await verbs.thank(ana, thread.replies[0].shown.id)
    again = await stories_reading.thread(ben, shared.id)
    assert again is not None and again.replies[0].thanked
    for seen in (
        await stories_reading.newest(cho),
        await stories_reading.for_you(cho),
        await stories_reading.search(cho, "late bus"),
        await stories_reading.newest(cho, tag="exam-stress"),
    ):
        assert seen.items == []
    assert await stories_reading.thread(cho, shared.id) is None
    for act in (
        verbs.reply(cho, answer(shared.id)),
        verbs.react(cho, shared.id, stories.HEAR),
        verbs.keep(cho, shared.id),
        verbs.thank(cho, thread.replies[0].shown.id),
        verbs.close(cho, shared.id),
        verbs.felt_heard(cho, shared.id, 3),
    ):
        with pytest.raises(Unknown):
            await act


async def test_who_may_read_a_story_is_not_its_author_by_that(mo: Viewer) -> None:
    ana, ben, dee = await member("ana"), await member("ben", "b"), await member("dee", "b")
    item = await shown(mo, ana)
    given = (await verbs.reply(dee, answer(item))).id
    await publish(mo, given)
    seen = await stories_reading.thread(ben, item)
    assert seen is not None and [one.shown.id for one in seen.replies] == [given], "Ben reads all of it."
    for act in (
        verbs.edit(ben, item, story("Mine now")),
        verbs.edit_reply(ben, given, answer(item, "Mine now.")),
        verbs.thank(ben, given),
        verbs.thank(dee, given),
        verbs.close(ben, item),
        verbs.felt_heard(ben, item, 1),
    ):
        with pytest.raises(Unknown):
            await act
    after = await stories_reading.thread(ben, item)
    assert after is not None
    assert (after.story.shown.words, after.replies[0].shown.words) == (
        seen.story.shown.words,
        seen.replies[0].shown.words,
    )
    assert await Reaction.count() == 0
    row = await Item.raw("SELECT closed_at, heard FROM story WHERE item = {}", item)
    assert (row[0]["closed_at"], row[0]["heard"]) == (None, None)


async def test_support_is_one_each_changeable_and_counted_for_the_author_alone(mo: Viewer) -> None:
    ana, ben, dee = await member("ana", "a"), await member("ben", "b"), await member("dee", "a")
    item = await shown(mo, ana)
    await verbs.react(ben, item, stories.HEAR)
    await verbs.react(ben, item, stories.METOO)
    await verbs.react(dee, item, stories.METOO)
    await verbs.keep(dee, item)
    theirs = (await stories_reading.thread(ana, item)).story  # type: ignore[union-attr]
    assert theirs.counts == {1: 0, 2: 2, 4: 0, 8: 0, 16: 0}
    assert theirs.times_kept == 1
    seen = (await stories_reading.thread(ben, item)).story  # type: ignore[union-attr]
    assert (seen.kinds, seen.given, dict(seen.counts), seen.times_kept) == (
        stories.METOO,
        stories.METOO,
        {},
        0,
    )
    await verbs.react(ben, item, 0)
    assert (await stories_reading.thread(ana, item)).story.counts[2] == 1  # type: ignore[union-attr]
    with pytest.raises(Unknown):
        await verbs.react(ana, item, stories.HEAR)


async def test_everything_is_found_again_when_kept_until_it_is_taken_back(mo: Viewer) -> None:
    ana, ben = await member("ana", "a"), await member("ben", "b")
    item = await shown(mo, ana)
    await verbs.keep(ben, item)
    await verbs.keep(ben, item)
    assert [one.shown.id for one in (await stories_reading.kept(ben)).items] == [item]
    await moderation.withdraw(ana, item)
    assert (await stories_reading.kept(ben)).items == []
    assert (await stories_reading.search(ben, "bus")).items == []
    assert (await stories_reading.newest(ben, tag="music")).items == []
    assert await stories_reading.thread(ana, item) is None


async def test_search_finds_other_forms_of_a_word_and_all_the_words(mo: Viewer) -> None:
    ana, ben = await member("ana", "a"), await member("ben", "b")
    item = await shown(mo, ana)
    for question in ("watching", "WATCHED the rain", "exam", 'late "bus"', "rain* OR (bus)"):
        found = (await stories_reading.search(ben, question)).items
        assert [one.shown.id for one in found] == ([item] if "OR" not in question else []), question
    assert (await stories_reading.search(ben, "bus submarine")).items == []
    assert (await stories_reading.search(ben, "'; --")).items == []
    rows = await Item.raw("SELECT search FROM story")
    assert "bus" not in rows[0]["search"], "The index holds no words."


async def test_for_you_puts_what_is_shared_first_and_says_why(mo: Viewer) -> None:
    ana, ben = await member("ana", "a"), await member("ben", "b")
    near = await shown(mo, ana, title="Near", likes=Likes(frozenset({"bullied", "cant-sleep"}), frozenset()))
    far = await shown(mo, ana, title="Far", likes=Likes(frozenset({"first-job"}), frozenset()))
    alone = await shown(mo, ana, title="One", likes=Likes(frozenset({"eating-past"}), frozenset()))
    assert {near, far, alone} == {one.shown.id for one in (await stories_reading.for_you(ben)).items}
    await controls.like(ben, Likes(frozenset({"bullied", "eating-past"}), frozenset()))
    shelf = await stories_reading.for_you(ben)
    assert [(one.shown.id, one.why) for one in shelf.items] == [(near, "bullied")], (
        "A diagnosis alone matches nobody."
    )
    own = await shown(mo, ben, title="Own", likes=Likes(frozenset({"bullied"}), frozenset()))
    stories_weighed.forget(counts=True)
    assert [one.shown.id for one in (await stories_reading.for_you(ben)).items] == [near], "Not their own."
    assert own in {one.shown.id for one in (await stories_reading.newest(ben)).items}


async def test_pages_have_no_gaps_and_no_repeats_while_new_ones_arrive(mo: Viewer) -> None:
    ana, ben = await member("ana", "a"), await member("ben", "b")
    await controls.like(ben, Likes(frozenset({"exam-stress"}), frozenset({"music"})))
    first = []
    for n in range(45):
        clock.move(timedelta(hours=n))
        first.append(await shown(mo, ana, title=f"Story {n}"))
    for read in (stories_reading.newest, stories_reading.for_you):
        seen: list[UUID] = []
        before = ""
        while True:
            shelf = await read(ben, before=before)
            seen += [one.shown.id for one in shelf.items]
            clock.move(timedelta(hours=100 + len(seen)))
            await shown(mo, ana, title="Meanwhile")
            before = shelf.older
            if not before:
                break
        assert len(seen) == len(set(seen))
        assert set(first) <= set(seen)
    clock.move(timedelta())


async def test_a_closed_story_takes_no_more_answers_but_its_author_s(mo: Viewer) -> None:
    ana, ben = await member("ana", "a"), await member("ben", "b")
    item = await shown(mo, ana)
    await verbs.close(ana, item)
    with pytest.raises(verbs.Closed):
        await verbs.reply(ben, answer(item))
    await verbs.reply(ana, answer(item))
    await verbs.close(ana, item, False)
    await verbs.reply(ben, answer(item))


async def test_an_answer_sent_again_is_known_whatever_was_closed_or_used_up_meanwhile(mo: Viewer) -> None:
    ana, ben = await member("ana", "a"), await member("ben", "b")
    item = await shown(mo, ana)
    given = replace(answer(item), cid=uuid4())
    first = await verbs.reply(ben, given)
    for n in range(verbs.REPLIES.tries - 1):
        await verbs.reply(ben, answer(item, f"And bus number {n}."))
    with pytest.raises(TooMany):
        await verbs.reply(ben, answer(item, "One more."))
    assert (await verbs.reply(ben, given)).id == first.id
    await verbs.close(ana, item)
    assert (await verbs.reply(ben, given)).id == first.id
    await moderation.withdraw(ana, item)
    assert (await verbs.reply(ben, given)).id == first.id
    assert await Item.count().where(Item.cid == given.cid) == 1


async def test_more_like_this_weighs_what_is_rare_as_for_you_does(mo: Viewer) -> None:
    ana, ben = await member("ana", "a"), await member("ben", "b")
    both = Likes(frozenset({"exam-stress", "waiting-list"}), frozenset())
    item = await shown(mo, ana, title="Both", likes=both)
    await shown(mo, ana, title="Rare", likes=Likes(frozenset({"waiting-list"}), frozenset()))
    for n in range(3):
        await shown(mo, ana, title=f"Common {n}", likes=Likes(frozenset({"exam-stress"}), frozenset()))
        clock.move(timedelta(hours=n + 1))
    stories_weighed.forget(counts=True)
    thread = await stories_reading.thread(ben, item)
    assert thread is not None
    found = await stories_reading.like(ben, thread.story)
    assert found[0].shown.said.parts[0] == "Rare"
    assert [one.why for one in found[:2]] == ["waiting-list", "exam-stress"], "What they have in common."
    clock.move(timedelta())


async def test_an_answer_may_be_changed_for_a_quarter_of_an_hour(mo: Viewer) -> None:
    ana, ben = await member("ana", "a"), await member("ben", "b")
    item = await shown(mo, ana)
    reply = await verbs.reply(ben, answer(item))
    await publish(mo, reply.id)
    changed = await verbs.edit_reply(ben, reply.id, answer(item, "I know that bus well."))
    assert changed.state == "held"
    await publish(mo, reply.id)
    clock.move(timedelta(minutes=16))
    with pytest.raises(verbs.Over):
        await verbs.edit_reply(ben, reply.id, answer(item, "Too late now."))
    clock.move(timedelta())
    with pytest.raises(Unknown):
        await verbs.edit_reply(ana, reply.id, answer(item, "Not mine."))


async def test_a_surprise_is_any_story_and_never_one_s_own(mo: Viewer) -> None:
    ana, ben, cho = await member("ana", "a"), await member("ben", "b"), await member("cho", "c")
    assert await stories_reading.surprise(ben, 0.5) is None
    there = []
    for day in range(5):
        clock.move(timedelta(days=day))
        there.append(await shown(mo, ana, title=f"Day {day}"))
    clock.move(timedelta(days=5))
    found = {await stories_reading.surprise(ben, chance / 20) for chance in range(20)}
    assert found == set(there)
    assert await stories_reading.surprise(ana, 0.5) is None
    assert await stories_reading.surprise(cho, 0.5) is None
    clock.move(timedelta())


async def test_blocked_people_neither_read_nor_answer_each_other(mo: Viewer) -> None:
    ana, stranger = await member("ana", "a"), await member("stranger", "b")
    item = await shown(mo, ana)
    await blocks.block(ana, stranger.person)
    assert (await stories_reading.newest(stranger)).items == []
    assert await stories_reading.thread(stranger, item) is None
    with pytest.raises(Unknown):
        await verbs.reply(stranger, answer(item))


async def test_counts_stay_true_when_everything_happens_at_once(mo: Viewer) -> None:
    ana = await member("ana", "a")
    people = [await member(f"p{n}", "b") for n in range(6)]
    item = await shown(mo, ana)
    replies = [await verbs.reply(who, answer(item)) for who in people]
    await asyncio.gather(*(publish(mo, one.id) for one in replies[:4]))
    again = verbs.reply(people[0], answer(item, "And once more."))
    await asyncio.gather(
        *(verbs.react(who, item, 1 << n % 5) for n, who in enumerate(people)),
        *(verbs.react(who, item, stories.METOO) for who in people),
        *(moderation.withdraw(who, one.id) for who, one in zip(people[:2], replies[:2], strict=True)),
        *(publish(mo, one.id) for one in replies[4:]),
        *(verbs.keep(who, item) for who in people),
        *(verbs.keep(who, item) for who in people),
        again,
    )
    thread = await stories_reading.thread(ana, item)
    assert thread is not None
    assert thread.story.replies == len([one for one in thread.replies if one.shown.state == "published"]) == 4
    assert sum(thread.story.counts.values()) == 6 == await Reaction.count()
    assert thread.story.times_kept == 6 == await Kept.count()


async def test_a_page_of_stories_is_one_statement_beside_the_choices(mo: Viewer) -> None:
    ana, ben = await member("ana", "a"), await member("ben", "b")
    item = await shown(mo, ana)
    await controls.like(ben, Likes(frozenset({"exam-stress"}), frozenset()))
    await stories_reading.for_you(ben)
    reads: list[Callable[[], Awaitable[object]]] = [
        lambda: stories_reading.newest(ben),
        lambda: stories_reading.for_you(ben),
        lambda: stories_reading.search(ben, "bus"),
        lambda: stories_reading.kept(ben),
        lambda: stories_reading.thread(ben, item),
    ]
    for read in reads:
        stories_rows.forget()
        for most in (3, 2):  # what this process has not read since it changed costs one more
            with count_queries() as counted:
                await read()
            assert counted.n <= most
