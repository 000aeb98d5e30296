"""What a viewer may see of what others share. Sides, holds, blocks, breaks and bans are applied here, once.

What one may not see does not exist. A person's own choices (muted words and people, topics, a lighter
day) are applied after, because they may be lifted for a moment.
"""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from uuid import UUID

from care import controls as choosing
from care.clock import now
from care.controls import Choices
from care.meetings_room import READABLE
from care.rulings import side
from db import controls, moderation_rows
from db.devices import Viewer
from db.ids import uuid7
from db.journal_rows import as_moment, as_uuid
from db.moderation_rows import COLUMNS, Row, Shown
from db.moderation_tables import Item

PER_PAGE = 20
_LONG_AGO = datetime(1970, 1, 1, tzinfo=UTC)
BANDS = {"t": ("a", "b"), "y": ("c", "c"), "": ("", "")}
STAFF = "('moderator', 'safeguarding')"
"""Who meets both sides. A supporter or an operator is a member like any other here."""


@dataclass(frozen=True)
class Page:
    """`hidden` counts what the viewer's own choices keep away, and could be shown."""

    items: list[Shown]
    hidden: int = 0
    older: str = ""
    back_at: datetime | None = None
    """Set while they take a break: then there is nothing to see."""


async def seen_by(
    viewer: Viewer,
    kind: str,
    place: UUID | None = None,
    *,
    before: str = "",
    show: bool = False,
    oldest_first: bool = False,
    limit: int = PER_PAGE,
) -> Page:
    """Newest first, only what stands in that place; `show` lifts the viewer's own choices this once.

    `before` is the `older` of the page before: with `oldest_first` it leads on to what is newer.
    """
    choices = await controls.of(viewer)
    if choices.break_until:
        return Page([], back_at=choices.break_until)
    if place is not None and not await _open(viewer, place):
        return Page([])
    at, row = _place(before, oldest_first)
    where, here = ("item.place = {}", (place,)) if place else ("item.place IS NULL", ())
    sql = _sql("item.kind = {} AND " + where, oldest_first)
    rows = await Item.raw(sql, *visible(viewer), kind, *here, at, row, limit + 1)
    found = await moderation_rows.shown(rows[:limit], viewer.person, trusted(rows))
    parted = choosing.part(found, others(choices, viewer), show)
    return Page(parted.shown, parted.hidden, _after(rows[limit - 1]) if len(rows) > limit else "")


async def find(viewer: Viewer, item: UUID, show: bool = True) -> Shown | None:
    """One item by its address, and only if what it answers may be seen too. Choices are lifted: whoever
    follows a link asked for it. Their own they find in whatever state."""
    choices = await controls.of(viewer)
    found = await _find(viewer, item)
    if found is None or (not found.mine and choices.break_until):
        return None
    if not show and choosing.part([found], others(choices, viewer)).hidden:
        return None
    if found.place and not found.mine and not await _open(viewer, found.place):
        return None
    return found


async def _find(viewer: Viewer, item: UUID) -> Shown | None:
    mine = "(item.id = {} AND item.author = {} AND item.state <> 'withdrawn')"
    rows = await Item.raw(
        f"SELECT {COLUMNS}, {IS_STAFF} AS by_staff FROM item JOIN person ON person.id = item.author"  # noqa: S608 - our own words
        f" WHERE {mine} OR (item.id = {{}} AND {VISIBLE})",
        *(item, viewer.person, item),
        *visible(viewer),
    )
    found = await moderation_rows.shown(rows, viewer.person, trusted(rows))
    return found[0] if found else None


async def _open(viewer: Viewer, place: UUID) -> bool:
    """Answers are seen where what they answer is seen. A place that is no item is a group, whose own
    verbs ask who may come in."""
    if not await Item.exists().where(Item.id == place):
        return True
    return await find(viewer, place) is not None


def others(choices: Choices, viewer: Viewer) -> Choices:
    """Nobody's own words are hidden from them, whatever they muted: `part` is asked of the others only."""
    return _Mine(**{**vars(choices), "me": viewer.person})


@dataclass(frozen=True)
class _Mine(Choices):
    me: UUID | None = None

    def hide(self, item: choosing.Item) -> bool:
        return item.author != self.me and super().hide(item)


IS_STAFF = (
    "EXISTS (SELECT 1 FROM staff_role s WHERE s.person = item.author AND s.removed_at IS NULL"  # noqa: S608
    f" AND s.role IN {STAFF})"
)
SENT = ("held", "published", "safeguarding", "hidden", "returned")
"""A view in one of these was sent: it opens the others to its writer."""
# Views are written before those of others are read, so that none is an echo. Whoever asked sees them all.
OWN_VIEW_FIRST = f"""(item.kind <> 'view' OR {{}}
    OR EXISTS (SELECT 1 FROM item q WHERE q.id = item.place AND q.author = {{}})
    OR EXISTS (SELECT 1 FROM item v WHERE v.place = item.place AND v.author = {{}} AND v.kind = 'view'
        AND v.state <> 'withdrawn' AND v.state IN {SENT}))"""  # noqa: S608 - our own words
# What is said in a group is there for who is in it, while they are of its age; for nobody else by any way.
IN_THE_GROUP = """(item.place IS NULL OR {} OR NOT EXISTS (SELECT 1 FROM peer_group g WHERE g.id = item.place
    AND NOT (g.bands LIKE {} AND EXISTS (SELECT 1 FROM membership m
        WHERE m.grp = g.id AND m.person = {} AND m.state = 'in'))))"""
# And what is said in the room of a meeting, for who has a place there, and for seven days after.
IN_THE_MEETING = """({} OR NOT EXISTS (SELECT 1 FROM meeting_post h WHERE h.item = item.id AND NOT EXISTS (
    SELECT 1 FROM meeting t JOIN registration r ON r.meeting = t.id
    WHERE t.id = h.meeting AND t.ends_at > {} AND r.person = {} AND r.state IN ('in', 'leads'))))"""
VISIBLE = f"""(
    item.state = 'published' AND item.private = {{}}
    AND (item.author = {{}} OR (
    ({{}} OR (item.side = {{}} AND person.band IN ({{}}, {{}})) OR {IS_STAFF})
    AND NOT EXISTS (SELECT 1 FROM block b WHERE b.person = item.author AND b.other = {{}})
    AND NOT EXISTS (SELECT 1 FROM block b WHERE b.person = {{}} AND b.other = item.author)
    AND NOT EXISTS (SELECT 1 FROM unseen u WHERE u.person = {{}} AND u.item = item.id)
    AND NOT EXISTS (SELECT 1 FROM sanction x WHERE x.person = item.author AND x.kind = 'ban'
        AND x.since IS NOT NULL AND x.ended_at IS NULL)
    AND {OWN_VIEW_FIRST}
    AND {IN_THE_GROUP} AND {IN_THE_MEETING}
)))"""  # noqa: S608 - our own words


def visible(viewer: Viewer) -> tuple[object, ...]:
    mine = side(viewer.band)
    crosses = viewer.acts_as("moderator")
    me = str(viewer.person)  # once, and not at each of its places by the engine
    return (
        *(False, me, crosses, mine, *BANDS[mine], me, me, me, crosses, me, me),
        *(crosses, f"%{viewer.band or '-'}%", me),
        *(crosses, now() - READABLE, me),
    )


def _sql(where: str, oldest_first: bool = False) -> str:
    beyond, way = (">", "ASC") if oldest_first else ("<", "DESC")
    return (
        f"SELECT {COLUMNS}, {IS_STAFF} AS by_staff FROM item JOIN person ON person.id = item.author"  # noqa: S608
        f" WHERE {VISIBLE} AND {where} AND (item.published_at, item.id) {beyond} ({{}}, {{}})"
        f" ORDER BY item.published_at {way}, item.id {way} LIMIT {{}}"
    )


def trusted(rows: list[Row]) -> list[UUID]:
    return [as_uuid(row["author"]) for row in rows if row["by_staff"]]


def _after(row: Row) -> str:
    return f"{as_moment(row['published_at']).isoformat()}.{as_uuid(row['id']).hex}"


def _place(text: str, oldest_first: bool) -> tuple[datetime, UUID]:
    """Where the page before ended; anything unreadable starts at the beginning."""
    try:
        at, _, row = text.rpartition(".")
        return as_moment(at), UUID(row)
    except (ValueError, OverflowError):
        return (_LONG_AGO if oldest_first else now() + timedelta(days=1)), uuid7()
