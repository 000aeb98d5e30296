"""Nobody unheard: what waits for an answer that this viewer could give, and what is done when nobody does."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from care import controls as choosing
from care import unheard as rules
from care.clock import now
from care.controls import Choices
from care.rulings import side
from care.unheard import Figures
from db import controls, shifts
from db.devices import Viewer
from db.engine import DB, fetch
from db.journal_rows import as_moment, as_uuid
from db.moderation_reading import VISIBLE, others, visible
from db.moderation_rows import Row, moment
from db.stories_rows import LISTED, Held, Told, told_by

POOL, READ = 16, 8
"""So many of the oldest in each class are weighed for one reader, and so many of the neediest read."""
SHOWN = 5
"""Of each side, in the desk's list of the longest waiting."""


async def waiting(viewer: Viewer, choices: Choices | None = None, only: UUID | None = None) -> list[Told]:
    """What they could answer, greatest need first: of their own side, what their choices leave, nothing of
    theirs and nothing they answered. One statement, the same whatever waits. `only` asks about one."""
    choices = choices or await controls.of(viewer)
    if choices.break_until or not side(viewer.band):
        return []
    sql, given = pool(viewer, only)
    return await read(viewer, choices, await fetch(sql, *given))


async def read(viewer: Viewer, choices: Choices, found: Sequence[Row]) -> list[Told]:
    told = await told_by(list(found), viewer)
    return [one.told for one in choosing.part([Held(one) for one in told], others(choices, viewer)).shown]


def pool(viewer: Viewer, only: UUID | None = None) -> tuple[str, tuple[object, ...]]:
    """The statement, and what it is asked with; its rows go to `read`.

    Need grows with age alone within one class of how many answered and how many were asked, so the heads
    of the classes, each read from its index, hold the neediest of all.
    """
    at, mine = now(), side(viewer.band)
    heads: list[str] = []
    given: list[object] = [viewer.person]
    for replies in range(rules.WANTED):
        for asked in range(rules.MOST_ASKED + 1):
            heads.append(_HEAD.replace("ONLY", "AND u.item = {}" if only else ""))
            given += [
                mine,
                replies,
                asked,
                at - rules.LONGEST,
                at,
                at,
                viewer.person,
                *([only] if only else []),
            ]
    sql = _POOL.replace("HEADS", " UNION ALL ".join(heads))
    return sql, (*given, mine, viewer.person, *visible(viewer), at)


@dataclass(frozen=True, slots=True)
class Long:
    """One line for the desk: who waits how long, without a word of theirs."""

    item: UUID
    name: str
    band: str
    side: str
    since: datetime
    replies: int
    kind: str


@dataclass(frozen=True, slots=True)
class Board:
    sides: dict[str, Figures]
    longest: list[Long]


async def board(viewer: Viewer) -> Board:
    """For the desk: one statement, bounded whatever there is. Raises NotStaff."""
    shifts.desk(viewer)
    at = now()
    heads = [(which, replies) for which in _SIDES for replies in range(rules.WANTED)]
    given: list[object] = [part for which in _SIDES for part in (which, at - rules.MONTH)]
    given += [part for head in heads for part in (*head, at - rules.LONGEST, at, at)]
    oldest = _LONGEST.replace("HEADS", " UNION ALL ".join([_OLDEST] * len(heads)))
    found = await fetch(" UNION ALL ".join([*[_COUNTED] * len(_SIDES), oldest]), *given)
    told: dict[str, list[tuple[datetime, int, datetime | None]]] = {which: [] for which in _SIDES}
    for row in found:
        if not row["item"]:
            each = as_moment(row["since"]), int(row["replies"]), moment(row["answered_at"])
            told[row["side"]].append(each)
    figures = {which: rules.figures(each, at) for which, each in told.items()}
    return Board(figures, _longest([row for row in found if row["item"]], at))


_SIDES = ("t", "y")


def _longest(found: Sequence[Row], at: datetime) -> list[Long]:
    lines = [
        Long(
            *(as_uuid(r["item"]), r["name"], r["band"], r["side"], as_moment(r["since"])),
            *(r["replies"], r["kind"]),
        )
        for r in found
    ]
    lines.sort(key=lambda one: (-rules.need(at - one.since, one.replies), one.since))
    return [one for which in _SIDES for one in [each for each in lines if each.side == which][:SHOWN]]


def _hours(since: str) -> str:
    """How old `since` is at the moment asked with; each engine counts in a unit of its own."""
    if DB.engine_type == "sqlite":
        return f"(julianday({{}}) - julianday({since}))"
    return f"EXTRACT(EPOCH FROM (CAST({{}} AS TIMESTAMPTZ) - {since}))"


# A class for each number of answers and of people asked. An ask waits from a third of its time on, until
# it closes.
_HEAD = f"""SELECT * FROM (SELECT u.item, u.since, u.replies, u.asked FROM unheard u
    WHERE u.waits AND u.side = {{}} AND u.replies = {{}} AND u.asked = {{}} AND u.since > {{}}
    AND u.since <= {{}} AND (u.until IS NULL OR u.until > {{}})
    AND NOT EXISTS (SELECT 1 FROM item r
        WHERE r.place = u.item AND r.author = {{}} AND r.state <> 'withdrawn')
    ONLY ORDER BY u.since, u.item LIMIT {POOL}) AS head"""  # noqa: S608 - our own words
_CROSS = "CROSS " if DB.engine_type == "sqlite" else ""
_POOL = f"""SELECT {LISTED}, 'give' AS what FROM (HEADS) AS w {_CROSS}JOIN item ON item.id = w.item
    JOIN person ON person.id = item.author LEFT JOIN story ON story.item = item.id
    WHERE item.side = {{}} AND item.place IS NULL AND item.author <> {{}} AND {VISIBLE}
    ORDER BY {_hours("w.since")} * (2 - w.replies) / (1 + w.asked) DESC, w.since, w.item
    LIMIT {READ}"""  # noqa: S608 - our own words
_COUNTED = f"""SELECT * FROM (SELECT CAST(NULL AS UUID) AS item, CAST(NULL AS VARCHAR) AS name,
    CAST(NULL AS VARCHAR) AS band, side, since, replies, answered_at, NULL AS kind FROM unheard
    WHERE side = {{}} AND since > {{}} AND until IS NULL
    ORDER BY since DESC LIMIT {rules.COUNTED}) AS counted"""  # noqa: S608
_OLDEST = f"""SELECT * FROM (SELECT item, side, since, replies FROM unheard
    WHERE waits AND side = {{}} AND replies = {{}} AND since > {{}}
    AND since <= {{}} AND (until IS NULL OR until > {{}}) ORDER BY since LIMIT {SHOWN}) AS oldest"""  # noqa: S608
_LONGEST = """SELECT w.item, person.name, person.band, w.side, w.since, w.replies,
    NULL AS answered_at, item.kind FROM (HEADS) AS w
    JOIN item ON item.id = w.item JOIN person ON person.id = item.author"""
