"""The one place everything is put together."""

import asyncio
import contextlib
import logging
import uuid
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from litestar import Litestar
from litestar.config.compression import CompressionConfig
from litestar.exceptions import HTTPException
from litestar.types import Message, Scope

from config import config
from db import engine
from jobs import loop
from web import errors
from web.guards import Recognise, SameSite
from web.render import assets
from web.routes import (
    account,
    controls,
    files,
    groups,
    groups_care,
    groups_codes,
    groups_posts,
    groups_sky,
    groups_words,
    help,
    home,
    journal,
    meetings,
    meetings_care,
    meetings_room,
    moderation,
    notices,
    patterns,
    perspectives,
    reminders,
    staff,
    stories,
    stories_write,
    talk,
    unheard,
)

log = logging.getLogger("beside.requests")

CSP = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; "
    "manifest-src 'self'; worker-src 'self'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'"
)
HEADERS = {
    "Content-Security-Policy": CSP,
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "X-Content-Type-Options": "nosniff",
    "Permissions-Policy": "camera=(), microphone=(), geolocation=(), payment=(), usb=(), browsing-topics=()",
    "X-Robots-Tag": "noindex",
}
if config.secure:
    HEADERS["Strict-Transport-Security"] = "max-age=31536000; includeSubDomains"
# As bytes, once: a header set through the framework costs a search through all of them, on every answer.
ADDED = [(name.lower().encode(), value.encode()) for name, value in HEADERS.items()]
ROBOTS = b"x-robots-tag"
INDEXED = {"/", "/help", "/journal"}  # as a visitor sees them: nobody is in them
COMPRESSION = CompressionConfig(
    backend="brotli",
    brotli_quality=5,
    brotli_gzip_fallback=True,
    minimum_size=500,
    exclude=["^/static/", "^/groups/[^/]+/live$"],
)
BIGGEST_BODY = 2_000_000  # bytes
ROOMS = (
    files,
    home,
    journal,
    stories,
    perspectives,
    stories_write,
    groups,
    groups_care,
    groups_codes,
    meetings,
    meetings_care,
    meetings_room,
    groups_posts,
    groups_sky,
    groups_words,
    help,
    account,
    reminders,
    notices,
    controls,
    staff,
    moderation,
    talk,
    unheard,
)


def build() -> Litestar:
    return Litestar(
        route_handlers=[room.router for room in ROOMS] + ([patterns.router] if config.dev else []),
        middleware=[SameSite(), Recognise()],
        exception_handlers={HTTPException: errors.answer, Exception: errors.answer},
        before_send=[finish],
        lifespan=[running],
        compression_config=COMPRESSION,
        request_max_body_size=BIGGEST_BODY,
        openapi_config=None,
        logging_config=None,
        debug=False,
    )


@asynccontextmanager
async def running(_app: Litestar) -> AsyncIterator[None]:
    await engine.start()
    await asyncio.to_thread(assets.warm)
    stop = asyncio.Event()
    duties = asyncio.create_task(loop.run(stop))
    try:
        yield
    finally:
        stop.set()
        with contextlib.suppress(asyncio.CancelledError):
            await duties
        await engine.stop()


async def finish(message: Message, scope: Scope) -> None:
    """Security headers on every answer, errors included, and one log line without a person in it."""
    if message["type"] != "http.response.start":
        return
    indexed = scope["path"] in INDEXED
    there = {name.lower() for name, _ in message["headers"]}
    added = [pair for pair in ADDED if pair[0] not in there and not (indexed and pair[0] == ROBOTS)]
    message["headers"] = [*message["headers"], *added]
    _record(message, scope)


def _record(message: Any, scope: Scope) -> None:
    """The route's template, never the path or the query: those can name what somebody looked for."""
    log.info(
        "%s %s %s %s",
        scope.get("method", "-"),
        scope.get("path_template", "-"),
        message["status"],
        uuid.uuid4().hex[:8],
    )


app = build()
