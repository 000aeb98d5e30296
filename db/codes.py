"""Recovery codes: ten ways back in without an e-mail address. Only hashes stay.

The codes themselves are sealed beside the person until they say they have kept them, or for a
day: a page that closed too early must not cost somebody their account.
"""

import hashlib
import hmac
import json
import secrets
from datetime import datetime, timedelta
from uuid import UUID

from care.account import CODES, plain_code
from care.clock import now
from db import keys
from db.engine import transaction
from db.tables import Person, RecoveryCode

SHOWN_FOR = timedelta(hours=24)
LETTERS = "0123456789abcdefghjkmnpqrstvwxyz"
"""Crockford's: no letter that could be read as another. 16 of them are 80 bits."""


def make() -> list[str]:
    return ["-".join(_letters(4) for _ in range(4)) for _ in range(CODES)]


async def seal(person: UUID, codes: list[str]) -> bytes:
    """Needs the person's key. The moment stands in front in plain, so that one UPDATE finds the old."""
    told = json.dumps(codes).encode()
    return _moment(now()) + await keys.seal(person, "person", "codes_sealed", person, told)


async def keep(person: UUID, codes: list[str]) -> None:
    """Writes the hashes in place of all earlier ones, used or not. Inside the caller's transaction."""
    await RecoveryCode.delete().where(RecoveryCode.person == person)
    await RecoveryCode.insert(*(RecoveryCode(person=person, code_hash=_hash(person, c)) for c in codes))


async def renew(person: UUID) -> None:
    codes = make()
    sealed = await seal(person, codes)
    async with transaction():
        await keep(person, codes)
        await Person.update({Person.codes_sealed: sealed}).where(Person.id == person)


async def shown(person: UUID) -> list[str]:
    """The codes not used yet, while they may still be seen, else none."""
    found = await Person.select(Person.codes_sealed).where(Person.id == person).first()
    sealed = bytes(found["codes_sealed"] or b"") if found else b""
    if sealed < _moment(now() - SHOWN_FOR):
        return []
    codes: list[str] = json.loads(await keys.open(person, "person", "codes_sealed", person, sealed[8:]))
    unused = RecoveryCode.used_at.is_null()
    rows = await RecoveryCode.select(RecoveryCode.code_hash).where((RecoveryCode.person == person) & unused)
    good = {row["code_hash"] for row in rows}
    return [code for code in codes if _hash(person, code) in good]


async def hide(person: UUID) -> None:
    await Person.update({Person.codes_sealed: None}).where(Person.id == person)


async def left(person: UUID) -> int:
    unused = RecoveryCode.used_at.is_null()
    count: int = await RecoveryCode.count().where((RecoveryCode.person == person) & unused)
    return count


async def use(person: UUID, code: str) -> bool:
    """Once only: of two at the same moment, one gets the row."""
    mine = (RecoveryCode.person == person) & (RecoveryCode.code_hash == _hash(person, code))
    unused = RecoveryCode.used_at.is_null()
    taken = RecoveryCode.update({RecoveryCode.used_at: now()}).where(mine & unused)
    return bool(await taken.returning(RecoveryCode.id))


async def forget_shown(at: datetime) -> None:
    old = Person.codes_sealed < _moment(at - SHOWN_FOR)
    await Person.update({Person.codes_sealed: None}).where(old)


def _letters(count: int) -> str:
    return "".join(secrets.choice(LETTERS) for _ in range(count))


def _moment(at: datetime) -> bytes:
    """Eight bytes that sort like time."""
    return int(at.timestamp()).to_bytes(8)


def _hash(person: UUID, code: str) -> str:
    """80 random bits need no slow hash; the secret is for whoever steals the database alone."""
    told = person.bytes + plain_code(code).encode("utf-8", "replace")
    return hmac.new(keys.secret("recovery codes"), told, hashlib.sha256).hexdigest()
