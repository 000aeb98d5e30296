"""What Today shows beside the journal, in two statements; a third puts somebody's story before a member."""

from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from care import matching
from care import today as rules
from care import unheard as asking
from care.clock import now
from care.controls import Choices
from care.rulings import side
from care.today import KNOW, REMIND, WILLING, WRITE, Standing
from db import controls, reminders, stories_weighed, unheard
from db.devices import Viewer
from db.engine import fetch
from db.instance import crisis_set
from db.journal_rows import as_moment, as_uuid
from db.moderation_reading import VISIBLE, visible
from db.moderation_rows import Row
from db.reminders import Waiting
from db.staff import READY
from db.stories_rows import LISTED, Told, because

Arm = tuple[str, tuple[object, ...]]
"""A statement, and what it is asked with."""
READ = 12
"""Stories of which one is picked to receive."""


@dataclass(frozen=True)
class Today:
    """`give` waits for an answer, and was put before them by asking for this page; `thank` is a story of
    theirs with an answer they have not thanked."""

    due: Waiting
    receive: Told | None = None
    give: Told | None = None
    thank: UUID | None = None
    suggestion: str = ""


async def of(viewer: Viewer, day: date) -> Today:
    """`day` is theirs. While the community is closed, or they take a break, only what is due."""
    found = await _facts(viewer)
    due = reminders.waits(found)
    choices = await controls.of(viewer)
    facts = {row["what"]: row for row in found}
    crisis = crisis_set()
    if "open" not in facts or not crisis or choices.break_until or not side(viewer.band):
        return Today(due)
    receive, waits = await _stories(viewer, choices, day)
    give = next((one for one in waits), None)
    if give and not await controls.ask(viewer.person, give.shown.id, asking.REST):
        give = None
    if give and receive and give.shown.id == receive.shown.id:
        receive = None
    thank = as_uuid(facts["thank"]["id"]) if "thank" in facts and not give else None
    if receive is None and give is None and thank is None:
        return Today(due)
    return Today(due, receive, give, thank, "" if give else _suggestion(facts, choices))


async def _facts(viewer: Viewer) -> list[Row]:
    me = viewer.person
    return await fetch(_FACTS, *reminders.waiting_for(me), me, me, me, me)


async def _stories(viewer: Viewer, choices: Choices, day: date) -> tuple[Told | None, list[Told]]:
    """One to receive, and those to give to when they are willing and not resting: one statement."""
    parts: list[str] = []
    given: list[Any] = []
    asks = choices.willing and not (choices.rests_until and choices.rests_until > now())
    arms = [_newest(viewer)]
    arms += [_like(viewer, choices)] if choices.likes else []
    arms += [unheard.pool(viewer)] if asks else []
    for n, (sql, args) in enumerate(arms):
        parts.append(f"SELECT * FROM ({sql}) AS arm{n}")  # noqa: S608 - our own words
        given += args
    found = await fetch(" UNION ALL ".join(parts), *given)
    like, new, waits = [
        await unheard.read(viewer, choices, [row for row in found if row["what"] == what])
        for what in ("like", "new", "give")
    ]
    shelf = like or new
    # What came today is there tomorrow, so that today's does not change under anybody's eyes.
    older = [one for one in shelf if one.shown.published_at and one.shown.published_at.date() < day]
    picked = rules.pick([one.shown.id for one in older or shelf], day, viewer.person)
    one = next((one for one in shelf if one.shown.id == picked), None)
    if one and choices.likes:
        first = matching.ranked(matching.weights(choices.likes, {}))
        one = because(one, matching.why(one.likes, first))
    return one, waits


def _newest(viewer: Viewer) -> Arm:
    sql = f"{_SELECT}, 'new' AS what {_NEWEST} WHERE {_SEEN} ORDER BY item.published_at DESC, item.id DESC"
    return f"{sql} LIMIT {READ}", (viewer.person, *_seen(viewer))


def _like(viewer: Viewer, choices: Choices) -> Arm:
    """What has most in common with them, added up by the database: there is no statement to spare."""
    arms, given = [], []
    for tag, weight in matching.weights(choices.likes, {}).items():
        plain = int(tag not in matching.DIAGNOSES)
        arms.append(
            f"SELECT * FROM (SELECT item, at, {int(weight)} AS w, {plain} AS plain FROM story_tag"  # noqa: S608
            " WHERE side = {} AND tag = {} AND at <= {} ORDER BY at DESC, item DESC"
            f" LIMIT {stories_weighed.POOL}) AS p"
        )
        given += [side(viewer.band), tag, now()]
    best = (
        f"SELECT item, at, SUM(w) AS score FROM ({' UNION ALL '.join(arms)}) AS u GROUP BY item, at"  # noqa: S608
        f" HAVING SUM(plain) > 0 ORDER BY score DESC, at DESC, item DESC LIMIT {stories_weighed.WEIGHED}"
    )
    source = f"FROM ({best}) AS m JOIN item ON item.id = m.item {_BESIDE}"
    sql = f"{_SELECT}, 'like' AS what {source} WHERE {_SEEN} ORDER BY m.score DESC, m.at DESC, m.item DESC"
    return f"{sql} LIMIT {READ}", (viewer.person, *given, *_seen(viewer))


def _seen(viewer: Viewer) -> list[Any]:
    return [side(viewer.band), viewer.person, *visible(viewer)]


def _suggestion(facts: dict[str, Row], choices: Choices) -> str:
    done = {key for key in (REMIND, WRITE) if key in facts}
    done |= {KNOW} if choices.likes else set()
    done |= {WILLING} if choices.willing else set()
    return rules.suggest(Standing(as_moment(facts["joined"]["at"]), done, choices.waved), now())


_SELECT = f"SELECT {LISTED}"
_SEEN = f"""item.kind = 'story' AND item.state = 'published' AND item.place IS NULL AND item.side = {{}}
    AND item.author <> {{}} AND {VISIBLE}"""
_BESIDE = "JOIN person ON person.id = item.author JOIN story ON story.item = item.id"
_NEWEST = f"FROM item {_BESIDE}"
# An answer to a story of theirs, shown and not thanked: the newest few of their stories are looked at.
_THANK = """SELECT s.id FROM (SELECT id FROM item WHERE author = {} AND kind = 'story' AND state = 'published'
        ORDER BY created_at DESC, id DESC LIMIT 5) AS s
    JOIN item r ON r.place = s.id AND r.state = 'published'
    JOIN item a ON a.id = s.id AND a.author <> r.author
    WHERE NOT EXISTS (SELECT 1 FROM reaction t WHERE t.item = r.id AND t.kind = 32)
    ORDER BY r.published_at DESC LIMIT 1"""
_FACTS = f"""
SELECT CAST(NULL AS UUID) AS id, w.what AS what, w.at AS at, w.tz AS tz, w.follows AS follows
    FROM ({reminders.WAITING}) AS w
UNION ALL SELECT id, 'joined', created_at, '', FALSE FROM person WHERE id = {{}}
UNION ALL SELECT CAST(NULL AS UUID), 'open', CAST(NULL AS TIMESTAMPTZ), '', FALSE FROM instance
    WHERE name = 'rules' AND {READY}
UNION ALL SELECT CAST(NULL AS UUID), '{REMIND}', CAST(NULL AS TIMESTAMPTZ), '', FALSE
    WHERE EXISTS (SELECT 1 FROM reminder WHERE person = {{}})
UNION ALL SELECT CAST(NULL AS UUID), '{WRITE}', CAST(NULL AS TIMESTAMPTZ), '', FALSE
    WHERE EXISTS (SELECT 1 FROM item WHERE author = {{}} AND kind = 'story' AND state <> 'withdrawn')
UNION ALL SELECT id, 'thank', CAST(NULL AS TIMESTAMPTZ), '', FALSE FROM ({_THANK}) AS thanked
"""  # noqa: S608 - our own words
