"""A pooled SQLite engine: one writer and a few readers, in place of Piccolo's connection per query."""

import asyncio
from collections.abc import Callable, Coroutine
from contextvars import Context, copy_context
from pathlib import Path
from threading import get_ident
from typing import Any, TypeVar

from piccolo.engine.sqlite import SQLiteEngine, SQLiteTransaction, TransactionType
from piccolo.querystring import QueryString

from db.line import Line, Row
from db.statements import counted, own

T = TypeVar("T")
Work = Callable[[], Coroutine[Any, Any, T]]


class PooledSQLiteEngine(SQLiteEngine):
    """Reads run on any free reader, first come first served; writes queue for the one writer.

    Everything that is not a plain SELECT goes to the writer, under its lock, so that no
    statement can slip into somebody else's transaction.
    """

    def __init__(self, path: Path, readers: int = 4) -> None:
        self.readers = readers
        self.writer: Line | None = None
        super().__init__(path=str(path))

    async def start_connection_pool(self) -> None:
        # The locks belong to the running loop, so they are made here.
        self.write_lock = asyncio.Lock()
        self.slots = asyncio.Semaphore(self.readers)
        writer = Line(Path(self.path))
        self.lines = [Line(Path(self.path), read_only=True) for _ in range(self.readers)]
        await writer.open()
        for line in self.lines:
            await line.open()
        self.free = list(self.lines)
        self.writer = writer

    async def close_connection_pool(self) -> None:
        writer, self.writer = self._running(), None
        # The writer last: whoever closes last folds the WAL into the database.
        for line in (*self.lines, writer):
            await line.close()

    async def run_querystring(self, querystring: QueryString, in_pool: bool = True) -> list[Row]:
        sql, args = querystring.compile_string(engine_type=self.engine_type)
        return await self.run(sql, args)

    async def run_ddl(self, ddl: str, in_pool: bool = True) -> list[Row]:
        return await self.run(ddl)

    async def run(self, sql: str, args: Any = ()) -> list[Row]:
        counted()
        transaction = own(self.current_transaction)
        if transaction is not None:
            rows: list[Row] = await transaction.execute(sql, args)
            return rows
        writer = self._running()
        if sql.lstrip()[:6].upper() == "SELECT":
            async with self.slots:
                reader = self.free.pop()
                try:
                    return await reader.execute(sql, args)
                finally:
                    self.free.append(reader)
        async with self.write_lock:
            return await writer.execute(sql, args)

    async def at_one_go(self, work: Work[T]) -> T:
        """`work` as a transaction of its own, all of it on the writer's thread: its statements need not
        travel there and back. It may wait for nothing but this database: RuntimeError."""
        writer = self._running()
        async with self.write_lock:
            loop = asyncio.get_running_loop()
            result: T = await writer.do(copy_context().run, self._go, writer, work, loop)
            return result

    def _go(self, writer: Line, work: Work[T], loop: asyncio.AbstractEventLoop) -> T:
        self.current_transaction.set(None)
        going = Going(self, writer)
        writer.say("BEGIN IMMEDIATE")
        try:
            self.current_transaction.set(going)
            coroutine = work()
            try:
                coroutine.send(None)
            except StopIteration as done:
                result: T = done.value
            else:
                coroutine.close()
                raise RuntimeError("Something else than the database was waited for in a transaction.")
            if not writer.in_transaction:
                raise RuntimeError("The transaction has already ended.")
            writer.say("COMMIT")
            for call in going.then:
                loop.call_soon_threadsafe(call, context=Context())
            return result
        finally:
            if writer.in_transaction:
                writer.say("ROLLBACK")

    def transaction(
        self, transaction_type: TransactionType = TransactionType.immediate, allow_nested: bool = True
    ) -> "Immediate":
        """Always IMMEDIATE, whatever Piccolo asks for: a read that turns into a write cannot fail."""
        return Immediate(self, TransactionType.immediate, allow_nested)

    async def get_connection(self) -> Any:
        raise NotImplementedError("Page by keyset; batches swallow exceptions.")

    def _running(self) -> Line:
        if self.writer is None:
            raise RuntimeError("The database is not running: await db.engine.start() first.")
        return self.writer


class Immediate(SQLiteTransaction):
    """A transaction on the writer. Inside another one it joins it: only the outer one commits."""

    def __init__(self, engine: PooledSQLiteEngine, transaction_type: TransactionType, allow_nested: bool):
        # Piccolo would take a transaction inherited from another task, or ended, for a parent.
        if own(engine.current_transaction) is None:
            engine.current_transaction.set(None)
        super().__init__(engine, transaction_type, allow_nested)
        self.pool = engine
        self.task: asyncio.Task[Any] | None = None
        self.then: list[Callable[[], None]] = []
        self.over = False

    async def __aenter__(self) -> SQLiteTransaction:
        if self._parent is not None:
            return self._parent
        self.connection = self.pool._running()
        await self.pool.write_lock.acquire()
        try:
            await self.begin()
        except BaseException:
            await self._leave()
            raise
        self.task = asyncio.current_task()
        self.pool.current_transaction.set(self)
        return self

    async def __aexit__(self, exception_type: Any, exception: Any, traceback: Any) -> bool:
        if self._parent is not None:
            return False
        self.over = True
        self.pool.current_transaction.set(None)
        try:
            if exception is None and self.connection.in_transaction:
                await self.commit()
        finally:
            await self._leave()
            if exception is None and not self._rolled_back:
                for call in self.then:
                    call()
        return False

    def mine(self) -> bool:
        return self.task is asyncio.current_task()

    async def begin(self) -> None:
        await self.connection.execute("BEGIN IMMEDIATE")

    async def commit(self) -> None:
        await self.connection.execute("COMMIT")
        self._committed = True

    async def rollback(self) -> None:
        await self.connection.execute("ROLLBACK")
        self._rolled_back = True

    async def execute(self, sql: str, args: Any) -> list[Row]:
        if not self.connection.in_transaction:
            # SQLite ends a transaction by itself on a full disk, say. What follows must not
            # be written as if nothing had happened.
            raise RuntimeError("The transaction has already ended.")
        rows: list[Row] = await self.connection.execute(sql, args)
        return rows

    async def _leave(self) -> None:
        """Undoes what is not committed and gives the writer back, whatever happens meanwhile."""
        try:
            if self.connection.in_transaction:
                await self.rollback()
        finally:
            self.pool.write_lock.release()


class Going(SQLiteTransaction):
    """A transaction that is driven on the writer's own thread: what is asked is there at once."""

    def __init__(self, engine: PooledSQLiteEngine, line: Line) -> None:
        super().__init__(engine, TransactionType.immediate, allow_nested=False)
        self.connection = line
        self.thread = get_ident()
        self.then: list[Callable[[], None]] = []
        self.over = False

    def mine(self) -> bool:
        return self.thread == get_ident()

    async def execute(self, sql: str, args: Any) -> list[Row]:
        if not self.connection.in_transaction:
            raise RuntimeError("The transaction has already ended.")
        rows: list[Row] = self.connection.say(sql, args)
        return rows
