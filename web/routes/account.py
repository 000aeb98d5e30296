"""You: joining, entering, coming back with a code, signing out; and the page that leads to the rest."""

from typing import Any
from unicodedata import normalize

from litestar import Request, Response, Router, get, post

from care import ages, help
from care.account import CONSENTS, local
from care.clock import now
from config import config
from db import account, codes, devices, notices, passphrase
from db.account import Stopped
from web import forms
from web.callers import caller, signed_in, signed_out, too_young, was_too_young
from web.forms import Form
from web.guards import viewer
from web.render import go, language, page
from web.routes import account_settings
from web.troubles import TROUBLE, WRONG_CODE, answering

Ask = Request[Any, Any, Any]
Answer = Response[bytes]

FORGET = {"Clear-Site-Data": '"cache", "cookies", "storage"'}
FORGET_PAGES = {"Clear-Site-Data": '"cache"'}
"""For js/signout.js, which wipes what is this person's: the browser would wipe all there is, and with it
what others on a shared phone have not sent yet."""


@get("/account")
async def index(request: Ask) -> Answer:
    who = viewer(request)
    if who is None:
        return page(request, "account/welcome.html")
    codes_left, unread = await codes.left(who.person), await notices.unread(who.person)
    return page(request, "account/index.html", codes_left=codes_left, unread=unread)


@get("/account/join")
async def join_form(request: Ask) -> Answer:
    if viewer(request):
        return go(request, "/account")
    if was_too_young(request):
        return _stop(request, "child", "", status=200)
    return await _join_page(request, Form([("name", request.query_params.get("name", "")[:200])]), {})


@post("/account/join", status_code=200)
async def join(request: Ask) -> Answer:
    form = await forms.read(request)
    if was_too_young(request):
        return _stop(request, "child", "")
    try:
        return signed_in(go(request, "/account/codes"), await account.join(form, caller(request)))
    except Stopped as stopped:
        answer = _stop(request, stopped.stop.why, stopped.stop.country)
        return too_young(answer) if stopped.stop.why == "child" else answer
    except TROUBLE as trouble:
        return await _join_page(request, form, answering(trouble))


@get("/account/enter")
async def enter_form(request: Ask) -> Answer:
    to = local(request.query_params.get("next", ""))
    return go(request, to) if viewer(request) else page(request, "account/enter.html", name="", next=to)


@post("/account/enter", status_code=200)
async def enter(request: Ask) -> Answer:
    form = await forms.read(request)
    name, to = form.text("name"), local(form.text("next"))
    try:
        token = await account.enter(name, form.text("passphrase"), caller(request))
    except TROUBLE as trouble:
        return page(request, "account/enter.html", name=name[:200], next=to, **answering(trouble))
    return signed_in(go(request, to), token)


@get("/account/recover")
async def recover_form(request: Ask) -> Answer:
    return page(request, "account/recover.html", name="", code="", words=passphrase.suggest())


@post("/account/recover", status_code=200)
async def recover(request: Ask) -> Answer:
    form = await forms.read(request)
    name, code = form.text("name"), form.text("code")
    try:
        token = await account.recover(name, code, form.text("passphrase"), caller(request))
    except TROUBLE as trouble:
        more = answering(trouble, WRONG_CODE) | {"name": name[:200], "code": code[:100]}
        return page(request, "account/recover.html", words=passphrase.suggest(form.text("words")), **more)
    return signed_in(go(request, "/account/codes"), token)


@get("/account/leave")
async def leave_form(request: Ask) -> Answer:
    return page(request, "account/leave.html") if viewer(request) else go(request, "/account")


@post("/account/leave", status_code=200)
async def leave(request: Ask) -> Answer:
    """The session ends at once. What the phone holds goes only if they left the tick in place."""
    form = await forms.read(request)
    await devices.end(caller(request).cookie)
    forget = FORGET_PAGES if "X-Uid" in request.headers else FORGET
    return signed_out(go(request, "/", forget if form.has("remove") else None))


async def _join_page(request: Ask, form: Form, trouble: dict[str, Any]) -> Answer:
    """Everything they wrote but the passphrase: that is never sent back."""
    return page(
        request,
        "account/join.html",
        form=form,
        suggested=await _names(form, trouble),
        words=passphrase.suggest(form.text("words")),
        countries=_countries(request),
        country=form.text("country") or _likely_country(request),
        months=[(n, language(request).locale.months["stand-alone"]["wide"][n]) for n in range(1, 13)],
        consents=CONSENTS,
        **trouble,
    )


async def _names(form: Form, trouble: dict[str, Any]) -> list[str]:
    """Three to tap; the one they tapped before is among them, unless it is the name that was refused."""
    tapped = form.text("suggested")[:200]
    kept = [tapped] if tapped and "name" not in trouble.get("problems", {}) else []
    return kept + await account.free_names(3 - len(kept))


def _stop(request: Ask, why: str, country: str, status: int = 403) -> Answer:
    there = country or _likely_country(request) or config.default_country
    lines = help.for_children(there, now().date())[:4] if why == "child" else []
    return page(request, "account/stop.html", status=status, why=why, lines=lines)


def _likely_country(request: Ask) -> str:
    """What they chose for Help, else the region of their language; never a guess from the address."""
    found = help.choose(request.cookies.get("country"), request.headers.get("accept-language", ""), "")
    return found if found in ages.COUNTRIES else ""


def _countries(request: Ask) -> list[tuple[str, str]]:
    named = [(code, language(request).country(code)) for code in ages.COUNTRIES]
    return sorted(named, key=lambda pair: normalize("NFD", pair[1]).casefold())


router = Router(
    path="/",
    route_handlers=[
        index,
        join_form,
        join,
        enter_form,
        enter,
        recover_form,
        recover,
        leave_form,
        leave,
        *account_settings.handlers,
    ],
)
