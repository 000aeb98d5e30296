"""The author's side of moderation: where their words are, why, what to change, and a second opinion."""

from typing import Any
from uuid import UUID

from litestar import Request, Response, get, post
from litestar.params import FromPath

from care import queue, rulings
from care.ladder import CARDS
from care.shared import LONGEST, Draft, Words
from care.words import N_
from db import moderation, moderation_mine, sanctions, shifts
from db.moderation import Closed, NoConsent, Paused, Unknown
from db.moderation_mine import NoAppeal
from db.moderation_rows import Shown
from web import forms, nearby
from web.errors import NotFound
from web.forms import Form
from web.guards import member
from web.render import go, page

Ask = Request[Any, Any, Any]
Answer = Response[bytes]

NOT_NOW: dict[type[Exception], str] = {
    Paused: N_("You’re on a pause from sharing. Your words are kept here. Your journal and help still work."),
    NoConsent: N_("To share, first say yes to the community, under You. Your words are kept here."),
    Closed: N_("Sharing is closed at the moment. Your words are kept here."),
}
EMPTY = N_("Please write something first, and not more than 20,000 characters.")


@get("/moderation/mine")
async def index(request: Ask) -> Answer:
    who = member(request)
    return page(
        request,
        "moderation/mine.html",
        items=await moderation.mine(who),
        wait=await shifts.wait(),
        paused=await sanctions.standing(who),
        reasons=rulings.HOLD_REASONS,
        span=queue.span,
    )


@get("/moderation/mine/{item:uuid}")
async def show(request: Ask, item: FromPath[UUID]) -> Answer:
    return await _page(request, item)


@post("/moderation/mine/{item:uuid}/again", status_code=200)
async def again(request: Ask, item: FromPath[UUID]) -> Answer:
    """Their words, changed or not, once more through the same door."""
    who, form = member(request), await forms.read(request)
    found = await moderation.of_mine(who, item)
    if found is None or not found.editable:
        raise NotFound()
    try:
        shared = await moderation.edit(who, item, _draft(found, form))
    except ValueError:
        return await _page(request, item, form=form, status=422, trouble=EMPTY)
    except (Paused, NoConsent, Closed) as no:
        return await _page(request, item, form=form, status=403, trouble=NOT_NOW[type(no)])
    return go(request, f"/moderation/mine/{item}" + (f"?card={shared.card}" if shared.card else ""))


@post("/moderation/mine/{item:uuid}/appeal", status_code=200)
async def appeal(request: Ask, item: FromPath[UUID]) -> Answer:
    who, form = member(request), await forms.read(request)
    try:
        await moderation_mine.appeal(who, item, form.text("text")[:2000])
    except NoAppeal:
        raise NotFound() from None
    return go(request, f"/moderation/mine/{item}")


@post("/moderation/mine/{item:uuid}/withdraw", status_code=200)
async def withdraw(request: Ask, item: FromPath[UUID]) -> Answer:
    try:
        await moderation.withdraw(member(request), item)
    except Unknown:
        raise NotFound() from None
    return go(request, "/moderation/mine")


@post("/moderation/mine/{item:uuid}/private", status_code=200)
async def private(request: Ask, item: FromPath[UUID]) -> Answer:
    """The choice on the careful card: a moderator reads it, and nobody else ever."""
    try:
        await moderation.keep_private(member(request), item)
    except Unknown:
        raise NotFound() from None
    return go(request, f"/moderation/mine/{item}")


def _draft(found: Shown, form: Form) -> Draft:
    """The parts as they came; what the form does not hold stays as it was. Raises ValueError."""
    parts = tuple(form.text(f"part{n}", part)[: LONGEST + 1] for n, part in enumerate(found.said.parts))
    own = form.text("own_note", found.said.own_note)[:30]
    notes = tuple(note for note in found.notes if note != found.said.own_note)
    return Draft(found.kind, Words(parts, own), found.intent, notes, found.topics, found.place)


async def _page(request: Ask, item: UUID, form: Form | None = None, trouble: str = "", **more: Any) -> Answer:
    told = await moderation.statement(member(request), item)
    if told is None:
        raise NotFound()
    card = request.query_params.get("card", "")
    shown = card if card and card in CARDS else told.card
    return page(
        request,
        "moderation/statement.html",
        told=told,
        form=form or Form(),
        trouble=trouble,
        card=shown,
        missed={"verdict": told.missed[0], "rules": told.missed[1]},
        rulings=rulings,
        span=queue.span,
        **nearby.lines(request),
        **more,
    )


HANDLERS = [index, show, again, appeal, withdraw, private]
