"""Between rows and stories as somebody reads them: what is the same for everybody is worked out once."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import count
from uuid import UUID

from care import stories
from care.matching import NOBODY, Likes
from db import keys, moderation_rows
from db.devices import Viewer
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
    {_number("story.replies")}, {_text("story.closed_at")}"""
_SUPPORT = f""",
    CAST(COALESCE((SELECT SUM(DISTINCT r.kind) {_OF} < 32), 0) AS INTEGER) AS kinds,
    EXISTS (SELECT 1 {_OF} = 32) AS thanked"""
_REST = f""",
    {_text("item.author")}, item.kind, {_text("item.place")}, item.sealed, item.intent, item.topics,
    item.reason, CASE WHEN item.private THEN 1 ELSE 0 END AS private, {_text("item.created_at")},
    {_number("story.n")}, story.situations, story.interests, story.after, story.lang,
    {_number("story.letters")}, {_number("story.heard")},
    EXISTS (SELECT 1 FROM kept k WHERE k.item = item.id AND k.person = {{}}) AS is_kept"""  # noqa: S608 - our own words
_GIVEN = f", COALESCE((SELECT r.kind {_OF} < 32 AND r.person = {{}}), 0) AS given"
_COUNTS = "".join(
    f", CASE WHEN item.author = {{}} THEN (SELECT COUNT(*) {_OF} = {bit}) END AS n{bit}"
    for bit in stories.SUPPORT
)
_KEPT = (
    ", CASE WHEN item.author = {} THEN (SELECT COUNT(*) FROM kept k WHERE k.item = item.id) END AS times_kept"
)
_FROM = "FROM item JOIN person ON person.id = item.author LEFT JOIN story ON story.item = item.id"

LISTED = _SAME + _REST
"""For a list: asks once for the viewer."""
ONE = f"SELECT {_SAME}{_SUPPORT}{_REST}{_GIVEN}{_COUNTS}{_KEPT} {_FROM}"
"""For one story and its answers: asks for the viewer as often as `me` gives them."""
_FIXED, _FIXED_ONE = 10, 12
"""So many columns at the front are the same for everybody, and change whenever anything of it does."""


def me(viewer: Viewer) -> tuple[UUID, ...]:
    return (viewer.person,) * (2 + len(stories.SUPPORT) + 1)


_MOST = 3_000
_marks = count(1)
_known: dict[tuple[object, ...], Told] = {}
"""What this process read last, as somebody reads it who has nothing to do with it."""
_NOBODY = UUID(int=0)


async def told_by(rows: Sequence[Row], viewer: Viewer) -> list[Told]:
    """In the order of the rows, without those whose words are gone."""
    fixed = _FIXED_ONE if rows and "kinds" in rows[0] else _FIXED
    named = [tuple(row.values())[:fixed] for row in rows]
    await _learn([(key, row) for key, row in zip(named, rows, strict=True) if key not in _known])
    await keys.ready({_known[key].shown.author for key in named if key in _known})
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


async def _learn(missing: Sequence[tuple[tuple[object, ...], Row]]) -> None:
    rows = [row for _, row in missing]
    if not rows:
        return
    shown = {one.id: one for one in await moderation_rows.shown(rows, _NOBODY, trusted(rows))}
    for key, row in missing:
        if (one := shown.get(UUID(str(row["id"])))) is None:
            continue
        if len(_known) >= _MOST:
            del _known[next(iter(_known))]
        _known[key] = _told(one, row)


def _told(shown: Shown, row: Row) -> Told:
    told = Told(shown, kinds=int(row.get("kinds") or 0), thanked=bool(row.get("thanked")), mark=next(_marks))
    if row["n"] is None:
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
    counts = {bit: int(row[f"n{bit}"] or 0) for bit in stories.SUPPORT}
    return replace(told, counts=counts, times_kept=int(row["times_kept"] or 0))
