"""One loop: every few seconds each duty does what is due, and one that fails never stops the rest."""

import asyncio
import contextlib
import logging
from collections.abc import Awaitable, Callable

from jobs import groups, meetings, push, remind, reread, talk, tidy, unheard

log = logging.getLogger("beside.jobs")
PAUSE = 30.0  # seconds between rounds

Duty = Callable[[], Awaitable[object]]
DUTIES: tuple[Duty, ...] = (
    remind.come_due,
    remind.ask_after,
    unheard.alert,
    meetings.remind,
    groups.tell_news,
    push.send,
    remind.forget_old_notices,
    talk.come_due,
    reread.published,
    tidy.forget_removed,
    tidy.let_people_leave,
    tidy.move_bands,
    tidy.end_sessions,
    tidy.end_talks,
    meetings.forget_old,
    groups.forget_codes,
    tidy.end_days,
)


async def run(stop: asyncio.Event, duties: tuple[Duty, ...] = DUTIES, pause: float = PAUSE) -> None:
    """Runs until `stop` is set; a round under way is finished first."""
    while not stop.is_set():
        for duty in duties:
            try:
                await duty()
            except Exception as problem:  # one broken duty must not silence the others
                log.error("%s failed: %s", duty.__name__, type(problem).__name__)
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(stop.wait(), pause)
