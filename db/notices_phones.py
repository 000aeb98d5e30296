"""Browsers that agreed to be told: several a person, sealed, and each belongs to one session."""

import hashlib
import hmac
import json
from dataclasses import astuple
from uuid import UUID

from care.clock import now
from care.reminders_form import Phone
from db import consents, keys
from db.devices import Viewer
from db.engine import transaction
from db.reminder_tables import Subscription

MOST = 10


async def keep(viewer: Viewer, phone: Phone, yes: str = "") -> str:
    """Also on every opening of the app, so that what the browser has and what we have stay the same.

    A browser that somebody else used before is theirs no longer. Saying yes here is the consent; the
    value names it, and a browser that only comes back brings it as `yes`. If that yes was taken back
    meanwhile, here or on another phone, nothing is kept and the value is empty.
    """
    fresh = await row(viewer, phone)
    same = Subscription.endpoint_hash == fresh.endpoint_hash
    async with transaction():
        standing = await _yes(viewer.person)
        if yes and yes != standing:
            return ""
        if not standing:
            await consents.give(viewer.person, ["reminders"])
            standing = await _yes(viewer.person)
        # Deleted, not handed over: what was queued for the other person goes with it.
        await Subscription.delete().where(same, Subscription.person != viewer.person)
        await Subscription.insert(fresh).on_conflict(
            target=Subscription.endpoint_hash,
            action="DO UPDATE",
            values=[Subscription.session, Subscription.sealed],
        )
        await _forget_oldest(viewer.person)
    return standing


async def row(viewer: Viewer, phone: Phone) -> Subscription:
    """Sealed under the hash and not the row's id, so that it can be renewed in place."""
    name = _hash(phone.endpoint)
    made = Subscription(person=viewer.person, session=viewer.session, endpoint_hash=name, created_at=now())
    made.sealed = await keys.seal(viewer.person, "subscription", "sealed", name, _pack(phone))
    return made


async def forget(viewer: Viewer, endpoint: str) -> bool:
    mine = (Subscription.endpoint_hash == _hash(endpoint)) & (Subscription.person == viewer.person)
    return bool(await Subscription.delete().where(mine).returning(Subscription.id))


async def forget_all(viewer: Viewer) -> None:
    """Takes the yes back too, or their other phones would come back by themselves."""
    async with transaction():
        others = [one.kind for one in await consents.of(viewer.person) if one.on and one.kind != "reminders"]
        await consents.choose(viewer.person, others)
        await Subscription.delete().where(Subscription.person == viewer.person)


async def count(viewer: Viewer) -> int:
    n: int = await Subscription.count().where(Subscription.person == viewer.person)
    return n


async def opened(person: UUID, name: str, sealed: bytes) -> Phone:
    """Raises Shredded, Tampered."""
    return Phone(*json.loads(await keys.open(person, "subscription", "sealed", name, sealed)))


async def _yes(person: UUID) -> str:
    [standing] = [one for one in await consents.of(person) if one.kind == "reminders"]
    return standing.since.isoformat() if standing.on and standing.since else ""


async def _forget_oldest(person: UUID) -> None:
    rows = (
        await Subscription.select(Subscription.id)
        .where(Subscription.person == person)
        .order_by(Subscription.created_at, ascending=False)
        .offset(MOST)
        .limit(MOST)
    )
    if rows:
        await Subscription.delete().where(Subscription.id.is_in([row["id"] for row in rows]))


def _pack(phone: Phone) -> bytes:
    return json.dumps(astuple(phone)).encode()


def _hash(endpoint: str) -> str:
    return hmac.new(keys.secret("endpoints"), endpoint.encode("utf-8", "replace"), hashlib.sha256).hexdigest()
