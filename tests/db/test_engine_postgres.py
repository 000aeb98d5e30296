"""What only the PostgreSQL engine has to keep: a pool that stays whole whatever the server does."""

import asyncio
from pathlib import Path
from typing import Any

import asyncpg
import pytest

from db.engine import DB, UNIQUE, transaction
from db.postgres import SafeTransaction
from db.tables import Instance

# The driver says it in four ways, by how far the server's last message has come.
LOST = (asyncpg.PostgresError, asyncpg.InterfaceError, asyncpg.InternalClientError, ConnectionError)


@pytest.fixture(autouse=True)
def postgres_only(engine_kind: str) -> None:
    if engine_kind != "postgres":
        pytest.skip("This is about PostgreSQL.")


async def test_cancelling_while_it_begins_takes_no_connection(database: Path) -> None:
    async def begin() -> None:
        async with transaction():
            await asyncio.sleep(600)

    for steps in range(1, 60):
        task = asyncio.create_task(begin())
        for _ in range(steps % 12):
            await asyncio.sleep(0)
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
    await _whole()


async def test_a_connection_lost_inside_a_transaction_is_replaced(database: Path) -> None:
    for _ in range(DB.size + 2):
        with pytest.raises(LOST):
            async with transaction():
                await Instance.insert(Instance(name="a", value=""))
                mine = (await DB.run("SELECT pg_backend_pid() AS pid"))[0]["pid"]
                await _from_outside("SELECT pg_terminate_backend($1)", mine)
                await Instance.insert(Instance(name="b", value=""))
        assert await Instance.count() == 0
    await _whole()


async def test_a_rollback_that_fails_hides_nothing_and_costs_one_connection(
    database: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def fails(self: SafeTransaction) -> None:
        raise asyncpg.InterfaceError("another operation is in progress")

    with monkeypatch.context() as patch:
        patch.setattr(SafeTransaction, "rollback", fails)
        for _ in range(DB.size + 2):
            with pytest.raises(ZeroDivisionError):
                async with transaction():
                    await Instance.insert(Instance(name="a", value=""))
                    raise ZeroDivisionError
    assert await Instance.count() == 0
    await _whole()


async def test_an_error_swallowed_inside_is_not_reported_as_kept(database: Path) -> None:
    await Instance.insert(Instance(name="a", value=""))
    with pytest.raises(RuntimeError, match="rolled back"):
        async with transaction():
            await Instance.insert(Instance(name="b", value=""))
            with pytest.raises(UNIQUE):
                await Instance.insert(Instance(name="a", value=""))
    assert await Instance.count() == 1
    await _whole()


async def test_a_cancelled_statement_leaves_its_transaction_undone(database: Path) -> None:
    for _ in range(DB.size + 2):
        task = asyncio.create_task(_slow())
        await asyncio.sleep(0.05)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
    assert await Instance.count() == 0
    await _whole()


async def test_no_statement_runs_for_ever(database: Path) -> None:
    assert await DB.run("SHOW statement_timeout") == [("5s",)]
    with pytest.raises(asyncpg.QueryCanceledError):
        async with transaction():
            await DB.run("SET LOCAL statement_timeout = 20")
            await DB.run("SELECT pg_sleep(600)")
    await _whole()


async def _slow() -> None:
    async with transaction():
        await Instance.insert(Instance(name="slow", value=""))
        await DB.run("SELECT pg_sleep(4)")


async def _from_outside(sql: str, *args: Any) -> None:
    """On a connection of its own, since ours is busy with the transaction."""
    connection = await asyncpg.connect(DB.config["dsn"])
    try:
        await connection.execute(sql, *args)
    finally:
        await connection.close()


async def _whole() -> None:
    """As many transactions as the pool is wide can meet, so none of its connections is missing."""
    meet = asyncio.Barrier(DB.size)

    async def use() -> None:
        async with transaction():
            await Instance.count()
            await meet.wait()

    async with asyncio.timeout(20):
        await asyncio.gather(*(use() for _ in range(DB.size)))
