"""What only the SQLite engine has to keep: its lock, its readers, its settings."""

import asyncio
import sqlite3
import threading
from pathlib import Path
from typing import Any

import pytest

from db.engine import DB, KEYS, at_one_go, transaction
from db.line import Line, Row
from db.tables import Instance

ENDLESS = """SELECT count(*) AS n FROM (
    WITH RECURSIVE up (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM up) SELECT n FROM up)"""


@pytest.fixture(autouse=True)
def sqlite_only(engine_kind: str) -> None:
    if engine_kind != "sqlite":
        pytest.skip("This is about SQLite.")


async def test_every_connection_has_the_settings(database: Path) -> None:
    wanted = {
        "journal_mode": "wal",
        "synchronous": 2,
        "foreign_keys": 1,
        "secure_delete": 1,
        "busy_timeout": 10000,
    }
    for line in (DB.writer, *DB.lines, KEYS.writer, *KEYS.lines):
        for name, value in wanted.items():
            found = (await line.execute(f"PRAGMA {name}"))[0]
            assert next(iter(found.values())) == value, name


async def test_a_write_taken_for_a_read_fails_loudly(database: Path) -> None:
    for line in DB.lines:
        with pytest.raises(sqlite3.OperationalError, match="readonly"):
            await line.execute("INSERT INTO instance (name, value) VALUES ('a', 'b')")
    await DB.run("WITH a AS (SELECT 'a' AS n) INSERT INTO instance (name, value) SELECT n, n FROM a")
    assert await Instance.count() == 1


async def test_giving_up_on_an_endless_read_frees_its_reader(database: Path) -> None:
    """Twice as many as there are readers: half are cancelled while running, half while waiting."""
    tasks = [asyncio.create_task(DB.run(ENDLESS)) for _ in range(2 * DB.readers)]
    await asyncio.sleep(0.05)
    for task in tasks:
        task.cancel()
    async with asyncio.timeout(30):
        results = await asyncio.gather(*tasks, return_exceptions=True)
        assert all(isinstance(result, asyncio.CancelledError) for result in results)
        assert await asyncio.gather(*(Instance.count() for _ in range(2 * DB.readers))) == [0] * 8
    assert len(DB.free) == DB.readers


@pytest.mark.parametrize(
    ("step", "fails", "kept"),
    [
        ("BEGIN", False, 0),
        ("INSERT", False, 0),
        ("COMMIT", False, 1),
        ("ROLLBACK", True, 0),
        ("alone", False, 1),
    ],
)
async def test_a_statement_cancelled_while_it_runs_is_waited_for(
    database: Path, monkeypatch: pytest.MonkeyPatch, step: str, fails: bool, kept: int
) -> None:
    """The writer is given back only when its thread is done, and never inside a transaction."""
    reached, go_on = threading.Event(), threading.Event()
    execute = Line.say

    def held(line: Line, sql: str, args: Any) -> list[Row]:
        if sql.startswith("INSERT" if step == "alone" else step) and line is DB.writer:
            reached.set()
            go_on.wait()
        return execute(line, sql, args)

    async def work() -> None:
        if step == "alone":
            return await _insert_alone("a")
        async with transaction():
            await Instance.insert(Instance(name="a", value=""))
            if fails:
                raise ZeroDivisionError

    with monkeypatch.context() as patch:
        patch.setattr(Line, "say", held)
        task = asyncio.create_task(work())
        await asyncio.to_thread(reached.wait)
        for _ in range(3):
            task.cancel()
            await asyncio.sleep(0.01)
        waited = not task.done() and DB.write_lock.locked()
        go_on.set()
        with pytest.raises(asyncio.CancelledError):
            await task
    assert waited
    assert not DB.writer.in_transaction and not DB.write_lock.locked()
    assert await Instance.count() == kept
    await _insert("b")


async def test_writers_are_served_in_the_order_they_came(database: Path) -> None:
    """Single writes and transactions share one queue, so neither can starve the other."""
    order: list[int] = []

    async def write(number: int) -> None:
        if number % 2:
            async with transaction():
                await Instance.insert(Instance(name=str(number), value=""))
        else:
            await Instance.insert(Instance(name=str(number), value=""))
        order.append(number)

    await asyncio.gather(*(write(number) for number in range(60)))
    assert [row["name"] for row in await DB.run("SELECT name FROM instance ORDER BY rowid")] == [
        str(number) for number in range(60)
    ]
    assert sorted(order) == list(range(60))


async def test_nothing_is_written_after_a_transaction_ended_by_itself(database: Path) -> None:
    with pytest.raises(RuntimeError, match="already ended"):
        async with transaction():
            await Instance.insert(Instance(name="a", value=""))
            await DB.writer.execute("ROLLBACK")
            await Instance.insert(Instance(name="b", value=""))
    assert await Instance.count() == 0


async def test_another_process_holding_the_lock_is_waited_for(database: Path) -> None:
    other = sqlite3.connect(DB.path, isolation_level=None, check_same_thread=False)
    other.execute("BEGIN IMMEDIATE")
    task = asyncio.create_task(_insert("mine"))
    await asyncio.sleep(0.1)
    assert not task.done() and await Instance.count() == 0
    other.execute("INSERT INTO instance (name, value) VALUES ('theirs', '')")
    other.execute("COMMIT")
    other.close()
    await task
    assert {row["name"] for row in await Instance.select(Instance.name)} == {"mine", "theirs"}


async def _insert_alone(name: str) -> None:
    await Instance.insert(Instance(name=name, value=""))


async def _insert(name: str) -> None:
    async with transaction():
        await Instance.insert(Instance(name=name, value=""))


async def test_at_one_go_waits_for_nothing_else_and_leaves_nothing_then(database: Path) -> None:
    async def elsewhere() -> None:
        await Instance.insert(Instance(name="a", value="1"))
        await KEYS.run("SELECT 1")

    async def asleep() -> None:
        await Instance.insert(Instance(name="a", value="1"))
        await asyncio.sleep(0)

    for work in (elsewhere, asleep):
        with pytest.raises(RuntimeError):
            await at_one_go(work)
        assert await Instance.count() == 0
        assert not DB.writer.in_transaction
