"""A real app on a real database: a signed-out client, and the cast of tests/people.py signed in."""

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack
from pathlib import Path
from typing import Any

import pytest
from httpx import ASGITransport, AsyncClient

Client = AsyncClient
SITE = "http://testserver.local"


@pytest.fixture
async def app(database: Path) -> Any:
    from web.app import build

    return build()


@pytest.fixture
async def client(app: Any) -> AsyncIterator[Client]:
    async with door(app) as fresh:
        yield fresh


@pytest.fixture
async def people(app: Any) -> AsyncIterator[Callable[[str], Awaitable[Client]]]:
    """`ana = await people("ana")`: joined through the real form, signed in."""
    from tests.people import join

    async with AsyncExitStack() as doors:

        async def enter(who: str) -> Client:
            fresh = await doors.enter_async_context(door(app))
            await join(fresh, who)
            return fresh

        yield enter


@pytest.fixture
async def ana(people: Callable[[str], Awaitable[Client]]) -> Client:
    return await people("ana")


@pytest.fixture
async def ben(people: Callable[[str], Awaitable[Client]]) -> Client:
    return await people("ben")


def door(app: Any) -> Client:
    """In the test's own loop, where the database runs: the framework's client has a loop of its own each,
    and two people could not share a lock."""
    app_here = ASGITransport(app, raise_app_exceptions=False)
    return AsyncClient(transport=app_here, base_url=SITE, follow_redirects=True)
