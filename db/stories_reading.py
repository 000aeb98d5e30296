"""Stories as somebody may read them: lists, one story with its answers, and what is like it.

Who may see what is decided in db/moderation_reading.py, whose condition stands in each statement here.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from uuid import UUID

from care import controls as choosing
from care import matching
from care.clock import now
from care.controls import Choices
from care.matching import NOBODY, Likes
from care.rulings import side
from db import controls, stories_search
from db.devices import Viewer
from db.engine import DB, fetch
from db.ids import uuid7
from db.journal_rows import as_moment, as_uuid
from db.moderation_reading import VISIBLE, others, visible
from db.moderation_rows import Row
from db.stories_rows import LISTED, ONE, Held, Told, me, told_by

PER_PAGE = 20
POOL = 60
"""So many of the newest stories under each tag are weighed for one reader."""
WEIGHED = 100
"""Of those, the weightiest that one page looks at: nearly all of them may be seen."""
COUNTED = 1_000
COUNTED_FOR = timedelta(minutes=10)


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
    source, given = pool(viewer, weighed, anchor, (total, at, row))
    order = "m.score DESC, m.at DESC, m.item DESC"
    shelf = await _shelf(viewer, source, "TRUE", given, order, show, choices, anchor)
    explained = [_explained(one, choices.likes, weighed) for one in shelf.items]
    return Shelf(explained, shelf.hidden, shelf.older, likes=choices.likes)


async def search(viewer: Viewer, question: str, *, before: str = "", show: bool = False) -> Shelf:
    """Stories with all these words, those written last first. An empty question finds nothing."""
    found = stories_search.terms(question)
    if not found:
        return Shelf([])
    if DB.engine_type == "sqlite":
        # The index is walked from its newest end, and only as far as a page is long.
        match = "f.story_search MATCH {} AND f.rowid < {} AND item.side = {}"
        given: tuple[object, ...] = (stories_search.sqlite(found), _number(before), side(viewer.band))
        return await _shelf(viewer, _FOUND, match, given, "f.rowid DESC", show)
    match = (
        "to_tsvector('simple', story.search) @@ to_tsquery('simple', {}) AND story.n < {} AND item.side = {}"
    )
    given = (stories_search.postgres(found), _number(before), side(viewer.band))
    return await _shelf(viewer, "", match, given, "story.n DESC", show)


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
    told = await told_by(await fetch(_THREAD, *_asked(viewer, story, at, row)), viewer)
    found = next((one for one in told if one.shown.id == story), None)
    if found is None or (choices.break_until and not found.shown.mine):
        return None
    answers = sorted((one for one in told if one.shown.published_at and one is not found), key=_order)
    waiting = sorted((one for one in told if not one.shown.published_at and one is not found), key=_order)
    more = len(answers) > PER_PAGE
    listed = [Held(one) for one in (*answers[:PER_PAGE], *([] if more else waiting))]
    parted = choosing.part(listed, others(choices, viewer), show)
    newer = _after(answers[PER_PAGE - 1]) if more else ""
    # As rare as the list last found it, so that both say the same reason; not worth a question of its own.
    rarity = _rarity.get(side(viewer.band), (None, {}))[1]
    found = _explained(found, choices.likes, matching.weights(choices.likes, rarity))
    return Thread(found, [one.told for one in parted.shown], parted.hidden, newer)


async def surprise(viewer: Viewer, chance: float) -> UUID | None:
    """The story that was newest at a moment between the first story of their side and now, as far on as
    `chance` says, from 0 to 1. Never one of their own."""
    choices = await controls.of(viewer)
    first = await fetch(_FIRST, side(viewer.band))
    if choices.break_until or not first:
        return None
    begun = as_moment(first[0]["published_at"])
    for moment in (begun + (now() - begun) * chance, now()):
        found = await fetch(_LAST_BEFORE, side(viewer.band), moment, *visible(viewer), viewer.person)
        if found:
            return as_uuid(found[0]["id"])
    return None


_STORIES = "item.kind = 'story' AND item.place IS NULL AND item.state = 'published' AND item.side = {}"
_FIRST = f"SELECT item.published_at FROM item WHERE {_STORIES} ORDER BY item.published_at LIMIT 1"  # noqa: S608
_LAST_BEFORE = f"""SELECT item.id FROM item JOIN person ON person.id = item.author
    WHERE {_STORIES} AND item.published_at <= {{}} AND {VISIBLE} AND item.author <> {{}}
    ORDER BY item.published_at DESC, item.id DESC LIMIT 1"""  # noqa: S608 - our own words


async def like(viewer: Viewer, story: Told, limit: int = 3) -> list[Told]:
    """Others with something in common with this one."""
    if not story.likes:
        return []
    at, row = place("")
    source, given = pool(
        viewer, matching.weights(story.likes, await _counts(side(viewer.band))), now(), (1 << 30, at, row)
    )
    where = "item.id <> {} AND item.author <> {}"
    asked = (*given, story.shown.id, viewer.person)
    shelf = await _shelf(
        viewer, source, where, asked, "m.score DESC, m.at DESC, m.item DESC", False, limit=limit
    )
    return shelf.items


_MINE = "(item.author = {} AND item.state <> 'withdrawn')"
_PUBLISHED = "item.kind = 'reply' AND item.place = {} AND item.state = 'published'"
_WAITING = "item.kind = 'reply' AND item.place = {} AND item.state NOT IN ('published', 'withdrawn')"
_THREAD = f"""
SELECT * FROM ({ONE} WHERE item.kind = 'story' AND item.id = {{}} AND ({_MINE} OR {VISIBLE})) AS one
UNION ALL
SELECT * FROM ({ONE} WHERE {_PUBLISHED} AND (item.published_at, item.id) > ({{}}, {{}}) AND {VISIBLE}
    ORDER BY item.published_at, item.id LIMIT {PER_PAGE + 1}) AS two
UNION ALL
SELECT * FROM ({ONE} WHERE {_WAITING} AND item.author = {{}}
    ORDER BY item.created_at DESC LIMIT {PER_PAGE}) AS three
"""  # noqa: S608 - our own words


def _asked(viewer: Viewer, story: UUID, at: datetime, row: UUID) -> tuple[object, ...]:
    """The arguments of _THREAD, in its order."""
    mine = me(viewer)
    return (
        *(*mine, story, viewer.person, *visible(viewer)),
        *(*mine, story, at, row, *visible(viewer)),
        *(*mine, story, viewer.person),
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
    extra = _EXTRA.get(order[0], "")
    source = joined if joined.startswith("FROM") else f"{_JOINED} {joined}"
    # The pool is in order already, and on SQLite the rows come in its order: sorting them again would
    # ask of each whether it may be seen, not only of the first twenty.
    sorting = "" if order[0] == "m" and DB.engine_type == "sqlite" else f"ORDER BY {order}"
    sql = f"""SELECT {LISTED}{extra} {source}
        WHERE item.kind = 'story' AND item.place IS NULL AND {where} AND {VISIBLE}
        {sorting} LIMIT {{}}"""
    rows = await fetch(sql, viewer.person, *given, *visible(viewer), limit + 1)
    told = await told_by(rows[:limit], viewer)
    parted = choosing.part([Held(one) for one in told], others(choices, viewer), show)
    more = len(rows) > limit or (rows and order[0] == "m" and int(rows[-1]["total"]) > WEIGHED)
    older = _end(rows[:limit][-1], order, anchor) if more else ""
    return Shelf([one.told for one in parted.shown], parted.hidden, older, likes=choices.likes)


_EXTRA = {"m": ", m.score AS score, m.total AS total", "k": ", k.at AS place_at, k.id AS place_id"}
# CROSS: SQLite keeps this order, and stops as soon as a page is full.
_FOUND = """FROM story_search AS f CROSS JOIN story ON story.n = f.rowid
    CROSS JOIN item ON item.id = story.item JOIN person ON person.id = item.author"""
_JOINED = "FROM item JOIN person ON person.id = item.author JOIN story ON story.item = item.id"


def pool(
    viewer: Viewer, weighed: Mapping[str, int], anchor: datetime, after: tuple[int, datetime, UUID]
) -> tuple[str, tuple[object, ...]]:
    """The newest stories under each tag with what all their tags weigh together, the weightiest of them."""
    parts, given = [], []
    for tag, weight in weighed.items():
        plain = int(tag not in matching.DIAGNOSES)
        parts.append(
            f"SELECT * FROM (SELECT item, at, {int(weight)} AS w, {plain} AS plain FROM story_tag"  # noqa: S608
            f" WHERE side = {{}} AND tag = {{}} AND at <= {{}} ORDER BY at DESC, item DESC LIMIT {POOL}) AS p"
        )
        given += [side(viewer.band), tag, anchor]
    summed = (
        f"SELECT item, at, SUM(w) AS score FROM ({' UNION ALL '.join(parts)}) AS u"  # noqa: S608
        " GROUP BY item, at HAVING SUM(plain) > 0"
    )
    best = (
        f"SELECT item, at, score, COUNT(*) OVER () AS total FROM ({summed}) AS s"  # noqa: S608
        " WHERE (score, at, item) < ({}, {}, {})"
        f" ORDER BY score DESC, at DESC, item DESC LIMIT {WEIGHED}"
    )
    cross = "CROSS " if DB.engine_type == "sqlite" else ""
    others_ = "JOIN person ON person.id = item.author JOIN story ON story.item = item.id"
    return f"FROM ({best}) AS m {cross}JOIN item ON item.id = m.item {others_}", (*given, *after)


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
    rows = await fetch(" UNION ALL ".join([one] * len(tags)), *given)
    _rarity[which] = now(), {row["tag"]: row["n"] for row in rows}
    return _rarity[which][1]


def _explained(told: Told, likes: Likes, weighed: Mapping[str, int]) -> Told:
    if told.shown.mine or not likes:
        return told
    why = matching.why(told.likes, likes, weighed)
    return replace(told, why=why) if why else told


_LONG_AGO = datetime(1970, 1, 1, tzinfo=UTC)


def place(text: str, first: bool = False) -> tuple[datetime, UUID]:
    """Where the page before ended; anything unreadable starts at the beginning."""
    try:
        at, _, row = text.rpartition(".")
        return as_moment(at), UUID(row)
    except (ValueError, OverflowError):
        return (_LONG_AGO, UUID(int=0)) if first else (now() + timedelta(days=1), uuid7())


def _standing(text: str) -> tuple[datetime, int, datetime, UUID]:
    """For you: the end of the minute the first page was asked for in, and the score, moment and id it ended
    with. A whole minute, so that who comes back at once is shown the same page."""
    try:
        anchor, total, rest = text.split("~", 2)
        return as_moment(anchor), int(total), *place(rest)
    except (ValueError, OverflowError):
        minute = now().replace(second=0, microsecond=0) + timedelta(minutes=1)
        return minute, 1 << 30, *place("")


def _number(text: str) -> int:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 16 else 1 << 62


def _end(row: Row, order: str, anchor: datetime | None) -> str:
    if order.startswith(("story.n", "f.")):
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
