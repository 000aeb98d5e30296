"""What every test stands on: settings for a throw-away instance, and a fresh, migrated database.

DATABASE_URL decides which engine the whole run uses: none is SQLite, `postgresql://…` a server
on which two databases are made for this run, one for content and one for keys, and dropped after.
This file sets the environment before anything imports `config`, so imports of ours stand inside.
"""

import asyncio
import os
import shutil
import tempfile
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from urllib.parse import urlsplit

import asyncpg
import pytest
from hypothesis import HealthCheck, settings

HOME = Path(tempfile.mkdtemp(prefix="beside-tests-"))
SERVER = os.environ.get("DATABASE_URL", "")
NAMES = (f"beside_test_{os.getpid()}", f"beside_test_{os.getpid()}_keys")

os.environ.update(BESIDE_DATA=str(HOME / "data"), BESIDE_FAST_HASHING="1")
for variable in ("DATABASE_URL", "KEYS_DATABASE_URL", "ORIGIN", "BESIDE_DEMO", "BESIDE_DEV", "BEHIND_PROXY"):
    os.environ.pop(variable, None)

settings.register_profile(
    "beside",
    deadline=None,
    max_examples=30,
    derandomize=os.environ.get("CI") == "true",
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
settings.load_profile("beside")


def pytest_configure() -> None:
    if SERVER:
        for name in NAMES:
            asyncio.run(_tell_server(f"CREATE DATABASE \"{name}\" TEMPLATE template0 ENCODING 'UTF8'"))
        os.environ.update(DATABASE_URL=_address(NAMES[0]), KEYS_DATABASE_URL=_address(NAMES[1]))


def pytest_unconfigure() -> None:
    if SERVER:
        for name in NAMES:
            asyncio.run(_tell_server(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)'))
    shutil.rmtree(HOME, ignore_errors=True)


@pytest.fixture(scope="session")
def engine_kind() -> str:
    """`sqlite` or `postgres`."""
    from db.engine import DB

    return DB.engine_type


@pytest.fixture(scope="session")
def template(engine_kind: str) -> Path:
    """Databases made by the real migrations, once; on SQLite two files to copy."""
    from db import engine
    from db.migrate import migrate

    async def build() -> None:
        await engine.start()
        await migrate()
        await engine.stop()

    if engine_kind == "sqlite":
        _move(HOME / "template")
    asyncio.run(build())
    return HOME / "template"


@pytest.fixture
async def database(template: Path, engine_kind: str, tmp_path: Path) -> AsyncIterator[Path]:
    """Empty databases with their pools running. The value is the data folder of this test."""
    from db import engine, unwrapped

    data = tmp_path / "data"
    data.mkdir(mode=0o700)
    if engine_kind == "sqlite":
        for name in ("beside.db", "keys.db"):
            shutil.copy(template / name, data / name)
        _move(data)
    unwrapped.use(data / "kek.json")
    await engine.start()
    if engine_kind == "postgres":
        await _empty()
    yield data
    await engine.stop()


@pytest.fixture(autouse=True)
def no_pool_left_open() -> Iterator[None]:
    """A pool left open would be used by the next test, on a loop that is gone."""
    yield
    from db import engine

    left_open = engine.running()
    if left_open:
        _abandon()
    assert not left_open, "This test started the database and did not stop it."


def _abandon() -> None:
    """So that one forgetful test fails alone. The threads are daemons; the server drops what is idle."""
    from db import engine

    engine._users.n = 0
    for source in (engine.DB, engine.KEYS):
        setattr(source, "writer" if source.engine_type == "sqlite" else "pool", None)


def _move(data: Path) -> None:
    from db.engine import DB, KEYS

    DB.path, KEYS.path = str(data / "beside.db"), str(data / "keys.db")  # type: ignore[union-attr]


async def _empty() -> None:
    """DELETE, with foreign keys and the ledger's own triggers asleep: forty times faster than TRUNCATE."""
    from db.engine import DB, KEYS

    for engine in (DB, KEYS):
        rows = await engine.run("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")
        names = [row["tablename"] for row in rows if row["tablename"] != "migration"]
        async with engine.transaction():
            await engine.run("SET LOCAL session_replication_role = replica")
            for name in names:
                await engine.run(f'DELETE FROM "{name}"')  # noqa: S608


def _address(name: str) -> str:
    return urlsplit(SERVER)._replace(path=f"/{name}").geturl()


async def _tell_server(sql: str) -> None:
    connection = await asyncpg.connect(SERVER)
    try:
        await connection.execute(sql)
    finally:
        await connection.close()
