"""Finding stories: for you, the newest, by what they are about, by words, kept ones, and a surprise."""

from random import random
from typing import Any
from urllib.parse import quote

from litestar import Request, Response, Router, get, post
from litestar.params import FromPath

from care import matching
from care.controls import TOPICS
from db import controls, counts, instance, shifts, stories_reading
from db.devices import Viewer
from db.stories_reading import Shelf
from web import forms
from web.again import again
from web.errors import NotFound
from web.guards import member, viewer
from web.render import go, page
from web.routes import stories_answers
from web.routes.stories_drawn import cards, seen

Ask = Request[Any, Any, Any]
Answer = Response[bytes]


@get("/stories")
async def index(request: Ask) -> Answer:
    who = viewer(request)
    if who is None:
        return page(request, "stories/welcome.html")
    return await _shelf(request, who, "for-you", await stories_reading.for_you(who, **_asked(request)))


@get("/stories/new")
async def new(request: Ask) -> Answer:
    who = member(request)
    return await _shelf(request, who, "new", await stories_reading.newest(who, **_asked(request)))


@get("/stories/kept")
async def kept(request: Ask) -> Answer:
    who = member(request)
    shelf = await stories_reading.kept(who, before=_asked(request)["before"])
    return await _shelf(request, who, "kept", shelf)


@get("/stories/topics")
async def topics(request: Ask) -> Answer:
    member(request)
    groups = (matching.SITUATIONS, TOPICS, matching.INTERESTS)
    return page(request, "stories/topics.html", groups=groups)


@get("/stories/about/{tag:str}")
async def about(request: Ask, tag: FromPath[str]) -> Answer:
    who = member(request)
    name = matching.SITUATIONS.get(tag) or TOPICS.get(tag) or matching.INTERESTS.get(tag)
    if name is None:
        raise NotFound()
    shelf = await stories_reading.newest(who, tag=tag, **_asked(request))
    return await _shelf(request, who, "topics", shelf, name=name)


@get("/stories/search")
async def ask(request: Ask) -> Answer:
    return await _shelf(request, member(request), "search", Shelf([]), question="")


@post("/stories/search", status_code=200)
async def search(request: Ask) -> Answer:
    """A POST, so that what somebody looked for does not stand in their browser's history."""
    form, who = await forms.read(request), member(request)
    question = form.text("q").strip()[:200]
    shown = form.text("hidden") == "show"
    shelf = await stories_reading.search(who, question, before=form.text("before")[:40], show=shown)
    return await _shelf(request, who, "search", shelf, question=question)


@get("/stories/surprise")
async def surprise(request: Ask) -> Answer:
    who = member(request)
    found = await stories_reading.surprise(who, random())  # noqa: S311 - nothing is secret in it
    return go(request, f"/stories/{found}" if found else "/stories/new")


@get("/stories/me")
async def me(request: Ask) -> Answer:
    """What somebody says of themselves, so that stories can be like them."""
    choices = await controls.of(member(request))
    return page(
        request,
        "stories/me.html",
        likes=choices.likes,
        willing=choices.willing,
        matching=matching,
        saved=request.query_params.get("saved", ""),
    )


@post("/stories/me", status_code=200)
async def keep_me(request: Ask) -> Answer:
    form, who = await forms.read(request), member(request)
    situations, interests = form.all("situations"), form.all("interests")
    await controls.like(who, matching.read(situations, interests))
    beyond = max(len(set(situations)), len(set(interests))) > matching.MOST
    return go(request, f"/stories/me?saved={'some' if beyond else '1'}")


async def _shelf(request: Ask, who: Viewer, which: str, shelf: Shelf, **more: Any) -> Answer:
    ask = which in {"for-you", "new"} and not (shelf.items or shelf.back_at)
    missing = await instance.missing() if ask else []
    young = ask and not missing and await counts.few_active(who)
    hours = await shifts.staffed() if young else None
    told: Any = {"question": None, "name": None} | more
    drawn = lambda: page(  # noqa: E731 - the page, should it have to be drawn
        request,
        "stories/index.html",
        which=which,
        shelf=shelf,
        cards=cards(request, shelf.items, which != "kept"),
        missing=missing,
        young=young,
        hours=hours,
        older=quote(shelf.older, safe=""),
        **told,
    )
    same = (
        which,
        shelf.older,
        shelf.hidden,
        bool(shelf.likes),
        shelf.back_at,
        *told.values(),
        *missing,
        young,
        hours,
    )
    return again(request, (same, seen(request, shelf.items)), drawn)


def _asked(request: Ask) -> dict[str, Any]:
    given = request.query_params
    return {"before": given.get("before", "")[:200], "show": given.get("hidden") == "show"}


router = Router(
    "/",
    route_handlers=[
        *(index, new, kept, topics, about, ask, search, surprise, me, keep_me),
        *stories_answers.HANDLERS,
    ],
)
