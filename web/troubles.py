"""What a form answers when its verb says no: the same page, the person's words, and what to mend."""

from math import ceil
from typing import Any

from care.clock import now
from care.words import N_
from db.account import Refused, Wrong
from db.limits import TooMany
from db.passphrase import RETRY_AFTER, Busy

TROUBLE = (Refused, Wrong, TooMany, Busy)

WRONG = N_("That name and passphrase don’t belong together. Have another look, and try again.")
WRONG_CODE = N_("That name and code don’t belong together, or the code was used before. Try another one.")
WRONG_PASSPHRASE = N_("That isn’t your passphrase. Have another look, and try again.")


def answering(trouble: Exception, wrong: str = WRONG) -> dict[str, Any]:
    """For `page(…, **answering(trouble))`: status, headers and the words to show."""
    match trouble:
        case Refused():
            return {"status": 422, "problems": trouble.problems}
        case TooMany():
            seconds = max(1, ceil((trouble.until - now()).total_seconds()))
            return {"status": 429, "headers": {"Retry-After": str(seconds)}, "wait": ceil(seconds / 60)}
        case Busy():
            return {"status": 503, "headers": {"Retry-After": str(RETRY_AFTER)}, "busy": True}
        case _:
            return {"status": 401, "wrong": wrong}
