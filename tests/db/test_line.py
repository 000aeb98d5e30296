"""Another process may open and close the same database at any time: a command beside the running server."""

import asyncio
import os
import subprocess
import sys
from pathlib import Path

import pytest

from db.engine import DB
from db.line import make_private
from db.tables import Instance

ROOT = Path(__file__).parents[2]
COME_AND_GO = """
import asyncio
from db import engine

async def main():
    await engine.start()
    await engine.stop()

asyncio.run(main())
"""
READ = """
import sqlite3, sys
print(sqlite3.connect(sys.argv[1]).execute("SELECT value FROM instance").fetchall())
"""


async def other_process(source: str, data: Path, *args: str) -> str:
    env = {**os.environ, "BESIDE_DATA": str(data)}
    other = await asyncio.create_subprocess_exec(
        sys.executable, "-c", source, *args, cwd=ROOT, env=env, stdout=subprocess.PIPE
    )
    said, _ = await other.communicate()
    assert other.returncode == 0
    return said.decode()


async def test_a_process_that_comes_and_goes_takes_nothing_with_it(database: Path, engine_kind: str) -> None:
    """Were the server's locks gone, the last to close would remove the log the server still writes to."""
    if engine_kind != "sqlite":
        pytest.skip("About files of SQLite.")
    await Instance(name="before", value="before").save()
    await other_process(COME_AND_GO, database)
    assert (database / "beside.db-wal") in list(database.iterdir())  # noqa: ASYNC240
    await Instance(name="after", value="after").save()
    said = await other_process(READ, database, DB.path)  # type: ignore[union-attr]
    assert "before" in said and "after" in said


def test_a_file_is_made_for_its_owner_alone_and_mended_if_it_is_not(tmp_path: Path) -> None:
    path = tmp_path / "new" / "some.db"
    for _ in range(2):
        make_private(path)
        assert path.stat().st_mode & 0o777 == 0o600 and path.parent.stat().st_mode & 0o777 == 0o700
        path.chmod(0o644)
