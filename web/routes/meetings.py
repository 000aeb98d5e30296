"""Meetings of a group: which are coming, saying that one comes or does not, and how it was."""

from typing import Any
from uuid import UUID

from litestar import Request, Response, Router, get, post
from litestar.params import FromPath

from care import controls
from care import meetings as rules
from care.clock import now
from care.moments import local
from care.words import N_
from db import meetings as verbs
from db import meetings_places, meetings_reading
from db.limits import TooMany
from db.moderation import Unknown
from web import calendar_meeting, forms
from web.errors import NotFound
from web.forms import Form
from web.guards import member
from web.render import PERSONAL, go, page

Ask = Request[Any, Any, Any]
Answer = Response[bytes]

OVER = N_("This meeting is over or does not take place, so nothing can be changed there now.")
CONSENT = N_("Please tick this first. It is so that somebody who looks after you knows where you are.")
OFTEN = N_("That was a lot of changes in a short time. Please wait a little.")


@get("/groups/{group:uuid}/meetings")
async def index(request: Ask, group: FromPath[UUID]) -> Answer:
    after = request.query_params.get("after", "")[:80]
    try:
        here, found = await meetings_reading.coming(member(request), group, after)
    except Unknown:
        raise NotFound() from None
    return page(request, "meetings/index.html", group=here, found=found, **words())


@get("/groups/{group:uuid}/meetings/{meeting:uuid}")
async def show(request: Ask, group: FromPath[UUID], meeting: FromPath[UUID]) -> Answer:
    return await draw(request, group, meeting)


@get("/groups/{group:uuid}/meetings/{meeting:uuid}/meeting.ics")
async def calendar(request: Ask, group: FromPath[UUID], meeting: FromPath[UUID]) -> Answer:
    try:
        _, found = await meetings_reading.find(member(request), group, meeting)
    except Unknown:
        raise NotFound() from None
    named = {"Content-Disposition": 'attachment; filename="meeting.ics"'}
    body = calendar_meeting.draw(found)
    return Response(body, media_type="text/calendar; charset=utf-8", headers=PERSONAL | named)


@post("/groups/{group:uuid}/meetings/{meeting:uuid}/register", status_code=200)
async def register(request: Ask, group: FromPath[UUID], meeting: FromPath[UUID]) -> Answer:
    form, who = await forms.read(request), member(request)
    try:
        await meetings_places.register(who, group, meeting, form.text("consent") == "yes")
    except Unknown:
        raise NotFound() from None
    except meetings_places.Closed:
        return await draw(request, group, meeting, status=422, trouble=OVER)
    except meetings_places.NoConsent:
        return await draw(request, group, meeting, status=422, problems={"consent": CONSENT})
    except TooMany:
        return await draw(request, group, meeting, status=429, trouble=OFTEN)
    return go(request, f"/groups/{group}/meetings/{meeting}#coming")


@post("/groups/{group:uuid}/meetings/{meeting:uuid}/withdraw", status_code=200)
async def withdraw(request: Ask, group: FromPath[UUID], meeting: FromPath[UUID]) -> Answer:
    who = member(request)
    try:
        _, found = await meetings_reading.find(who, group, meeting)
        if found.state in (rules.IN, rules.WAITING):  # a second tap finds it done
            await meetings_places.withdraw(who, group, meeting)
    except Unknown:
        raise NotFound() from None
    return go(request, f"/groups/{group}/meetings/{meeting}#coming")


@post("/groups/{group:uuid}/meetings/{meeting:uuid}/felt", status_code=200)
async def felt(request: Ask, group: FromPath[UUID], meeting: FromPath[UUID]) -> Answer:
    form, who = await forms.read(request), member(request)
    try:
        await verbs.felt(who, group, meeting, form.text("felt"))
    except Unknown:
        raise NotFound() from None
    return go(request, f"/groups/{group}/meetings/{meeting}#felt")


async def draw(
    request: Ask, group: UUID, meeting: UUID, form: Form | None = None, *, status: int = 200, **more: Any
) -> Answer:
    who = member(request)
    try:
        here, found = await meetings_reading.find(who, group, meeting)
    except Unknown:
        raise NotFound() from None
    usual: dict[str, Any] = {"trouble": "", "problems": {}, "form": form or Form()}
    facts = usual | {"group": here, "meeting": found, "changeable": verbs.may_change(here, found)} | more
    return page(request, "meetings/show.html", status=status, **words(), **facts)


def words() -> dict[str, Any]:
    """What the pages of meetings name things by."""
    return {"rules": rules, "names": controls.NOTES, "local": local, "now": now}


router = Router("/", route_handlers=[index, show, calendar, register, withdraw, felt])
