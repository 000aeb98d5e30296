"""What both engines share: counting statements, whose transaction is whose, and waiting work out."""

import asyncio
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from contextvars import ContextVar
from typing import Any, TypeVar

T = TypeVar("T")


class Count:
    n = 0


_counts: ContextVar[tuple[Count, ...]] = ContextVar("counts", default=())


@contextmanager
def count_queries() -> Iterator[Count]:
    """Counts the statements run inside the block, and in tasks started there; not BEGIN and COMMIT."""
    count = Count()
    token = _counts.set((*_counts.get(), count))
    try:
        yield count
    finally:
        _counts.reset(token)


def counted() -> None:
    for count in _counts.get():
        count.n += 1


def own(current: ContextVar[Any]) -> Any:
    """The transaction this statement belongs to, or None. It has `mine()`, whether it was opened by whoever
    asks, and `over`.

    A task started inside a transaction inherits the context variable that names it. Once the
    transaction has ended it is ignored; while it is open, two tasks on one connection would
    break each other's work, so that is refused: RuntimeError.
    """
    transaction = current.get()
    if transaction is None or transaction.over:
        return None
    if not transaction.mine():
        raise RuntimeError("A task started inside a transaction may not use the database until it ends.")
    return transaction


async def settle(work: "asyncio.Future[T]", on_cancel: Callable[[], None] = lambda: None) -> T:
    """Waits for work that must not be abandoned half way.

    When the caller is cancelled the work still runs to its end first, and only then is the
    cancellation passed on. So nobody hands back a connection that is still busy.
    """
    try:
        return await asyncio.shield(work)
    except asyncio.CancelledError:
        on_cancel()
        while not work.done():
            with suppress(asyncio.CancelledError):
                await asyncio.wait([work])
        raise
