"""Which stories weigh most for somebody: the newest under each tag, added up in memory.

What stands under a tag is the same for everybody of a side, so it is read once a minute, and not by each
reader. Nothing here says who may see what: db/moderation_reading.py is asked about each of them after.
"""

import json
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from uuid import UUID

from care import matching
from care.clock import now
from care.matching import Likes
from db.engine import DB, fetch
from db.journal_rows import as_moment

POOL = 60
"""So many of the newest stories under each tag are weighed for one reader."""
WEIGHED = 100
"""Of those, the weightiest that one page looks at: nearly all of them may be seen."""
COUNTED = 1_000
COUNTED_FOR = timedelta(minutes=10)
STANDS = timedelta(minutes=1)
MOST = 200
"""Readers whose weightiest are kept in mind while they stand."""

Place = tuple[int, datetime, str]
"""What a story weighs, when it was published and its id as text: the order they are shown in, backwards."""
FIRST: Place = (1 << 30, datetime.max.replace(tzinfo=UTC), "~")


@dataclass(frozen=True, slots=True)
class Best:
    """All that shares something with a reader, the weightiest first, as it stood `at` a moment."""

    at: datetime
    weights: Mapping[str, int]
    places: list[Place]
    fresh: bool
    """Whether the database was asked for it."""


@dataclass
class _Moment:
    """What stood under the tags of one side, as far as somebody asked."""

    at: datetime
    newest: dict[str, list[str]] = field(default_factory=dict)
    published: dict[str, datetime] = field(default_factory=dict)
    added: dict[tuple[tuple[str, int], ...], list[Place]] = field(default_factory=dict)


_moments: dict[str, _Moment] = {}
_counts: dict[str, tuple[datetime, dict[str, int]]] = {}


def forget(counts: bool = False) -> None:
    """Something was published: who looks next sees it. Another process sees it within the minute."""
    _moments.clear()
    if counts:  # for tests
        _counts.clear()


def rarity(side: str) -> Mapping[str, int]:
    """How many stories carry each tag, as this process last counted them."""
    return _counts[side][1] if side in _counts else {}


async def best(side: str, likes: Likes, anchor: datetime | None = None) -> Best:
    """As it stood at `anchor`; without one, within the last minute. At most one statement."""
    here = _moment(side, anchor)
    count = side not in _counts or not _young(_counts[side][0], COUNTED_FOR)
    missing = [tag for tag in sorted(likes.tags) if tag not in here.newest]
    if missing or count:
        await _read(side, here, missing, count)
    weights = matching.weights(likes, rarity(side))
    known = tuple(weights.items())
    places = here.added.get(known)
    if places is None:
        places = _added(here, weights)
        if len(here.added) >= MOST:
            here.added.clear()
        here.added[known] = places
    return Best(here.at, weights, places, bool(missing or count))


def source(places: Collection[Place]) -> tuple[str, object, str]:
    """These stories as the head of a statement, what it is asked with, and their order."""
    if DB.engine_type == "sqlite":
        ids = json.dumps([item for _, _, item in places])
        # CROSS: SQLite keeps this order, and stops as soon as a page is full. Sorting them again would ask
        # of each whether it may be seen, not only of the first twenty.
        return "FROM json_each({}) AS m CROSS JOIN item ON item.id = m.value", ids, ""
    listed = [UUID(item) for _, _, item in places]
    sql = "FROM unnest(CAST({} AS UUID[])) WITH ORDINALITY AS m(value, nth) JOIN item ON item.id = m.value"
    return sql, listed, "ORDER BY m.nth"


def after(places: list[Place], place: Place) -> tuple[list[Place], bool]:
    """The WEIGHED that come after this one, and whether there are more."""
    rest = places if place == FIRST else [one for one in places if one < place]
    return rest[:WEIGHED], len(rest) > WEIGHED


def _young(since: datetime, lasts: timedelta) -> bool:
    return timedelta() <= now() - since < lasts


def _moment(side: str, anchor: datetime | None) -> _Moment:
    here = _moments.get(side)
    if here and anchor in (None, here.at) and _young(here.at, STANDS):
        return here
    if anchor is not None:  # an older page goes on as it began
        return _Moment(min(anchor, now()))
    here = _moments[side] = _Moment(now())
    return here


async def _read(side: str, here: _Moment, tags: Iterable[str], count: bool) -> None:
    every = [*matching.SITUATIONS, *matching.INTERESTS] if count else []
    tags = list(tags)
    given = [part for tag in tags for part in (side, tag, here.at)]
    given += [part for tag in every for part in (tag, side, tag)]
    rows = await fetch(" UNION ALL ".join([_NEWEST] * len(tags) + [_COUNT] * len(every)), *given)
    for tag in tags:
        here.newest[tag] = []
    for row in rows:
        if row["item"]:
            here.newest[row["tag"]].append(row["item"])
            here.published[row["item"]] = as_moment(row["at"])
    if count:
        _counts[side] = now(), {row["tag"]: row["n"] for row in rows if not row["item"]}


_NEWEST = f"""SELECT * FROM (SELECT tag, CAST(item AS TEXT) AS item, CAST(at AS TEXT) AS at, 0 AS n
    FROM story_tag WHERE side = {{}} AND tag = {{}} AND at <= {{}}
    ORDER BY story_tag.at DESC, story_tag.item DESC LIMIT {POOL}) AS p"""  # noqa: S608 - our own words
_COUNT = f"""SELECT CAST({{}} AS VARCHAR) AS tag, CAST(NULL AS TEXT) AS item, CAST(NULL AS TEXT) AS at,
    COUNT(*) AS n FROM (SELECT 1 FROM story_tag WHERE side = {{}} AND tag = {{}} AND at IS NOT NULL
    LIMIT {COUNTED}) AS c"""  # noqa: S608


def _added(here: _Moment, weights: Mapping[str, int]) -> list[Place]:
    """As care.matching.score adds up: nothing for what shares a diagnosis alone."""
    scores: dict[str, int] = {}
    for tag in sorted(weights, key=lambda tag: tag in matching.DIAGNOSES):
        only = tag in matching.DIAGNOSES
        for item in here.newest[tag]:
            if item in scores:
                scores[item] += weights[tag]
            elif not only:
                scores[item] = weights[tag]
    return sorted(((score, here.published[item], item) for item, score in scores.items()), reverse=True)
