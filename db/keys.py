"""A data key per person, wrapped by the instance's key, in a database of its own: KEYS.

Destroying one key makes all that person wrote unreadable, in every backup too. The cipher is
in db/cipher.py, the instance's keys in db/keyring.py, destroying and rotating in db/shredding.py.
"""

import asyncio
import time
from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from uuid import UUID

from config import config
from db import keyring
from db.cipher import DataKey, Place, Tampered, derive, make_key, unwrap, wrap
from db.keyring import Ring
from db.tables import PersonKey

__all__ = ["Shredded", "Tampered", "make", "open", "open_many", "seal", "secret"]

DEK_TTL = 300.0
"""Seconds a person's key stays unwrapped in memory. So long, at most, another process can still
read someone whose key was destroyed."""
CACHED = 10_000
INLINE = 64 * 1024
"""Bytes that `open_many` opens without leaving the event loop."""


class Shredded(Exception):
    """There is no key for this person: destroyed, or lost with an old backup."""


@dataclass
class _Memory:
    """What this process holds unwrapped."""

    path: Path
    ring: Ring | None = None
    people: OrderedDict[UUID, tuple[DataKey, float]] = field(default_factory=OrderedDict)
    gone: set[UUID] = field(default_factory=set)


_memory = _Memory(config.data / "kek.json")


def use(path: Path) -> None:
    """Forgets everything unwrapped and takes the instance's keys from this file."""
    global _memory  # noqa: PLW0603
    _memory = _Memory(path)


def secret(purpose: str) -> bytes:
    """32 bytes for one purpose (signing, hashing), the same for the life of the instance."""
    return derive(ring().root, purpose)


async def make(person: UUID) -> None:
    """Gives a new person a data key. Call it before their row is committed; a second call changes nothing."""
    async with keyring.lock(path(), alone=False):
        # Read again: another process may have rotated, and be about to drop the key we know.
        current = ring(again=True)
        wrapped = wrap_for(current, person, make_key(), version=1)
        row = PersonKey(person=person, kek=current.current, version=1, wrapped=wrapped)
        await PersonKey.insert(row).on_conflict(target=PersonKey.person, action="DO NOTHING")


async def seal(person: UUID, table: str, column: str, row: UUID | str, data: bytes) -> bytes:
    """Raises Shredded."""
    return (await _key(person)).seal(Place(table, column, person, row), data)


async def open(person: UUID, table: str, column: str, row: UUID | str, sealed: bytes) -> bytes:
    """Raises Shredded, Tampered."""
    return (await _key(person)).open(Place(table, column, person, row), sealed)


async def open_many(
    person: UUID, table: str, column: str, rows: Sequence[tuple[UUID | str, bytes]]
) -> list[bytes]:
    """In the order given. Raises Shredded, Tampered (for any one of them)."""
    key = await _key(person)

    def work() -> list[bytes]:
        return [key.open(Place(table, column, person, row), sealed) for row, sealed in rows]

    if sum(len(sealed) for _, sealed in rows) <= INLINE:
        return work()
    return await asyncio.to_thread(work)


def forget(person: UUID) -> None:
    """Drops the unwrapped key; this process never keeps one for them again."""
    _memory.gone.add(person)
    _memory.people.pop(person, None)


def path() -> Path:
    return _memory.path


def ring(again: bool = False) -> Ring:
    """The instance's keys; `again` reads the file anew."""
    if _memory.ring is None or again:
        _memory.ring = keyring.read(_memory.path)
    return _memory.ring


def wrap_for(keys: Ring, person: UUID, key: bytes, version: int) -> bytes:
    return wrap(keys.keys[keys.current], key, _place(person, keys.current), version)


def unwrap_for(row: PersonKey) -> bytes:
    """Raises Shredded when kek.json lacks the key it was wrapped with, Tampered."""
    if row.kek not in ring().keys and row.kek not in ring(again=True).keys:
        raise Shredded(f"kek.json has no key {row.kek}.")
    return unwrap(ring().keys[row.kek], row.wrapped, _place(row.person, row.kek), row.version)


async def _key(person: UUID) -> DataKey:
    memory = _memory
    known = memory.people.get(person)
    if known is not None and known[1] > time.monotonic():
        memory.people.move_to_end(person)
        return known[0]
    row = await PersonKey.objects().where(PersonKey.person == person).first()
    # Looked at after the query: a shred that ran meanwhile must win.
    if row is None or person in memory.gone:
        memory.people.pop(person, None)
        raise Shredded
    key = DataKey(unwrap_for(row), row.version)
    memory.people[person] = key, time.monotonic() + DEK_TTL
    if len(memory.people) > CACHED:
        memory.people.popitem(last=False)
    return key


def _place(person: UUID, kek: str) -> Place:
    return Place("person_key", "wrapped", person, kek)
