"""Web push against a push service of our own: what it gets, what a browser reads, what its answers mean."""

import asyncio
import base64
import json
import logging
import os
import re
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from datetime import timedelta
from email.utils import format_datetime
from pathlib import Path
from typing import Any

import http_ece
import jwt
import pytest
from aiohttp import ClientConnectorDNSError, web
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from hypothesis import given
from hypothesis import strategies as st
from webpush import WebPush

from care import clock
from care.clock import now
from care.notices import FACES, SIZES, Message, Said, message, say
from care.reminders_form import Phone
from db import notices_keys, unwrapped
from db.notices_outgoing import LEASE
from db.reminder_tables import Outgoing, Reminder, Subscription
from jobs import loop, push, remind
from jobs.push import Pusher
from jobs.remind import Fate
from tests.jobs import crowd

ORIGIN = "https://beside.example"
LONGEST = Said("🧑‍🚒" * 10, "Tienes una nota nueva", "Mira cuando puedas", "Un poco pesado", "Bien")


def b64(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


class Browser:
    """The side of a subscription that stays on the phone."""

    def __init__(self) -> None:
        self.key, self.auth = ec.generate_private_key(ec.SECP256R1()), os.urandom(16)

    def phone(self, endpoint: str) -> Phone:
        point = self.key.public_key().public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)
        return Phone(endpoint, b64(point), b64(self.auth))

    def read(self, body: bytes) -> bytes:
        decrypted = http_ece.decrypt(body, private_key=self.key, auth_secret=self.auth, version="aes128gcm")
        return bytes(decrypted)


class Service:
    """A push service that answers what it is told to, and keeps what it got."""

    def __init__(self) -> None:
        self.answer: tuple[int, dict[str, str]] = (201, {})
        self.got: list[tuple[str, dict[str, str], bytes]] = []
        self.hangs = False

    async def take(self, request: web.Request) -> web.Response:
        self.got.append((request.path, dict(request.headers), await request.read()))
        if self.hangs:
            await asyncio.sleep(30)
        return web.Response(status=self.answer[0], headers=self.answer[1])


@pytest.fixture
async def service() -> AsyncIterator[tuple[Service, str]]:
    made, app = Service(), web.Application()
    app.router.add_route("*", "/{rest:.*}", made.take)
    runner = web.AppRunner(app, shutdown_timeout=0.1, access_log=None)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    port = runner.addresses[0][1]
    yield made, f"http://127.0.0.1:{port}"
    await runner.cleanup()


@pytest.fixture(autouse=True)
def ring(tmp_path: Path) -> Iterator[None]:
    """The instance's keys of this test; no database is needed for most of them."""
    unwrapped.use(tmp_path / "kek.json")
    push.pusher.cache_clear()
    yield
    push.pusher.cache_clear()
    clock.move(timedelta())


def told(face: str = "minute", said: Said | None = None, ttl: int = 3600) -> Message:
    return message(face, said or say(), topic="a" * 24, ttl=ttl, badge=2, origin=ORIGIN)


async def deliver(origin: str, one: Message, phone: Phone) -> remind.Outcome:
    async with push.session([origin]) as line:
        return await Pusher([origin]).deliver(line, one, phone)


# What arrives


@pytest.mark.parametrize("face", FACES)
async def test_a_browser_reads_what_was_sent(service: tuple[Service, str], face: str) -> None:
    made, origin = service
    browser = Browser()
    outcome = await deliver(origin, told(face), browser.phone(f"{origin}/wpush/v2/x?a=%2Fb"))
    assert outcome.fate is Fate.SENT
    [(path, headers, body)] = made.got
    shown = json.loads(browser.read(body))
    assert shown["web_push"] == 8030
    notification = shown["notification"]
    assert notification["body"] == FACES[face][0]
    assert notification["navigate"] == ORIGIN + FACES[face][1]
    assert (notification["title"], notification["tag"], notification["app_badge"]) == ("Beside", face, "2")
    assert path == "/wpush/v2/x"
    assert (headers["TTL"], headers["Topic"], headers["Urgency"]) == ("3600", "a" * 24, FACES[face][2])
    assert headers["Content-Encoding"] == "aes128gcm"
    assert "Cookie" not in headers


async def test_it_is_signed_for_this_push_service_and_nobody_else(service: tuple[Service, str]) -> None:
    made, origin = service
    await deliver(origin, told(), Browser().phone(f"{origin}/x"))
    token, key = re.fullmatch(r"vapid t=(.+), k=(.+)", made.got[0][1]["Authorization"]).groups()  # type: ignore[union-attr]
    assert key == notices_keys.public()
    point = base64.urlsafe_b64decode(key + "=")
    known = ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), point)
    claims = jwt.decode(token, known, algorithms=["ES256"], audience=origin.rpartition(":")[0])
    assert claims["sub"] == "mailto:push@example.org"
    assert timedelta(hours=11) < timedelta(seconds=claims["exp"] - now().timestamp()) <= timedelta(hours=12)
    with pytest.raises(jwt.InvalidSignatureError):
        other = ec.generate_private_key(ec.SECP256R1()).public_key()
        jwt.decode(token, other, algorithms=["ES256"], audience=origin.rpartition(":")[0])


def test_the_key_is_made_once_and_stays(tmp_path: Path) -> None:
    first = notices_keys.public()
    unwrapped.use(tmp_path / "kek.json")  # as another process, or after a start
    assert notices_keys.public() == first
    assert (tmp_path / "kek.json").stat().st_mode & 0o777 == 0o600
    assert [file.name for file in tmp_path.iterdir() if file.suffix == ".pem"] == []
    unwrapped.use(tmp_path / "other" / "kek.json")
    assert notices_keys.public() != first, "two instances must not share a key"


@given(
    words=st.text(st.characters(exclude_categories=["Cs", "Cc"]), max_size=40), badge=st.integers(0, 10**9)
)
def test_every_push_has_the_same_size_whatever_it_says(words: str, badge: int) -> None:
    sizes = {
        len(
            message(
                face, said, topic="t", ttl=1, badge=badge, origin="https://a-rather-long-name.example.org"
            ).payload
        )
        for face in FACES
        for said in (say(), say("own", words, language="es"), LONGEST)
    }
    assert sizes == {SIZES[0]}


async def test_every_push_has_the_same_size_on_the_way(service: tuple[Service, str]) -> None:
    made, origin = service
    for face in FACES:
        for said in (say(), LONGEST):
            await deliver(origin, told(face, said), Browser().phone(f"{origin}/x"))
    assert {len(body) for _path, _headers, body in made.got} == {SIZES[0] + 103}


async def test_it_is_signed_once_an_hour_for_each_push_service(monkeypatch: Any) -> None:
    one = Pusher()
    signed: list[int] = []
    real = one._web.vapid.get_authorization_header
    monkeypatch.setattr(
        one._web.vapid, "get_authorization_header", lambda *a: (signed.append(a[2]), real(*a))[1]
    )
    google, apple = "https://fcm.googleapis.com/x", "https://web.push.apple.com/x"
    headers = {one.seal(told(), Browser().phone(google))[1]["Authorization"] for _ in range(5)}
    assert (len(headers), len(signed)) == (1, 1)
    one.seal(told(), Browser().phone(apple))
    assert len(signed) == 2
    clock.move(timedelta(minutes=61))
    one.seal(told(), Browser().phone(google))
    assert signed == [12 * 3600] * 3


async def test_made_up_names_under_a_push_service_do_not_fill_the_memory(monkeypatch: Any) -> None:
    monkeypatch.setattr(push, "MOST_ORIGINS", 5)
    one = Pusher()
    for n in range(23):
        one.seal(told(), Browser().phone(f"https://n{n}.push.services.mozilla.com/x"))
    assert len(one._signed._known) <= 5


async def test_the_library_keeps_no_option_of_ours(monkeypatch: Any) -> None:
    """Its `get()` remembers every override for all messages after; so it is not called at all."""

    def never(*_args: Any, **_more: Any) -> None:
        raise AssertionError("get() was called")

    monkeypatch.setattr(WebPush, "get", never)
    one = Pusher()
    before = dict(vars(one._web))
    lives = [
        one.seal(told(ttl=ttl), Browser().phone("https://fcm.googleapis.com/x"))[1]["TTL"]
        for ttl in (5, 0, 9)
    ]
    assert lives == ["5", "0", "9"]
    assert vars(one._web) == before


async def test_too_much_for_a_phone_never_leaves() -> None:
    with pytest.raises(RuntimeError):
        Pusher().seal(
            Message(b"x" * (push.MOST + 1), "t", "low", 1), Browser().phone("https://fcm.googleapis.com/x")
        )


# Where it goes


@pytest.mark.parametrize(
    "endpoint",
    [
        "http://fcm.googleapis.com/x",
        "https://fcm.googleapis.com:8443/x",
        "https://fcm.googleapis.com.example.org/x",
        "https://fcm.googleapis.com@169.254.169.254/x",
        "https://169.254.169.254/latest/meta-data",
        "https://[::1]/x",
        "https://localhost/x",
        "https://push.services.mozilla.com.evil.example/x",
        "https://xpush.services.mozilla.com/x",
        "file:///etc/passwd",
    ],
)
async def test_no_other_address_is_ever_called(monkeypatch: Any, endpoint: str) -> None:
    async with push.session() as line:
        monkeypatch.setattr(line, "post", lambda *a, **k: pytest.fail("called"))
        outcome = await Pusher().deliver(line, told(), Browser().phone(endpoint))
    assert outcome.fate is Fate.REFUSED


async def test_the_service_of_a_test_is_called_only_where_the_operator_names_it(
    service: tuple[Service, str],
) -> None:
    made, origin = service
    async with push.session() as line:
        outcome = await Pusher().deliver(line, told(), Browser().phone(f"{origin}/x"))
    assert outcome.fate is Fate.REFUSED
    assert made.got == []


async def test_a_name_that_leads_inside_is_not_followed(
    service: tuple[Service, str], monkeypatch: Any
) -> None:
    made, origin = service
    port = int(origin.rpartition(":")[2])

    async def inside(self: Any, host: str, asked: int = 0, *_a: Any, **_m: Any) -> list[dict[str, Any]]:
        return [{"hostname": host, "host": "127.0.0.1", "port": port, "family": 2, "proto": 0, "flags": 0}]

    monkeypatch.setattr(push.ThreadedResolver, "resolve", inside)
    async with push.session() as line:
        with pytest.raises(ClientConnectorDNSError):
            await Pusher().deliver(line, told(), Browser().phone("https://a.push.services.mozilla.com/x"))
    assert made.got == []


@pytest.mark.parametrize(
    ("address", "may"),
    [
        ("142.250.74.10", True),
        ("2a00:1450:4001:80b::200a", True),
        *((inside, False) for inside in ("10.0.0.1", "127.0.0.1", "169.254.169.254", "192.168.1.1", "::1")),
        *((inside, False) for inside in ("fe80::1%eth0", "fd00::1", "100.64.0.1", "0.0.0.0", "224.0.0.1")),  # noqa: S104
        ("::ffff:127.0.0.1", False),
    ],
)
def test_only_public_addresses_are_public(address: str, may: bool) -> None:
    assert push.public(address) is may


# What an answer means


@pytest.mark.parametrize(
    ("status", "fate"),
    [
        *((status, Fate.SENT) for status in (200, 201, 202, 204)),
        *((status, Fate.GONE) for status in (404, 410)),
        *((status, Fate.LATER) for status in (429, 500, 502, 503, 504)),
        *((status, Fate.REFUSED) for status in (301, 307, 400, 401, 403, 413)),
    ],
)
async def test_every_answer_has_one_meaning(service: tuple[Service, str], status: int, fate: Fate) -> None:
    made, origin = service
    made.answer = (status, {"Location": f"{origin}/elsewhere"})
    assert (await deliver(origin, told(), Browser().phone(f"{origin}/x"))).fate is fate
    assert len(made.got) == 1, "no redirect is followed"


async def test_patience_is_what_the_service_asks_for(service: tuple[Service, str]) -> None:
    made, origin = service
    made.answer = (429, {"Retry-After": "600"})
    assert (await deliver(origin, told(), Browser().phone(f"{origin}/x"))).wait == timedelta(minutes=10)
    date = format_datetime(now() + timedelta(minutes=20), usegmt=False)
    assert timedelta(minutes=19) < push.wait(date) <= timedelta(minutes=20)
    assert push.wait("") == push.wait("soon") == push.wait("Mon, 99 Foo") == remind.AGAIN
    assert push.wait("0") == push.wait(format_datetime(now() - timedelta(days=1))) == push.SOONEST
    assert push.wait("9" * 40) == push.LATEST


@given(st.text(max_size=40))
def test_no_header_is_too_odd(text: str) -> None:
    assert push.SOONEST <= push.wait(text) <= push.LATEST


async def test_a_service_that_never_answers_is_not_waited_for(
    service: tuple[Service, str], monkeypatch: Any
) -> None:
    made, origin = service
    made.hangs = True
    assert push.PATIENCE.total and timedelta(seconds=push.PATIENCE.total) < LEASE
    monkeypatch.setattr(push, "PATIENCE", push.ClientTimeout(total=0.2))
    with pytest.raises(TimeoutError):
        await deliver(origin, told(), Browser().phone(f"{origin}/x"))
    assert len(made.got) == 1


async def test_keys_that_are_none_are_forgotten(service: tuple[Service, str]) -> None:
    made, origin = service
    broken = Phone(f"{origin}/x", "B" + "A" * 86, "C" * 22)  # well-formed, and no point of the curve
    assert (await deliver(origin, told(), broken)).fate is Fate.GONE
    assert made.got == []


# The duty, with what was queued


async def subscribe(endpoint: str) -> Browser:
    """The only person's phone becomes this browser."""
    from db import notices_phones
    from db.devices import Viewer
    from db.tables import Session

    browser = Browser()
    [session] = await Session.select(Session.id, Session.person)
    viewer = Viewer(session["person"], session["id"], "Ana", "c", "GB", None, False)
    await notices_phones.forget_all(viewer)
    await notices_phones.keep(viewer, browser.phone(endpoint))
    return browser


@pytest.fixture
def send(database: Path, service: tuple[Service, str], monkeypatch: Any) -> Callable[[], Awaitable[None]]:
    from dataclasses import replace

    monkeypatch.setattr(push, "config", replace(push.config, push_hosts=(service[1],)))
    return push.send


async def test_what_is_due_arrives_once_and_neutral(
    send: Callable[[], Awaitable[None]], service: tuple[Service, str]
) -> None:
    made, origin = service
    await crowd.gather_people(1, now() - timedelta(minutes=1))
    browser = await subscribe(f"{origin}/x")
    await remind.come_due()
    await send()
    await send()
    [(_path, headers, body)] = made.got
    assert json.loads(browser.read(body))["notification"]["body"] == "A minute for you?"
    assert 0 < int(headers["TTL"]) <= 3 * 3600, "until it would be stale"
    assert re.fullmatch(r"[\w-]{1,32}", headers["Topic"])
    assert await Outgoing.count() == 0


async def test_gone_forgets_the_phone(
    send: Callable[[], Awaitable[None]], service: tuple[Service, str]
) -> None:
    made, origin = service
    made.answer = (410, {})
    await crowd.gather_people(1, now() - timedelta(minutes=1))
    await subscribe(f"{origin}/x")
    await remind.come_due()
    await send()
    assert (await Subscription.count(), await Outgoing.count(), len(made.got)) == (0, 0, 1)


async def test_busy_waits_as_long_as_it_is_asked_to(
    send: Callable[[], Awaitable[None]], service: tuple[Service, str]
) -> None:
    made, origin = service
    made.answer = (503, {"Retry-After": "900"})
    await crowd.gather_people(1, now() - timedelta(minutes=1))
    browser = await subscribe(f"{origin}/x")
    await remind.come_due()
    await send()
    await send()
    assert len(made.got) == 1
    clock.move(timedelta(minutes=16))
    made.answer = (201, {})
    await send()
    topics = {headers["Topic"] for _path, headers, _body in made.got}
    assert (len(made.got), len(topics)) == (2, 1), "a repeat carries the same topic"
    assert browser.read(made.got[1][2])


async def test_the_loop_sends() -> None:
    assert push.send in loop.DUTIES
    assert loop.DUTIES.index(push.send) > loop.DUTIES.index(remind.come_due)


async def test_no_log_line_names_a_phone(
    send: Callable[[], Awaitable[None]], service: tuple[Service, str], caplog: Any
) -> None:
    """With answers that are logged, and with a line that breaks."""
    caplog.set_level(logging.DEBUG)
    made, origin = service
    await crowd.gather_people(1, now() - timedelta(minutes=1))
    for status in (403, 500, 410):
        made.answer = (status, {})
        await subscribe(f"{origin}/heron-canary")
        await remind.come_due()
        await Outgoing.update({Outgoing.send_at: now() - timedelta(minutes=1)}).where(Outgoing.attempts >= 0)
        await send()
        await Reminder.update({Reminder.next_at: now() - timedelta(minutes=1)}).where(Reminder.attempts >= 0)
    assert "a push service answered 403" in caplog.text
    assert len(made.got) == 3
    for canary in ("heron-canary", origin, "vapid", "Ana"):
        assert canary not in caplog.text
