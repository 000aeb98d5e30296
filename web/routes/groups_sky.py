"""Today's sky of a group: put in and taken back, in one tap each."""

from typing import Any
from uuid import UUID

from litestar import Request, Response, Router, post
from litestar.params import FromPath

from care import groups as rules
from care import groups_sky as sky
from care.groups import Problems
from db import groups_sky
from db.groups import Stopped
from db.moderation import Closed, NoConsent, Paused, Unknown
from web import forms, said
from web.errors import NotFound
from web.guards import member
from web.render import go
from web.routes import groups

Ask = Request[Any, Any, Any]
Answer = Response[bytes]


@post("/groups/{group:uuid}/sky", status_code=200)
async def put(request: Ask, group: FromPath[UUID]) -> Answer:
    form, who = await forms.read(request), member(request)
    mood = sky.read_sky(form)
    try:
        if isinstance(mood, Problems):
            return await groups.again(request, group, form, status=422, problems=mood)
        await groups_sky.put(who, group, mood)
    except Unknown:
        raise NotFound() from None
    except groups_sky.NoSky:
        told = Problems(mood=sky.NO_SKY)
        return await groups.again(request, group, form, status=422, problems=told)
    except Stopped as no:
        return await groups.again(request, group, form, status=422, trouble=rules.STOPS[no.why])
    except (Paused, NoConsent, Closed) as no:
        return await groups.again(request, group, form, status=403, trouble=said.NO_SIGN[type(no)])
    return go(request, f"/groups/{group}#sky")


@post("/groups/{group:uuid}/sky/back", status_code=200)
async def back(request: Ask, group: FromPath[UUID]) -> Answer:
    try:
        await groups_sky.take_back(member(request), group)
    except Unknown:
        raise NotFound() from None
    return go(request, f"/groups/{group}#sky")


router = Router("/", route_handlers=[put, back])
