"""Groups as somebody may see them: which there are, one of them, its posts, and what is new in it.

A group for another age, or one they are not invited to, does not exist for them. Who may see which post is
decided in db/moderation_reading.py, whose condition stands in each statement about posts here.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from uuid import UUID

from care import controls as choosing
from care import groups as rules
from care.clock import now
from db import controls, moderation_rows
from db.devices import Viewer
from db.engine import fetch
from db.groups_rows import Post, Room, Row, room
from db.ids import uuid7
from db.journal_rows import as_moment, as_uuid
from db.moderation_reading import IS_STAFF, VISIBLE, others, trusted, visible
from db.moderation_rows import COLUMNS

PER_PAGE, MOST_WAITING = 20, 10
MOST_TAGGED = 500
ORDER = {tag: n for n, tag in enumerate(rules.TAGS)}
MINE = 40
"""Nobody is in more groups than this, as a list shows them."""


@dataclass(frozen=True, slots=True)
class Shelf:
    mine: list[Room]
    others: list[Room]
    older: str = ""
    tags: tuple[str, ...] = ()
    """What the others can be found by; first what the viewer said of themselves."""


@dataclass(frozen=True, slots=True)
class Feed:
    """Newest first. `waiting` are the viewer's own that nobody else sees; `older` the number before which
    the next page begins, 0 when there is none."""

    posts: list[Post] = field(default_factory=list)
    pinned: Post | None = None
    waiting: list[Post] = field(default_factory=list)
    hidden: int = 0
    older: int = 0
    back_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Thread:
    """Posts that stand together: those of a group, or of the room of one meeting. `where` and `mine` are SQL
    that is given `id`; `posts` is the number of the newest."""

    id: UUID
    posts: int
    pinned: UUID | None
    join: str
    where: str
    mine: str


@dataclass(frozen=True, slots=True)
class Since:
    """Posts of others that came after `n`, by number and id, oldest first; `n` is where to go on from."""

    new: list[tuple[int, UUID]]
    n: int


async def shelf(viewer: Viewer, before: str = "", about: str = "") -> Shelf:
    """Theirs, by name; then what else is there for their age, the newest first: all, or those about one of
    care.groups.TAGS."""
    at, last = _place(before)
    found_by = f"% {about} %" if about else "%"
    given = (*seen(viewer), MINE, *seen(viewer), found_by, at, last, PER_PAGE + 1)
    found = [(row["part"], room(row, viewer)) for row in await fetch(_SHELF, *given)]
    mine, rest = ([one for part, one in found if part == which] for which in (1, 2))
    more = len(rest) > PER_PAGE
    older = f"{rest[PER_PAGE - 1].made_at.isoformat()}.{rest[PER_PAGE - 1].id.hex}" if more else ""
    mine = sorted(mine, key=lambda one: one.name.casefold())
    return Shelf(mine, rest[:PER_PAGE], older, await _tags(viewer))


async def _tags(viewer: Viewer) -> tuple[str, ...]:
    likes = (await controls.of(viewer)).likes
    theirs = likes.tags
    crosses = viewer.acts_as("moderator")
    given = (viewer.person, crosses, f"%{viewer.band or '-'}%", crosses, MOST_TAGGED)
    there = {tag for row in await fetch(_TAGS, *given) for tag in row["topics"].split()}
    return tuple(sorted(there & set(rules.TAGS), key=lambda tag: (tag not in theirs, ORDER[tag])))


async def find(viewer: Viewer, group: UUID) -> Room | None:
    rows = await fetch(f"{ROOM} AND g.id = {{}}", *seen(viewer), group)
    return room(rows[0], viewer) if rows else None


def thread(here: Room) -> Thread:
    """What is said in the group, but for its meetings."""
    return Thread(here.id, here.posts, here.pinned, "", f"p.grp = {{}} AND {APART}", _PLACED)


async def feed(
    viewer: Viewer, room: Room, *, before: int = 0, show: bool = False, of: Thread | None = None
) -> Feed:
    """Expects a room they may read in; `of` is a thread of it, the group's own unless said otherwise.
    `show` lifts their own choices this once."""
    here = of or thread(room)
    choices = await controls.of(viewer)
    if choices.break_until:
        return Feed(back_at=choices.break_until)
    first = not 0 < before <= here.posts
    asked = [viewer.person, here.id, here.posts + 1_000 if first else before, *visible(viewer), PER_PAGE + 1]
    sql = _FEED
    if first:  # the pinned one and the viewer's own waiting ones stand above the first page alone
        sql += _ABOVE
        asked += [viewer.person, here.pinned or uuid7(), here.id, *visible(viewer)]
        asked += [viewer.person, here.id, viewer.person]
    rows = await fetch(_of(here, sql), *asked)
    posts, pinned, waiting = [
        await _posts([row for row in rows if row["part"] == part], viewer) for part in (1, 2, 3)
    ]
    numbers = sorted((row["n"] for row in rows if row["part"] == 1), reverse=True)
    posts = sorted((one for one in posts if one.n in numbers[:PER_PAGE]), key=lambda one: -one.n)
    above = {one.shown.id for one in pinned}
    theirs = others(choices, viewer)
    parted = choosing.part([one for one in posts if one.shown.id not in above], theirs, show)
    top = choosing.part(pinned, theirs, show)
    older = numbers[PER_PAGE - 1] if len(numbers) > PER_PAGE else 0
    hidden = parted.hidden + top.hidden
    return Feed(parted.shown, next(iter(top.shown), None), waiting, hidden, older)


async def since(viewer: Viewer, group: UUID, n: int) -> Since | None:
    """None when they may no longer read there. Twenty at most at a time: `n` leads on."""
    here = await find(viewer, group)
    if here is None or not here.reads:
        return None
    return await newer(viewer, thread(here), n)


async def newer(viewer: Viewer, here: Thread, n: int) -> Since:
    """Expects one that they may read."""
    choices = await controls.of(viewer)
    if choices.break_until or n >= here.posts:
        return Since([], n)
    rows = await fetch(_of(here, _SINCE), viewer.person, here.id, n, *visible(viewer), PER_PAGE)
    posts = sorted(await _posts(rows, viewer), key=lambda one: one.n)
    shown = choosing.part(posts, others(choices, viewer)).shown
    last = max((row["n"] for row in rows), default=n)
    return Since([(one.n, one.shown.id) for one in shown if not one.shown.mine], last)


def _of(here: Thread, sql: str) -> str:
    return sql.replace("JOIN_", here.join).replace("WHERE_", here.where).replace("MINE_", here.mine)


async def _posts(rows: Sequence[Row], viewer: Viewer) -> list[Post]:
    beside = {as_uuid(row["id"]): row for row in rows}
    shown = await moderation_rows.shown(rows, viewer.person, trusted(list(rows)))
    return [
        Post(
            one,
            *(beside[one.id]["n"] or 0, int(beside[one.id]["kinds"]), int(beside[one.id]["given"])),
            tuple((beside[one.id]["put"] or "").split()),
            bool(beside[one.id]["moved"]),
        )
        for one in shown
    ]


def seen(viewer: Viewer) -> tuple[object, ...]:
    """The arguments of ROOM."""
    crosses = viewer.acts_as("moderator")
    return now(), crosses, viewer.person, crosses, f"%{viewer.band or '-'}%", crosses


def apart(meeting: str, person: str) -> str:
    """SQL: whether a block stands between `person` and who leads `meeting`, beside their registration `r`.

    Not for who had a place when it was asked for, and was to come: a meeting that vanishes, with a place that
    cannot be given back, would tell of the block. Nor does it vanish the moment they give their place back.
    """
    came = "(r.state IS NULL OR (r.state = 'out' AND r.at <= b.at))"
    led = f"({meeting}.host, {meeting}.second)"
    return f"""(EXISTS (SELECT 1 FROM block b WHERE b.person = {person} AND b.other IN {led} AND {came})
        OR EXISTS (SELECT 1 FROM block b WHERE b.other = {person} AND b.person IN {led} AND {came}))"""  # noqa: S608 - our own words


def _place(text: str) -> tuple[datetime, UUID]:
    """Where the page before ended; anything unreadable starts at the beginning."""
    try:
        at, _, last = text.rpartition(".")
        return as_moment(at), UUID(last)
    except (ValueError, OverflowError):
        return now() + timedelta(days=1), uuid7()


_COLUMNS = f"""
g.id, g.name, g.purpose, g.rules, g.topics, g.bands, g.type, g.pace, g.cap, g.slow, g.hours, g.lang,
g.starts_on, g.ends_on, g.posts, g.pinned, g.closed_at, g.looked_after, g.made_at, g.mix, g.mix_on, g.rules_n,
m.state, m.way, m.facilitator, m.muted_at, m.posted_at, m.sky, m.sky_on, m.agreed,
m.news, m.news_n, m.news_at,
CASE WHEN m.news THEN EXISTS (SELECT 1 FROM notice n WHERE n.person = m.person AND n.kind = 'group'
    AND n.path = '/groups/' || CAST(g.id AS VARCHAR) AND n.read_at IS NULL) ELSE FALSE END AS told,
(SELECT COUNT(*) FROM membership c WHERE c.grp = g.id AND c.state = 'in' AND NOT c.facilitator) AS members,
(SELECT MIN(p.name) FROM membership f JOIN person p ON p.id = f.person
    WHERE f.grp = g.id AND f.state = 'in' AND f.facilitator) AS host,
(SELECT t.wall FROM meeting t LEFT JOIN registration r ON r.meeting = t.id AND r.person = m.person
    WHERE t.grp = g.id AND t.agreed_at IS NOT NULL AND t.cancelled_at IS NULL AND t.ends_at > {{}}
    AND ({{}} OR m.facilitator OR NOT {apart("t", "m.person")}) ORDER BY t.ends_at, t.id LIMIT 1) AS meets_at
"""  # noqa: S608 - our own words
_FROM = """FROM peer_group g LEFT JOIN membership m ON m.grp = g.id AND m.person = {}
WHERE ({} OR g.bands LIKE {}) AND (g.type <> 'invite' OR {} OR m.state IN ('in', 'invited'))"""
ROOM = f"SELECT {_COLUMNS} {_FROM}"
_SHELF = f"""
SELECT * FROM (SELECT 1 AS part, {_COLUMNS} {_FROM} AND m.state IN ('in', 'asked', 'invited')
    ORDER BY g.made_at DESC, g.id DESC LIMIT {{}}) AS one
UNION ALL
SELECT * FROM (SELECT 2 AS part, {_COLUMNS} {_FROM} AND (m.state IS NULL OR m.state = 'out')
    AND ' ' || g.topics || ' ' LIKE {{}} AND (g.made_at, g.id) < ({{}}, {{}})
    ORDER BY g.made_at DESC, g.id DESC LIMIT {{}}) AS two
"""  # noqa: S608 - our own words
_TAGS = f"SELECT DISTINCT g.topics {_FROM} AND (m.state IS NULL OR m.state = 'out') LIMIT {{}}"
_OF = "FROM reaction r WHERE r.item = item.id AND r.kind < 32"
_POST = f"""{COLUMNS}, {IS_STAFF} AS by_staff, p.n, p.notes AS put, p.moved,
    CAST(COALESCE((SELECT SUM(DISTINCT r.kind) {_OF}), 0) AS INTEGER) AS kinds,
    COALESCE((SELECT r.kind {_OF} AND r.person = {{}}), 0) AS given
    FROM item JOIN person ON person.id = item.author"""  # noqa: S608 - our own words
_NUMBERED = f"{_POST} JOIN_ JOIN group_post p ON p.item = item.id"
APART = "NOT EXISTS (SELECT 1 FROM meeting_post h WHERE h.item = item.id)"
_PLACED = f"item.place = {{}} AND {APART}"
_FEED = f"""
SELECT * FROM (SELECT 1 AS part, {_NUMBERED} WHERE WHERE_ AND p.n < {{}} AND {VISIBLE}
    ORDER BY p.n DESC LIMIT {{}}) AS one
"""  # noqa: S608 - our own words
_ABOVE = f"""
UNION ALL
SELECT * FROM (SELECT 2 AS part, {_NUMBERED} WHERE item.id = {{}} AND WHERE_ AND {VISIBLE}) AS two
UNION ALL
SELECT * FROM (SELECT 3 AS part, {_POST} JOIN_ LEFT JOIN group_post p ON p.item = item.id
    WHERE item.kind = 'post' AND MINE_ AND item.author = {{}}
    AND item.state NOT IN ('published', 'withdrawn')
    ORDER BY item.created_at DESC LIMIT {MOST_WAITING}) AS three
"""  # noqa: S608 - our own words
_SINCE = f"""
SELECT {_NUMBERED} WHERE WHERE_ AND p.n > {{}} AND {VISIBLE} ORDER BY p.n LIMIT {{}}
"""
