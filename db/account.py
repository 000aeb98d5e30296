"""People: joining, entering, being recognised, and everything that ends an account."""

import hashlib
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from care.clock import now
from db.tables import Session

IDLE = timedelta(days=30)
SEEN_EVERY = timedelta(hours=1)


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


async def recognise(token: str) -> Viewer | None:
    """The person behind a cookie: one query, and one small write an hour at most."""
    at = now()
    found = (
        await Session.select(
            Session.id.as_alias("session"),
            Session.seen_at,
            Session.person.id.as_alias("person"),
            Session.person.name.as_alias("name"),
            Session.person.band.as_alias("band"),
            Session.person.country.as_alias("country"),
            Session.person.leaving_at.as_alias("leaving_at"),
            Session.person.demo.as_alias("demo"),
        )
        .where(Session.token_hash == hashed(token), Session.seen_at > at - IDLE, Session.expires_at > at)
        .first()
    )
    if found is None:
        return None
    if (seen := found.pop("seen_at")) < at - SEEN_EVERY:
        # Guarded, so that of many requests at once only one writes.
        mine = (Session.id == found["session"]) & (Session.seen_at == seen)
        await Session.update({Session.seen_at: at}).where(mine)
    return Viewer(**found)


def hashed(token: str) -> str:
    """What is stored in place of a cookie; plain SHA-256 is enough for 256 random bits."""
    return hashlib.sha256(token.encode("utf-8", "replace")).hexdigest()
