"""The keys this process holds unwrapped: the instance's, and those of people seen in the last minutes."""

import time
from collections import OrderedDict
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path
from uuid import UUID

from config import config
from db import keyring
from db.cipher import DataKey, Place, unwrap, wrap
from db.keyring import Ring
from db.tables import PersonKey

DEK_TTL = 300.0
"""Seconds a person's key stays unwrapped in memory. So long, at most, another process can still
read someone whose key was destroyed."""
CACHED = 10_000


class Shredded(Exception):
    """There is no key for this person: destroyed, or lost with an old backup."""


@dataclass
class _Memory:
    """`people` by the number of their id: its hash is worked out for every author of every page."""

    path: Path
    ring: Ring | None = None
    people: OrderedDict[int, tuple[DataKey, float]] = field(default_factory=OrderedDict)
    gone: set[UUID] = field(default_factory=set)


_memory = _Memory(config.data / "kek.json")


def use(path: Path) -> None:
    """Forgets everything and takes the instance's keys from this file."""
    global _memory  # noqa: PLW0603
    _memory = _Memory(path)


def forget(person: UUID) -> None:
    """Drops the person's key; this process never keeps one for them again."""
    _memory.gone.add(person)
    _memory.people.pop(person.int, None)


def path() -> Path:
    return _memory.path


def ring(again: bool = False) -> Ring:
    """The instance's keys; `again` reads the file anew."""
    if _memory.ring is None or again:
        _memory.ring = keyring.read(_memory.path)
    return _memory.ring


async def key_of(person: UUID) -> DataKey:
    """Raises Shredded, Tampered."""
    memory = _memory
    known = memory.people.get(person.int)
    if known is not None and known[1] > time.monotonic():
        memory.people.move_to_end(person.int)
        return known[0]
    row = await PersonKey.objects().where(PersonKey.person == person).first()
    # Looked at after the query: a shred that ran meanwhile must win.
    if row is None or person in memory.gone:
        memory.people.pop(person.int, None)
        raise Shredded
    return _keep(memory, row)


async def ready(people: Iterable[UUID]) -> None:
    """Fetches at once the keys that a page of many authors needs; those destroyed stay missing."""
    memory, moment = _memory, time.monotonic()
    held = memory.people
    missing = [one for one in people if (known := held.get(one.int)) is None or known[1] <= moment]
    if not missing:
        return
    for one in missing:
        held.pop(one.int, None)
    for row in await PersonKey.objects().where(PersonKey.person.is_in(list(set(missing)))):
        if row.person not in memory.gone:
            _keep(memory, row)


def at_hand(person: UUID) -> bool:
    """Whether `ready` found their key: what is kept of their words in memory may still be shown."""
    return person.int in _memory.people


def _keep(memory: _Memory, row: PersonKey) -> DataKey:
    key = DataKey(unwrap_row(row), row.version)
    memory.people[row.person.int] = key, time.monotonic() + DEK_TTL
    if len(memory.people) > CACHED:
        memory.people.popitem(last=False)
    return key


def wrap_row(keys: Ring, person: UUID, key: bytes, version: int) -> PersonKey:
    """The row that keeps this key, wrapped with the current key of the instance."""
    wrapped = wrap(keys.keys[keys.current], key, _place(person, keys.current), version)
    return PersonKey(person=person, kek=keys.current, version=version, wrapped=wrapped)


def unwrap_row(row: PersonKey) -> bytes:
    """Raises Shredded when kek.json lacks the key it was wrapped with, Tampered."""
    if row.kek not in ring().keys and row.kek not in ring(again=True).keys:
        raise Shredded(f"kek.json has no key {row.kek}.")
    return unwrap(ring().keys[row.kek], row.wrapped, _place(row.person, row.kek), row.version)


def _place(person: UUID, kek: str) -> Place:
    return Place("person_key", "wrapped", person, kek)
