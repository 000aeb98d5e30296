"""What a push costs: `bin/bench push`. The floor is the bare cryptography of one message, done by hand."""

import asyncio
import base64
import importlib
import os
import sys
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any

from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from webpush import WebPush, WebPushSubscription

from care.notices import Message, message, say
from care.reminders_form import Phone
from db import notices_keys
from jobs import push
from jobs.push import Pusher

Cpu = Callable[..., Awaitable[float]]
ENDPOINT = "https://updates.push.services.mozilla.com/wpush/v2/" + "gAAAAA" * 30
WANTED = 1.8
"""Times as many as the library's plain `get()`."""

# In a process of its own, so that only our side is counted.
SERVICE = """
import asyncio
async def talk(reader, writer):
    try:
        while True:
            head = await reader.readuntil(b"\\r\\n\\r\\n")
            length = head.lower().split(b"content-length:")[1].split(b"\\r\\n")[0]
            await reader.readexactly(int(length))
            writer.write(b"HTTP/1.1 201 Created\\r\\nContent-Length: 0\\r\\n\\r\\n")
    except (asyncio.IncompleteReadError, OSError):
        writer.close()
async def main():
    server = await asyncio.start_server(talk, "127.0.0.1", 0)
    print(server.sockets[0].getsockname()[1], flush=True)
    await server.serve_forever()
asyncio.run(main())
"""


@dataclass(frozen=True)
class Case:
    phone: Phone
    told: Message
    point: bytes
    auth: bytes


async def measure_push(cpu: Cpu) -> None:
    case = _case()
    floor = await cpu(_sync(lambda: bare(case)))
    plain = await cpu(_sync(_library(case)))
    pusher = Pusher()
    ours = await cpu(_sync(lambda: pusher.seal(case.told, case.phone)))
    print(f"bare cryptography of a message: {floor:.0f} µs CPU")
    print(f"encrypted and signed, by us: {_line(ours)} = {ours / floor:.2f} × bare")
    print(f"  by webpush's plain get(): {_line(plain)}; ours does {plain / ours:.2f} × as many (of {WANTED})")
    other = _other(case)
    if other is None:
        print("  by pywebpush: not installed here")
    else:
        theirs = await cpu(_sync(other), times=50)
        print(f"  by pywebpush: {_line(theirs)}; ours does {theirs / ours:.2f} × as many")
    sent = await _sent(cpu, case)
    print(f"encrypted, signed and sent, 100 at once: {_line(sent)} = {sent / floor:.2f} × bare")


def bare(case: Case) -> bytes:
    """RFC 8291 with nothing around it."""
    mine = ec.generate_private_key(ec.SECP256R1())
    point = mine.public_key().public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)
    theirs = ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), case.point)
    info = b"WebPush: info\x00" + case.point + point
    secret = HKDF(SHA256(), 32, case.auth, info).derive(mine.exchange(ec.ECDH(), theirs))
    salt = os.urandom(16)
    key = HKDF(SHA256(), 16, salt, b"Content-Encoding: aes128gcm\x00").derive(secret)
    nonce = HKDF(SHA256(), 12, salt, b"Content-Encoding: nonce\x00").derive(secret)
    return salt + point + AESGCM(key).encrypt(nonce, case.told.payload + b"\x02", None)


def _case() -> Case:
    key, auth = ec.generate_private_key(ec.SECP256R1()), os.urandom(16)
    point = key.public_key().public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)
    told = message("minute", say(), topic="t" * 24, ttl=3600, badge=1, origin="https://beside.example")
    return Case(Phone(ENDPOINT, _b64(point), _b64(auth)), told, point, auth)


def _library(case: Case) -> Callable[[], Any]:
    private, public = notices_keys.pair()
    web = WebPush(private_key=private, public_key=public, subscriber="push@beside.example", ttl=3600)
    keys = {"auth": case.phone.auth, "p256dh": case.phone.p256dh}

    def plain() -> Any:
        to = WebPushSubscription.model_validate({"endpoint": case.phone.endpoint, "keys": keys})
        return web.get(case.told.payload, to)

    return plain


def _other(case: Case) -> Callable[[], Any] | None:
    try:
        vapid, other = importlib.import_module("py_vapid"), importlib.import_module("pywebpush")
    except ImportError:
        return None
    signer = vapid.Vapid02.from_pem(notices_keys.pair()[0])
    keys = {"auth": case.phone.auth, "p256dh": case.phone.p256dh}

    def whole() -> Any:
        """What its own `webpush()` does before it sends."""
        body = other.WebPusher({"endpoint": case.phone.endpoint, "keys": keys}).encode(case.told.payload)
        claims = {"sub": "mailto:push@beside.example", "aud": "https://updates.push.services.mozilla.com"}
        return body, signer.sign(claims)

    return whole


async def _sent(cpu: Cpu, case: Case) -> float:
    service = await asyncio.create_subprocess_exec(
        sys.executable, "-c", SERVICE, stdout=asyncio.subprocess.PIPE
    )
    try:
        port = await service.stdout.readline() if service.stdout else b""
        origin = f"http://127.0.0.1:{int(port)}"
        pusher, phone = Pusher([origin]), Phone(f"{origin}/x", case.phone.p256dh, case.phone.auth)
        async with push.session([origin]) as line:

            async def hundred() -> None:
                got = await asyncio.gather(*(pusher.deliver(line, case.told, phone) for _ in range(100)))
                if {one.fate.value for one in got} != {"sent"}:
                    raise SystemExit("a push was not taken")

            return await cpu(hundred, times=5) / 100
    finally:
        service.terminate()
        await service.wait()


def _sync(work: Callable[[], Any]) -> Callable[[], Awaitable[None]]:
    async def call() -> None:
        work()

    return call


def _line(micros: float) -> str:
    return f"{micros:.0f} µs CPU, {1e6 / micros:,.0f} a second and core"


def _b64(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()
