"""Streams of real servers in processes of their own: heard from another one, let go when one stops."""

import asyncio
import os
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from datetime import timedelta
from pathlib import Path
from uuid import UUID

import pytest
from httpx import AsyncClient, Response

from care import clock
from care.groups import Plan
from db import account, devices, groups_live, shifts
from db import groups as verbs
from db.account import Caller
from db.devices import Viewer
from db.staff_tables import StaffCheck
from tests.browser.server import Server
from tests.members import member, opened
from web.routes import groups_live as live

SOON = 2
"""Seconds in which what one process took is heard from another."""
STARTED = 30
Serve = Callable[[], Awaitable[Server]]


@pytest.fixture
async def mo(database: Path) -> Viewer:
    """An open community, and somebody at its desk, whose own posts wait for nobody."""
    await opened()
    who = await member("desk", "c", "moderator")
    await shifts.begin(who)
    return who


@pytest.fixture
async def serve(database: Path) -> AsyncIterator[Serve]:
    """`await serve()`: a process of its own on this test's database."""
    running: list[Server] = []

    async def begin() -> Server:
        server = Server(database)
        server.set(**{name: os.environ.get(name, "") for name in ("DATABASE_URL", "KEYS_DATABASE_URL")})
        running.append(server)
        await asyncio.to_thread(server.start)
        return server

    yield begin
    for server in running:
        await asyncio.to_thread(server.stop)


async def made(mo: Viewer, *people: Viewer) -> UUID:
    plan = Plan("Night owls", "For long nights.", ("Be kind.", "No names.", "Step out."), "ab")
    group = await verbs.make(mo, plan)
    for who in people:
        await verbs.join(who, group, "posting")
    return group


@asynccontextmanager
async def browser(server: Server, who: Viewer) -> AsyncIterator[AsyncClient]:
    """Signed in; staff past their second step."""
    token = await devices.begin(who.person, Caller())
    found = await account.recognise(token)
    assert found
    if who.roles:
        await StaffCheck(session=found.session, until=clock.now() + timedelta(hours=8)).save()
    async with AsyncClient(base_url=server.address, cookies={"beside": token}, timeout=STARTED) as client:
        yield client


@asynccontextmanager
async def stream(client: AsyncClient, group: UUID, last: int = 0) -> AsyncIterator[AsyncIterator[str]]:
    """The lines of an open stream that has looked once; the browser says how far it had come."""
    headers = {"Accept": "text/event-stream", "Last-Event-ID": str(last)}
    answer: Response
    async with client.stream("GET", f"/groups/{group}/live", headers=headers) as answer:
        assert answer.headers["content-type"].startswith("text/event-stream")
        lines = answer.aiter_lines()
        assert await asyncio.wait_for(anext(lines), STARTED) == "retry: 3000"
        yield lines


async def news(lines: AsyncIterator[str]) -> str:
    """The number and the id of the next post; empty when the stream ends instead."""
    async for line in lines:
        if line.startswith("id: "):
            return f"{line.removeprefix('id: ')} {(await anext(lines)).removeprefix('data: ')}"
    return ""


async def looked(lines: AsyncIterator[str]) -> None:
    """Returns when the stream has looked and found nothing yet."""
    async for line in lines:
        if line == ":":
            return


async def test_what_one_process_takes_is_heard_on_a_stream_of_another(
    mo: Viewer, serve: Serve, engine_kind: str
) -> None:
    if engine_kind != "postgres":
        pytest.skip("SQLite has one process.")
    ana, ben = await member("ana", "a"), await member("ben", "b")
    group, other = await made(mo, ana, ben), await made(mo, ben)
    one, two = await asyncio.gather(serve(), serve())
    assert one.address != two.address
    async with AsyncExitStack() as opened_ones:
        enter = opened_ones.enter_async_context
        writer = await enter(browser(one, mo))
        near, far = await enter(browser(two, ana)), await enter(browser(two, ben))
        here, there = await enter(stream(near, group)), await enter(stream(far, group))
        apart = await enter(stream(far, other))
        for lines in (here, there, apart):
            await asyncio.wait_for(looked(lines), STARTED)
        elsewhere = asyncio.ensure_future(news(apart))
        for n in (1, 2, 3):
            waiting = asyncio.gather(news(here), news(there))
            answer = await writer.post(f"/groups/{group}/say", data={"text": f"Lorry number {n}."})
            assert answer.status_code == 303
            item = answer.headers["location"].rsplit("#p-", 1)[1]
            assert await asyncio.wait_for(waiting, SOON) == [f"{n} {item}"] * 2
        assert not elsewhere.done(), "Another group hears nothing of it."
        elsewhere.cancel()


async def test_a_server_that_stops_lets_its_streams_go_and_they_go_on_where_they_were(
    mo: Viewer, serve: Serve
) -> None:
    ana = await member("ana", "a")
    group = await made(mo, ana)
    server = await serve()
    async with browser(server, mo) as writer, browser(server, ana) as client:
        async with AsyncExitStack() as opened_ones:
            streams = [await opened_ones.enter_async_context(stream(client, group)) for _ in range(5)]
            for lines in streams:
                await asyncio.wait_for(looked(lines), STARTED)
            await writer.post(f"/groups/{group}/say", data={"text": "Before."})
            assert [(await asyncio.wait_for(news(lines), STARTED))[:2] for lines in streams] == ["1 "] * 5
            stopping = asyncio.create_task(asyncio.to_thread(server.stop))
            # To its proper end: of one that is cut off the client would complain.
            assert [await asyncio.wait_for(news(lines), STARTED) for lines in streams] == [""] * 5
            await stopping
        said = server.log.read_text()
        assert "Finished server process" in said, "Premise: it says how it stops."
        assert "timeout graceful shutdown exceeded" not in said, "Nobody had to be waited for in vain."
        await asyncio.to_thread(server.start)
        await writer.post(f"/groups/{group}/say", data={"text": "While the line was gone."})
        async with stream(client, group, last=1) as lines:
            assert (await asyncio.wait_for(news(lines), STARTED))[:2] == "2 "


async def test_a_stream_that_begins_while_the_server_stops_ends_at_once(
    mo: Viewer, monkeypatch: pytest.MonkeyPatch
) -> None:
    group, token = await made(mo), await devices.begin(mo.person, Caller())
    await verbs.join(mo, group, "posting")
    monkeypatch.setattr(groups_live._ears, "over", True)
    assert [told async for told in live.events(token, group, 0)] == ["retry: 3000\n\n"]
    assert groups_live.many() == 0
