"""Stories as somebody may read them: lists, one story with its answers, and what is like it.

Who may see what is decided in db/moderation_reading.py, whose condition stands in each statement here.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from uuid import UUID

from care import controls as choosing
from care import matching, stories
from care.clock import now
from care.controls import Choices
from care.matching import NOBODY, Likes
from care.rulings import side
from db import controls, moderation_rows, stories_search
from db.devices import Viewer
from db.engine import DB
from db.ids import uuid7
from db.journal_rows import as_moment, as_uuid
from db.moderation_reading import IS_STAFF, VISIBLE, others, trusted, visible
from db.moderation_rows import COLUMNS, Row, Shown
from db.moderation_tables import Item

PER_PAGE = 20
POOL = 60
"""So many of the newest stories under each tag are weighed for one reader."""
COUNTED = 1_000
COUNTED_FOR = timedelta(minutes=10)


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

    @property
    def title(self) -> str:
        return stories.title(self.shown.said.parts)


@dataclass(frozen=True, slots=True)
class Shelf:
    """`hidden` counts what the viewer's own choices keep away; `likes` are what they said of themselves."""

    items: list[Told]
    hidden: int = 0
    older: str = ""
    back_at: datetime | None = None
    likes: Likes = NOBODY


@dataclass(frozen=True, slots=True)
class Thread:
    story: Told
    replies: list[Told]
    hidden: int = 0
    newer: str = ""
    """Leads on to the answers that came after these."""


async def newest(viewer: Viewer, *, before: str = "", tag: str = "", show: bool = False) -> Shelf:
    """Newest first, of the viewer's own side; `tag`, of care.matching or a topic: only those under it."""
    at, row = place(before)
    if not tag:
        where = "item.side = {} AND (item.published_at, item.id) < ({}, {})"
        order = "item.published_at DESC, item.id DESC"
        return await _shelf(viewer, "", where, (side(viewer.band), at, row), order, show)
    tagged = "JOIN story_tag t ON t.item = item.id AND t.side = {} AND t.tag = {} AND t.at IS NOT NULL"
    where = "(t.at, t.item) < ({}, {})"
    given = (side(viewer.band), tag, at, row)
    return await _shelf(viewer, tagged, where, given, "t.at DESC, t.item DESC", show)


async def for_you(viewer: Viewer, *, before: str = "", show: bool = False) -> Shelf:
    """What is most like the viewer first. Every page counts only what was there when the first was asked
    for, so that nothing moves between pages; without anything said of oneself, simply the newest."""
    choices = await controls.of(viewer)
    if choices.break_until or not choices.likes:
        found = await newest(viewer, before=before, show=show)
        return found
    weighed = matching.weights(choices.likes, await _counts(side(viewer.band)))
    anchor, total, at, row = _standing(before)
    pool, given = _pool(viewer, weighed, anchor)
    where = "(m.score, m.at, m.item) < ({}, {}, {})"
    order = "m.score DESC, m.at DESC, m.item DESC"
    shelf = await _shelf(viewer, pool, where, (*given, total, at, row), order, show, choices, anchor)
    explained = [_explained(one, choices.likes, weighed) for one in shelf.items]
    return Shelf(explained, shelf.hidden, shelf.older, likes=choices.likes)


async def search(viewer: Viewer, question: str, *, before: str = "", show: bool = False) -> Shelf:
    """Stories with all these words, those written last first. An empty question finds nothing."""
    found = stories_search.terms(question)
    if not found:
        return Shelf([])
    if DB.engine_type == "sqlite":
        match = "story.n IN (SELECT rowid FROM story_search WHERE story_search MATCH {} AND rowid < {})"
        asked: tuple[object, ...] = (stories_search.sqlite(found), _number(before))
    else:
        match = "to_tsvector('simple', story.search) @@ to_tsquery('simple', {}) AND story.n < {}"
        asked = (stories_search.postgres(found), _number(before))
    where = f"item.side = {{}} AND {match}"
    return await _shelf(viewer, "", where, (side(viewer.band), *asked), "story.n DESC", show)


async def kept(viewer: Viewer, *, before: str = "") -> Shelf:
    """What the viewer kept, the last kept first; muted words are lifted, since they chose it."""
    at, row = place(before)
    mine = "JOIN kept k ON k.item = item.id AND k.person = {}"
    where = "(k.at, k.id) < ({}, {})"
    return await _shelf(viewer, mine, where, (viewer.person, at, row), "k.at DESC, k.id DESC", True)


async def thread(viewer: Viewer, story: UUID, *, after: str = "", show: bool = False) -> Thread | None:
    """A story and its answers, oldest first; the viewer's own stand there in whatever state."""
    choices = await controls.of(viewer)
    at, row = place(after, first=True)
    told = await _told(await Item.raw(_THREAD, *_asked(viewer, story, at, row)), viewer)
    found = next((one for one in told if one.shown.id == story), None)
    if found is None or (choices.break_until and not found.shown.mine):
        return None
    answers = sorted((one for one in told if one.shown.published_at and one is not found), key=_order)
    waiting = sorted((one for one in told if not one.shown.published_at and one is not found), key=_order)
    more = len(answers) > PER_PAGE
    listed = [_Held(one) for one in (*answers[:PER_PAGE], *([] if more else waiting))]
    parted = choosing.part(listed, others(choices, viewer), show)
    newer = _after(answers[PER_PAGE - 1]) if more else ""
    found = _explained(found, choices.likes, matching.weights(choices.likes, {}))
    return Thread(found, [one.told for one in parted.shown], parted.hidden, newer)


async def surprise(viewer: Viewer, pick: UUID) -> UUID | None:
    """Any story the viewer may see: the first before a random id, or else the newest of all."""
    choices = await controls.of(viewer)
    if choices.break_until:
        return None
    for bound in (pick, UUID(int=(1 << 128) - 1)):
        sql = f"""SELECT item.id FROM item JOIN person ON person.id = item.author
            WHERE item.kind = 'story' AND item.place IS NULL AND item.side = {{}} AND item.id < {{}}
            AND {VISIBLE} AND item.author <> {{}} ORDER BY item.id DESC LIMIT 1"""  # noqa: S608 - our own words
        rows = await Item.raw(sql, side(viewer.band), bound, *visible(viewer), viewer.person)
        if rows:
            return as_uuid(rows[0]["id"])
    return None


async def like(viewer: Viewer, story: Told, limit: int = 3) -> list[Told]:
    """Others with something in common with this one."""
    if not story.likes:
        return []
    pool, given = _pool(viewer, matching.weights(story.likes, {}), now())
    where = "item.id <> {} AND item.author <> {}"
    asked = (*given, story.shown.id, viewer.person)
    shelf = await _shelf(
        viewer, pool, where, asked, "m.score DESC, m.at DESC, m.item DESC", False, limit=limit
    )
    return shelf.items


@dataclass(frozen=True, slots=True)
class _Held:
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


_BESIDE = """
    story.n, story.situations, story.interests, story.after, story.lang, story.letters, story.replies,
    story.closed_at, story.heard,
    EXISTS (SELECT 1 FROM kept k WHERE k.item = item.id AND k.person = {}) AS is_kept"""
_OF = "FROM reaction r WHERE r.item = item.id AND r.kind"
_SUPPORT = f"""
    COALESCE((SELECT SUM(DISTINCT r.kind) {_OF} < 32), 0) AS kinds,
    COALESCE((SELECT r.kind {_OF} < 32 AND r.person = {{}}), 0) AS given,
    EXISTS (SELECT 1 {_OF} = 32) AS thanked"""
_COUNTS = "".join(
    f", CASE WHEN item.author = {{}} THEN (SELECT COUNT(*) {_OF} = {bit}) END AS n{bit}"
    for bit in stories.SUPPORT
)
_KEPT = (
    ", CASE WHEN item.author = {} THEN (SELECT COUNT(*) FROM kept k WHERE k.item = item.id) END AS times_kept"
)
_FROM = "FROM item JOIN person ON person.id = item.author LEFT JOIN story ON story.item = item.id"
_ONE = f"SELECT {COLUMNS}, {IS_STAFF} AS by_staff, {_BESIDE}, {_SUPPORT}{_COUNTS}{_KEPT} {_FROM}"
_MINE = "(item.author = {} AND item.state <> 'withdrawn')"
_PER = 1 + 1 + len(stories.SUPPORT) + 1
"""How often _ONE asks for the viewer."""
_PUBLISHED = "item.kind = 'reply' AND item.place = {} AND item.state = 'published'"
_WAITING = "item.kind = 'reply' AND item.place = {} AND item.state NOT IN ('published', 'withdrawn')"
_THREAD = f"""
SELECT * FROM ({_ONE} WHERE item.kind = 'story' AND item.id = {{}} AND ({_MINE} OR {VISIBLE})) AS one
UNION ALL
SELECT * FROM ({_ONE} WHERE {_PUBLISHED} AND (item.published_at, item.id) > ({{}}, {{}}) AND {VISIBLE}
    ORDER BY item.published_at, item.id LIMIT {PER_PAGE + 1}) AS two
UNION ALL
SELECT * FROM ({_ONE} WHERE {_WAITING} AND item.author = {{}}
    ORDER BY item.created_at DESC LIMIT {PER_PAGE}) AS three
"""  # noqa: S608 - our own words


def _asked(viewer: Viewer, story: UUID, at: datetime, row: UUID) -> tuple[object, ...]:
    """The arguments of _THREAD, in its order."""
    me = (viewer.person,) * _PER
    return (
        *(*me, story, viewer.person, *visible(viewer)),
        *(*me, story, at, row, *visible(viewer)),
        *(*me, story, viewer.person),
    )


async def _shelf(  # noqa: PLR0917 - one statement has many parts
    viewer: Viewer,
    joined: str,
    where: str,
    given: tuple[object, ...],
    order: str,
    show: bool,
    choices: Choices | None = None,
    anchor: datetime | None = None,
    limit: int = PER_PAGE,
) -> Shelf:
    """One page. `given` are the arguments of `joined` and then of `where`, as they stand in the statement."""
    choices = choices or await controls.of(viewer)
    if choices.break_until:
        return Shelf([], back_at=choices.break_until)
    extra = ", m.score AS score, m.at AS place_at" if anchor or "m.score" in order else ""
    extra += ", k.at AS place_at, k.id AS place_id" if order.startswith("k.") else ""
    sql = f"""SELECT {COLUMNS}, {IS_STAFF} AS by_staff, {_BESIDE}{extra} {_JOINED} {joined}
        WHERE item.kind = 'story' AND item.place IS NULL AND {where} AND {VISIBLE}
        ORDER BY {order} LIMIT {{}}"""
    rows = await Item.raw(sql, viewer.person, *given, *visible(viewer), limit + 1)
    told = await _told(rows[:limit], viewer)
    parted = choosing.part([_Held(one) for one in told], others(choices, viewer), show)
    older = _end(rows[limit - 1], order, anchor) if len(rows) > limit else ""
    return Shelf([one.told for one in parted.shown], parted.hidden, older, likes=choices.likes)


_JOINED = "FROM item JOIN person ON person.id = item.author JOIN story ON story.item = item.id"


def _pool(viewer: Viewer, weighed: Mapping[str, int], anchor: datetime) -> tuple[str, tuple[object, ...]]:
    """The newest stories under each tag, each with what all its tags weigh together."""
    parts, given = [], []
    for tag, weight in weighed.items():
        plain = int(tag not in matching.DIAGNOSES)
        parts.append(
            f"SELECT * FROM (SELECT item, at, {int(weight)} AS w, {plain} AS plain FROM story_tag"  # noqa: S608
            f" WHERE side = {{}} AND tag = {{}} AND at <= {{}} ORDER BY at DESC, item DESC LIMIT {POOL}) AS p"
        )
        given += [side(viewer.band), tag, anchor]
    summed = f"SELECT item, at, SUM(w) AS score FROM ({' UNION ALL '.join(parts)}"  # noqa: S608
    return f"JOIN ({summed}) AS u GROUP BY item, at HAVING SUM(plain) > 0) AS m ON m.item = item.id", tuple(
        given
    )


_rarity: dict[str, tuple[datetime, dict[str, int]]] = {}


async def _counts(which: str) -> dict[str, int]:
    """How many stories carry each tag, counted no further than COUNTED, and again every ten minutes."""
    known = _rarity.get(which)
    if known and now() - known[0] < COUNTED_FOR and now() >= known[0]:
        return known[1]
    tags = [*matching.SITUATIONS, *matching.INTERESTS]
    one = (
        "SELECT {} AS tag, COUNT(*) AS n FROM (SELECT 1 FROM story_tag WHERE side = {} AND tag = {}"  # noqa: S608
        f" AND at IS NOT NULL LIMIT {COUNTED}) AS c"
    )
    given = [part for tag in tags for part in (tag, which, tag)]
    rows = await Item.raw(" UNION ALL ".join([one] * len(tags)), *given)
    _rarity[which] = now(), {row["tag"]: row["n"] for row in rows}
    return _rarity[which][1]


async def _told(rows: Sequence[Row], viewer: Viewer) -> list[Told]:
    by_id = {as_uuid(row["id"]): row for row in rows}
    return [
        _one(shown, by_id[shown.id])
        for shown in await moderation_rows.shown(rows, viewer.person, trusted(list(rows)))
    ]


def _one(shown: Shown, row: Row) -> Told:
    support: dict[str, object] = {}
    if "kinds" in row:
        support = {"kinds": int(row["kinds"]), "given": int(row["given"]), "thanked": bool(row["thanked"])}
        if shown.mine:
            support["counts"] = {bit: int(row[f"n{bit}"] or 0) for bit in stories.SUPPORT}
            support["times_kept"] = int(row["times_kept"] or 0)
    if row["n"] is None:
        return Told(shown, **support)  # type: ignore[arg-type]
    return Told(
        shown,
        Likes(frozenset(row["situations"].split()), frozenset(row["interests"].split())),
        row["after"],
        row["lang"],
        row["letters"],
        row["replies"],
        bool(row["closed_at"]),
        row["heard"] if shown.mine else None,
        bool(row["is_kept"]),
        **support,  # type: ignore[arg-type]
    )


def _explained(told: Told, likes: Likes, weighed: Mapping[str, int]) -> Told:
    if told.shown.mine:
        return told
    return replace(told, why=matching.why(told.likes, likes, weighed))


_LONG_AGO = datetime(1970, 1, 1, tzinfo=UTC)


def place(text: str, first: bool = False) -> tuple[datetime, UUID]:
    """Where the page before ended; anything unreadable starts at the beginning."""
    try:
        at, _, row = text.rpartition(".")
        return as_moment(at), UUID(row)
    except (ValueError, OverflowError):
        return (_LONG_AGO, UUID(int=0)) if first else (now() + timedelta(days=1), uuid7())


def _standing(text: str) -> tuple[datetime, int, datetime, UUID]:
    """For you: the moment the first page was asked for, and the score, moment and id it ended with."""
    try:
        anchor, total, rest = text.split("~", 2)
        return as_moment(anchor), int(total), *place(rest)
    except (ValueError, OverflowError):
        return now(), 1 << 30, *place("")


def _number(text: str) -> int:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 16 else 1 << 62


def _end(row: Row, order: str, anchor: datetime | None) -> str:
    if order.startswith("story.n"):
        return str(row["n"])
    if order.startswith("k."):
        return f"{as_moment(row['place_at']).isoformat()}.{as_uuid(row['place_id']).hex}"
    last = f"{as_moment(row['published_at']).isoformat()}.{as_uuid(row['id']).hex}"
    return f"{(anchor or now()).isoformat()}~{row['score']}~{last}" if order.startswith("m.") else last


def _order(told: Told) -> tuple[datetime, UUID]:
    return told.shown.published_at or told.shown.created_at, told.shown.id


def _after(told: Told) -> str:
    at, row = _order(told)
    return f"{at.isoformat()}.{row.hex}"
