"""Both engines: what is written is there, what fails is not, and nobody waits for ever."""

import asyncio
import contextlib
import random
import threading
from datetime import UTC, date, datetime
from pathlib import Path
from uuid import UUID, uuid4

import pytest

from db import engine
from db.engine import DB, UNIQUE, afterwards, at_one_go, count_queries, fetch, transaction
from db.statements import own
from db.tables import Attempt, Entry, Instance, Person

NOW = datetime(2026, 11, 23, 10, 30, 15, 123456, tzinfo=UTC)


async def a_person(name: str = "ana") -> Person:
    person = Person(name=name, name_key=name, passphrase="-", band="a", country="GB", created_at=NOW)
    await person.save()
    return person


async def test_every_type_comes_back_as_it_went(database: Path) -> None:
    person = await a_person()
    entry = Entry(
        person=person.id, cid=uuid4(), kind="check", mood=4, sealed=b"\x00\xff'\"", felt_at=NOW,
        local_date=date(2026, 11, 23), tz="Europe/London", edited_at=NOW, created_at=NOW,
    )  # fmt: skip
    await entry.save()
    found = await Entry.objects().get(Entry.id == entry.id)
    assert found is not None
    assert (found.person, found.cid, found.mood, found.energy) == (person.id, entry.cid, 4, None)
    assert (found.sealed, found.felt_at, found.local_date) == (b"\x00\xff'\"", NOW, date(2026, 11, 23))
    assert found.removed_at is None and isinstance(found.id, UUID)
    assert (await Person.objects().get(Person.id == person.id)).demo is False


async def test_six_hundred_transactions_at_once_lose_no_count(database: Path) -> None:
    await Attempt(key="k", tries=0, resets_at=NOW).save()

    async def add_one() -> None:
        async with transaction():
            # FOR UPDATE is PostgreSQL's; SQLite has one writer anyway.
            lock = "" if DB.engine_type == "sqlite" else " FOR UPDATE"
            row = (await DB.run("SELECT tries FROM attempt WHERE key = 'k'" + lock))[0]  # noqa: S608
            await Attempt.update({Attempt.tries: row["tries"] + 1}).where(Attempt.key == "k")

    await asyncio.gather(*(add_one() for _ in range(600)))
    assert (await Attempt.objects().get(Attempt.key == "k")).tries == 600


async def test_two_hundred_readers_beside_a_writer_see_whole_transactions(database: Path) -> None:
    await Instance.insert(Instance(name="a", value="0"), Instance(name="b", value="0"))

    async def write() -> None:
        for number in range(50):
            async with transaction():
                await Instance.update({Instance.value: str(number)}).where(Instance.name == "a")
                await Instance.update({Instance.value: str(number)}).where(Instance.name == "b")

    async def read() -> set[str]:
        return {row["value"] for row in await Instance.select(Instance.value)}

    seen = await asyncio.gather(write(), *(read() for _ in range(200)))
    assert all(len(values) == 1 for values in seen[1:])


async def test_the_first_who_asks_is_the_first_who_writes(database: Path) -> None:
    order: list[int] = []

    async def write(number: int) -> None:
        async with transaction():
            await Instance.insert(Instance(name=str(number), value=""))
            order.append(number)

    async with transaction():
        # On PostgreSQL the pool is the queue; holding it all makes the order visible.
        tasks: list[asyncio.Task[None]] = []
        await Instance.insert(Instance(name="first", value=""))
    held = [DB.transaction() for _ in range(_width())]
    release = asyncio.Event()

    async def hold(number: int) -> None:
        async with held[number]:
            await release.wait()

    holders = [asyncio.create_task(hold(number)) for number in range(len(held))]
    await asyncio.sleep(0.1)
    for number in range(20):
        tasks.append(asyncio.create_task(write(number)))
        await asyncio.sleep(0)
    release.set()
    await asyncio.gather(*holders, *tasks)
    assert sorted(order) == list(range(20))
    if _width() == 1:
        assert order == list(range(20))


async def test_a_failing_body_leaves_nothing(database: Path) -> None:
    with pytest.raises(ZeroDivisionError):
        async with transaction():
            await Instance.insert(Instance(name="a", value=""))
            _ = 1 / 0
    with pytest.raises(UNIQUE):
        async with transaction():
            await Instance.insert(Instance(name="b", value=""))
            await Instance.insert(Instance(name="b", value=""))
    assert await Instance.count() == 0
    await Instance.insert(Instance(name="c", value=""))
    assert await Instance.count() == 1


async def test_a_transaction_inside_another_joins_it(database: Path) -> None:
    with pytest.raises(ZeroDivisionError):
        async with transaction():
            async with transaction():
                await Instance.insert(Instance(name="inner", value=""))
            _ = 1 / 0
    assert await Instance.count() == 0
    async with transaction():
        with pytest.raises(Exception, match="already active"):
            transaction(nested_ok=False)


async def test_what_others_do_is_not_part_of_my_transaction(database: Path) -> None:
    inside, seen = asyncio.Event(), asyncio.Event()

    async def mine() -> None:
        async with transaction():
            await Instance.insert(Instance(name="mine", value=""))
            inside.set()
            await seen.wait()
            raise ZeroDivisionError

    task = asyncio.create_task(mine())
    await inside.wait()
    assert await Instance.count() == 0
    other = asyncio.create_task(_insert("other"))
    await asyncio.sleep(0.05)
    seen.set()
    with pytest.raises(ZeroDivisionError):
        await task
    await other
    assert [row["name"] for row in await Instance.select(Instance.name)] == ["other"]


async def test_a_task_started_inside_a_transaction_is_refused_until_it_ends(database: Path) -> None:
    async with transaction():
        with pytest.raises(RuntimeError, match="started inside a transaction"):
            await asyncio.create_task(_insert("child"))
        ended = asyncio.Event()

        async def later() -> None:
            await ended.wait()
            await _insert("later")
            async with transaction():
                await _insert("its own")

        task = asyncio.create_task(later())
        await Instance.insert(Instance(name="parent", value=""))
    ended.set()
    await task
    assert {row["name"] for row in await Instance.select(Instance.name)} == {"parent", "later", "its own"}


async def test_cancelling_anywhere_leaves_the_pool_whole(database: Path) -> None:
    dice = random.Random(7)  # noqa: S311
    await Attempt(key="k", tries=0, resets_at=NOW).save()
    done = 0

    async def work(number: int) -> None:
        nonlocal done
        if number % 3 == 0:
            await Attempt.select().where(Attempt.key == "k")
        elif number % 3 == 1:
            await Instance.insert(Instance(name=f"single {number}", value=""))
        else:
            async with transaction():
                await Instance.insert(Instance(name=f"left {number}", value=""))
                await Attempt.select().where(Attempt.key == "k")
                await Instance.insert(Instance(name=f"right {number}", value=""))
        done += 1

    async def cancelled(number: int) -> None:
        task = asyncio.create_task(work(number))
        for _ in range(dice.choice([0, 1, 2, 3, 5, 8])):
            await asyncio.sleep(dice.choice([0, 0, 0.0003, 0.001]))
        task.cancel()
        await asyncio.sleep(dice.choice([0, 0.0003]))
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)

    for start in range(0, 600, 20):
        await asyncio.gather(*(cancelled(start + number) for number in range(20)))
    assert 0 < done < 600, "Some must be cancelled and some must get through."
    await _assert_whole()
    names = {row["name"] for row in await Instance.select(Instance.name)}
    assert {n.split()[1] for n in names if n.startswith("left")} == {
        n.split()[1] for n in names if n.startswith("right")
    }


async def test_statements_are_counted_where_they_are_run(database: Path) -> None:
    with count_queries() as outer:
        await Instance.count()
        with count_queries() as inner:
            async with transaction():
                await Instance.count()
            await asyncio.gather(*(Instance.exists() for _ in range(3)))
    await Instance.count()
    assert (inner.n, outer.n) == (4, 5)


async def test_starting_twice_needs_stopping_twice(database: Path) -> None:
    await engine.start()
    await engine.stop()
    assert engine.running()
    await Instance.count()


async def test_before_the_start_it_says_so() -> None:
    with pytest.raises(RuntimeError, match=r"start\(\) first"):
        await Instance.count()
    with pytest.raises(RuntimeError, match=r"start\(\) first"):
        async with transaction():
            pass


async def _insert(name: str) -> None:
    await Instance.insert(Instance(name=name, value=""))


def _width() -> int:
    """How many transactions run at once."""
    return 1 if DB.engine_type == "sqlite" else DB.size


async def _assert_whole() -> None:
    """Every connection is back and outside a transaction: as many can work at once as at the start."""
    meet = asyncio.Barrier(_width())

    async def use() -> None:
        async with transaction():
            await Instance.count()
            await meet.wait()

    async with asyncio.timeout(20):
        await asyncio.gather(*(use() for _ in range(_width())))
    if DB.engine_type == "sqlite":
        assert len(DB.free) == DB.readers and not DB.write_lock.locked()
        assert not any(line.in_transaction for line in (DB.writer, *DB.lines))


async def test_at_one_go_all_is_kept_or_nothing_and_those_inside_join_it(database: Path) -> None:
    async def good() -> str:
        async with transaction():
            await Instance.insert(Instance(name="a", value="1"))
        assert await Instance.count() == 1, "it sees its own"
        return "done"

    async def bad() -> None:
        await Instance.insert(Instance(name="b", value="1"))
        raise LookupError

    async def twice() -> None:
        async with transaction():
            await at_one_go(good)
            raise LookupError

    for failing in (bad, twice):
        with pytest.raises(LookupError):
            await at_one_go(failing)
        assert await Instance.count() == 0
    assert await at_one_go(good) == "done"
    assert await Instance.count() == 1
    with count_queries() as counted, pytest.raises(LookupError):
        await at_one_go(bad)
    assert counted.n == 1


async def test_many_at_one_go_lose_no_count(database: Path) -> None:
    await Instance.insert(Instance(name="n", value="0"))

    add = "UPDATE instance SET value = CAST(CAST(value AS INTEGER) + 1 AS TEXT) WHERE name = 'n'"

    async def one() -> None:
        await Instance.select(Instance.value).first()
        await fetch(add)

    async def other() -> None:
        async with transaction():
            await one()

    await asyncio.gather(*(at_one_go(one) if n % 2 else other() for n in range(100)))
    row = await Instance.select(Instance.value).first()
    assert row is not None and row["value"] == "100"


async def test_cancelled_at_one_go_is_whole_and_gives_the_writer_back(database: Path) -> None:
    async def two() -> None:
        for name in ("a", "b"):
            await Instance.insert(Instance(name=f"{name}{await Instance.count()}", value="1"))

    for wait in (0, 0, 0.001, 0.003):
        task = asyncio.create_task(at_one_go(two))
        await asyncio.sleep(wait)
        task.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await task
        async with asyncio.timeout(10):
            assert await Instance.count() % 2 == 0
            await at_one_go(two)


@pytest.mark.parametrize("going", [True, False])
async def test_what_comes_afterwards_comes_on_the_loop_and_only_after_a_commit(
    database: Path, going: bool
) -> None:
    heard: list[tuple[int, bool]] = []

    async def tell(fail: bool) -> None:
        await Instance.insert(Instance(name="a", value="1"))
        afterwards(lambda: heard.append((threading.get_ident(), own(DB.current_transaction) is None)))
        await Instance.count()
        assert heard == []
        if fail:
            raise LookupError

    async def run(fail: bool) -> None:
        if going:
            await at_one_go(lambda: tell(fail))
        else:
            async with transaction():
                await tell(fail)

    with pytest.raises(LookupError):
        await run(True)
    assert heard == []
    await run(False)
    await asyncio.sleep(0)
    assert heard == [(threading.get_ident(), True)]
    afterwards(heard.clear)
    assert heard == [], "outside a transaction it is done at once"
