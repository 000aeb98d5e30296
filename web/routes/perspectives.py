"""Asking for perspectives: what is open, asking, saying how one sees it, and what the author makes of it."""

from datetime import datetime
from typing import Any
from uuid import UUID, uuid4

from litestar import Request, Response, Router, get, post
from litestar.params import FromPath

from care import controls, queue
from care import perspectives as rules
from care.perspectives import Problems
from care.shared import Draft
from care.words import N_
from db import perspectives as verbs
from db import perspectives_reading, shifts
from db.limits import TooMany
from db.moderation import Closed, NoConsent, Paused, Shared, Unknown
from db.perspectives_reading import Board
from web import forms, said
from web.errors import NotFound
from web.forms import Form
from web.guards import member
from web.language import zone
from web.render import PERSONAL, go, page

Ask = Request[Any, Any, Any]
Answer = Response[bytes]

# Never 409: the outbox takes it for somebody else's session, and would keep all that waits behind it.
NOT_NOW: dict[type[Exception], tuple[int, str]] = {
    Paused: (403, N_("You’re on a pause from sharing. Your words are still in the box.")),
    NoConsent: (403, N_("First say yes to the community, under You. Your words are still in the box.")),
    Closed: (403, N_("Sharing is closed at the moment. Your words are still in the box.")),
    verbs.Over: (422, N_("It takes no more views. Your words are still here, to keep.")),
    verbs.Already: (422, N_("You have sent a view already. You can change it, or take it back.")),
    TooMany: (429, N_("That is a lot for now. Rest a little: your words are still in the box.")),
}
REFUSED = tuple(NOT_NOW)
WRITE = "/stories/write"
"""Where what was taken from it becomes a story; the fields are those of care.stories.read_story."""


@get("/perspectives")
async def index(request: Ask) -> Answer:
    who, given = member(request), request.query_params
    chosen = given.get("angle", "")
    shelf = await perspectives_reading.shelf(
        who,
        before=given.get("before", "")[:80],
        angle=rules.KEYS.get(chosen, 0),
        own=given.get("own") == "all",
        show=given.get("hidden") == "show",
    )
    facts: dict[str, Any] = {
        "shelf": shelf,
        "chosen": chosen if chosen in rules.KEYS else "",
        "own": "own" in given,
    }
    return page(request, "perspectives/index.html", **facts, **_words())


@get("/perspectives/new")
async def new(request: Ask) -> Answer:
    member(request)
    return await _composer(request, Form([("angles", "been")]))


@post("/perspectives/new", status_code=200)
async def ask(request: Ask) -> Answer:
    form, who = await forms.read(request), member(request)
    said.same_person(request, who)
    question = rules.read_ask(form, said.same(form))
    if isinstance(question, Problems):
        told = {"status": 422, "problems": question, **await said.anyway(form.written)}
        return await _composer(request, form, **told)
    try:
        shared = await verbs.ask(who, question)
    except REFUSED as no:
        return await _composer(request, form, **await _refused(no, question.draft))
    return _sent(request, shared, shared.id, said.cid(form))


@get("/perspectives/{ask:uuid}")
async def show(request: Ask, ask: FromPath[UUID]) -> Answer:
    return await _page(request, ask)


@post("/perspectives/{ask:uuid}/answer", status_code=200)
async def answer(request: Ask, ask: FromPath[UUID]) -> Answer:
    form, who = await forms.read(request), member(request)
    said.same_person(request, who)
    found = await perspectives_reading.board(who, ask)
    if found is None or found.ask.shown.mine:
        raise NotFound()
    given = rules.read_view(form, ask, found.ask.angles, said.same(form))
    if isinstance(given, Problems):
        told = {"status": 422, "problems": given, **await said.anyway(form.written)}
        return await _page(request, ask, form, **told)
    try:
        shared = await verbs.answer(who, given)
    except Unknown:
        raise NotFound() from None
    except REFUSED as no:
        return await _page(request, ask, form, **await _refused(no, given.draft))
    return _sent(request, shared, ask, said.cid(form))


@post("/perspectives/{ask:uuid}/mark", status_code=200)
async def mark(request: Ask, ask: FromPath[UUID]) -> Answer:
    form, who = await forms.read(request), member(request)
    view, how = said.number(form.text("view")), form.text("mark")
    try:
        await verbs.mark(who, view or UUID(int=0), int(how) if how in {"1", "2", "3"} else 0)
    except Unknown:
        raise NotFound() from None
    return go(request, f"/perspectives/{ask}?read=1#v-{view}")


@post("/perspectives/{ask:uuid}/close", status_code=200)
async def close(request: Ask, ask: FromPath[UUID]) -> Answer:
    try:
        await verbs.close(member(request), ask)
    except Unknown:
        raise NotFound() from None
    return go(request, f"/perspectives/{ask}#mine")


@post("/perspectives/{ask:uuid}/took", status_code=200)
async def took(request: Ask, ask: FromPath[UUID]) -> Answer:
    form, who = await forms.read(request), member(request)
    words = rules.read_took(form)
    try:
        if isinstance(words, Problems):
            await verbs.own(who, ask)
            return await _page(request, ask, form, status=422, problems=words)
        await verbs.take(who, ask, words)
    except Unknown:
        raise NotFound() from None
    return go(request, f"/perspectives/{ask}?kept=1#taken")


async def _composer(request: Ask, form: Form, **more: Any) -> Answer:
    facts: dict[str, Any] = {
        "form": form,
        "cid": said.cid(form) or uuid4(),
        "notes": controls.NOTES,
        "topics": controls.TOPICS,
    }
    return page(request, "perspectives/new.html", **facts, **_words(), **said.helping(request, more))


async def _page(request: Ask, ask: UUID, form: Form | None = None, **more: Any) -> Answer:
    who, given = member(request), request.query_params
    board = await perspectives_reading.board(who, ask, show=given.get("hidden") == "show")
    if board is None:
        raise NotFound()
    help_ = said.helping(request, {"card": "gentle" if given.get("card") == "gentle" else "", **more})
    facts: dict[str, Any] = {
        "board": board,
        "asked": given.get("read") == "1" or board.ask.shown.mine or request.method == "POST",
        "unfolded": given.get("view", ""),
        "form": form or Form(),
        "cid": (said.cid(form) if form else None) or uuid4(),
        "wait": await shifts.wait() if _waits(board) else None,
        "kept": "kept" in given,
        "write": WRITE,
    }
    return page(request, "perspectives/board.html", **facts, **_words(), **help_)


def _words() -> dict[str, Any]:
    return {"rules": rules, "names": controls.NOTES, "span": queue.span, "local": _local}


def _local(at: datetime, tz: str) -> datetime:
    return at.astimezone(zone(tz))


def _waits(board: Board) -> bool:
    """Whether somebody on duty reads something of the viewer's now: then the page says how long it takes."""
    own = [board.ask.shown] if board.ask.shown.mine else [board.mine.shown] if board.mine else []
    return any(one.state in ("held", "safeguarding", "hidden") for one in own)


async def _refused(no: Exception, draft: Draft) -> dict[str, Any]:
    status, words = NOT_NOW[type(no)]
    return {"status": status, "trouble": words, **await said.anyway(draft.read)}


def _sent(request: Ask, shared: Shared, ask: UUID, cid: UUID | None) -> Answer:
    if sent := request.headers.get("X-Outbox", ""):
        saved = str(said.number(sent) or "")
        return Response(b"", status_code=200, headers={"X-Saved": saved, **PERSONAL})
    return go(request, said.onward(shared, f"/perspectives/{ask}?read=1#sent", cid))


router = Router("/", route_handlers=[index, new, ask, show, answer, mark, close, took])
