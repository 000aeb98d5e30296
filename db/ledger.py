"""The ledger: one row for each thing decided, in the same transaction as what it decided."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from care.clock import now
from care.rulings import POLICY
from db import keys
from db.engine import fetch
from db.ids import uuid7
from db.journal_rows import as_moment, as_uuid
from db.moderation_rows import Row
from db.moderation_tables import Ruling, Sighting

LINE = "\n\0\n"
"""Between the sentence concerned and what the moderator wrote; neither may hold a NUL."""


@dataclass(frozen=True, slots=True)
class Fact:
    """One move, before it stands in the ledger. `told` is for the author: (sentence, what was written)."""

    item: UUID | None
    person: UUID
    action: str
    before: str
    after: str
    by: UUID | None = None
    why: str = ""
    span: tuple[int, int] | None = None
    told: bytes | None = None
    version: int = 0
    waited: int | None = None
    id: UUID | None = None


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of an item's history, as its author and the desk may read it."""

    id: UUID
    action: str
    before: str
    after: str
    by: UUID | None
    at: datetime
    why: str
    sentence: str
    text: str
    version: int
    policy: str


async def write(fact: Fact) -> UUID:
    id = fact.id or uuid7()
    first, last = fact.span or (None, None)
    said = (fact.item, fact.person, fact.action, fact.before, fact.after, fact.by, now(), fact.why)
    await fetch(_WRITE, id, *said, first, last, fact.told, fact.version, POLICY, fact.waited)
    return id


_WRITE = """
INSERT INTO ruling
    (id, item, person, action, before, after, by, at, why, first, last, sealed, version, policy, waited)
VALUES ({}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {})
"""


async def tell(person: UUID, ruling: UUID, sentence: str, text: str) -> bytes:
    """Sealed with the key of the person it is for. Before the transaction: keys are another database."""
    said = f"{sentence}{LINE}{text}".encode("utf-8", "replace")
    return await keys.seal(person, "ruling", "sealed", ruling, said)


async def of(item: UUID, person: UUID) -> list[Entry]:
    """The history of one item, oldest first."""
    rows = await Ruling.select().where(Ruling.item == item).order_by(Ruling.at, Ruling.id)
    return [await _entry(row, person) for row in rows]


async def saw(by: UUID, item: UUID, why: str) -> None:
    """Staff opened what is not public."""
    await Sighting.insert(Sighting(id=uuid7(), by=by, item=item, why=why, at=now()))


async def _entry(row: Row, person: UUID) -> Entry:
    sentence, _, text = (await _told(row, person)).partition(LINE)
    plain = ("action", "before", "after", "by", "why", "version", "policy")
    return Entry(
        id=as_uuid(row["id"]),
        at=as_moment(row["at"]),
        sentence=sentence,
        text=text,
        **{name: row[name] for name in plain},
    )


async def _told(row: Row, person: UUID) -> str:
    if not row["sealed"]:
        return LINE
    try:
        said = await keys.open(person, "ruling", "sealed", row["id"], bytes(row["sealed"]))
    except keys.Shredded:
        return LINE
    return said.decode()
