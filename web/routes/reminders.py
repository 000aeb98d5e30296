"""Reminders: when they come, what they say, quiet hours, a pause, and a calendar file."""

from typing import Any
from uuid import UUID

from litestar import Request, Response, Router, get, post
from litestar.params import FromPath

from care import notices as words
from care import reminders as rules
from care import reminders_form
from care.journal import Problems
from care.reminders_form import Draft
from care.words import speaking
from db import notices_keys, notices_phones, reminders, reminders_after
from db.reminders import Mine
from web import calendar_file, forms
from web.errors import NotFound
from web.forms import Form
from web.guards import member
from web.render import go, language, page
from web.routes import reminders_phone

Ask = Request[Any, Any, Any]
Answer = Response[bytes]

HOME = "/reminders"


@get("/reminders")
async def index(request: Ask) -> Answer:
    return await _index(request)


@post("/reminders", status_code=200)
async def keep(request: Ask) -> Answer:
    return await _keep(request, None)


@get("/reminders/new")
async def new(request: Ask) -> Answer:
    choice, mine = await reminders.seen_by(member(request))
    if len(mine) >= rules.MOST:
        return go(request, HOME)
    return page(request, "reminders/edit.html", choice=choice, reminder=None, filled=_filled(None, choice.tz))


@get("/reminders/{reminder:str}")
async def edit(request: Ask, reminder: FromPath[str]) -> Answer:
    choice, mine = await reminders.seen_by(member(request))
    found = next((one for one in mine if str(one.id) == reminder), None)
    if found is None:
        raise NotFound()
    filled = _filled(found, choice.tz)
    return page(request, "reminders/edit.html", choice=choice, reminder=found, filled=filled)


@post("/reminders/{reminder:str}", status_code=200)
async def change(request: Ask, reminder: FromPath[str]) -> Answer:
    return await _keep(request, _id(reminder))


@post("/reminders/{reminder:str}/remove", status_code=200)
async def remove(request: Ask, reminder: FromPath[str]) -> Answer:
    if not await reminders.remove(member(request), _id(reminder)):
        raise NotFound()
    return go(request, HOME)


@post("/reminders/switch", status_code=200)
async def switch(request: Ask) -> Answer:
    form, who = await forms.read(request), member(request)
    await reminders.switch(who, form.has("on"))
    return go(request, HOME)


@get("/reminders/words")
async def words_form(request: Ask) -> Answer:
    choice, _mine = await reminders.seen_by(member(request))
    return page(request, "reminders/words.html", said=choice.said, choices=words.CHOICES)


@post("/reminders/words", status_code=200)
async def choose_words(request: Ask) -> Answer:
    form, who = await forms.read(request), member(request)
    chosen, speech = reminders_form.read_words(form), language(request)
    if isinstance(chosen, Problems):
        filled = words.Said(choice="own", own=form.text("own")[:200], buttons=form.has("buttons"))
        more: dict[str, Any] = {"said": filled, "choices": words.CHOICES, "problems": chosen}
        return page(request, "reminders/words.html", status=422, **more)
    with speaking(speech.catalog):
        said = words.say(chosen.choice, chosen.own, chosen.buttons, speech.tag)
    await reminders.set_words(who, said)
    return go(request, HOME)


@get("/reminders/quiet")
async def quiet_form(request: Ask) -> Answer:
    who = member(request)
    choice, _mine = await reminders.seen_by(who)
    return page(request, "reminders/quiet.html", choice=choice, teen=who.band in rules.TEENS)


@post("/reminders/quiet", status_code=200)
async def choose_quiet(request: Ask) -> Answer:
    form, who = await forms.read(request), member(request)
    hours = reminders_form.read_hours(form)
    if isinstance(hours, Problems):
        choice, _mine = await reminders.seen_by(who)
        teen = who.band in rules.TEENS
        return page(request, "reminders/quiet.html", status=422, choice=choice, teen=teen, problems=hours)
    await reminders.set_hours(who, hours)
    return go(request, HOME)


@get("/reminders/pause")
async def pause_form(request: Ask) -> Answer:
    choice, _mine = await reminders.seen_by(member(request))
    return page(request, "reminders/pause.html", choice=choice, pauses=rules.PAUSES)


@post("/reminders/pause", status_code=200)
async def pause(request: Ask) -> Answer:
    form, who = await forms.read(request), member(request)
    days = reminders_form.read_pause(form.text("days"))
    if days is None:
        return go(request, "/reminders/pause")
    await reminders.pause(who, days)
    return go(request, HOME)


@get("/reminders/calendar.ics")
async def calendar(request: Ask) -> Answer:
    """A neutral file name as well: downloads are listed."""
    choice, mine = await reminders.seen_by(member(request))
    if not mine:
        raise NotFound()
    headers = {"Content-Disposition": 'attachment; filename="calendar.ics"', "Cache-Control": "no-store"}
    body = calendar_file.draw(choice, mine)
    return Response(body, media_type="text/calendar; charset=utf-8", headers=headers)


async def _keep(request: Ask, reminder: UUID | None) -> Answer:
    form, who = await forms.read(request), member(request)
    draft = reminders_form.read(form)
    kept = await reminders.keep(who, draft, reminder) if isinstance(draft, Draft) else draft
    if kept is None:
        raise NotFound()
    if isinstance(kept, UUID):
        return go(request, HOME)
    if reminder is None and form.has("first"):
        return await _index(request, status=422, problems=kept, filled=_again(form))
    choice, mine = await reminders.seen_by(who)
    found = next((one for one in mine if one.id == reminder), None)
    shown: dict[str, Any] = {"choice": choice, "reminder": found, "filled": _again(form)}
    return page(request, "reminders/edit.html", status=422, problems=kept, **shown)


async def _index(request: Ask, **more: Any) -> Answer:
    who = member(request)
    choice, mine = await reminders.seen_by(who)
    shown: dict[str, Any] = {
        "choice": choice,
        "reminders": mine,
        "phones": await notices_phones.count(who),
        "push_key": notices_keys.public(),
        "questions": await reminders_after.seen_by(who),
        "most": rules.MOST,
        "filled": _filled(None, choice.tz),
    }
    return page(request, "reminders/index.html", **(shown | more))


def _filled(reminder: Mine | None, tz: str) -> dict[str, Any]:
    at = f"{reminder.at:%H:%M}" if reminder else "20:30"
    return {"time": at, "days": reminder.days if reminder else rules.EVERY_DAY, "tz": tz}


def _again(form: Form) -> dict[str, Any]:
    days = sum(1 << int(day) for day in {*form.all("days")} & {*reminders_form.DAY_LETTERS})
    return {"time": form.text("time")[:10], "days": days, "tz": form.text("tz")[:64]}


def _id(text: str) -> UUID:
    try:
        return UUID(text)
    except ValueError:
        raise NotFound() from None


router = Router(
    path="/",
    route_handlers=[
        *(index, keep, new, edit, change, remove, switch, words_form, choose_words, quiet_form, choose_quiet),
        *(pause_form, pause, calendar, *reminders_phone.handlers),
    ],
)
