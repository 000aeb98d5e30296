"""Who is calling, for the account's verbs; and the cookie that carries a session."""

import hashlib
import hmac
from datetime import datetime, timedelta
from typing import Any

from litestar import Request, Response
from litestar.datastructures import Cookie

from care.account import device
from care.clock import now
from config import config
from db import keys
from db.account import Caller
from db.devices import LONGEST
from web.guards import COOKIE

Ask = Request[Any, Any, Any]

ASKED = "__Host-asked" if config.secure else "asked"
ASK_AGAIN = timedelta(hours=24)


def caller(request: Ask) -> Caller:
    label = device(request.headers.get("user-agent", ""))
    return Caller(_address(request), label, request.cookies.get(COOKIE, ""))


def signed_in(answer: Response[bytes], token: str) -> Response[bytes]:
    answer.set_cookie(_cookie(COOKIE, token, LONGEST))
    return answer


def signed_out(answer: Response[bytes]) -> Response[bytes]:
    # Not delete_cookie: without Secure and Path a browser would not let go of a __Host- cookie.
    answer.set_cookie(_cookie(COOKIE, "", timedelta()))
    return answer


def too_young(answer: Response[bytes]) -> Response[bytes]:
    """The only thing kept of a child, on their own phone: when the form may be tried again."""
    answer.set_cookie(_cookie(ASKED, _signed(now() + ASK_AGAIN), ASK_AGAIN))
    return answer


def was_too_young(request: Ask) -> bool:
    told = request.cookies.get(ASKED, "")
    seconds = told.partition(".")[0]
    if not (seconds.isascii() and seconds.isdigit() and len(seconds) < 12):
        return False
    until = datetime.fromtimestamp(int(seconds), now().tzinfo)
    return now() < until and hmac.compare_digest(told.encode(), _signed(until).encode())


def _address(request: Ask) -> str:
    """The last hop of X-Forwarded-For is the one our own proxy wrote; the others anyone can."""
    forwarded = request.headers.get("x-forwarded-for", "").rpartition(",")[2].strip()
    if config.behind_proxy and forwarded:
        return forwarded
    return request.client.host if request.client else ""


def _signed(until: datetime) -> str:
    seconds = str(int(until.timestamp()))
    return f"{seconds}.{hmac.new(keys.secret('asked'), seconds.encode(), hashlib.sha256).hexdigest()[:32]}"


def _cookie(name: str, value: str, lasts: timedelta) -> Cookie:
    return Cookie(
        name,
        value=value,
        path="/",
        max_age=int(lasts.total_seconds()),
        httponly=True,
        samesite="lax",
        secure=config.secure,
    )
