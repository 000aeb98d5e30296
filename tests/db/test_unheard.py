"""The waiting queue, being asked at most once, and alerts that happen once each: on a real database."""

import asyncio
import random
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta
from uuid import UUID

import pytest

from care import clock
from care import unheard as rules
from care.clock import now
from care.matching import Likes
from db import blocks, controls, desk, moderation, shifts, stories_reading, today, unheard, unheard_alerts
from db import stories as verbs
from db.decisions import Late
from db.devices import Viewer
from db.engine import count_queries, fetch
from db.moderation_tables import Hold, Item
from db.reminder_tables import Notice
from db.unheard_tables import Unheard
from jobs import unheard as duty
from tests.db.test_stories import answer, publish, shown
from tests.members import member, opened

pytestmark = pytest.mark.usefixtures("database")


@pytest.fixture(autouse=True)
async def an_open_community(database: object) -> AsyncIterator[None]:
    await opened()
    yield
    clock.move(timedelta())


@pytest.fixture
async def mo() -> Viewer:
    who = await member("mo", "c", "moderator")
    await shifts.begin(who)
    return who


async def willing(name: str, band: str = "b", role: str = "") -> Viewer:
    who = await member(name, band, role)
    await controls.be_asked(who, True)
    return who


async def ids(viewer: Viewer) -> list[UUID]:
    return [one.shown.id for one in await unheard.waiting(viewer)]


async def old(item: UUID, hours: float, **more: object) -> None:
    values: dict[object, object] = {Unheard.since: now() - timedelta(hours=hours), **more}  # type: ignore[dict-item]
    await Unheard.update(values).where(Unheard.item == item)  # type: ignore[arg-type]


async def of(kind: str) -> list[UUID]:
    return [row["person"] for row in await Notice.select(Notice.person).where(Notice.kind == kind)]


async def test_a_story_waits_until_two_others_have_answered_and_never_for_who_has(mo: Viewer) -> None:
    ana, ben, dee, eve = [await member(name, "a") for name in ("ana", "ben", "dee", "eve")]
    item = await shown(mo, ana)
    assert await ids(ana) == [], "Never one's own."
    assert [await ids(one) for one in (ben, dee)] == [[item], [item]]
    reply = await verbs.reply(ben, answer(item))
    assert await ids(ben) == [], "Theirs is still being read, and yet they are not asked again."
    assert await ids(dee) == [item]
    await publish(mo, reply.id)
    assert await ids(dee) == [item], "One answer is too few."
    await publish(mo, (await verbs.reply(dee, answer(item))).id)
    assert await ids(eve) == []
    await moderation.withdraw(dee, (await stories_reading.thread(dee, item)).replies[1].shown.id)  # type: ignore[union-attr]
    assert await ids(eve) == [item], "An answer taken back leaves them waiting again."


async def test_two_answers_by_one_person_are_one_who_answered(mo: Viewer) -> None:
    ana, ben, dee = [await member(name, "a") for name in ("ana", "ben", "dee")]
    item = await shown(mo, ana)
    twice = [await verbs.reply(ben, answer(item, text)) for text in ("I know that bus.", "And that rain.")]
    await asyncio.gather(*(publish(mo, one.id) for one in twice))
    thread = await stories_reading.thread(ana, item)
    assert thread is not None and (len(thread.replies), thread.story.replies) == (2, 1)
    assert await ids(dee) == [item], "A second voice is still missing."
    await moderation.withdraw(ben, twice[0].id)
    assert (await Unheard.select(Unheard.replies).first()) == {"replies": 1}, "The other one still stands."
    await publish(mo, (await verbs.reply(ben, answer(item, "Once more."))).id)
    await Item.delete().where(Item.author == ben.person)
    assert (await Unheard.select(Unheard.replies, Unheard.waits).first()) == {"replies": 0, "waits": True}


async def test_what_is_closed_taken_back_or_put_aside_waits_for_nobody(mo: Viewer) -> None:
    ana, ben = await member("ana", "a"), await member("ben", "b")
    item = await shown(mo, ana)
    await verbs.close(ana, item)
    assert await ids(ben) == []
    await verbs.close(ana, item, closed=False)
    assert await ids(ben) == [item]
    await old(item, 24 * 31)
    assert await ids(ben) == [], "After a month nobody is asked."
    await old(item, 1)
    await moderation.withdraw(ana, item)
    assert await ids(ben) == []


async def test_the_neediest_comes_first_as_the_rule_has_it(mo: Viewer) -> None:
    ana, ben = await member("ana", "a"), await member("ben", "b")
    first, second, third = [await shown(mo, ana, title=name) for name in ("one", "two", "three")]
    await old(first, 10)
    await old(second, 15, replies=1)
    await old(third, 18, asked=1)
    assert await ids(ben) == [first, third, second]
    needs = [rules.need(timedelta(hours=h), r, a) for h, r, a in ((10, 0, 0), (18, 0, 1), (15, 1, 0))]
    assert needs == sorted(needs, reverse=True)


async def test_a_page_of_the_queue_is_one_statement_and_reads_its_index(mo: Viewer, engine_kind: str) -> None:
    ana, ben = await member("ana", "a"), await member("ben", "b")
    await shown(mo, ana)
    await ids(ben)
    plain = replace(ben, chosen=())
    with count_queries() as counted:
        assert len(await ids(plain)) == 1
    assert counted.n == 1
    if engine_kind == "sqlite":
        sql, given_ = unheard.pool(ben)
        plan = " ".join(str(row["detail"]) for row in await fetch(f"EXPLAIN QUERY PLAN {sql}", *given_))
        assert plan.count("unheard_queue") == 8
        assert "SCAN u " not in plan + " "


async def test_of_two_tabs_at_once_one_asks_and_then_nobody_for_three_hours(mo: Viewer) -> None:
    ana, ben = await member("ana", "a"), await willing("ben")
    item = await shown(mo, ana)
    await shown(mo, ana, title="another")
    tabs = await asyncio.gather(*(today.of(ben, now().date()) for _ in range(6)))
    assert [one.give is not None for one in tabs].count(True) == 1
    asked = await Unheard.select(Unheard.asked).order_by(Unheard.since)
    assert sum(row["asked"] for row in asked) == 1, "Being shown one is being asked, once."
    assert item
    clock.move(timedelta(hours=2, minutes=59))
    assert (await today.of(ben, now().date())).give is None
    clock.move(timedelta(hours=3, minutes=1))
    assert (await today.of(ben, now().date())).give is not None
    await controls.rest(ben, rules.NOT_TODAY)
    clock.move(timedelta(hours=3) + timedelta(hours=23))
    assert (await today.of(ben, now().date())).give is None, "Not today."
    clock.move(timedelta(hours=3) + timedelta(hours=25))
    assert (await today.of(ben, now().date())).give is not None


async def test_not_everybody_is_sent_to_the_same_one(mo: Viewer) -> None:
    ana = await member("ana", "a")
    for n in range(4):
        item = await shown(mo, await member(f"writer{n}", "a") if n else ana, title=f"story {n}")
        await old(item, 10 + n)
    seen = []
    for n in range(4):
        found = await today.of(await willing(f"reader{n}"), now().date())
        assert found.give
        seen.append(found.give.shown.id)
    assert len(set(seen)) == 4


async def test_only_who_is_willing_is_asked_and_nobody_on_a_break(mo: Viewer) -> None:
    ana, ben = await member("ana", "a"), await member("ben", "b")
    await shown(mo, ana)
    found = await today.of(ben, now().date())
    assert found.give is None and found.receive is not None
    await controls.be_asked(ben, True)
    await controls.take_break(ben, 3)
    found = await today.of(ben, now().date())
    assert (found.give, found.receive, found.suggestion) == (None, None, "")


async def test_today_picks_one_like_them_says_why_and_keeps_it_for_the_day(mo: Viewer) -> None:
    ana, ben, cho = await member("ana", "a"), await member("ben", "b"), await member("cho", "c")
    for n in range(6):
        writer = await member(f"writer{n}", "a") if n else ana
        await shown(mo, writer, title=f"story {n}", likes=Likes(frozenset({"bullied"})))
        await shown(mo, writer, title=f"other {n}", likes=Likes(frozenset({"racism"})))
    await controls.like(ben, Likes(frozenset({"bullied"})))
    day = now().date() + timedelta(days=1)
    picked = [(await today.of(ben, day)).receive for _ in range(3)]
    assert {one.shown.id for one in picked if one} == {picked[0].shown.id}  # type: ignore[union-attr]
    assert picked[0] and picked[0].why == "bullied"
    assert len({(await today.of(ben, day + timedelta(days=n))).receive.shown.id for n in range(12)}) > 1  # type: ignore[union-attr]
    assert (await today.of(cho, day)).receive is None, "Nothing of the other side."


async def test_suggestions_come_one_at_a_time_and_go_when_waved(mo: Viewer) -> None:
    ana, ben = await member("ana", "a"), await member("ben", "b", days=8)
    await shown(mo, ana)
    for expected in ("know", "willing", "remind", "write"):
        assert (await today.of(ben, now().date())).suggestion == expected
        await controls.wave(ben, expected)
    assert (await today.of(ben, now().date())).suggestion == ""
    new = await member("new", "b", days=0)
    assert (await today.of(new, now().date())).suggestion == ""


async def test_somebody_answered_is_offered_to_say_thanks_once(mo: Viewer) -> None:
    ana, ben = await member("ana", "a"), await member("ben", "b")
    item = await shown(mo, ana)
    await shown(mo, ben, title="Ben's")
    reply = await verbs.reply(ben, answer(item))
    await publish(mo, reply.id)
    assert (await today.of(ana, now().date())).thank == item
    await verbs.thank(ana, reply.id)
    assert (await today.of(ana, now().date())).thank is None


async def test_today_costs_two_statements_and_a_third_when_it_asks(mo: Viewer) -> None:
    ana, ben = await member("ana", "a"), await willing("ben")
    await controls.like(ben, Likes(frozenset({"cant-sleep"})))
    await shown(mo, ana)
    await shown(mo, ana, title="two")
    await unheard.waiting(ben)
    ben = replace(ben, chosen=tuple(await controls._rows(ben.person)))  # as they come with a session
    with count_queries() as counted:
        assert (await today.of(ben, now().date())).give
    assert counted.n == 3
    ben = replace(ben, chosen=tuple(await controls._rows(ben.person)))
    with count_queries() as counted:
        assert not (await today.of(ben, now().date())).give
    assert counted.n == 2


@pytest.mark.parametrize("seed", range(6))
async def test_the_queue_never_crosses_sides_blocks_or_mutes(mo: Viewer, seed: int) -> None:
    """Random people and choices, against a plain list of who may see whom."""
    draw = random.Random(seed)  # noqa: S311 - a world of our own
    reader = await willing("reader", draw.choice("ab" if seed % 2 else "c"))
    expected: set[UUID] = set()
    hidden: set[UUID] = set()
    topic = draw.choice(["", "suicide"])
    if topic:
        await controls.mute_topics(reader, [topic])
    if lighter := draw.random() < 0.3:
        await controls.lighten(reader, "UTC")
    for n in range(6):
        band, tie = draw.choice("abc"), draw.choice(["", "", "block", "blocked", "mute", "word"])
        notes = draw.choice([(), (), ("suicide",), ("death",)])
        writer = await member(f"writer{n}", band)
        item = await shown(mo, writer, title=f"about herons{n}", notes=notes)
        if tie == "block":
            await blocks.block(reader, writer.person) if same(band, reader.band) else None
        elif tie == "blocked":
            await blocks.block(writer, reader.person) if same(band, reader.band) else None
        elif tie == "mute" and same(band, reader.band):
            await controls.mute_person(reader, writer.person)
        elif tie == "word":
            await controls.mute_word(reader, f"herons{n}")
        may = same(band, reader.band) and not tie and topic not in notes and not (lighter and notes)
        (expected if may else hidden).add(item)
    assert hidden, "The premise: there is something not to be seen."
    assert set(await ids(reader)) == expected
    found = await today.of(reader, now().date())
    for one in (found.give, found.receive):
        assert one is None or one.shown.id in expected


def same(band: str, other: str) -> bool:
    return (band == "c") == (other == "c")


@pytest.mark.parametrize(("band", "after"), [("a", 4), ("c", 8)])
async def test_supporters_are_told_by_age_once_each(mo: Viewer, band: str, after: int) -> None:
    ana = await member("ana", band)
    item = await shown(mo, ana)
    theirs = [await willing(f"sup{n}", "b" if band == "a" else "c", "supporter") for n in range(3)]
    await willing("other", "c" if band == "a" else "b", "supporter")
    await willing("member", band)
    idle = await member("idle", band, "supporter")
    clock.move(timedelta(hours=after, minutes=-5))
    await duty.alert()
    assert await of("asked") == []
    clock.move(timedelta(hours=after, minutes=5))
    for _ in range(3):
        await duty.alert()
    told = await of("asked")
    assert len(told) == len(set(told)) == rules.TOLD
    assert set(told) <= {one.person for one in theirs}
    assert idle.person not in told
    paths = await Notice.select(Notice.path).where(Notice.kind == "asked")
    assert {row["path"] for row in paths} == {f"/stories/{item}"}
    row = await Unheard.select(Unheard.asked).where(Unheard.item == item).first()
    assert row and row["asked"] == rules.TOLD, "Being told is being asked."


async def test_supporters_who_rest_blocked_or_are_on_a_break_are_left_alone(mo: Viewer) -> None:
    ana = await member("ana", "a")
    await shown(mo, ana)
    resting, away, blocked, muted = [await willing(f"sup{n}", "b", "supporter") for n in range(4)]
    await controls.rest(resting, timedelta(hours=24))
    await controls.take_break(away, 3)
    await blocks.block(ana, blocked.person)
    await controls.mute_word(muted, "rain")
    clock.move(timedelta(hours=5))
    await duty.alert()
    assert await of("asked") == []
    ready = await willing("ready", "b", "supporter")
    await duty.alert()
    assert await of("asked") == [ready.person], "Until somebody is free it is looked at again."


async def test_the_desk_on_shift_is_called_after_twelve_hours_and_answers_after_a_day(mo: Viewer) -> None:
    ana = await member("ana", "a")
    item = await shown(mo, ana)
    clock.move(timedelta(hours=11))
    await duty.alert()
    assert await of("duty") == []
    clock.move(timedelta(hours=13))
    await duty.alert()
    assert await of("duty") == [], "With nobody on shift no one is woken."
    await shifts.begin(mo)
    for _ in range(3):
        await duty.alert()
    assert await of("duty") == [mo.person]
    clock.move(timedelta(hours=25))
    for _ in range(3):
        await duty.alert()
    (waiting,) = [one for one in (await desk.queue(mo)).items if one.kind == "unheard"]
    seen = await desk.look(mo, waiting.id)
    assert seen and seen.actions == ("answer",) and seen.item and seen.item.id == item
    shared = await unheard_alerts.answer(
        mo, waiting.id, answer(item, "We are sorry. We read you, and it counts.")
    )
    assert shared.state == "published"
    told = await stories_reading.thread(ana, item)
    assert told and [one.shown.by_staff for one in told.replies] == [True]
    assert (await desk.queue(mo)).items == []
    with pytest.raises(Late):
        await unheard_alerts.answer(mo, waiting.id, answer(item))
    for _ in range(3):
        await duty.alert()
    assert await of("duty") == [mo.person]


async def test_an_answer_in_between_takes_it_off_the_desk(mo: Viewer) -> None:
    ana, ben = await member("ana", "a"), await member("ben", "b")
    item = await shown(mo, ana)
    clock.move(timedelta(hours=25))
    await duty.alert()
    await publish(mo, (await verbs.reply(ben, answer(item))).id)
    await duty.alert()
    assert (await desk.queue(mo)).items == []
    await moderation.withdraw(ana, item)
    clock.move(timedelta(hours=60))
    await duty.alert()
    assert not await Hold.exists().where(Hold.kind == "unheard", Hold.ended_at.is_null())


async def test_two_processes_at_once_tell_and_call_and_hand_over_once(mo: Viewer) -> None:
    ana = await member("ana", "a")
    for n in range(3):
        await shown(mo, ana, title=f"story {n}")
    for n in range(4):
        await willing(f"sup{n}", "b", "supporter")
    clock.move(timedelta(hours=25))
    await shifts.begin(mo)
    await asyncio.gather(*(duty.alert() for _ in range(4)))
    await duty.alert()
    told = await of("asked")
    assert len(told) == len(set(told)) == 4
    assert await of("duty") == [mo.person]
    assert await Hold.count().where(Hold.kind == "unheard") == 3


async def test_a_round_with_nothing_due_is_a_few_small_statements(mo: Viewer) -> None:
    await shown(mo, await member("ana", "a"))
    with count_queries() as counted:
        await duty.alert()
    assert counted.n <= 5


async def test_the_board_counts_each_side_and_is_the_desk_s_alone(mo: Viewer) -> None:
    ana, ben, cho = await member("ana", "a"), await member("ben", "b"), await member("cho", "c")
    first, second = await shown(mo, ana), await shown(mo, ana, title="two")
    await shown(mo, cho, title="grown")
    clock.move(timedelta(hours=2))
    await publish(mo, (await verbs.reply(ben, answer(first))).id)
    clock.move(timedelta(hours=30))
    with count_queries() as counted:
        board = await unheard.board(mo)
    assert counted.n == 1
    teens, adults = board.sides["t"], board.sides["y"]
    assert (teens.stories, teens.in_a_day, teens.two) == (2, 50, 0)
    assert teens.first and timedelta(hours=1.9) < teens.first < timedelta(hours=2.1)
    assert (adults.stories, adults.first, adults.in_a_day) == (1, None, 0)
    assert [one.item for one in board.longest][:2] == [second, first]
    with pytest.raises(shifts.NotStaff):
        await unheard.board(ana)


async def test_a_stranger_can_answer_for_the_team_by_no_way(mo: Viewer) -> None:
    ana, ben = await member("ana", "a"), await member("ben", "b")
    item = await shown(mo, ana)
    clock.move(timedelta(hours=25))
    await duty.alert()
    hold = (await Hold.select(Hold.id).where(Hold.kind == "unheard").first())["id"]  # type: ignore[index]
    for who in (ben, await member("sup", "b", "supporter"), replace(mo, checked=False)):
        with pytest.raises(shifts.NotStaff):
            await unheard_alerts.answer(who, hold, answer(item))
    with pytest.raises(Late):
        await unheard_alerts.answer(mo, hold, answer(await shown(mo, ana, title="another")))
