"""That something is new in a group, told to whoever has it open. A signal names the group and nothing else:
who hears it reads for themselves what they may see.

On SQLite there is one process, which tells itself. On PostgreSQL a trigger notifies with the commit, and each
process hears it on one connection of its own, which is there while anybody listens.
"""

import asyncio
import contextlib
import logging
from collections.abc import Iterator
from typing import Any
from uuid import UUID

import asyncpg

from db.engine import DB
from db.sqlite import PooledSQLiteEngine

CHANNEL = "beside_groups"
AGAIN = (1, 2, 5, 10, 30)
"""Seconds before a lost connection is tried again."""
log = logging.getLogger("beside")


class _Ears:
    def __init__(self) -> None:
        self.listening: dict[UUID, set[asyncio.Event]] = {}
        self.hearing: asyncio.Task[None] | None = None


_ears = _Ears()


@contextlib.contextmanager
def listen(group: UUID) -> Iterator[asyncio.Event]:
    """The event is set whenever something may be new; whoever waits for it clears it before they look."""
    woken = asyncio.Event()
    _ears.listening.setdefault(group, set()).add(woken)
    if not isinstance(DB, PooledSQLiteEngine) and _ears.hearing is None:
        _ears.hearing = asyncio.get_running_loop().create_task(_hear())
    try:
        yield woken
    finally:
        _ears.listening[group].discard(woken)
        if not _ears.listening[group]:
            del _ears.listening[group]
        if not _ears.listening and _ears.hearing is not None:
            _ears.hearing.cancel()
            _ears.hearing = None


def tell(group: UUID) -> None:
    """In the transaction that changes something. On PostgreSQL the trigger does it, for every process."""
    if isinstance(DB, PooledSQLiteEngine):
        _wake(group)


async def settled() -> None:
    """Returns when what was told of is committed, or undone: on SQLite, when the one writer is free again."""
    if isinstance(DB, PooledSQLiteEngine):
        async with DB.write_lock:
            pass


def many() -> int:
    return sum(len(events) for events in _ears.listening.values())


def _wake(group: UUID) -> None:
    for event in _ears.listening.get(group, ()):
        event.set()


def _heard(_connection: Any, _pid: int, _channel: str, payload: str) -> None:
    with contextlib.suppress(ValueError):
        _wake(UUID(payload))


async def _hear() -> None:
    tries = 0
    while True:
        try:
            async with _line() as gone:
                tries = 0
                for group in list(_ears.listening):
                    _wake(group)  # what happened before there was a line is looked for, too
                await gone.wait()
        except (OSError, asyncpg.PostgresError, asyncpg.InterfaceError) as trouble:
            log.warning("listening for groups: %s", type(trouble).__name__)
        await asyncio.sleep(AGAIN[min(tries, len(AGAIN) - 1)])
        tries += 1


@contextlib.asynccontextmanager
async def _line() -> Any:
    """Open until the event says that the other side is gone."""
    gone = asyncio.Event()
    if isinstance(DB, PooledSQLiteEngine):
        raise RuntimeError("One process has nobody else to hear.")
    told = {"application_name": "beside ear"}
    connection = await asyncpg.connect(DB.config["dsn"], server_settings=told)
    try:
        connection.add_termination_listener(lambda _: gone.set())
        await connection.add_listener(CHANNEL, _heard)
        yield gone
    finally:
        connection.terminate()
