"""What I see here: muted words, topics and people, blocks, a break, a lighter day; part of the account."""

from typing import Any
from uuid import UUID

from litestar import Request, Response, Router, get, post
from litestar.params import FromPath

from care.account import local
from care.controls import TOPICS, Problems, read_break, read_topics, read_word
from care.words import N_
from db import blocks, controls
from db.blocks import Unknown
from db.devices import Viewer
from db.limits import TooMany
from web import forms
from web.errors import NotFound
from web.forms import Form
from web.guards import member
from web.render import go, page
from web.troubles import answering

Ask = Request[Any, Any, Any]
Answer = Response[bytes]

NOBODY = N_("We found nobody of that name. Please check how it is written.")


@get("/account/controls")
async def index(request: Ask) -> Answer:
    return await _page(request, request.query_params.get("open", ""))


@post("/account/controls/break", status_code=200)
async def take_break(request: Ask) -> Answer:
    form, who = await forms.read(request), member(request)
    days = read_break(form)
    if isinstance(days, Problems):
        return await _page(request, "rest", status=422, problems=days)
    await controls.take_break(who, days)
    return _back(request, form, "rest")


@post("/account/controls/back", status_code=200)
async def come_back(request: Ask) -> Answer:
    form, who = await forms.read(request), member(request)
    await controls.come_back(who)
    return _back(request, form, "rest")


@post("/account/controls/lighter", status_code=200)
async def lighten(request: Ask) -> Answer:
    form, who = await forms.read(request), member(request)
    await controls.lighten(who, form.text("tz")[:64])
    return _back(request, form, "rest")


@post("/account/controls/usual", status_code=200)
async def as_usual(request: Ask) -> Answer:
    form, who = await forms.read(request), member(request)
    await controls.as_usual(who)
    return _back(request, form, "rest")


@post("/account/controls/words", status_code=200)
async def mute_word(request: Ask) -> Answer:
    form, who = await forms.read(request), member(request)
    word = read_word(form)
    problems = word if isinstance(word, Problems) else await controls.mute_word(who, word)
    if problems:
        return await _page(request, "words", form, status=422, problems=problems)
    return _back(request, form, "words")


@post("/account/controls/topics", status_code=200)
async def mute_topics(request: Ask) -> Answer:
    form, who = await forms.read(request), member(request)
    await controls.mute_topics(who, read_topics(form))
    return _back(request, form, "topics")


@post("/account/controls/people", status_code=200)
async def choose_person(request: Ask) -> Answer:
    """Mutes, or with `how=block` blocks: the `person` a page named, or one whose `name` was typed."""
    form, who = await forms.read(request), member(request)
    choose = blocks.block if form.text("how") == "block" else controls.mute_person
    try:
        await choose(who, await _other(who, form))
    except TooMany as trouble:
        return await _page(request, "people", form, **answering(trouble))
    except Unknown:
        return await _page(request, "people", form, status=422, problems=Problems(name=NOBODY))
    return _back(request, form, "people")


@post("/account/controls/mutes/{choice:str}/remove", status_code=200)
async def unmute(request: Ask, choice: FromPath[str]) -> Answer:
    form, who = await forms.read(request), member(request)
    try:
        await controls.unmute(who, UUID(choice))
    except (Unknown, ValueError):
        raise NotFound() from None
    return _back(request, form, form.text("open"))


@post("/account/controls/blocks/{row:str}/remove", status_code=200)
async def unblock(request: Ask, row: FromPath[str]) -> Answer:
    form, who = await forms.read(request), member(request)
    try:
        await blocks.unblock(who, UUID(row))
    except (Unknown, ValueError):
        raise NotFound() from None
    return _back(request, form, "people")


async def _other(who: Viewer, form: Form) -> UUID:
    """Raises Unknown, TooMany."""
    if not form.has("person"):
        return await blocks.find(who, form.text("name"))
    try:
        return UUID(form.text("person"))
    except ValueError:
        raise Unknown from None


def _back(request: Ask, form: Form, opened: str) -> Answer:
    """To the page the button stood on, else to this one with its part open."""
    to = local(form.text("next")) if form.has("next") else f"/account/controls?open={opened}"
    return go(request, to)


async def _page(request: Ask, opened: str, form: Form | None = None, **trouble: Any) -> Answer:
    who = member(request)
    return page(
        request,
        "controls/index.html",
        board=await controls.board(who),
        blocked=await blocks.blocked(who),
        topics=TOPICS,
        opened=opened,
        form=form or Form(),
        **trouble,
    )


router = Router(
    path="/",
    route_handlers=[
        index,
        take_break,
        come_back,
        lighten,
        as_usual,
        mute_word,
        mute_topics,
        choose_person,
        unmute,
        unblock,
    ],
)
