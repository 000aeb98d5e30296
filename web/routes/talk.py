"""The private talk of whoever leads on safety: the person's page and the leads'. Others find nothing here."""

from typing import Any
from uuid import UUID, uuid5

from litestar import Request, Response, Router, get, post
from litestar.params import FromPath

from care import ladder, queue, rulings
from care import talk as rules
from care.clock import now
from care.rulings import NotAllowed
from care.words import N_, _
from db import talk, talk_list, talk_reading
from db.devices import Viewer
from db.holds import Late
from db.ids import uuid7
from db.talk import Ended, Unknown
from web import forms, nearby, said
from web.errors import NotFound
from web.forms import Form
from web.guards import member, staff
from web.render import go, page
from web.routes import moderation

Ask = Request[Any, Any, Any]
Answer = Response[bytes]

WORDS = N_("Please write something first, and not more than 4,000 characters.")
ENDED = N_("This talk has ended, so it could not be sent. Your words are still here.")
CHOOSE = N_("Please choose how it ended.")
WHEN = N_("Please choose when.")
OPEN = N_(
    "A talk with them is open already, or this waits no more. Nothing was sent; your words are still here."
)


@get("/account/safety/talk/{case:uuid}")
async def show(request: Ask, case: FromPath[UUID]) -> Answer:
    return await _mine(request, case)


@post("/account/safety/talk/{case:uuid}/say", status_code=200)
async def answer(request: Ask, case: FromPath[UUID]) -> Answer:
    form, who = await forms.read(request), member(request)
    try:
        card = await talk.answer(who, case, form.text("text"), _cid(form))
    except ValueError:
        return await _refused(request, case, form, 422, WORDS)
    except Ended:
        return await _refused(request, case, form, 409, ENDED)
    except Unknown:
        raise NotFound() from None
    return go(request, _to(case, card))


@post("/account/safety/talk/{case:uuid}/safe", status_code=200)
async def say_safe(request: Ask, case: FromPath[UUID]) -> Answer:
    form, who = await forms.read(request), member(request)
    try:
        await talk.say_safe(who, case, form.text("answer"))
    except (ValueError, Unknown):
        raise NotFound() from None
    except Ended:
        return await _mine(request, case, status=409, trouble=ENDED)
    return go(request, _to(case, "calm" if form.text("answer") in rules.CALLS else ""))


@post("/account/safety/talk/{case:uuid}/end", status_code=200)
async def leave(request: Ask, case: FromPath[UUID]) -> Answer:
    try:
        await talk.leave(member(request), case)
    except Unknown:
        raise NotFound() from None
    return go(request, _to(case, ""))


@post("/moderation/{hold:uuid}/talk", status_code=200)
async def begin(request: Ask, hold: FromPath[UUID]) -> Answer:
    who, form = _lead(request), await forms.read(request)
    try:
        case = await talk.begin(who, hold, form.text("talk"))
    except ValueError:
        return await moderation.draw(request, hold, form=form, status=422, trouble=WORDS)
    except Late:
        return await moderation.draw(request, hold, form=form, status=409, trouble=OPEN)
    except NotAllowed:
        return await moderation.draw(request, hold, form=form, status=409, trouble=moderation.NOT_ALLOWED)
    return go(request, f"/moderation/talk/{case}")


@get("/moderation/talk")
async def index(request: Ask) -> Answer:
    who = staff(request, talk.ROLE)
    found = await talk_list.open_ones(who)
    return page(request, "talk/index.html", talks=found, at=now(), span=queue.span, rulings=rulings)


@get("/moderation/talk/{case:uuid}")
async def look(request: Ask, case: FromPath[UUID]) -> Answer:
    return await _case(request, case)


@post("/moderation/talk/{case:uuid}/{deed:str}", status_code=200)
async def work(request: Ask, case: FromPath[UUID], deed: FromPath[str]) -> Answer:
    """What a lead can do: write, note, choose when to look in again, end it."""
    who, form = _lead(request), await forms.read(request)
    if deed not in PROBLEMS:
        raise NotFound()
    try:
        await _do(who, case, deed, form)
    except ValueError:
        return await _case(request, case, form=form, status=422, trouble=PROBLEMS[deed])
    except Ended:
        return await _case(request, case, form=form, status=409, trouble=ENDED)
    except Unknown:
        raise NotFound() from None
    return go(request, f"/moderation/talk/{case}")


PROBLEMS = {"say": WORDS, "note": WORDS, "again": WHEN, "end": CHOOSE}


async def _do(who: Viewer, case: UUID, deed: str, form: Form) -> None:
    """Raises ValueError, Ended, Unknown."""
    if deed == "say":
        await talk.say(who, case, form.text("text"), _cid(form))
    elif deed == "note":
        await talk.note(who, case, form.text("note"))
    elif deed == "again":
        await talk.look_again(who, case, int(form.text("hours")))
    else:
        await talk.end(who, case, form.text("outcome"))


def _lead(request: Ask) -> Viewer:
    who = member(request)
    if not who.acts_as(talk.ROLE):
        raise NotFound()
    return who


def _cid(form: Form) -> UUID:
    """Chosen when the page was drawn, so that a form sent twice is one message; other words are another."""
    try:
        return uuid5(UUID(form.text("cid")), form.text("text"))
    except ValueError:
        return uuid7()


def _to(case: UUID, card: str) -> str:
    return f"{talk.MINE}/{case}" + (f"?card={card}" if card in ("calm", "steps") else "") + "#last"


async def _refused(request: Ask, case: UUID, form: Form, status: int, trouble: str) -> Answer:
    """With the help their words ask for, as if they had been taken."""
    card = (await said.anyway(form.text("text")))["card"]
    return await _mine(request, case, form=form, status=status, trouble=trouble, card=card)


async def _mine(
    request: Ask, case: UUID, *, form: Form | None = None, trouble: str = "", card: str = "", **more: Any
) -> Answer:
    told = await talk_reading.mine(member(request), case, request.query_params.get("before", ""))
    if told is None:
        raise NotFound()
    card = card or request.query_params.get("card", "")
    asked = {
        "action": f"{talk.MINE}/{case}/safe",
        "said": told.safe.answer if told.safe else "",
        "answers": rules.ANSWERS,
        "seen": _("Your answer stands here in the talk, for whoever leads on safety. Nobody else sees it."),
    }
    return page(
        request,
        "talk/mine.html",
        told=told,
        form=form or Form(),
        trouble=trouble,
        card=card if card in ladder.CARDS else "",
        asked=asked,
        answers=rules.ANSWERS,
        cid=uuid7(),
        at=now(),
        span=queue.span,
        **nearby.lines(request),
        **more,
    )


async def _case(
    request: Ask, case: UUID, *, form: Form | None = None, trouble: str = "", **more: Any
) -> Answer:
    who = staff(request, talk.ROLE)
    found = await talk_reading.look(who, case, request.query_params.get("before", ""))
    if found is None:
        raise NotFound()
    return page(
        request,
        "talk/case.html",
        case=found,
        form=form or Form(),
        trouble=trouble,
        rules=rules,
        rulings=rulings,
        cid=uuid7(),
        at=now(),
        span=queue.span,
        **more,
    )


router = Router(path="/", route_handlers=[show, answer, say_safe, leave, begin, index, look, work])
