"""What open groups cost: `bin/bench streams`. A thousand streams on one server of its own, and one post.

The yardstick is the same server's memory and its answer to one post while nobody listens, in the same run.
It gives up by itself, and takes its server with it.
"""

import asyncio
import gc
import os
import resource
import socket
import sys
import time
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from uuid import UUID, uuid4

STREAMS = 1_000
FILES = STREAMS + 200
"""Files this process and the server may each have open: a stream is one."""
AT_ONCE = 50
LONGEST = 120
"""Seconds: for starting the server, and for all that follows."""
ROUNDS = 3
SERVER = """
import sys
from web.routes import groups_live
groups_live.MOST = int(sys.argv.pop())
from web.__main__ import main
main()
"""


@dataclass(frozen=True)
class House:
    """The server, the group in it, and the session of who writes there."""

    pid: int
    port: int
    group: UUID
    writer: str


async def measure_streams() -> None:
    _files(FILES)
    group, writer, tokens = await _group()
    async with _server() as (pid, port):
        house = House(pid, port, group, writer)
        quiet = min([await _post(house) for _ in range(ROUNDS)])
        before, begun = _memory(pid), time.monotonic()
        async with AsyncExitStack() as lines, asyncio.timeout(LONGEST):
            streams: list[Stream] = []
            for first in range(0, STREAMS, AT_ONCE):
                some = tokens[first : first + AT_ONCE]
                streams += await asyncio.gather(*(_open(house, token, ROUNDS) for token in some))
            for one in streams:
                lines.callback(one.writer.close)
            each = (_memory(pid) - before) / len(streams)
            print(f"{len(streams):,} streams opened in {time.monotonic() - begun:.1f} s")
            print(f"  memory of the server: {before / 1e6:.0f} MB, and {each / 1024:.0f} KB for each stream")
            gc.freeze()  # else this process's own tidying of a thousand streams would count as the server's
            for _ in range(ROUNDS):
                await _round(house, streams, quiet)


async def _round(house: House, streams: list["Stream"], quiet: float) -> None:
    """One post, heard by all."""
    spent, begun = _cpu(house.pid), time.monotonic()
    hearing = [asyncio.create_task(one.news()) for one in streams]
    posted = await _post(house)
    heard = await asyncio.gather(*hearing)
    told = {what for what, _ in heard}
    if len(told) != 1 or "" in told:
        raise SystemExit(f"Not all {len(streams)} heard one and the same post: {len(told)} answers")
    last, cpu = max(at for _, at in heard) - begun, (_cpu(house.pid) - spent) / len(heard)
    print(
        f"  one post, heard by all {len(heard):,}: the last after {last:.2f} s, {cpu * 1e6:.0f} µs CPU each; "
        f"posting took {posted / quiet:.1f} × what it takes while nobody listens"
    )


class Stream:
    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.reader, self.writer = reader, writer

    async def news(self) -> tuple[str, float]:
        """What is new, and when it was heard; empty when the line ends first."""
        while line := await self.reader.readline():
            if line.startswith(b"data: "):
                return line.decode(), time.monotonic()
        return "", time.monotonic()


async def _open(house: House, token: str, after: int) -> Stream:
    """Returns once it has looked for the first time."""
    reader, writer = await asyncio.open_connection("127.0.0.1", house.port)
    writer.write(
        f"GET /groups/{house.group}/live?after={after} HTTP/1.1\r\nHost: localhost\r\n"
        f"Accept: text/event-stream\r\nCookie: beside={token}\r\n\r\n".encode()
    )
    head = await reader.readuntil(b"\r\n\r\n")
    if b" 200 " not in head or b"text/event-stream" not in head:
        raise SystemExit(f"No stream: {head[:200]!r}")
    while await reader.readline() != b":\n":
        pass
    return Stream(reader, writer)


async def _post(house: House) -> float:
    """Seconds until the server has it."""
    body, begun = f"text=The+bus+was+late+{uuid4().hex[:6]}+again".encode(), time.monotonic()
    reader, writer = await asyncio.open_connection("127.0.0.1", house.port)
    writer.write(
        f"POST /groups/{house.group}/say HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n"
        f"Cookie: beside={house.writer}\r\nContent-Type: application/x-www-form-urlencoded\r\n"
        f"Content-Length: {len(body)}\r\n\r\n".encode()
        + body
    )
    head = await reader.read()
    writer.close()
    if b" 303 " not in head[:20]:
        raise SystemExit(f"Not posted: {head[:200]!r}")
    return time.monotonic() - begun


async def _group() -> tuple[UUID, str, list[str]]:
    """One with room for all, the session of who writes, and one session for each who listens."""
    from bin.bench_stories import of_long_standing
    from care.groups import Plan
    from db import devices, groups, instance
    from tests.members import member

    await instance.adopt()
    mo, writer = await member("bench desk", "c", "moderator"), await member("bench writer", "c", days=400)
    await of_long_standing(writer)
    people = [await member(f"bench {n}", "c") for n in range(STREAMS)]
    plan = Plan("Bench", "For measuring.", ("Be kind.", "No names.", "Step out."), "c", cap=STREAMS + 1)
    group = await groups.make(mo, plan)
    await groups.join(writer, group, "posting")
    for who in people:
        await groups.join(who, group, "reading")
    caller = devices.Caller("", "")
    tokens = [await devices.begin(who.person, caller) for who in (writer, *people)]
    return group, tokens[0], tokens[1:]


@asynccontextmanager
async def _server() -> AsyncIterator[tuple[int, int]]:
    """Its process and port, once it answers. Stopped however the block ends."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = int(free.getsockname()[1])
    env = os.environ | {"HOST": "127.0.0.1", "PORT": str(port)}
    quiet = asyncio.subprocess.DEVNULL
    server = await asyncio.create_subprocess_exec(
        sys.executable, "-c", SERVER, str(STREAMS + 1), env=env, stdout=quiet, stderr=quiet
    )
    try:
        async with asyncio.timeout(LONGEST):
            while not await _answers(port):
                if server.returncode is not None:
                    raise SystemExit("The server did not start")
                await asyncio.sleep(0.05)
        yield server.pid, port
    finally:
        if server.returncode is None:
            server.kill()
        await server.wait()


async def _answers(port: int) -> bool:
    try:
        _, writer = await asyncio.open_connection("127.0.0.1", port)
    except OSError:
        return False
    writer.close()
    return True


def _files(wanted: int) -> None:
    """For this process and for the server it starts."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if hard not in (-1, resource.RLIM_INFINITY) and hard < wanted:
        raise SystemExit(f"A process may have {hard} files open here, and {wanted} are needed: see ulimit -n")
    if soft < wanted:
        resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, hard))


def _memory(pid: int) -> int:
    """Bytes that are truly in memory."""
    return int(Path(f"/proc/{pid}/statm").read_text().split()[1]) * resource.getpagesize()


def _cpu(pid: int) -> float:
    """Seconds of CPU time."""
    told = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(told[11]) + int(told[12])) / os.sysconf("SC_CLK_TCK")
