"""Between rows of items and what people see of them; and the one place where their words are sealed."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from care import shared
from care.rulings import EDITABLE
from care.shared import Words
from db import keys
from db.cipher import Place
from db.journal_rows import as_moment, as_uuid

Row = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Shown:
    """An item as somebody may see it: `words`, `notes` and `topics` are what care.controls asks for."""

    id: UUID
    author: UUID
    name: str
    kind: str
    place: UUID | None
    said: Words
    intent: str
    notes: tuple[str, ...]
    topics: tuple[str, ...]
    state: str
    reason: str
    version: int
    created_at: datetime
    edited_at: datetime | None
    published_at: datetime | None
    private: bool = False
    mine: bool = False
    by_staff: bool = field(default=False)

    @property
    def words(self) -> str:
        return self.said.text

    @property
    def editable(self) -> bool:
        return self.mine and self.state in EDITABLE


COLUMNS = """
item.id, item.author, item.cid, person.name, person.band AS now_band, item.kind, item.place, item.band,
item.side, item.version, item.sealed, item.intent, item.notes, item.topics, item.state, item.reason,
item.private, item.tier, item.about, item.labels, item.rules, item.read_by, item.created_at,
item.edited_at, item.published_at, item.card_at
"""


async def seal(author: UUID, item: UUID, words: Words) -> bytes:
    return await keys.seal(author, "item", "sealed", item, shared.pack(words))


async def unseal(pairs: Sequence[tuple[UUID, UUID, bytes]]) -> list[Words | None]:
    """For `(author, item, sealed)`: None where nothing is left to read, because the author took the
    words back or their key is destroyed."""
    found: list[Words | None] = []
    await keys.ready({author for author, _, sealed in pairs if sealed})
    for author, item, sealed in pairs:
        found.append(await _open(author, item, sealed) if sealed else None)
    return found


async def shown(rows: Sequence[Row], viewer: UUID, staff: Iterable[UUID] = ()) -> list[Shown]:
    """Without those whose words are gone."""
    opened = await unseal([(as_uuid(r["author"]), as_uuid(r["id"]), bytes(r["sealed"])) for r in rows])
    trusted = set(staff)
    return [_shown(r, words, viewer, trusted) for r, words in zip(rows, opened, strict=True) if words]


def moment(value: Any) -> datetime | None:
    return as_moment(value) if value else None


def keys_of(text: str) -> tuple[str, ...]:
    return tuple(text.split())


async def _open(author: UUID, item: UUID, sealed: bytes) -> Words | None:
    try:
        # Asked for first, always: words whose key is destroyed are gone, whatever is still in memory.
        key = await keys.key_of(author)
    except keys.Shredded:
        return None
    known = (item, sealed[:_HEADER])
    words = _opened.get(known)
    if words is None:
        words = shared.unpack(key.open(Place("item", "sealed", author, item), sealed))
        _opened[known] = words
        if len(_opened) > _MOST:
            del _opened[next(iter(_opened))]
    return words


_HEADER = 15
"""Every sealing has a number of its own in these bytes: other words are another entry."""
_MOST = 2_000
_opened: dict[tuple[UUID, bytes], Words] = {}
"""What this process opened last: a page of stories is the same twenty for everybody."""


def _shown(row: Row, words: Words, viewer: UUID, staff: set[UUID]) -> Shown:
    author, own = as_uuid(row["author"]), (words.own_note,) if words.own_note else ()
    return Shown(
        id=as_uuid(row["id"]),
        author=author,
        name=row["name"],
        kind=row["kind"],
        place=as_uuid(row["place"]) if row["place"] else None,
        said=words,
        intent=row["intent"],
        notes=(*keys_of(row["notes"]), *own),
        topics=keys_of(row["topics"]),
        state=row["state"],
        reason=row["reason"],
        version=row["version"],
        created_at=as_moment(row["created_at"]),
        edited_at=moment(row["edited_at"]),
        published_at=moment(row["published_at"]),
        private=bool(row["private"]),
        mine=author == viewer,
        by_staff=author in staff,
    )
