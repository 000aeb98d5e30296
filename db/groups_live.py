"""That something is new in a group, told to whoever has it open. A signal names the group and nothing else:
who hears it reads for themselves what they may see.

On SQLite there is one process, which tells itself. On PostgreSQL a trigger notifies with the commit, and each
process hears it on one connection of its own, which is there while anybody listens. A process that stops
tells everybody that it is over.
"""

import asyncio
import contextlib
import logging
from collections.abc import AsyncIterator, Iterator
from functools import partial
from typing import Any
from uuid import UUID

import asyncpg

from db.engine import DB, afterwards
from db.sqlite import PooledSQLiteEngine

CHANNEL = "beside_groups"
AGAIN = (1, 2, 5, 10, 30)
"""Seconds before a lost connection is tried again."""
AT_ONCE = 4
"""So many of those who are woken look at the same time: a post that a thousand hear must not make whoever
writes the next one wait for a thousand looks."""
log = logging.getLogger("beside")


class _Ears:
    def __init__(self) -> None:
        self.listening: dict[UUID, set[asyncio.Event]] = {}
        self.hearing: asyncio.Task[None] | None = None
        self.turns = asyncio.Semaphore(AT_ONCE)
        self.over = False


_ears = _Ears()


@contextlib.contextmanager
def listen(group: UUID) -> Iterator[asyncio.Event]:
    """The event is set whenever something may be new; whoever waits for it clears it before they look."""
    woken = asyncio.Event()
    if not _ears.listening:
        _ears.turns = asyncio.Semaphore(AT_ONCE)  # it belongs to the running loop
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
        afterwards(partial(_wake, group))


@contextlib.asynccontextmanager
async def turn() -> AsyncIterator[None]:
    """Whoever was woken looks inside it."""
    async with _ears.turns:
        yield


def end() -> None:
    """For a process that stops: whoever listens is woken, finds that it is over, and goes."""
    _ears.over = True
    for group in _ears.listening:
        _wake(group)


def over() -> bool:
    return _ears.over


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
