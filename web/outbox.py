"""What the phone's outbox (js/outbox.js) is told of what it sent: by name, or it keeps it and asks again."""

from typing import Any

from litestar import Request, Response

Ask = Request[Any, Any, Any]
NO_STORE = {"Cache-Control": "no-store"}


def saved(request: Ask) -> dict[str, str]:
    """The header that lets the phone forget it: any other answer could be a stranger's page."""
    sent = request.headers.get("X-Outbox", "")
    return {"X-Saved": sent} if sent.isascii() and 0 < len(sent) <= 60 else {}


def kept(request: Ask) -> Response[bytes] | None:
    """The whole answer to the outbox, which follows no redirect; None for somebody at a page."""
    named = saved(request)
    return Response(b"", status_code=200, headers=named | NO_STORE) if named else None


def gone(request: Ask) -> Response[bytes] | None:
    """What it was about is not there for them; whether it was taken back, hidden or never was, nothing is
    learned from it. The phone forgets it and says so, kindly. None for somebody at a page: a 404 is theirs.
    """
    named = saved(request)
    return Response(b"", status_code=410, headers=named | NO_STORE) if named else None
