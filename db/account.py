"""People: joining, entering, coming back with a code, and everything that ends an account."""

import secrets
from collections.abc import Collection
from dataclasses import replace
from datetime import timedelta
from uuid import UUID

from care import names
from care.account import Draft, Form, Problems, Stop, plain, read, too_short
from care.clock import now
from care.words import N_
from db import codes, consents, devices, keys, limits, passphrase, shredding
from db.devices import Caller, Viewer, recognise
from db.duties import due_for_next_band, due_to_leave, forget_old, move_band, purge
from db.engine import UNIQUE, transaction
from db.ids import uuid7
from db.tables import Person

__all__ = [
    "Caller",
    "Viewer",
    "due_for_next_band",
    "due_to_leave",
    "forget_old",
    "move_band",
    "purge",
    "recognise",
]

GRACE = timedelta(days=14)


class Refused(Exception):
    """What to mend, by field."""

    def __init__(self, problems: Problems) -> None:
        super().__init__("refused")
        self.problems = problems


class Stopped(Exception):
    """This person may not have an account now."""

    def __init__(self, stop: Stop) -> None:
        super().__init__("stopped")
        self.stop = stop


class Wrong(Exception):
    """The name, the code or the passphrase does not fit; never which of them."""


async def join(form: Form, caller: Caller) -> str:
    """The cookie of the new person. Raises Refused, Stopped, TooMany, Busy."""
    where, room = limits.bucket(caller.address), limits.room(caller.address)
    draft = read(form, now())
    if isinstance(draft, Stop):
        raise Stopped(draft)
    if isinstance(draft, Problems):
        raise Refused(draft)
    await limits.take(limits.JOIN_TRIES, where, room=room)
    if await _taken([names.key(draft.name)]):
        raise Refused(_taken_words())
    await _judge(draft.passphrase, draft.name)
    await limits.take(limits.JOIN, where, room=room)
    person = await create(draft)
    return await devices.begin(person, caller)


async def create(draft: Draft, demo: bool = False) -> UUID:
    """The new person, with a key, consents and sealed recovery codes. Raises Refused, Busy."""
    row = Person(id=uuid7(), name=draft.name, name_key=names.key(draft.name), country=draft.country)
    row.band, row.next_band_on, row.created_at, row.demo = draft.band, draft.next_band_on, now(), demo
    row.passphrase = await passphrase.make_hash(draft.passphrase)
    # The key first, since its database cannot share this transaction: a key without a person is
    # harmless, a person without a key could keep nothing.
    await keys.make(row.id)
    made = codes.make()
    row.codes_sealed = await codes.seal(row.id, made)
    try:
        async with transaction():
            await Person.insert(row)
            await consents.give(row.id, draft.consents)
            await codes.keep(row.id, made)
    except UNIQUE:  # somebody took the name since we looked
        await shredding.shred(row.id)
        raise Refused(_taken_words()) from None
    return row.id


async def enter(name: str, words: str, caller: Caller) -> str:
    """The cookie. Raises Wrong (after the same work whether or not the name exists), TooMany, Busy."""
    key, where = names.key(name), limits.bucket(caller.address)
    await limits.take(limits.ENTER_ADDRESS, where, room=limits.room(caller.address))
    await limits.take(limits.ENTER_HERE, key, where)
    await limits.take(limits.ENTER_NAME, key)
    found = await Person.select(Person.id, Person.passphrase).where(Person.name_key == key).first()
    try:
        right = await passphrase.fits(plain(words), found["passphrase"] if found else None)
    except passphrase.Busy:  # not their fault, so not their try
        await _give_back(key, where)
        raise
    if not right or found is None:
        raise Wrong
    await _give_back(key, where)
    await limits.clear(limits.ENTER_HERE, key, where)
    if passphrase.outdated(found["passphrase"]):
        await _renew(found["id"], found["passphrase"], plain(words))
    return await devices.begin(found["id"], caller)


async def recover(name: str, code: str, words: str, caller: Caller) -> str:
    """A new passphrase for a recovery code; every device is signed out.

    Raises Refused, Wrong, TooMany, Busy.
    """
    key, where, chosen = names.key(name), limits.bucket(caller.address), plain(words)
    _measure(chosen)
    await limits.take(limits.RECOVER_ADDRESS, where, room=limits.room(caller.address))
    await limits.take(limits.RECOVER_HERE, key, where)
    await _judge(chosen, name)
    # Hashed before anyone is looked up, so that every name costs the same.
    stored = await passphrase.make_hash(chosen)
    found = await Person.select(Person.id).where(Person.name_key == key).first()
    if found is None:
        raise Wrong
    async with transaction():
        right = await codes.use(found["id"], code)
        if right:
            await _replace(found["id"], stored)
    if not right:
        raise Wrong
    await limits.clear(limits.RECOVER_HERE, key, where)
    await limits.give_back(limits.RECOVER_ADDRESS, where)
    return await devices.begin(found["id"], caller)


async def confirm(viewer: Viewer, words: str) -> None:
    """Before what a borrowed, unlocked phone must not be able to do. Raises Wrong, TooMany, Busy."""
    await limits.take(limits.CONFIRM, str(viewer.person))
    found = await Person.select(Person.passphrase).where(Person.id == viewer.person).first()
    if not await passphrase.fits(plain(words), found["passphrase"] if found else None):
        raise Wrong
    await limits.clear(limits.CONFIRM, str(viewer.person))


async def change(viewer: Viewer, old: str, new: str, caller: Caller) -> str:
    """A new passphrase and a new cookie; every device is signed out. Raises as `confirm`, and Refused."""
    chosen = plain(new)
    _measure(chosen)
    await confirm(viewer, old)
    await _judge(chosen, viewer.name)
    stored = await passphrase.make_hash(chosen)
    async with transaction():
        await _replace(viewer.person, stored)
    return await devices.begin(viewer.person, replace(caller, cookie=""))


async def free_names(count: int) -> list[str]:
    """Suggestions nobody has."""
    offered = names.suggest(count * 4, secrets.choice)
    taken = await _taken([names.key(name) for name in offered])
    return [name for name in offered if names.key(name) not in taken][:count]


async def go(viewer: Viewer, words: str) -> None:
    """Everything of theirs goes in 14 days. Raises as `confirm`."""
    await confirm(viewer, words)
    first = (Person.id == viewer.person) & Person.leaving_at.is_null()
    await Person.update({Person.leaving_at: now() + GRACE}).where(first)


async def stay(viewer: Viewer) -> None:
    await Person.update({Person.leaving_at: None}).where(Person.id == viewer.person)


async def _taken(keys_of_names: Collection[str]) -> set[str]:
    rows = await Person.select(Person.name_key).where(Person.name_key.is_in(list(keys_of_names)))
    return {row["name_key"] for row in rows}


def _taken_words() -> Problems:
    words = N_("Someone here has that name, or one that looks like it. Here are some that are free.")
    return Problems(name=words)


async def _give_back(key: str, where: str) -> None:
    await limits.give_back(limits.ENTER_ADDRESS, where)
    await limits.give_back(limits.ENTER_HERE, key, where)
    await limits.give_back(limits.ENTER_NAME, key)


def _measure(chosen: str) -> None:
    if words := too_short(chosen):
        raise Refused(Problems(passphrase=words))


async def _judge(chosen: str, name: str) -> None:
    if await passphrase.guessable(chosen, [name, *name.split()]):
        words = N_("That one is easy to guess. Try four words that don’t belong together.")
        raise Refused(Problems(passphrase=words))


async def _replace(person: UUID, stored: str) -> None:
    """Whoever knew the old passphrase is out, wherever they are signed in."""
    await Person.update({Person.passphrase: stored}).where(Person.id == person)
    await devices.end_all(person)


async def _renew(person: UUID, old: str, words: str) -> None:
    """The same passphrase hashed as we would today, unless it was changed meanwhile."""
    stored = await passphrase.make_hash(words)
    await Person.update({Person.passphrase: stored}).where((Person.id == person) & (Person.passphrase == old))
