"""What a group says of itself, changed by who looks after it; and rules that changed, ticked again."""

from typing import Any
from uuid import UUID

from litestar import Request, Response, Router, get, post
from litestar.params import FromPath

from care import groups as rules
from care.groups import Problems
from care.words import N_
from db import groups_reading, groups_words
from db.moderation import Unknown
from web import forms
from web.errors import NotFound
from web.forms import Form
from web.guards import member
from web.render import go, page
from web.routes import groups

Ask = Request[Any, Any, Any]
Answer = Response[bytes]
REFUSED = N_("Something in it needs the eyes of somebody from the team, who can write it for you.")


@get("/groups/{group:uuid}/care/words")
async def show(request: Ask, group: FromPath[UUID]) -> Answer:
    return await _page(request, group)


@post("/groups/{group:uuid}/care/words", status_code=200)
async def write(request: Ask, group: FromPath[UUID]) -> Answer:
    form, who = await forms.read(request), member(request)
    text = rules.read_text(form)
    if isinstance(text, Problems):
        return await _page(request, group, form, status=422, problems=text)
    try:
        await groups_words.write(who, group, text)
    except groups_words.Refused:
        return await _page(request, group, form, status=422, trouble=REFUSED)
    except Unknown:
        raise NotFound() from None
    return go(request, f"/groups/{group}/care")


@post("/groups/{group:uuid}/rules", status_code=200)
async def agree(request: Ask, group: FromPath[UUID]) -> Answer:
    form, who = await forms.read(request), member(request)
    here = await groups_reading.find(who, group)
    if here is None or not here.inside:
        raise NotFound()
    n, ticks = groups.number(form.text("rules_n")), {str(n) for n in range(len(here.rules))}
    if n == here.rules_n and not ticks <= set(form.all("rule")):
        return await groups.again(request, group, form, status=422, problems=Problems(rule=rules.TICK))
    try:
        await groups_words.agree(who, group, n)
    except Unknown:
        raise NotFound() from None
    if form.text("text"):
        return await groups.again(request, group, form)
    return go(request, f"/groups/{group}")


async def _page(request: Ask, group: UUID, form: Form | None = None, **more: Any) -> Answer:
    try:
        here = await groups_words.find(member(request), group)
    except Unknown:
        raise NotFound() from None
    shown = form or Form([("purpose", here.purpose), ("rules", "\n".join(here.rules))])
    facts: dict[str, Any] = {"group": here, "form": shown, "trouble": "", "problems": {}}
    return page(request, "groups/words.html", **(facts | more))


router = Router("/", route_handlers=[show, write, agree])
