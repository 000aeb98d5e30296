"""Asks and what others see in them, as somebody may read them.

Who may see what is decided in db/moderation_reading.py, whose condition stands in each statement here: nobody
but the one who asked reads a view of others before their own has been sent.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Generic, TypeVar
from uuid import UUID

from care import controls as choosing
from care import perspectives as rules
from care.clock import now
from care.rulings import side
from db import controls, keys, moderation_rows
from db.devices import Viewer
from db.journal_rows import as_moment, as_uuid
from db.moderation_reading import IS_STAFF, SENT, VISIBLE, others, trusted, visible
from db.moderation_rows import COLUMNS, Row, Shown
from db.moderation_tables import Item
from db.stories_reading import place

PER_PAGE = 20
MINE, ALL_MINE = 3, 50
VIEWS = 30
"""More than can ever be: seven, and those that were returned, replaced and then shown after all."""


@dataclass(frozen=True, slots=True)
class Ask:
    """What is asked, and where it stands now. `took` is there for its author only; `given` is whether the
    viewer has written a view."""

    shown: Shown
    angles: int
    wanted: int
    hours: int
    tz: str
    taken: int
    views: int
    closed: bool
    given: bool
    stage: str
    took: str = ""

    @property
    def closes_at(self) -> datetime | None:
        return rules.closes_at(self.shown.published_at, self.hours)

    @property
    def closes_in(self) -> timedelta:
        return max(timedelta(), self.closes_at - now()) if self.closes_at else timedelta()

    @property
    def left(self) -> int:
        return max(0, self.wanted - self.taken)

    @property
    def reading(self) -> int:
        """Views that a person is reading before they are shown."""
        return max(0, self.taken - self.views)


@dataclass(frozen=True, slots=True)
class View:
    """`mark` is there for the author of the ask only."""

    shown: Shown
    angle: int
    mark: int = 0


@dataclass(frozen=True, slots=True)
class Board:
    """One ask with its views, in the order they were shown. `mine` is the viewer's own in whatever state."""

    ask: Ask
    views: list[View]
    mine: View | None = None
    hidden: int = 0

    @property
    def sees(self) -> bool:
        """Whether the views of others are open to the viewer: when they asked, or have sent their own."""
        return self.ask.shown.mine or bool(self.mine and self.mine.shown.state in SENT)


@dataclass(frozen=True, slots=True)
class Shelf:
    """Open asks, newest first, and the viewer's `own`, whatever became of them."""

    items: list[Ask]
    own: list[Ask] = field(default_factory=list)
    hidden: int = 0
    older: str = ""
    back_at: datetime | None = None


async def shelf(
    viewer: Viewer, *, before: str = "", angle: int = 0, own: bool = False, show: bool = False
) -> Shelf:
    """What others ask and is open now; with `own` only the viewer's, all of them. `angle`: one of ANGLES."""
    choices = await controls.of(viewer)
    at, row = place(before)
    me, most = viewer.person, 0 if before else ALL_MINE if own else MINE
    limit = 0 if own else PER_PAGE + 1
    theirs = (*_listed(viewer), angle or sum(rules.ANGLES), at, row, limit)
    rows = await Item.raw(_SHELF, *_beside(me), me, most, *theirs)
    mine = await _asks([row for row in rows if as_uuid(row["author"]) == me], viewer)
    if choices.break_until:
        return Shelf([], mine, back_at=choices.break_until)
    found = [row for row in rows if as_uuid(row["author"]) != me]
    asks = await _asks(found[:PER_PAGE], viewer)
    parted = choosing.part([_Held(one) for one in asks], others(choices, viewer), show)
    older = _end(found[PER_PAGE - 1]) if len(found) > PER_PAGE else ""
    return Shelf([held.one for held in parted.shown], mine, parted.hidden, older)


async def board(viewer: Viewer, ask: UUID, *, show: bool = False) -> Board | None:
    """None for what the viewer may not see."""
    choices, me = await controls.of(viewer), viewer.person
    asked = (*_beside(me), ask, me, *visible(viewer))
    own, theirs = (*_beside(me), ask, me), (*_beside(me), ask, me, *visible(viewer))
    rows = await Item.raw(_BOARD, *asked, *own, *theirs)
    found = next(iter(await _asks([row for row in rows if row["kind"] == rules.ASK], viewer)), None)
    if found is None or (choices.break_until and not found.shown.mine):
        return None
    views = sorted(await _views([row for row in rows if row["kind"] == rules.VIEW], viewer), key=_order)
    mine = next((one for one in views if one.shown.mine), None)
    held = [_Held(one) for one in views if not one.shown.mine]
    parted = choosing.part(held, others(choices, viewer), show)
    return Board(found, [one.one for one in parted.shown], mine, parted.hidden)


_BESIDE = """
    ask.angles, ask.wanted, ask.hours, ask.tz, ask.taken, ask.views, ask.closed_at, p.angle,
    CASE WHEN item.author = {} THEN ask.took END AS took,
    CASE WHEN (SELECT q.author FROM item q WHERE q.id = item.place) = {} THEN p.mark END AS mark,
    EXISTS (SELECT 1 FROM item g WHERE g.place = item.id AND g.author = {}
        AND g.kind = 'view' AND g.state <> 'withdrawn') AS given"""
_SELECT = f"SELECT {COLUMNS}, {IS_STAFF} AS by_staff, {_BESIDE}"
_ONE = f"""{_SELECT} FROM item JOIN person ON person.id = item.author
    LEFT JOIN ask ON ask.item = item.id LEFT JOIN perspective p ON p.item = item.id"""
_IN_TIME = " OR ".join(f"ask.hours = {hours} AND ask.at > {{}}" for hours in rules.HOURS)
_OPEN = f"""ask.side = {{}} AND item.author <> {{}} AND ask.at IS NOT NULL AND ask.closed_at IS NULL
    AND ask.taken < ask.wanted AND ask.at > {{}} AND ({_IN_TIME})"""
_LISTED = f"""{_SELECT} FROM ask JOIN item ON item.id = ask.item JOIN person ON person.id = item.author
    LEFT JOIN perspective p ON p.item = item.id WHERE {_OPEN} AND {VISIBLE}"""
_SHELF = f"""
SELECT * FROM ({_ONE} WHERE item.kind = 'ask' AND item.author = {{}} AND item.state <> 'withdrawn'
    ORDER BY item.created_at DESC, item.id DESC LIMIT {{}}) AS one
UNION ALL
SELECT * FROM ({_LISTED} AND (ask.angles & {{}}) <> 0 AND (ask.at, ask.item) < ({{}}, {{}})
    ORDER BY ask.at DESC, ask.item DESC LIMIT {{}}) AS two
"""  # noqa: S608 - our own words
_BOARD = f"""
SELECT * FROM ({_ONE} WHERE item.kind = 'ask' AND item.id = {{}}
    AND ((item.author = {{}} AND item.state <> 'withdrawn') OR {VISIBLE})) AS one
UNION ALL
SELECT * FROM ({_ONE} WHERE item.kind = 'view' AND item.place = {{}} AND item.author = {{}}
    AND item.state <> 'withdrawn') AS two
UNION ALL
SELECT * FROM ({_ONE} WHERE item.kind = 'view' AND item.place = {{}} AND item.author <> {{}} AND {VISIBLE}
    ORDER BY item.published_at, item.id LIMIT {VIEWS}) AS three
"""  # noqa: S608 - our own words


def _beside(me: UUID) -> tuple[UUID, ...]:
    """The arguments of _ONE."""
    return me, me, me


def _listed(viewer: Viewer) -> tuple[object, ...]:
    """The arguments of _LISTED: the first moment lets the index end where nothing can be open any more."""
    since = [now() - timedelta(hours=hours) for hours in rules.HOURS]
    me = viewer.person
    return (*_beside(me), side(viewer.band), me, min(since), *since, *visible(viewer))


T = TypeVar("T", Ask, View)


@dataclass(frozen=True, slots=True)
class _Held(Generic[T]):
    """An ask or a view as a reader's choices look at it."""

    one: T

    @property
    def author(self) -> UUID:
        return self.one.shown.author

    @property
    def words(self) -> str:
        return self.one.shown.words

    @property
    def topics(self) -> tuple[str, ...]:
        return self.one.shown.topics

    @property
    def notes(self) -> tuple[str, ...]:
        return self.one.shown.notes


async def _asks(rows: Sequence[Row], viewer: Viewer) -> list[Ask]:
    by_id = {as_uuid(row["id"]): row for row in rows}
    found = await moderation_rows.shown(rows, viewer.person, trusted(list(rows)))
    return [await _ask(shown, by_id[shown.id]) for shown in found]


async def _ask(shown: Shown, row: Row) -> Ask:
    took = b""
    if shown.mine and row["took"]:
        took = await keys.open(shown.author, "ask", "took", shown.id, bytes(row["took"]))
    closes_at = rules.closes_at(shown.published_at, row["hours"])
    closed = bool(row["closed_at"])
    return Ask(
        shown,
        *(row["angles"], row["wanted"], row["hours"], row["tz"], row["taken"], row["views"]),
        closed,
        bool(row["given"]),
        rules.stage(shown.state, closed, row["taken"] >= row["wanted"], closes_at, now()),
        took.decode(),
    )


async def _views(rows: Sequence[Row], viewer: Viewer) -> list[View]:
    by_id = {as_uuid(row["id"]): row for row in rows}
    found = await moderation_rows.shown(rows, viewer.person, trusted(list(rows)))
    return [View(one, by_id[one.id]["angle"] or 0, by_id[one.id]["mark"] or 0) for one in found]


def _order(one: Ask | View) -> tuple[datetime, UUID]:
    return one.shown.published_at or one.shown.created_at, one.shown.id


def _end(row: Row) -> str:
    return f"{as_moment(row['published_at']).isoformat()}.{as_uuid(row['id']).hex}"
