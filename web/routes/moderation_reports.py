"""Telling us about something, what became of it, and the public counts of a year."""

import re
from typing import Any
from uuid import UUID

from litestar import Request, Response, get, post
from litestar.params import FromPath

from care import queue
from care.clock import now
from care.reports import LONGEST, OUTCOMES, REASONS, STATUS
from care.words import N_
from db import counts, moderation, reports, shifts, talk_list
from db.limits import TooMany
from db.reports import Unknown
from web import forms, nearby, outbox
from web.errors import NotFound
from web.guards import member
from web.render import go, page
from web.troubles import answering

Ask = Request[Any, Any, Any]
Answer = Response[bytes]

CHOOSE = N_("Please choose what it is about. “I’m not sure” is fine.")


@get("/report/{item:uuid}")
async def about_item(request: Ask, item: FromPath[UUID]) -> Answer:
    found = await moderation.find(member(request), item)
    if found is None or found.mine:
        raise NotFound()
    return _form(request, "item", item, about=found)


@get("/report/person/{person:uuid}")
async def about_person(request: Ask, person: FromPath[UUID]) -> Answer:
    try:
        await reports.may_report(member(request), person)
    except Unknown:
        raise NotFound() from None
    return _form(request, "person", person)


@get("/report/blank", opt={"anonymous": True}, sync_to_thread=False)
def blank(request: Ask) -> Answer:
    """The form without a person in it, which a phone keeps and shows at the address of any of the others
    when there is no network: it is sent to the address it stands at."""
    return _form(request, "item", None, anonymous=True)


@post("/report/{item:uuid}", status_code=200)
async def tell_item(request: Ask, item: FromPath[UUID]) -> Answer:
    return await _tell(request, "item", item)


@post("/report/person/{person:uuid}", status_code=200)
async def tell_person(request: Ask, person: FromPath[UUID]) -> Answer:
    return await _tell(request, "person", person)


@get("/account/safety")
async def receipts(request: Ask) -> Answer:
    who = member(request)
    found, talks = await reports.receipts(who), await talk_list.of_mine(who)
    told: dict[str, Any] = {"reasons": REASONS, "steps": STATUS, "outcomes": OUTCOMES}
    return page(request, "moderation/safety.html", receipts=found, talks=talks, **told)


@get("/report/thanks")
async def thanks(request: Ask) -> Answer:
    """After somebody was said to be in danger it holds the guide for who helps."""
    member(request)
    danger = request.query_params.get("danger") == "1"
    wait = await shifts.wait()
    near = nearby.lines(request)
    return page(request, "moderation/thanks.html", danger=danger, wait=wait, span=queue.span, **near)


@get("/moderation/report")
async def year(request: Ask) -> Answer:
    asked, this = request.query_params.get("year", ""), now().year
    chosen = int(asked) if re.fullmatch(r"20[0-9]{2}", asked) and int(asked) <= this else this
    found = await counts.of(chosen)
    return page(request, "moderation/year.html", year=found, span=queue.span, reasons=REASONS)


async def _tell(request: Ask, kind: str, subject: UUID) -> Answer:
    form, who = await forms.read(request), member(request)
    reason, hide = form.text("reason"), form.has("hide") or not form.has("asked")
    if request.headers.get("X-Uid", str(who.person)) != str(who.person):
        return Response(b"", status_code=409)
    if reason not in REASONS:
        return _form(request, kind, subject, form.text("text"), status=422, trouble=CHOOSE)
    try:
        await reports.report(
            who, kind, subject, reason, text=form.text("text"), hide=hide, cid=_cid(form.text("id"))
        )
    except Unknown:
        if told := outbox.gone(request):
            return told
        raise NotFound() from None
    except TooMany as trouble:
        return _form(request, kind, subject, form.text("text"), chosen=reason, **answering(trouble))
    return outbox.kept(request) or go(request, "/report/thanks" + ("?danger=1" if reason == "danger" else ""))


def _cid(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None


def _form(
    request: Ask,
    kind: str,
    subject: UUID | None,
    text: str = "",
    *,
    trouble: str = "",
    chosen: str = "",
    **more: Any,
) -> Answer:
    action = f"/report/{'person/' if kind == 'person' else ''}{subject}" if subject else ""
    shown: dict[str, Any] = {"text": text, "trouble": trouble, "chosen": chosen, "longest": LONGEST}
    return page(request, "moderation/tell.html", kind=kind, action=action, reasons=REASONS, **shown, **more)


HANDLERS = [blank, about_item, about_person, tell_item, tell_person, receipts, thanks, year]
