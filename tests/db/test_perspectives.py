"""Asking for perspectives through its verbs: who sees what before and after, and who gets the last place."""

import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path
from uuid import UUID, uuid4

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from piccolo.table import Table

from care import clock
from care import controls as choosing
from care import perspectives as rules
from care.perspectives import Answer, Facts, Question
from care.rulings import NotAllowed
from care.shared import Draft, Words
from db import (
    blocks,
    controls,
    decisions,
    moderation,
    notices,
    perspectives_reading,
    perspectives_tables,
    sanctions,
    shifts,
    unheard,
    unheard_alerts,
)
from db import perspectives as verbs
from db.decisions import Decision
from db.devices import Viewer
from db.engine import count_queries
from db.limits import TooMany
from db.moderation import Shared, Unknown
from db.moderation_tables import Hold, Item
from db.perspectives_tables import Ask
from db.reminder_tables import Notice
from db.unheard_tables import Unheard
from jobs import unheard as duty
from tests.db.test_migrations import _columns, _plan, _type_of
from tests.members import member, opened

pytestmark = pytest.mark.usefixtures("database")
SITUATION = "My best friend sits with others since the trip, and looks away."
TABLES: list[type[Table]] = [perspectives_tables.Ask, perspectives_tables.Perspective]


def question(
    wanted: int = 3, angles: int = rules.BEEN | rules.OTHER, hours: int = 72, **more: object
) -> Question:
    draft = Draft("ask", Words((SITUATION, "I did something wrong.")), intent="perspectives", **more)  # type: ignore[arg-type]
    return Question(draft, Facts(angles, wanted, hours, "Europe/London"))


def view(place: UUID, text: str = "When mine did, she was afraid of me.", angle: int = rules.BEEN) -> Answer:
    return Answer(Draft("view", Words((text,)), place=place), angle)


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


async def decide(mo: Viewer, item: UUID, action: str = "publish") -> None:
    row = await Hold.select(Hold.id).where(Hold.subject == item, Hold.ended_at.is_null()).first()
    assert row, "It was not waiting."
    version = (await Item.select(Item.version).where(Item.id == item).first())["version"]  # type: ignore[index]
    rule = "other" if action in ("return", "remove") else ""
    await decisions.decide(mo, row["id"], Decision(action, version, rule))


async def asked(mo: Viewer, who: Viewer, **more: object) -> UUID:
    shared = await verbs.ask(who, question(**more))  # type: ignore[arg-type]
    assert shared.state == "held"
    await decide(mo, shared.id)
    return shared.id


async def board(who: Viewer, ask: UUID) -> perspectives_reading.Board:
    found = await perspectives_reading.board(who, ask)
    assert found is not None
    return found


@pytest.mark.parametrize("table", TABLES, ids=lambda table: table.__name__)
async def test_the_database_has_the_columns_the_tables_name(engine_kind: str, table: type[Table]) -> None:
    found = await _columns(table._meta.db, table._meta.tablename, engine_kind)
    named = {column._meta.db_column_name: not column._meta.null for column in table._meta.columns}
    assert {name: required for name, (_, required) in found.items()} == named
    for column in table._meta.columns:
        assert found[column._meta.db_column_name][0] == _type_of(column, engine_kind), column


async def test_an_ask_is_read_first_then_answered_by_its_own_side_and_by_nobody_else(mo: Viewer) -> None:
    ana, ben, cho = await member("ana", "a"), await member("ben", "b"), await member("cho", "c")
    shared = await verbs.ask(ana, question())
    assert (await perspectives_reading.shelf(ben)).items == []
    assert await perspectives_reading.board(ben, shared.id) is None
    (own,) = (await perspectives_reading.shelf(ana)).own
    assert (own.stage, own.closes_at) == ("waits", None)
    with pytest.raises(Unknown):
        await verbs.answer(ben, view(shared.id))
    await decide(mo, shared.id)
    (seen,) = (await perspectives_reading.shelf(ben)).items
    assert (seen.shown.id, seen.stage, seen.left, seen.wanted) == (shared.id, "open", 3, 3)
    assert (await perspectives_reading.shelf(cho)).items == []
    assert await perspectives_reading.board(cho, shared.id) is None
    answer = await verbs.answer(ben, view(shared.id))
    assert answer.state == "held"
    mine = (await board(ben, shared.id)).mine
    assert mine is not None and (mine.angle, mine.shown.state) == (rules.BEEN, "held")
    assert (await board(ana, shared.id)).views == []
    await decide(mo, answer.id)
    (told,) = (await board(ana, shared.id)).views
    assert (told.shown.name, told.angle, told.mark) == ("ben", rules.BEEN, 0)
    for act in (
        verbs.answer(cho, view(shared.id)),
        verbs.answer(ana, view(shared.id)),
        verbs.answer(await member("dee", "a"), view(shared.id, angle=rules.CHALLENGE)),
        verbs.mark(cho, answer.id, rules.NEW),
        verbs.mark(ben, answer.id, rules.NEW),
        verbs.close(ben, shared.id),
        verbs.take(ben, shared.id, "Not mine."),
        verbs.answer(ben, view(uuid4())),
    ):
        with pytest.raises(Unknown):
            await act
    with pytest.raises(verbs.Already):
        await verbs.answer(ben, view(shared.id, "Once more."))


ACTS = st.lists(
    st.tuples(
        st.integers(0, 4), st.sampled_from(["answer", "publish", "return", "remove", "withdraw", "private"])
    ),
    max_size=14,
)


@settings(max_examples=25)
@given(ACTS)
@example([(0, "answer"), (0, "publish"), (1, "answer"), (1, "publish"), (2, "answer"), (1, "withdraw")])
async def test_nobody_sees_the_views_of_others_before_sending_their_own(acts: list[tuple[int, str]]) -> None:
    """Whatever five people and the desk do, in whatever order: by every verb that reads."""
    tag = uuid4().hex[:8]
    mo = await member(f"mo{tag}", "c", "moderator")
    ana = await member(f"ana{tag}", "a")
    people = [await member(f"p{n}{tag}", "ab"[n % 2]) for n in range(5)]
    ask = await asked(mo, ana, wanted=4)
    sent: dict[UUID, UUID] = {}
    for n, act in acts:
        await _act(mo, people[n], ask, act, sent)
    states = {
        n: (await Item.select(Item.state, Item.private).where(Item.id == id).first())
        for n, id in sent.items()
    }
    public = {
        sent[n] for n, row in states.items() if row and row["state"] == "published" and not row["private"]
    }
    live = [
        row for row in states.values() if row and row["state"] in ("held", "published") and not row["private"]
    ]
    for who in (ana, mo):
        assert {one.shown.id for one in (await board(who, ask)).views} == public
    for who in people:
        has_sent = who.person in states and states[who.person]["state"] not in ("withdrawn", "removed")  # type: ignore[index]
        expected = public - {sent.get(who.person)} if has_sent else set()
        found = await board(who, ask)
        assert {one.shown.id for one in found.views} == expected
        listed = {one.id for one in (await moderation.seen_by(who, "view", ask)).items if not one.mine}
        assert listed == expected
        for id in public - {sent.get(who.person)}:
            assert (await moderation.find(who, id) is not None) == (id in expected)
    row = await Ask.select(Ask.taken, Ask.views).where(Ask.item == ask).first()
    assert row == {"taken": len(live), "views": len(public)}


async def _act(mo: Viewer, who: Viewer, ask: UUID, act: str, sent: dict[UUID, UUID]) -> None:
    """What is not possible now simply does not happen."""
    if act == "answer":
        try:
            sent[who.person] = (await verbs.answer(who, view(ask))).id
        except (verbs.Already, verbs.Over):
            return
    elif who.person in sent and act == "withdraw":
        try:
            await moderation.withdraw(who, sent[who.person])
        except Unknown:
            return
    elif who.person in sent and act == "private":
        try:
            await moderation.keep_private(who, sent[who.person])
        except Unknown:
            return
    elif who.person in sent and await Hold.exists().where(
        Hold.subject == sent[who.person], Hold.ended_at.is_null()
    ):
        try:
            await decide(mo, sent[who.person], act)
        except NotAllowed:
            return


async def test_of_many_at_once_only_the_last_place_is_given_once(mo: Viewer) -> None:
    ana = await member("ana", "a")
    people = [await member(f"p{n}", "b") for n in range(8)]
    ask = await asked(mo, ana, wanted=3)
    await verbs.answer(people[0], view(ask))
    await verbs.answer(people[1], view(ask))
    found = await asyncio.gather(
        *(verbs.answer(who, view(ask)) for who in people[2:]), return_exceptions=True
    )
    given_ = [one for one in found if isinstance(one, Shared)]
    assert len(given_) == 1
    assert [type(one) for one in found if not isinstance(one, Shared)] == [verbs.Over] * 5
    assert await Item.count().where(Item.kind == "view") == 3
    assert (await board(ana, ask)).ask.taken == 3


async def test_one_person_at_once_from_two_phones_writes_one_view(mo: Viewer) -> None:
    ana, ben = await member("ana", "a"), await member("ben", "b")
    ask = await asked(mo, ana)
    found = await asyncio.gather(
        *(verbs.answer(ben, view(ask, f"Line {n}.")) for n in range(4)), return_exceptions=True
    )
    assert sorted(type(one).__name__ for one in found) == ["Already"] * 3 + ["Shared"]
    dee, cid = await member("dee", "a"), uuid4()
    again = Answer(Draft("view", Words(("The same.",)), place=ask, cid=cid), rules.OTHER)
    same = await asyncio.gather(*(verbs.answer(dee, again) for _ in range(4)))
    assert len({one.id for one in same}) == 1
    assert (await board(ana, ask)).ask.taken == 2
    await sanctions.pause(mo, dee.person, timedelta(hours=1), "unkind")
    assert (await verbs.answer(dee, again)).id == same[0].id, "what arrived is said to have arrived"


async def test_counts_stay_true_while_people_come_go_and_are_decided_about_at_once(mo: Viewer) -> None:
    ana = await member("ana", "a")
    people = [await member(f"p{n}", "b") for n in range(12)]
    ask = await asked(mo, ana, wanted=5)
    first = [(await verbs.answer(who, view(ask))).id for who in people[:4]]
    await asyncio.gather(
        *(verbs.answer(who, view(ask)) for who in people[4:]),
        *(moderation.withdraw(who, item) for who, item in zip(people[:2], first[:2], strict=True)),
        decide(mo, first[2]),
        decide(mo, first[3], "return"),
        return_exceptions=True,
    )
    left = [who for who in people[4:] if (await board(who, ask)).mine is None]
    await asyncio.gather(*(verbs.answer(who, view(ask)) for who in left), return_exceptions=True)
    live = await Item.count().where(Item.kind == "view", Item.state.is_in(["held", "published"]))
    row = await Ask.select(Ask.taken, Ask.views).where(Ask.item == ask).first()
    assert row == {"taken": live, "views": 1}
    assert live == 5, "Nobody is kept out of a place that is free, and nobody gets a sixth."


async def test_what_is_returned_removed_or_taken_back_frees_its_place(mo: Viewer) -> None:
    ana = await member("ana", "a")
    people = [await member(f"p{n}", "b") for n in range(7)]
    ask = await asked(mo, ana, wanted=3)
    first = [(await verbs.answer(who, view(ask))).id for who in people[:3]]
    assert (await board(ana, ask)).ask.stage == "full"
    assert (await perspectives_reading.shelf(people[4])).items == []
    with pytest.raises(verbs.Over):
        await verbs.answer(people[3], view(ask))
    await decide(mo, first[0], "return")
    await decide(mo, first[1], "remove")
    await moderation.withdraw(people[2], first[2])
    assert (await board(ana, ask)).ask.taken == 0
    await asyncio.gather(*(verbs.answer(who, view(ask)) for who in people[3:5]))
    await verbs.answer(people[2], view(ask, "Better said so."))
    # Sent again after its place was taken: nobody wrote in vain, so it stands there too.
    await moderation.edit(people[0], first[0], Draft("view", Words(("Changed.",)), place=ask))
    await decide(mo, first[0])
    seen = await board(ana, ask)
    assert (seen.ask.taken, seen.ask.views, seen.ask.stage) == (4, 1, "full")


async def test_it_stops_when_its_time_is_over_or_its_author_says_so(mo: Viewer) -> None:
    ana, ben = await member("ana", "a"), await member("ben", "b")
    long, short, early = await asked(mo, ana), await asked(mo, ana, hours=24), await asked(mo, ana)
    await verbs.close(ana, early)
    assert {one.shown.id for one in (await perspectives_reading.shelf(ben)).items} == {long, short}
    clock.move(timedelta(hours=25))
    assert [one.shown.id for one in (await perspectives_reading.shelf(ben)).items] == [long]
    for item in (short, early):
        with pytest.raises(verbs.Over):
            await verbs.answer(ben, view(item))
    await verbs.answer(ben, view(long))
    clock.move(timedelta(hours=73))
    assert (await perspectives_reading.shelf(ben)).items == []
    assert {(await board(ana, one)).ask.stage for one in (long, short)} == {"over"}
    assert (await board(ana, early)).ask.stage == "closed"


async def test_time_is_counted_from_when_others_could_see_it(mo: Viewer) -> None:
    ana, ben = await member("ana", "a"), await member("ben", "b")
    shared = await verbs.ask(ana, question(hours=24))
    clock.move(timedelta(hours=40))
    await decide(mo, shared.id)
    await verbs.answer(ben, view(shared.id))


async def test_blocked_people_do_not_meet_here_either(mo: Viewer) -> None:
    ana, stranger, ben = await member("ana", "a"), await member("stranger", "b"), await member("ben", "b")
    ask = await asked(mo, ana)
    theirs = await verbs.answer(stranger, view(ask))
    await decide(mo, theirs.id)
    await verbs.answer(ben, view(ask))
    assert len((await board(ben, ask)).views) == 1
    await blocks.block(ben, stranger.person)
    assert (await board(ben, ask)).views == []
    await blocks.block(ana, stranger.person)
    assert await perspectives_reading.board(stranger, ask) is None
    assert (await perspectives_reading.shelf(stranger)).items == []
    assert (await board(ana, ask)).views == []


async def test_marks_and_what_was_taken_from_it_are_the_author_s_alone(mo: Viewer) -> None:
    ana, ben, dee = await member("ana", "a"), await member("ben", "b"), await member("dee", "a")
    ask = await asked(mo, ana)
    ids = []
    for who in (ben, dee):
        ids.append((await verbs.answer(who, view(ask))).id)
        await decide(mo, ids[-1])
    await verbs.mark(ana, ids[0], rules.NOT)
    await verbs.mark(ana, ids[0], rules.NEW)
    await verbs.mark(ana, ids[1], rules.FITS)
    assert [one.mark for one in (await board(ana, ask)).views] == [rules.NEW, rules.FITS]
    for who in (ben, mo):
        assert {one.mark for one in (await board(who, ask)).views} == {0}
    await verbs.mark(ana, ids[1], 0)
    assert [one.mark for one in (await board(ana, ask)).views] == [rules.NEW, 0]
    await verbs.take(ana, ask, "She may be afraid, too.")
    assert (await board(ana, ask)).ask.took == "She may be afraid, too."
    assert (await board(ben, ask)).ask.took == (await board(mo, ask)).ask.took == ""
    row = await Ask.select(Ask.took).where(Ask.item == ask).first()
    assert row and b"afraid" not in bytes(row["took"])
    await moderation.withdraw(ana, ask)
    assert (await Ask.select(Ask.took).where(Ask.item == ask).first()) == {"took": None}
    assert await perspectives_reading.board(ben, ask) is None


async def test_the_author_is_told_when_a_view_is_there_to_read(mo: Viewer) -> None:
    ana, ben = await member("ana", "a"), await member("ben", "b")
    ask = await asked(mo, ana)
    answer = await verbs.answer(ben, view(ask))
    assert not [one for one in (await notices.inbox(ana))[0] if one.kind == "reply"]
    await decide(mo, answer.id)
    (left,) = [one for one in (await notices.inbox(ana))[0] if one.kind == "reply"]
    assert await notices.open(ana, left.id) == f"/perspectives/{ask}"


async def test_choices_hide_asks_and_views_and_a_break_hides_all(mo: Viewer) -> None:
    ana, ben, dee = await member("ana", "a"), await member("ben", "b"), await member("dee", "a")
    ask = await asked(mo, ana, topics=("friends",))
    theirs = await verbs.answer(dee, view(ask, "It was about football."))
    await decide(mo, theirs.id)
    await verbs.answer(ben, view(ask))
    ben = Viewer(**{**{k: getattr(ben, k) for k in ben.__dataclass_fields__}, "chosen": None})
    await controls.mute_word(ben, "football")
    assert ((await board(ben, ask)).views, (await board(ben, ask)).hidden) == ([], 1)
    shown = await perspectives_reading.board(ben, ask, show=True)
    assert shown is not None and len(shown.views) == 1
    await controls.mute_topics(ben, {"friends"})
    shelf = await perspectives_reading.shelf(ben)
    assert (shelf.items, shelf.hidden) == ([], 1)
    await controls.take_break(ben, 3)
    assert await perspectives_reading.board(ben, ask) is None
    assert (await perspectives_reading.shelf(ben)).back_at is not None
    assert choosing.TOPICS["friends"]


async def test_pages_have_no_gaps_and_no_repeats_and_filter_by_angle(mo: Viewer) -> None:
    ben = await member("ben", "b")
    ids = []
    for n in range(23):
        clock.move(timedelta(minutes=n))
        who = await member(f"a{n}", "a")
        ids.append(await asked(mo, who, angles=rules.CHALLENGE if n % 4 == 0 else rules.BEEN | rules.OTHER))
    first = await perspectives_reading.shelf(ben)
    second = await perspectives_reading.shelf(ben, before=first.older)
    seen = [one.shown.id for one in (*first.items, *second.items)]
    assert (seen, second.older) == (ids[::-1], "")
    only = await perspectives_reading.shelf(ben, angle=rules.CHALLENGE)
    assert [one.shown.id for one in only.items] == ids[::4][::-1]
    assert (await perspectives_reading.shelf(ben, before="nonsense")).items == first.items


async def waiting(viewer: Viewer) -> list[UUID]:
    return [one.shown.id for one in await unheard.waiting(viewer)]


async def test_what_has_too_few_views_waits_for_someone_until_it_closes(mo: Viewer) -> None:
    ana, ben, cho = await member("ana", "a"), await member("ben", "b"), await member("cho", "c")
    long, short = await asked(mo, ana), await asked(mo, ana, hours=24)
    assert await waiting(ben) == [], "Not before a third of its time."
    clock.move(timedelta(hours=9))
    assert await waiting(ben) == [short]
    clock.move(timedelta(hours=25))
    assert await waiting(ben) == [long], "What is over waits for nobody."
    assert await waiting(ana) == await waiting(cho) == [], "Neither its author nor the other side is asked."
    await verbs.answer(ben, view(long))
    assert await waiting(ben) == []
    await unheard_alerts.close_answered()
    rows = await Unheard.select(Unheard.item, Unheard.waits)
    assert {row["item"]: row["waits"] for row in rows} == {long: True, short: False}
    clock.move(timedelta(hours=73))
    assert await waiting(await member("dee", "b")) == []


async def test_an_ask_with_three_views_or_none_to_give_no_longer_waits(mo: Viewer) -> None:
    ana, ben = await member("ana", "a"), await member("ben", "b")
    full, ended, back = [await asked(mo, ana, wanted=5) for _ in range(3)]
    clock.move(timedelta(hours=25))
    assert set(await waiting(ben)) == {full, ended, back}
    for name in ("dee", "eve", "fay"):
        assert full in await waiting(ben), "Fewer than three are too few."
        given = await verbs.answer(await member(name, "b"), view(full))
        await decide(mo, given.id)
    await verbs.close(ana, ended)
    await moderation.withdraw(ana, back)
    assert await waiting(ben) == []


async def test_a_supporter_is_told_of_an_ask_and_it_never_becomes_the_desk_s(mo: Viewer) -> None:
    ana, ben = await member("ana", "a"), await member("ben", "b", "supporter")
    await controls.be_asked(ben, True)
    ask = await asked(mo, ana)
    clock.move(timedelta(hours=27))
    await duty.alert()
    assert await Notice.count().where(Notice.kind == "asked") == 0
    clock.move(timedelta(hours=29))
    await duty.alert()
    told = await Notice.select(Notice.person, Notice.path).where(Notice.kind == "asked")
    assert told == [{"person": ben.person, "path": f"/perspectives/{ask}"}]
    clock.move(timedelta(hours=49))
    await duty.alert()
    assert await Hold.count().where(Hold.kind == "unheard") == 0


async def test_three_asks_a_day_and_the_same_again_counts_once(mo: Viewer) -> None:
    ana, cid = await member("ana", "a"), uuid4()
    same = [(await verbs.ask(ana, question(cid=cid))).id for _ in range(4)]
    assert len(set(same)) == 1
    await verbs.ask(ana, question())
    await verbs.ask(ana, question())
    with pytest.raises(TooMany):
        await verbs.ask(ana, question())


async def test_counts_follow_when_a_person_is_gone(mo: Viewer, database: Path) -> None:
    from db.tables import Person

    ana, ben = await member("ana", "a"), await member("ben", "b")
    ask = await asked(mo, ana)
    answer = await verbs.answer(ben, view(ask))
    await decide(mo, answer.id)
    await Person.delete().where(Person.id == ben.person)
    found = (await board(ana, ask)).ask
    assert (found.taken, found.views) == (0, 0)
    await Person.delete().where(Person.id == ana.person)
    assert await Ask.count() == 0


async def test_what_is_open_is_read_through_its_index() -> None:
    sql = """SELECT item FROM ask WHERE side = 't' AND at IS NOT NULL AND closed_at IS NULL AND taken < wanted
        AND at > '2026-01-01 00:00:00+00:00' ORDER BY at DESC, item DESC LIMIT 20"""
    way = await _plan(sql)
    assert "ask_open" in way
    assert "TEMP B-TREE" not in way and "Sort" not in way


async def test_a_list_and_an_ask_are_one_statement_beside_the_choices(mo: Viewer) -> None:
    ana, ben = await member("ana", "a"), await member("ben", "b")
    ask = await asked(mo, ana)
    answer = await verbs.answer(ben, view(ask))
    await decide(mo, answer.id)
    await verbs.take(ana, ask, "It was not about me.")
    for who in (ana, ben):
        for read in (perspectives_reading.shelf(who), perspectives_reading.board(who, ask)):
            with count_queries() as count:
                await read
            assert count.n <= 2
