"""What is new in a group while somebody has it open: numbers and ids, never words, names or who is there.

A browser that cannot listen asks now and then, and gets the same as one answer.
"""

import asyncio
import contextlib
import json
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any
from uuid import UUID

from litestar import Request, Response, get
from litestar.params import FromPath
from litestar.response import Stream

from db import account, groups_live, groups_reading
from db.devices import Viewer
from db.groups_reading import Since
from web.errors import NotFound
from web.guards import COOKIE, member
from web.render import PERSONAL

BEAT, LONGEST = 20.0, 600.0
"""Seconds: so often each stream looks by itself whether it may go on, and so long it lives before the browser
opens another, with the number it has come to."""
MOST = 500
"""Streams of one process; whoever comes after asks now and then."""
STREAM = "text/event-stream"
Look = Callable[[Viewer, int], Awaitable[Since | None]]


@get("/groups/{group:uuid}/live")
async def live(request: Request[Any, Any, Any], group: FromPath[UUID]) -> Response[bytes] | Stream:
    return await told(request, group, _of(group))


async def told(request: Request[Any, Any, Any], group: UUID, look: Look) -> Response[bytes] | Stream:
    """What `look` finds, as a stream or once, looked for again whenever something may be new in the group."""
    after = _after(request)
    found = await look(member(request), after)
    if found is None:
        raise NotFound()
    if STREAM in request.headers.get("accept", "") and groups_live.many() < MOST:
        stream = events(request.cookies.get(COOKIE, ""), group, after, look)
        return Stream(stream, media_type=STREAM, headers=PERSONAL | {"X-Accel-Buffering": "no"})
    body = json.dumps({"n": found.n, "new": [[n, str(item)] for n, item in found.new]})
    return Response(body.encode(), media_type="application/json", headers=PERSONAL)


async def events(token: str, group: UUID, after: int, look: Look | None = None) -> AsyncIterator[str]:
    """Ends when the session or the membership has: each look asks for both anew."""
    look = look or _of(group)
    until = time.monotonic() + LONGEST
    with groups_live.listen(group) as woken:
        yield "retry: 3000\n\n"
        while time.monotonic() < until and not groups_live.over():
            woken.clear()
            async with groups_live.turn():
                who = await account.recognise(token)
                found = await look(who, after) if who else None
            if found is None:
                return
            # A remark when there is nothing: it finds out whether somebody still listens.
            yield "".join(f"id: {n}\ndata: {item}\n\n" for n, item in found.new) or ":\n\n"
            more, after = found.n - after >= groups_reading.PER_PAGE, found.n
            if not more:
                await _woken(woken)


def _of(group: UUID) -> Look:
    async def look(who: Viewer, after: int) -> Since | None:
        return await groups_reading.since(who, group, after)

    return look


async def _woken(event: asyncio.Event) -> None:
    with contextlib.suppress(TimeoutError):
        await asyncio.wait_for(event.wait(), BEAT)


def _after(request: Request[Any, Any, Any]) -> int:
    """A browser that lost the line says itself how far it had come."""
    text = request.headers.get("last-event-id", "") or request.query_params.get("after", "")
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else 0
