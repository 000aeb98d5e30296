"""How often something may be tried: exactly so often, whoever asks at once, and never never again."""

import asyncio
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from care import clock
from care.clock import now
from db import limits
from db.limits import Limit, TooMany
from db.tables import Attempt

THREE = Limit("three", 3, timedelta(minutes=10))
GROWING = Limit("growing", 3, timedelta(minutes=10), longest=timedelta(hours=1))


@pytest.fixture(autouse=True)
def real_time() -> Iterator[None]:
    yield
    clock.move(timedelta())


async def allowed(limit: Limit, *who: str, room: int = 1) -> bool:
    try:
        await limits.take(limit, *who, room=room)
    except TooMany as wait:
        assert wait.until > now()
        return False
    return True


async def test_so_often_and_then_a_wait(database: Path) -> None:
    assert [await allowed(THREE, "ana") for _ in range(5)] == [True, True, True, False, False]
    assert await allowed(THREE, "ben"), "each is counted alone"
    assert await allowed(GROWING, "ana"), "and each purpose"
    clock.move(timedelta(minutes=11))
    assert [await allowed(THREE, "ana") for _ in range(4)] == [True, True, True, False]


async def test_of_many_at_once_exactly_so_many_pass(database: Path) -> None:
    passed = await asyncio.gather(*(allowed(THREE, "ana") for _ in range(25)))
    assert sum(passed) == 3


async def test_the_wait_grows_to_its_longest_and_is_forgiven_after_a_day(database: Path) -> None:
    for _ in range(3):
        await limits.take(GROWING, "ana")
    minutes, passed = 0, []
    for step in range(1, 260):
        clock.move(timedelta(minutes=step))
        if await allowed(GROWING, "ana"):
            passed.append(step - minutes)
            minutes = step
    assert passed == [10, 20, 40, 60, 60, 60]
    clock.move(timedelta(days=2))
    assert [await allowed(GROWING, "ana") for _ in range(4)] == [True, True, True, False]


async def test_tries_while_waiting_do_not_lengthen_the_wait(database: Path) -> None:
    for _ in range(3):
        await limits.take(THREE, "ana")
    for minute in range(1, 10):
        clock.move(timedelta(minutes=minute))
        assert not await allowed(THREE, "ana")
    clock.move(timedelta(minutes=10, seconds=1))
    assert await allowed(THREE, "ana")


async def test_a_success_is_given_back_or_wipes_the_slate(database: Path) -> None:
    for _ in range(10):
        await limits.take(THREE, "ana")
        await limits.give_back(THREE, "ana")
    for _ in range(3):
        await limits.take(THREE, "ana")
    assert not await allowed(THREE, "ana")
    await limits.clear(THREE, "ana")
    assert await allowed(THREE, "ana")
    await limits.give_back(THREE, "nobody")
    assert await Attempt.count() == 1


async def test_nothing_kept_names_anyone_and_old_rows_go(database: Path) -> None:
    await limits.take(limits.ENTER_HERE, "ana", "203.0.113.0/24")
    assert "ana" not in str(await Attempt.select()) and "203.0" not in str(await Attempt.select())
    await limits.tidy(now())
    assert await Attempt.count() == 1
    clock.move(timedelta(days=2))
    await limits.tidy(now())
    assert await Attempt.count() == 0


@pytest.mark.parametrize(
    ("address", "bucket"),
    [
        ("203.0.113.77", "203.0.113.0/24"),
        ("2001:db8:1:2::5", "2001:db8:1::/48"),
        ("::ffff:203.0.113.77", "203.0.113.0/24"),
        ("fe80::1%eth0", "fe80::/48"),
        ("testclient", "unknown"),
        ("", "unknown"),
        ("203.0.113.77:80", "unknown"),
    ],
)
def test_addresses_are_counted_by_neighbourhood(address: str, bucket: str) -> None:
    assert limits.bucket(address) == bucket


@given(st.text(max_size=60))
def test_any_address_has_a_neighbourhood(address: str) -> None:
    assert limits.bucket(address)
    assert limits.room(address) >= 1


def test_an_address_that_stands_for_many_has_more_room() -> None:
    assert limits.room("8.8.8.8") == limits.room("2606:4700::1111") == 1
    for shared in ("127.0.0.1", "192.168.1.20", "10.0.0.9", "::1", "", "testclient"):
        assert limits.room(shared) == limits.CROWD


async def test_room_multiplies_the_allowance(database: Path) -> None:
    assert [await allowed(THREE, "school", room=2) for _ in range(7)] == [True] * 6 + [False]


def test_the_promised_figures() -> None:
    quarter, hour, day = timedelta(minutes=15), timedelta(hours=1), timedelta(days=1)
    assert (limits.ENTER_HERE.tries, limits.ENTER_HERE.window, limits.ENTER_HERE.longest) == (
        5,
        quarter,
        hour,
    )
    assert (limits.ENTER_ADDRESS.tries, limits.ENTER_ADDRESS.window) == (20, hour)
    assert (limits.RECOVER_HERE.tries, limits.RECOVER_HERE.window) == (5, hour)
    assert (limits.JOIN.tries, limits.JOIN.window) == (10, day)
    assert limits.ENTER_NAME.tries <= 100, "NIST: no more than a hundred failures at one account"
