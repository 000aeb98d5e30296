"""Codes for groups: staff make and end them, a member types one and comes to the door it is for."""

from typing import Any
from uuid import UUID

from litestar import Request, Response, Router, get, post
from litestar.params import FromPath

from care import groups_codes as rules
from care.groups import Problems
from care.words import N_
from db import groups_codes
from db.limits import TooMany
from db.moderation import Unknown
from web import forms, said
from web.errors import NotFound
from web.forms import Form
from web.guards import member
from web.render import go, page

Ask = Request[Any, Any, Any]
Answer = Response[bytes]

NOTHING = N_(
    "This code opens nothing, or nothing any more. Please look at it again, or ask whoever gave it to you."
)
OTHER_AGE = N_(
    "This code is for people of another age, so it does not open for you. You did nothing wrong: "
    "tell whoever gave it to you, they may have one for your age."
)
OFTEN = N_("That was a lot of tries. Please wait an hour, and then try again.")


@get("/groups/join")
async def ask(request: Ask) -> Answer:
    member(request)
    return page(request, "groups/join.html", form=Form(), trouble="")


@post("/groups/join", status_code=200)
async def use(request: Ask) -> Answer:
    form, who = await forms.read(request), member(request)
    code = rules.read_code(form)
    if isinstance(code, Problems):
        return page(request, "groups/join.html", status=422, form=form, problems=code, trouble="")
    status, why = 422, NOTHING
    try:
        return go(request, f"/groups/{await groups_codes.use(who, code)}")
    except groups_codes.OtherAge:
        why = OTHER_AGE
    except TooMany:
        status, why = 429, OFTEN
    except Unknown:
        pass
    return page(request, "groups/join.html", status=status, form=form, trouble=why)


@get("/groups/{group:uuid}/codes")
async def show(request: Ask, group: FromPath[UUID]) -> Answer:
    return await _page(request, group)


@post("/groups/{group:uuid}/codes", status_code=200)
async def make(request: Ask, group: FromPath[UUID]) -> Answer:
    """Answers with the code itself: it stands in no address, and is nowhere to be read again."""
    form, who = await forms.read(request), member(request)
    plan = rules.read_code_plan(form)
    if isinstance(plan, Problems):
        return await _page(request, group, form, status=422, problems=plan)
    try:
        code = await groups_codes.make(who, group, plan)
    except Unknown:
        raise NotFound() from None
    return await _page(request, group, code=code)


@post("/groups/{group:uuid}/codes/end", status_code=200)
async def end(request: Ask, group: FromPath[UUID]) -> Answer:
    form, who = await forms.read(request), member(request)
    try:
        await groups_codes.end(who, group, said.number(form.text("code")) or UUID(int=0))
    except Unknown:
        raise NotFound() from None
    return go(request, f"/groups/{group}/codes")


async def _page(request: Ask, group: UUID, form: Form | None = None, **more: Any) -> Answer:
    try:
        here, codes = await groups_codes.of(member(request), group)
    except Unknown:
        raise NotFound() from None
    facts: dict[str, Any] = {"group": here, "codes": codes, "form": form or Form(), "rules": rules}
    return page(request, "groups/codes.html", **facts, **({"code": ""} | more))


router = Router("/", route_handlers=[ask, use, show, make, end])
