"""How often something may be tried: counted per keyed hash, so that no name and no address is kept.

A limit says "wait", never "never": whoever is locked out by somebody else's guessing still gets in.
"""

import hashlib
import hmac
import ipaddress
from dataclasses import dataclass
from datetime import datetime, timedelta

from care.clock import now
from db import keys
from db.engine import fetch, transaction
from db.journal_rows import as_moment
from db.tables import Attempt

FORGIVEN = timedelta(days=1)
"""After this much quiet a growing wait starts from the beginning."""
CROWD = 30
"""A private or loopback address stands for everyone behind it (a school's own server, a proxy that was
not declared with BEHIND_PROXY): it gets this many times the room, so that one person cannot shut out all."""

Step = tuple[int, datetime]


@dataclass(frozen=True, slots=True)
class Limit:
    """`tries` in a `window`. With `longest`, each try beyond them doubles the wait, up to that."""

    purpose: str
    tries: int
    window: timedelta
    longest: timedelta | None = None


# Names are public to the others here, so anyone can fail on purpose under somebody else's name. That
# is why the tight limit counts a name together with where the tries come from, and a wide one the name
# alone: a bully in the next room cannot keep a person out of their own journal at home.
ENTER_HERE = Limit("enter here", 5, timedelta(minutes=15), longest=timedelta(hours=1))
ENTER_NAME = Limit("enter name", 100, timedelta(days=1))
ENTER_ADDRESS = Limit("enter address", 20, timedelta(hours=1))
# Ten, where the first draft of SAFETY said three: a class that joins together shares one address.
JOIN = Limit("join", 10, timedelta(days=1))
JOIN_TRIES = Limit("join tries", 60, timedelta(hours=1))
RECOVER_HERE = Limit("recover here", 5, timedelta(hours=1))
RECOVER_ADDRESS = Limit("recover address", 20, timedelta(hours=1))
CONFIRM = Limit("confirm", 5, timedelta(minutes=15), longest=timedelta(hours=1))
FIND_NAME = Limit("find name", 20, timedelta(hours=1))
SECOND_FACTOR = Limit("second factor", 5, timedelta(minutes=15), longest=timedelta(hours=1))


class TooMany(Exception):
    """Try again at `until` (UTC)."""

    def __init__(self, until: datetime) -> None:
        super().__init__("too many tries")
        self.until = until


async def take(limit: Limit, *who: str, room: int = 1) -> None:
    """Counts one try before it is made. Raises TooMany. `room` multiplies the allowance."""
    at, key = now(), _key(limit, who)
    async with transaction():
        # Setting the key to itself locks the row, so that of many tries at once each sees the last.
        row = (await fetch(_TRY, key, at))[0]
        step = _next(limit, limit.tries * room, row["tries"], as_moment(row["resets_at"]), at)
        if step is not None:
            await fetch("UPDATE attempt SET tries = {}, resets_at = {} WHERE key = {}", *step, key)
    if step is None:
        raise TooMany(as_moment(row["resets_at"]))


_TRY = """
INSERT INTO attempt (key, tries, resets_at) VALUES ({}, 0, {})
ON CONFLICT (key) DO UPDATE SET key = EXCLUDED.key RETURNING tries, resets_at
"""


async def clear(limit: Limit, *who: str) -> None:
    """After a success: what went before was only forgetting."""
    await Attempt.delete().where(Attempt.key == _key(limit, who))


async def give_back(limit: Limit, *who: str) -> None:
    """A try that succeeded is not counted against the others at the same address."""
    mine = (Attempt.key == _key(limit, who)) & (Attempt.tries > 0)
    await Attempt.update({Attempt.tries: Attempt.tries - 1}).where(mine)


async def tidy(at: datetime) -> None:
    await Attempt.delete().where(Attempt.resets_at < at - FORGIVEN)


def bucket(address: str) -> str:
    """The neighbourhood of an address (/24, /48); one for all that are not addresses."""
    ip = _ip(address)
    if ip is None:
        return "unknown"
    return str(ipaddress.ip_network(f"{ip}/{24 if ip.version == 4 else 48}", strict=False))


def room(address: str) -> int:
    ip = _ip(address)
    return CROWD if ip is None or ip.is_private else 1


def _ip(address: str) -> ipaddress.IPv4Address | ipaddress.IPv6Address | None:
    try:
        ip = ipaddress.ip_address(address.split("%", 1)[0])
    except ValueError:
        return None
    return (ip.ipv4_mapped or ip) if isinstance(ip, ipaddress.IPv6Address) else ip


def _next(limit: Limit, most: int, tries: int, resets_at: datetime, at: datetime) -> Step | None:
    """The row after one more try, or None when it must wait."""
    if tries >= most and at < resets_at:
        return None
    if 0 < tries < most and at < resets_at:
        return tries + 1, resets_at
    if limit.longest and tries >= most and at < resets_at + FORGIVEN:
        return tries + 1, at + min(limit.window * 2 ** min(tries - most + 1, 20), limit.longest)
    return 1, at + limit.window


def _key(limit: Limit, who: tuple[str, ...]) -> str:
    told = "\0".join((limit.purpose, *who)).encode("utf-8", "replace")
    return hmac.new(keys.secret("limits"), told, hashlib.sha256).hexdigest()
