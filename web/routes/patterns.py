"""The living style guide: every macro once (development only)."""

from typing import Any

from litestar import Request, Response, Router, get

from web import nearby
from web.render import page


@get("/patterns", opt={"anonymous": True}, sync_to_thread=False)
def index(request: Request[Any, Any, Any]) -> Response[bytes]:
    return page(request, "patterns.html", anonymous=True, **nearby.lines(request))


router = Router(path="/", route_handlers=[index])
