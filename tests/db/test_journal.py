"""The journal on a real database: retries, versions, removing, pages and days, on both engines."""

import asyncio
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from care import clock
from care.journal import Draft, Entry, Problems, Words

pytestmark = pytest.mark.usefixtures("database")
START = datetime(2026, 11, 10, 12, 0, tzinfo=UTC)


@pytest.fixture(autouse=True)
def noon() -> Iterator[None]:
    """A fixed moment, so that no test runs across midnight."""
    clock.move(START - datetime.now(UTC))
    yield
    clock.move(timedelta())


@pytest.fixture
async def ana(database: Path) -> UUID:
    return await person("ana")


@pytest.fixture
async def ben(database: Path) -> UUID:
    return await person("ben")


async def person(name: str) -> UUID:
    from db import keys, tables

    made = tables.Person(
        name=name, name_key=name, passphrase="x", band="a", country="GB", created_at=clock.now()
    )
    await made.save()
    await keys.make(made.id)
    return UUID(str(made.id))


def draft(note: str = "", mood: int | None = 3, cid: UUID | None = None, **more: Any) -> Draft:
    felt = more.pop("felt_at", clock.now())
    words = Words(note, more.pop("emotions", ()), more.pop("tags", ()))
    values = {
        "kind": "checkin",
        "energy": None,
        "felt_at": felt,
        "tz": "UTC",
        "local_date": felt.date(),
        "edited_at": clock.now(),
    }
    return Draft(cid=cid, mood=mood, words=words, **(values | more))


async def kept(who: UUID, made: Draft) -> Entry:
    from db import journal

    saved = await journal.write(who, made)
    assert isinstance(saved, Entry), saved
    return saved


async def rows() -> int:
    from db.tables import Entry as Entries

    return int(await Entries.count())


async def test_the_same_id_twenty_times_at_once_is_one_entry(ana: UUID) -> None:
    made = draft("hello", cid=uuid4())
    answers = await asyncio.gather(*(kept(ana, made) for _ in range(20)))
    assert len({answer.id for answer in answers}) == 1
    assert await rows() == 1


async def test_twenty_versions_at_once_lose_none(ana: UUID) -> None:
    from db import journal

    cid = uuid4()
    await asyncio.gather(
        *(kept(ana, draft(f"v{i}", cid=cid, edited_at=START + timedelta(seconds=i))) for i in range(20))
    )
    found = await journal.find(ana, cid)
    assert found is not None
    assert found.words.note == "v19"
    older = {version.words.note for version in await journal.revisions(ana, cid)}
    assert older == {f"v{i}" for i in range(19)}


async def test_the_same_again_answers_the_same(ana: UUID) -> None:
    from db import journal

    made = draft("hello", cid=uuid4(), emotions=("tired", "mine"), tags=("school",))
    first = await kept(ana, made)
    assert await kept(ana, made) == first == await journal.find(ana, first.cid)
    assert await journal.revisions(ana, first.cid) == []


async def test_the_newest_edit_wins_and_the_older_text_is_kept(ana: UUID) -> None:
    from db import journal

    cid = uuid4()
    await kept(ana, draft("one", cid=cid, edited_at=START))
    second = await kept(ana, draft("two", cid=cid, edited_at=START + timedelta(minutes=1)))
    late = draft("from the other phone", cid=cid, edited_at=START - timedelta(minutes=9))
    for _retry in range(3):
        assert (await kept(ana, late)).words.note == "two"
    older = [version.words.note for version in await journal.revisions(ana, cid)]
    assert older == ["one", "from the other phone"]
    assert (await journal.find(ana, cid)) == second


async def test_adding_words_to_a_tapped_sky_leaves_no_versions(ana: UUID) -> None:
    from db import journal

    cid = uuid4()
    await kept(ana, draft(cid=cid))
    await kept(ana, draft(cid=cid, emotions=("tired",)))
    last = await kept(ana, draft("and a note", cid=cid, emotions=("tired", "sad"), energy=1))
    assert await journal.revisions(ana, cid) == []
    assert last.words.emotions == ("tired", "sad")


async def test_an_edit_after_travelling_keeps_the_day(ana: UUID) -> None:
    cid = uuid4()
    felt = START - timedelta(hours=13)  # still the 9th in UTC
    first = await kept(ana, draft("one", cid=cid, felt_at=felt))
    again = await kept(
        ana, draft("two", cid=cid, tz="Pacific/Auckland", local_date=date(2026, 11, 11), felt_at=START)
    )
    assert (again.local_date, again.felt_at, again.tz) == (first.local_date, first.felt_at, "UTC")


async def test_a_day_the_person_chose_moves_it(ana: UUID) -> None:
    cid = uuid4()
    await kept(ana, draft("one", cid=cid))
    again = await kept(ana, draft("one", cid=cid, chosen=(date(2026, 11, 3), None)))
    assert again.local_date == date(2026, 11, 3)


async def test_an_old_entry_stays_editable_and_a_new_one_may_not_be_that_old(ana: UUID) -> None:
    from db import journal

    cid = uuid4()
    await kept(ana, draft("one", cid=cid))
    clock.move(START + timedelta(days=500) - datetime.now(UTC))
    old = draft("two", cid=cid, felt_at=START)
    assert (await kept(ana, old)).words.note == "two"
    refused = await journal.write(ana, draft("new", felt_at=START))
    assert isinstance(refused, Problems)
    assert set(refused) == {"day"}
    assert await rows() == 1


async def test_anothers_id_is_another_entry(ana: UUID, ben: UUID) -> None:
    from db import journal

    mine = await kept(ana, draft("mine", cid=uuid4()))
    await kept(ben, draft("his", cid=mine.cid))
    await journal.remove(ben, mine.cid)
    assert await journal.find(ana, mine.cid) == mine
    other = await kept(ana, draft("only mine"))
    assert await journal.find(ben, other.cid) is None
    assert await journal.remove(ben, other.cid) is None
    assert await journal.restore(ben, other.cid) is None
    assert await journal.revisions(ben, other.cid) == []
    assert [e.cid for e in (await journal.page(ben)).entries] == []
    assert (await journal.search(ben, "mine")).entries == []


async def test_what_is_removed_stays_removed_whatever_comes_late(ana: UUID) -> None:
    from db import journal

    made = draft("one", cid=uuid4())
    cid = (await kept(ana, made)).cid
    await journal.remove(ana, cid)
    assert (await kept(ana, made)).removed_at is not None
    clock.move(START + timedelta(minutes=5) - datetime.now(UTC))
    assert (await kept(ana, draft("two", cid=cid))).removed_at is not None
    assert (await journal.page(ana)).entries == []
    assert [e.words.note for e in await journal.removed(ana)] == ["two"]
    back = await journal.restore(ana, cid)
    assert back is not None
    assert (back.removed_at, back.words.note) == (None, "two")
    assert len((await journal.page(ana)).entries) == 1


async def test_removed_comes_back_for_seven_days_and_is_then_forgotten(ana: UUID) -> None:
    from db import journal
    from db.tables import Revision

    cid = uuid4()
    await kept(ana, draft("one", cid=cid, edited_at=START))
    await kept(ana, draft("two", cid=cid, edited_at=START + timedelta(seconds=1)))
    stays = await kept(ana, draft("stays"))
    await journal.remove(ana, cid)
    clock.move(START + timedelta(days=8) - datetime.now(UTC))
    late = await journal.restore(ana, cid)
    assert late is not None
    assert late.removed_at is not None
    assert await journal.removed(ana) == []
    assert await journal.purge_removed(clock.now() - timedelta(days=7)) == 1
    assert await journal.find(ana, cid) is None
    assert await Revision.count() == 0
    assert await journal.find(ana, stays.cid) == stays


async def test_nothing_readable_is_in_the_row(ana: UUID) -> None:
    from db.tables import Entry as Entries

    await kept(ana, draft("canary", emotions=("canary word",), tags=("canary tag",)))
    row = await Entries.select().first()
    assert row is not None
    assert b"canary" not in repr(row).encode() + bytes(row["sealed"])


async def fill(who: UUID, count: int, days: int = 300) -> None:
    from db.ids import uuid7
    from db.journal_rows import seal
    from db.tables import Entry as Entries

    cid = uuid4()
    sealed = await seal(who, cid, Words("x"))
    for first in range(0, count, 500):
        some = []
        for n in range(first, min(first + 500, count)):
            felt = START - timedelta(days=n % days, minutes=n % 600)
            # One text under many ids would not open; pages must open only what they show.
            own = cid if n == 0 else uuid4()
            body = sealed if n == 0 else await seal(who, own, Words("x"))
            some.append(
                Entries(
                    id=uuid7(),
                    person=who,
                    cid=own,
                    kind="checkin",
                    mood=n % 5 + 1,
                    sealed=body,
                    felt_at=felt,
                    local_date=felt.date(),
                    tz="UTC",
                    edited_at=felt,
                    created_at=felt,
                )
            )
        await Entries.insert(*some)


async def test_ten_thousand_entries_ask_as_little_as_ten(ana: UUID, ben: UUID) -> None:
    from db import journal
    from db.engine import count_queries

    await fill(ana, 10)
    await fill(ben, 10_000)
    asked = []
    for who in (ana, ben):
        await journal.page(who)  # the key is unwrapped once and then kept
        with count_queries() as count:
            page = await journal.page(who)
            recent = await journal.recent(who)
        asked.append(count.n)
        assert page.entries
        assert recent.latest == page.entries[0]
        assert len(page.days) == 28
        assert len(recent.days) == 7
    assert asked == [2, 2]
    assert len((await journal.search(ben, "so-so")).entries) == 20


async def test_a_page_and_its_days_agree(ana: UUID) -> None:
    from db import journal

    for mood in (1, 4, 5):
        await kept(ana, draft(mood=mood, felt_at=START - timedelta(days=2, minutes=mood)))
    await kept(ana, draft("only words", mood=None, kind="note", felt_at=START - timedelta(days=1)))
    await kept(ana, draft(mood=2, felt_at=START - timedelta(days=40)))
    page = await journal.page(ana)
    by_day = {day.date: day for day in page.days if day.entries}
    assert set(by_day) == {date(2026, 11, 8), date(2026, 11, 9)}
    assert (by_day[date(2026, 11, 8)].mood, by_day[date(2026, 11, 8)].checkins) == (3, 3)
    assert (by_day[date(2026, 11, 9)].mood, by_day[date(2026, 11, 9)].entries) == (None, 1)
    assert [entry.mood for entry in page.entries] == [None, 1, 4, 5, 2]
    assert page.days[-1].date == page.today == date(2026, 11, 10)


async def test_the_days_end_with_the_persons_own_today(ana: UUID) -> None:
    from db import journal

    felt = START + timedelta(hours=-1)
    await kept(ana, draft(felt_at=felt, tz="Pacific/Kiritimati", local_date=date(2026, 11, 11)))
    assert (await journal.page(ana)).days[-1].mood == 3
    assert (await journal.recent(ana)).days[-1].date == date(2026, 11, 11)


@settings(max_examples=8, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@given(st.lists(st.integers(0, 90), min_size=1, max_size=60), st.lists(st.integers(0, 90), max_size=6))
async def test_paging_shows_each_once_while_new_ones_arrive(
    database: Path, before: list[int], arriving: list[int]
) -> None:
    """Hours ago, many of them the same: ties must not hide or repeat an entry."""
    from db import journal

    who = await person(uuid4().hex[:20])
    first = [await kept(who, draft(felt_at=START - timedelta(hours=h))) for h in before]
    seen: list[Entry] = []
    place, later = "", list(arriving)
    while True:
        page = await journal.page(who, place)
        seen += page.entries
        place = page.older
        if later:
            await kept(who, draft(felt_at=START - timedelta(hours=later.pop())))
        if not place:
            break
    ids = [entry.id for entry in seen]
    assert len(ids) == len(set(ids))
    assert {entry.id for entry in first} <= set(ids)
    order = [(entry.local_date, entry.felt_at, entry.id) for entry in seen]
    assert order == sorted(order, reverse=True)


@pytest.mark.parametrize(
    "odd", ["x", "2026-11-10.x.y", "9999-12-31.1.00", "-.-.-", "2026-11-10.9e99.0", "\0"]
)
async def test_an_odd_place_shows_the_first_page(ana: UUID, odd: str) -> None:
    from db import journal

    made = await kept(ana, draft())
    assert (await journal.page(ana, odd)).entries == [made]
    assert (await journal.search(ana, "so-so", odd)).entries == [made]


async def test_from_a_day_on_back(ana: UUID) -> None:
    from db import journal

    for back in (0, 3, 5):
        await kept(ana, draft(felt_at=START - timedelta(days=back)))
    page = await journal.page(ana, day=date(2026, 11, 7))
    assert [entry.local_date.day for entry in page.entries] == [7, 5]


async def test_good_to_see_you_only_after_two_weeks_away(ana: UUID) -> None:
    from db import journal

    assert not (await journal.page(ana)).welcome_back
    await kept(ana, draft(felt_at=START - timedelta(days=14)))
    assert (await journal.page(ana)).welcome_back
    await kept(ana, draft())  # the check-in they came back with
    assert (await journal.page(ana)).welcome_back
    await kept(ana, draft(felt_at=START - timedelta(days=13)))
    assert not (await journal.page(ana)).welcome_back


async def test_a_year_of_skies(ana: UUID) -> None:
    from db import journal

    felt = START - timedelta(days=5)
    await kept(ana, draft("a", mood=2, felt_at=felt, emotions=("tired",)))
    await kept(ana, draft("b", mood=None, kind="note", felt_at=felt))
    gone = await kept(ana, draft("c", mood=5, felt_at=felt))
    await journal.remove(ana, gone.cid)
    year = await journal.skies(ana, 2026)
    assert [day.told for day in year.days.values()] == ["low, tired; 2 notes"]
    assert (await journal.skies(ana, 2025)).days == {}
    assert (year.first, year.last) == (2026, 2026)


async def test_search_goes_through_everything_page_by_page(ana: UUID) -> None:
    from db import journal

    await fill(ana, 1100)
    hit = await kept(ana, draft("Früher, ganz weit weg", mood=1, felt_at=START - timedelta(days=301)))
    assert [e.cid for e in (await journal.search(ana, "FRUHER weg")).entries] == [hit.cid]
    seen: list[UUID] = []
    place = ""
    while True:
        page = await journal.search(ana, "heavy", place)
        seen += [entry.id for entry in page.entries]
        place = page.older
        if not place:
            break
    assert len(seen) == len(set(seen)) == 221
    assert (await journal.search(ana, "  ")).entries == []


async def test_own_words_are_offered_most_used_first(ana: UUID) -> None:
    from db import journal

    await kept(ana, draft(emotions=("tired", "foggy"), tags=("band", "school")))
    await kept(ana, draft(emotions=("fizzy",), tags=("gran", "band")))
    await kept(ana, draft(emotions=("fizzy",)))
    assert await journal.own(ana) == (["fizzy", "foggy"], ["band", "gran"])


async def test_a_prompt_put_away_stays_away_until_asked_back(ana: UUID, ben: UUID) -> None:
    from db import journal

    await kept(ana, draft(mood=1))
    assert await journal.last_mood(ana) == 1
    first = (await journal.offer(ana))[0]
    for _twice in range(2):
        assert await journal.skip(ana, first.key) == first
    assert first not in await journal.offer(ana)
    await journal.unskip(ana, first.key)
    assert (await journal.offer(ana))[0] == first
    assert await journal.skip(ana, "no such prompt") is None
    assert len(await journal.offer(ben)) == 3


async def test_the_demonstration_is_the_same_twice(ana: UUID) -> None:
    from db import journal, journal_demo

    made = await journal_demo.fill(ana, days=90)
    assert made > 60
    assert await journal_demo.fill(ana, days=90) == 0
    kinds = {entry.kind for entry in (await journal.page(ana)).entries}
    assert "checkin" in kinds
    assert await journal.search(ana, "heavy")
