"""What may stand in a log: which kind of error and where it broke, never what it says."""

import logging
import traceback
from types import TracebackType

PLACES = 6
Failure = tuple[type[BaseException], BaseException, TracebackType | None] | tuple[None, None, None]


class Plain(logging.Formatter):
    """For every logger, the server's own included: an exception's message may quote a member's words,
    a name or a path."""

    def formatException(self, ei: Failure) -> str:
        return "" if ei[1] is None else f"{type(ei[1]).__name__} at {where(ei[1])}"

    def formatStack(self, stack_info: str) -> str:
        return ""


def where(error: BaseException) -> str:
    """The last few places it came through, innermost first."""
    frames = traceback.extract_tb(error.__traceback__)[-PLACES:][::-1]
    return " < ".join(f"{frame.filename.rsplit('/', 1)[-1]}:{frame.lineno}" for frame in frames)
