"""Destroying a person's key for good, also against restored backups; and renewing the instance's key."""

import hashlib
from datetime import UTC, datetime
from uuid import UUID

from piccolo.columns import UUID as UUIDColumn
from piccolo.table import Table

from db import keyring, unwrapped
from db.engine import KEYS
from db.sqlite import PooledSQLiteEngine
from db.tables import KeyShredded, Person, PersonKey, Shredded

BATCH = 500


async def shred(*people: UUID) -> None:
    """Destroys their keys and remembers it in both databases, so that no restore brings them back.

    Not inside a transaction: the deleted bytes are overwritten at once. Their rows are for the
    caller to delete; should the process die before, `reapply_shreds` does it at the next start.
    On PostgreSQL the server's own log keeps the wrapped key until it is recycled.
    """
    for person in people:
        unwrapped.forget(person)
        name, now = person_hash(person), datetime.now(UTC)
        await _remember(Shredded, name, now)
        async with KEYS.transaction():
            await _remember(KeyShredded, name, now)
            await PersonKey.delete().where(PersonKey.person == person)
    await _wipe()


async def reapply_shreds() -> int:
    """At start: destroys again what a restored backup brought back; how many people that were.

    Each database carries the whole list, so either may be older than the other. It looks at
    every person, a page at a time, but only on an instance where somebody was ever shredded.
    """
    ours: set[str] = {row["person_hash"] for row in await Shredded.select(Shredded.person_hash)}
    theirs: set[str] = {row["person_hash"] for row in await KeyShredded.select(KeyShredded.person_hash)}
    now = datetime.now(UTC)
    for name in theirs - ours:
        await _remember(Shredded, name, now)
    for name in ours - theirs:
        await _remember(KeyShredded, name, now)
    if not ours | theirs:
        return 0
    back = {
        *await _those_among(ours | theirs, PersonKey, PersonKey.person),
        *await _those_among(ours | theirs, Person, Person.id),
    }
    if back:
        await shred(*back)
    for person in back:
        await Person.delete().where(Person.id == person)
    return len(back)


async def rotate() -> int:
    """Makes a new key for the instance and wraps every person's key with it; how many that were.

    Everything stays readable meanwhile. When interrupted, run it again. Old keys are dropped at
    the end, so back up KEYS and kek.json afterwards: an older copy of KEYS needs its own kek.json.
    """
    path, done = unwrapped.path(), 0
    async with keyring.lock(path, alone=True):
        keyring.write(path, keyring.read(path).with_new())
    current = unwrapped.ring(again=True)
    while rows := await PersonKey.objects().where(PersonKey.kek != current.current).limit(BATCH):
        async with KEYS.transaction():
            for row in rows:
                fresh = unwrapped.wrap_row(current, row.person, unwrapped.unwrap_row(row), row.version)
                # Only if it is still wrapped as we read it: it may be gone, or rotated by another.
                await PersonKey.update({PersonKey.kek: fresh.kek, PersonKey.wrapped: fresh.wrapped}).where(
                    (PersonKey.person == row.person) & (PersonKey.kek == row.kek)
                )
        done += len(rows)
    # Alone: nobody can be wrapping a new person's key with one that we drop.
    async with keyring.lock(path, alone=True):
        used = {row["kek"] for row in await PersonKey.select(PersonKey.kek).distinct()}
        keyring.write(path, keyring.read(path).keeping(used))
    unwrapped.ring(again=True)
    return done


def person_hash(person: UUID) -> str:
    """The same in every instance, so that the list can travel with a backup."""
    return hashlib.sha256(b"beside shredded person\0" + person.bytes).hexdigest()


async def _remember(table: type[Table], name: str, now: datetime) -> None:
    await table.insert(table(person_hash=name, at=now)).on_conflict(action="DO NOTHING")


async def _those_among(names: set[str], table: type[Table], column: UUIDColumn) -> list[UUID]:
    found, after = [], UUID(int=0)
    while (
        ids := await table.select(column)
        .where(column > after)
        .order_by(column)
        .limit(BATCH)
        .output(as_list=True)
    ):
        after = ids[-1]
        found += [id for id in ids if person_hash(id) in names]
    return found


async def _wipe() -> None:
    """Leaves no page with a deleted key in the file or the log beside it (secure_delete is on, too)."""
    if isinstance(KEYS, PooledSQLiteEngine):
        await KEYS.run("VACUUM")
        await KEYS.run("PRAGMA wal_checkpoint(TRUNCATE)")
    else:
        await KEYS.run("VACUUM person_key")
