"""Being asked to answer: saying yes or no to it, "not today", and waving a suggestion away."""

from typing import Any

from litestar import Request, Response, Router, post

from care.today import SUGGESTIONS, WILLING
from care.unheard import NOT_TODAY
from db import controls
from web import forms
from web.errors import NotFound
from web.guards import member
from web.render import go

Ask = Request[Any, Any, Any]
Answer = Response[bytes]


@post("/unheard/rest", status_code=200)
async def rest(request: Ask) -> Answer:
    await controls.rest(member(request), NOT_TODAY)
    return go(request, "/")


@post("/unheard/willing", status_code=200)
async def willing(request: Ask) -> Answer:
    form, who = await forms.read(request), member(request)
    await controls.be_asked(who, form.text("willing") == "yes")
    return go(request, "/stories/me?saved=asked" if form.text("to") == "me" else "/")


@post("/unheard/wave", status_code=200)
async def wave(request: Ask) -> Answer:
    """The cross of a suggestion; on the one that asks whether they like to answer, its yes as well."""
    form, who = await forms.read(request), member(request)
    what = form.text("what")
    if what not in SUGGESTIONS:
        raise NotFound()
    if what == WILLING and form.text("willing") == "yes":
        await controls.be_asked(who, True)
    else:
        await controls.wave(who, what)
    return go(request, "/")


router = Router(path="/", route_handlers=[rest, willing, wave])
