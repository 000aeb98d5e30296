"""The one place that asks what time it is, so that tests can move it."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta

_moved = timedelta()


def now() -> datetime:
    return datetime.now(UTC) + _moved


def move(by: timedelta) -> None:
    """Only for tests: every later `now()` is shifted by this much."""
    global _moved  # noqa: PLW0603 - a clock is the one honest global
    _moved = by


@contextmanager
def ago(by: timedelta) -> Iterator[None]:
    """Only for tests, and for the demonstration before it serves: inside, it is earlier by this much."""
    before = _moved
    move(before - by)
    try:
        yield
    finally:
        move(before)
