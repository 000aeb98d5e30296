"""A real app on a real database: a signed-out client, and the cast of tests/people.py signed in."""

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack
from pathlib import Path
from typing import Any

import pytest
from litestar.testing import AsyncTestClient

Client = AsyncTestClient[Any]
SITE = "http://testserver.local"


@pytest.fixture
async def app(database: Path) -> Any:
    from web.app import build

    return build()


@pytest.fixture
async def client(app: Any) -> AsyncIterator[Client]:
    async with AsyncTestClient(app, base_url=SITE, raise_server_exceptions=False) as fresh:
        yield fresh


@pytest.fixture
async def people(app: Any) -> AsyncIterator[Callable[[str], Awaitable[Client]]]:
    """`ana = await people("ana")`: joined through the real form, signed in."""
    from tests.people import join

    async with AsyncExitStack() as doors:

        async def enter(who: str) -> Client:
            fresh = await doors.enter_async_context(AsyncTestClient(app, base_url=SITE, raise_server_exceptions=False))
            await join(fresh, who)
            return fresh

        yield enter
