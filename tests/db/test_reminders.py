"""Reminders and notices as they are kept: three a person, quiet when asked, theirs alone, queued once."""

from collections.abc import Iterator
from datetime import UTC, datetime, time, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest

from care import clock
from care import notices as words
from care.account import TEXT_VERSION
from care.after_care import plan
from care.clock import now
from care.journal import Problems
from care.reminders import EVERY_DAY
from care.reminders_form import Draft, Hours, Phone
from db import (
    consents,
    keys,
    notices,
    notices_outgoing,
    notices_phones,
    reminders,
    reminders_after,
    reminders_due,
    shredding,
)
from db.devices import Viewer
from db.engine import count_queries
from db.ids import uuid7
from db.reminder_tables import AfterCare, Notice, Outgoing, Reminder, ReminderChoice, Subscription
from db.tables import Consent, Entry, Person, Session
from tests.db.test_migrations import _plan

NOON = datetime(2026, 6, 1, 11, tzinfo=UTC)
"""A Monday; noon in London."""
LONDON = "Europe/London"


@pytest.fixture(autouse=True)
def noon() -> Iterator[None]:
    _at(NOON)
    yield
    clock.move(timedelta())


def _at(moment: datetime) -> None:
    clock.move(moment - datetime.now(UTC))


async def member(band: str = "c") -> Viewer:
    person, session = uuid7(), uuid7()
    await keys.make(person)
    row = Person(id=person, name="Ana", name_key=person.hex, passphrase="-", band=band, country="GB")
    row.created_at = now()
    await Person.insert(row)
    ends = now() + timedelta(days=90)
    moments = {"created_at": now(), "seen_at": now(), "expires_at": ends}
    await Session.insert(Session(id=session, person=person, token_hash=session.hex, device="", **moments))
    return Viewer(person, session, "Ana", band, "GB", None, False)


def phone(name: str = "one") -> Phone:
    return Phone(f"https://fcm.googleapis.com/fcm/send/{name}", "B" + "A" * 86, "C" * 22)


def draft(at: str = "20:30", days: int = EVERY_DAY, tz: str = LONDON) -> Draft:
    return Draft(time.fromisoformat(at), days, tz)


async def kept(viewer: Viewer, *args: Any, **more: Any) -> UUID:
    made = await reminders.keep(viewer, draft(*args, **more))
    assert isinstance(made, UUID), made
    return made


async def check_in(viewer: Viewer) -> None:
    row = Entry(
        person=viewer.person, cid=uuid4(), kind="checkin", sealed=b"", local_date=now().date(), tz="UTC"
    )
    row.felt_at = row.edited_at = row.created_at = now()
    await Entry.insert(row)


async def come_due() -> int:
    from jobs import remind

    return await remind.come_due()


# Setting


async def test_a_reminder_stands_and_its_next_moment_is_computed(database: Any) -> None:
    ana = await member()
    one = await kept(ana, "20:30")
    choice, mine = await reminders.seen_by(ana)
    assert (choice.tz, choice.on, choice.hours.start) == (LONDON, True, time(22))
    assert [(m.id, m.at, m.next_at) for m in mine] == [
        (one, time(20, 30), datetime(2026, 6, 1, 19, 30, tzinfo=UTC))
    ]


async def test_three_are_the_most_and_none_twice_or_in_quiet_hours(database: Any) -> None:
    ana = await member()
    assert "time" in await _refused(ana, "23:10")
    for at in ("08:00", "12:00", "20:00"):
        await kept(ana, at)
    assert "time" in await _refused(ana, "18:00")
    _, mine = await reminders.seen_by(ana)
    assert "time" in await _refused(ana, "08:00", reminder=mine[1].id)
    assert await reminders.keep(ana, draft("18:00"), mine[0].id) == mine[0].id
    assert "tz" in await _refused(await member(), "18:00", tz="")


async def test_nobody_sees_or_changes_the_reminder_of_another(database: Any) -> None:
    ana, ben = await member(), await member()
    one = await kept(ana)
    assert await reminders.keep(ben, draft("09:00"), one) is None
    assert not await reminders.remove(ben, one)
    assert (await reminders.seen_by(ben))[1] == []
    assert await reminders.remove(ana, one)


async def test_a_pause_and_a_switch_move_the_next_moment(database: Any) -> None:
    ana = await member()
    await kept(ana)
    await reminders.pause(ana, 3)
    assert (await _one()).next_at == datetime(2026, 6, 4, 19, 30, tzinfo=UTC)
    await reminders.pause(ana, 0)
    assert (await _one()).next_at == datetime(2026, 6, 1, 19, 30, tzinfo=UTC)
    await reminders.switch(ana, False)
    assert (await _one()).next_at is None
    await reminders.switch(ana, True)
    assert (await _one()).next_at == datetime(2026, 6, 1, 19, 30, tzinfo=UTC)


async def test_quiet_hours_and_travel_are_kept(database: Any) -> None:
    ana = await member()
    await kept(ana)
    await reminders.set_hours(ana, Hours(time(20), time(9), False, False))
    assert (await _one()).next_at is None
    assert not await reminders.travelled(ana, "Asia/Kolkata")
    await reminders.set_hours(ana, Hours(time(22), time(7), False, True))
    assert (await reminders.waiting(ana.person)).zone == LONDON
    assert await reminders.travelled(ana, "Asia/Kolkata")
    assert (await _one()).next_at == datetime(2026, 6, 1, 15, tzinfo=UTC)


@pytest.mark.parametrize(("band", "allowed"), [("a", False), ("b", False), ("c", True)])
async def test_teens_are_quiet_at_night_and_in_school_whatever_they_choose(
    database: Any, band: str, allowed: bool
) -> None:
    ben = await member(band)
    await reminders.set_hours(ben, Hours(time(0), time(0), False, False))
    for at, days in (("23:30", EVERY_DAY), ("10:00", 0b11111)):
        made = await reminders.keep(ben, draft(at, days))
        assert isinstance(made, UUID) is allowed
    assert isinstance(await reminders.keep(ben, draft("10:30", 0b1100000)), UUID)


# Coming due


async def test_a_slot_comes_once_and_a_check_in_answers_it(database: Any) -> None:
    ana = await member()
    await notices_phones.keep(ana, phone())
    await kept(ana)
    assert await come_due() == 0
    _at(NOON + timedelta(hours=8, minutes=31))
    assert [await come_due(), await come_due()] == [1, 0]
    assert await Outgoing.count() == 1
    assert (await reminders.waiting(ana.person)).minute
    await check_in(ana)
    assert not await reminders.waiting(ana.person)
    _at(NOON + timedelta(days=1, hours=8, minutes=31))
    assert await come_due() == 1
    assert (await _one()).unanswered == 0


async def test_unanswered_it_gets_rarer_then_stops_with_one_note_inside(database: Any) -> None:
    ana = await member()
    await notices_phones.keep(ana, phone())
    await kept(ana)
    slots = []
    for day in range(40):
        _at(NOON + timedelta(days=day, hours=8, minutes=40))
        if await come_due():
            slots.append(day)
    assert slots == [0, 1, 2, 3, 4, 5, 7, 9, 11, 13, 15]
    assert (await _one()).next_at is None
    assert await Outgoing.count() == 10
    found, _ = await notices.inbox(ana)
    assert [one.kind for one in found] == ["stopped"]
    await reminders.switch(ana, True)
    assert (await _one()).next_at is not None


async def test_a_late_worker_skips_what_is_stale_and_never_sends_into_the_quiet(database: Any) -> None:
    ana = await member()
    await notices_phones.keep(ana, phone())
    await kept(ana, "21:50")
    _at(NOON + timedelta(hours=10, minutes=5))  # 22:05, quiet
    assert await come_due() == 1
    _at(NOON + timedelta(days=2))
    assert await come_due() == 1
    assert await Outgoing.count() == 0
    assert (await _one()).next_at == datetime(2026, 6, 3, 20, 50, tzinfo=UTC)


async def test_a_worker_that_lost_its_lease_changes_nothing(database: Any) -> None:
    from care import reminders as rules

    ana = await member()
    await notices_phones.keep(ana, phone())
    await kept(ana)
    _at(NOON + timedelta(hours=8, minutes=31))
    [slow] = await reminders_due.claim(10, timedelta(seconds=-1))
    [quick] = await reminders_due.claim(10)
    assert await reminders_due.claim(10) == []
    assert slow.due and quick.due
    assert await reminders_due.finish([(slow, rules.turn(slow.due, now()))]) == [False]
    assert await Outgoing.count() == 0
    assert await reminders_due.finish([(quick, rules.turn(quick.due, now()))]) == [True]
    assert await Outgoing.count() == 1


async def test_a_pause_between_claim_and_finish_wins(database: Any) -> None:
    from care import reminders as rules

    ana = await member()
    await notices_phones.keep(ana, phone())
    await kept(ana)
    _at(NOON + timedelta(hours=8, minutes=31))
    [held] = await reminders_due.claim(10)
    await reminders.pause(ana, 1)
    assert held.due
    assert await reminders_due.finish([(held, rules.turn(held.due, now()))]) == [False]
    assert await Outgoing.count() == 0


async def test_a_poisoned_row_is_put_off_and_the_others_go_on(database: Any, caplog: Any) -> None:
    ana, ben = await member(), await member()
    for who in (ana, ben):
        await notices_phones.keep(who, phone(str(who.person)))
        await kept(who)
    await Reminder.update({Reminder.local_time: "25:99"}).where(Reminder.person == ana.person)
    _at(NOON + timedelta(hours=8, minutes=31))
    assert await come_due() == 2
    assert await Outgoing.count() == 1
    [bad] = await Reminder.objects().where(Reminder.person == ana.person)
    assert bad.next_at > now() + timedelta(hours=20)
    assert "put off" in caplog.text


async def test_due_rows_are_found_through_their_index(database: Any) -> None:
    sql = "SELECT id FROM reminder WHERE next_at <= '2026-01-01 00:00:00+00:00' ORDER BY next_at LIMIT 9"
    assert "reminder_next" in await _plan(sql)


async def test_today_asks_one_statement(database: Any) -> None:
    ana = await member()
    await kept(ana)
    with count_queries() as count:
        await reminders.waiting(ana.person)
    assert count.n == 1


async def test_a_tap_is_an_answer(database: Any) -> None:
    ana = await member()
    await kept(ana)
    _at(NOON + timedelta(hours=8, minutes=31))
    await come_due()
    await reminders.answered(ana.person)
    assert not await reminders.waiting(ana.person)


# Phones and what is on its way


async def test_what_is_stored_of_a_phone_opens_only_with_the_persons_key(database: Any) -> None:
    ana = await member()
    await notices_phones.keep(ana, phone("secret-path"))
    [row] = await Subscription.select()
    assert b"secret-path" not in row["sealed"] and "secret" not in str(row)
    assert (await notices_phones.opened(ana.person, row["endpoint_hash"], row["sealed"])) == phone(
        "secret-path"
    )


async def test_a_browser_belongs_to_who_used_it_last_and_to_their_session(database: Any) -> None:
    ana, ben = await member(), await member()
    await notices_phones.keep(ana, phone())
    await notices_phones.keep(ana, phone())
    await _queue(ana)
    assert await Outgoing.count() == 1
    await notices_phones.keep(ben, phone())
    assert (await notices_phones.count(ana), await notices_phones.count(ben)) == (0, 1)
    assert await Outgoing.count() == 0
    assert not await notices_phones.forget(ana, phone().endpoint)
    await Session.delete().where(Session.id == ben.session)
    assert await Subscription.count() == 0


async def test_saying_yes_on_a_phone_is_the_consent_and_taking_it_back_silences(database: Any) -> None:
    ana = await member()
    await notices_phones.keep(ana, phone())
    [row] = await Consent.select()
    assert (row["kind"], row["text_version"]) == ("reminders", TEXT_VERSION)
    await _queue(ana)
    await consents.choose(ana.person, [])
    assert await notices_outgoing.claim(10) == []
    assert await Outgoing.count() == 0


async def test_who_asked_to_leave_hears_nothing(database: Any) -> None:
    ana = await member()
    await notices_phones.keep(ana, phone())
    await _queue(ana)
    await Person.update({Person.leaving_at: now() + timedelta(days=14)}).where(Person.id == ana.person)
    assert await notices_outgoing.claim(10) == []


async def test_a_push_is_queued_once_per_phone_and_claimed_once(database: Any) -> None:
    ana = await member()
    for name in ("one", "two"):
        await notices_phones.keep(ana, phone(name))
    await _queue(ana)
    await _queue(ana)
    parcels = await notices_outgoing.claim(10)
    assert await notices_outgoing.claim(10) == []
    assert len({p.subscription for p in parcels}) == 2
    assert len({p.topic for p in parcels}) == 1 and len(parcels[0].topic) <= 32
    await notices_outgoing.sent(parcels[:1])
    await notices_outgoing.later(parcels[1], timedelta(minutes=5))
    assert await notices_outgoing.claim(10) == []
    _at(NOON + timedelta(minutes=6))
    [again] = await notices_outgoing.claim(10)
    assert again.subscription == parcels[1].subscription
    assert not await notices_outgoing.sent(parcels[1:]), "the older claim no longer holds it"
    await notices_outgoing.gone(again)
    assert (await Outgoing.count(), await notices_phones.count(ana)) == (0, 1)


async def test_what_a_dead_worker_held_is_taken_over_under_the_same_topic(database: Any) -> None:
    ana = await member()
    await notices_phones.keep(ana, phone())
    await _queue(ana)
    [dead] = await notices_outgoing.claim(10, timedelta(seconds=-1))
    [alive] = await notices_outgoing.claim(10)
    assert (alive.topic, alive.id, alive.attempts) == (dead.topic, dead.id, 2)
    assert (await notices_outgoing.sent([dead]), await notices_outgoing.sent([alive])) == (0, 1)


async def test_what_cannot_be_sent_in_time_is_never_sent(database: Any) -> None:
    ana = await member()
    await notices_phones.keep(ana, phone())
    await _queue(ana)
    [parcel] = await notices_outgoing.claim(10)
    await notices_outgoing.later(parcel, timedelta(hours=4))
    assert await Outgoing.count() == 0
    await _queue(ana)
    _at(NOON + timedelta(hours=3, minutes=1))
    assert await notices_outgoing.claim(10) == []
    assert await Outgoing.count() == 0


async def test_nothing_is_sent_for_somebody_whose_key_is_gone(database: Any) -> None:
    ana, ben = await member(), await member()
    for who in (ana, ben):
        await notices_phones.keep(who, phone(str(who.person)))
        await _queue(who)
    await shredding.shred(ana.person)
    assert [p.phone.endpoint[-36:] for p in await notices_outgoing.claim(10)] == [str(ben.person)]


# Notices


async def test_the_same_again_is_one_notice_that_counts(database: Any) -> None:
    ana = await member()
    for _ in range(3):
        await notices.leave(ana.person, "reply", "/stories/1")
    await notices.leave(ana.person, "reply", "/stories/2")
    found, rest = await notices.inbox(ana)
    assert [(one.kind, one.many, one.read) for one in found] == [("reply", 1, False), ("reply", 3, False)]
    assert (rest, await notices.unread(ana.person)) == ("", 2)
    assert await notices.open(ana, found[1].id) == "/stories/1"
    await notices.leave(ana.person, "reply", "/stories/1")
    assert await notices.unread(ana.person) == 2
    await notices.read_all(ana)
    assert await notices.unread(ana.person) == 0


async def test_an_inbox_is_paged_and_its_owners_alone(database: Any) -> None:
    ana, ben = await member(), await member()
    for n in range(45):
        await notices.leave(ana.person, "thanks", f"/stories/{n}")
    seen, before = [], ""
    for _ in range(5):
        found, before = await notices.inbox(ana, before)
        seen += [one.id for one in found]
        if not before:
            break
    assert len(seen) == len(set(seen)) == 45
    assert await notices.inbox(ben) == ([], "")
    assert await notices.open(ben, seen[0]) is None
    assert len((await notices.inbox(ana, "nonsense.1"))[0]) == 20


async def test_the_phone_hears_only_of_kinds_switched_on_and_three_times_a_day(database: Any) -> None:
    ana = await member()
    await notices_phones.keep(ana, phone())
    await notices.leave(ana.person, "reply", "/stories/0")
    assert await Outgoing.count() == 0
    await notices.choose(ana, ["reply", "nonsense"])
    assert await notices.switches(ana) == {"reply"}
    sent: dict[Any, int] = {}
    for minute in range(0, 2 * 24 * 60, 10):
        _at(NOON + timedelta(minutes=minute))
        await notices.leave(ana.person, "reply", f"/stories/{minute}")
        await notices.leave(ana.person, "thanks", f"/stories/{minute}")
        for parcel in await notices_outgoing.claim(10):
            day = (now() + timedelta(hours=1)).date()
            sent[day] = sent.get(day, 0) + 1
            await notices_outgoing.sent([parcel])
    assert list(sent.values())[1] == 3 and max(sent.values()) == 3
    await notices.choose(ana, [])
    assert await notices.switches(ana) == set()


async def test_somebody_on_duty_is_called_at_once(database: Any) -> None:
    mo = await member()
    await notices_phones.keep(mo, phone())
    _at(NOON + timedelta(hours=14))  # two at night
    await notices.leave(mo.person, "duty", "/moderation/1")
    assert [p.face for p in await notices_outgoing.claim(10)] == ["page"]


async def test_a_notice_leads_nowhere_else(database: Any) -> None:
    ana = await member()
    for path in ("https://elsewhere.example", "//elsewhere.example", "/" + "x" * 120):
        with pytest.raises(ValueError, match="page of ours"):
            await notices.leave(ana.person, "reply", path)


async def test_old_notices_go(database: Any) -> None:
    ana = await member()
    await notices.leave(ana.person, "reply", "/stories/1")
    await notices.forget_old(now() + timedelta(days=89))
    assert await Notice.count() == 1
    await notices.forget_old(now() + timedelta(days=91))
    assert await Notice.count() == 0


# After-care


async def test_after_care_asks_when_it_was_told_to_and_keeps_no_answer(database: Any) -> None:
    ana = await member("a")
    await notices_phones.keep(ana, phone())
    await reminders_after.begin(ana, plan(["1", "7"], "16:30", push=True), LONDON)
    assert [q.step for q in await reminders_after.seen_by(ana)] == [1, 7]
    assert await reminders_after.queue_due(10) == 0
    _at(NOON + timedelta(days=1, hours=5, minutes=30))
    assert [await reminders_after.queue_due(10), await reminders_after.queue_due(10)] == [1, 0]
    assert (await reminders.waiting(ana.person)).question
    [parcel] = await notices_outgoing.claim(10)
    assert parcel.face == words.MINUTE, "on a lock screen it is like any reminder"
    assert await reminders_after.answer(ana) == 1
    assert [q.step for q in await reminders_after.seen_by(ana)] == [7]
    assert await reminders_after.answer(ana, stop=True) == 7
    assert await AfterCare.count() == 0


async def test_after_care_without_a_push_stays_inside(database: Any) -> None:
    ana = await member()
    await notices_phones.keep(ana, phone())
    await reminders_after.begin(ana, plan([], "", push=False), LONDON)
    _at(NOON + timedelta(days=8))
    assert await reminders_after.queue_due(10) == 0
    assert [q.due for q in await reminders_after.seen_by(ana)] == [True] * 3
    assert (await reminders.waiting(ana.person)).question


async def test_everything_goes_with_the_person(database: Any) -> None:
    ana = await member()
    await notices_phones.keep(ana, phone())
    await kept(ana)
    await _queue(ana)
    await notices.leave(ana.person, "reply", "/stories/1")
    await notices.choose(ana, ["reply"])
    await reminders_after.begin(ana, plan([], "", push=True), LONDON)
    await Person.delete().where(Person.id == ana.person)
    from piccolo.table import Table

    from db import reminder_tables

    found = [t for t in vars(reminder_tables).values() if isinstance(t, type) and issubclass(t, Table)]
    assert len(found) >= 8
    assert [await t.count() for t in found if t is not Table] == [0] * (len(found) - 1)


async def _refused(viewer: Viewer, *args: Any, reminder: UUID | None = None, **more: Any) -> Problems:
    found = await reminders.keep(viewer, draft(*args, **more), reminder)
    assert isinstance(found, Problems)
    return found


async def _queue(viewer: Viewer) -> None:
    push = notices_outgoing.Push(viewer.person, words.MINUTE, NOON, NOON + timedelta(hours=3))
    await notices_outgoing.queue([push])


async def _one() -> Any:
    assert await ReminderChoice.count() >= 1
    [row] = await Reminder.objects()
    return row
