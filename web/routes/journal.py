"""The journal: the timeline, writing and checking in, one entry with its versions, skies and search."""

import re
from typing import Any
from uuid import UUID

from litestar import Request, Response, Router, get, post
from litestar.params import FromPath

from care import feelings, journal_form
from care.clock import now
from care.controls import part_own
from care.journal import Entry, Problems
from care.journal_form import Filled
from care.moments import the_day
from care.prompts import PROMPTS, offer
from care.words import N_
from db import controls, journal
from web import forms
from web.errors import NotFound
from web.forms import Form
from web.guards import member, viewer
from web.render import go, page

Ask = Request[Any, Any, Any]
Answer = Response[bytes]


@get("/journal")
async def index(request: Ask) -> Answer:
    who = viewer(request)
    if who is None:  # what a signed-out person wrote is on the phone, and the phone draws it
        return page(request, "home/shell.html", anonymous=True)
    before = request.query_params.get("before", "")
    day = the_day(request.query_params.get("day", ""))
    found = await journal.page(who.person, before, day)
    undo = _cid(request.query_params.get("removed", ""))
    return page(request, "journal/index.html", block="more" if before else None, page=found, undo=undo)


@get("/journal/new", opt={"anonymous": True}, sync_to_thread=False)
def new(request: Ask) -> Answer:
    """Kept by phones for offline use, so it knows nobody."""
    return page(request, "journal/new.html", anonymous=True, filled=Filled(), feelings=feelings)


@post("/journal", status_code=200)
async def write(request: Ask) -> Answer:
    form, who = await forms.read(request), viewer(request)
    if who is None:
        return _fill_again(request, form, 401, Problems())
    if request.headers.get("X-Uid", str(who.person)) != str(who.person):
        return _somebody_else(request)
    draft = journal_form.read(form, now())
    saved = draft if isinstance(draft, Problems) else await journal.write(who.person, draft)
    if isinstance(saved, Problems):
        return _fill_again(request, form, 422, saved)
    return _entry(request, saved, f"/journal#e-{saved.cid}")


@get("/journal/own")
async def own(request: Ask) -> Answer:
    """A part of the check-in page, which itself knows nobody: the person's own words and tags."""
    who = viewer(request)
    words, tags = await journal.own(who.person) if who else ([], [])
    return page(request, "journal/_own.html", words=words, tags=tags) if words or tags else _nothing(request)


@get("/journal/write")
async def choose(request: Ask) -> Answer:
    who, turn = viewer(request), request.query_params.get("turn", "")
    at = int(turn) if re.fullmatch(r"[0-9]{1,3}", turn) else 0
    offered = await journal.offer(who.person, at) if who else offer(None, (), at)
    skipped = PROMPTS.get(request.query_params.get("skipped", ""))
    return page(request, "journal/choose.html", offered=offered, turn=at, skipped=skipped)


@get("/journal/write/{kind:str}", opt={"anonymous": True}, sync_to_thread=False)
def begin(request: Ask, kind: FromPath[str]) -> Answer:
    """A note, a letter, or the answer to a prompt by its key."""
    if kind not in {"note", "letter", *PROMPTS}:
        raise NotFound()
    filled = Filled(kind=kind) if kind not in PROMPTS else Filled(kind="prompt", prompt=kind)
    return _writing(request, filled, anonymous=True)


@post("/journal/write/{prompt:str}/skip", status_code=200)
async def skip(request: Ask, prompt: FromPath[str]) -> Answer:
    if await journal.skip(member(request).person, prompt) is None:
        raise NotFound()
    return go(request, f"/journal/write?skipped={prompt}")


@post("/journal/write/{prompt:str}/unskip", status_code=200)
async def unskip(request: Ask, prompt: FromPath[str]) -> Answer:
    if await journal.unskip(member(request).person, prompt) is None:
        raise NotFound()
    return go(request, "/journal/write")


@get("/journal/skies")
async def skies(request: Ask) -> Answer:
    asked = request.query_params.get("year", "")
    year = int(asked) if re.fullmatch(r"[0-9]{4}", asked) else now().year
    return page(request, "journal/skies.html", year=await journal.skies(member(request).person, year))


@get("/journal/search")
async def search(request: Ask) -> Answer:
    who, asked = member(request), request.query_params
    question = forms.clean(asked.get("q", ""))[:100]
    found = await journal.search(who.person, question, asked.get("before", ""))
    kept = part_own(found.entries, await controls.of(who), show=asked.get("hidden") == "show")
    return page(request, "journal/search.html", q=question, page=found, kept=kept)


@get("/journal/removed")
async def removed(request: Ask) -> Answer:
    return page(request, "journal/removed.html", entries=await journal.removed(member(request).person))


@get("/journal/{cid:str}")
async def show(request: Ask, cid: FromPath[str]) -> Answer:
    entry = await _find(request, cid)
    older = await journal.revisions(member(request).person, entry.cid)
    return page(request, "journal/entry.html", entry=entry, older=older, feelings=feelings)


@get("/journal/{cid:str}/edit")
async def edit(request: Ask, cid: FromPath[str]) -> Answer:
    entry = await _find(request, cid)
    if entry.removed_at:
        raise NotFound()
    return page(request, "journal/edit.html", filled=journal_form.of(entry), entry=entry, feelings=feelings)


@post("/journal/{cid:str}/remove", status_code=200)
async def remove(request: Ask, cid: FromPath[str]) -> Answer:
    entry = await journal.remove(member(request).person, _cid(cid) or NOBODY)
    if entry is None:
        raise NotFound()
    return _entry(request, entry, f"/journal?removed={entry.cid}")


@post("/journal/{cid:str}/restore", status_code=200)
async def restore(request: Ask, cid: FromPath[str]) -> Answer:
    entry = await journal.restore(member(request).person, _cid(cid) or NOBODY)
    if entry is None or entry.removed_at:
        raise NotFound()
    return _entry(request, entry, f"/journal#e-{entry.cid}")


NOBODY = UUID(int=0)


async def _find(request: Ask, cid: str) -> Entry:
    found = await journal.find(member(request).person, _cid(cid) or NOBODY)
    if found is None:
        raise NotFound()
    return found


def _cid(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None


def _entry(request: Ask, entry: Entry, plain: str) -> Answer:
    """The entry's own drawing for the outbox and htmx, with the id that says it was really saved."""
    if not ("X-Outbox" in request.headers or request.headers.get("HX-Request") == "true"):
        return go(request, plain)
    sent = request.headers.get("X-Outbox", "")
    saved = sent if re.fullmatch(rf"(undo-)?{entry.cid}", sent) else str(entry.cid)
    return page(request, "journal/_entry.html", entry=entry, headers={"X-Saved": saved})


def _fill_again(request: Ask, form: Form, status: int, problems: Problems) -> Answer:
    """The same form with the person's own words, and what to mend: nothing is lost."""
    filled = journal_form.again(form)
    if filled.kind != "checkin":
        return _writing(request, filled, status=status, problems=problems)
    shown: dict[str, Any] = {
        "filled": filled,
        "feelings": feelings,
        "problems": problems,
        "come_in": status == 401,
    }
    return page(request, "journal/new.html", status=status, **shown)


def _writing(request: Ask, filled: Filled, **more: Any) -> Answer:
    shown: dict[str, Any] = {
        "filled": filled,
        "prompt": PROMPTS.get(filled.prompt),
        "come_in": more.get("status") == 401,
    }
    return page(request, "journal/write.html", **shown, **more)


def _somebody_else(request: Ask) -> Answer:
    """Words written on this phone by one person must never land in another's journal."""
    title = N_("Somebody else is signed in here")
    text = N_(
        "These words were written by another person on this phone. They wait there until that person enters."
    )
    return page(request, "error.html", status=409, code=409, title=title, text=text, kept="")


def _nothing(request: Ask) -> Answer:
    return Response(b"", status_code=204, headers={"Cache-Control": "no-store", "Vary": "Cookie"})


router = Router(
    path="/",
    route_handlers=[
        *(index, new, write, own, choose, begin, skip, unskip, skies, search, removed),
        *(show, edit, remove, restore),
    ],
)
