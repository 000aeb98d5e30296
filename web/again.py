"""A page that is the same as when its reader last saw it is not drawn and packed again.

Personal pages are never kept by a browser, so going back to a list asks for all of it anew. The key holds
who is asking, with their session, and all that can differ on the page: nothing of it can reach anybody else.
"""

import hashlib
from collections.abc import Callable, Hashable
from typing import Any

import brotli
from litestar import Request, Response
from litestar.utils.scope.state import ScopeState

MOST = 500
QUALITY = 5
SMALL = 500  # bytes; below them packing gains nothing
_shared: dict[bytes, bytes] = {}
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


def for_anyone(request: Request[Any, Any, Any], drawn: Response[bytes]) -> Response[bytes]:
    """A page without a person in it, packed as tightly as can be: 8 ms of work, once for all who get it.

    These are what a phone carries away on its first visit, often over a bad line.
    """
    if "br" not in request.headers.get("accept-encoding", "") or len(drawn.content) < SMALL:
        return drawn
    known = hashlib.blake2b(drawn.content, digest_size=16).digest()
    body = _shared.get(known)
    if body is None:
        body = brotli.compress(drawn.content, quality=11)
        if len(_shared) >= MOST:
            del _shared[next(iter(_shared))]
        _shared[known] = body
    ScopeState.from_scope(request.scope).is_cached = True
    told = dict(drawn.headers)
    packed = {"Content-Encoding": "br", "Vary": f"{told['Vary']}, Accept-Encoding"}
    return Response(body, status_code=drawn.status_code, media_type="text/html", headers=told | packed)


def forget() -> None:
    """For tests."""
    _packed.clear()
    _shared.clear()
