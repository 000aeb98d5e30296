"""Between rows and stories as somebody reads them: what is the same for everybody is worked out once."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import count
from uuid import UUID

from care import stories
from care.matching import NOBODY, Likes
from db import keys, moderation_rows
from db.devices import Viewer
from db.engine import DB, fetch
from db.moderation_reading import IS_STAFF, trusted
from db.moderation_rows import Row, Shown


@dataclass(frozen=True, slots=True)
class Told:
    """A story or an answer, and what stands beside it for this viewer. `counts` are for its author only."""

    shown: Shown
    likes: Likes = NOBODY
    after: str = ""
    lang: str = ""
    letters: int = 0
    replies: int = 0
    closed: bool = False
    heard: int | None = None
    kept: bool = False
    kinds: int = 0
    given: int = 0
    thanked: bool = False
    counts: Mapping[int, int] = field(default_factory=dict)
    times_kept: int = 0
    why: str = ""
    mark: int = 0
    """A number of its own for what everybody sees alike: other words, another number."""

    @property
    def title(self) -> str:
        return stories.title(self.shown.said.parts)


@dataclass(frozen=True, slots=True)
class Held:
    """An item as a reader's choices look at it."""

    told: Told

    @property
    def author(self) -> UUID:
        return self.told.shown.author

    @property
    def words(self) -> str:
        return self.told.shown.words

    @property
    def topics(self) -> tuple[str, ...]:
        return self.told.shown.topics

    @property
    def notes(self) -> tuple[str, ...]:
        return self.told.shown.notes


def _text(column: str) -> str:
    """As the database keeps it: turning it into an object is for those not known yet."""
    return f"CAST({column} AS TEXT) AS {column.partition('.')[2]}"


def _number(column: str) -> str:
    """The same for numbers."""
    return f"{column} + 0 AS {column.partition('.')[2]}"


_OF = "FROM reaction r WHERE r.item = item.id AND r.kind"
_SAME = f"""
    {_text("item.id")}, {_number("item.version")}, item.state, person.name, item.notes,
    {_text("item.published_at")}, {_text("item.edited_at")}, {IS_STAFF} AS by_staff,
    {_number("story.replies")}, {_text("story.closed_at")},
    CASE WHEN item.private THEN 1 ELSE 0 END AS private"""
_SUPPORT = f""",
    CAST(COALESCE((SELECT SUM(DISTINCT r.kind) {_OF} < 32), 0) AS INTEGER) AS kinds,
    EXISTS (SELECT 1 {_OF} = 32) AS thanked"""
_THEIRS = f""",
    {_text("item.author")}, {_number("story.heard")},
    EXISTS (SELECT 1 FROM kept k WHERE k.item = item.id AND k.person = {{}}) AS is_kept"""  # noqa: S608 - our own words
_REST = f""",
    item.kind, {_text("item.place")}, item.sealed, item.intent, item.topics, item.reason,
    {_text("item.created_at")}, story.situations, story.interests, story.after, story.lang,
    {_number("story.letters")}"""
_GIVEN = f", COALESCE((SELECT r.kind {_OF} < 32 AND r.person = {{}}), 0) AS given"
_EACH = "group_concat(r.kind, ' ')" if DB.engine_type == "sqlite" else "string_agg(CAST(r.kind AS TEXT), ' ')"
_COUNTS = f", CASE WHEN item.author = {{}} THEN (SELECT {_EACH} {_OF} < 32) END AS each"
_KEPT = (
    ", CASE WHEN item.author = {} THEN (SELECT COUNT(*) FROM kept k WHERE k.item = item.id) END AS times_kept"
)
_FROM = "FROM item JOIN person ON person.id = item.author LEFT JOIN story ON story.item = item.id"

MARKED = _SAME + _THEIRS
"""For a list: asks once for the viewer. What this process does not know yet, `told_by` asks for by itself."""
LISTED = MARKED + _REST
"""The same with all there is to know, for a page that has no further statement to spare."""
ONE = f"SELECT {_SAME}{_SUPPORT}{_THEIRS}{_GIVEN}{_COUNTS}{_KEPT} {_FROM}"
"""For one story and its answers: asks for the viewer as often as `me` gives them."""
_WHOLE = f"SELECT {_SAME}{_SUPPORT}, {_text('item.author')}{_REST} {_FROM} WHERE item.id IN"
_FIXED, _FIXED_ONE = 11, 13
"""So many columns at the front are the same for everybody, and change whenever anything of it does."""


def me(viewer: Viewer) -> tuple[str, ...]:
    return (str(viewer.person),) * 4


_MOST = 3_000
_marks = count(1)
_known: dict[tuple[object, ...], Told] = {}
"""What this process read last, as somebody reads it who has nothing to do with it."""
_because: dict[tuple[int, str], Told] = {}
"""The same with the line that says why it is shown."""
_NOBODY = UUID(int=0)


async def told_by(rows: Sequence[Row], viewer: Viewer) -> list[Told]:
    """In the order of the rows, without those whose words are gone."""
    fixed = _FIXED_ONE if rows and "kinds" in rows[0] else _FIXED
    named = [tuple(row.values())[:fixed] for row in rows]
    await _learn([(key, row) for key, row in zip(named, rows, strict=True) if key not in _known])
    await keys.ready([_known[key].shown.author for key in named if key in _known])
    mine, found = str(viewer.person), []
    for key, row in zip(named, rows, strict=True):
        told = _known.get(key)
        # Asked each time: words whose key is destroyed are gone, whatever is still in memory.
        if told is None or not keys.at_hand(told.shown.author):
            continue
        if row["author"] == mine:
            told = _own(told, row)
        if row["is_kept"] or row.get("given"):
            told = replace(told, kept=bool(row["is_kept"]), given=int(row.get("given") or 0))
        found.append(told)
    return found


def because(told: Told, why: str) -> Told:
    """It with the line that says why it is shown."""
    if not why:
        return told
    if told.kept or told.given or told.shown.mine:
        return replace(told, why=why)
    known = _because.get((told.mark, why))
    if known is None:
        if len(_because) >= _MOST:
            del _because[next(iter(_because))]
        known = _because[told.mark, why] = replace(told, why=why)
    return known


def forget() -> None:
    """For tests."""
    _known.clear()
    _because.clear()


async def _learn(missing: Sequence[tuple[tuple[object, ...], Row]]) -> None:
    if not missing:
        return
    asked = [row for _, row in missing]
    ids = [UUID(row["id"]) for row in asked]
    rows = asked if "sealed" in asked[0] else await fetch(f"{_WHOLE} ({', '.join(['{}'] * len(ids))})", *ids)
    shown = {one.id: one for one in await moderation_rows.shown(rows, _NOBODY, trusted(rows))}
    whole = {row["id"]: row for row in rows}
    for key, asked_row in missing:
        row = whole.get(asked_row["id"])
        # Taken away in between: it is as if it had not been there.
        if row is None or row["state"] != asked_row["state"]:
            continue
        if (one := shown.get(UUID(str(row["id"])))) is None:
            continue
        if len(_known) >= _MOST:
            del _known[next(iter(_known))]
        _known[key] = _told(one, row)


def _told(shown: Shown, row: Row) -> Told:
    told = Told(shown, kinds=int(row.get("kinds") or 0), thanked=bool(row.get("thanked")), mark=next(_marks))
    if row["lang"] is None:
        return told
    likes = Likes(frozenset(row["situations"].split()), frozenset(row["interests"].split()))
    return replace(
        told,
        likes=likes,
        after=row["after"],
        lang=row["lang"],
        letters=row["letters"],
        replies=row["replies"],
        closed=bool(row["closed_at"]),
    )


def _own(told: Told, row: Row) -> Told:
    told = replace(told, shown=replace(told.shown, mine=True), heard=row["heard"])
    if "times_kept" not in row:
        return told
    each = (row["each"] or "").split()
    counts = {bit: each.count(str(bit)) for bit in stories.SUPPORT}
    return replace(told, counts=counts, times_kept=int(row["times_kept"] or 0))
