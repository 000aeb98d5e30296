"""The author's side of moderation: where their words are, why, what to change, and a second opinion."""

from collections.abc import Awaitable, Callable
from typing import Any
from uuid import UUID

from litestar import Request, Response, get, post
from litestar.params import FromPath

from care import groups, perspectives, queue, rulings, stories
from care import sanctions as steps
from care.clock import now
from care.ladder import CARDS
from care.meetings_room import STOPS
from care.rulings import PUBLISHED, SAFEGUARDING, WAITING
from care.shared import LONGEST, Draft, Words
from care.talk import ANSWERS, CALLS
from care.words import N_, _
from db import (
    groups_posts,
    moderation,
    moderation_mine,
    safe,
    sanctions,
    sanctions_appeals,
    shifts,
    talk_list,
)
from db.devices import Viewer
from db.groups import Left, Stopped
from db.moderation import Closed, NoConsent, Paused, Shared, Unknown
from db.moderation_mine import NoAppeal, Statement
from db.moderation_rows import Shown
from db.stories import Over, edit_reply
from web import forms, nearby, said
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
    Left: N_("You are not in this group now, so nothing new can be said there. Your words are kept here."),
    Over: N_("The fifteen minutes to change it are over. You can take it back and answer again."),
}
REFUSED = tuple(NOT_NOW)
EMPTY = N_("Please write something first, and not more than 20,000 characters.")
Edit = Callable[[Viewer, UUID, Draft], Awaitable[Shared]]
EDITS: dict[str, tuple[Edit, int, str]] = {
    groups.POST: (groups_posts.change, groups.POST_LONGEST, groups.TOO_LONG),
    stories.REPLY: (edit_reply, stories.REPLY_LONGEST, stories.REPLY_TOO_LONG),
    perspectives.VIEW: (moderation.edit, perspectives.VIEW_LONGEST, perspectives.VIEW_TOO_LONG),
}
"""By kind: the verb that changes it, how many characters it may have, and what is said of more."""


@get("/moderation/mine")
async def index(request: Ask) -> Answer:
    who = member(request)
    return page(
        request,
        "moderation/mine.html",
        items=await moderation.mine(who),
        wait=await shifts.wait(),
        standing=await sanctions.standing(who),
        steps=steps,
        rules=rulings.RULES,
        reasons=rulings.HOLD_REASONS,
        span=queue.span,
    )


@get("/moderation/mine/{item:uuid}")
async def show(request: Ask, item: FromPath[UUID]) -> Answer:
    return await _page(request, item)


@post("/moderation/mine/{item:uuid}/again", status_code=200)
async def again(request: Ask, item: FromPath[UUID]) -> Answer:
    """Their words, changed or not, once more through the same door."""
    form, who = await forms.read(request), member(request)
    found = await moderation.of_mine(who, item)
    if found is None or not found.editable:
        raise NotFound()
    edit, most, longer = EDITS.get(found.kind, (moderation.edit, LONGEST, EMPTY))
    status, trouble = 422, EMPTY
    try:
        draft = _draft(found, form)
        if len(draft.words.text) <= most:
            shared = await edit(who, item, draft)
            return go(request, f"/moderation/mine/{item}" + (f"?card={shared.card}" if shared.card else ""))
        trouble = longer
    except ValueError:
        pass
    except Unknown:
        raise NotFound() from None
    except Stopped as no:
        trouble = groups.STOPS.get(no.why) or STOPS[no.why]
    except REFUSED as no:
        status, trouble = 403, NOT_NOW[type(no)]
    heard = await said.anyway(form.written)
    told = {"status": status, "trouble": trouble, "unsent": True, **(heard if heard["card"] else {})}
    return await _page(request, item, form=form, **told)


@post("/moderation/mine/{item:uuid}/appeal", status_code=200)
async def appeal(request: Ask, item: FromPath[UUID]) -> Answer:
    form, who = await forms.read(request), member(request)
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


@post("/moderation/mine/{item:uuid}/safe", status_code=200)
async def say_safe(request: Ask, item: FromPath[UUID]) -> Answer:
    """The one-tap answer on the card, which says who will see it."""
    form, who = await forms.read(request), member(request)
    try:
        await safe.say(who, item, form.text("answer"))
    except safe.Unknown:
        raise NotFound() from None
    return go(request, f"/moderation/mine/{item}")


@post("/moderation/mine/standing/{sanction:uuid}/appeal", status_code=200)
async def ask_again(request: Ask, sanction: FromPath[UUID]) -> Answer:
    """A second opinion about a step, rather than about words."""
    form, who = await forms.read(request), member(request)
    try:
        await sanctions_appeals.ask(who, sanction, form.text("text")[:2000])
    except sanctions.Refused:
        raise NotFound() from None
    return go(request, "/moderation/mine")


def _draft(found: Shown, form: Form) -> Draft:
    """The parts as they came; what the form does not hold stays as it was. Raises ValueError."""
    parts = tuple(form.text(f"part{n}", part)[: LONGEST + 1] for n, part in enumerate(found.said.parts))
    own = form.text("own_note", found.said.own_note)[:30]
    notes = tuple(note for note in found.notes if note != found.said.own_note)
    return Draft(found.kind, Words(parts, own), found.intent, notes, found.topics, found.place)


async def _page(request: Ask, item: UUID, form: Form | None = None, **more: Any) -> Answer:
    who = member(request)
    told = await moderation.statement(who, item)
    if told is None:
        raise NotFound()
    card = request.query_params.get("card", "")
    talk = await talk_list.open_for(who.person) if told.item.state == SAFEGUARDING else None
    shown = await _asking(who, told, card if card and card in CARDS else told.card)
    usual: dict[str, Any] = {
        "trouble": "",
        "unsent": False,
        "missed": {"verdict": told.missed[0], "rules": told.missed[1]},
    }
    return page(
        request,
        "moderation/statement.html",
        told=told,
        form=form or Form(),
        rulings=rulings,
        labels=(N_("Title"), *stories.QUESTIONS.values()) if told.item.kind == stories.STORY else (),
        sent=request.query_params.get("sent", ""),
        span=queue.span,
        talk=talk,
        late=_late(told.item),
        **(usual | shown | nearby.lines(request) | more),
    )


def _late(item: Shown) -> bool:
    """Whether it is shown, and for too long to be changed."""
    at, shown = item.published_at, item.kind == stories.REPLY and item.state == PUBLISHED
    return bool(shown and at and now() - at > stories.EDIT_FOR)


async def _asking(who: Viewer, told: Statement, card: str) -> dict[str, Any]:
    """The card, and while their words wait for somebody the question whether they are safe. Who said "no"
    or "not sure" is shown the calm page."""
    if not card:
        return {"card": ""}
    await safe.saw_card(who, told.item.id)
    if card not in ("careful", "calm") or told.item.state not in WAITING:
        return {"card": card}
    said = next((one.answer for one in await safe.of(told.item.id)), "")
    asked = {
        "action": f"/moderation/mine/{told.item.id}/safe",
        "said": said,
        "answers": ANSWERS,
        "seen": _("Your answer goes to the people on duty here, beside your words. Nobody else sees it."),
    }
    return {"card": "calm" if said in CALLS else card, "safe": asked}


HANDLERS = [index, show, again, appeal, withdraw, private, say_safe, ask_again]
