"""The room of a meeting: going in, writing, signs; and for those who look after it its pace and its end."""

from collections.abc import Awaitable
from typing import Any
from uuid import UUID, uuid4

from litestar import Request, Response, Router, get, post
from litestar.params import FromPath
from litestar.response import Stream

from care import controls, queue, stories
from care import groups as group_rules
from care import meetings_room as rules
from care.clock import now
from care.groups import Problems
from care.moments import local
from care.words import N_
from db import groups, meetings_room, shifts
from db.devices import Viewer
from db.groups_reading import MOST_WAITING, Since
from db.moderation import Closed, NoConsent, Paused, Unknown
from web import forms, outbox, said
from web.errors import NotFound
from web.forms import Form
from web.guards import member
from web.render import go, page
from web.routes import groups_live
from web.routes.groups import NOT_NOW

Ask = Request[Any, Any, Any]
Answer = Response[bytes]

SLOW = N_("It goes slowly here: a little time between two posts. Your words are still in the box.")
REFUSED: tuple[type[Exception], ...] = (*NOT_NOW, groups.Stopped)


@get("/groups/{group:uuid}/meetings/{meeting:uuid}/room")
async def show(request: Ask, group: FromPath[UUID], meeting: FromPath[UUID]) -> Answer:
    return await _page(request, group, meeting)


@get("/groups/{group:uuid}/meetings/{meeting:uuid}/room/live")
async def live(request: Ask, group: FromPath[UUID], meeting: FromPath[UUID]) -> Answer | Stream:
    async def look(who: Viewer, after: int) -> Since | None:
        return await meetings_room.since(who, group, meeting, after)

    return await groups_live.told(request, group, look)


@post("/groups/{group:uuid}/meetings/{meeting:uuid}/room/say", status_code=200)
async def say(request: Ask, group: FromPath[UUID], meeting: FromPath[UUID]) -> Answer:
    form, who = await forms.read(request), member(request)
    said.same_person(request, who)
    draft = group_rules.read_post(form, group, said.same(form))
    if isinstance(draft, Problems):
        told = {"status": 422, "problems": draft, **await said.anyway(form.written)}
        return await _page(request, group, meeting, form, **told)
    try:
        sent = await meetings_room.say(who, group, meeting, draft)
    except Unknown:
        raise NotFound() from None
    except REFUSED as no:
        told = {**_why(no), **await said.anyway(draft.read)}
        return await _page(request, group, meeting, form, **told)
    return outbox.kept(request) or go(
        request, said.onward(sent, f"{_at(group, meeting)}#p-{sent.id}", said.cid(form))
    )


@post("/groups/{group:uuid}/meetings/{meeting:uuid}/room/support/{item:uuid}", status_code=200)
async def support(
    request: Ask, group: FromPath[UUID], meeting: FromPath[UUID], item: FromPath[UUID]
) -> Answer:
    """A sign for a post; the same again takes it back."""
    form, who = await forms.read(request), member(request)
    kind = stories.SUPPORT_KEYS.get(form.text("kind"), 0)
    if form.text("kind") and not kind:
        raise NotFound()
    try:
        await meetings_room.react(who, group, meeting, item, kind)
    except Unknown:
        raise NotFound() from None
    except groups.Stopped as no:
        return await _page(request, group, meeting, **_why(no))
    except (Paused, NoConsent, Closed) as no:
        return await _page(request, group, meeting, status=403, trouble=said.NO_SIGN[type(no)])
    return go(request, f"{_at(group, meeting)}#p-{item}")


@post("/groups/{group:uuid}/meetings/{meeting:uuid}/room/pin", status_code=200)
async def pin(request: Ask, group: FromPath[UUID], meeting: FromPath[UUID]) -> Answer:
    form, who = await forms.read(request), member(request)
    item = said.number(form.text("item"))
    return await _done(request, group, meeting, meetings_room.pin(who, group, meeting, item))


@post("/groups/{group:uuid}/meetings/{meeting:uuid}/room/slow", status_code=200)
async def slow(request: Ask, group: FromPath[UUID], meeting: FromPath[UUID]) -> Answer:
    form, who = await forms.read(request), member(request)
    found = next((one for one in rules.SLOWS if form.text("slow") == str(one)), -1)
    return await _done(request, group, meeting, meetings_room.slow(who, group, meeting, found))


@post("/groups/{group:uuid}/meetings/{meeting:uuid}/room/close", status_code=200)
async def close(request: Ask, group: FromPath[UUID], meeting: FromPath[UUID]) -> Answer:
    form, who = await forms.read(request), member(request)
    closed = form.text("open") != "yes"
    return await _done(request, group, meeting, meetings_room.shut(who, group, meeting, closed))


async def _done(request: Ask, group: UUID, meeting: UUID, act: Awaitable[None]) -> Answer:
    try:
        await act
    except Unknown:
        raise NotFound() from None
    return go(request, _at(group, meeting))


def _why(no: Exception) -> dict[str, Any]:
    if isinstance(no, groups.Stopped):
        return {"status": 422, "trouble": rules.STOPS.get(no.why) or group_rules.STOPS[no.why]}
    status, words = NOT_NOW[type(no)]
    return {"status": status, "trouble": SLOW if isinstance(no, groups.Slow) else words}


def _at(group: UUID, meeting: UUID) -> str:
    return f"/groups/{group}/meetings/{meeting}/room"


async def _page(request: Ask, group: UUID, meeting: UUID, form: Form | None = None, **more: Any) -> Answer:
    who, given = member(request), request.query_params
    try:
        here, found = await meetings_room.enter(who, group, meeting)
    except Unknown:
        raise NotFound() from None
    await groups.look_after(who, here)
    before = given.get("before", "")
    number = int(before) if before.isascii() and before.isdigit() and len(before) < 10 else 0
    feed = await meetings_room.feed(who, here, found, before=number, show=given.get("hidden") == "show")
    waits = any(one.shown.state in ("held", "safeguarding", "hidden") for one in feed.waiting)
    facts: dict[str, Any] = {"group": here, "meeting": found, "feed": feed, "form": form or Form()}
    facts |= {"stop": meetings_room.stop(here, found) if found.placed else "", "rules": rules}
    facts |= {"names": controls.NOTES, "now": now, "local": local, "stories": stories, "span": queue.span}
    facts |= {"newest": not number, "most_waiting": MOST_WAITING}
    facts |= {"cid": (said.cid(form) if form else None) or uuid4(), "unfolded": given.get("post", "")}
    facts |= {"wait": await shifts.wait() if waits else None}
    gentle = {"card": "gentle" if given.get("card") == "gentle" else ""}
    return page(request, "meetings/room.html", **facts, **said.helping(request, gentle | more))


router = Router("/", route_handlers=[show, live, say, support, pin, slow, close])
