"""What a reader chose to see and not to see: the verbs behind /account/controls, and what every feed asks.

A feed asks `of(viewer)` once, and parts what it read with care.controls.part. Those choices hide things
from their reader only, who may show them for a moment; blocks (db/blocks.py) are for both, and for good.
"""

import hashlib
import json
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

from care import controls as rules
from care.clock import now
from care.controls import Choices, Problems
from care.matching import Likes
from care.muting import MOST_WORDS, muted, tokens
from care.words import N_
from db import keys
from db.blocks import Named, Unknown, named, somebody
from db.control_tables import Choice
from db.devices import Viewer
from db.engine import DB, fetch, transaction
from db.tables import Entry, Person

__all__ = ["Named", "Unknown"]

Row = dict[str, Any]


@dataclass(frozen=True)
class Board:
    """Everything the page of controls shows."""

    words: list[tuple[UUID, str]]
    people: list[Named]
    topics: frozenset[str]
    break_until: datetime | None
    lighter_until: datetime | None


async def of(viewer: Viewer) -> Choices:
    """For a feed: as it was read with the session, or in one query, however much was chosen."""
    chosen, at = viewer.chosen, now()
    if chosen is None:
        chosen = tuple(await _rows(viewer.person))
    if not chosen:
        return Choices()
    return Choices(
        muted(word for _, word in await _words(viewer.person, chosen)),
        frozenset(row["topic"] for row in chosen if row["kind"] == "topic"),
        frozenset(row["other"] for row in chosen if row["kind"] == "person"),
        _until(chosen, "break", at),
        _until(chosen, "lighter", at),
        await _likes(viewer.person, chosen),
        any(row["kind"] == "willing" for row in chosen),
        _until(chosen, "rest", at),
        frozenset(row["topic"] for row in chosen if row["kind"] == "waved"),
    )


async def board(viewer: Viewer) -> Board:
    chosen, at = await _rows(viewer.person), now()
    people = Choice.select(Choice.id, Choice.other.name.as_alias("name"))
    theirs = (Choice.person == viewer.person) & (Choice.kind == "person")
    return Board(
        sorted(await _words(viewer.person, chosen), key=lambda pair: tokens(pair[1])),
        await named(people.where(theirs)),
        frozenset(row["topic"] for row in chosen if row["kind"] == "topic"),
        _until(chosen, "break", at),
        _until(chosen, "lighter", at),
    )


async def mute_word(viewer: Viewer, word: str) -> Problems | None:
    """Expects what care.controls.read_word gave back; the same word again changes nothing."""
    row = _row(viewer.person, "word", " ".join(tokens(word)))
    row.sealed = await keys.seal(viewer.person, "choice", "sealed", row.id, word.encode())
    async with transaction():
        await _lock(viewer.person)
        theirs = (Choice.person == viewer.person) & (Choice.kind == "word") & (Choice.id != row.id)
        if await Choice.count().where(theirs) >= MOST_WORDS:
            return Problems(word=N_("Fifty words are the most. Take one off the list first."))
        await _keep(row)
    return None


async def mute_person(viewer: Viewer, other: UUID) -> None:
    """They are never told, and see the viewer as before. Raises Unknown."""
    await somebody(viewer, other)
    row = _row(viewer.person, "person", str(other))
    row.other = other
    await _keep(row)


async def mute_topics(viewer: Viewer, topics: Collection[str]) -> None:
    """These and no others."""
    rows = []
    for topic in topics:
        row = _row(viewer.person, "topic", topic)
        row.topic = topic
        rows.append(row)
    async with transaction():
        await _lock(viewer.person)
        await Choice.delete().where((Choice.person == viewer.person) & (Choice.kind == "topic"))
        if rows:
            await Choice.insert(*rows)


async def unmute(viewer: Viewer, choice: UUID) -> None:
    """A word or a person; raises Unknown for what is not the viewer's own."""
    mine = (Choice.id == choice) & (Choice.person == viewer.person)
    if not await Choice.delete().where(mine).returning(Choice.id):
        raise Unknown


async def take_break(viewer: Viewer, days: int) -> None:
    row = _row(viewer.person, "break")
    row.until = rules.back_at(days, now())
    await _keep(row)


async def come_back(viewer: Viewer) -> None:
    await Choice.delete().where(Choice.id == _id(viewer.person, "break"))


async def lighten(viewer: Viewer, tz: str = "") -> None:
    """Until midnight where they are: in the zone the phone names, or that of their last entry."""
    row = _row(viewer.person, "lighter")
    row.until = rules.midnight(now(), tz or await _zone(viewer.person))
    await _keep(row)


async def as_usual(viewer: Viewer) -> None:
    await Choice.delete().where(Choice.id == _id(viewer.person, "lighter"))


async def like(viewer: Viewer, likes: Likes) -> None:
    """What they say of themselves. Sealed: it is told to nobody, only compared."""
    row = _row(viewer.person, "likes")
    said = json.dumps([sorted(likes.situations), sorted(likes.interests)])
    row.sealed = await keys.seal(viewer.person, "choice", "sealed", row.id, said.encode())
    again = [(Choice.sealed, row.sealed), (Choice.at, row.at)]
    await Choice.insert(row).on_conflict(target=Choice.id, action="DO UPDATE", values=again)


async def be_asked(viewer: Viewer, willing: bool) -> None:
    if willing:
        await _keep(_row(viewer.person, "willing"))
    else:
        await Choice.delete().where(Choice.id == _id(viewer.person, "willing"))


async def rest(viewer: Viewer, length: timedelta) -> None:
    """Not asked to answer anybody for so long; a longer rest that stands is kept."""
    row = _row(viewer.person, "rest")
    row.until = now() + length
    await Choice.raw(_REST, row.id, viewer.person, row.at, row.until)


async def ask(person: UUID, item: UUID, length: timedelta) -> bool:
    """Puts it before them, unless they rest: from now on they do. One statement, so that of two tabs, or
    two processes, at once one asks; that the item was put before somebody is counted by the database."""
    row = _row(person, "rest")
    return bool(await fetch(_ASK, row.id, person, item, row.at, row.at + length, row.at))


async def wave(viewer: Viewer, suggestion: str) -> None:
    """Not suggested again. Expects a key of care.today.SUGGESTIONS."""
    row = _row(viewer.person, "waved", suggestion)
    row.topic = suggestion
    await _keep(row)


async def back_at(person: UUID) -> datetime | None:
    """When their break ends; None when they take none."""
    theirs = (Choice.person == person) & (Choice.kind == "break") & (Choice.until > now())
    row = await Choice.select(Choice.until).where(theirs).first()
    return row["until"] if row else None


async def forget_old(at: datetime) -> None:
    """For the jobs: breaks and lighter days that are over."""
    await Choice.delete().where(Choice.until <= at)


_ASK = """
INSERT INTO choice (id, person, kind, about, at, until) VALUES ({}, {}, 'rest', {}, {}, {})
ON CONFLICT (id) DO UPDATE SET at = EXCLUDED.at, until = EXCLUDED.until, about = EXCLUDED.about
    WHERE choice.until <= {} RETURNING id
"""
_REST = """
INSERT INTO choice (id, person, kind, at, until) VALUES ({}, {}, 'rest', {}, {})
ON CONFLICT (id) DO UPDATE SET at = EXCLUDED.at,
    until = CASE WHEN choice.until > EXCLUDED.until THEN choice.until ELSE EXCLUDED.until END
"""


async def _likes(person: UUID, rows: Sequence[Row]) -> Likes:
    row = next((row for row in rows if row["kind"] == "likes"), None)
    if row is None:
        return Likes()
    said = await keys.open(person, "choice", "sealed", row["id"], bytes(row["sealed"]))
    situations, interests = json.loads(said)
    return Likes(frozenset(situations), frozenset(interests))


async def _rows(person: UUID) -> list[Row]:
    return await fetch(_ROWS, person)


_ROWS = "SELECT id, kind, other, topic, sealed, until FROM choice WHERE person = {}"


async def _words(person: UUID, rows: Sequence[Row]) -> list[tuple[UUID, str]]:
    sealed = [(row["id"], bytes(row["sealed"])) for row in rows if row["kind"] == "word"]
    opened = await keys.open_many(person, "choice", "sealed", sealed) if sealed else []
    return [(row, word.decode()) for (row, _), word in zip(sealed, opened, strict=True)]


def _until(rows: Sequence[Row], kind: str, at: datetime) -> datetime | None:
    return next((row["until"] for row in rows if row["kind"] == kind and row["until"] > at), None)


def _row(person: UUID, kind: str, what: str = "") -> Choice:
    return Choice(id=_id(person, kind, what), person=person, kind=kind, at=now())


def _id(person: UUID, kind: str, what: str = "") -> UUID:
    """The same for the same choice. Keyed, or a stolen database could be searched for muted words."""
    told = "\0".join((str(person), kind, what)).encode()
    return UUID(bytes=hashlib.blake2b(told, digest_size=16, key=keys.secret("choices")).digest())


async def _keep(row: Choice) -> None:
    again = [(Choice.until, row.until), (Choice.at, row.at)]
    await Choice.insert(row).on_conflict(target=Choice.id, action="DO UPDATE", values=again)


async def _lock(person: UUID) -> None:
    """Two phones at once must not both find room for the last word. SQLite has one writer already."""
    if DB.engine_type == "postgres":
        await Person.select(Person.id).where(Person.id == person).lock_rows("NO KEY UPDATE")


async def _zone(person: UUID) -> str:
    last = Entry.select(Entry.tz).where(Entry.person == person)
    newest = last.order_by(Entry.local_date, Entry.felt_at, Entry.id, ascending=False)
    row = await newest.first()
    return row["tz"] if row else str(UTC)
