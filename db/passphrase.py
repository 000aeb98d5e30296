"""The only home of passphrase hashing (argon2id), and of what else costs real time: judging one."""

import asyncio
import secrets
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import lru_cache
from typing import TypeVar

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError
from xkcdpass import xkcd_password
from zxcvbn import zxcvbn

from care import names
from care.account import LONGEST_PASSPHRASE
from config import config

T = TypeVar("T")

WORKERS = 2
LONGEST_LINE = 20
"""How many may wait for a worker. A flood of log-ins then costs a polite 503, not the machine."""
RETRY_AFTER = 5  # seconds
JUDGED = 72  # characters; zxcvbn's time grows steeply with length
STRONG = 3  # of zxcvbn's 0 to 4: "safely unguessable"


class Busy(Exception):
    """Too many are being checked right now."""


class _Line:
    """Who is being served or waits, in this process."""

    length = 0


_line = _Line()
_workers = ThreadPoolExecutor(WORKERS, thread_name_prefix="passphrase")


async def make_hash(passphrase: str) -> str:
    """Raises Busy."""
    return await _work(lambda: _hasher().hash(passphrase))


async def fits(passphrase: str, stored: str | None) -> bool:
    """Raises Busy. Without a stored hash the same work is done for nothing, so that time tells nothing."""
    return await _work(lambda: _verify(passphrase, stored))


def outdated(stored: str) -> bool:
    """Hashed with other parameters than today's: hash it again at the next chance."""
    return _hasher().check_needs_rehash(stored)


async def guessable(passphrase: str, about: Sequence[str]) -> bool:
    """Raises Busy. `about`: words a guesser would try first (their name, ours)."""
    context = ["beside", "journal", "password", "passphrase", *about]
    return await _work(lambda: zxcvbn(passphrase[:JUDGED], user_inputs=context)["score"] < STRONG)


def suggest(shown: str = "") -> str:
    """Four words of nearly 7,700: 51 bits, drawn by the system's own randomness.

    Those `shown` already stay, when they are ours: somebody may have written them down by now.
    """
    if len(kept := shown.split()) == 4 and set(kept) <= set(_words()):
        return " ".join(kept)
    return str(xkcd_password.generate_xkcdpassword(_words(), numwords=4, delimiter=" "))


@lru_cache(maxsize=1)
def _words() -> list[str]:
    """The EFF's long list, without what should not meet somebody on a hard day."""
    everything = xkcd_password.generate_wordlist(xkcd_password.locate_wordfile("eff-long"), 3, 9)
    skipped = tuple(names.WORDS["passphrase_skips"])
    return [word for word in everything if not word.startswith(skipped)]


@lru_cache(maxsize=1)
def _hasher() -> PasswordHasher:
    if config.fast_hashing:
        return PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)
    # OWASP's choice: 30 ms here, and 19 MiB for each of two workers.
    return PasswordHasher(time_cost=2, memory_cost=19456, parallelism=1)


@lru_cache(maxsize=1)
def _nobody() -> str:
    return _hasher().hash(secrets.token_hex(32))


def _verify(passphrase: str, stored: str | None) -> bool:
    possible = stored is not None and len(passphrase.encode()) <= LONGEST_PASSPHRASE
    against = stored if possible and stored is not None else _nobody()
    try:
        return _hasher().verify(against, passphrase[:LONGEST_PASSPHRASE]) and possible
    except (VerificationError, InvalidHashError):
        return False


async def _work(task: Callable[[], T]) -> T:
    if _line.length >= WORKERS + LONGEST_LINE:
        raise Busy
    _line.length += 1
    try:
        running = asyncio.get_running_loop().run_in_executor(_workers, task)
    except BaseException:
        _line.length -= 1
        raise
    # Counted until the work ends, not until the asker gives up: cancelling does not free a worker.
    running.add_done_callback(_served)
    return await asyncio.shield(running)


def _served(_done: object) -> None:
    _line.length -= 1
