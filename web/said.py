"""What pages share on which somebody says something to others: its number, whose phone it was, and help."""

import asyncio
from typing import Any
from uuid import UUID, uuid5

from litestar import Request

from care.words import N_
from db.devices import Viewer
from db.moderation import Closed, NoConsent, Paused, Shared
from web import nearby
from web.errors import NotSignedIn
from web.forms import Form

NO_SIGN: dict[type[Exception], str] = {
    Paused: N_("You’re on a pause from sharing, and from signs too. Reading and your journal still work."),
    NoConsent: N_("For that, first say yes to the community, under You."),
    Closed: N_("Sharing is closed at the moment, and so are signs. Try again later."),
}
"""Said where something without words cannot be taken."""


def same_person(request: Request[Any, Any, Any], who: Viewer) -> None:
    """What one person wrote on this phone without a network is never sent as another's."""
    if request.headers.get("X-Uid", str(who.person)) != str(who.person):
        raise NotSignedIn()


def helping(request: Request[Any, Any, Any], more: dict[str, Any]) -> dict[str, Any]:
    """What went wrong, and where to turn when the words were hard."""
    usual: dict[str, Any] = {"trouble": "", "problems": {}, "card": ""}
    usual["missed"] = {"verdict": "distress", "rules": []}
    lines = nearby.lines(request) if more.get("card") else {}
    return usual | lines | more


async def anyway(text: str) -> dict[str, Any]:
    """Words that could not be taken are read all the same: help depends neither on a place being free nor on
    how many words they are."""
    return await asyncio.to_thread(nearby.heard, text)


def onward(shared: Shared, home: str, sent: UUID | None) -> str:
    """Where to go once the words are here: to `home`, with a place in it after #. A card that cannot wait is
    shown with what happens to the words now; a gentle one can. By `sent` the phone lets its draft go."""
    path, _, place = home.partition("#")
    if shared.card and shared.card != "gentle":
        path, place = f"/moderation/mine/{shared.id}?card={shared.card}", "sent"
    elif shared.card:
        path += f"{'&' if '?' in path else '?'}card=gentle"
    if sent:
        path += f"{'&' if '?' in path else '?'}sent={sent}"
    return f"{path}#{place}"


def cid(form: Form) -> UUID | None:
    return number(form.text("id"))


def same(form: Form) -> UUID | None:
    """The number these words are kept under: sent twice they are one, and other words from the same form are
    others, also where no script gives the form a new number for them."""
    drawn = cid(form)
    return uuid5(drawn, form.written) if drawn else None


def number(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None
