"""Web push: the only home of `webpush`, which encrypts, and `aiohttp`, which sends.

`webpush` is used by two seams, `_encrypt` and `vapid`; its `get()` signs anew for every message and
keeps any option it is once given, so it is never called (tests/jobs/test_push.py holds us to that).
"""

import ipaddress
import logging
from collections.abc import Collection
from datetime import timedelta
from email.utils import parsedate_to_datetime
from functools import lru_cache
from urllib.parse import urlsplit

from aiohttp import ClientSession, ClientTimeout, DummyCookieJar, TCPConnector, ThreadedResolver
from aiohttp.abc import ResolveResult
from webpush import WebPush, WebPushSubscription
from webpush.types import WebPushKeys
from yarl import URL

from care.clock import now
from care.notices import Message
from care.reminders_form import Phone, reachable
from config import config
from db import notices_keys
from jobs import remind
from jobs.remind import Fate, Outcome

log = logging.getLogger("beside.jobs")

MOST = 3072
"""Bytes before encrypting: with its 103 around it, within the 4096 that every push service takes."""
SIGNED_FOR, SIGNED_AGAIN = timedelta(hours=12), timedelta(hours=1)
MOST_ORIGINS = 200
PATIENCE = ClientTimeout(total=20, sock_connect=8)
"""Well within the lease of a claim, so that nobody else sends the same meanwhile."""
SOONEST, LATEST = timedelta(seconds=30), timedelta(hours=6)
GONE = {404, 410}
BUSY = 429


async def send() -> None:
    """The duty: everything that waits to be sent now."""
    async with session(config.push_hosts) as line:
        await remind.hand_over(lambda message, phone: pusher().deliver(line, message, phone))


@lru_cache(maxsize=1)
def pusher() -> "Pusher":
    return Pusher(config.push_hosts)


class Pusher:
    """One per process, since it keeps what it signed. `also` are origins beyond the browsers' own."""

    def __init__(self, also: Collection[str] = ()) -> None:
        private, public = notices_keys.pair()
        self._also = also
        self._web = WebPush(private_key=private, public_key=public)
        self._signed = Signed(self._web)

    async def deliver(self, line: ClientSession, message: Message, phone: Phone) -> Outcome:
        if not reachable(phone.endpoint, self._also):
            return Outcome(Fate.REFUSED)
        try:
            body, headers = self.seal(message, phone)
        except ValueError:  # its keys are none, and never will be
            return Outcome(Fate.GONE)
        # As the browser wrote it: encoding it anew could change what the push service signed.
        url = URL(phone.endpoint, encoded=True)
        async with line.post(url, data=body, headers=headers, allow_redirects=False) as reply:
            return outcome(reply.status, reply.headers.get("Retry-After", ""))

    def seal(self, message: Message, phone: Phone) -> tuple[bytes, dict[str, str]]:
        """The encrypted body and the headers to send it with."""
        if len(message.payload) > MOST:
            raise RuntimeError(f"{len(message.payload)} bytes are more than a phone takes.")
        # Not validated again: `reachable` has read the address, and `_encrypt` reads the keys.
        keys = WebPushKeys.model_construct(auth=phone.auth, p256dh=phone.p256dh)
        body = self._web._encrypt(message.payload, WebPushSubscription.model_construct(keys=keys))
        return body, {
            "Authorization": self._signed.header(phone),
            "Content-Encoding": "aes128gcm",
            "Content-Type": "application/octet-stream",
            "TTL": str(message.ttl),
            "Urgency": message.urgency,
            "Topic": message.topic,
        }


class Signed:
    """Says who we are, once an hour for each push service instead of once a message: half of the work."""

    def __init__(self, web: WebPush) -> None:
        self._web, self._contact = web, contact()
        self._known: dict[str, tuple[str, float]] = {}

    def header(self, phone: Phone) -> str:
        origin, at = "/".join(phone.endpoint.split("/", 3)[:3]), now().timestamp()
        known = self._known.get(origin)
        if known and at < known[1]:
            return known[0]
        if len(self._known) >= MOST_ORIGINS:  # names under a push service can be made up
            self._known.clear()
        keys, life = {"auth": phone.auth, "p256dh": phone.p256dh}, int(SIGNED_FOR.total_seconds())
        to = WebPushSubscription.model_validate({"endpoint": phone.endpoint, "keys": keys})
        made: str = self._web.vapid.get_authorization_header(to.endpoint, self._contact, life)
        self._known[origin] = made, at + SIGNED_AGAIN.total_seconds()
        return made


class Public(ThreadedResolver):
    """Finds only public addresses: a push service's name must not lead into the operator's own network."""

    def __init__(self, also: Collection[str]) -> None:
        super().__init__()
        self._trusted = {urlsplit(origin).hostname for origin in also}

    async def resolve(self, host: str, port: int = 0, *args: int, **more: int) -> list[ResolveResult]:
        found = await super().resolve(host, port, *args, **more)  # type: ignore[arg-type]
        kept = [one for one in found if host in self._trusted or public(one["host"])]
        if not kept:
            raise OSError("no public address")
        return kept


def session(also: Collection[str] = ()) -> ClientSession:
    """No proxy from the environment, no cookies, nothing unpacked: only the status is read."""
    line = TCPConnector(limit=remind.AT_ONCE, resolver=Public(also))
    quiet = {"cookie_jar": DummyCookieJar(), "auto_decompress": False, "trust_env": False}
    return ClientSession(connector=line, timeout=PATIENCE, **quiet)  # type: ignore[arg-type]


def outcome(status: int, retry_after: str = "") -> Outcome:
    if 200 <= status < 300:
        return Outcome(Fate.SENT)
    if status in GONE:
        return Outcome(Fate.GONE)
    if status == BUSY or status >= 500:
        return Outcome(Fate.LATER, wait(retry_after))
    # 413 is our mistake, 401 and 403 are about our key: again would not help, and somebody must know.
    log.error("a push service answered %d", status)
    return Outcome(Fate.REFUSED)


def wait(retry_after: str) -> timedelta:
    """Seconds or a date (RFC 9110, 10.2.3), within reason; a minute when there is neither."""
    try:
        if retry_after.strip().isdecimal():
            asked = timedelta(seconds=int(retry_after[:9]))
        else:
            asked = parsedate_to_datetime(retry_after) - now()
    except (ValueError, TypeError):
        asked = remind.AGAIN
    return min(max(asked, SOONEST), LATEST)


def public(address: str) -> bool:
    ip = ipaddress.ip_address(address.partition("%")[0])
    return ip.is_global and not ip.is_multicast


def contact() -> str:
    """Whom a push service may write to; Apple wants one that looks real."""
    return config.push_contact or f"push@{urlsplit(config.origin).hostname or 'example.org'}"
