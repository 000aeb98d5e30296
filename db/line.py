"""One SQLite connection on a thread of its own, so that a slow statement never stops the event loop."""

import asyncio
import os
import sqlite3
from collections.abc import Callable, Sequence
from contextlib import suppress
from pathlib import Path
from queue import SimpleQueue
from threading import Thread
from typing import Any

import piccolo.engine.sqlite  # noqa: F401 - registers how dates, UUIDs and the like are kept and read

Row = dict[str, Any]
Job = tuple["asyncio.Future[Any]", Callable[..., Any], tuple[Any, ...]]

PRAGMAS = (
    "busy_timeout = 10000",
    "journal_mode = WAL",
    # FULL, not NORMAL: the phone drops its copy of an entry once we have answered, so an
    # answered entry must survive a power cut. It costs one fsync per transaction.
    "synchronous = FULL",
    "foreign_keys = ON",
    "secure_delete = ON",
    "temp_store = MEMORY",
    "cache_size = -16384",
)


class Line:
    """The thread is a daemon: a connection nobody closed must not keep the process alive."""

    def __init__(self, path: Path, read_only: bool = False) -> None:
        self.path = path
        self.read_only = read_only
        self.connection: sqlite3.Connection | None = None
        self._jobs: SimpleQueue[Job | None] = SimpleQueue()
        self._thread = Thread(target=self._work, daemon=True, name=f"sqlite {path.name}")

    async def open(self) -> None:
        self._thread.start()
        await self._ask(self._open)

    async def execute(self, sql: str, args: Sequence[Any] = ()) -> list[Row]:
        # Only reading is worth breaking off: a broken-off write may undo a whole transaction.
        rows: list[Row] = await self._ask(self.say, sql, args, on_cancel=self._interrupt)
        return rows

    async def do(self, work: Callable[..., Any], *args: Any) -> Any:
        """Called on this thread, where it may `say` as much as it likes."""
        return await self._ask(work, *args)

    async def close(self) -> None:
        await self._ask(self._close)
        self._jobs.put(None)

    @property
    def in_transaction(self) -> bool:
        return self.connection is not None and self.connection.in_transaction

    async def _ask(
        self, function: Callable[..., Any], *args: Any, on_cancel: Callable[[], None] = lambda: None
    ) -> Any:
        future: asyncio.Future[Any] = asyncio.get_running_loop().create_future()
        self._jobs.put((future, function, args))
        try:
            return await future
        except asyncio.CancelledError:
            # The job runs to its end all the same. Nobody may get this connection before.
            on_cancel()
            await self._emptied()
            raise

    async def _emptied(self) -> None:
        """Jobs are done in their order: when one that does nothing has been, so have all before it."""
        while True:
            last: asyncio.Future[Any] = asyncio.get_running_loop().create_future()
            self._jobs.put((last, lambda: None, ()))
            with suppress(asyncio.CancelledError):
                return await last  # type: ignore[no-any-return]

    def _work(self) -> None:
        while (job := self._jobs.get()) is not None:
            future, function, args = job
            result, error = None, None
            try:
                result = function(*args)
            except BaseException as exception:
                error = exception
            with suppress(RuntimeError):  # The loop has closed, so nobody is waiting.
                future.get_loop().call_soon_threadsafe(_tell, future, result, error)

    def _open(self) -> None:
        make_private(self.path)
        self.connection = sqlite3.connect(
            self.path,
            isolation_level=None,
            detect_types=sqlite3.PARSE_DECLTYPES | sqlite3.PARSE_COLNAMES,
            cached_statements=256,
        )
        for pragma in PRAGMAS:
            self.connection.execute(f"PRAGMA {pragma}")
        if self.read_only:
            # A write that was taken for a read fails loudly.
            self.connection.execute("PRAGMA query_only = ON")

    def say(self, sql: str, args: Sequence[Any] = ()) -> list[Row]:
        """On this thread only."""
        if self.connection is None:
            raise RuntimeError(f"{self.path.name} is closed.")
        found = self.connection.execute(sql, args)
        if found.description is None:
            return []
        names = [column[0] for column in found.description]
        return [dict(zip(names, row, strict=True)) for row in found.fetchall()]

    def _interrupt(self) -> None:
        if self.read_only and self.connection is not None:
            self.connection.interrupt()

    def _close(self) -> None:
        if self.connection is not None:
            self.connection.close()
            self.connection = None


def make_private(path: Path) -> None:
    """Makes the file 0600, in a folder 0700 if the folder is new. SQLite gives -wal and -shm the same."""
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    # Never opened once it is there: closing any handle of a file drops all locks this process holds on
    # it, SQLite's too, and another process that closes the database would then remove our log.
    with suppress(FileExistsError):
        os.close(os.open(path, os.O_RDWR | os.O_CREAT | os.O_EXCL, 0o600))
    path.chmod(0o600)


def _tell(future: "asyncio.Future[Any]", result: Any, error: BaseException | None) -> None:
    if future.done():
        return
    if error is None:
        future.set_result(result)
    else:
        future.set_exception(error)
