"""Stories: while the community is closed, a page that says kindly what is coming."""

from typing import Any

from litestar import Request, Response, Router, get

from web.render import page


@get("/stories")
async def index(request: Request[Any, Any, Any]) -> Response[bytes]:
    return page(request, "stories/index.html")


router = Router(path="/", route_handlers=[index])
