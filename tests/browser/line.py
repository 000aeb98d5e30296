"""A bad line between the phone and the server: it can be cut, slow, or lose what travels on it.

It stands in front of the real server, so that the page, the service worker and every browser feel
the same trouble, and the product needs no hooks for tests. Of a write it can lose the way there
or, which is worse, the way back: the server has the words and the phone does not know.
"""

import asyncio
import re
import socket
import threading
from collections import deque
from collections.abc import Callable, Coroutine
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qsl

PORTAL = b"<!doctype html><title>Free WiFi</title><h1>Please accept our terms to go online</h1>"
NEUTRAL = b"<!doctype html><title>Weather</title><h1>Sunny spells</h1>"

TROUBLES = {"lost before", "lost after", "silent after", "busy after", "portal"}
"""The connection breaks before or after the server has it; the answer never comes; 503 instead of it;
a hotel's sign-in page instead of it."""


@dataclass(frozen=True)
class Ask:
    """One request, as it reached the line."""

    method: str
    path: str
    headers: dict[str, str]
    body: str

    @property
    def fields(self) -> dict[str, str]:
        return dict(parse_qsl(self.body, keep_blank_values=True))

    @property
    def writes(self) -> bool:
        return self.method == "POST"

    @property
    def keeps(self) -> bool:
        """It brings something for the journal, or tells us about something."""
        return self.writes and self.path.startswith(("/journal", "/report/"))


class Line:
    """Listens on `port`; the site's name is localhost. Under 127.0.0.1 it is the neutral site of Leave."""

    def __init__(self, server: int) -> None:
        self.server, self.port = server, free_port()
        self.delay = 0.0
        """Seconds by which every answer comes later."""
        self.asked: list[Ask] = []
        self.passed: Callable[[Ask], None] | None = None
        """Called when a write has gone to the server whole and no answer has come yet."""
        self.edits: dict[str, Callable[[bytes], bytes]] = {}
        """By path: what the phone gets instead of this answer; of the same length."""
        self._troubles: deque[str] = deque()
        self._all = ""
        self._open: set[asyncio.StreamWriter] = set()
        self._busy: set[asyncio.Task[None]] = set()
        self._door: asyncio.Server | None = None
        self._loop = asyncio.new_event_loop()
        threading.Thread(target=self._loop.run_forever, daemon=True).start()
        self.mend()

    @property
    def site(self) -> str:
        return f"http://localhost:{self.port}"

    @property
    def kept(self) -> list[Ask]:
        """What was sent for the journal, in order, arrived or not."""
        return [ask for ask in self.asked if ask.keeps]

    def spoil(self, trouble: str, times: int = 1) -> None:
        """The next `times` writes to the journal meet this trouble; what is read is not touched."""
        assert trouble in TROUBLES
        self._troubles.extend([trouble] * times)

    def spoil_all(self, trouble: str) -> None:
        """Everything meets it, until `calm`."""
        assert trouble in TROUBLES
        self._all = trouble

    def calm(self) -> None:
        """As a test finds it: whole, quick and honest. What hangs is broken off."""
        self._troubles.clear()
        self._all, self.delay, self.passed = "", 0.0, None
        self.edits.clear()
        self.cut()
        self.mend()
        self.asked.clear()

    def cut(self) -> None:
        self._do(self._cut())

    def mend(self) -> None:
        self._do(self._mend())

    def close(self) -> None:
        self.cut()
        self._loop.call_soon_threadsafe(self._loop.stop)

    def _do(self, work: Coroutine[Any, Any, None]) -> None:
        asyncio.run_coroutine_threadsafe(work, self._loop).result(10)

    async def _mend(self) -> None:
        if self._door is None:
            self._door = await asyncio.start_server(self._serve, "127.0.0.1", self.port, limit=4_000_000)

    async def _cut(self) -> None:
        if self._door is not None:
            self._door.close()
            self._door = None
        for writer in self._open:
            writer.transport.abort()
        for task in self._busy:
            task.cancel()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task
        self._open.add(writer)
        self._busy.add(task)
        try:
            ask, raw = await _read(reader)
            if ask.headers.get("accept") == "text/event-stream":
                return await self._pipe(raw, writer)
            answer = await self._answer(ask, raw)
            await asyncio.sleep(self.delay)
            writer.write(answer)
            await writer.drain()
            writer.close()
        except (OSError, asyncio.IncompleteReadError, asyncio.CancelledError):
            writer.transport.abort()
        finally:
            self._open.discard(writer)
            self._busy.discard(task)

    async def _pipe(self, raw: bytes, writer: asyncio.StreamWriter) -> None:
        """An answer that does not end: each piece as it comes."""
        reader, there = await asyncio.open_connection("127.0.0.1", self.server)
        try:
            there.write(raw)
            while piece := await reader.read(65_536):
                writer.write(piece)
                await writer.drain()
            writer.close()
        finally:
            there.close()

    async def _answer(self, ask: Ask, raw: bytes) -> bytes:
        if ask.headers.get("host", "").startswith("127.0.0.1"):
            return _said(200, NEUTRAL)
        self.asked.append(ask)
        trouble = self._all or self._next(ask)
        if trouble == "portal":
            return _said(200, PORTAL)
        if trouble == "lost before":
            raise ConnectionResetError
        answer = await self._pass_on(ask, raw)
        if trouble == "lost after":
            raise ConnectionResetError
        if trouble == "silent after":
            await asyncio.sleep(600)
        return _said(503, b"Busy") if trouble == "busy after" else answer

    def _next(self, ask: Ask) -> str:
        return self._troubles.popleft() if self._troubles and ask.keeps else ""

    async def _pass_on(self, ask: Ask, raw: bytes) -> bytes:
        edit = self.edits.get(ask.path)
        if edit:
            raw = re.sub(rb"(?im)^accept-encoding:[^\r]*\r\n", b"", raw)
        reader, writer = await asyncio.open_connection("127.0.0.1", self.server)
        try:
            writer.write(raw)
            await writer.drain()
            if ask.keeps and self.passed:
                await asyncio.to_thread(self.passed, ask)
            answer = await reader.read()
        finally:
            writer.close()
        if not answer:
            raise ConnectionResetError
        return edit(answer) if edit else answer


async def _read(reader: asyncio.StreamReader) -> tuple[Ask, bytes]:
    """The request, and what to send on for it: one request per connection keeps this short."""
    head = await reader.readuntil(b"\r\n\r\n")
    first, *rest = head.decode("latin-1").strip().split("\r\n")
    method, path, _ = first.split(" ", 2)
    headers = {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in rest)}
    body = await reader.readexactly(int(headers.get("content-length", 0)))
    once = re.sub(rb"(?im)^connection:[^\r]*\r\n", b"", head)
    once = once.replace(b"\r\n", b"\r\nConnection: close\r\n", 1)
    return Ask(method, path, headers, body.decode("utf-8", "replace")), once + body


def _said(status: int, html: bytes) -> bytes:
    head = f"HTTP/1.1 {status} -\r\nContent-Type: text/html\r\nContent-Length: {len(html)}\r\n"
    return head.encode() + b"Connection: close\r\n\r\n" + html


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
