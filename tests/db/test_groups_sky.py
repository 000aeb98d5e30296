"""The sky of a group: only a mix, only of five, drawn so that nobody can watch one person arrive."""

import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta
from uuid import UUID, uuid4

import pytest

from care import clock
from care import groups as rules
from care.clock import now
from db import groups as verbs
from db import groups_care, groups_sky, shifts
from db.devices import Viewer
from db.engine import count_queries, fetch
from db.groups_tables import Membership
from db.moderation import Unknown
from db.moderation_authors import NoConsent
from db.tables import Consent, Entry
from jobs import tidy
from tests.db.test_groups import made, room
from tests.members import member, opened

pytestmark = pytest.mark.usefixtures("database")


@pytest.fixture(autouse=True)
async def an_open_community(database: object) -> AsyncIterator[None]:
    await opened()
    # Early enough in the day that the minutes of a test do not end it.
    clock.move(now().replace(hour=9, minute=0) - now())
    yield
    clock.move(timedelta())


@pytest.fixture
async def mo() -> Viewer:
    who = await member("mo", "c", "moderator")
    await shifts.begin(who)
    return who


async def people(n: int, start: int = 0) -> list[Viewer]:
    return [await member(f"p{start + m}", "a") for m in range(n)]


async def seen(who: Viewer, group: UUID) -> list[tuple[int, str]] | None:
    return (await room(who, group)).skies


async def test_five_make_a_mix_and_four_make_none(mo: Viewer) -> None:
    them = await people(6)
    group = await made(mo, *them)
    for who in them[:4]:
        await groups_sky.put(who, group, 2)
        assert await seen(them[5], group) is None and (await room(who, group)).own_sky == 2
    await groups_sky.put(them[4], group, 5)
    for who in (*them, mo):
        assert await seen(who, group) == [(2, "m")], "The one that one person has is not named."
    assert (await room(them[5], group)).own_sky is None


async def test_nobody_can_watch_one_person_arrive(mo: Viewer) -> None:
    """With a drawing there, each single thing that can happen leaves it as it is, until five more came."""
    them = await people(12)
    group = await made(mo, *them)
    for who in them[:5]:
        await groups_sky.put(who, group, 3)
    first = await seen(mo, group)
    assert first == [(3, "m")], "There is a drawing to watch."
    await groups_sky.put(them[5], group, 1)
    assert await seen(mo, group) == first, "Somebody came."
    await groups_sky.put(them[0], group, 1)
    assert await seen(mo, group) == first, "Somebody changed theirs."
    await groups_sky.take_back(them[1], group)
    assert await seen(mo, group) == first, "Somebody took theirs back."
    for _ in range(6):  # whoever comes and goes is one person
        await groups_sky.take_back(them[5], group)
        await groups_sky.put(them[5], group, 1)
    await verbs.leave(them[2], group)
    await verbs.join(them[2], group, "reading")
    await groups_sky.put(them[2], group, 1)
    assert await seen(mo, group) == first, "Visits are not people."
    for who in them[6:8]:
        await groups_sky.put(who, group, 1)
        assert await seen(mo, group) == first
    await groups_sky.put(them[8], group, 1)
    # 0 and 2 changed theirs, 3 and 4 did not; 5 to 8 are new: five that no drawing had, with 2 anew.
    assert await seen(mo, group) == [(1, "m"), (3, "s")]


async def test_taken_back_it_is_gone_from_what_is_kept(mo: Viewer) -> None:
    (ana,) = await people(1)
    group = await made(mo, ana)
    with pytest.raises(Unknown):
        await groups_sky.take_back(ana, group)
    await groups_sky.put(ana, group, 4)
    await groups_sky.take_back(ana, group)
    row = await Membership.select().where(Membership.person == ana.person).first()
    assert row and (row["sky"], row["sky_on"], row["sky_drawn"]) == (None, None, False)
    await groups_sky.put(ana, group, 4)
    await groups_sky.put(ana, group, 5)
    assert (await room(ana, group)).own_sky == 5, "One a day: the second takes the place of the first."
    await verbs.leave(ana, group)
    row = await Membership.select().where(Membership.person == ana.person).first()
    assert row and row["sky"] is None


async def test_five_at_once_are_drawn_once_with_all_of_them(mo: Viewer) -> None:
    them = await people(9)
    group = await made(mo, *them)
    await asyncio.gather(*(groups_sky.put(who, group, 1 + n % 2) for n, who in enumerate(them)))
    rows = await fetch("SELECT sky_drawn FROM membership WHERE grp = {} AND sky IS NOT NULL", group)
    assert len(rows) == 9 and sum(bool(row["sky_drawn"]) for row in rows) == 5
    assert await seen(mo, group) is not None


async def test_the_next_day_begins_anew_and_yesterday_is_not_kept(mo: Viewer) -> None:
    them = await people(5)
    group = await made(mo, *them)
    for who in them:
        await groups_sky.put(who, group, 4)
    assert await seen(mo, group)
    await tidy.end_days()
    assert await seen(mo, group), "The day is not over."
    clock.move(now().replace(hour=9, minute=0) - clock.now() + timedelta(days=1))
    assert await seen(mo, group) is None and (await room(them[0], group)).own_sky is None
    await groups_sky.put(them[0], group, 1)
    assert await seen(mo, group) is None, "One is not five: yesterday's are not counted."
    await tidy.end_days()
    kept = await fetch("SELECT person FROM membership WHERE sky IS NOT NULL")
    assert len(kept) == 1
    assert (await fetch("SELECT mix FROM peer_group"))[0]["mix"] == ""


async def test_the_one_in_the_journal_is_todays_where_they_are(mo: Viewer) -> None:
    (ana,) = await people(1)
    group = await made(mo, ana)
    with pytest.raises(groups_sky.NoSky):
        await groups_sky.put(ana, group, None)
    yesterday = Entry(person=ana.person, cid=uuid4(), kind="checkin", mood=1, sealed=b"", tz="Asia/Tokyo")
    yesterday.local_date = (now() - timedelta(days=1)).date()
    yesterday.felt_at = yesterday.edited_at = yesterday.created_at = now() - timedelta(days=1)
    await yesterday.save()
    with pytest.raises(groups_sky.NoSky):
        await groups_sky.put(ana, group, None)
    for minutes, mood in ((90, 2), (5, 4)):
        entry = Entry(person=ana.person, cid=uuid4(), kind="checkin", mood=mood, sealed=b"", tz="Asia/Tokyo")
        entry.local_date = now().date()
        entry.felt_at = entry.edited_at = entry.created_at = now() - timedelta(minutes=minutes)
        await entry.save()
    await groups_sky.put(ana, group, None)
    assert (await room(ana, group)).own_sky == 4, "The newest of today."


async def test_who_is_not_in_it_puts_nothing_in_and_sees_nothing(mo: Viewer) -> None:
    them = await people(5)
    ben, cho = await member("ben", "b"), await member("cho", "c")
    group = await made(mo, *them)
    for who in them:
        await groups_sky.put(who, group, 4)
    for who in (ben, cho, await member("helper", "c", "supporter")):
        for act in (groups_sky.put(who, group, 1), groups_sky.take_back(who, group)):
            with pytest.raises(Unknown):
                await act
    assert not (await room(ben, group)).reads, "The page with the mix is not theirs."
    await Consent.delete().where(Consent.person == them[0].person)
    with pytest.raises(NoConsent):
        await groups_sky.put(them[0], group, 2)


async def test_who_only_reads_may_put_one_in_and_a_group_at_rest_takes_none(mo: Viewer) -> None:
    ana, ben = await people(2)
    group = await made(mo, ana)
    await verbs.join(ben, group, "reading")
    await groups_care.mute(mo, group, ana.person)
    for who in (ana, ben):
        await groups_sky.put(who, group, 3)
    await groups_care.close(mo, group)
    with pytest.raises(verbs.Stopped) as no:
        await groups_sky.put(ana, group, 2)
    assert no.value.why == rules.CLOSED
    await groups_sky.take_back(ana, group)


async def test_reading_a_room_with_a_sky_costs_no_more(mo: Viewer) -> None:
    (ana,) = await people(1)
    group = await made(mo, ana)
    await groups_sky.put(ana, group, 3)
    with count_queries() as counted:
        assert (await room(ana, group)).own_sky == 3
    assert counted.n == 1
