"""A page that is the same as when its reader last saw it is not drawn and packed again.

Personal pages are never kept by a browser, so going back to a list asks for all of it anew. The key holds
who is asking, with their session, and all that can differ on the page: nothing of it can reach anybody else.
"""

from collections.abc import Callable, Hashable
from typing import Any

import brotli
from litestar import Request, Response
from litestar.utils.scope.state import ScopeState

MOST = 500
QUALITY = 5
_packed: dict[Hashable, tuple[bytes, dict[str, str]]] = {}

Draw = Callable[[], Response[bytes]]


def again(request: Request[Any, Any, Any], key: Hashable, draw: Draw) -> Response[bytes]:
    """What `draw` draws; that may depend on the request's path and language, who asks, and `key`, alone."""
    headers = request.headers
    if "br" not in headers.get("accept-encoding", "") or "HX-Request" in headers:
        return draw()
    known = (request.url.path, headers.get("accept-language", "")[:200], request.scope.get("viewer"), key)
    found = _packed.get(known)
    if found is None:
        drawn = draw()
        found = brotli.compress(drawn.content, quality=QUALITY), dict(drawn.headers)
        if len(_packed) >= MOST:
            del _packed[next(iter(_packed))]
        _packed[known] = found
    body, told = found
    # The framework would pack it once more; this is how it lets through what is packed already.
    ScopeState.from_scope(request.scope).is_cached = True
    packed = {"Content-Encoding": "br", "Vary": f"{told['Vary']}, Accept-Encoding"}
    return Response(body, media_type="text/html", headers=told | packed)


def forget() -> None:
    """For tests."""
    _packed.clear()
