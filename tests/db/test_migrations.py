"""The SQL files make what the tables say, on both engines, once, however many start at a time."""

import asyncio
import os
import subprocess
import sys
from collections.abc import AsyncIterator
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from piccolo.columns import Column, SmallInt
from piccolo.table import Table

from db import engine, migrate, tables
from db.engine import DB, KEYS, UNIQUE, count_queries, transaction
from db.tables import Entry, Instance, Person, RecoveryCode, Revision, Session, SkippedPrompt

NOW = datetime(2026, 11, 23, tzinfo=UTC)
ROOT = Path(__file__).parents[2]
TABLES: list[type[Table]] = [
    table
    for table in vars(tables).values()
    if isinstance(table, type) and issubclass(table, Table) and table is not Table
]

START = """
import asyncio
from db import engine
from db.migrate import migrate

async def main():
    await engine.start()
    print(*await migrate())
    await engine.stop()

asyncio.run(main())
"""


@pytest.mark.parametrize("table", TABLES, ids=lambda table: table.__name__)
async def test_the_database_has_the_columns_the_tables_name(
    database: Path, engine_kind: str, table: type[Table]
) -> None:
    assert len(TABLES) >= 12, "Not every table was found."
    found = await _columns(table._meta.db, table._meta.tablename, engine_kind)
    named = {column._meta.db_column_name: not column._meta.null for column in table._meta.columns}
    assert {name: required for name, (_, required) in found.items()} == named
    for column in table._meta.columns:
        kind, _ = found[column._meta.db_column_name]
        assert kind == _type_of(column, engine_kind), column


async def test_what_must_be_unique_is(database: Path) -> None:
    ana = await _person("ana")
    with pytest.raises(UNIQUE):
        await _person("ana")
    entry = {"person": ana, "kind": "check", "sealed": b"", "felt_at": NOW, "local_date": date(2026, 1, 1)}
    entry |= {"tz": "UTC", "edited_at": NOW, "created_at": NOW, "cid": uuid4()}
    for table, values in [
        (Session, dict(person=ana, token_hash="h", device="", created_at=NOW, seen_at=NOW, expires_at=NOW)),
        (RecoveryCode, dict(person=ana, code_hash="h")),
        (SkippedPrompt, dict(person=ana, prompt="p")),
        (Entry, entry),
    ]:
        await table(**values).save()
        with pytest.raises(UNIQUE):
            await table(**values).save()
    await Entry(**{**entry, "person": await _person("ben")}).save()


async def test_everything_of_a_person_goes_with_them(database: Path) -> None:
    ana = await _person("ana")
    entry = Entry(
        person=ana, kind="check", sealed=b"", felt_at=NOW, local_date=date(2026, 1, 1), tz="UTC",
        edited_at=NOW, created_at=NOW, cid=uuid4(),
    )  # fmt: skip
    await entry.save()
    await Revision(entry=entry.id, sealed=b"", edited_at=NOW, kept_at=NOW).save()
    await RecoveryCode(person=ana, code_hash="h").save()
    await Person.delete().where(Person.id == ana)
    assert [await table.count() for table in (Entry, Revision, RecoveryCode)] == [0, 0, 0]
    with pytest.raises(Exception, match=r"(?i)foreign key"):
        await RecoveryCode(person=uuid4(), code_hash="i").save()


@pytest.mark.parametrize(
    ("index", "sql"),
    [
        (
            "entry_timeline",
            "SELECT * FROM entry WHERE person = '{p}' AND (local_date, felt_at, id) < ('2026-01-01', "
            "'2026-01-01 00:00:00+00:00', '{p}') ORDER BY local_date DESC, felt_at DESC, id DESC LIMIT 20",
        ),
        ("entry_person_cid", "SELECT * FROM entry WHERE person = '{p}' AND cid = '{p}'"),
        ("entry_removed", "SELECT id FROM entry WHERE removed_at < '2026-01-01 00:00:00+00:00'"),
        ("person_leaving", "SELECT id FROM person WHERE leaving_at < '2026-01-01 00:00:00+00:00'"),
        ("session_token", "SELECT * FROM session WHERE token_hash = 'h'"),
        (
            "entry_day",
            "SELECT local_date, AVG(mood), COUNT(*) FROM entry WHERE person = '{p}' AND removed_at IS NULL"
            " AND local_date > '2025-01-01' GROUP BY local_date",
        ),
    ],
)
async def test_each_list_is_read_through_its_index(
    database: Path, engine_kind: str, index: str, sql: str
) -> None:
    way = await _plan(sql.format(p=uuid4()))
    if engine_kind == "sqlite":
        assert index in way and "TEMP B-TREE" not in way and "SCAN" not in way
        if index == "entry_day":
            assert "COVERING INDEX" in way
    else:
        # On an empty table its planner finds one index as good as another; but it needs one.
        assert "Index" in way and "Sort" not in way and "Seq Scan" not in way


async def test_a_second_run_finds_nothing_and_asks_little(database: Path) -> None:
    with count_queries() as count:
        assert await migrate.migrate() == []
    assert count.n == 4


async def test_a_failing_migration_leaves_nothing_and_may_be_mended(
    database: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    await _add_migration(
        tmp_path, monkeypatch, "CREATE TABLE extra (id UUID);\nINSERT INTO extra (nothing) VALUES (1);\n"
    )
    for _ in range(2):
        with pytest.raises(Exception, match="nothing"):
            await migrate.migrate()
    await _add_migration(tmp_path, monkeypatch, "CREATE TABLE extra (id UUID);\n")
    assert await migrate.migrate() == ["content/9999_extra"]
    assert await migrate.migrate() == []
    await DB.run("DROP TABLE extra")
    await DB.run("DELETE FROM migration WHERE name = 'content/9999_extra'")


async def test_a_database_from_the_future_is_refused(database: Path) -> None:
    await DB.run("INSERT INTO migration (name, ran_at) VALUES ('content/9999_later', '2026-01-01')")
    with pytest.raises(RuntimeError, match="newer than this version"):
        await migrate.migrate()
    await DB.run("DELETE FROM migration WHERE name = 'content/9999_later'")


def test_a_semicolon_inside_a_trigger_or_a_function_ends_nothing() -> None:
    trigger = "CREATE TRIGGER t AFTER INSERT ON a BEGIN\n  DELETE FROM b;\n  DELETE FROM c;\nEND;\n"
    function = (
        "CREATE FUNCTION f() RETURNS trigger AS $$\nBEGIN\n  x;\n  RETURN y;\nEND $$ LANGUAGE plpgsql;\n"
    )
    plain = "-- a; comment\nSELECT 'a;b';\n"
    assert list(migrate._statements(trigger + function + plain)) == [trigger, function, plain]
    with pytest.raises(ValueError, match="semicolon"):
        list(migrate._statements("SELECT 1"))


async def test_many_processes_may_start_at_once(empty: dict[str, str]) -> None:
    processes = [
        await asyncio.create_subprocess_exec(
            sys.executable, "-c", START, cwd=ROOT, env=empty, stdout=subprocess.PIPE, stderr=subprocess.PIPE
        )
        for _ in range(6)
    ]
    said = [await process.communicate() for process in processes]
    assert [process.returncode for process in processes] == [0] * 6, said
    # The two databases have a lock each: one process may make one of them while another makes the other.
    ran = [migration for out, _ in said for migration in out.decode().split()]
    assert len(ran) == len(set(ran)) >= 3
    assert {name.split("/")[0] for name in ran} == {"content", "keys"}


@pytest.fixture
async def empty(database: Path, engine_kind: str, tmp_path: Path) -> AsyncIterator[dict[str, str]]:
    """The environment of an instance that has never run."""
    env = {**os.environ, "BESIDE_DATA": str(tmp_path / "new")}
    if engine_kind == "postgres":
        for name, source in (("DATABASE_URL", DB), ("KEYS_DATABASE_URL", KEYS)):
            await source.run("CREATE SCHEMA empty")
            env[name] = f"{env[name]}{'&' if '?' in env[name] else '?'}search_path=empty"
    yield env
    if engine_kind == "postgres":
        for source in (DB, KEYS):
            await source.run("DROP SCHEMA empty CASCADE")


async def _add_migration(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, script: str) -> None:
    folder = tmp_path / "migrations"
    for source in migrate.FOLDER.glob("*/*.sql"):
        target = folder / source.parent.name / source.name
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(source.read_text())
    (folder / "content" / "9999_extra.sql").write_text(script)
    monkeypatch.setattr(migrate, "FOLDER", folder)


async def _plan(sql: str) -> str:
    """How the engine in use would read `sql`.

    Of a handful of rows PostgreSQL finds sorting or reading them all as good as an index, and whether it
    does hangs on when the server last counted them. Asked to do neither unless it must, it answers what
    the tests want to know: whether an index gives these rows, in this order.
    """
    if DB.engine_type == "sqlite":
        return " ".join(row["detail"] for row in await DB.run(f"EXPLAIN QUERY PLAN {sql}"))
    async with transaction():
        for way in ("seqscan", "bitmapscan", "sort", "incremental_sort", "hashagg"):
            await DB.run(f"SET LOCAL enable_{way} = off")
        return " ".join(row["QUERY PLAN"] for row in await DB.run(f"EXPLAIN {sql}"))


async def _person(name: str) -> Any:
    person = Person(name=name, name_key=name, passphrase="-", band="a", country="GB", created_at=NOW)
    await person.save()
    return person.id


async def _columns(source: engine.Engine, table: str, kind: str) -> dict[str, tuple[str, bool]]:
    """Name → type, required."""
    if kind == "sqlite":
        rows = await source.run(f"PRAGMA table_info({table})")
        return {row["name"]: (row["type"], bool(row["notnull"])) for row in rows}
    rows = await source.run(
        "SELECT attname, format_type(atttypid, atttypmod) AS type, attnotnull FROM pg_attribute"
        " WHERE attrelid = $1::text::regclass AND attnum > 0 AND NOT attisdropped",
        [table],
    )
    return {row["attname"]: (row["type"], row["attnotnull"]) for row in rows}


def _type_of(column: Column, kind: str) -> str:
    """How the engine writes the type Piccolo names. On SQLite the name picks the converter."""
    name = "SMALLINT" if isinstance(column, SmallInt) else column.column_type
    if kind == "sqlite":
        return "BYTEA" if name == "BLOB" else name
    words = {"TIMESTAMPTZ": "timestamp with time zone"}
    return words.get(name, name.lower().replace("varchar", "character varying"))


async def test_small_facts_keep_any_text(database: Path) -> None:
    await Instance(name="name", value="a\n'\"🌧️").save()
    found = await Instance.objects().get(Instance.name == "name")
    assert found is not None and found.value == "a\n'\"🌧️"
