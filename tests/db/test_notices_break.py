"""In a break from people nothing about them reaches a phone, and afterwards it is quietly there."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from care import clock
from care.clock import now
from care.notices import KINDS, SWITCHES
from care.reminders_form import Phone
from db import controls, notices, notices_outgoing, notices_phones
from db.devices import Viewer
from db.engine import count_queries
from db.ids import uuid7
from db.notices_outgoing import Push
from db.reminder_tables import Outgoing
from db.tables import Session
from tests.members import member

NOON = datetime(2026, 6, 1, 11, tzinfo=UTC)
"""A Monday; noon in London."""
PEOPLE = {"reply", "thanks", "support", "meeting", "group", "asked"}


@pytest.fixture(autouse=True)
def noon(database: Any) -> Iterator[None]:
    _at(NOON)
    yield
    clock.move(timedelta())


async def test_what_people_did_waits_outside_the_inbox_and_is_there_afterwards() -> None:
    ana, ben = await _with_phone("ana"), await _with_phone("ben")
    await notices.leave(ana.person, "thanks", "/stories/0")
    await controls.take_break(ana, 3)
    for who in (ana, ben):
        for kind in KINDS:
            await notices.leave(who.person, kind, f"/{kind}")
    others = set(KINDS) - PEOPLE
    assert {"held", "decided", "talk", "account"} <= others, "One's own things stand in it all the time."
    assert await _kinds(ana) == others
    assert await notices.unread(ana.person) == len(others)
    await notices.read_all(ana)
    assert await notices.unread(ana.person) == 0
    assert await _kinds(ben) == set(KINDS), "Nobody else's inbox is changed by it."
    _at(NOON + timedelta(days=3, minutes=1))
    found, _ = await notices.inbox(ana)
    assert {one.kind for one in found if not one.read} == PEOPLE, "Seen all, but for what was not shown."
    assert await notices.unread(ana.person) == len(PEOPLE) + 1


async def test_coming_back_early_shows_them_and_a_new_break_hides_them_again() -> None:
    ana = await _with_phone("ana")
    await notices.leave(ana.person, "reply", "/stories/1")
    for _ in range(2):
        await controls.take_break(ana, 30)
        assert (await notices.inbox(ana), await notices.unread(ana.person)) == (([], ""), 0)
        await controls.come_back(ana)
        assert (await _kinds(ana), await notices.unread(ana.person)) == ({"reply"}, 1)


async def test_pages_of_the_inbox_stay_whole_around_what_is_held_back() -> None:
    ana = await _with_phone("ana")
    for n in range(50):
        await notices.leave(ana.person, "thanks" if n % 2 else "held", f"/moderation/mine/{n}")
    await controls.take_break(ana, 1)
    first, older = await notices.inbox(ana)
    second, end = await notices.inbox(ana, older)
    assert (len(first), len(second), end) == (20, 5, "")
    assert {one.kind for one in first + second} == {"held"}


async def test_no_phone_hears_of_the_community_while_it_lasts() -> None:
    ana = await _with_phone("ana")
    await notices.leave(ana.person, "reply", "/stories/before")
    assert await Outgoing.count() == 1, "It would have gone out at the next round."
    await controls.take_break(ana, 2)
    heard = []
    for hours in range(0, 48, 2):
        _at(NOON + timedelta(hours=hours))
        for kind in SWITCHES:
            await notices.leave(ana.person, kind, f"/{kind}/{hours}")
        await notices.leave(ana.person, "asked", f"/asked/{hours}")
        heard += await notices_outgoing.claim(50)
    assert heard == []
    assert await Outgoing.count() == 0, "What was queued before is gone too, and waits for nothing."
    _at(NOON + timedelta(days=2, minutes=1))
    assert await notices_outgoing.claim(50) == [], "They are there, quietly."
    await notices.leave(ana.person, "reply", "/stories/after")
    _at(NOON + timedelta(days=2, minutes=70))
    assert [parcel.face for parcel in await notices_outgoing.claim(50)] == ["note"]


async def test_a_break_stops_neither_ones_own_reminder_nor_a_call_to_somebody_on_duty() -> None:
    ana = await _with_phone("ana")
    await notices.leave(ana.person, "reply", "/stories/1")
    await controls.take_break(ana, 1)
    await notices_outgoing.queue([Push(ana.person, "minute", now(), now() + timedelta(hours=1))])
    await notices.leave(ana.person, "duty", "/moderation")
    parcels = await notices_outgoing.claim(50)
    assert {parcel.face for parcel in parcels} == {"minute", "page"}
    assert {parcel.badge for parcel in parcels} == {1}, "The number on the icon counts what the inbox shows."
    await controls.come_back(ana)
    _at(NOON + timedelta(minutes=5))
    assert {parcel.badge for parcel in await notices_outgoing.claim(50)} == {2}


@pytest.mark.parametrize(("days", "comes"), [(1, True), (5, False)])
async def test_a_meeting_after_the_break_is_told_and_one_within_is_not(days: int, comes: bool) -> None:
    ana = await _with_phone("ana")
    await controls.take_break(ana, days)
    meets = NOON + timedelta(days=3)
    await notices.leave(ana.person, "meeting", "/meetings/1", at=meets)
    assert await Outgoing.count() == int(comes)
    _at(meets)
    assert len(await notices_outgoing.claim(50)) == int(comes)


async def test_who_comes_back_before_it_was_due_is_told_what_was_queued_before_the_break() -> None:
    ana = await _with_phone("ana")
    await notices.leave(ana.person, "reply", "/stories/1")
    await controls.take_break(ana, 1)
    await controls.come_back(ana)
    _at(NOON + timedelta(minutes=70))
    assert len(await notices_outgoing.claim(50)) == 1


async def test_it_costs_no_further_statement_to_read_and_one_to_leave() -> None:
    ana = await _with_phone("ana")
    await controls.take_break(ana, 1)
    for asked in (notices.inbox(ana), notices.unread(ana.person), notices.read_all(ana)):
        with count_queries() as count:
            await asked
        assert count.n == 1
    await notices.choose(ana, [])
    with count_queries() as quiet:
        await notices.leave(ana.person, "reply", "/stories/1")
    assert quiet.n <= 2, "Who wants no push is not asked about a break."


async def _with_phone(name: str) -> Viewer:
    """Somebody whose phone is told of every kind that can be switched on."""
    made = await member(name, "c")
    session = uuid7()
    row = Session(id=session, person=made.person, token_hash=session.hex, device="")
    row.created_at, row.seen_at, row.expires_at = now(), now(), now() + timedelta(days=90)
    await Session.insert(row)
    viewer = Viewer(made.person, session, name, "c", "GB", None, False)
    await notices_phones.keep(
        viewer, Phone(f"https://fcm.googleapis.com/fcm/send/{name}", "B" + "A" * 86, "C" * 22)
    )
    await notices.choose(viewer, SWITCHES)
    return viewer


async def _kinds(viewer: Viewer) -> set[str]:
    return {one.kind for one in (await notices.inbox(viewer))[0]}


def _at(moment: datetime) -> None:
    clock.move(moment - datetime.now(UTC))
