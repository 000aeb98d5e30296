"""The guided writer: write, look, send; change and take back one's own."""

import asyncio
from typing import Any
from uuid import UUID, uuid4

from litestar import Request, Response, Router, get, post
from litestar.params import FromPath

from care import controls, matching, queue, shared, stories, stories_advice, stories_form
from care.stories import Problems, Story
from care.words import N_
from db import journal, moderation, moderation_authors, stories_mine, stories_reading
from db import stories as verbs
from db.devices import Viewer
from db.limits import TooMany
from db.moderation import Closed, NoConsent, Paused, Unknown
from db.moderation_mine import statement
from db.stories_rows import Told
from web import forms, nearby
from web.errors import NotFound
from web.forms import Form
from web.guards import member, viewer
from web.render import go, language, page
from web.routes import stories_phone
from web.routes.moderation_mine import NOT_NOW
from web.troubles import answering

Ask = Request[Any, Any, Any]
Answer = Response[bytes]

STAYS = {"Cache-Control": "private, no-cache"}
"""With no-store a browser forgets what was typed when somebody goes Back to a form; no word of it is here."""
OVER = N_("This story can’t be changed at the moment. Your new words are kept here.")
TOO_LONG = N_("That is too long even for letters. Please take it in two.")
EMPTY = N_("Please write something first. A line is enough.")
STEPS = {str(n): n for n in range(len(stories.BOXES) + 2)}
REFUSED = (Paused, NoConsent, Closed)


@get("/stories/write")
async def begin(request: Ask) -> Answer:
    trouble = await _not_now(member(request))
    return _form(request, Form(), fresh=True, trouble=trouble, headers=STAYS)


@get("/stories/write/phone", opt={"anonymous": True}, sync_to_thread=False)
def begin_offline(request: Ask) -> Answer:
    """Kept by phones for offline use, so it knows nobody."""
    return _form(request, Form(), fresh=True, anonymous=True)


@post("/stories/write", status_code=200)
async def write(request: Ask) -> Answer:
    return await _written(request, None)


@get("/stories/{item:uuid}/edit")
async def edit(request: Ask, item: FromPath[UUID]) -> Answer:
    told = await _mine(member(request), item)
    if not told.shown.editable:
        raise NotFound()
    return _form(request, _of(told), item, fresh=True)


@post("/stories/{item:uuid}/edit", status_code=200)
async def change(request: Ask, item: FromPath[UUID]) -> Answer:
    return await _written(request, item)


@get("/stories/sent/{name:uuid}")
async def sent(request: Ask, name: FromPath[UUID]) -> Answer:
    """What happens now. `name` is the story's own id, or the one its phone gave it."""
    who = member(request)
    item = await stories_mine.sent(who, name)
    told = await statement(who, item) if item else None
    if told is None:
        raise NotFound()
    verdict, rules = told.missed
    card = told.card or ("gentle" if verdict == "distress" else "")
    missed = {"verdict": verdict, "rules": rules}
    shown: dict[str, Any] = {"told": told, "card": card, "missed": missed, "name": name, "span": queue.span}
    return page(request, "stories/write_sent.html", **shown, **nearby.lines(request))


@get("/stories/{item:uuid}/withdraw")
async def sure(request: Ask, item: FromPath[UUID]) -> Answer:
    return page(request, "stories/write_withdraw.html", told=await _mine(member(request), item))


@post("/stories/{item:uuid}/withdraw", status_code=200)
async def withdraw(request: Ask, item: FromPath[UUID]) -> Answer:
    who = member(request)
    await _mine(who, item)
    try:
        await moderation.withdraw(who, item)
    except Unknown:
        raise NotFound() from None
    return go(request, "/stories/withdrawn")


@get("/stories/withdrawn")
async def withdrawn(request: Ask) -> Answer:
    member(request)
    return page(request, "stories/write_withdrawn.html")


async def _written(request: Ask, item: UUID | None) -> Answer:
    """All the buttons of the form and of the preview; `do` says which."""
    form, who = await forms.read(request), viewer(request)
    if who is None:
        return _form(request, form, item, status=401, come_in=True)
    if request.headers.get("X-Uid", str(who.person)) != str(who.person):
        return Response(b"", status_code=409)
    told = await _mine(who, item) if item else None
    return await _asked(request, who, form, told)


async def _asked(request: Ask, who: Viewer, form: Form, told: Told | None) -> Answer:
    item = told.shown.id if told else None
    do, cid = form.text("do"), stories_mine.name(form.text("id")) or item or uuid4()
    if do == "letter":
        return await _letter(request, who, form, item, cid)
    if told and not told.shown.editable:
        return _form(request, form, item, status=409, trouble=OVER)
    story = stories.read_story(form, _tongue(request), cid)
    if isinstance(story, Problems) or do == "change":
        ill = isinstance(story, Problems) and do != "change"
        problems, at = story if ill else Problems(), STEPS.get(form.text("step"), 0)
        return _form(request, form, item, status=422 if ill else 200, problems=problems, at=at)
    if do in {"send", "private"}:
        return await _send(request, who, form, item, story)
    return await _look(request, who, form, item, story)


async def _look(request: Ask, who: Viewer, form: Form, item: UUID | None, story: Story) -> Answer:
    """As readers will see it, with what its writer may want to change first."""
    trouble = await _not_now(who)
    told = await asyncio.to_thread(stories_advice.advise, story.draft)
    fields = [*(pair for pair in stories_form.carried(form) if pair[0] != "id"), ("id", str(story.draft.cid))]
    shown: dict[str, Any] = {"story": story, "told": told, "fields": fields, "item": item, "trouble": trouble}
    missed = {"verdict": told.verdict, "rules": told.rules}
    return page(
        request,
        "stories/write_preview.html",
        missed=missed,
        **shown,
        **_lists(),
        **nearby.lines(request),
    )


async def _not_now(who: Viewer) -> str:
    """Why nothing of theirs can be sent at the moment; better said before somebody writes for an hour."""
    try:
        await moderation_authors.may_share(who)
    except REFUSED as no:
        return NOT_NOW[type(no)]
    return ""


async def _send(request: Ask, who: Viewer, form: Form, item: UUID | None, story: Story) -> Answer:
    try:
        if item is None:
            await stories_mine.send(who, story)
        else:
            await verbs.edit(who, item, story)
    except Unknown:
        return _form(request, form, item, status=409, trouble=OVER)
    except TooMany as many:
        return _form(request, form, item, **answering(many))
    except REFUSED as no:
        return _form(request, form, item, status=403, trouble=NOT_NOW[type(no)])
    name = item or story.draft.cid
    if form.text("do") == "private" and name:
        await stories_mine.only_duty(who, name)
    return _saved(request, f"/stories/sent/{name}")


async def _letter(request: Ask, who: Viewer, form: Form, item: UUID | None, cid: UUID) -> Answer:
    """The same words for their writer alone. Nothing is shared, so nobody reads them."""
    pieces = stories_form.letters(form)
    if not pieces:
        some = any(form.text(name).strip() for name in ("title", *stories.BOXES))
        return _form(request, form, item, status=422, trouble=TOO_LONG if some else EMPTY)
    drafts = stories_form.letter_drafts(pieces, cid, form.text("tz"))
    for draft in drafts:
        await journal.write(who.person, draft)
    return _saved(request, f"/journal#e-{drafts[0].cid}")


def _saved(request: Ask, to: str) -> Answer:
    """The outbox hears which of its entries arrived; a browser goes on."""
    if outbox := request.headers.get("X-Outbox", ""):
        told = {"X-Saved": str(stories_mine.name(outbox) or ""), "Cache-Control": "no-store"}
        return Response(b"", status_code=200, headers=told)
    return go(request, to)


def _form(request: Ask, form: Form, item: UUID | None = None, **more: Any) -> Answer:
    shown = {"fresh": False, "come_in": False, "trouble": "", **_lists(), **more}
    return page(
        request, "stories/write.html", filled=form, item=item, examples=stories_form.EXAMPLES, **shown
    )


def _lists() -> dict[str, Any]:
    return {"stories": stories, "matching": matching, "controls": controls, "intents": shared.INTENTS}


async def _mine(who: Viewer, item: UUID) -> Told:
    """Their own story, in whatever state; for everybody else it is not there."""
    found = await stories_reading.thread(who, item)
    if found is None or not found.story.shown.mine or found.story.shown.kind != stories.STORY:
        raise NotFound()
    return found.story


def _of(told: Told) -> Form:
    shown = told.shown
    notes = [note for note in shown.notes if note != shown.said.own_note]
    chosen: dict[str, Any] = {"notes": notes, "topics": shown.topics}
    facts = stories.Facts(told.likes, told.after, told.lang)
    return Form([("id", str(shown.id)), *stories_form.fields(shown.said, shown.intent, chosen, facts)])


def _tongue(request: Ask) -> str:
    """What a story is written in, as far as anybody can say: it decides how its words are found again."""
    return language(request).locale.language


router = Router(
    path="/",
    route_handlers=[
        *(begin, begin_offline, write, edit, change, sent, sure, withdraw, withdrawn),
        *stories_phone.HANDLERS,
    ],
)
