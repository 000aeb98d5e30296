"""What phones tell us about reminders, and the quiet questions after a hard time; part of `reminders`."""

from typing import Any

from litestar import Request, Response, get, post

from care import after_care, moments, reminders_form
from care.clock import now
from care.moments import zone
from config import config
from db import notices, notices_phones, reminders, reminders_after
from db.limits import TooMany
from web import forms
from web.guards import member
from web.render import go, page

Ask = Request[Any, Any, Any]
Answer = Response[bytes]
NO_STORE = {"Cache-Control": "no-store"}


@post("/reminders/phone", status_code=200)
async def keep_phone(request: Ask) -> Answer:
    """Sent on every opening of the app, so that a renewed subscription is never missed.

    Answers with what the phone brings next time as `yes`; 410 when that yes was taken back.
    """
    form, who = await forms.read(request), member(request)
    if request.headers.get("X-Uid", str(who.person)) != str(who.person):
        return Response(b"", status_code=409, headers=NO_STORE)
    phone = reminders_form.read_phone(form, config.push_hosts)
    if phone is None:
        return Response(b"", status_code=422, headers=NO_STORE)
    yes = await notices_phones.keep(who, phone, form.text("yes"))
    return Response(yes.encode(), status_code=200 if yes else 410, headers=NO_STORE, media_type="text/plain")


@post("/reminders/phone/forget", status_code=200)
async def forget_phone(request: Ask) -> Answer:
    """Without an endpoint, every phone of theirs."""
    form, who = await forms.read(request), member(request)
    if form.has("endpoint"):
        await notices_phones.forget(who, form.text("endpoint"))
    else:
        await notices_phones.forget_all(who)
    return go(request, "/reminders")


@post("/reminders/phone/test", status_code=200)
async def try_phone(request: Ask) -> Answer:
    try:
        await notices.try_out(member(request))
    except TooMany:
        return Response(b"", status_code=429, headers=NO_STORE)
    return go(request, "/reminders")


@post("/reminders/zone", status_code=200)
async def travel(request: Ask) -> Answer:
    form, who = await forms.read(request), member(request)
    tz = form.text("tz").strip()
    if zone(tz):
        await reminders.travelled(who, tz)
    return Response(b"", status_code=204, headers=NO_STORE)


@post("/reminders/answered", status_code=200)
async def answered(request: Ask) -> Answer:
    await reminders.answered(member(request).person)
    return go(request, "/")


@get("/reminders/after")
async def after(request: Ask) -> Answer:
    who = member(request)
    choice, _mine = await reminders.seen_by(who)
    shown: dict[str, Any] = {
        "questions": await reminders_after.seen_by(who),
        "phones": await notices_phones.count(who),
        "suggested": after_care.suggested(now(), choice.tz),
        "rules": after_care,
        "choice": choice,
        "said": request.query_params.get("said", ""),
        "step": request.query_params.get("step", ""),
    }
    return page(request, "reminders/after.html", **shown)


@post("/reminders/after", status_code=200)
async def begin(request: Ask) -> Answer:
    form, who = await forms.read(request), member(request)
    plan = after_care.plan(form.all("steps"), form.text("time"), form.has("push"))
    tz = form.text("tz").strip()
    await reminders_after.begin(who, plan, tz if moments.zone(tz) else "")
    return go(request, "/reminders/after")


@post("/reminders/after/answer", status_code=200)
async def answer(request: Ask) -> Answer:
    form, who = await forms.read(request), member(request)
    said = form.text("answer")
    if said not in after_care.ANSWERS:
        return go(request, "/reminders/after")
    step = await reminders_after.answer(who, stop=said == "stop")
    if said == "worse":
        return go(request, "/help")
    return go(request, f"/reminders/after?said={said}&step={step}")


handlers = [keep_phone, forget_phone, try_phone, travel, answered, after, begin, answer]
