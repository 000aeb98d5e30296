"""Reports on a real database: receipts, hiding by three, pile-ons, evidence, and nobody learns who."""

import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path
from uuid import UUID, uuid4

import pytest

from care import clock
from db.devices import Viewer
from tests.members import member, opened, post

SECRET = "I know her from judo"
THREAD = UUID(int=7)


@pytest.fixture(autouse=True)
async def an_open_community(database: Path) -> AsyncIterator[None]:
    await opened()
    yield
    clock.move(timedelta())


async def test_a_report_hides_it_for_its_reporter_and_gives_a_receipt() -> None:
    from db import decisions, desk, moderation, notices, reports

    ana, ben, mo, item = await _scene()
    before = await notices.unread(ana.person)
    await reports.report(ben, "item", item, "upsetting", text=SECRET)
    assert await moderation.find(ben, item) is None
    (receipt,) = await reports.receipts(ben)
    assert (receipt.reason, receipt.status, receipt.outcome) == ("upsetting", "received", "")
    (waiting,) = (await desk.queue(mo)).items
    seen = await desk.look(mo, waiting.id)
    assert seen is not None
    assert [(told.reason, told.text) for told in seen.reports] == [("upsetting", SECRET)]
    assert str(ben.person) not in repr(seen) and "'ben'" not in repr(seen)
    assert (await reports.receipts(ben))[0].status == "looked"
    await decisions.decide(mo, waiting.id, decisions.Decision("keep", 1))
    (receipt,) = await reports.receipts(ben)
    assert (receipt.status, receipt.outcome) == ("done", "kept")
    assert await notices.unread(ana.person) == before, "The reported person is not told anything."
    told = await moderation.statement(ana, item)
    assert told is not None
    assert SECRET not in repr(told) and str(ben.person) not in repr(told)


async def test_hide_for_me_can_be_left_out() -> None:
    from db import moderation, reports

    _, ben, _, item = await _scene()
    await reports.report(ben, "item", item, "spam", hide=False)
    assert await moderation.find(ben, item)


async def test_the_same_from_the_outbox_again_and_at_once_is_one_report() -> None:
    from db import reports
    from db.moderation_tables import Report

    _, ben, _, item = await _scene()
    sent = [reports.report(ben, "item", item, "spam", hide=False) for _ in range(4)]
    await asyncio.gather(*sent)
    await reports.report(ben, "item", item, "spam", hide=False)
    assert await Report.count() == 1


async def test_a_lost_answer_never_makes_two_even_after_the_desk_decided() -> None:
    from db import decisions, desk, reports
    from db.moderation_tables import Report

    _, ben, mo, item = await _scene()
    dee, cid = await member("dee", "b"), uuid4()
    await reports.report(ben, "item", item, "spam", cid=cid)
    await reports.report(ben, "item", item, "spam", cid=cid)
    (waiting,) = (await desk.queue(mo)).items
    await decisions.decide(mo, waiting.id, decisions.Decision("keep", 1))
    await reports.report(ben, "item", item, "spam", cid=cid)
    assert await Report.count() == 1
    with pytest.raises(reports.Unknown):
        await reports.report(ben, "item", item, "spam", cid=uuid4())
    # The same number from another phone is another report, and leads to nothing of Ben's.
    await reports.report(dee, "item", item, "spam", cid=cid)
    assert await Report.count() == 2
    assert (len(await reports.receipts(dee)), len(await reports.receipts(ben))) == (1, 1)


async def test_three_trusted_people_hide_it_until_a_person_looked() -> None:
    from db import decisions, desk, moderation, reports

    ana, _, mo, item = await _scene()
    dee = await member("dee", "b")
    for n in range(3):
        assert await moderation.find(dee, item), f"{n} are not enough."
        await reports.report(await member(f"r{n}", "b"), "item", item, "bullying")
        clock.move(timedelta(minutes=11 * (n + 1)))
    assert await moderation.find(dee, item) is None
    mine = await moderation.of_mine(ana, item)
    assert mine is not None
    assert (mine.state, mine.reason) == ("hidden", "reports")
    (waiting,) = (await desk.queue(mo)).items
    assert await decisions.decide(mo, waiting.id, decisions.Decision("publish", 1)) == "published"
    assert await moderation.find(dee, item)


async def test_a_pile_on_newcomers_and_those_often_wrong_hide_nothing() -> None:
    from db import moderation, reports
    from db.moderation_tables import Report

    _, _, _, item = await _scene()
    dee = await member("dee", "b")
    for n in range(6):
        friend = await member(f"pile{n}", "b")
        await moderation.share(friend, post(kind="reply", place=THREAD))
        await reports.report(friend, "item", item, "bullying")
    for n in range(3):
        clock.move(timedelta(minutes=30 * (n + 1)))
        await reports.report(await member(f"new{n}", "b", days=1), "item", item, "bullying")
    for n in range(3):
        clock.move(timedelta(hours=3 + n))
        wrong = await member(f"wrong{n}", "b")
        for _ in range(3):
            past = Report(reporter=wrong.person, subject=uuid4(), kind="item", about=dee.person, sealed=b"")
            past.reason, past.status, past.outcome, past.at = "spam", "done", "kept", clock.now()
            past.done_at = clock.now()
            await past.save()
        await reports.report(wrong, "item", item, "bullying")
    assert await Report.count().where(Report.subject == item) == 12
    assert await moderation.find(dee, item)


@pytest.mark.parametrize("thread", [None, THREAD], ids=["strangers", "one thread"])
async def test_three_at_once_hide_it_unless_they_write_in_one_thread(thread: UUID | None) -> None:
    from db import moderation, reports
    from db.moderation_tables import Ruling

    _, _, _, item = await _scene()
    dee, three = await member("dee", "b"), [await member(f"r{n}", "b") for n in range(3)]
    for one in three:
        await moderation.share(one, post(kind="reply", place=thread or uuid4()))
    # At the very same moment too: none of three transactions may miss the other two.
    await asyncio.gather(*(reports.report(one, "item", item, "bullying") for one in three))
    hidden = await moderation.find(dee, item) is None
    assert hidden == (thread is None)
    assert await Ruling.count().where((Ruling.item == item) & (Ruling.action == "hide")) == int(hidden)


async def test_who_began_a_thread_writes_in_it_too() -> None:
    from db import moderation, reports

    _, _, _, item = await _scene()
    dee, host = await member("dee", "b"), await member("host", "b")
    begun = (await moderation.share(host, post(kind="story"))).id
    guests = [await member(f"guest{n}", "b") for n in range(2)]
    for guest in guests:
        await moderation.share(guest, post(kind="reply", place=begun))
    for one in (host, *guests):
        await reports.report(one, "item", item, "bullying")
    assert await moderation.find(dee, item)
    clock.move(timedelta(minutes=11))
    await reports.report(await member("far", "b"), "item", item, "bullying")
    assert await moderation.find(dee, item), "A thread and one stranger are two."
    await reports.report(await member("farther", "b"), "item", item, "bullying")
    assert await moderation.find(dee, item) is None


async def test_somebody_in_danger_pages_the_desk_and_comes_first() -> None:
    from db import desk, notices, reports, shifts

    _, ben, mo, item = await _scene()
    await shifts.begin(mo)
    await reports.report(ben, "item", item, "danger")
    assert [left.kind for left in (await notices.inbox(mo))[0]] == ["duty"]
    assert (await desk.queue(mo)).items[0].risk == 3


async def test_evidence_outlives_its_author_taking_it_back() -> None:
    from db import decisions, desk, moderation, reports

    ana, ben, mo, item = await _scene()
    await reports.report(ben, "item", item, "contact")
    await moderation.withdraw(ana, item)
    (waiting,) = (await desk.queue(mo)).items
    seen = await desk.look(mo, waiting.id)
    assert seen is not None and seen.item is not None
    assert (seen.item.words, seen.actions) == ("We made soup and fed a heron.", ("close",))
    await decisions.close(mo, waiting.id, True)
    assert (await reports.receipts(ben))[0].status == "done"
    assert (await desk.queue(mo)).items == []


async def test_a_person_can_be_reported_and_is_not_told() -> None:
    from db import decisions, desk, notices, reports

    ana, ben, mo = await member("ana"), await member("ben", "b"), await member("mo", "c", "moderator")
    await reports.report(ben, "person", ana.person, "contact", text=SECRET)
    (waiting,) = (await desk.queue(mo)).items
    assert (waiting.kind, waiting.person, waiting.risk) == ("person", "ana", 2)
    seen = await desk.look(mo, waiting.id)
    assert seen is not None
    assert (seen.item, seen.actions, [told.text for told in seen.reports]) == (None, ("close",), [SECRET])
    await decisions.close(mo, waiting.id, True)
    assert (await reports.receipts(ben))[0].outcome == "acted"
    assert await notices.unread(ana.person) == 0


async def test_what_one_may_not_see_cannot_be_reported_so_nothing_is_learned() -> None:
    from db import moderation, reports

    ana, ben, cho = await member("ana"), await member("ben", "b"), await member("cho", "c")
    held = (await moderation.share(ana, post())).id
    for who, kind, subject in [
        (ben, "item", held),
        (ana, "item", held),
        (ben, "item", uuid4()),
        (cho, "person", ana.person),
        (ana, "person", ana.person),
        (ana, "person", uuid4()),
    ]:
        with pytest.raises(reports.Unknown):
            await reports.report(who, kind, subject, "spam")


async def test_ten_a_day_and_danger_is_still_heard() -> None:
    from db import reports
    from db.limits import TooMany

    ben = await member("ben", "b")
    for n in range(10):
        await reports.report(ben, "person", (await member(f"p{n}", "b")).person, "spam")
    last = (await member("last", "b")).person
    with pytest.raises(TooMany):
        await reports.report(ben, "person", last, "spam")
    await reports.report(ben, "person", last, "danger")


async def _scene() -> tuple[Viewer, Viewer, Viewer, UUID]:
    """Ana's published post, Ben who may read it, and Mo at the desk."""
    from db import decisions, desk, moderation

    ana, ben, mo = await member("ana"), await member("ben", "b"), await member("mo", "c", "moderator")
    item = (await moderation.share(ana, post())).id
    (waiting,) = (await desk.queue(mo)).items
    await decisions.decide(mo, waiting.id, decisions.Decision("publish", 1))
    return ana, ben, mo, item
