"""One story, and what people say to it: answers, support, thanks."""

import asyncio
from typing import Any
from uuid import UUID

from litestar import Request, Response, get, post
from litestar.params import FromPath

from care import matching, queue, replying, stories, unheard
from care.clock import now
from care.stories import Problems
from care.words import N_
from db import moderation, shifts, stories_reading
from db import stories as verbs
from db.devices import Viewer
from db.limits import TooMany
from db.moderation import Closed, NoConsent, Paused, Shared, Unknown
from web import forms, said
from web.again import Draw, again
from web.errors import NotFound
from web.forms import Form
from web.guards import member
from web.render import go, language, page
from web.routes import stories_drawn

Ask = Request[Any, Any, Any]
Answer = Response[bytes]

NOT_NOW: dict[type[Exception], tuple[int, str]] = {
    Paused: (403, N_("You’re on a pause from sharing. Your words are still in the box.")),
    NoConsent: (
        403,
        N_("To answer, first say yes to the community, under You. Your words are still in the box."),
    ),
    Closed: (403, N_("Sharing is closed at the moment. Your words are still in the box.")),
    verbs.Closed: (409, N_("Its author wants no further answers. Your words are still in the box, to keep.")),
    verbs.Over: (
        409,
        N_("The fifteen minutes to change it are over. You can take it back and answer again."),
    ),
    TooMany: (
        429,
        N_("That is a lot of answers in one hour. Rest a little: your words are still in the box."),
    ),
}
REFUSED = tuple(NOT_NOW)
GONE: tuple[type[Exception], ...] = (Unknown, *REFUSED)


@get("/stories/{story:uuid}")
async def show(request: Ask, story: FromPath[UUID]) -> Answer:
    return await _page(request, story)


@get("/stories/{story:uuid}/like")
async def like(request: Ask, story: FromPath[UUID]) -> Answer:
    who = member(request)
    found = await stories_reading.thread(who, story)
    if found is None:
        raise NotFound()
    return page(
        request,
        "stories/like.html",
        story=found.story,
        cards=stories_drawn.cards(request, await stories_reading.like(who, found.story), like=True),
    )


@post("/stories/{story:uuid}/reply", status_code=200)
async def reply(request: Ask, story: FromPath[UUID]) -> Answer:
    form, who = await forms.read(request), member(request)
    if "X-Outbox" in request.headers:
        return await _arrived(request, who, story, form)
    draft = stories.read_reply(form, story, said.cid(form))
    if isinstance(draft, Problems):
        told = {"status": 422, "problems": draft, **await said.anyway(form.written)}
        return await _page(request, story, form=form, **told)
    if not form.has("sure") and (hints := await _second_look(who, story, draft.words.text)):
        told = {"status": 422, "hints": hints, **await said.anyway(draft.read)}
        return await _page(request, story, form=form, **told)
    try:
        shared = await verbs.reply(who, draft)
    except Unknown:
        raise NotFound() from None
    except REFUSED as no:
        status, words = NOT_NOW[type(no)]
        told = {"status": status, "trouble": words, **await said.anyway(draft.read)}
        return await _page(request, story, form=form, **told)
    return go(request, _after(story, shared, draft.cid))


async def _arrived(request: Ask, who: Viewer, story: UUID, form: Form) -> Answer:
    """What waited on a phone. Whatever cannot be taken stays there with its words, and the line goes on."""
    draft, status = stories.read_reply(form, story, said.cid(form)), 422
    if request.headers.get("X-Uid", str(who.person)) != str(who.person):
        status = 409  # somebody else is signed in on that phone now
    elif not isinstance(draft, Problems):
        try:
            await verbs.reply(who, draft)
            saved = {"X-Saved": str(draft.cid or ""), "Cache-Control": "no-store"}
            return Response(b"", status_code=200, headers=saved)
        except TooMany:
            status = 429
        except GONE:
            pass
    return Response(b"", status_code=status)


async def _second_look(who: Viewer, story: UUID, text: str) -> tuple[replying.Hint, ...]:
    found = await moderation.find(who, story)
    return await asyncio.to_thread(replying.look, text, found.intent) if found else ()


@get("/stories/answers/{reply:uuid}/edit")
async def change(request: Ask, reply: FromPath[UUID]) -> Answer:
    return await _change(request, reply)


@post("/stories/answers/{reply:uuid}/edit", status_code=200)
async def edit(request: Ask, reply: FromPath[UUID]) -> Answer:
    form, who = await forms.read(request), member(request)
    found = await moderation.find(who, reply)
    if found is None or not found.mine or found.kind != stories.REPLY or found.place is None:
        raise NotFound()
    draft = stories.read_reply(form, found.place)
    if isinstance(draft, Problems):
        return await _change(request, reply, form=form, status=422, problems=draft)
    if not form.has("sure") and (hints := await _second_look(who, found.place, draft.words.text)):
        return await _change(request, reply, form=form, status=422, hints=hints)
    try:
        shared = await verbs.edit_reply(who, reply, draft)
    except Unknown:
        raise NotFound() from None
    except REFUSED as no:
        status, words = NOT_NOW[type(no)]
        return await _change(request, reply, form=form, status=status, trouble=words)
    return go(request, _after(found.place, shared))


@post("/stories/{item:uuid}/support", status_code=200)
async def support(request: Ask, item: FromPath[UUID]) -> Answer:
    """For a story or an answer; the same again takes it back."""
    form, who = await forms.read(request), member(request)
    kind = stories.SUPPORT_KEYS.get(form.text("kind"), 0)
    if not kind and form.text("kind"):
        raise NotFound()
    try:
        story = await verbs.react(who, item, kind)
    except Unknown:
        raise NotFound() from None
    except (Paused, NoConsent, Closed) as no:
        found = await moderation.find(who, item)
        if found is None:
            raise NotFound() from None
        return await _page(request, found.place or item, status=403, unsent=said.NO_SIGN[type(no)])
    return go(request, f"/stories/{story}?read=1#{'support' if story == item else f'r-{item}'}")


@post("/stories/{item:uuid}/thank", status_code=200)
async def thank(request: Ask, item: FromPath[UUID]) -> Answer:
    try:
        story = await verbs.thank(member(request), item)
    except Unknown:
        raise NotFound() from None
    return go(request, f"/stories/{story}?read=1#r-{item}")


@post("/stories/{story:uuid}/keep", status_code=200)
async def keep(request: Ask, story: FromPath[UUID]) -> Answer:
    form, who = await forms.read(request), member(request)
    try:
        await verbs.keep(who, story, form.text("keep") != "no")
    except Unknown:
        raise NotFound() from None
    return go(request, f"/stories/{story}?read=1#support")


@post("/stories/{story:uuid}/close", status_code=200)
async def close(request: Ask, story: FromPath[UUID]) -> Answer:
    form, who = await forms.read(request), member(request)
    try:
        await verbs.close(who, story, form.text("open") != "yes")
    except Unknown:
        raise NotFound() from None
    return go(request, f"/stories/{story}?read=1#mine")


@post("/stories/{story:uuid}/heard", status_code=200)
async def heard(request: Ask, story: FromPath[UUID]) -> Answer:
    form, who = await forms.read(request), member(request)
    much = form.text("much")
    try:
        await verbs.felt_heard(who, story, int(much) if much in {"1", "2", "3", "4", "5"} else 0)
    except Unknown:
        raise NotFound() from None
    return go(request, f"/stories/{story}?read=1#mine")


def _after(story: UUID, shared: Shared, sent: UUID | None = None) -> str:
    return said.onward(shared, f"/stories/{story}?read=1#r-{shared.id}", sent)


async def _change(request: Ask, reply: UUID, form: Form | None = None, **more: Any) -> Answer:
    who = member(request)
    found = await moderation.find(who, reply)
    if found is None or not found.mine or found.kind != stories.REPLY or not found.editable:
        raise NotFound()
    heard = await said.anyway(form.written) if form else {}
    text = form.text("text") if form else found.words
    return page(
        request,
        "stories/change.html",
        reply=found,
        text=text,
        **said.helping(request, {"hints": (), **heard, **more}),
    )


async def _page(request: Ask, story: UUID, form: Form | None = None, **more: Any) -> Answer:
    who, given = member(request), request.query_params
    found = await stories_reading.thread(
        who, story, after=given.get("after", "")[:80], show=given.get("hidden") == "show"
    )
    if found is None:
        raise NotFound()
    waits = found.story.shown.state != "published" or any(
        one.shown.state != "published" for one in found.replies
    )
    speech = language(request)
    late = unheard.late(found.story.shown.published_at, found.story.replies, now())
    asked = given.get("read") == "1" or found.story.shown.mine or request.method == "POST"
    gentle = "gentle" if given.get("card") == "gentle" else ""
    told = said.helping(request, {"card": gentle, "unsent": "", "hints": (), **more})
    wait = await shifts.wait() if waits else None
    drawn: Draw = lambda: page(  # noqa: E731 - the page, should it have to be drawn
        request,
        "stories/story.html",
        thread=found,
        body=stories_drawn.body(request, found.story, asked),
        answers=stories_drawn.answers(request, found.replies, found.story, given.get("answer", "")),
        facts=lambda one: stories_drawn.answer_facts(speech, one, found.story),
        asked=asked,
        text=form.text("text") if form else "",
        cid=form.text("id") if form else "",
        wait=wait,
        span=queue.span,
        stories=stories,
        label=matching.label,
        late=late,
        **told,
    )
    if waits or form or more or gentle:
        return drawn()
    same = (asked, late, given.get("answer", ""), found.newer, found.hidden)
    return again(request, (same, stories_drawn.seen(request, (found.story, *found.replies))), drawn)


HANDLERS = [show, like, reply, change, edit, support, thank, keep, close, heard]
