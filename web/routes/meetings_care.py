"""For those who look after a group: making a meeting, changing and cancelling it, and who was there."""

from typing import Any
from uuid import UUID

from litestar import Request, Response, Router, get, post
from litestar.params import FromPath

from care import controls, meetings_form
from care.clock import now
from care.groups import Problems
from care.meetings import Leaders
from care.words import N_
from db import meetings as verbs
from db import meetings_reading
from db.groups_rows import Room
from db.limits import TooMany
from db.meetings_rows import Seen
from db.moderation import Unknown
from web import forms, said
from web.errors import NotFound
from web.forms import Form
from web.guards import member
from web.render import go, page
from web.routes.meetings import draw, words

Ask = Request[Any, Any, Any]
Answer = Response[bytes]

OFTEN = N_("That was a lot of meetings for one day. Please make the others tomorrow.")


@get("/groups/{group:uuid}/meetings/new")
async def new(request: Ask, group: FromPath[UUID]) -> Answer:
    who = member(request)
    here, leaders = await _leaders(request, group)
    mine = [("host", str(who.person))] if who.person in leaders.names else []
    return _form(request, here, leaders, Form(mine))


@post("/groups/{group:uuid}/meetings/new", status_code=200)
async def make(request: Ask, group: FromPath[UUID]) -> Answer:
    form, who = await forms.read(request), member(request)
    here, leaders = await _leaders(request, group)
    plan = meetings_form.read(form, leaders, now())
    if isinstance(plan, Problems):
        return _form(request, here, leaders, form, status=422, problems=plan)
    try:
        made = await verbs.make(who, group, plan)
    except TooMany:
        return _form(request, here, leaders, form, status=429, trouble=OFTEN)
    except Unknown:
        raise NotFound() from None
    return go(request, f"/groups/{group}/meetings/{made}")


@get("/groups/{group:uuid}/meetings/{meeting:uuid}/edit")
async def edit(request: Ask, group: FromPath[UUID], meeting: FromPath[UUID]) -> Answer:
    here, found, leaders = await _to_change(request, group, meeting)
    return _form(request, here, leaders, _filled(found), meeting=found)


@post("/groups/{group:uuid}/meetings/{meeting:uuid}/edit", status_code=200)
async def change(request: Ask, group: FromPath[UUID], meeting: FromPath[UUID]) -> Answer:
    form, who = await forms.read(request), member(request)
    here, found, leaders = await _to_change(request, group, meeting)
    plan = meetings_form.read(form, leaders, now())
    if isinstance(plan, Problems):
        return _form(request, here, leaders, form, status=422, problems=plan, meeting=found)
    try:
        await verbs.change(who, group, meeting, plan)
    except Unknown:
        raise NotFound() from None
    return go(request, f"/groups/{group}/meetings/{meeting}")


@post("/groups/{group:uuid}/meetings/{meeting:uuid}/agree", status_code=200)
async def agree(request: Ask, group: FromPath[UUID], meeting: FromPath[UUID]) -> Answer:
    try:
        await verbs.agree(member(request), group, meeting)
    except Unknown:
        raise NotFound() from None
    return go(request, f"/groups/{group}/meetings/{meeting}")


@post("/groups/{group:uuid}/meetings/{meeting:uuid}/cancel", status_code=200)
async def cancel(request: Ask, group: FromPath[UUID], meeting: FromPath[UUID]) -> Answer:
    form, who = await forms.read(request), member(request)
    try:
        here = await meetings_reading.led(who, group)
        why = meetings_form.read_cancel(form, here.staff)
        if isinstance(why, Problems):
            return await draw(request, group, meeting, form, status=422, problems=why)
        await verbs.cancel(who, group, meeting, why, form.text("following") == "yes")
    except Unknown:
        raise NotFound() from None
    return go(request, f"/groups/{group}/meetings/{meeting}")


@get("/groups/{group:uuid}/meetings/{meeting:uuid}/people")
async def people(request: Ask, group: FromPath[UUID], meeting: FromPath[UUID]) -> Answer:
    try:
        found, comers, mix = await meetings_reading.comers(member(request), group, meeting)
    except Unknown:
        raise NotFound() from None
    kept = request.query_params.get("kept") == "1"
    facts: dict[str, Any] = {"meeting": found, "comers": comers, "mix": mix, "kept": kept}
    return page(request, "meetings/people.html", **facts, **words())


@post("/groups/{group:uuid}/meetings/{meeting:uuid}/people", status_code=200)
async def came(request: Ask, group: FromPath[UUID], meeting: FromPath[UUID]) -> Answer:
    """Fields named by the person: `yes`, `no`, or empty for not known."""
    form, who = await forms.read(request), member(request)
    marks = {person: value for name, value in form.fields if (person := said.number(name))}
    try:
        await verbs.came(who, group, meeting, marks)
    except Unknown:
        raise NotFound() from None
    return go(request, f"/groups/{group}/meetings/{meeting}/people?kept=1")


async def _leaders(request: Ask, group: UUID) -> tuple[Room, Leaders]:
    try:
        return await meetings_reading.leaders(member(request), group)
    except Unknown:
        raise NotFound() from None


async def _to_change(request: Ask, group: UUID, meeting: UUID) -> tuple[Room, Seen, Leaders]:
    try:
        here, found, leaders = await meetings_reading.to_change(member(request), group, meeting)
    except Unknown:
        raise NotFound() from None
    if not verbs.may_change(here, found):
        raise NotFound()
    return here, found, leaders


def _filled(found: Seen) -> Form:
    same = ("title", "about", "zone", "minutes", "mode", "cap", "access", "lang", "area", "address", "expect")
    fields = [(name, str(getattr(found, name))) for name in (*same, "host", "second")]
    notes = [("notes" if note in controls.NOTES else "note_own", note) for note in found.notes]
    return Form([*fields, *notes, ("day", f"{found.wall:%Y-%m-%d}"), ("time", f"{found.wall:%H:%M}")])


def _form(
    request: Ask, here: Room, leaders: Leaders, form: Form, *, status: int = 200, **more: Any
) -> Answer:
    usual: dict[str, Any] = {"meeting": None, "problems": {}, "trouble": ""}
    facts = (
        usual | {"group": here, "leaders": leaders, "form": form, "enough": verbs.may_make(leaders)} | more
    )
    return page(request, "meetings/form.html", status=status, **words(), **facts)


router = Router("/", route_handlers=[new, make, edit, change, agree, cancel, people, came])
