"""The one door on a real database: what is shared, held, changed and taken back, and the ledger of it."""

import asyncio
import re
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from uuid import UUID, uuid4

import pytest

from care import clock
from care.rulings import NotAllowed
from care.shared import Draft, Words
from db.devices import Viewer
from tests.members import member, opened, post

DANGER = "I'm going to kill myself tonight, I have the pills here"


@pytest.fixture(autouse=True)
async def an_open_community(database: Path) -> AsyncIterator[None]:
    await opened()
    yield
    clock.move(timedelta())


async def test_what_a_minor_shares_is_held_and_seen_by_its_author_alone() -> None:
    from db import moderation

    ana, ben = await member("ana"), await member("ben", "b")
    shared = await moderation.share(ana, post())
    assert (shared.state, shared.reason, shared.card) == ("held", "band", "")
    assert await moderation.find(ben, shared.id) is None
    assert (await moderation.seen_by(ben, "post")).items == []
    (waiting,) = await moderation.mine(ana, "post")
    assert waiting.words == "We made soup and fed a heron."
    assert await moderation.find(ana, shared.id) == waiting


async def test_a_young_adult_is_read_first_until_they_are_known() -> None:
    from db import moderation

    new, known = await member("new", "c", days=3), await member("cho", "c")
    assert (await moderation.share(new, post())).reason == "new"
    for _ in range(5):
        assert (await moderation.share(known, post())).reason == "new"
    await _publish_all(await member("mo", "c", "moderator"))
    assert (await moderation.share(known, post())).state == "published"
    assert (await moderation.share(known, post(kind="story"))).reason == "kind"
    assert (await moderation.share(known, post("text me on 07700 900123"))).reason == "reader"


async def test_the_same_from_the_outbox_again_and_at_once_is_one_item() -> None:
    from db import moderation
    from db.moderation_tables import Hold, Item, Ruling

    ana, cid = await member("ana"), uuid4()
    made = await asyncio.gather(*(moderation.share(ana, post(cid=cid)) for _ in range(5)))
    assert len({one.id for one in made}) == 1
    assert await Item.count() == 1
    assert await Hold.count() == 1
    assert await Ruling.count().where(Ruling.item == made[0].id) == 1


async def test_words_are_sealed_and_die_with_the_key() -> None:
    from db import keys, moderation
    from db.moderation_tables import Item

    cho, mo = await member("cho", "c"), await member("mo", "c", "moderator")
    shared = await moderation.share(cho, post())
    await _publish_all(mo)
    row = await Item.select(Item.sealed).first()
    assert row is not None
    assert b"heron" not in bytes(row["sealed"])
    dee = await member("dee", "c")
    assert await moderation.find(dee, shared.id)
    await keys.shred(cho.person)
    assert await moderation.find(dee, shared.id) is None
    assert (await moderation.seen_by(dee, "post")).items == []


async def test_danger_goes_to_the_desk_at_once_and_never_to_peers() -> None:
    from db import desk, moderation, notices, shifts

    cho, dee = await member("cho", "c"), await member("dee", "c")
    mo, lead = await member("mo", "c", "moderator"), await member("lea", "c", "safeguarding")
    await shifts.begin(mo)
    shared = await moderation.share(cho, post(DANGER))
    assert (shared.state, shared.card, shared.about) == ("safeguarding", "calm", "self")
    assert [left.kind for left in (await notices.inbox(mo))[0]] == ["duty"]
    assert await notices.unread(lead.person) == 0, "Somebody is on duty, so the lead is not woken."
    (first,) = (await desk.queue(mo)).items
    assert first.risk == 3
    seen = await desk.look(mo, first.id)
    assert seen is not None
    assert seen.blur
    assert seen.actions == ()
    assert await moderation.find(dee, shared.id) is None
    await shifts.end(mo)
    await moderation.share(dee, post(DANGER))
    assert await notices.unread(lead.person) == 1


async def test_distress_is_published_for_a_known_adult_and_somebody_looks() -> None:
    from db import desk, moderation

    cho, mo = await _known("cho"), await member("mo", "c", "moderator")
    shared = await moderation.share(cho, post("I feel so worthless and hopeless and alone"))
    assert (shared.state, shared.card) == ("published", "gentle")
    (waiting,) = (await desk.queue(mo)).items
    assert (waiting.kind, waiting.reason, waiting.risk) == ("report", "care", 1)


async def test_every_edit_is_read_again() -> None:
    from db import desk, moderation

    cho, mo = await _known("cho"), await member("mo", "c", "moderator")
    shared = await moderation.share(cho, post())
    assert shared.state == "published"
    assert (await moderation.edit(cho, shared.id, post("Two herons."))).state == "published"
    edited = await moderation.edit(cho, shared.id, post("My number is 07700 900123, text me"))
    assert (edited.state, edited.reason) == ("held", "reader")
    again = await moderation.edit(cho, shared.id, post("Two herons."))
    assert (again.state, again.reason) == ("held", "edited"), "Held words are let go by a person only."
    (waiting,) = (await desk.queue(mo)).items
    seen = await desk.look(mo, waiting.id)
    assert seen is not None and seen.item is not None
    assert (seen.item.words, seen.item.version) == ("Two herons.", 4)
    moves = [(one.action, one.before, one.after, one.version) for one in seen.history]
    assert moves == [
        ("pass", "draft", "published", 1),
        ("pass", "published", "published", 2),
        ("hold", "published", "held", 3),
        ("hold", "held", "held", 4),
    ]


async def test_nobody_edits_or_takes_back_what_is_not_theirs() -> None:
    from db import moderation

    ana, ben = await member("ana"), await member("ben", "b")
    shared = await moderation.share(ana, post())
    for attempt in (
        moderation.edit(ben, shared.id, post()),
        moderation.withdraw(ben, shared.id),
        moderation.keep_private(ben, shared.id),
        moderation.edit(ana, uuid4(), post()),
    ):
        with pytest.raises(moderation.Unknown):
            await attempt
    assert await moderation.statement(ben, shared.id) is None


async def test_answers_are_read_page_by_page_oldest_first_and_once_each() -> None:
    from db import moderation

    cho, dee = await _known("cho"), await member("dee", "c")
    parent = (await moderation.share(cho, post())).id
    made = [
        (await moderation.share(cho, post(f"Soup {n}.", kind="reply", place=parent))).id for n in range(7)
    ]
    for oldest_first in (True, False):
        read: list[UUID] = []
        older = ""
        while True:
            page = await moderation.seen_by(
                dee, "reply", parent, before=older, oldest_first=oldest_first, limit=3
            )
            read += [one.id for one in page.items]
            older = page.older
            if not older:
                break
        assert read == (made if oldest_first else made[::-1])
    assert len((await moderation.seen_by(dee, "reply", parent, before="odd")).items) == 7
    await moderation.withdraw(cho, parent)
    assert (await moderation.seen_by(dee, "reply", parent)).items == []
    assert await moderation.find(dee, made[0]) is None


async def test_taken_back_it_is_gone_for_all_and_its_words_with_it() -> None:
    from db import desk, ledger, moderation
    from db.moderation_tables import Evidence, Item

    ana, mo = await member("ana"), await member("mo", "c", "moderator")
    shared = await moderation.share(ana, post())
    await moderation.withdraw(ana, shared.id)
    assert await moderation.find(ana, shared.id) is None
    assert (await desk.queue(mo)).items == []
    assert not (await Item.select(Item.sealed))[0]["sealed"]
    assert await Evidence.count() == 0
    await moderation.withdraw(ana, shared.id)
    assert len([one for one in await ledger.of(shared.id, ana.person) if one.action == "withdraw"]) == 1, (
        "Once."
    )
    with pytest.raises(moderation.Unknown):
        await moderation.edit(ana, shared.id, post())


async def test_what_is_about_danger_stays_for_the_lead_for_ninety_days() -> None:
    from db import desk, moderation
    from db.moderation_tables import Evidence

    ana, lead = await member("ana"), await member("lea", "c", "safeguarding")
    shared = await moderation.share(ana, post(DANGER))
    await moderation.withdraw(ana, shared.id)
    (waiting,) = (await desk.queue(lead)).items
    seen = await desk.look(lead, waiting.id)
    assert seen is not None and seen.item is not None
    assert seen.item.words == DANGER
    await moderation.forget_old(clock.now() + timedelta(days=89))
    assert await Evidence.count() == 1
    await moderation.forget_old(clock.now() + timedelta(days=91))
    assert await Evidence.count() == 0


async def test_sent_privately_it_is_read_and_never_published() -> None:
    from db import decisions, desk, moderation

    ana, mo = await member("ana"), await member("mo", "c", "moderator")
    shared = await moderation.share(ana, post("I want to die"))
    assert (shared.state, shared.card) == ("held", "careful")
    await moderation.keep_private(ana, shared.id)
    (waiting,) = (await desk.queue(mo)).items
    seen = await desk.look(mo, waiting.id)
    assert seen is not None
    assert "publish" not in seen.actions
    with pytest.raises(NotAllowed):
        await decisions.decide(mo, waiting.id, decisions.Decision("publish", 1))


async def test_without_a_yes_to_the_community_or_while_paused_nothing_is_shared() -> None:
    from db import consents, moderation, sanctions

    ana, mo = await member("ana"), await member("mo", "c", "moderator")
    shared = await moderation.share(ana, post())
    await sanctions.pause(mo, ana.person, timedelta(hours=2), "unkind")
    for attempt in (moderation.share(ana, post()), moderation.edit(ana, shared.id, post())):
        with pytest.raises(moderation.Paused) as paused:
            await attempt
        assert paused.value.until is not None
    clock.move(timedelta(hours=3))
    assert (await moderation.share(ana, post())).state == "held"
    await consents.choose(ana.person, [])
    with pytest.raises(moderation.NoConsent):
        await moderation.share(ana, post())


async def test_while_the_community_is_closed_nothing_is_shared() -> None:
    from db import moderation
    from db.tables import Instance

    ana, grown = await member("ana"), await member("gro", "x")
    with pytest.raises(moderation.Closed):
        await moderation.share(grown, post())
    await Instance.delete().where(Instance.name == "rules")
    with pytest.raises(moderation.Closed) as closed:
        await moderation.share(ana, post())
    assert closed.value.missing == ["rules"]


async def test_after_a_pause_a_known_adult_is_read_first_for_two_weeks() -> None:
    from db import moderation, sanctions

    cho, mo = await _known("cho"), await member("mo", "c", "moderator")
    await sanctions.pause(mo, cho.person, timedelta(hours=1), "unkind")
    clock.move(timedelta(hours=2))
    assert (await moderation.share(cho, post())).reason == "restricted"
    clock.move(timedelta(days=15))
    assert (await moderation.share(cho, post())).state == "published"


async def test_words_about_ones_own_danger_are_never_a_strike() -> None:
    from db import moderation, sanctions

    ana, mo = await member("ana"), await member("mo", "c", "moderator")
    shared = await moderation.share(ana, post("I want to die"))
    with pytest.raises(sanctions.Refused):
        await sanctions.pause(mo, ana.person, timedelta(hours=1), "other", shared.id)
    with pytest.raises(sanctions.Refused):
        await sanctions.propose_ban(mo, ana.person, "other", shared.id)


async def test_the_ledger_can_only_grow(engine_kind: str) -> None:
    from db import ledger, moderation
    from db.engine import DB
    from db.moderation_tables import Ruling, Sighting

    ana = await member("ana")
    shared = await moderation.share(ana, post())
    await ledger.saw(ana.person, shared.id, "item")
    attempts = [
        f"{what} {table} {how}"
        for table in ("ruling", "sighting")
        for what, how in (("UPDATE", "SET at = at"), ("DELETE FROM", ""))
    ]
    if engine_kind == "postgres":
        attempts += ["TRUNCATE ruling", "TRUNCATE sighting"]
    else:
        attempts.append("INSERT OR REPLACE INTO sighting SELECT * FROM sighting")
        attempts.append("INSERT OR REPLACE INTO ruling SELECT * FROM ruling")
    for sql in attempts:
        with pytest.raises(Exception, match="append-only"):
            await DB.run(sql)
    assert await Ruling.exists().where(Ruling.item == shared.id)
    assert await Sighting.exists().where(Sighting.item == shared.id)


def test_there_is_one_door() -> None:
    """Words of an item are written in one module, which reads them first: nobody can go round it."""
    root = Path(__file__).parents[2]
    sources = {
        str(path.relative_to(root)): path.read_text()
        for floor in ("db", "jobs", "web")
        for path in (root / floor).rglob("*.py")
    }
    writes = re.compile(r"\bItem\.insert\(|INSERT INTO item\b|moderation_rows\.seal\(|\bItem\.sealed:")
    assert [path for path, source in sources.items() if writes.search(source)] == ["db/moderation.py"]
    verbs = re.split(r"^async def ", sources["db/moderation.py"], flags=re.MULTILINE)
    sealing = [verb for verb in verbs if "moderation_rows.seal(" in verb]
    assert [verb.split("(")[0] for verb in sealing] == ["share", "edit"]
    assert all("await _read(draft)" in verb and "ladder.respond(read" in verb for verb in sealing)
    (reading,) = [verb for verb in verbs if verb.startswith("_read(")]
    assert (
        len(re.findall(r"return .*ladder\.read\b.*draft\.read\b", reading)) == reading.count("return ") == 2
    )


async def test_a_deleted_person_leaves_decisions_and_no_words() -> None:
    from db import moderation
    from db.moderation_tables import Hold, Item, Ruling
    from db.tables import Person

    ana = await member("ana")
    shared = await moderation.share(ana, post())
    await Person.delete().where(Person.id == ana.person)
    assert await Item.count() == 0
    assert await Hold.count() == 0
    assert await Ruling.exists().where(Ruling.item == shared.id)


@pytest.mark.parametrize("words", ["", " \n ", "x" * 20_001])
def test_a_draft_is_words_and_not_too_many(words: str) -> None:
    with pytest.raises(ValueError, match="words"):
        Draft("post", Words((words,)))


async def test_an_own_content_note_is_read_too() -> None:
    from db import moderation

    cho = await _known("cho")
    draft = replace(post(), words=Words(("A heron.",), own_note="snap me at heron_99"))
    assert (await moderation.share(cho, draft)).state == "held"


async def _known(name: str) -> Viewer:
    """A young adult whose first five were published."""
    from db.moderation_tables import Item

    viewer = await member(name, "c")
    for n in range(5):
        row = Item(author=viewer.person, cid=uuid4(), kind="old", band="c", side="y", sealed=b"", intent="")
        row.notes = row.topics = row.reason = row.labels = row.rules = row.read_by = ""
        row.state, row.tier, row.about, row.created_at = "published", "none", "none", clock.now()
        row.published_at = clock.now() - timedelta(days=n)
        await row.save()
    return viewer


async def _publish_all(mo: Viewer) -> None:
    from db import decisions, desk

    for waiting in (await desk.queue(mo)).items:
        await decisions.decide(mo, waiting.id, decisions.Decision("publish", 1))
