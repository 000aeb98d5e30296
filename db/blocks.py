"""Who blocked whom. A block hides each from the other everywhere, whoever of the two asked for it."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from piccolo.columns import Column
from piccolo.columns.combination import And

from care import names
from care.clock import now
from db import limits
from db.control_tables import Block
from db.devices import Viewer
from db.tables import Person


class Unknown(Exception):
    """There is nobody, or nothing, like that for this viewer."""


@dataclass(frozen=True, slots=True)
class Named:
    """A row of the viewer's own list: its id, and the name of the person in it."""

    id: UUID
    name: str


async def block(viewer: Viewer, other: UUID) -> None:
    """Raises Unknown."""
    await somebody(viewer, other)
    row = Block(person=viewer.person, other=other, at=now())
    await Block.insert(row).on_conflict(target=(Block.person, Block.other), action="DO NOTHING")


async def unblock(viewer: Viewer, row: UUID) -> None:
    """Takes back their own block; one by the other person stays. Raises Unknown."""
    mine = (Block.id == row) & (Block.person == viewer.person)
    if not await Block.delete().where(mine).returning(Block.id):
        raise Unknown


async def blocked(viewer: Viewer) -> list[Named]:
    """Whom the viewer blocked. Who blocked the viewer is never told."""
    mine = Block.person == viewer.person
    return await named(Block.select(Block.id, Block.other.name.as_alias("name")).where(mine))


async def apart(one: UUID, other: UUID) -> bool:
    there = (Block.person == one) & (Block.other == other)
    back = (Block.person == other) & (Block.other == one)
    return bool(await Block.exists().where(there | back))


def not_blocked(viewer: Viewer, author: Column) -> And:
    """For the `where` of whatever lists people's words: only authors with no block either way.

    It stands inside the list's own query, so that pages stay full and cost no query of their own.
    """
    theirs = Block.select(Block.other).where(Block.person == viewer.person)
    ours = Block.select(Block.person).where(Block.other == viewer.person)
    return author.not_in(theirs) & author.not_in(ours)


async def find(viewer: Viewer, name: str) -> UUID:
    """The other person of that name. Raises Unknown, TooMany: nobody may leaf through the names."""
    await limits.take(limits.FIND_NAME, str(viewer.person))
    found = await Person.select(Person.id).where(Person.name_key == names.key(name)).first()
    if found is None or found["id"] == viewer.person:
        raise Unknown
    return UUID(str(found["id"]))


async def somebody(viewer: Viewer, other: UUID) -> None:
    """Raises Unknown unless this is another person."""
    if other == viewer.person or not await Person.exists().where(Person.id == other):
        raise Unknown


async def named(query: Any) -> list[Named]:
    rows = [Named(row["id"], row["name"]) for row in await query]
    return sorted(rows, key=lambda row: row.name.casefold())
