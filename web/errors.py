"""What went wrong, said kindly: every error is a page that says what was kept and carries help."""

import logging
from typing import Any
from urllib.parse import quote

from litestar import Request, Response
from litestar.exceptions import HTTPException

from care.words import N_
from web import nearby, outbox
from web.logs import where
from web.render import go, page

log = logging.getLogger("beside")


class NotFound(HTTPException):
    status_code = 404


class Elsewhere(HTTPException):
    """Another site's page tried to write here."""

    status_code = 403


class NotSignedIn(HTTPException):
    status_code = 401
    way_in = "/account/enter"


class NotChecked(NotSignedIn):
    """Staff who have not given a code in this session yet."""

    way_in = "/account/second-factor"


WORDS = {
    400: (
        N_("That didn’t come through whole"),
        N_("Please try again. Words you wrote on this phone are still in the form."),
    ),
    401: (
        N_("Please come in first"),
        N_("Your words are safe on this phone. Enter, and they can be saved to your journal."),
    ),
    403: (
        N_("That came from another site"),
        N_("To keep you safe we only take words from Beside’s own pages. Nothing was changed."),
    ),
    404: (
        N_("There is nothing here"),
        N_("The page may have moved, or it isn’t yours to see. Nothing of yours is lost."),
    ),
    405: (
        N_("That door opens another way"),
        N_("Nothing was changed. Go back and try the button on the page."),
    ),
    413: (
        N_("That is too much at once"),
        N_("Nothing was lost: go back, and your words are still in the form. Try a shorter piece."),
    ),
    429: (
        N_("Let’s take a breath"),
        N_("Too many tries in a short time. Nothing is lost. Please wait a little."),
    ),
    500: (
        N_("Something broke on our side"),
        N_("It isn’t you. Words you wrote are kept on this phone and will be sent when we are back."),
    ),
    503: (N_("We’re very busy"), N_("Please try again in a moment. Nothing is lost.")),
}


KEPT = {
    401: N_("Your words are below. Copy them, come in, and send them again."),
    404: N_("It is no longer there, or it isn’t yours to see. Your words are below, to keep."),
    500: N_("It isn’t you. Your words are below: copy them, and please try again in a moment."),
}
"""Said instead, when a form cannot be taken and its words stand on the page."""


HEARD = 2000
"""Characters of their beginning and of their end that are read at once, for the help they ask for."""


def answer(request: Request[Any, Any, Any], exc: Exception) -> Response[bytes]:
    status = exc.status_code if isinstance(exc, HTTPException) else 500
    if isinstance(exc, NotSignedIn) and request.method == "GET":
        # Quoted: a path arrives decoded, and a line break or a letter beyond Latin is no header.
        return go(request, f"{exc.way_in}?next={quote(request.url.path)}")
    if status >= 500:
        _note(request, exc)
    title, text = WORDS.get(status, WORDS[500] if status >= 500 else WORDS[400])
    if kept := _kept(request):
        text = KEPT.get(status, text)
    # Whoever is turned away with words like these is not left alone with them.
    ends = kept if len(kept) < 2 * HEARD else f"{kept[:HEARD]}\n\n{kept[-HEARD:]}"
    help_ = (nearby.heard(ends) | nearby.lines(request)) if kept and status < 500 else {"card": ""}
    extra = {
        k: v
        for k, v in (getattr(exc, "headers", None) or {}).items()
        if k.lower() in {"allow", "retry-after"}
    }
    if status == 404:
        extra |= outbox.saved(request)  # ours, and no stranger's page: the phone need not ask again
    facts: dict[str, Any] = {"code": status, "title": title, "text": text, "kept": kept, "trouble": ""}
    return page(request, "error.html", status=status, headers=extra, **facts, **help_)


def _kept(request: Request[Any, Any, Any]) -> str:
    """What somebody had written into the form; never a passphrase."""
    form, path = request.state.get("form"), request.url.path
    secret = path.startswith(("/account", "/staff")) and not path.startswith("/account/safety/talk/")
    if form is None or secret or "X-Outbox" in request.headers:
        return ""
    return str(form.written)


def _note(request: Request[Any, Any, Any], exc: Exception) -> None:
    """Where it broke, never what was said: an exception's message may quote a member's words."""
    place = request.scope.get("path_template", "?")
    log.error("%s %s failed: %s at %s", request.method, place, type(exc).__name__, where(exc))
