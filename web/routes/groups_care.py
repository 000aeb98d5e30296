"""For those who look after a group: who asks to come in, what is pinned, how fast it goes, who only reads."""

from collections.abc import Awaitable
from typing import Any
from uuid import UUID

from litestar import Request, Response, Router, get, post
from litestar.params import FromPath

from care import groups as rules
from care.groups import Problems
from care.words import N_
from db import groups_care, groups_words
from db.devices import Viewer
from db.groups import Full
from db.limits import TooMany
from db.moderation import Unknown
from web import forms, said
from web.errors import NotFound
from web.forms import Form
from web.guards import member
from web.render import go, page

Ask = Request[Any, Any, Any]
Answer = Response[bytes]

FULL = N_("The group is full, so nobody else can come in now.")
OFTEN = N_("That was a lot of names in a short time. Please wait a little.")


@get("/groups/{group:uuid}/care")
async def show(request: Ask, group: FromPath[UUID]) -> Answer:
    return await _page(request, group)


@post("/groups/{group:uuid}/care/pin", status_code=200)
async def pin(request: Ask, group: FromPath[UUID]) -> Answer:
    form, who = await forms.read(request), member(request)
    item = said.number(form.text("item"))
    if item is None and form.text("item"):
        raise NotFound()
    return await _done(request, f"/groups/{group}", groups_care.pin(who, group, item))


@post("/groups/{group:uuid}/care/close", status_code=200)
async def close(request: Ask, group: FromPath[UUID]) -> Answer:
    form, who = await forms.read(request), member(request)
    return await _done(request, _back(group), groups_care.close(who, group, form.text("open") != "yes"))


@post("/groups/{group:uuid}/care/slow", status_code=200)
async def slow(request: Ask, group: FromPath[UUID]) -> Answer:
    form, who = await forms.read(request), member(request)
    minutes = rules.read_slow(form)
    if isinstance(minutes, Problems):
        return await _page(request, group, form, status=422, problems=minutes)
    return await _done(request, _back(group), groups_care.slow(who, group, minutes))


@post("/groups/{group:uuid}/care/mute", status_code=200)
async def mute(request: Ask, group: FromPath[UUID]) -> Answer:
    form, who = await forms.read(request), member(request)
    act = groups_care.mute(who, group, _person(form), form.text("again") != "yes")
    return await _done(request, _back(group), act)


@post("/groups/{group:uuid}/care/answer", status_code=200)
async def answer(request: Ask, group: FromPath[UUID]) -> Answer:
    form, who = await forms.read(request), member(request)
    try:
        await groups_care.answer(who, group, _person(form), form.text("yes") == "yes")
    except Full:
        return await _page(request, group, status=422, trouble=FULL)
    except Unknown:
        await _settled(who, group)
    return go(request, _back(group))


@post("/groups/{group:uuid}/care/invite", status_code=200)
async def invite(request: Ask, group: FromPath[UUID]) -> Answer:
    form, who = await forms.read(request), member(request)
    try:
        await groups_care.invite(who, group, form.text("name")[:80])
    except TooMany:
        return await _page(request, group, form, status=429, trouble=OFTEN)
    except Unknown:
        raise NotFound() from None
    return go(request, f"{_back(group)}?invited=1")


@post("/groups/{group:uuid}/care/appoint", status_code=200)
async def appoint(request: Ask, group: FromPath[UUID]) -> Answer:
    form, who = await forms.read(request), member(request)
    try:
        await groups_care.appoint(who, group, _person(form), form.text("again") != "yes")
    except Unknown:
        await _settled(who, group)
    return go(request, _back(group))


@post("/groups/{group:uuid}/care/back", status_code=200)
async def back(request: Ask, group: FromPath[UUID]) -> Answer:
    return await _done(request, f"/groups/{group}", groups_care.step_back(member(request), group))


async def _settled(who: Viewer, group: UUID) -> None:
    """A second tap, and an answer to who has changed their mind, find the page as it is now."""
    try:
        await groups_care.led(who, group)
    except Unknown:
        raise NotFound() from None


async def _done(request: Ask, to: str, act: Awaitable[None]) -> Answer:
    try:
        await act
    except Unknown:
        raise NotFound() from None
    return go(request, to)


async def _page(request: Ask, group: UUID, form: Form | None = None, **more: Any) -> Answer:
    try:
        who = member(request)
        here, members = await groups_care.members(who, group)
    except Unknown:
        raise NotFound() from None
    facts: dict[str, Any] = {"group": here, "members": members, "form": form or Form(), "rules": rules}
    facts["writes"] = await groups_words.may(who)
    invited = request.query_params.get("invited") == "1"
    return page(request, "groups/care.html", **facts, invited=invited, **({"trouble": ""} | more))


def _back(group: UUID) -> str:
    return f"/groups/{group}/care"


def _person(form: Form) -> UUID:
    """Nobody, for what is no id."""
    return said.number(form.text("person")) or UUID(int=0)


router = Router("/", route_handlers=[show, pin, close, slow, mute, answer, invite, appoint, back])
