"""Between rows and entries: what is sealed, and how a row of either engine becomes an Entry."""

import json
from collections.abc import Iterable, Sequence
from datetime import UTC, date, datetime
from typing import Any
from uuid import UUID

from care.journal import Entry, Words
from db import keys

Row = dict[str, Any]
COLUMNS = (
    *("id", "cid", "kind", "mood", "energy", "sealed", "felt_at", "local_date", "tz"),
    *("edited_at", "removed_at"),
)


async def seal(person: UUID, cid: UUID, words: Words) -> bytes:
    """An older version is sealed for the same place, so that its bytes can simply be kept."""
    text = json.dumps(vars(words), ensure_ascii=False, separators=(",", ":"))
    return await keys.seal(person, "entry", "sealed", cid, text.encode("utf-8", "replace"))


async def unseal(person: UUID, pairs: Sequence[tuple[UUID, bytes]]) -> list[Words]:
    texts = await keys.open_many(person, "entry", "sealed", pairs) if pairs else []
    return [_words(json.loads(text)) for text in texts]


async def entries(person: UUID, rows: Sequence[Row]) -> list[Entry]:
    opened = await unseal(person, [(as_uuid(row["cid"]), row["sealed"]) for row in rows])
    return [_entry(row, words) for row, words in zip(rows, opened, strict=True)]


def as_uuid(value: Any) -> UUID:
    """SQLite gives text where a query is more than one plain SELECT."""
    return value if isinstance(value, UUID) else UUID(str(value))


def as_date(value: Any) -> date:
    return value if isinstance(value, date) else date.fromisoformat(str(value))


def as_moment(value: Any) -> datetime:
    moment = value if isinstance(value, datetime) else datetime.fromisoformat(str(value))
    return moment.astimezone(UTC)


def _entry(row: Row, words: Words) -> Entry:
    removed = row["removed_at"]
    return Entry(
        id=as_uuid(row["id"]),
        cid=as_uuid(row["cid"]),
        kind=row["kind"],
        mood=row["mood"],
        energy=row["energy"],
        words=words,
        felt_at=as_moment(row["felt_at"]),
        local_date=as_date(row["local_date"]),
        tz=row["tz"],
        edited_at=as_moment(row["edited_at"]),
        removed_at=as_moment(removed) if removed else None,
    )


def _words(value: dict[str, Any]) -> Words:
    return Words(value["note"], _tuple(value["emotions"]), _tuple(value["tags"]), value["prompt"])


def _tuple(values: Iterable[str]) -> tuple[str, ...]:
    return tuple(values)
