"""Translation for every floor: `_` translates now, `N_` only marks a string for the catalog.

The language belongs to the request (or the job), so it lives in a context variable
that `speaking()` sets; without one, the words come back as they were written.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from gettext import NullTranslations

AS_WRITTEN = NullTranslations()
_spoken: ContextVar[NullTranslations] = ContextVar("spoken", default=AS_WRITTEN)


@contextmanager
def speaking(catalog: NullTranslations) -> Iterator[None]:
    token = _spoken.set(catalog)
    try:
        yield
    finally:
        _spoken.reset(token)


def set_language(catalog: NullTranslations) -> None:
    """For a request, whose context ends with it; `speaking` is for everything else."""
    _spoken.set(catalog)


def _(message: str) -> str:
    return _spoken.get().gettext(message)


def ngettext(one: str, many: str, n: int) -> str:
    return _spoken.get().ngettext(one, many, n)


def N_(message: str) -> str:
    return message
