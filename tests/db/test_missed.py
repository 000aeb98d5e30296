"""What is kept of a card that missed the mark: a rule, a verdict, a day, a count. Nothing of anybody."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest

from care import clock
from care import missed as rules
from care.clock import now
from care.safety import language
from db import missed
from db.missed import MISSED, Miss, Missed

HOME = "81.2.69.142"
SOON = date(2000, 1, 1)


@pytest.fixture(autouse=True)
async def empty(database: Path) -> AsyncIterator[None]:
    await Missed.delete(force=True)
    yield


@pytest.fixture(autouse=True)
def real_time() -> Iterator[None]:
    yield
    clock.move(timedelta())


def some(count: int) -> list[str]:
    return [rule.id for rule in language("en").rules][:count]


async def test_the_same_rule_twice_is_one_row_that_counts() -> None:
    one, two = some(2)
    assert await missed.keep([one], "distress", HOME)
    assert await missed.keep([two, one], "distress", HOME)
    assert await missed.keep([one], "imminent", HOME)
    assert await missed.worst(SOON) == [Miss(one, "distress", 2), *sorted_misses(one, two)]
    assert await Missed.count() == 3


def sorted_misses(one: str, two: str) -> list[Miss]:
    found = [Miss(two, "distress", 1), Miss(one, "imminent", 1)]
    return sorted(found, key=lambda miss: (miss.rule, miss.verdict))


async def test_each_day_is_counted_alone_and_asked_for_from_a_day_on() -> None:
    (rule,) = some(1)
    await missed.keep([rule], "other", HOME)
    clock.move(timedelta(days=2))
    await missed.keep([rule], "other", HOME)
    assert await Missed.count() == 2
    assert await missed.worst(SOON) == [Miss(rule, "other", 2)]
    assert await missed.worst(now().date()) == [Miss(rule, "other", 1)]


async def test_many_at_once_lose_no_count() -> None:
    told = some(4)
    await asyncio.gather(*(missed.keep(told[:: 1 if n % 2 else -1], "self_harm", HOME) for n in range(12)))
    assert [miss.times for miss in await missed.worst(SOON)] == [12] * 4


async def test_a_flood_from_one_place_stops_counting() -> None:
    (rule,) = some(1)
    kept = [await missed.keep([rule], "distress", HOME) for _ in range(MISSED.tries + 2)]
    assert kept == [True] * MISSED.tries + [False] * 2
    assert await missed.keep([rule], "distress", "81.2.70.142"), "others are still heard"
    assert (await missed.worst(SOON))[0].times == MISSED.tries + 1


async def test_a_row_has_no_room_for_a_person_or_a_word() -> None:
    await missed.keep(some(1), "distress", HOME)
    (row,) = await Missed.select()
    assert set(row) == {"id", "rule", "verdict", "day", "times"}


@pytest.mark.parametrize(
    ("told", "verdict"),
    [
        (["i feel like this, and that is my whole sentence"], "distress"),
        (["", "x" * 5000, "en-nothing'; DROP TABLE missed"], "imminent"),
        (some(1), "she said she hates me"),
        (some(1), ""),
    ],
)
def test_only_rules_and_verdicts_there_are_get_through(told: list[str], verdict: str) -> None:
    assert rules.heard(told, verdict) == []


def test_what_is_heard_is_each_rule_once_and_bounded() -> None:
    known: Any = some(30)
    assert rules.heard(known * 3, "distress") == known[: rules.MOST]
    assert rules.heard([known[0], "nobody", known[0]], "other") == [known[0]]
