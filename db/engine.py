"""The two databases, content and keys, chosen by the settings; and the transaction everyone uses."""

from collections.abc import Callable
from functools import lru_cache
from pathlib import Path
from typing import Any

from config import config
from db.errors import UNIQUE
from db.postgres import SafePostgresEngine
from db.sqlite import PooledSQLiteEngine, T, Work
from db.statements import Count, count_queries, own

__all__ = [
    "DB",
    "KEYS",
    "UNIQUE",
    "afterwards",
    "at_one_go",
    "count_queries",
    "fetch",
    "ping",
    "start",
    "stop",
    "transaction",
]

Engine = PooledSQLiteEngine | SafePostgresEngine


def _engine(url: str, file: Path, readers: int, size: int) -> Engine:
    if url.startswith(("postgresql://", "postgres://")):
        return SafePostgresEngine(url, size)
    if url and not url.startswith("sqlite:///"):
        raise ValueError("A database address starts with sqlite:/// or postgresql://")
    return PooledSQLiteEngine(Path(url.removeprefix("sqlite:///") or file), readers)


DB = _engine(config.database_url, config.data / "beside.db", readers=4, size=config.pool_size)
KEYS = _engine(config.keys_url, config.data / "keys.db", readers=1, size=max(2, config.pool_size // 4))

_users = Count()


async def start() -> None:
    """Opens both pools. The server and the jobs in one process may each call it; the last stop closes."""
    _users.n += 1
    if _users.n > 1:
        return
    try:
        await DB.start_connection_pool()
        await KEYS.start_connection_pool()
    except BaseException:
        _users.n = 0
        await _close()
        raise


async def stop() -> None:
    _users.n = max(0, _users.n - 1)
    if _users.n == 0:
        await _close()


def transaction(nested_ok: bool = True) -> Any:
    """`async with transaction():` all or nothing on DB; inside another one it joins it.

    Never wait for anything but the database in it (on SQLite it holds the only writer), never
    start a task in it, and never catch a database error in it. With nested_ok=False, being
    inside another one raises TransactionError.
    """
    return DB.transaction(allow_nested=nested_ok)


async def at_one_go(work: Work[T]) -> T:
    """`work` in a transaction, or in the one around it. On SQLite all of it runs on the writer's thread, and
    a statement costs less than from here; so it may wait for nothing but DB, and what belongs to the event
    loop must wait until `afterwards`. Cancelled, it is done all the same, or not at all."""
    if isinstance(DB, PooledSQLiteEngine) and own(DB.current_transaction) is None:
        return await DB.at_one_go(work)
    async with transaction():
        return await work()


def afterwards(call: Callable[[], None]) -> None:
    """`call` on the event loop, once the transaction around it is committed; at once where there is none."""
    around = own(DB.current_transaction)
    if around is None:
        call()
    else:
        around.then.append(call)


async def fetch(sql: str, *given: Any) -> list[dict[str, Any]]:
    """A statement written out, with `{}` for each value: what the most visited pages ask with.

    Piccolo would take such a text apart anew each time, which costs more than the database's own work.
    """
    found: list[dict[str, Any]] = await DB.run(_placed(sql, DB.engine_type), given)
    return found if isinstance(DB, PooledSQLiteEngine) else [dict(row) for row in found]


@lru_cache(maxsize=256)
def _placed(sql: str, kind: str) -> str:
    first, *others = sql.split("{}")
    marks = ["?"] * len(others) if kind == "sqlite" else [f"${n}" for n in range(1, len(others) + 1)]
    return first + "".join(mark + rest for mark, rest in zip(marks, others, strict=True))


async def ping() -> None:
    """Raises when either database does not answer."""
    await DB.run_ddl("SELECT 1")
    await KEYS.run_ddl("SELECT 1")


def running() -> bool:
    return any(_open(engine) for engine in (DB, KEYS))


async def _close() -> None:
    for engine in (DB, KEYS):
        if _open(engine):
            await engine.close_connection_pool()


def _open(engine: Engine) -> bool:
    return (engine.writer if isinstance(engine, PooledSQLiteEngine) else engine.pool) is not None
