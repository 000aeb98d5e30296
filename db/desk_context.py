"""What the desk shows around an item: who wrote it, what stands near it, what was reported."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from care import ladder
from db import keys, moderation_rows, safe, sanctions, talk_list
from db.devices import Viewer
from db.journal_rows import as_moment, as_uuid
from db.moderation_rows import COLUMNS, Row, Shown, moment
from db.moderation_tables import Item, Report
from db.safe import Answered
from db.sanctions import Taken
from db.tables import Person

NEAR = 3


@dataclass(frozen=True, slots=True)
class Author:
    id: UUID
    name: str
    band: str
    joined: datetime
    shared: dict[str, int]
    """How many items of theirs stand in each state."""
    steps: list[Taken]
    """What was done about them and not taken back, with what waits for a second person."""


@dataclass(frozen=True, slots=True)
class Safety:
    """What reached the author when they sent it, what they answered, and whether a lead talks with them.

    `card` is one of care.ladder.CARDS; `card_at` when they first opened the page with it. Of the talk
    itself nothing is here: whoever may not read it learns only that there is one.
    """

    card: str
    card_at: datetime | None
    answers: list[Answered]
    talk: UUID | None


@dataclass(frozen=True, slots=True)
class Told:
    """One report. Who told us is not in it: nobody can let slip what they were not shown."""

    reason: str
    text: str
    at: datetime
    counts: bool


async def author(person: UUID) -> Author:
    row = await Person.select(Person.name, Person.band, Person.created_at).where(Person.id == person).first()
    counted = await Item.raw("SELECT state, count(*) AS n FROM item WHERE author = {} GROUP BY state", person)
    return Author(
        person,
        row["name"] if row else "",
        row["band"] if row else "",
        as_moment(row["created_at"]) if row else as_moment("1970-01-01T00:00:00+00:00"),
        {each["state"]: each["n"] for each in counted},
        [one for one in await sanctions.taken(person) if one.ended_at is None],
    )


async def safety(row: Row) -> Safety:
    """Of an item's row."""
    return Safety(
        ladder.card(row["tier"], row["about"]),
        moment(row["card_at"]),
        await safe.of(as_uuid(row["id"])),
        await talk_list.open_for(as_uuid(row["author"])),
    )


async def around(item: Shown, viewer: Viewer) -> list[Shown]:
    """What it answers, and the answers next to it that others can see."""
    if item.place is None:
        return []
    sql = f"""
    SELECT {COLUMNS} FROM item JOIN person ON person.id = item.author
    WHERE item.id = {{}} OR (item.place = {{}} AND item.state = 'published' AND item.id <> {{}})
    ORDER BY item.created_at DESC LIMIT {NEAR + 1}
    """  # noqa: S608 - our own words
    rows = await Item.raw(sql, item.place, item.place, item.id)
    return (await moderation_rows.shown(rows, viewer.person))[::-1]


async def reports(subject: UUID) -> list[Told]:
    """Those still open, oldest first."""
    rows = (
        await Report.select()
        .where(Report.subject == subject, Report.done_at.is_null())
        .order_by(Report.at)
        .limit(20)
    )
    return [Told(r["reason"], await _text(r), as_moment(r["at"]), bool(r["counts"])) for r in rows]


async def _text(row: Row) -> str:
    if not row["sealed"]:
        return ""
    try:
        reporter = as_uuid(row["reporter"])
        return (await keys.open(reporter, "report", "sealed", row["id"], bytes(row["sealed"]))).decode()
    except keys.Shredded:
        return ""
