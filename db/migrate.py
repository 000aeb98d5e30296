"""Brings both databases up to date: plain SQL files, each run once, in the order of their names.

`db/migrations/content` is for DB, `db/migrations/keys` for KEYS. A file is `0003_search.sql` when
both engines understand it, or the pair `0003_search.sqlite.sql` and `0003_search.postgres.sql`.
A released file is never changed: the next file mends it.
"""

import sqlite3
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

from piccolo.querystring import QueryString

from db.engine import DB, KEYS, Engine
from db.sqlite import PooledSQLiteEngine

FOLDER = Path(__file__).parent / "migrations"
LOCK = 0x626573696465  # "beside", as the number PostgreSQL locks on


async def migrate() -> list[str]:
    """Runs what has not run yet and names it; needs start(). RuntimeError when the data is newer.

    Any number of processes may call it at once: one works, the others wait and find it done.
    """
    return [*await _update(DB, "content"), *await _update(KEYS, "keys")]


async def _update(engine: Engine, folder: str) -> list[str]:
    scripts = _scripts(engine, FOLDER / folder)
    if not _missing(scripts, await _done(engine)):
        return []
    async with engine.transaction():
        await _lock(engine)
        await engine.run(
            "CREATE TABLE IF NOT EXISTS migration"
            " (name VARCHAR(80) PRIMARY KEY NOT NULL, ran_at TIMESTAMPTZ NOT NULL)"
        )
        missing = _missing(scripts, await _done(engine))
        for name in missing:
            for statement in _statements(scripts[name].read_text()):
                await engine.run_ddl(statement)
            await engine.run_querystring(
                QueryString("INSERT INTO migration (name, ran_at) VALUES ({}, {})", name, datetime.now(UTC))
            )
    return missing


def _scripts(engine: Engine, folder: Path) -> dict[str, Path]:
    other = ".postgres.sql" if isinstance(engine, PooledSQLiteEngine) else ".sqlite.sql"
    files = sorted(file for file in folder.glob("*.sql") if not file.name.endswith(other))
    return {f"{folder.name}/{file.name.split('.')[0]}": file for file in files}


async def _done(engine: Engine) -> list[str]:
    if isinstance(engine, PooledSQLiteEngine):
        exists = await engine.run("SELECT 1 FROM sqlite_master WHERE name = 'migration'")
    else:
        exists = await engine.run("SELECT 1 WHERE to_regclass('migration') IS NOT NULL")
    return [row["name"] for row in await engine.run("SELECT name FROM migration")] if exists else []


def _missing(scripts: dict[str, Path], done: list[str]) -> list[str]:
    folder = next(iter(scripts)).split("/")[0]
    unknown = {name for name in done if name.startswith(f"{folder}/")} - set(scripts)
    if unknown:
        raise RuntimeError(
            f"The database is newer than this version of Beside: {', '.join(sorted(unknown))}."
        )
    return [name for name in scripts if name not in done]


async def _lock(engine: Engine) -> None:
    """SQLite has locked already, with BEGIN IMMEDIATE."""
    if not isinstance(engine, PooledSQLiteEngine):
        await engine.run("SET LOCAL statement_timeout = 0")
        await engine.run(f"SELECT pg_advisory_xact_lock({LOCK})")


def _statements(script: str) -> Iterator[str]:
    """One statement at a time. A semicolon inside a trigger or a function body does not end one."""
    statement, quoted = "", False
    for line in script.splitlines(keepends=True):
        statement += line
        quoted ^= line.count("$$") % 2 == 1
        if not quoted and sqlite3.complete_statement(statement):
            yield statement
            statement = ""
    if statement.strip():
        raise ValueError(f"A migration ends without a semicolon: {statement.strip()[:60]}")
