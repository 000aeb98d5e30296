"""The desk: the queue, one item, and what is decided. For everyone without a role it does not exist."""

from datetime import timedelta
from typing import Any
from uuid import UUID

from litestar import Request, Response, Router, get, post
from litestar.params import FromPath

from care import ladder, queue, rulings, stories
from care import sanctions as steps
from care import talk as talking
from care import unheard as asking
from care.clock import now
from care.controls import NOTES
from care.reports import REASONS
from care.rulings import NotAllowed
from care.words import N_
from db import decisions, desk, sanctions, shifts, unheard, unheard_alerts
from db.decisions import Decision, Incomplete, Late
from db.devices import Viewer
from db.ids import uuid7
from db.moderation import Unknown
from web import forms, said
from web.errors import NotFound
from web.forms import Form
from web.guards import member
from web.render import go, page
from web.routes import moderation_mine, moderation_reports, stories_answers

Ask = Request[Any, Any, Any]
Answer = Response[bytes]

LATE = N_("Somebody was quicker, or the words have changed since you opened them. Nothing was done twice.")
NEEDS_RULE = N_("Please choose what is asked, so that they are told why.")
NOT_ALLOWED = N_("This one is for somebody else to decide.")
LENGTHS = {1: N_("1 hour"), 24: N_("1 day"), 72: N_("3 days"), 168: N_("7 days")}


@get("/moderation")
async def index(request: Ask) -> Answer:
    return await draw(request, block="counts" if request.query_params.get("counts") else None)


@post("/moderation/shift", status_code=200)
async def shift(request: Ask) -> Answer:
    who, form = _staff(request), await forms.read(request)
    if form.text("on"):
        await shifts.begin(who)
    else:
        await shifts.end(who)
    return go(request, "/moderation")


@get("/moderation/{hold:uuid}")
async def show(request: Ask, hold: FromPath[UUID]) -> Answer:
    return await draw(request, hold)


@post("/moderation/{hold:uuid}/decide", status_code=200)
async def decide(request: Ask, hold: FromPath[UUID]) -> Answer:
    who, form = _staff(request), await forms.read(request)
    try:
        await decisions.decide(who, hold, _decision(form))
    except Incomplete:
        return await draw(request, hold, form=form, status=422, trouble=NEEDS_RULE)
    except (Late, NotAllowed) as no:
        return await _refused(request, hold, no, form)
    return await _onward(request, who)


@post("/moderation/{hold:uuid}/judge", status_code=200)
async def judge(request: Ask, hold: FromPath[UUID]) -> Answer:
    who, form = _staff(request), await forms.read(request)
    try:
        await decisions.judge(who, hold, form.text("action") == "reverse", form.text("text")[:2000])
    except (Late, NotAllowed) as no:
        return await _refused(request, hold, no, form)
    return await _onward(request, who)


@post("/moderation/{hold:uuid}/close", status_code=200)
async def close(request: Ask, hold: FromPath[UUID]) -> Answer:
    who, form = _staff(request), await forms.read(request)
    try:
        await decisions.close(who, hold, form.text("action") == "acted")
    except (Late, NotAllowed) as no:
        return await _refused(request, hold, no, form)
    return await _onward(request, who)


@post("/moderation/{hold:uuid}/answer", status_code=200)
async def answer(request: Ask, hold: FromPath[UUID]) -> Answer:
    """The team answers somebody whom nobody answered in a day."""
    who, form = _staff(request), await forms.read(request)
    found = await desk.whose(who, hold)
    if found is None or found.item is None:
        return await _refused(request, hold, Late(), form)
    draft = stories.read_reply(form, found.item, said.cid(form))
    if isinstance(draft, stories.Problems):
        return await draw(request, hold, form=form, status=422, problems=draft)
    try:
        await unheard_alerts.answer(who, hold, draft)
    except (Late, Unknown):
        return await _refused(request, hold, Late(), form)
    except stories_answers.REFUSED as no:
        status, words = stories_answers.NOT_NOW[type(no)]
        return await draw(request, hold, form=form, status=status, trouble=words)
    return await _onward(request, who)


@post("/moderation/{hold:uuid}/hand", status_code=200)
async def hand(request: Ask, hold: FromPath[UUID]) -> Answer:
    who, form = _staff(request), await forms.read(request)
    try:
        await decisions.hand(who, hold, UUID(form.text("to")))
    except (Late, NotAllowed, ValueError) as no:
        return await _refused(request, hold, no, form)
    return await _onward(request, who)


@post("/moderation/{hold:uuid}/author", status_code=200)
async def author(request: Ask, hold: FromPath[UUID]) -> Answer:
    """A step, the second half of one that takes two people, or taking one back."""
    who, form = _staff(request), await forms.read(request)
    try:
        await _sanction(who, hold, form)
    except (sanctions.Refused, Late, ValueError) as no:
        return await _refused(request, hold, no, form)
    return go(request, f"/moderation/{hold}")


def _staff(request: Ask) -> Viewer:
    who = member(request)
    if not who.acts_as("moderator"):
        raise NotFound()
    return who


async def _sanction(who: Viewer, hold: UUID, form: Form) -> None:
    found, why = await desk.whose(who, hold), form.text("rule") or "other"
    action, step = form.text("action"), form.text("step")
    if found is None or why not in rulings.RULES:
        raise Late
    if action == "take" and step in steps.STEPS:
        length = timedelta(hours=int(form.text("hours")[:3])) if step == steps.PAUSE else None
        await sanctions.take(who, found.person, step, why, found.item, length=length)
    elif action == "agree":
        await sanctions.agree(who, UUID(form.text("sanction")))
    else:
        await sanctions.end(who, UUID(form.text("sanction")))


def _decision(form: Form) -> Decision:
    version = form.text("version")
    return Decision(
        form.text("action"),
        int(version) if version.isascii() and version.isdigit() and len(version) < 7 else 0,
        form.text("rule"),
        form.text("sentence")[:2000],
        form.text("text")[:2000],
        tuple(note for note in NOTES if note in form.all("notes"))[:4],
    )


async def _onward(request: Ask, who: Viewer) -> Answer:
    """To what is next in the queue, so that twenty can be read without going back and forth."""
    following = await desk.next_for(who)
    return go(request, f"/moderation/{following}" if following else "/moderation")


async def _refused(request: Ask, hold: UUID, no: Exception, form: Form) -> Answer:
    trouble = LATE if isinstance(no, Late) else NOT_ALLOWED
    try:
        return await draw(request, hold, form=form, status=409, trouble=trouble)
    except NotFound:
        return await draw(request, status=409, trouble=trouble)


async def draw(
    request: Ask, hold: UUID | None = None, *, form: Form | None = None, trouble: str = "", **more: Any
) -> Answer:
    """The whole desk, with one thing opened when `hold` is given. Raises NotFound when it waits no more."""
    viewer = member(request)
    if viewer.roles & {"moderator"} and not viewer.checked:
        return go(request, "/account/second-factor?next=/moderation")
    who = _staff(request)
    seen = await desk.look(who, hold) if hold else None
    if hold and seen is None:
        raise NotFound()
    on = await shifts.on()
    whole = hold is None and more.get("block") is None
    return page(
        request,
        "moderation/desk.html",
        queue=await desk.queue(who, request.query_params.get("after", "")),
        seen=seen,
        form=form or Form(),
        trouble=trouble,
        on=on,
        shift=next((one for one in on if one.person == who.person), None),
        sentences=ladder.sentences(seen.item.words) if seen and seen.item else [],
        at=now(),
        span=queue.span,
        rulings=rulings,
        reasons=REASONS,
        notes=NOTES,
        lengths=LENGTHS,
        board=await unheard.board(who) if whole else None,
        apology=asking.APOLOGY,
        cid=uuid7(),
        steps=steps,
        answers=talking.ANSWERS,
        cards=ladder.CARD_NAMES,
        **more,
    )


router = Router(
    path="/",
    route_handlers=[
        *(index, shift, show, decide, judge, close, answer, hand, author),
        *moderation_mine.HANDLERS,
        *moderation_reports.HANDLERS,
    ],
)
