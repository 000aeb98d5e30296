"""Reminders under several workers that are killed at random: one push a slot, none lost; and what is said."""

import asyncio
import json
import logging
import os
import random
import signal
import sys
from collections import Counter
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from care import clock
from care.clock import now
from care.notices import KINDS, Message
from care.reminders_form import Phone
from db import notices, notices_outgoing
from db.reminder_tables import Notice, Outgoing, Reminder, Subscription
from jobs import remind
from jobs.remind import Fate, Outcome
from tests.jobs import crowd

ROOT = Path(__file__).parents[2]
PEOPLE = int(os.environ.get("BESIDE_TEST_CROWD", "1000"))
WORKERS, KILLS = 4, 8


@pytest.fixture(autouse=True)
def real_time() -> Iterator[None]:
    yield
    clock.move(timedelta())


async def start(database: Path, file: Path) -> asyncio.subprocess.Process:
    env = {**os.environ, "BESIDE_DATA": str(database), "PYTHONPATH": str(ROOT)}
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "tests.jobs.crowd", str(file), cwd=ROOT, env=env, stdout=asyncio.subprocess.PIPE
    )
    assert process.stdout
    assert await process.stdout.readline() == b"ready\n"
    return process


async def test_four_workers_killed_at_random_send_one_push_a_slot_and_lose_none(
    database: Path, tmp_path: Path
) -> None:
    # Ten minutes ago: a crowd is spread over nine.
    slot = now().replace(second=0, microsecond=0) - timedelta(minutes=10)
    people = await crowd.gather_people(PEOPLE, slot)
    file, chance = tmp_path / "sent", random.Random(7)  # noqa: S311 - whom to kill is no secret
    workers = list(await asyncio.gather(*(start(database, file) for _ in range(WORKERS))))
    killed = 0
    while killed < KILLS:
        await asyncio.sleep(chance.uniform(0, 0.15) * PEOPLE / 1000)
        victim = chance.randrange(WORKERS)
        if workers[victim].returncode is None:
            workers[victim].send_signal(signal.SIGKILL)
            killed += await workers[victim].wait() == -signal.SIGKILL
        workers[victim] = await start(database, file)
    assert [await worker.wait() for worker in workers] == [0] * WORKERS
    lines = file.read_text().splitlines()
    pushes = Counter(lines)
    phones = {line.split()[1].rpartition("/")[2] for line in pushes}
    assert phones == {str(person) for person in people}, "somebody's reminder was lost"
    assert len({line.split()[0] for line in pushes}) == len(pushes) == PEOPLE, "two topics for one slot"
    print(
        f"\n{PEOPLE} people, {killed} workers killed, {len(lines) - PEOPLE} sent again under the same topic"
    )
    rows = await Reminder.select(Reminder.next_at, Reminder.slot_at, Reminder.lease_by)
    assert all(row["slot_at"] == slot and row["next_at"] > now() and not row["lease_by"] for row in rows)


async def test_undisturbed_workers_send_each_push_exactly_once(database: Path, tmp_path: Path) -> None:
    slot = now().replace(second=0, microsecond=0) - timedelta(minutes=1)
    await crowd.gather_people(200, slot)
    sent: list[str] = []

    async def deliver(message: Message, phone: Phone) -> Outcome:
        sent.append(message.topic)
        return Outcome(Fate.SENT)

    await asyncio.gather(*(remind.come_due(20) for _ in range(4)))
    await asyncio.gather(*(remind.hand_over(deliver, 20) for _ in range(4)))
    assert len(sent) == len(set(sent)) == 200
    assert await crowd.left() == 0


async def test_what_the_push_service_answers_is_honoured(database: Path) -> None:
    slot = now() - timedelta(minutes=1)
    people = await crowd.gather_people(5, slot)
    fates = dict(
        zip(
            map(str, people),
            [
                Outcome(Fate.SENT),
                Outcome(Fate.GONE),
                Outcome(Fate.LATER, timedelta(minutes=10)),
                Outcome(Fate.REFUSED),
                None,
            ],
            strict=True,
        )
    )

    async def deliver(message: Message, phone: Phone) -> Outcome:
        fate = fates[phone.endpoint.rpartition("/")[2]]
        if fate is None:
            raise OSError(phone.endpoint)
        return fate

    await remind.come_due()
    assert await remind.hand_over(deliver) == 5
    waiting = await Outgoing.select(Outgoing.person, Outgoing.send_at)
    assert {row["person"] for row in waiting} == {people[2], people[4]}
    again = {row["person"]: row["send_at"] - now() for row in waiting}
    assert timedelta(minutes=9) < again[people[2]] <= timedelta(minutes=10)
    assert {row["person"] for row in await Subscription.select(Subscription.person)} == {*people} - {
        people[1]
    }


async def test_trying_ends(database: Path) -> None:
    await crowd.gather_people(1, now() - timedelta(minutes=1))
    tries = 0

    async def deliver(message: Message, phone: Phone) -> Outcome:
        nonlocal tries
        tries += 1
        return Outcome(Fate.LATER, timedelta(seconds=-1))

    await remind.come_due()
    await remind.hand_over(deliver)
    assert tries == notices_outgoing.MOST_TRIES
    assert await Outgoing.count() == 0


async def test_no_push_and_no_log_line_says_anything_about_anybody(database: Path, caplog: Any) -> None:
    """Over every kind there is, with deliveries that fail loudly."""
    caplog.set_level(logging.DEBUG)
    [ana] = await crowd.gather_people(1, now() - timedelta(minutes=1))
    canaries = ["heron-canary", "Night owls", str(ana), "fcm.googleapis.com", "Ana"]
    payloads: list[bytes] = []

    async def deliver(message: Message, phone: Phone) -> Outcome:
        payloads.append(message.payload)
        raise OSError(f"heron-canary {phone.endpoint}")

    from db.devices import Viewer
    from db.tables import Session

    [session] = await Session.select(Session.id)
    await notices.choose(Viewer(ana, session["id"], "Ana", "c", "GB", None, False), KINDS)
    await remind.come_due()
    for kind in KINDS:
        await notices.leave(ana, kind, "/groups/heron-canary", at=now())
        await Outgoing.update({Outgoing.send_at: now() - timedelta(minutes=1)}).where(Outgoing.person == ana)
        await remind.hand_over(deliver)
    assert await Notice.count() == len(KINDS)
    faces = {json.loads(payload)["notification"]["body"] for payload in payloads}
    assert faces == {"A minute for you?", "You have a new note", "Please look in when you can"}
    assert len({len(payload) for payload in payloads}) == 1
    said = caplog.text + "".join(map(bytes.decode, payloads))
    assert "a push failed: OSError" in said
    for canary in canaries:
        assert canary not in said


async def test_a_crowd_is_spread_and_each_waits_its_own_minutes(database: Path, monkeypatch: Any) -> None:
    from care import reminders as rules

    monkeypatch.setattr(rules, "CROWD", 30)
    slot = now() - timedelta(minutes=1)
    await crowd.gather_people(60, slot)
    await remind.come_due()
    waits = [row["send_at"] - slot for row in await Outgoing.select(Outgoing.send_at)]
    assert len(waits) == 60 and min(waits) >= timedelta() and max(waits) <= timedelta(minutes=9)
    assert len(set(waits)) > 20


async def test_the_loop_does_these_duties() -> None:
    from jobs import loop

    assert {remind.come_due, remind.ask_after, remind.forget_old_notices} <= set(loop.DUTIES)
