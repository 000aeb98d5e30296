"""Whoever has a group open hears of every post once, however often the line breaks and whatever is let in."""

import asyncio
import itertools
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import suppress
from pathlib import Path
from uuid import UUID, uuid4

import pytest
from hypothesis import event, given, settings
from hypothesis import strategies as st

from care.groups import Plan
from care.shared import Draft, Words
from db import decisions, groups_live, groups_reading, shifts
from db import groups as verbs
from db.decisions import Decision
from db.devices import Viewer
from db.engine import fetch
from db.moderation_tables import Hold
from tests.members import member, opened

PATIENCE = 10
"""Seconds until what is never heard counts as lost."""
ACT = st.sampled_from(["shown", "held", "held", "let in", "let in", "drop", "come back"])
AT_ONCE = st.lists(ACT, min_size=1, max_size=4)


@pytest.fixture(autouse=True)
async def an_open_community(database: Path) -> AsyncIterator[None]:
    await opened()
    yield


class Phone:
    """What a browser does: it keeps the number it has come to, and begins there when the line is back."""

    def __init__(self, who: Viewer, group: UUID) -> None:
        self.who, self.group, self.n = who, group, 0
        self.heard: list[UUID] = []
        self.more = asyncio.Event()
        self.line: asyncio.Task[None] | None = None
        self.broken = 0

    async def come_back(self) -> None:
        if self.line is None:
            self.line = asyncio.create_task(self._listen())

    async def drop(self) -> None:
        """At any moment: while it waits, while it looks, before it has looked at all."""
        line, self.line = self.line, None
        if line is not None:
            self.broken += 1
            line.cancel()
            with suppress(asyncio.CancelledError):
                await line

    async def _listen(self) -> None:
        # Nothing but the signal wakes it: one that gets lost is found out.
        with groups_live.listen(self.group) as woken:
            while True:
                woken.clear()
                async with groups_live.turn():
                    found = await groups_reading.since(self.who, self.group, self.n)
                assert found is not None
                self.heard += [item for _, item in found.new]
                more, self.n = found.n > self.n, found.n
                self.more.set()
                if not more:
                    await woken.wait()

    async def until(self, count: int) -> None:
        async with asyncio.timeout(PATIENCE):
            while len(self.heard) < count:
                self.more.clear()
                await self.more.wait()


class House:
    """A group where staff are shown at once, and members are read first."""

    def __init__(self, mo: Viewer, members: list[Viewer], group: UUID) -> None:
        self.mo, self.members, self.group = mo, members, group
        self.waiting: list[UUID] = []
        self.counted = itertools.count(1)

    async def say(self, who: Viewer) -> UUID:
        text = f"I counted lorries again, {next(self.counted)} of them."
        shared = await verbs.say(who, Draft("post", Words((text,)), place=self.group))
        assert (shared.state == "held") == (who is not self.mo)
        return shared.id

    async def shown(self) -> None:
        await self.say(self.mo)

    async def held(self) -> None:
        self.members.append(self.members.pop(0))
        self.waiting.append(await self.say(self.members[0]))

    async def let_in(self) -> None:
        """The newest first, so that the order of writing is not the order of being seen."""
        if self.waiting:
            item = self.waiting.pop()
            row = await Hold.select(Hold.id).where(Hold.subject == item, Hold.ended_at.is_null()).first()
            assert row
            await decisions.decide(self.mo, row["id"], Decision("publish", 1))

    async def numbered(self) -> list[UUID]:
        rows = await fetch("SELECT item FROM group_post WHERE grp = {} ORDER BY n", self.group)
        return [UUID(str(row["item"])) for row in rows]


async def made() -> tuple[House, Viewer]:
    """Somebody at the desk, some who write, one who listens."""
    mark = uuid4().hex[:8]
    mo = await member(f"mo {mark}", "c", "moderator")
    await shifts.begin(mo)
    people = [await member(f"p{n} {mark}", "a") for n in range(5)]
    plan = Plan("Night owls", "For long nights.", ("Be kind.", "No names.", "Step out."), "ab")
    group = await verbs.make(mo, plan)
    for who in people:
        await verbs.join(who, group, "posting")
    return House(mo, people[1:], group), people[0]


@settings(max_examples=60)
@given(script=st.lists(AT_ONCE, min_size=2, max_size=5))
async def test_a_line_that_breaks_anywhere_misses_nothing_and_repeats_nothing(
    database: Path, script: list[list[str]]
) -> None:
    """Of each list in the script all is done at the same time; posts get their numbers as they are let in."""
    house, reader = await made()
    phone = Phone(reader, house.group)
    acts: dict[str, Callable[[], Awaitable[None]]] = {
        "shown": house.shown,
        "held": house.held,
        "let in": house.let_in,
        "drop": phone.drop,
        "come back": phone.come_back,
    }
    try:
        await phone.come_back()
        for together in script:
            await asyncio.gather(*(acts[each]() for each in together))
        await phone.come_back()
        there = await house.numbered()
        event(f"broken {min(phone.broken, 3)} times, {min(len(there), 3)} posts")
        await phone.until(len(there))
        assert phone.heard == there
    finally:
        await phone.drop()
    after = await groups_reading.since(reader, house.group, phone.n)
    assert after and (after.new, after.n) == ([], len(there)), "Nothing again, and nothing left over."
    assert groups_live.many() == 0


async def test_a_post_let_in_late_comes_after_those_that_were_seen_before_it(database: Path) -> None:
    """The premise of the test above: the number is given with the approval, not with the writing."""
    house, reader = await made()
    early = await house.say(house.members[0])
    late = await house.say(house.mo)
    assert await house.numbered() == [late]
    found = await groups_reading.since(reader, house.group, 0)
    assert found and [item for _, item in found.new] == [late]
    house.waiting.append(early)
    await house.let_in()
    assert await house.numbered() == [late, early]
    again = await groups_reading.since(reader, house.group, found.n)
    assert again and [item for _, item in again.new] == [early]
