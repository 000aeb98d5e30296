"""Who is asking, and whether this site is: both answered before any handler runs."""

from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from litestar import Request
from litestar.connection import ASGIConnection
from litestar.enums import ScopeType
from litestar.middleware import ASGIMiddleware
from litestar.types import ASGIApp, Receive, Scope, Send

from config import config
from db import account
from db.account import Viewer
from web.errors import Elsewhere, NotChecked, NotFound, NotSignedIn

if TYPE_CHECKING:
    from collections.abc import Mapping

COOKIE = "__Host-beside" if config.secure else "beside"
SAFE = {"GET", "HEAD", "OPTIONS"}


def viewer(request: Request[Any, Any, Any]) -> Viewer | None:
    return request.scope.get("viewer")  # type: ignore[return-value]


def member(request: Request[Any, Any, Any]) -> Viewer:
    who = viewer(request)
    if who is None:
        raise NotSignedIn()
    return who


def staff(request: Request[Any, Any, Any], *roles: str) -> Viewer:
    """Somebody who holds one of these roles and gave their code. For everybody else the page is not there."""
    who = member(request)
    if who.roles.isdisjoint(roles):
        raise NotFound()
    if not who.checked:
        raise NotChecked()
    return who


class SameSite(ASGIMiddleware):
    """Refuses writes that another site's page sent.

    There is no token to go stale in a page kept offline. A client that sends neither
    header is no browser, so no browser's cookie rides along with it.
    """

    async def handle(self, scope: Scope, receive: Receive, send: Send, next_app: ASGIApp) -> None:
        if scope["type"] == ScopeType.HTTP and scope["method"] not in SAFE:
            headers = ASGIConnection[Any, Any, Any, Any](scope).headers
            if not _ours(headers):
                raise Elsewhere()
        await next_app(scope, receive, send)


def _ours(headers: "Mapping[str, str]") -> bool:
    site, origin = headers.get("sec-fetch-site"), headers.get("origin")
    if site is not None:
        return site in {"same-origin", "none"}
    if origin is not None:
        return urlsplit(origin).netloc == headers.get("host", "")
    return True


class Recognise(ASGIMiddleware):
    """Puts the viewer into the scope; pages that must not know anyone opt out with `anonymous`."""

    exclude_opt_key = "anonymous"

    async def handle(self, scope: Scope, receive: Receive, send: Send, next_app: ASGIApp) -> None:
        if scope["type"] == ScopeType.HTTP:
            token = ASGIConnection[Any, Any, Any, Any](scope).cookies.get(COOKIE)
            found = await account.recognise(token) if token else None
            scope["viewer"] = found  # type: ignore[typeddict-unknown-key]
        await next_app(scope, receive, send)
