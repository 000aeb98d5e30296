"""Many people whose reminder is due, and a worker process to be killed; used by test_remind.py.

As a program it works until nothing is left, and writes one line for each push to the file it is given.
"""

import asyncio
import os
import sys
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

from care.account import TEXT_VERSION
from care.clock import now
from care.notices import Message
from care.reminders_form import Phone
from db import engine, notices_phones, unwrapped
from db.cipher import make_key
from db.devices import Viewer
from db.ids import uuid7
from db.reminder_tables import Outgoing, Reminder, ReminderChoice, Subscription
from db.tables import Consent, Person, PersonKey, Session
from jobs import remind

LEASE = timedelta(seconds=2)
BATCH = 50
ROOM = 500


async def gather_people(many: int, slot: datetime) -> list[UUID]:
    """Each with a key, a session, a yes, a phone and one reminder due at `slot`."""
    people = [(uuid7(), uuid7()) for _ in range(many)]
    await _insert(Person, (_person(person) for person, _ in people))
    ring = unwrapped.ring()
    await _insert(PersonKey, (unwrapped.wrap_row(ring, one, make_key(), version=1) for one, _ in people))
    await _insert(Session, (_session(*pair) for pair in people))
    given = {"kind": "reminders", "text_version": TEXT_VERSION, "given_at": now()}
    await _insert(Consent, (Consent(person=person, **given) for person, _ in people))
    chosen = {"tz": "Europe/London", "quiet_from": "00:00", "quiet_to": "00:00"}
    await _insert(ReminderChoice, (ReminderChoice(person=person, **chosen) for person, _ in people))
    at = {"local_time": f"{slot:%H:%M}", "days": 127, "next_at": slot}
    await _insert(Reminder, (Reminder(person=person, **at) for person, _ in people))
    await _insert(Subscription, [await _phone(*pair) for pair in people])
    return [person for person, _ in people]


async def left() -> int:
    due: int = await Reminder.count().where(Reminder.next_at <= now())
    waiting: int = await Outgoing.count()
    return due + waiting


async def work(file: Path) -> None:
    out = os.open(file, os.O_WRONLY | os.O_APPEND | os.O_CREAT)

    async def deliver(message: Message, phone: Phone) -> remind.Outcome:
        os.write(out, f"{message.topic} {phone.endpoint}\n".encode())  # one write: whole, or not at all
        await asyncio.sleep(0.002)
        return remind.Outcome(remind.Fate.SENT)

    await engine.start()
    print("ready", flush=True)
    while await left():
        if not await remind.come_due(BATCH, LEASE) + await remind.hand_over(deliver, BATCH, LEASE):
            await asyncio.sleep(0.1)
    await engine.stop()


def _person(person: UUID) -> Person:
    row = Person(id=person, name="Ana", name_key=person.hex, passphrase="-", band="c", country="GB")
    row.created_at = now()
    return row


def _session(person: UUID, session: UUID) -> Session:
    moments = {"created_at": now(), "seen_at": now(), "expires_at": now() + timedelta(days=90)}
    return Session(id=session, person=person, token_hash=session.hex, device="", **moments)


async def _phone(person: UUID, session: UUID) -> Subscription:
    viewer = Viewer(person, session, "Ana", "c", "GB", None, False)
    phone = Phone(f"https://fcm.googleapis.com/{person}", "B" + "A" * 86, "C" * 22)
    return await notices_phones.row(viewer, phone)


async def _insert(table: Any, rows: Iterator[Any] | list[Any]) -> None:
    every = list(rows)
    for start in range(0, len(every), ROOM):
        await table.insert(*every[start : start + ROOM])


if __name__ == "__main__":
    asyncio.run(work(Path(sys.argv[1])))
