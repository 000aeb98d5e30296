"""Reading the journal back: pages by keyset, and search in what only its owner can open."""

import asyncio
from collections import Counter
from dataclasses import dataclass
from datetime import date, timedelta
from uuid import UUID

from care import chart, feelings
from care.chart import Chart, Day
from care.clock import now
from care.journal import KEPT_AFTER_REMOVAL, Entry
from care.journal_search import matches, terms
from db.journal_queries import at, below, end_of, newest, place, today, with_days
from db.journal_rows import COLUMNS, Row, entries
from db.tables import Entry as Entries

PER_PAGE = 20
LONG_AWAY = timedelta(days=14)
CHUNK = 500
"""Rows opened at a time while searching; a request looks through at most CHUNKS of them."""
CHUNKS = 4
OWN_TAGS, OWN_WORDS, OWN_FROM = 60, 24, 500


@dataclass(frozen=True)
class Page:
    entries: list[Entry]
    older: str
    """The `before` of the next page; empty when there is none."""
    days: list[Day]
    """The last four weeks; only on the first page."""
    today: date | None = None
    """Where the person last wrote; None when there is nothing."""
    welcome_back: bool = False
    elsewhere: bool = False
    """Not the newest page."""
    follows: date | None = None
    """The day that the page above ended with."""

    @property
    def chart(self) -> Chart | None:
        return chart.draw(self.days) if any(day.checkins for day in self.days) else None


async def page(person: UUID, before: str = "", day: date | None = None) -> Page:
    """The newest page with four weeks of days; or the one below a place, or from a day on back."""
    above = place(before)
    start = above or (end_of(day) if day else None)
    if start:
        rows = await below(person, start, PER_PAGE + 1)
        found = await entries(person, rows[:PER_PAGE])
        last = today(found) if found else None
        follows = above.local_date if above else None
        return Page(found, _rest(rows, found), [], last, elsewhere=True, follows=follows)
    rows, days = await with_days(person, PER_PAGE + 1, chart.FOUR_WEEKS)
    found = await entries(person, rows[:PER_PAGE])
    if not found:
        return Page([], "", [])
    day = today(found)
    return Page(found, _rest(rows, found), chart.span(days, day), day, _long_away(found, day))


async def search(person: UUID, question: str, before: str = "") -> Page:
    """Up to a page of matches, newest first; `older` goes on from where this request stopped looking."""
    wanted, start = terms(question), place(before)
    found: list[Entry] = []
    for _turn in range(CHUNKS if wanted else 0):
        rows = await below(person, start, CHUNK) if start else await newest(person, CHUNK)
        opened = await entries(person, rows)
        hits = await asyncio.to_thread(lambda batch: [e for e in batch if matches(e, wanted)], opened)
        found += hits
        if len(found) > PER_PAGE:
            return Page(found[:PER_PAGE], str(at(found[PER_PAGE - 1])), [])
        if len(rows) < CHUNK:
            return Page(found, "", [])
        start = at(opened[-1])
    return Page(found, str(start) if wanted and start else "", [])


async def removed(person: UUID) -> list[Entry]:
    """What can still be brought back, last removed first."""
    rows = (
        await Entries.select(*COLUMNS)
        .where(Entries.person == person, Entries.removed_at >= now() - KEPT_AFTER_REMOVAL)
        .order_by(Entries.removed_at, ascending=False)
        .limit(200)
    )
    return await entries(person, rows)


async def own(person: UUID) -> tuple[list[str], list[str]]:
    """The person's own words and own tags from their newest entries, most used first."""
    rows = await newest(person, OWN_FROM)
    words, tags = Counter[str](), Counter[str]()
    for entry in await entries(person, rows):
        words.update(key for key in entry.words.emotions if key not in feelings.EMOTIONS)
        tags.update(filter(feelings.is_own_tag, entry.words.tags))
    return [w for w, _n in words.most_common(OWN_WORDS)], [t for t, _n in tags.most_common(OWN_TAGS)]


def _rest(rows: list[Row], shown: list[Entry]) -> str:
    return str(at(shown[-1])) if len(rows) > len(shown) else ""


def _long_away(found: list[Entry], day: date) -> bool:
    """Back after two weeks or more: before the first entry, or with only today's."""
    earlier = [entry.local_date for entry in found if entry.local_date < day]
    return bool(earlier) and day - earlier[0] >= LONG_AWAY
