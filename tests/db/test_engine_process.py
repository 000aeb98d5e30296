"""What a process leaves behind: when it is killed, when it forgets to stop, when it comes back."""

import asyncio
import os
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

from db import engine
from db.engine import transaction
from db.tables import Attempt, Instance

NOW = datetime(2026, 11, 23, tzinfo=UTC)
ROOT = Path(__file__).parents[2]

HALF_WAY = """
import asyncio
from db import engine
from db.tables import Instance

async def main():
    await engine.start()
    await Instance.insert(Instance(name="kept", value=""))
    async with engine.transaction():
        await Instance.insert(Instance(name="lost", value=""))
        print("ready", flush=True)
        await asyncio.sleep(600)

asyncio.run(main())
"""

PAIRS = """
import asyncio
from db import engine
from db.tables import Instance

async def main():
    await engine.start()
    for number in range(100_000):
        async with engine.transaction():
            await Instance.insert(Instance(name=f"left {number}", value=""))
            await Instance.insert(Instance(name=f"right {number}", value=""))
        print(number, flush=True)

asyncio.run(main())
"""

FORGETFUL = """
import asyncio
from db import engine
from db.tables import Instance

async def main():
    await engine.start()
    print(await Instance.count())

asyncio.run(main())
"""


async def test_what_was_written_is_there_after_a_restart(database: Path) -> None:
    await Instance.insert(Instance(name="a", value="1"))
    await Attempt(key="k", tries=1, resets_at=NOW).save()
    for _ in range(3):
        await engine.stop()
        await engine.start()
        assert await Instance.select() == [{"name": "a", "value": "1"}]
        await Attempt.update({Attempt.tries: Attempt.tries + 1}).where(Attempt.key == "k")
    assert (await Attempt.objects().get(Attempt.key == "k")).tries == 4


async def test_killed_inside_a_transaction_it_leaves_what_was_committed(database: Path) -> None:
    process = await _start(HALF_WAY, database)
    assert await process.stdout.readline() == b"ready\n"
    process.kill()
    await process.wait()
    assert [row["name"] for row in await Instance.select(Instance.name)] == ["kept"]
    async with transaction():
        await Instance.insert(Instance(name="lost", value="free again"))
    assert await Instance.count() == 2


async def test_killed_at_any_moment_it_loses_nothing_it_had_answered(database: Path) -> None:
    said: list[int] = []
    for turn in range(3):
        await Instance.delete(force=True)
        process = await _start(PAIRS, database)
        for _ in range(3 + 40 * turn):
            said.append(int(await process.stdout.readline()))
        process.kill()
        rest = await process.stdout.read()
        await process.wait()
        said += [int(line) for line in rest.split(b"\n")[:-1]]
        names = {row["name"] for row in await Instance.select(Instance.name)}
        left = {int(name.split()[1]) for name in names if name.startswith("left")}
        assert left == {int(name.split()[1]) for name in names if name.startswith("right")}
        assert left >= set(said)
        said.clear()


async def test_a_process_that_never_stops_the_database_still_ends(database: Path) -> None:
    process = await _start(FORGETFUL, database)
    async with asyncio.timeout(60):
        out, error = await process.communicate()
    assert (process.returncode, out) == (0, b"0\n"), error


async def _start(script: str, data: Path) -> asyncio.subprocess.Process:
    env = {**os.environ, "BESIDE_DATA": str(data)}
    return await asyncio.create_subprocess_exec(
        sys.executable, "-c", script, cwd=ROOT, env=env, stdout=subprocess.PIPE, stderr=subprocess.PIPE
    )
