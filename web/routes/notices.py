"""Notices: the inbox in You, and which kinds may come to the phone."""

from typing import Any
from uuid import UUID

from litestar import Request, Response, Router, get, post
from litestar.params import FromPath

from care.notices import SWITCHES
from db import controls, notices, notices_phones
from web import forms
from web.errors import NotFound
from web.guards import member
from web.render import go, page

Ask = Request[Any, Any, Any]
Answer = Response[bytes]


@get("/notices")
async def index(request: Ask) -> Answer:
    who, before = member(request), request.query_params.get("before", "")
    found, older = await notices.inbox(who, before)
    back = (await controls.of(who)).break_until
    return page(request, "notices/index.html", notices=found, older=older, first=not before, back=back)


@post("/notices/{notice:str}/open", status_code=200)
async def open_one(request: Ask, notice: FromPath[str]) -> Answer:
    """Reading changes something, so it is a POST: a browser that fetches links ahead reads nothing."""
    who = member(request)
    try:
        path = await notices.open(who, UUID(notice))
    except ValueError:  # no id of ours
        path = None
    if path is None:
        raise NotFound()
    return go(request, path)


@post("/notices/read", status_code=200)
async def read_all(request: Ask) -> Answer:
    await notices.read_all(member(request))
    return go(request, "/notices")


@get("/notices/switches")
async def switches(request: Ask) -> Answer:
    who = member(request)
    on, phones = await notices.switches(who), await notices_phones.count(who)
    return page(request, "notices/switches.html", on=on, kinds=SWITCHES, phones=phones)


@post("/notices/switches", status_code=200)
async def choose(request: Ask) -> Answer:
    form, who = await forms.read(request), member(request)
    await notices.choose(who, form.all("kinds"))
    return go(request, "/notices/switches")


router = Router(path="/", route_handlers=[index, open_one, read_all, switches, choose])
