"""What pages share on which somebody says something to others: its number, whose phone it was, and help."""

import asyncio
from typing import Any
from uuid import UUID

from litestar import Request

from care import ladder
from care.shared import Draft
from db.devices import Viewer
from web import nearby
from web.errors import NotSignedIn
from web.forms import Form


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


async def anyway(draft: Draft) -> dict[str, Any]:
    """Words that could not be taken are read all the same: help does not depend on a place being free."""
    reading, _ = await asyncio.to_thread(ladder.read, draft.read)
    card = ladder.card(reading.tier, reading.about)
    told = {"verdict": "other" if reading.about == "other" else reading.tier}
    seen = {"missed": told | {"rules": list(dict.fromkeys(one.rule for one in reading.matched))}}
    return {"card": card, **seen}


def cid(form: Form) -> UUID | None:
    return number(form.text("id"))


def number(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None
