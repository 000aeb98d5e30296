"""For those who look after a Beside: their second step and what is missing; and the rules, for everyone."""

from typing import Any

import segno
from litestar import Request, Response, Router, get, post
from markupsafe import Markup

from care.account import local
from care.community import MISSING, RULES
from care.staff import ROLES
from care.words import N_
from db import instance, second_factor
from db.devices import Viewer
from db.second_factor import Refused, WrongCode
from web import forms
from web.callers import signed_in
from web.errors import NotFound
from web.guards import member
from web.render import go, page
from web.troubles import TROUBLE, WRONG_PASSPHRASE, answering

Ask = Request[Any, Any, Any]
Answer = Response[bytes]

WRONG_CODE = N_("That code doesn’t fit. Wait for the next one, then type it here. Each code works only once.")


@get("/account/second-factor")
async def index(request: Ask) -> Answer:
    return await _page(request, request.query_params.get("next", ""))


@post("/account/second-factor/begin", status_code=200)
async def begin(request: Ask) -> Answer:
    who, form = _staff(request), await forms.read(request)
    try:
        await second_factor.begin(who, form.text("passphrase"))
    except Refused:
        pass  # set up already: the page shows what there is to do
    except TROUBLE as trouble:
        return await _page(request, **answering(trouble, WRONG_PASSPHRASE))
    return go(request, "/account/second-factor")


@post("/account/second-factor", status_code=200)
async def check(request: Ask) -> Answer:
    who, form = _staff(request), await forms.read(request)
    to = form.text("next")
    try:
        token = await second_factor.check(who, form.text("code"))
    except WrongCode as trouble:
        return await _page(request, to, **answering(trouble, WRONG_CODE))
    except TROUBLE as trouble:
        return await _page(request, to, **answering(trouble))
    return signed_in(go(request, local(to) if to else "/account/second-factor"), token)


@post("/account/second-factor/close", status_code=200)
async def close(request: Ask) -> Answer:
    await second_factor.close(_staff(request))
    return go(request, "/account/second-factor")


@get("/moderation/rules")
async def rules(request: Ask) -> Answer:
    return page(request, "staff/rules.html", rules=await instance.rules(), shipped=RULES)


def _staff(request: Ask) -> Viewer:
    """With any role, before the second step too: this is where it is taken."""
    who = member(request)
    if not who.roles:
        raise NotFound()
    return who


async def _page(request: Ask, to: str = "", **trouble: Any) -> Answer:
    who = _staff(request)
    secret = await second_factor.offered(who)
    return page(
        request,
        "staff/index.html",
        roles=[words for role, words in ROLES.items() if role in who.roles],
        set_up=await second_factor.is_set_up(who),
        secret=secret,
        picture=_picture(second_factor.address(who, secret)) if secret else "",
        missing=[MISSING[why] for why in await instance.missing()] if who.checked else [],
        next=to if local(to) == to else "",
        **trouble,
    )


def _picture(address: str) -> Markup:
    """What a code app's camera reads, as part of the page: it is in no file and no address."""
    return Markup(segno.make(address, micro=False).svg_inline(omitsize=True, svgclass="qr", border=4))  # noqa: S704


router = Router(path="/", route_handlers=[index, begin, check, close, rules])
