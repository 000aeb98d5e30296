"""Steps as rows: who may take them, what they close and for how long, and the second opinion."""

import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import pytest

from care import clock
from care.journal import Entry
from care.rulings import NotAllowed
from care.sanctions import LADDER, STEPS
from db.devices import Viewer
from tests.db.test_journal import draft
from tests.members import member, opened, post

DAY = timedelta(days=1)


@pytest.fixture(autouse=True)
async def an_open_community(database: Path) -> AsyncIterator[None]:
    await opened()
    yield
    clock.move(timedelta())


@pytest.fixture
async def mo() -> Viewer:
    return await member("mo", "c", "moderator")


@pytest.fixture
async def moe() -> Viewer:
    return await member("moe", "c", "moderator")


@pytest.fixture
async def cho() -> Viewer:
    return await member("cho", "c")


@pytest.mark.parametrize("kind", LADDER)
async def test_only_the_desk_takes_a_step(kind: str, cho: Viewer) -> None:
    from db import sanctions
    from db.shifts import NotStaff

    for who in (await member("dee", "c"), await member("sue", "c", "supporter"), cho):
        with pytest.raises(NotStaff):
            await sanctions.take(who, cho.person, kind, "unkind")
    assert await sanctions.taken(cho.person) == []


async def test_only_the_desk_reads_agrees_to_ends_and_judges_a_step(cho: Viewer, mo: Viewer) -> None:
    from dataclasses import replace
    from datetime import timedelta

    from db import sanctions, sanctions_appeals
    from db.shifts import NotStaff

    ban = await sanctions.propose_ban(mo, cho.person, "unsafe")
    pause = await sanctions.take(mo, cho.person, "pause", "unkind")
    await sanctions_appeals.ask(cho, pause, "It was about a heron.")
    before = await sanctions.of(mo, cho.person)
    assert len(before) == 2
    supporter, operator = await member("sue", "c", "supporter"), await member("op", "c", "operator")
    for who in (await member("dee", "c"), supporter, operator, cho, replace(mo, checked=False)):
        for act in (
            sanctions.of(who, cho.person),
            sanctions.agree(who, ban),
            sanctions.end(who, pause),
            sanctions.pause(who, cho.person, timedelta(days=1), "unkind"),
            sanctions.propose_ban(who, cho.person, "unsafe"),
            sanctions_appeals.judge(who, pause, True),
        ):
            with pytest.raises(NotStaff):
                await act
    assert await sanctions.of(mo, cho.person) == before
    assert [step.kind for step in await sanctions.standing(cho)] == ["pause"]


@pytest.mark.parametrize("kind", LADDER)
async def test_each_step_closes_what_it_says_and_the_journal_never(
    kind: str, cho: Viewer, mo: Viewer, moe: Viewer
) -> None:
    from db import journal, moderation, notices, sanctions
    from db.moderation_tables import Ruling

    step = await sanctions.take(mo, cho.person, kind, "unkind")
    if STEPS[kind].two:
        assert await sanctions.standing(cho) == []
        assert (await notices.inbox(cho))[0] == [], "A proposal is told to nobody."
        with pytest.raises(sanctions.Refused):
            await sanctions.agree(mo, step)
        await sanctions.agree(moe, step)
    (one,) = await sanctions.standing(cho)
    assert (one.kind, one.why) == (kind, "unkind")
    assert [left.kind for left in (await notices.inbox(cho))[0]] == ["account"]
    facts = await Ruling.select(Ruling.action, Ruling.after).where(Ruling.person == cho.person)
    assert {"action": kind, "after": STEPS[kind].state} in facts
    if "share" in STEPS[kind].closes:
        with pytest.raises(moderation.Paused):
            await moderation.share(cho, post())
    else:
        assert await moderation.share(cho, post())
    assert isinstance(await journal.write(cho.person, draft("a heavy day")), Entry)
    lasts = STEPS[kind].lasts
    if lasts:
        clock.move(lasts + timedelta(minutes=1))
        assert await sanctions.standing(cho) == []
        assert await moderation.share(cho, post())


async def test_a_ladder_is_climbed_and_forgotten_by_time_alone(cho: Viewer, mo: Viewer) -> None:
    from care import sanctions as rules
    from db import sanctions

    for kind in ("nudge", "warn", "pause"):
        assert rules.proposed(await sanctions.of(mo, cho.person), clock.now()) == kind
        await sanctions.take(mo, cho.person, kind, "unkind")
    assert rules.proposed(await sanctions.of(mo, cho.person), clock.now()) == "restrict"
    clock.move(31 * DAY)
    assert rules.proposed(await sanctions.of(mo, cho.person), clock.now()) == "nudge"


async def test_no_step_follows_from_words_about_ones_own_danger(cho: Viewer, mo: Viewer) -> None:
    from db import moderation, sanctions

    shared = await moderation.share(cho, post("I want to die"))
    other = await moderation.share(await member("dee", "c"), post())
    for kind in LADDER:
        for item in (shared.id, other.id):  # nor from somebody else's
            with pytest.raises(sanctions.Refused):
                await sanctions.take(mo, cho.person, kind, "other", item)
        with pytest.raises(sanctions.Refused):
            await sanctions.take(mo, mo.person, kind, "other")
    assert await sanctions.taken(cho.person) == []


async def test_two_who_agree_at_once_are_one(cho: Viewer, mo: Viewer, moe: Viewer) -> None:
    from db import sanctions

    step = await sanctions.take(mo, cho.person, "suspend", "unsafe")
    third = await member("max", "c", "moderator")
    outcomes = await asyncio.gather(
        sanctions.agree(moe, step), sanctions.agree(third, step), return_exceptions=True
    )
    assert sorted(type(one).__name__ for one in outcomes) == ["NoneType", "Refused"]
    (one,) = await sanctions.standing(cho)
    assert one.until is not None
    assert abs(one.until - clock.now() - 30 * DAY) < timedelta(minutes=1)


async def test_a_second_opinion_is_somebody_elses_and_asked_for_once(
    cho: Viewer, mo: Viewer, moe: Viewer
) -> None:
    from db import decisions, desk, moderation, sanctions, sanctions_appeals

    step = await sanctions.take(mo, cho.person, "pause", "unkind")
    with pytest.raises(sanctions.Refused):
        await sanctions_appeals.ask(await member("dee", "c"), step, "not mine")
    await sanctions_appeals.ask(cho, step, "It was about a heron.")
    with pytest.raises(sanctions.Refused):
        await sanctions_appeals.ask(cho, step, "again")
    (waiting,) = (await desk.queue(mo)).items
    assert waiting.kind == "sanction"
    mine, theirs = await desk.look(mo, waiting.id), await desk.look(moe, waiting.id)
    assert mine is not None and theirs is not None
    assert (mine.actions, theirs.actions) == ((), ("uphold", "reverse"))
    assert (theirs.appeal, theirs.item) == ("It was about a heron.", None)
    with pytest.raises(NotAllowed):
        await decisions.judge(mo, waiting.id, True)
    assert len((await desk.queue(mo)).items) == 1, "All or nothing: it still waits."
    await decisions.judge(moe, waiting.id, True)
    assert await sanctions.standing(cho) == []
    assert await moderation.share(cho, post())
    with pytest.raises(decisions.Late):
        await decisions.judge(moe, waiting.id, False)


async def test_a_step_that_is_upheld_stands_and_one_taken_back_ends_its_appeal(
    cho: Viewer, mo: Viewer, moe: Viewer
) -> None:
    from db import decisions, desk, sanctions, sanctions_appeals

    step = await sanctions.take(mo, cho.person, "restrict", "unkind")
    await sanctions_appeals.ask(cho, step, "")
    (waiting,) = (await desk.queue(moe)).items
    await decisions.judge(moe, waiting.id, False)
    assert [one.appeal for one in await sanctions.standing(cho)] == ["upheld"]
    other = await sanctions.take(mo, cho.person, "warn", "unkind")
    await sanctions_appeals.ask(cho, other, "")
    await sanctions.end(mo, other)
    assert (await desk.queue(moe)).items == []
    assert [one.kind for one in await sanctions.standing(cho)] == ["restrict"]


async def test_steps_go_with_the_person(cho: Viewer, mo: Viewer) -> None:
    from db import sanctions, sanctions_appeals
    from db.moderation_tables import Sanction, SanctionAppeal
    from db.tables import Person

    step = await sanctions.take(mo, cho.person, "pause", "unkind")
    await sanctions_appeals.ask(cho, step, "words")
    assert (await Sanction.count(), await SanctionAppeal.count()) == (1, 1)
    await Person.delete().where(Person.id == cho.person)
    assert (await Sanction.count(), await SanctionAppeal.count()) == (0, 0)
