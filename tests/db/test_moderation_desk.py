"""The desk on a real database: one ruling, all or nothing, and a queue that stays cheap."""

import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path
from uuid import UUID, uuid4

import pytest

from care import clock, rulings
from care.rulings import NotAllowed
from db.devices import Viewer
from tests.members import member, opened, post


@pytest.fixture(autouse=True)
async def an_open_community(database: Path) -> AsyncIterator[None]:
    await opened()
    yield
    clock.move(timedelta())


async def test_the_desk_is_for_staff_past_their_second_step() -> None:
    from dataclasses import replace

    from db import decisions, desk, moderation, shifts
    from db.shifts import NotStaff

    ana, mo = await member("ana"), await member("mo", "c", "moderator")
    await moderation.share(ana, post())
    (waiting,) = (await desk.queue(mo)).items
    for who in (
        ana,
        replace(mo, checked=False),
        await member("sue", "c", "supporter"),
        await member("op", "c", "operator"),
    ):
        for attempt in (
            desk.queue(who),
            desk.look(who, waiting.id),
            desk.next_for(who),
            decisions.decide(who, waiting.id, decisions.Decision("publish", 1)),
            decisions.judge(who, waiting.id, True),
            decisions.close(who, waiting.id, True),
            decisions.hand(who, waiting.id, mo.person),
            shifts.begin(who),
        ):
            with pytest.raises(NotStaff):
                await attempt


async def test_opening_an_item_is_logged() -> None:
    from db import desk, moderation
    from db.moderation_tables import Sighting

    ana, mo = await member("ana"), await member("mo", "c", "moderator")
    shared = await moderation.share(ana, post())
    (waiting,) = (await desk.queue(mo)).items
    seen = Sighting.count().where(Sighting.item == shared.id, Sighting.by == mo.person)
    assert await seen == 0, "The queue shows no words."
    await desk.look(mo, waiting.id)
    assert await seen == 1


async def test_two_at_once_leave_one_ruling() -> None:
    from db import decisions, desk, moderation
    from db.moderation_tables import Ruling

    ana = await member("ana")
    mo, moe = await member("mo", "c", "moderator"), await member("moe", "c", "moderator")
    shared = await moderation.share(ana, post())
    (waiting,) = (await desk.queue(mo)).items
    outcomes = await asyncio.gather(
        decisions.decide(mo, waiting.id, decisions.Decision("publish", 1)),
        decisions.decide(moe, waiting.id, decisions.Decision("remove", 1, "unkind")),
        decisions.decide(mo, waiting.id, decisions.Decision("publish", 1)),
        return_exceptions=True,
    )
    won = [one for one in outcomes if isinstance(one, str)]
    assert len(won) == 1
    assert all(isinstance(one, decisions.Late | NotAllowed) for one in outcomes if not isinstance(one, str))
    rulings = await Ruling.select(Ruling.after).where(Ruling.item == shared.id, Ruling.by.is_not_null())
    assert [row["after"] for row in rulings] == won
    found = await moderation.of_mine(ana, shared.id)
    assert found is not None
    assert found.state == won[0]


async def test_words_that_changed_since_they_were_read_are_not_ruled_on() -> None:
    from db import decisions, desk, moderation
    from db.moderation_tables import Ruling

    ana, mo = await member("ana"), await member("mo", "c", "moderator")
    shared = await moderation.share(ana, post())
    (waiting,) = (await desk.queue(mo)).items
    await moderation.edit(ana, shared.id, post("Something else."))
    with pytest.raises(decisions.Late):
        await decisions.decide(mo, waiting.id, decisions.Decision("publish", 1))
    assert not await Ruling.exists().where(Ruling.item == shared.id, Ruling.by.is_not_null())
    (still,) = (await desk.queue(mo)).items
    assert (still.id, still.since) == (waiting.id, waiting.since), "An edit keeps its place."
    assert await decisions.decide(mo, waiting.id, decisions.Decision("publish", 2)) == "published"


async def test_a_crash_between_ruling_and_publishing_leaves_nothing_half_done() -> None:
    from db import decisions, desk, moderation
    from db.engine import DB
    from db.moderation_tables import Ruling

    ana, mo = await member("ana"), await member("mo", "c", "moderator")
    shared = await moderation.share(ana, post())
    (waiting,) = (await desk.queue(mo)).items
    for table in ("notice", "ruling"):  # the last thing a decision writes, and one in the middle
        await DB.run(f"ALTER TABLE {table} RENAME TO away")
        try:
            with pytest.raises(Exception, match=table):
                await decisions.decide(mo, waiting.id, decisions.Decision("publish", 1))
        finally:
            await DB.run(f"ALTER TABLE away RENAME TO {table}")
        found = await moderation.of_mine(ana, shared.id)
        assert found is not None
        assert found.state == "held"
        assert not await Ruling.exists().where(Ruling.item == shared.id, Ruling.by.is_not_null())
        assert [one.id for one in (await desk.queue(mo)).items] == [waiting.id]
    assert await decisions.decide(mo, waiting.id, decisions.Decision("publish", 1)) == "published"


async def test_the_author_is_told_why_what_and_how_to_go_on() -> None:
    from db import decisions, desk, moderation, notices

    ana, mo = await member("ana"), await member("mo", "c", "moderator")
    shared = await moderation.share(ana, post("I weigh 41 now. The heron helped."))
    (waiting,) = (await desk.queue(mo)).items
    with pytest.raises(decisions.Incomplete):
        await decisions.decide(mo, waiting.id, decisions.Decision("return", 1))
    asked = decisions.Decision("return", 1, "numbers", "I weigh 41 now.", "The rest is lovely.")
    assert await decisions.decide(mo, waiting.id, asked) == "returned"
    told = await moderation.statement(ana, shared.id)
    assert told is not None and told.decision is not None
    assert (told.decision.why, told.decision.sentence) == ("numbers", "I weigh 41 now.")
    assert (told.decision.text, told.decision.policy) == ("The rest is lovely.", rulings.POLICY)
    assert told.item.words.startswith("I weigh"), "The text is kept."
    assert told.may_appeal
    assert [left.kind for left in (await notices.inbox(ana))[0]] == ["decided"]
    again = await moderation.edit(ana, shared.id, post("The heron helped."))
    assert (again.state, again.reason) == ("held", "band")


async def test_an_appeal_is_decided_once_and_by_somebody_else() -> None:
    from db import decisions, desk, moderation, moderation_mine

    ana = await member("ana")
    mo, moe = await member("mo", "c", "moderator"), await member("moe", "c", "moderator")
    shared = await moderation.share(ana, post())
    (waiting,) = (await desk.queue(mo)).items
    with pytest.raises(moderation_mine.NoAppeal):
        await moderation_mine.appeal(ana, shared.id, "not decided yet")
    await decisions.decide(mo, waiting.id, decisions.Decision("remove", 1, "unkind"))
    await moderation_mine.appeal(ana, shared.id, "It is only a heron.")
    with pytest.raises(moderation_mine.NoAppeal):
        await moderation_mine.appeal(ana, shared.id, "again")
    with pytest.raises(moderation_mine.NoAppeal):
        await moderation_mine.appeal(moe, shared.id, "not mine")
    (open_,) = (await desk.queue(mo)).items
    first, second = await desk.look(mo, open_.id), await desk.look(moe, open_.id)
    assert first is not None and second is not None
    assert (first.actions, second.actions) == ((), ("uphold", "reverse"))
    assert second.appeal == "It is only a heron."
    with pytest.raises(NotAllowed):
        await decisions.judge(mo, open_.id, True)
    assert len((await desk.queue(mo)).items) == 1, "The refused one left everything as it was."
    assert await decisions.judge(moe, open_.id, True, "You are right.") == "published"
    with pytest.raises(decisions.Late):
        await decisions.judge(moe, open_.id, False)
    told = await moderation.statement(ana, shared.id)
    assert told is not None
    assert (told.appeal, told.item.state, told.may_appeal) == ("reversed", "published", False)


async def test_upheld_is_the_end_of_it() -> None:
    from db import decisions, desk, moderation, moderation_mine

    ana = await member("ana")
    mo, moe = await member("mo", "c", "moderator"), await member("moe", "c", "moderator")
    shared = await moderation.share(ana, post())
    await decisions.decide(mo, (await desk.queue(mo)).items[0].id, decisions.Decision("remove", 1, "spam"))
    await moderation_mine.appeal(ana, shared.id, "")
    assert await decisions.judge(moe, (await desk.queue(mo)).items[0].id, False, "Sorry.") == "removed"
    told = await moderation.statement(ana, shared.id)
    assert told is not None
    assert (told.appeal, told.item.state, told.may_appeal) == ("upheld", "removed", False)
    with pytest.raises(moderation_mine.NoAppeal):
        await moderation_mine.appeal(ana, shared.id, "and again")


async def test_only_the_lead_settles_what_is_about_danger_and_nobody_publishes_it_at_once() -> None:
    from db import decisions, desk, moderation

    ana = await member("ana")
    mo, lead = await member("mo", "c", "moderator"), await member("lea", "c", "safeguarding")
    shared = await moderation.share(ana, post())
    (waiting,) = (await desk.queue(mo)).items
    assert await decisions.decide(mo, waiting.id, decisions.Decision("escalate", 1)) == "safeguarding"
    (raised,) = (await desk.queue(mo)).items
    assert raised.risk == 3
    for action in ("publish", "settle", "remove"):
        with pytest.raises(NotAllowed):
            await decisions.decide(mo, raised.id, decisions.Decision(action, 1, "other"))
    with pytest.raises(NotAllowed):
        await decisions.decide(lead, raised.id, decisions.Decision("publish", 1))
    assert await decisions.decide(lead, raised.id, decisions.Decision("settle", 1)) == "held"
    (back,) = (await desk.queue(mo)).items
    assert await decisions.decide(mo, back.id, decisions.Decision("publish", 1)) == "published"
    told = await moderation.statement(ana, shared.id)
    assert told is not None
    assert [one.action for one in told.history] == ["hold", "escalate", "settle", "publish"]


async def test_nobody_decides_about_their_own_words() -> None:
    from db import decisions, desk, moderation

    mo = await member("mo", "c", "moderator", days=0)
    await moderation.share(mo, post(kind="story"))
    (waiting,) = (await desk.queue(mo)).items
    seen = await desk.look(mo, waiting.id)
    assert seen is not None
    assert seen.actions == ()
    with pytest.raises(NotAllowed):
        await decisions.decide(mo, waiting.id, decisions.Decision("publish", 1))


async def test_a_moderators_note_folds_the_words_for_readers() -> None:
    from db import decisions, desk, moderation

    ana, ben, mo = await member("ana"), await member("ben", "b"), await member("mo", "c", "moderator")
    shared = await moderation.share(ana, post())
    (waiting,) = (await desk.queue(mo)).items
    await decisions.decide(mo, waiting.id, decisions.Decision("publish", 1, notes=("death",)))
    found = await moderation.find(ben, shared.id)
    assert found is not None
    assert found.notes == ("death",)


async def test_handed_on_it_is_the_buddys_alone_for_half_an_hour() -> None:
    from db import decisions, desk, moderation, shifts

    ana = await member("ana")
    mo, moe = await member("mo", "c", "moderator"), await member("moe", "c", "moderator")
    await moderation.share(ana, post())
    (waiting,) = (await desk.queue(mo)).items
    with pytest.raises(NotAllowed):
        await decisions.hand(mo, waiting.id, moe.person)
    await shifts.begin(moe)
    await decisions.hand(mo, waiting.id, moe.person)
    assert (await desk.queue(mo)).items == []
    assert len((await desk.queue(moe)).items) == 1
    clock.move(timedelta(minutes=31))
    assert len((await desk.queue(mo)).items) == 1


async def test_a_ban_takes_two_people() -> None:
    from db import moderation, sanctions

    cho, dee = await member("cho", "c"), await member("dee", "c")
    mo, moe = await member("mo", "c", "moderator"), await member("moe", "c", "moderator")
    shared = await _published(cho)
    assert await moderation.find(dee, shared)
    ban = await sanctions.propose_ban(mo, cho.person, "unsafe")
    assert await moderation.find(dee, shared), "One person alone bans nobody."
    with pytest.raises(sanctions.Refused):
        await sanctions.agree(mo, ban)
    outcomes = await asyncio.gather(
        sanctions.agree(moe, ban), sanctions.agree(moe, ban), return_exceptions=True
    )
    assert sorted(type(one).__name__ for one in outcomes) == ["NoneType", "Refused"]
    assert await moderation.find(dee, shared) is None
    with pytest.raises(moderation.Paused) as banned:
        await moderation.share(cho, post())
    assert banned.value.until is None
    await sanctions.end(moe, ban)
    assert await moderation.find(dee, shared)
    with pytest.raises(sanctions.Refused):
        await sanctions.pause(mo, mo.person, timedelta(hours=1), "other")


async def test_how_long_it_takes_is_measured_from_decisions() -> None:
    from db import decisions, desk, moderation, shifts

    clock.move(timedelta(days=400))  # on a server the ledger of other tests is there, and cannot be emptied
    ana, mo = await member("ana"), await member("mo", "c", "moderator")
    told = await shifts.wait()
    assert (told.on_duty, told.usual, told.opens) == (False, None, None)
    for _ in range(5):
        await moderation.share(ana, post())
    clock.move(timedelta(days=400, minutes=12))
    for waiting in (await desk.queue(mo)).items:
        await decisions.decide(mo, waiting.id, decisions.Decision("publish", 1))
    assert not await shifts.set_staffed("afternoons, mostly")
    assert await shifts.set_staffed("09:00-12:00 Europe/London")
    assert await shifts.set_staffed("16:00-22:00 Europe/London"), "Said again, it replaces what was said."
    hours = await shifts.staffed()
    assert hours is not None
    assert (hours.opens.hour, hours.tz) == (16, "Europe/London")
    told = await shifts.wait()
    assert told.usual == timedelta(minutes=15)
    assert told.opens is not None
    assert told.opens > clock.now()
    await shifts.begin(mo)
    assert (await shifts.wait()).on_duty
    await shifts.begin(mo)
    assert len(await shifts.on()) == 1
    await shifts.end(mo)
    assert not (await shifts.wait()).on_duty


async def test_ten_thousand_cost_what_a_hundred_cost(engine_kind: str) -> None:
    from db import desk
    from db.engine import DB, count_queries

    mo, ana = await member("mo", "c", "moderator"), await member("ana")
    costs, plans = [], []
    for many in (100, 9_900):
        await _fill(ana.person, many)
        await DB.run("ANALYZE")
        with count_queries() as count:
            page = await desk.queue(mo)
            second = await desk.queue(mo, page.next)
        costs.append(count.n)
        assert len(page.items) == len(second.items) == 20
        assert page.waiting == 100
        assert not {one.id for one in page.items} & {one.id for one in second.items}
        plans.append(await _plan(engine_kind, mo))
    assert costs == [4, 4], "Two statements a page."
    assert plans[1] == plans[0] or engine_kind == "postgres"
    assert "hold_queue" in plans[1]
    assert "TEMP B-TREE" not in plans[1] and "Seq Scan on hold" not in plans[1]


async def test_the_pages_of_the_queue_are_all_of_it_once_and_in_order() -> None:
    from db import desk

    mo, ana = await member("mo", "c", "moderator"), await member("ana")
    await _fill(ana.person, 97)
    page = await desk.queue(mo)
    at, read = page.at, list(page.items)
    while page.next:
        page = await desk.queue(mo, page.next)
        read += page.items
    assert len({one.id for one in read}) == len(read) == 97
    ranks = [(-one.counts_as(at), one.since, one.id) for one in read]
    assert ranks == sorted(ranks)
    assert {one.counts_as(at) for one in read} >= {0, 1, 2, 3}
    first = [one.id for one in (await desk.queue(mo)).items]
    last = read[-1].id.hex
    for odd in ("nonsense", f"0001-01-01_2_0001-01-01_{last}", f"2026-01-01_{10**12}_2026-01-01_{last}"):
        assert [one.id for one in (await desk.queue(mo, odd)).items] == first


async def _published(who: Viewer) -> UUID:
    from db import decisions, desk, moderation

    moderator = await member(f"m{uuid4().hex[:6]}", "c", "moderator")
    shared = await moderation.share(who, post())
    for waiting in (await desk.queue(moderator)).items:
        await decisions.decide(moderator, waiting.id, decisions.Decision("publish", 1))
    return shared.id


async def _fill(person: UUID, many: int) -> None:
    """Holds of every risk and age."""
    from db.moderation_tables import Hold

    at = clock.now()
    rows = [
        Hold(
            kind="item", subject=uuid4(), person=person, reason="band",
            risk=n % 4, since=at - timedelta(minutes=n % 700, seconds=n),
        )
        for n in range(many)
    ]  # fmt: skip
    for start in range(0, many, 500):
        await Hold.insert(*rows[start : start + 500])


async def _plan(engine_kind: str, mo: Viewer) -> str:
    """How the database reads one head of the queue."""
    from db import desk_queue
    from db.engine import DB

    at = clock.now()
    query = desk_queue.Hold.raw(desk_queue._HEAD, 1, at - timedelta(days=9), UUID(int=0), mo.person, at, 21)
    sql, args = query.querystrings[0].compile_string(engine_type=DB.engine_type)
    how = "EXPLAIN QUERY PLAN" if engine_kind == "sqlite" else "EXPLAIN"
    rows = await DB.run(f"{how} {sql}", args)
    return "\n".join(str(row.get("detail") or row.get("QUERY PLAN")) for row in rows)
