"""Published words are read again when the rules change, by any number of processes, wholly or not at all."""

import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path
from uuid import UUID, uuid4

import pytest

from care import clock, ladder
from care.shared import Words
from db.devices import Viewer
from tests.members import member, opened, post

CALM = "We made soup and fed a heron."
HEAVY = "I want to die"
DANGER = "I am going to kill myself tonight"
CONTACT = "text me on 07700 900123"
DISTRESS = "I feel so worthless and hopeless and alone"
OLD = timedelta(days=3)


@pytest.fixture(autouse=True)
async def an_open_community(database: Path) -> AsyncIterator[None]:
    await opened()
    yield
    clock.move(timedelta())


async def stood(author: Viewer, text: str, age: timedelta = OLD, **more: object) -> UUID:
    """Words that stand published by older rules, which saw nothing in them."""
    from db import moderation_rows
    from db.ids import uuid7
    from db.moderation_tables import Item

    row = Item(id=uuid7(), author=author.person, cid=uuid4(), kind="post", band="c", side="y")
    row.intent = row.notes = row.topics = row.reason = row.labels = row.rules = row.about = ""
    row.state, row.tier, row.read_by = "published", "none", "0.9"
    row.created_at = row.published_at = clock.now() - age
    row.sealed = await moderation_rows.seal(author.person, row.id, Words((text,)))
    for name, value in more.items():
        setattr(row, name, value)
    await row.save()
    return row.id


async def of(item: UUID) -> dict[str, object]:
    from db.moderation_tables import Item

    found = await Item.select().where(Item.id == item).first()
    assert found is not None
    return found


async def holds_of(item: UUID) -> list[tuple[str, str, int]]:
    from db.moderation_tables import Hold

    rows = await Hold.select().where(Hold.subject == item, Hold.ended_at.is_null())
    return [(row["kind"], row["reason"], row["risk"]) for row in rows]


async def told(person: Viewer) -> list[str]:
    from db import notices

    return [left.kind for left in (await notices.inbox(person))[0]]


async def test_what_new_rules_would_hold_is_put_aside_and_the_rest_stands() -> None:
    from db import moderation
    from db.moderation_tables import Ruling
    from jobs import reread

    cho, dee = await member("cho", "c"), await member("dee", "c")
    calm, heavy, contact = [await stood(cho, text) for text in (CALM, HEAVY, CONTACT)]
    assert await moderation.find(dee, heavy), "It is shown until the rules change."
    await reread.published()
    assert await moderation.find(dee, calm) and (await of(calm))["read_by"] == ladder.VERSION
    for item, risk in ((heavy, 2), (contact, 1)):
        row = await of(item)
        assert (row["state"], row["reason"], row["read_by"]) == ("hidden", "reread", ladder.VERSION)
        assert await moderation.find(dee, item) is None
        assert await holds_of(item) == [("item", "reread", risk)]
        facts = await Ruling.select().where(Ruling.item == item)
        assert [(f["action"], f["before"], f["after"], f["by"], f["why"]) for f in facts] == [
            ("hide", "published", "hidden", None, "reread")
        ]
    assert await told(cho) == ["held", "held"]
    assert await told(dee) == []


async def test_danger_of_long_ago_is_red_for_a_human_and_no_page_is_shouted() -> None:
    from db import moderation, shifts
    from jobs import reread

    cho, mo = await member("cho", "c"), await member("mo", "c", "moderator")
    await shifts.begin(mo)
    item = await stood(cho, DANGER)
    assert ladder.read(DANGER)[0].tier == "imminent", "Else this shows nothing."
    await reread.published()
    assert (await of(item))["state"] == "hidden" and await holds_of(item) == [("item", "reread", 2)]
    statement = await moderation.statement(cho, item)
    assert statement is not None and statement.card == ""
    assert await told(mo) == [], "Nobody is called out of their day for it."


async def test_danger_of_today_is_treated_as_if_it_were_sent_now() -> None:
    from db import moderation, shifts
    from jobs import reread

    cho, mo = await member("cho", "c"), await member("mo", "c", "moderator")
    await shifts.begin(mo)
    item = await stood(cho, DANGER, timedelta(hours=1))
    edited = await stood(cho, DANGER, OLD, edited_at=clock.now())
    await reread.published()
    for one in (item, edited):
        assert (await of(one))["state"] == "safeguarding" and await holds_of(one) == [("item", "care", 3)]
        statement = await moderation.statement(cho, one)
        assert statement is not None and statement.card == "calm"
    assert await told(mo) == ["duty"]


async def test_what_a_person_saw_marked_and_let_stand_is_not_asked_again() -> None:
    from jobs import reread

    cho = await member("cho", "c")
    heavy = await stood(cho, HEAVY, tier="self_harm", about="self")
    contact = await stood(cho, CONTACT, labels="contact_info link")
    more = await stood(cho, f"{HEAVY}. {CONTACT}", tier="self_harm", about="self")
    await reread.published()
    assert [(await of(item))["state"] for item in (heavy, contact)] == ["published"] * 2
    assert [(await of(item))["read_by"] for item in (heavy, contact)] == [ladder.VERSION] * 2
    assert (await of(contact))["labels"] == "contact_info link", "What was known stays known."
    assert (await of(more))["state"] == "hidden", "A new finding is asked about."


async def test_what_the_desk_has_just_published_is_not_read_again_by_the_rules_it_saw() -> None:
    from db import decisions, desk, moderation
    from db.moderation_tables import Item
    from jobs import reread

    ana, mo = await member("ana"), await member("mo", "c", "moderator")
    item = (await moderation.share(ana, post(CONTACT))).id
    await Item.update({Item.read_by: "0.9", Item.labels: ""}).where(Item.id == item)
    (waiting,) = (await desk.queue(mo)).items
    await decisions.decide(mo, waiting.id, decisions.Decision("publish", 1))
    await reread.published()
    assert (await of(item))["state"] == "published"


async def test_distress_of_today_may_be_answered_and_of_long_ago_is_only_known() -> None:
    from jobs import reread

    cho = await member("cho", "c")
    new, old = await stood(cho, DISTRESS, timedelta(hours=2)), await stood(cho, DISTRESS)
    assert ladder.read(DISTRESS)[0].tier == "distress", "Else this shows nothing."
    await reread.published()
    assert [(await of(item))["state"] for item in (new, old)] == ["published"] * 2
    assert [(await of(item))["tier"] for item in (new, old)] == ["distress"] * 2
    assert (await holds_of(new), await holds_of(old)) == ([("report", "care", 1)], [])
    assert await told(cho) == []


@pytest.mark.parametrize("state", ["held", "hidden", "returned", "removed", "safeguarding", "withdrawn"])
async def test_it_publishes_nothing(state: str) -> None:
    from jobs import reread

    cho = await member("cho", "c")
    item = await stood(cho, CALM, state=state)
    await reread.published()
    row = await of(item)
    assert (row["state"], row["read_by"]) == (state, "0.9")


async def test_two_processes_at_once_put_aside_once() -> None:
    from db.moderation_tables import Hold, Ruling
    from jobs import reread

    cho = await member("cho", "c")
    items = [await stood(cho, HEAVY if n % 2 else CALM) for n in range(30)]
    await asyncio.gather(*(reread.published(batch=4) for _ in range(3)))
    assert [(await of(item))["state"] for item in items] == ["published", "hidden"] * 15
    assert (await Ruling.count(), await Hold.count()) == (15, 15)
    assert {(await of(item))["read_by"] for item in items} == {ladder.VERSION}


async def test_an_edit_meanwhile_wins() -> None:
    from db import moderation_again
    from db.moderation_again import Place
    from db.moderation_tables import Item, Ruling

    cho = await member("cho", "c")
    item = await stood(cho, HEAVY)
    rows = await Item.raw(moderation_again._BATCH, "0.9", moderation_again.FIRST, 5)
    response = await moderation_again._read(rows[0])
    assert response is not None and response.state == "hidden"
    await Item.update({Item.version: 2}).where(Item.id == item)
    await moderation_again._put_aside(rows[0], response)
    await moderation_again._let_stand([(rows[0], response)])
    assert ((await of(item))["state"], (await of(item))["read_by"]) == ("published", "0.9")
    assert await Ruling.count() == 0
    await moderation_again.read(Place("0.9"), 5)
    assert (await of(item))["state"] == "hidden"


async def test_a_crash_between_leaves_nothing_half_done_and_the_next_round_does_it() -> None:
    from db.engine import DB
    from db.moderation_tables import Hold, Ruling
    from jobs import reread

    cho = await member("cho", "c")
    heavy, calm = await stood(cho, HEAVY), await stood(cho, CALM)
    await DB.run_ddl("ALTER TABLE notice RENAME TO notice_gone")  # the last of its steps cannot be taken
    try:
        await reread.published()
    finally:
        await DB.run_ddl("ALTER TABLE notice_gone RENAME TO notice")
    assert ((await of(heavy))["state"], (await of(heavy))["read_by"]) == ("published", "0.9")
    assert (await Ruling.count(), await Hold.count()) == (0, 0)
    assert (await of(calm))["read_by"] == ladder.VERSION, "It keeps nobody else from being read."
    await reread.published()
    assert (await of(heavy))["state"] == "hidden" and await told(cho) == ["held"]


async def test_words_whose_key_is_destroyed_or_that_are_spoiled_are_passed_by() -> None:
    from db import keys, moderation_again
    from jobs import reread

    cho, gone = await member("cho", "c"), await member("gone", "c")
    items = [await stood(gone, HEAVY), await stood(cho, HEAVY, sealed=b"x" * 60), await stood(cho, HEAVY)]
    await keys.shred(gone.person)
    await reread.published()
    assert [(await of(item))["state"] for item in items] == ["published", "published", "hidden"]
    assert await moderation_again.due() == [], "It does not come again for ever."


async def test_a_round_is_bounded_and_the_next_goes_on() -> None:
    from db.moderation_tables import Item
    from jobs import reread

    cho = await member("cho", "c")
    for _ in range(7):
        await stood(cho, CALM)
    left = []
    for _ in range(3):
        await reread.published(batch=2, most=2)
        left.append(await Item.count().where(Item.read_by == "0.9"))
    assert left == [3, 0, 0]


async def test_nothing_due_is_one_indexed_question_and_newer_rules_are_left_alone(engine_kind: str) -> None:
    from db import moderation_again
    from db.engine import DB
    from db.moderation_tables import Item

    cho = await member("cho", "c")
    assert await moderation_again.due() == []
    newer = await stood(cho, HEAVY, read_by="99.1")
    await stood(cho, CALM, read_by=ladder.VERSION)
    assert await moderation_again.due() == []
    for version in ("", "0.10", "0.9"):
        await stood(cho, CALM, read_by=version)
    assert sorted(await moderation_again.due()) == ["", "0.10", "0.9"]
    assert (await of(newer))["state"] == "published"
    if engine_kind == "sqlite":
        plan = await DB.run_querystring(
            Item.raw(f"EXPLAIN QUERY PLAN {moderation_again._VERSIONS}").querystrings[0]
        )
        steps = [row["detail"] for row in plan if " item " in f"{row['detail']} "]
        assert steps and all("item_read_by" in step for step in steps), steps


def test_versions_are_compared_as_numbers() -> None:
    later = ".".join(str(int(part) + 9) for part in ladder.VERSION.split("."))
    assert ladder.older("") and ladder.older("0.9") and ladder.older("?") and not ladder.older(later)
    assert not ladder.older(ladder.VERSION)
