"""Nobody is ever shown what they may not see: random people, words, blocks, mutes, bans and breaks,
checked against the rules said again in plain Python."""

from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from uuid import UUID, uuid4

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from care import clock
from care.rulings import STATES
from db import blocks, controls, desk, moderation, moderation_rows, reports, shifts
from db.devices import Viewer
from db.ids import uuid7
from db.moderation_tables import Item, Sanction
from tests.members import member, post

pytestmark = pytest.mark.usefixtures("database")
KINDS = ("a", "b", "c", "supporter", "operator", "moderator", "safeguarding")
SHOWN = [state for state in STATES if state != "draft"]


@dataclass
class Words:
    id: UUID
    author: int
    state: str
    side: str
    private: bool
    noted: bool
    answers: "Words | None"


@dataclass
class World:
    people: list[Viewer]
    kinds: list[str]
    items: list[Words]
    group: UUID = field(default_factory=uuid4)
    """The database is not emptied between two worlds, so each has a place of its own."""
    blocks: set[tuple[int, int]] = field(default_factory=set)
    mutes: set[tuple[int, int]] = field(default_factory=set)
    breaks: set[int] = field(default_factory=set)
    lighter: set[int] = field(default_factory=set)
    banned: set[int] = field(default_factory=set)
    unseen: set[tuple[int, int]] = field(default_factory=set)


def side(kind: str) -> str:
    return "t" if kind in "ab" else "y"


def may_see(world: World, who: int, words: Words) -> bool:
    """The rules, said again without a database."""
    author, n = words.author, world.items.index(words)
    if author == who:
        return words.state != "withdrawn"
    apart = {(who, author), (author, who)} & world.blocks
    staff = {"moderator", "safeguarding"}
    crosses = world.kinds[author] in staff or world.kinds[who] in staff
    same = words.side == side(world.kinds[who]) == side(world.kinds[author])
    return (
        words.state == "published"
        and not words.private
        and not apart
        and (crosses or same)
        and author not in world.banned
        and who not in world.breaks
        and (who, n) not in world.unseen
        and (words.answers is None or may_see(world, who, words.answers))
    )


def chosen_away(world: World, who: int, words: Words) -> bool:
    if words.author == who:
        return False
    return (who, words.author) in world.mutes or (who in world.lighter and words.noted)


Drawn = tuple[int, str, str, bool, bool, int | None]
pairs = st.sets(st.tuples(st.integers(0, 4), st.integers(0, 4)), max_size=4)
some = st.sets(st.integers(0, 4), max_size=1)
drawn = st.tuples(
    st.integers(0, 4), st.sampled_from(SHOWN + ["published"] * 9), st.sampled_from("tty"), st.booleans(),
    st.sampled_from([False] * 7 + [True]), st.sampled_from([None, None, 0, 1, 2]),
)  # fmt: skip


@settings(
    max_examples=30,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
    phases=[Phase.explicit, Phase.reuse, Phase.generate],  # a failing world is small as it is
)
@given(
    kinds=st.lists(st.sampled_from(KINDS), min_size=5, max_size=5),
    items=st.lists(drawn, min_size=1, max_size=9),
    blocks=pairs, mutes=pairs, unseen=pairs, breaks=some, lighter=some, banned=some,
)  # fmt: skip
async def test_no_verb_returns_what_the_viewer_may_not_see(
    database: Path, kinds: list[str], items: list[Drawn], **more: set[object]
) -> None:
    world = await _build(kinds, items, **more)  # type: ignore[arg-type]
    known = {words.id: words for words in world.items}
    for who, viewer in enumerate(world.people):
        for words in world.items:
            await _check_one(world, who, words)
        for place in (world.group, *known):
            here = [w for w in world.items if (w.answers.id if w.answers else world.group) == place]
            allowed = [w for w in here if w.state == "published" and not w.private and may_see(world, who, w)]
            if who in world.breaks or (place in known and not may_see(world, who, known[place])):
                allowed = []
            chosen = [w for w in allowed if not chosen_away(world, who, w)]
            page = await moderation.seen_by(viewer, "post", place)
            assert {one.id for one in page.items} == {w.id for w in chosen}
            assert page.hidden == len(allowed) - len(chosen)
            lifted = await moderation.seen_by(viewer, "post", place, show=True)
            assert {one.id for one in lifted.items} == {w.id for w in allowed}
        own = {one.id for one in await moderation.mine(viewer, "post", waiting=False)}
        assert own == {w.id for w in world.items if w.author == who and w.state != "withdrawn"}


async def _check_one(world: World, who: int, words: Words) -> None:
    viewer = world.people[who]
    found = await moderation.find(viewer, words.id)
    assert (found is not None) == may_see(world, who, words)
    mine = words.author == who and words.state != "withdrawn"
    assert (await moderation.of_mine(viewer, words.id) is not None) == mine
    assert (await moderation.statement(viewer, words.id) is not None) == mine
    if words.author != who:
        with pytest.raises(moderation.Unknown):
            await moderation.withdraw(viewer, words.id)
    if found is None or mine:
        with pytest.raises(reports.Unknown):
            await reports.report(viewer, "item", words.id, "spam")
    if not viewer.acts_as("moderator"):
        with pytest.raises(shifts.NotStaff):
            await desk.queue(viewer)


async def _build(kinds: list[str], items: list[Drawn], **more: set[tuple[int, int]]) -> World:
    people = [await _person(kind) for kind in kinds]
    world = World(people, kinds, [])
    for each in items:
        world.items.append(await _item(world, each))
    world.blocks = {pair for pair in more["blocks"] if pair[0] != pair[1]}
    world.mutes = {pair for pair in more["mutes"] if pair[0] != pair[1]}
    world.unseen = {(who, n) for who, n in more["unseen"] if n < len(items)}
    world.breaks, world.lighter, world.banned = (
        set(more[name])
        for name in ("breaks", "lighter", "banned")  # type: ignore[arg-type]
    )
    for one, other in world.blocks:
        await blocks.block(people[one], people[other].person)
    for one, other in world.mutes:
        await controls.mute_person(people[one], people[other].person)
    for who, n in world.unseen:
        await reports.hide(people[who], world.items[n].id)
    for who in world.breaks:
        await controls.take_break(people[who], 3)
    for who in world.lighter:
        await controls.lighten(people[who], "UTC")
    for who in world.banned:
        row = Sanction(person=people[who].person, kind="ban", why="other", by=uuid4(), at=clock.now())
        row.since = clock.now()
        await row.save()
    return world


async def _person(kind: str) -> Viewer:
    role = kind if kind not in "abc" else ""
    return await member(uuid4().hex[:20], "c" if role else kind, role)


async def _item(world: World, one: Drawn) -> Words:
    author, state, written, noted, private, answers = one
    parent = world.items[answers] if answers is not None and answers < len(world.items) else None
    row = Item(id=uuid7(), author=world.people[author].person, cid=uuid4(), kind="post", side=written)
    row.band, row.state, row.private = "a" if written == "t" else "c", state, private
    row.notes, row.place = "death" if noted else "", parent.id if parent else world.group
    row.intent = row.topics = row.reason = row.labels = row.rules = row.read_by = ""
    row.tier = row.about = "none"
    row.created_at, row.published_at = clock.now(), clock.now() - timedelta(minutes=1)
    row.sealed = await moderation_rows.seal(world.people[author].person, row.id, post().words)
    await row.save()
    return Words(row.id, author, state, written, private, noted, parent)
