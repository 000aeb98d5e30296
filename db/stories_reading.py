"""Stories as somebody may read them: lists, one story with its answers, and what is like it.

Who may see what is decided in db/moderation_reading.py, whose condition stands in each statement here.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from uuid import UUID

from care import controls as choosing
from care import matching
from care.clock import now
from care.controls import Choices
from care.matching import NOBODY, Likes
from care.rulings import side
from db import controls, stories_search, stories_weighed
from db.devices import Viewer
from db.engine import DB, fetch
from db.ids import uuid7
from db.journal_rows import as_moment, as_uuid
from db.moderation_reading import VISIBLE, others, visible
from db.moderation_rows import Row
from db.stories_rows import LISTED, MARKED, ONE, Held, Told, because, me, told_by

PER_PAGE = 20


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
        order = "ORDER BY item.published_at DESC, item.id DESC"
        return await _shelf(viewer, _List(_JOINED, where, (side(viewer.band), at, row), order, _last), show)
    tagged = "JOIN story_tag t ON t.item = item.id AND t.side = {} AND t.tag = {} AND t.at IS NOT NULL"
    given = (side(viewer.band), tag, at, row)
    order = "ORDER BY t.at DESC, t.item DESC"
    return await _shelf(
        viewer, _List(f"{_JOINED} {tagged}", "(t.at, t.item) < ({}, {})", given, order, _last), show
    )


async def for_you(viewer: Viewer, *, before: str = "", show: bool = False) -> Shelf:
    """What is most like the viewer first. Every page counts only what was there when the first was asked
    for, so that nothing moves between pages; without anything said of oneself, simply the newest."""
    choices = await controls.of(viewer)
    if choices.break_until or not choices.likes:
        return await newest(viewer, before=before, show=show)
    anchor, after = _standing(before)
    best = await stories_weighed.best(side(viewer.band), choices.likes, anchor)
    places, beyond = stories_weighed.after(best.places, after)

    def end(row: Row) -> str:
        score = next(score for score, _, item in places if item == row["id"])
        return f"{best.at.isoformat()}~{score}~{_last(row)}"

    asked = _these(places, end, _OTHERS, (viewer.person,), whole=best.fresh, beyond=beyond)
    shelf = await _shelf(viewer, asked, show, choices)
    first = matching.ranked(best.weights)
    told = [because(one, matching.why(one.likes, first)) for one in shelf.items]
    return Shelf(told, shelf.hidden, shelf.older, likes=choices.likes)


async def search(viewer: Viewer, question: str, *, before: str = "", show: bool = False) -> Shelf:
    """Stories with all these words, those written last first. An empty question finds nothing."""
    found = stories_search.terms(question)
    if not found:
        return Shelf([])
    start, mine = _number(before), side(viewer.band)
    if DB.engine_type == "sqlite":
        # The index is walked from its newest end, and only as far as a page is long.
        where, given = (
            "f.story_search MATCH {} AND f.rowid < {} AND item.side = {}",
            stories_search.sqlite(found),
        )
        asked = _List(_FOUND, where, (given, start, mine), "ORDER BY f.rowid DESC", _nth, extra=_N)
    else:
        where = (
            "to_tsvector('simple', story.search) @@ to_tsquery('simple', {})"
            " AND story.n < {} AND item.side = {}"
        )
        given = stories_search.postgres(found)
        asked = _List(_JOINED, where, (given, start, mine), "ORDER BY story.n DESC", _nth, extra=_N)
    return await _shelf(viewer, asked, show)


async def kept(viewer: Viewer, *, before: str = "") -> Shelf:
    """What the viewer kept, the last kept first; muted words are lifted, since they chose it."""
    at, row = place(before)
    mine = f"{_JOINED} JOIN kept k ON k.item = item.id AND k.person = {{}}"
    where, order = "(k.at, k.id) < ({}, {})", "ORDER BY k.at DESC, k.id DESC"
    extra = ", k.at AS place_at, k.id AS place_id"
    return await _shelf(viewer, _List(mine, where, (viewer.person, at, row), order, _kept, extra=extra), True)


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
    if not found.shown.mine:
        # As rare as the list last found it, so that both say the same reason.
        weights = matching.weights(choices.likes, stories_weighed.rarity(side(viewer.band)))
        found = because(found, matching.why(found.likes, matching.ranked(weights)))
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
    """Others with something in common with this one, and what that is."""
    if not story.likes:
        return []
    best = await stories_weighed.best(side(viewer.band), story.likes)
    places, _ = stories_weighed.after(best.places, stories_weighed.FIRST)
    but = f"item.id <> {{}} AND {_OTHERS}"
    asked = _these(places, _last, but, (story.shown.id, viewer.person), whole=best.fresh)
    first = matching.ranked(best.weights)
    found = (await _shelf(viewer, asked, False, limit=limit)).items
    return [because(one, matching.why(one.likes, first)) for one in found]


_OTHERS = "item.author <> {}"
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


@dataclass(frozen=True, slots=True)
class _List:
    """What is asked for: `given` are the arguments of `source` and then of `where`, as they stand there."""

    source: str
    where: str
    given: tuple[object, ...]
    order: str
    end: Callable[[Row], str]
    """How the page after this row begins."""
    extra: str = ""
    whole: bool = False
    """Ask for all of each at once, since no further statement is to spare."""
    beyond: bool = False
    """There is more than what was looked at."""


async def _shelf(
    viewer: Viewer, asked: _List, show: bool, choices: Choices | None = None, limit: int = PER_PAGE
) -> Shelf:
    choices = choices or await controls.of(viewer)
    if choices.break_until:
        return Shelf([], back_at=choices.break_until)
    sql = f"""SELECT {LISTED if asked.whole else MARKED}{asked.extra} {asked.source}
        WHERE item.kind = 'story' AND item.place IS NULL AND {asked.where} AND {VISIBLE}
        {asked.order} LIMIT {{}}"""
    rows = await fetch(sql, viewer.person, *asked.given, *visible(viewer), limit + 1)
    told = await told_by(rows[:limit], viewer)
    parted = choosing.part([Held(one) for one in told], others(choices, viewer), show)
    more = len(rows) > limit or (rows and asked.beyond)
    older = asked.end(rows[:limit][-1]) if more else ""
    return Shelf([one.told for one in parted.shown], parted.hidden, older, likes=choices.likes)


_N = ", story.n + 0 AS n"
# CROSS: SQLite keeps this order, and stops as soon as a page is full.
_FOUND = """FROM story_search AS f CROSS JOIN story ON story.n = f.rowid
    CROSS JOIN item ON item.id = story.item JOIN person ON person.id = item.author"""
_BESIDE = "JOIN person ON person.id = item.author JOIN story ON story.item = item.id"
_JOINED = f"FROM item {_BESIDE}"


def _these(
    places: Sequence[stories_weighed.Place],
    end: Callable[[Row], str],
    where: str = "TRUE",
    given: tuple[object, ...] = (),
    *,
    whole: bool,
    beyond: bool = False,
) -> _List:
    head, ids, order = stories_weighed.source(places)
    return _List(f"{head} {_BESIDE}", where, (ids, *given), order, end, whole=whole, beyond=beyond)


_LONG_AGO = datetime(1970, 1, 1, tzinfo=UTC)


def place(text: str, first: bool = False) -> tuple[datetime, UUID]:
    """Where the page before ended; anything unreadable starts at the beginning."""
    try:
        at, _, row = text.rpartition(".")
        return as_moment(at), UUID(row)
    except (ValueError, OverflowError):
        return (_LONG_AGO, UUID(int=0)) if first else (now() + timedelta(days=1), uuid7())


def _standing(text: str) -> tuple[datetime | None, stories_weighed.Place]:
    """For you: the moment the first page stood at, and the score, moment and id it ended with."""
    try:
        anchor, total, rest = text.split("~", 2)
        at, row = place(rest)
        return as_moment(anchor), (int(total), at, str(row))
    except (ValueError, OverflowError):
        return None, stories_weighed.FIRST


def _number(text: str) -> int:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 16 else 1 << 62


def _last(row: Row) -> str:
    return f"{as_moment(row['published_at']).isoformat()}.{as_uuid(row['id']).hex}"


def _nth(row: Row) -> str:
    return str(row["n"])


def _kept(row: Row) -> str:
    return f"{as_moment(row['place_at']).isoformat()}.{as_uuid(row['place_id']).hex}"


def _order(told: Told) -> tuple[datetime, UUID]:
    return told.shown.published_at or told.shown.created_at, told.shown.id


def _after(told: Told) -> str:
    at, row = _order(told)
    return f"{at.isoformat()}.{row.hex}"
