"""The second step of staff: a six-figure code from another device (TOTP, RFC 6238).

A right code opens the session it was typed in for a shift, and renews its cookie. No code works twice.
Whoever loses the device is let in again only by two operators, on the machine (`bin/beside staff reset`).
"""

import secrets
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import pyotp
from piccolo.columns.combination import Where
from pyotp.exceptions import OTPVerificationError

from care import names
from care.clock import now
from db import account, keys, limits
from db.devices import Viewer, hashed
from db.engine import transaction
from db.ids import uuid7
from db.staff_tables import FactorReset, SecondFactor, StaffCheck, StaffRole
from db.tables import Person, Session

LASTS = timedelta(hours=12)
"""How long one code opens a session: a shift, and not a phone lost the day after."""
DRIFT = 1
"""Half minutes a device's clock may be off, either way."""
OFFERED_FOR = timedelta(minutes=15)
"""How long a new secret may be seen and confirmed."""
AGREE_WITHIN = timedelta(hours=24)
ISSUER = "Beside"

Row = dict[str, Any]


class WrongCode(Exception):
    """Not the code of this half minute, or one that was used before."""


class Refused(Exception):
    """Not for this person, or not again: only two operators may start it anew."""


async def is_set_up(viewer: Viewer) -> bool:
    confirmed = SecondFactor.confirmed_at.is_not_null()
    return bool(await SecondFactor.exists().where(_theirs(viewer.person) & confirmed))


async def begin(viewer: Viewer, passphrase: str) -> None:
    """A new secret, until a first right code only a proposal. Raises Refused, and as account.confirm."""
    await account.confirm(viewer, passphrase)
    if not viewer.roles or await is_set_up(viewer):
        raise Refused
    row, secret = SecondFactor(id=uuid7(), person=viewer.person, made_at=now()), pyotp.random_base32()
    row.sealed = await keys.seal(viewer.person, "second_factor", "sealed", row.id, secret.encode())
    async with transaction():
        await SecondFactor.delete().where(_theirs(viewer.person) & SecondFactor.confirmed_at.is_null())
        await SecondFactor.insert(row).on_conflict(target=SecondFactor.person, action="DO NOTHING")


async def offered(viewer: Viewer) -> str | None:
    """The secret to type into the other device while it is a proposal; never again after that."""
    row = await _row(viewer.person)
    return None if row is None or row["confirmed_at"] else (await _totp(viewer.person, row)).secret


def address(viewer: Viewer, secret: str) -> str:
    """What a code app reads from a picture. It names Beside, since a moderator's phone may show it."""
    return pyotp.TOTP(secret).provisioning_uri(name=viewer.name, issuer_name=ISSUER)


async def check(viewer: Viewer, code: str) -> str:
    """Opens this session for a shift and answers its new cookie. Raises WrongCode, TooMany."""
    await limits.take(limits.SECOND_FACTOR, str(viewer.person))
    row = await _row(viewer.person)
    step = await _step(viewer.person, row, code)
    token, at = secrets.token_urlsafe(32), now()
    async with transaction():
        if row is None or step is None or not await _take(row, step, at):
            raise WrongCode
        await StaffCheck.delete().where(StaffCheck.session == viewer.session)
        await StaffCheck.insert(StaffCheck(session=viewer.session, until=at + LASTS))
        # The cookie that knew only the passphrase must not become one that may do more.
        same = Session.id == viewer.session
        await Session.update({Session.token_hash: hashed(token)}).where(same)
    await limits.clear(limits.SECOND_FACTOR, str(viewer.person))
    return token


async def demo_code(name: str) -> str:
    """The next code of somebody of the demonstration, who has no other device. Raises Refused for
    everybody else: a secret of somebody real leaves this module once, as `offered`, and no code does."""
    theirs = (Person.name_key == names.key(name)) & Person.demo.eq(True)
    found = await Person.select(Person.id).where(theirs).first()
    row = await _row(found["id"]) if found else None
    if found is None or row is None:
        raise Refused
    totp = await _totp(found["id"], row)
    # No code works twice, and the one after this half minute's is let in early.
    return totp.generate_otp(max(totp.timecode(now()), row["last_step"] + 1))


async def close(viewer: Viewer) -> None:
    """The end of a shift on this device."""
    await StaffCheck.delete().where(StaffCheck.session == viewer.session)


async def reset(person: UUID, operator: Viewer, code: str) -> bool:
    """One operator's yes to setting somebody's second step up anew; True once a second one said it too.

    Raises WrongCode, TooMany. Their own does not count twice, nor for themselves.
    """
    if operator.person == person or "operator" not in operator.roles:
        raise Refused
    await limits.take(limits.SECOND_FACTOR, str(operator.person))
    row = await _row(operator.person)
    step, at = await _step(operator.person, row, code), now()
    async with transaction():
        if row is None or not row["confirmed_at"] or step is None or not await _take(row, step, at):
            raise WrongCode
        return await _agree(person, operator.person, at)


async def forget_old(at: datetime) -> None:
    """For the jobs: shifts that are over, and resets nobody else agreed to."""
    await StaffCheck.delete().where(StaffCheck.until <= at)
    await FactorReset.delete().where(FactorReset.at <= at - AGREE_WITHIN)


async def _agree(person: UUID, operator: UUID, at: datetime) -> bool:
    # Setting a value to itself locks the row, so that of two operators at once one comes second.
    await SecondFactor.update({SecondFactor.last_step: SecondFactor.last_step}).where(_theirs(person))
    await FactorReset.delete().where((FactorReset.person == person) & (FactorReset.at <= at - AGREE_WITHIN))
    yes = FactorReset.insert(FactorReset(person=person, operator=operator, at=at))
    pair = (FactorReset.person, FactorReset.operator)
    await yes.on_conflict(target=pair, action="DO UPDATE", values=[(FactorReset.at, at)])
    still = StaffRole.select(StaffRole.person).where(
        StaffRole.role == "operator", StaffRole.removed_at.is_null()
    )
    said = (FactorReset.person == person) & FactorReset.operator.is_in(still)
    if await FactorReset.count().where(said) < 2:
        return False
    await FactorReset.delete().where(FactorReset.person == person)
    await SecondFactor.delete().where(_theirs(person))
    theirs = Session.select(Session.id).where(Session.person == person)
    await StaffCheck.delete().where(StaffCheck.session.is_in(theirs))
    return True


async def _take(row: Row, step: int, at: datetime) -> bool:
    """The half minute goes to whoever comes first; the row's id says it is still the same secret."""
    same = SecondFactor.id == row["id"]
    newer = SecondFactor.last_step < step
    taken = SecondFactor.update({SecondFactor.last_step: step}).where(same & newer)
    if not await taken.returning(SecondFactor.id):
        return False
    first = SecondFactor.confirmed_at.is_null()
    await SecondFactor.update({SecondFactor.confirmed_at: at}).where(same & first)
    return True


async def _step(person: UUID, row: Row | None, code: str) -> int | None:
    """The half minute this code belongs to, or None when it fits none of the nearest."""
    if row is None:
        return None
    figures = "".join(c for c in code[:40] if c in "0123456789")
    try:
        return (await _totp(person, row)).verify_and_get_timecode(figures, for_time=now(), valid_window=DRIFT)
    except (OTPVerificationError, ValueError):  # ValueError: not six figures
        return None


async def _totp(person: UUID, row: Row) -> pyotp.TOTP:
    secret = await keys.open(person, "second_factor", "sealed", row["id"], bytes(row["sealed"]))
    return pyotp.TOTP(secret.decode())


async def _row(person: UUID) -> Row | None:
    """The confirmed one, or a proposal that is still fresh."""
    fresh = SecondFactor.confirmed_at.is_not_null() | (SecondFactor.made_at > now() - OFFERED_FOR)
    columns = (SecondFactor.id, SecondFactor.sealed, SecondFactor.confirmed_at, SecondFactor.last_step)
    found: Row | None = await SecondFactor.select(*columns).where(_theirs(person) & fresh).first()
    return found


def _theirs(person: UUID) -> Where:
    return SecondFactor.person == person
