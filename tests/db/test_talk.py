"""The private talk on a real database: two sides and nobody else, each message once, and gone in time."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from uuid import UUID, uuid4

import pytest
from piccolo.table import Table

from care import clock
from care.rulings import NotAllowed
from db import talk_tables
from db.devices import Viewer
from db.shifts import NotStaff
from tests.db.test_migrations import _columns, _type_of
from tests.members import member, opened, post

DANGER = "I'm going to kill myself tonight, I have the pills here"
DAY = timedelta(days=1)
TABLES: list[type[Table]] = [
    talk_tables.Talk, talk_tables.TalkLine, talk_tables.TalkNote, talk_tables.SafeAnswer,
]  # fmt: skip


@pytest.fixture(autouse=True)
async def an_open_community(database: Path) -> AsyncIterator[None]:
    await opened()
    yield
    clock.move(timedelta())


@pytest.fixture
async def ana() -> Viewer:
    return await member("ana")


@pytest.fixture
async def lea() -> Viewer:
    return await member("lea", "c", "safeguarding")


@pytest.mark.parametrize("table", TABLES, ids=lambda table: table.__name__)
async def test_the_database_has_the_columns_the_tables_name(
    database: Path, engine_kind: str, table: type[Table]
) -> None:
    found = await _columns(table._meta.db, table._meta.tablename, engine_kind)
    named = {column._meta.db_column_name: not column._meta.null for column in table._meta.columns}
    assert {name: required for name, (_, required) in found.items()} == named
    for column in table._meta.columns:
        kind, _ = found[column._meta.db_column_name]
        assert kind == _type_of(column, engine_kind), column


async def test_a_talk_goes_back_and_forth_and_each_side_reads_all_of_it(ana: Viewer, lea: Viewer) -> None:
    from db import notices, talk, talk_reading

    id = await _begun(ana, lea)
    assert [left.kind for left in (await notices.inbox(ana))[0]] == ["talk"], "Told by a neutral notice."
    assert await talk.answer(ana, id, "I don't know", uuid4()) == ""
    await talk.say_safe(ana, id, "unsure")
    await talk.say(lea, id, "Who is with you?", uuid4())
    mine, case = await talk_reading.mine(ana, id), await talk_reading.look(lea, id)
    assert mine is not None and case is not None
    assert [(one.who, one.text, one.answer) for one in mine.lines] == [
        ("lead", "Are you safe?", ""),
        ("person", "I don't know", ""),
        ("person", "", "unsure"),
        ("lead", "Who is with you?", ""),
    ]
    assert case.talk.lines == mine.lines
    assert mine.safe is not None and mine.safe.answer == "unsure"
    assert (case.name, case.band) == ("ana", "a")


async def test_nobody_else_reads_writes_or_ends_it(ana: Viewer, lea: Viewer) -> None:
    from db import talk, talk_list, talk_reading

    id = await _begun(ana, lea)
    peer, mo = await member("ben", "b"), await member("mo", "c", "moderator")
    unchecked = replace(lea, checked=False)
    for who in (
        peer,
        mo,
        unchecked,
        await member("op", "c", "operator"),
        await member("s", "c", "supporter"),
    ):
        assert await talk_reading.mine(who, id) is None
        assert await talk_list.of_mine(who) == []
        for theirs in (
            talk.answer(who, id, "hello", uuid4()),
            talk.say_safe(who, id, "no"),
            talk.leave(who, id),
        ):
            with pytest.raises(talk.Unknown):
                await theirs
        for leads in (
            talk_reading.look(who, id),
            talk_list.open_ones(who),
            talk.say(who, id, "hello", uuid4()),
            talk.note(who, id, "hello"),
            talk.look_again(who, id, 24),
            talk.end(who, id, "safer"),
            talk.begin(who, uuid4(), "hello"),
        ):
            with pytest.raises(NotStaff):
                await leads
    mine = await talk_reading.mine(ana, id)
    assert mine is not None
    assert (len(mine.lines), mine.ended_at) == (1, None), "Nothing of all that came in."


async def test_a_lead_is_no_lead_in_a_talk_about_themselves(lea: Viewer) -> None:
    from db import desk, talk, talk_list, talk_reading

    max_ = await member("max", "c", "safeguarding")
    id = await _begun(lea, max_)
    assert await talk_reading.look(lea, id) is None
    assert await talk_list.open_ones(lea) == []
    for attempt in (talk.say(lea, id, "x", uuid4()), talk.note(lea, id, "x"), talk.end(lea, id, "safer")):
        with pytest.raises(talk.Unknown):
            await attempt
    assert await talk_reading.mine(lea, id), "As a person they read it like anyone."
    await _danger(lea)
    hold = next(one.id for one in (await desk.queue(lea)).items if one.reason == "care")
    with pytest.raises(NotAllowed):
        await talk.begin(lea, hold, "to myself")


async def test_it_begins_only_from_words_that_are_with_safety_and_once(ana: Viewer, lea: Viewer) -> None:
    from db import desk, moderation, talk
    from db.holds import Late

    max_ = await member("max", "c", "safeguarding")
    await moderation.share(ana, post("We made soup."))
    (soup,) = (await desk.queue(lea)).items
    with pytest.raises(NotAllowed):
        await talk.begin(lea, soup.id, "Hello")
    hold = await _danger(ana)
    for empty in ("", "  \n", "x" * 4001):
        with pytest.raises(ValueError):
            await talk.begin(lea, hold, empty)
    outcomes = await asyncio.gather(
        talk.begin(lea, hold, "One"), talk.begin(max_, hold, "Two"), return_exceptions=True
    )
    assert sorted(type(one).__name__ for one in outcomes) == ["Late", "UUID"]
    assert await talk_tables.TalkLine.count() == 1, "What the second wrote is not half there."
    with pytest.raises(Late):
        await talk.begin(lea, uuid4(), "Nowhere")


async def test_a_form_sent_twice_is_one_message(ana: Viewer, lea: Viewer) -> None:
    from db import talk, talk_reading

    id, cid = await _begun(ana, lea), uuid4()
    await asyncio.gather(*(talk.answer(ana, id, "here I am", cid) for _ in range(3)))
    mine = await talk_reading.mine(ana, id)
    assert mine is not None
    assert [one.text for one in mine.lines] == ["Are you safe?", "here I am"]


async def test_either_side_ends_it_and_then_nothing_more_is_said(ana: Viewer, lea: Viewer) -> None:
    from db import talk, talk_reading
    from db.moderation_tables import Ruling

    id = await _begun(ana, lea)
    await talk.leave(ana, id)
    await talk.leave(ana, id)
    for late in (
        talk.answer(ana, id, "x", uuid4()),
        talk.say_safe(ana, id, "yes"),
        talk.say(lea, id, "x", uuid4()),
        talk.look_again(lea, id, 24),
        talk.end(lea, id, "safer"),
    ):
        with pytest.raises(talk.Ended):
            await late
    await talk.note(lea, id, "They left.")
    case = await talk_reading.look(lea, id)
    assert case is not None
    assert case.talk.by_person and [words for words, _ in case.notes] == ["They left."]
    again = await _begun(ana, lea)
    with pytest.raises(ValueError):
        await talk.end(lea, again, "")
    await talk.end(lea, again, "someone")
    facts = (
        await Ruling.select(Ruling.action, Ruling.after, Ruling.by, Ruling.why)
        .where(Ruling.person == ana.person, Ruling.action.is_in(["talk", "end talk"]))
        .order_by(Ruling.at, Ruling.id)
    )
    assert [(fact["action"], fact["by"]) for fact in facts] == [
        ("talk", lea.person), ("end talk", ana.person), ("talk", lea.person), ("end talk", lea.person),
    ]  # fmt: skip
    assert {fact["after"] + fact["why"] for fact in facts} == {"open", "closed"}, "How it ended is not there."


async def test_every_opening_by_staff_is_a_sighting(ana: Viewer, lea: Viewer) -> None:
    from db import talk_list, talk_reading
    from db.moderation_tables import Sighting

    id = await _begun(ana, lea)
    seen = Sighting.count().where(Sighting.item == id, Sighting.by == lea.person, Sighting.why == "talk")
    await talk_list.open_ones(lea)
    await talk_reading.mine(ana, id)
    assert await seen == 0, "A list shows no words, and their own eyes are not noted."
    await talk_reading.look(lea, id)
    await talk_reading.look(lea, id)
    assert await seen == 2


async def test_the_words_are_sealed_and_what_the_reader_thinks_is_not_kept(ana: Viewer, lea: Viewer) -> None:
    from db import keys, talk, talk_reading
    from db.engine import DB

    id = await _begun(ana, lea)
    assert await talk.answer(ana, id, DANGER, uuid4()) == "calm", "It shows help, and takes the words."
    await talk.note(lea, id, "A note about pills.")
    for table in ("talk", "talk_line", "talk_note"):
        rows = [dict(row) for row in await DB.run(f"SELECT * FROM {table}")]  # noqa: S608
        assert rows
        assert not any(word in repr(rows) for word in ("pills", "Are you safe", "imminent", "calm"))
    await keys.shred(ana.person)
    case = await talk_reading.look(lea, id)
    assert case is not None
    assert {one.text for one in case.talk.lines} | {words for words, _ in case.notes} == {""}


async def test_who_is_called(ana: Viewer, lea: Viewer) -> None:
    from db import notices, shifts, talk

    max_, mo = await member("max", "c", "safeguarding"), await member("mo", "c", "moderator")
    id = await _begun(ana, lea)
    await shifts.begin(mo)
    where = f"/moderation/talk/{id}"
    await talk.answer(ana, id, "hello", uuid4())
    assert await _called(where) == {lea.person}, "Nobody of the leads is on duty: the one who began it."
    await talk.say_safe(ana, id, "no")
    assert await _called(where) == {lea.person, max_.person}, "All of them, and never a moderator."
    await notices.read_all(lea)
    await notices.read_all(max_)
    await shifts.begin(max_)
    await talk.say_safe(ana, id, "unsure")
    assert await _called(where) == {max_.person}


async def test_a_follow_up_calls_the_leads_once(ana: Viewer, lea: Viewer) -> None:
    from db import notices, talk, talk_list
    from jobs import loop
    from jobs import talk as duty

    assert duty.come_due in loop.DUTIES
    id = await _begun(ana, lea)
    with pytest.raises(ValueError):
        await talk.look_again(lea, id, 12)
    await talk.look_again(lea, id, 24)
    await notices.read_all(lea)
    where = f"/moderation/talk/{id}"
    await duty.come_due()
    assert await _called(where) == set()
    clock.move(timedelta(hours=25))
    before = len((await notices.inbox(ana))[0])
    await asyncio.gather(duty.come_due(), duty.come_due())
    assert await _called(where) == {lea.person}
    (listed,) = await talk_list.open_ones(lea)
    assert listed.again_at is not None and listed.again_at < clock.now()
    assert len((await notices.inbox(ana))[0]) == before, "Nothing goes to the person by itself."
    await notices.read_all(lea)
    await duty.come_due()
    assert await _called(where) == set()


async def test_a_year_after_its_end_it_is_destroyed_and_an_open_one_stays(ana: Viewer, lea: Viewer) -> None:
    from db import talk
    from jobs import loop, tidy

    assert tidy.end_talks in loop.DUTIES
    old, ben = await _begun(ana, lea), await member("ben", "b")
    await talk.say_safe(ana, old, "yes")
    await talk.note(lea, old, "note")
    await talk.end(lea, old, "safer")
    await _begun(ben, lea)
    clock.move(364 * DAY)
    await tidy.end_talks()
    assert await talk_tables.Talk.count() == 2
    clock.move(366 * DAY)
    await tidy.end_talks()
    assert [table.__name__ for table in TABLES if await table.exists().where(table.id.is_not_null())] == [
        "Talk",
        "TalkLine",
    ]
    assert not await talk_tables.Talk.exists().where(talk_tables.Talk.id == old)


async def test_all_of_it_goes_with_the_person(ana: Viewer, lea: Viewer) -> None:
    from db import safe, talk
    from db.tables import Person

    id = await _begun(ana, lea)
    await talk.say_safe(ana, id, "yes")
    await talk.note(lea, id, "note")
    (row,) = await talk_tables.Talk.select(talk_tables.Talk.item)
    await safe.say(ana, row["item"], "yes")
    assert [await table.count() for table in TABLES] == [1, 1, 1, 2]
    await Person.delete().where(Person.id == ana.person)
    assert [await table.count() for table in TABLES] == [0, 0, 0, 0]


async def test_the_pages_of_a_long_talk_are_all_of_it_once(ana: Viewer, lea: Viewer) -> None:
    from db import talk, talk_reading
    from db.engine import count_queries

    id = await _begun(ana, lea)
    for n in range(60):
        await talk.answer(ana, id, f"line {n}", uuid4())
    with count_queries() as count:
        page = await talk_reading.mine(ana, id)
    assert count.n == 2, "With the session, three for the page."
    assert page is not None and page.older
    before = await talk_reading.mine(ana, id, page.older)
    assert before is not None and not before.older
    said = [one.text for one in (*before.lines, *page.lines)]
    assert said == ["Are you safe?", *(f"line {n}" for n in range(60))]
    odd = await talk_reading.mine(ana, id, "nonsense")
    assert odd is not None and odd.lines == page.lines


async def test_the_page_says_when_a_lead_looks(ana: Viewer, lea: Viewer) -> None:
    from db import shifts, talk_reading

    id, mo = await _begun(ana, lea), await member("mo", "c", "moderator")
    await shifts.begin(mo)

    async def told() -> tuple[bool, bool]:
        mine = await talk_reading.mine(ana, id)
        assert mine is not None
        return mine.wait.on_duty, mine.wait.opens is not None

    assert await told() == (False, False), "A moderator on duty cannot read it."
    await shifts.set_staffed("16:00-22:00 Europe/London")
    assert await told() == (False, True)
    await shifts.begin(lea)
    assert await told() == (True, False)


async def test_the_answer_on_a_card_stands_beside_the_words_and_a_no_comes_first(ana: Viewer) -> None:
    from db import desk, moderation, safe, shifts

    mo = await member("mo", "c", "moderator")
    await shifts.begin(mo)
    shared = await moderation.share(ana, post("I want to die"))
    seen = await _look(mo)
    assert seen.safety is not None
    assert (seen.safety.card, seen.safety.card_at, seen.safety.answers) == ("careful", None, [])
    await safe.saw_card(await member("ben", "b"), shared.id)
    await safe.saw_card(ana, shared.id)
    await safe.say(ana, shared.id, "yes")
    assert (await desk.queue(mo)).items[0].risk == 2
    assert await _called("/moderation") == set()
    await safe.say(ana, shared.id, "no")
    assert (await desk.queue(mo)).items[0].risk == 3
    assert await _called("/moderation") == {mo.person}
    seen = await _look(mo)
    assert seen.safety is not None and seen.safety.card_at is not None
    assert [one.answer for one in seen.safety.answers] == ["no", "yes"]
    await moderation.edit(ana, shared.id, post("We made soup."))
    seen = await _look(mo)
    assert seen.safety is not None and (seen.safety.card, seen.safety.card_at) == ("", None)


async def test_only_the_author_answers_and_only_while_it_waits(ana: Viewer) -> None:
    from db import moderation, safe

    shared = await moderation.share(ana, post("I want to die"))
    with pytest.raises(safe.Unknown):
        await safe.say(await member("ben", "b"), shared.id, "no")
    for odd in ("", "maybe", "yes "):
        with pytest.raises(safe.Unknown):
            await safe.say(ana, shared.id, odd)
    await moderation.withdraw(ana, shared.id)
    with pytest.raises(safe.Unknown):
        await safe.say(ana, shared.id, "no")


async def test_a_moderator_learns_that_there_is_a_talk_and_nothing_of_it(ana: Viewer, lea: Viewer) -> None:
    from db import talk

    id, mo = await _begun(ana, lea), await member("mo", "c", "moderator")
    await talk.answer(ana, id, "about my dad", uuid4())
    await talk.say_safe(ana, id, "no")
    seen = await _look(mo)
    assert seen.safety is not None
    assert seen.safety.talk == id
    assert seen.safety.answers == [], "What was answered in the talk stays in the talk."
    assert "my dad" not in repr(seen)


async def _danger(who: Viewer) -> UUID:
    """The hold of words that are with safety."""
    from db import desk, moderation

    mo = await member(f"m{uuid4().hex[:6]}", "c", "moderator")
    await moderation.share(who, post(DANGER))
    found = [one for one in (await desk.queue(mo)).items if one.person == who.name and one.risk == 3]
    assert found
    return found[0].id


async def _begun(who: Viewer, lead: Viewer) -> UUID:
    from db import talk

    return await talk.begin(lead, await _danger(who), "Are you safe?")


async def _look(mo: Viewer) -> "desk.Seen":  # noqa: F821
    from db import desk

    seen = await desk.look(mo, (await desk.queue(mo)).items[0].id)
    assert seen is not None
    return seen


async def _called(path: str) -> set[UUID]:
    from db.reminder_tables import Notice

    waiting = (Notice.kind == "duty") & (Notice.path == path) & Notice.read_at.is_null()
    return {row["person"] for row in await Notice.select(Notice.person).where(waiting)}


async def test_what_is_urgent_calls_somebody_even_where_nobody_leads_on_safety(ana: Viewer) -> None:
    from db import moderation, safe

    mo = await member("mo", "c", "moderator")
    shared = await moderation.share(ana, post("I want to die"))
    await safe.say(ana, shared.id, "no")
    assert mo.person in await _called("/moderation")
