"""The one place that asks what time it is, so that tests can move it."""

from datetime import UTC, datetime, timedelta

_moved = timedelta()


def now() -> datetime:
    return datetime.now(UTC) + _moved


def move(by: timedelta) -> None:
    """Only for tests: every later `now()` is shifted by this much."""
    global _moved  # noqa: PLW0603 - a clock is the one honest global
    _moved = by
