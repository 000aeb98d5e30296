"""One post, for who looks after its group: a content note, or another group for it."""

from collections.abc import Awaitable
from typing import Any
from uuid import UUID

from litestar import Request, Response, Router, get, post
from litestar.params import FromPath

from care import controls
from db import groups_posts
from db.moderation import Unknown
from web import forms, said
from web.errors import NotFound
from web.guards import member
from web.render import go, page

Ask = Request[Any, Any, Any]
Answer = Response[bytes]


@get("/groups/{group:uuid}/care/post/{item:uuid}")
async def show(request: Ask, group: FromPath[UUID], item: FromPath[UUID]) -> Answer:
    try:
        found = await groups_posts.look(member(request), group, item)
    except Unknown:
        raise NotFound() from None
    return page(request, "groups/care_post.html", found=found, group=found.here, names=controls.NOTES)


@post("/groups/{group:uuid}/care/post/{item:uuid}/note", status_code=200)
async def note(request: Ask, group: FromPath[UUID], item: FromPath[UUID]) -> Answer:
    form, who = await forms.read(request), member(request)
    act = groups_posts.note(who, group, item, form.all("notes"))
    return await _done(request, f"/groups/{group}#p-{item}", act)


@post("/groups/{group:uuid}/care/post/{item:uuid}/move", status_code=200)
async def move(request: Ask, group: FromPath[UUID], item: FromPath[UUID]) -> Answer:
    form, who = await forms.read(request), member(request)
    to = said.number(form.text("to")) or UUID(int=0)
    return await _done(request, f"/groups/{to}#p-{item}", groups_posts.move(who, group, item, to))


async def _done(request: Ask, to: str, act: Awaitable[None]) -> Answer:
    try:
        await act
    except Unknown:
        raise NotFound() from None
    return go(request, to)


router = Router("/", route_handlers=[show, note, move])
