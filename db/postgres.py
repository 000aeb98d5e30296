"""A PostgreSQL engine that gives every connection back, also after a cancellation or a failed ROLLBACK."""

import asyncio
from collections.abc import Callable
from typing import Any

from piccolo.engine.postgres import PostgresEngine, PostgresTransaction
from piccolo.querystring import QueryString

from db.statements import counted, own, settle

SETTINGS = {
    "application_name": "beside",
    "statement_timeout": "5000",
    "idle_in_transaction_session_timeout": "15000",
}
DDL_TIMEOUT = 3600.0


class SafePostgresEngine(PostgresEngine):
    def __init__(self, url: str, size: int) -> None:
        self.size = size
        super().__init__(config={"dsn": url, "server_settings": SETTINGS, "command_timeout": 30})

    async def check_version(self) -> None:
        """Piccolo would connect while the module is imported."""

    async def start_connection_pool(self, **kwargs: Any) -> None:
        await super().start_connection_pool(min_size=1, max_size=self.size, **kwargs)

    async def run_querystring(self, querystring: QueryString, in_pool: bool = True) -> Any:
        sql, args = querystring.compile_string(engine_type=self.engine_type)
        return await self.run(sql, args)

    async def run_ddl(self, ddl: str, in_pool: bool = True) -> Any:
        return await self.run(ddl, seconds=DDL_TIMEOUT)

    async def run(self, sql: str, args: Any = (), seconds: float | None = None) -> Any:
        counted()
        transaction = own(self.current_transaction)
        if transaction is not None:
            return await transaction.connection.fetch(sql, *args, timeout=seconds)
        async with self._running().acquire() as connection:
            return await connection.fetch(sql, *args, timeout=seconds)

    def transaction(self, allow_nested: bool = True) -> "SafeTransaction":
        return SafeTransaction(self, allow_nested)

    async def get_new_connection(self) -> Any:
        raise NotImplementedError("Page by keyset; batches swallow exceptions.")

    def _running(self) -> Any:
        if self.pool is None:
            raise RuntimeError("The database is not running: await db.engine.start() first.")
        return self.pool


class SafeTransaction(PostgresTransaction):
    """Inside another one it joins it: only the outer one commits.

    BEGIN, COMMIT and ROLLBACK are plain statements that are never broken off, so that after
    each of them the state of the connection is known.
    """

    def __init__(self, engine: SafePostgresEngine, allow_nested: bool = True) -> None:
        # Piccolo would take a transaction inherited from another task, or ended, for a parent.
        if own(engine.current_transaction) is None:
            engine.current_transaction.set(None)
        super().__init__(engine, allow_nested)
        self.owner = engine
        self.task: asyncio.Task[Any] | None = None
        self.then: list[Callable[[], None]] = []
        self.over = False

    async def __aenter__(self) -> PostgresTransaction:
        if self._parent is not None:
            return self._parent
        self.pool = self.owner._running()
        self.connection = await self.pool.acquire()
        try:
            await self.begin()
        except BaseException:
            await self._leave()
            raise
        self.task = asyncio.current_task()
        self.owner.current_transaction.set(self)
        return self

    async def __aexit__(self, exception_type: Any, exception: Any, traceback: Any) -> bool:
        if self._parent is not None:
            return False
        self.over = True
        self.owner.current_transaction.set(None)
        try:
            if exception is None and self.connection.is_in_transaction():
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
        await self._say("BEGIN")

    async def commit(self) -> None:
        # PostgreSQL answers ROLLBACK, without an error, when a statement inside had failed.
        if await self._say("COMMIT") != "COMMIT":
            raise RuntimeError("A statement had failed, so the transaction was rolled back.")
        self._committed = True

    async def rollback(self) -> None:
        await self._say("ROLLBACK")
        self._rolled_back = True

    async def _say(self, sql: str) -> str:
        status: str = await settle(asyncio.ensure_future(self.connection.execute(sql)))
        return status

    async def _leave(self) -> None:
        """Undoes what is not committed and gives the connection back, whatever happens meanwhile."""
        try:
            if self.connection.is_in_transaction():
                await self.rollback()
        except Exception:
            # Nobody knows what state it is in: the pool replaces a closed connection.
            self.connection.terminate()
        finally:
            await settle(asyncio.ensure_future(self.pool.release(self.connection)))
