"""Where somebody is signed in: a row per device, a cookie nobody else can choose."""

import hashlib
import secrets
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from care import staff
from care.clock import now
from db.engine import fetch
from db.staff_marks import CHECKED, HELD
from db.tables import Session

IDLE = timedelta(days=30)
SEEN_EVERY = timedelta(hours=1)
LONGEST = timedelta(days=90)
"""After this long everyone enters again, however often they came."""


# Every page asks this first. Written out, it costs a seventh of what building it from the tables does.
WHO = f"""
SELECT "session".id AS "session", "session".seen_at, person.id AS person, person.name, person.band,
    person.country, person.leaving_at, person.demo, {HELD} AS roles, {CHECKED} AS checked,
    c.id AS choice, c.kind, c.other, c.topic, c.sealed, c.until
FROM "session" JOIN person ON person.id = "session".person LEFT JOIN choice c ON c.person = person.id
WHERE "session".token_hash = {{}} AND "session".seen_at > {{}} AND "session".expires_at > {{}}
"""  # noqa: S608 - our own words only
CHOSEN = ("kind", "other", "topic", "sealed", "until")


@dataclass(frozen=True, slots=True)
class Viewer:
    """Who is asking: the signed-in person and the session they came with."""

    person: UUID
    session: UUID
    name: str
    band: str
    country: str
    leaving_at: datetime | None
    demo: bool
    roles: frozenset[str] = frozenset()
    """Those they hold; what they may do now, `acts_as` says."""
    checked: bool = False
    """Whether the second step was taken in this session, not longer than a shift ago."""
    chosen: tuple[dict[str, Any], ...] | None = field(default=None, compare=False, repr=False)
    """What they chose to see and not to see, as it was read with the session; None when it was not."""

    def acts_as(self, role: str) -> bool:
        return self.checked and role in self.roles


@dataclass(frozen=True, slots=True)
class Caller:
    """Where a request comes from: for limits, for the list of devices, and the cookie it replaces."""

    address: str = ""
    device: str = ""
    cookie: str = ""


@dataclass(frozen=True, slots=True)
class Device:
    id: UUID
    label: str
    here: bool
    since: datetime
    seen_at: datetime


async def recognise(token: str) -> Viewer | None:
    """The person behind a cookie: one query, and one small write an hour at most."""
    at = now()
    rows = await fetch(WHO, at, hashed(token), at - IDLE, at)
    if not rows:
        return None
    chosen = tuple(
        {"id": row["choice"], **{name: row[name] for name in CHOSEN}} for row in rows if row["choice"]
    )
    found = {name: value for name, value in rows[0].items() if name not in CHOSEN and name != "choice"}
    if (seen := found.pop("seen_at")) < at - SEEN_EVERY:
        # Guarded, so that of many requests at once only one writes.
        mine = (Session.id == found["session"]) & (Session.seen_at == seen)
        await Session.update({Session.seen_at: at}).where(mine)
    roles = staff.roles(int(found.pop("roles")))
    return Viewer(**found | {"checked": bool(found["checked"])}, roles=roles, chosen=chosen)


async def begin(person: UUID, caller: Caller) -> str:
    """A new session and its cookie. The token is always ours and always new: one that a client
    brought is never adopted, and the session behind it ends (it may be on a shared phone)."""
    token, at = secrets.token_urlsafe(32), now()
    if caller.cookie:
        await end(caller.cookie)
    row = Session(person=person, token_hash=hashed(token), device=caller.device[:60])
    row.created_at, row.seen_at, row.expires_at = at, at, at + LONGEST
    await Session.insert(row)
    return token


async def end(token: str) -> None:
    await Session.delete().where(Session.token_hash == hashed(token))


async def end_all(person: UUID) -> None:
    await Session.delete().where(Session.person == person)


async def seen_by(viewer: Viewer) -> list[Device]:
    """This device first, then by when it was last used."""
    rows = (
        await Session.select(Session.id, Session.device, Session.created_at, Session.seen_at)
        .where(Session.person == viewer.person, Session.expires_at > now(), Session.seen_at > now() - IDLE)
        .order_by(Session.seen_at, ascending=False)
        .limit(50)
    )
    found = [
        Device(r["id"], r["device"], r["id"] == viewer.session, r["created_at"], r["seen_at"]) for r in rows
    ]
    return sorted(found, key=lambda device: not device.here)


async def sign_out(viewer: Viewer, device: UUID) -> bool:
    """False when there is no such device of theirs."""
    mine = (Session.id == device) & (Session.person == viewer.person)
    return bool(await Session.delete().where(mine).returning(Session.id))


async def sign_out_others(viewer: Viewer) -> None:
    others = (Session.person == viewer.person) & (Session.id != viewer.session)
    await Session.delete().where(others)


async def forget_old(at: datetime) -> None:
    await Session.delete().where((Session.expires_at <= at) | (Session.seen_at <= at - IDLE))


def hashed(token: str) -> str:
    """What is stored in place of a cookie; plain SHA-256 is enough for 256 random bits."""
    return hashlib.sha256(token.encode("utf-8", "replace")).hexdigest()
