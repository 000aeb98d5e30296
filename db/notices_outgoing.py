"""Pushes on their way: queued once each, claimed before they are sent, kept until sent, gone or stale."""

import base64
import hashlib
import hmac
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

from care import notices as words
from care.clock import now
from care.notices import Said
from care.reminders_form import Phone
from db import keys, notices_phones, reminder_choices
from db.engine import DB
from db.notices_break import COUNTED, SILENT
from db.reminder_tables import Outgoing, Subscription

LEASE = timedelta(minutes=2)
"""Longer than any push service is waited for."""
MOST_TRIES = 6


@dataclass(frozen=True, slots=True)
class Push:
    """Something to tell a person's phones, whichever they are. One per person, face and `moment`."""

    person: UUID
    face: str
    moment: datetime
    until: datetime
    send_at: datetime | None = None
    """`moment` itself when it is None."""


@dataclass(frozen=True, slots=True, repr=False)
class Parcel:
    """One push for one browser, held by the claim `lease`."""

    id: str
    lease: UUID
    subscription: UUID
    face: str
    topic: str
    until: datetime
    attempts: int
    phone: Phone
    said: Said
    badge: int


async def queue(pushes: Sequence[Push]) -> None:
    """The same again changes nothing. People without a subscribed phone get none."""
    if not pushes:
        return
    people = list({push.person for push in pushes})
    found = await Subscription.select(Subscription.id, Subscription.person).where(
        Subscription.person.is_in(people)
    )
    rows = [_row(push, sub["id"]) for push in pushes for sub in found if sub["person"] == push.person]
    if rows:
        await Outgoing.insert(*rows).on_conflict(target=Outgoing.id, action="DO NOTHING")


async def claim(limit: int, lease: timedelta = LEASE) -> list[Parcel]:
    """What is to be sent now, marked as taken before anyone sends it. Stale and unwanted rows go.

    Who dies after this loses nothing: when the lease is over another takes the row, and if the push
    had already left, the topic and the tag make the two one.
    """
    at, mine = now(), uuid4()
    locked = " FOR UPDATE SKIP LOCKED" if DB.engine_type == "postgres" else ""
    claimed = await Outgoing.raw(_CLAIM.replace("LOCK", locked), at + lease, mine, at, at, limit)
    if not claimed:
        return []
    rows = await Outgoing.raw(_READ, at, at, mine)
    wanted = [row for row in rows if row["until"] > at and row["attempts"] <= MOST_TRIES and row["wanted"]]
    opened = {row["id"]: await _open(mine, row) for row in wanted}
    useless = [row["id"] for row in rows if opened.get(row["id"]) is None]
    if useless:
        await Outgoing.delete().where(Outgoing.id.is_in(useless), Outgoing.lease_by == mine)
    return [parcel for parcel in opened.values() if parcel]


async def sent(parcels: Sequence[Parcel]) -> int:
    """All of one claim; how many nobody else had taken over meanwhile."""
    if not parcels:
        return 0
    mine = Outgoing.id.is_in([parcel.id for parcel in parcels]) & (Outgoing.lease_by == parcels[0].lease)
    return len(await Outgoing.delete().where(mine).returning(Outgoing.id))


async def later(parcel: Parcel, wait: timedelta) -> None:
    """The push service asked for patience, or was not there. What would be stale by then goes."""
    at = now() + wait
    if at >= parcel.until:
        await Outgoing.delete().where(_held(parcel))
    else:
        again: dict[Any, Any] = {Outgoing.send_at: at, Outgoing.lease_until: None, Outgoing.lease_by: None}
        await Outgoing.update(again).where(_held(parcel))


async def gone(parcel: Parcel) -> None:
    """The browser is not there any more: its subscription goes, and all that was queued for it."""
    await Subscription.delete().where(Subscription.id == parcel.subscription)


def topic(person: UUID, face: str, moment: datetime) -> str:
    """Tells the push service which of two is the newer, and nothing about whose they are."""
    told = f"{person}\0{face}\0{moment.timestamp()}".encode()
    made = hmac.new(keys.secret("topics"), told, hashlib.sha256).digest()[:18]
    return base64.urlsafe_b64encode(made).decode()


_CLAIM = """
UPDATE outgoing SET lease_until = {}, lease_by = {}, attempts = attempts + 1 WHERE id IN
(SELECT id FROM outgoing WHERE send_at <= {} AND (lease_until IS NULL OR lease_until < {})
ORDER BY send_at LIMIT {}LOCK) RETURNING id
"""
# Asked at the last moment, so that a yes taken back, or a break, silences what was queued before.
_READ = f"""
SELECT o.id, o.person, o.subscription, o.face, o.topic, o.until, o.attempts,
s.endpoint_hash, s.sealed, c.said,
(SELECT COUNT(*) FROM notice n WHERE n.person = o.person AND n.read_at IS NULL AND {COUNTED}) AS badge,
(p.leaving_at IS NULL AND EXISTS (SELECT 1 FROM consent k
    WHERE k.person = o.person AND k.kind = 'reminders' AND k.withdrawn_at IS NULL)
    AND NOT {SILENT}) AS wanted
FROM outgoing o JOIN subscription s ON s.id = o.subscription JOIN person p ON p.id = o.person
LEFT JOIN reminder_choice c ON c.person = o.person WHERE o.lease_by = {{}}
"""  # noqa: S608 - our own words


def _row(push: Push, subscription: UUID) -> Outgoing:
    name = topic(push.person, push.face, push.moment)
    row = Outgoing(id=f"{name}.{subscription.hex}", person=push.person, subscription=subscription)
    row.face, row.topic, row.until = push.face, name, push.until
    row.send_at = push.send_at or push.moment
    return row


async def _open(lease: UUID, row: dict[str, Any]) -> Parcel | None:
    """None when it can no longer be read: the person's key is gone, and so are they."""
    try:
        phone = await notices_phones.opened(row["person"], row["endpoint_hash"], row["sealed"])
        said = await reminder_choices.opened(row["person"], row["said"]) if row["said"] else words.say()
    except (keys.Shredded, keys.Tampered):
        return None
    columns = ("id", "subscription", "face", "topic", "until", "attempts", "badge")
    named = {name: row[name] for name in columns}
    return Parcel(lease=lease, phone=phone, said=said, **named)


def _held(parcel: Parcel) -> Any:
    return (Outgoing.id == parcel.id) & (Outgoing.lease_by == parcel.lease)
