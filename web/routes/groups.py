"""Groups: which there are, coming in, reading and writing there, leaving."""

from typing import Any
from uuid import UUID, uuid4

from litestar import Request, Response, Router, get, post
from litestar.params import FromPath

from care import controls, feelings, groups_sky, queue, shared, stories
from care import groups as rules
from care.clock import now
from care.groups import Problems
from care.words import N_
from db import groups as verbs
from db import groups_news, groups_reading, groups_words, instance, moderation, shifts
from db.devices import Viewer
from db.groups_reading import Feed
from db.groups_rows import Room
from db.limits import TooMany
from db.moderation import Closed, NoConsent, Paused, Unknown
from web import forms, outbox, said
from web.errors import NotFound
from web.forms import Form
from web.guards import member, staff, viewer
from web.render import go, page
from web.routes import groups_live

Ask = Request[Any, Any, Any]
Answer = Response[bytes]

FULL = N_("This group is full right now. Have a look another day: places become free.")
SLOW = N_("This group takes it slowly: a little time between two posts. Your words are still in the box.")
# Never 409: the outbox takes it for somebody else's session, and would keep all that waits behind it.
NOT_NOW: dict[type[Exception], tuple[int, str]] = {
    Paused: (403, N_("You’re on a pause from sharing. Your words are still in the box.")),
    NoConsent: (403, N_("First say yes to the community, under You. Your words are still in the box.")),
    Closed: (403, N_("Sharing is closed at the moment. Your words are still in the box.")),
    verbs.Left: (410, N_("You are not in this group now. Your words are still here, to keep.")),
    verbs.Slow: (429, SLOW),
    TooMany: (429, N_("That is a lot for now. Rest a little: your words are still in the box.")),
}
REFUSED: tuple[type[Exception], ...] = (*NOT_NOW, verbs.Stopped)


@get("/groups")
async def index(request: Ask) -> Answer:
    who = viewer(request)
    given = request.query_params
    about = given.get("about", "") if given.get("about") in rules.TAGS else ""
    shelf = await groups_reading.shelf(who, given.get("before", "")[:80], about) if who else None
    none = shelf is None or not (shelf.mine or shelf.others or shelf.tags)
    facts: dict[str, Any] = {"missing": await instance.missing() if none else [], **_words()}
    leads = who is not None and who.acts_as("moderator")
    return page(request, "groups/index.html", shelf=shelf, chosen=about, staff=leads, **facts)


@get("/groups/new")
async def new(request: Ask) -> Answer:
    staff(request, "moderator")
    return page(request, "groups/new.html", form=Form([("bands", "ab")]), **_words())


@post("/groups/new", status_code=200)
async def make(request: Ask) -> Answer:
    who, form = staff(request, "moderator"), await forms.read(request)
    plan = rules.read_plan(form)
    if isinstance(plan, Problems):
        told: dict[str, Any] = {"form": form, "problems": plan, **_words()}
        return page(request, "groups/new.html", status=422, **told)
    return go(request, f"/groups/{await verbs.make(who, plan)}")


@get("/groups/{group:uuid}")
async def show(request: Ask, group: FromPath[UUID]) -> Answer:
    return await again(request, group)


@post("/groups/{group:uuid}/join", status_code=200)
async def join(request: Ask, group: FromPath[UUID]) -> Answer:
    form, who = await forms.read(request), member(request)
    here = await _find(who, group)
    way = rules.read_join(form, 0 if here.inside else len(here.rules))
    if isinstance(way, Problems):
        return await again(request, group, form, status=422, problems=way)
    try:
        state = await verbs.join(who, group, way)
        if not here.inside:
            await groups_words.agree(who, group, min(number(form.text("rules_n")) or 1, here.rules_n))
    except Unknown:
        raise NotFound() from None
    except verbs.Full:
        return await again(request, group, form, status=422, trouble=FULL)
    except verbs.Stopped as no:
        return await again(request, group, form, status=422, trouble=rules.STOPS[no.why])
    welcome = state == rules.IN and not here.inside and way == rules.POSTING
    if form.text("text"):
        return await again(request, group, form)
    return go(request, f"/groups/{group}{'?hello=1#answer' if welcome else ''}")


@post("/groups/{group:uuid}/leave", status_code=200)
async def leave(request: Ask, group: FromPath[UUID]) -> Answer:
    try:
        await verbs.leave(member(request), group)
    except Unknown:
        raise NotFound() from None
    return go(request, "/groups")


@post("/groups/{group:uuid}/news", status_code=200)
async def news(request: Ask, group: FromPath[UUID]) -> Answer:
    """Field `news`: `yes` or nothing."""
    form, who = await forms.read(request), member(request)
    try:
        await groups_news.choose(who, group, form.text("news") == "yes")
    except Unknown:
        raise NotFound() from None
    return go(request, f"/groups/{group}#here")


@post("/groups/{group:uuid}/say", status_code=200)
async def say(request: Ask, group: FromPath[UUID]) -> Answer:
    form, who = await forms.read(request), member(request)
    said.same_person(request, who)
    await _find(who, group)
    draft = rules.read_post(form, group, said.same(form))
    if isinstance(draft, Problems):
        told = {"status": 422, "problems": draft, **await said.anyway(form.written)}
        return await again(request, group, form, **told)
    try:
        sent = await verbs.say(who, draft)
    except Unknown:
        raise NotFound() from None
    except REFUSED as no:
        status, words = (422, rules.STOPS[no.why]) if isinstance(no, verbs.Stopped) else NOT_NOW[type(no)]
        if status == 410 and outbox.saved(request):
            status = 422  # the phone would let go of the words with a 410
        told = {"status": status, "trouble": words, **await said.anyway(draft.read)}
        return await again(request, group, form, **told)
    return outbox.kept(request) or go(
        request, said.onward(sent, f"/groups/{group}#p-{sent.id}", said.cid(form))
    )


@post("/groups/{group:uuid}/support/{item:uuid}", status_code=200)
async def support(request: Ask, group: FromPath[UUID], item: FromPath[UUID]) -> Answer:
    """A sign for a post; the same again takes it back."""
    form, who = await forms.read(request), member(request)
    kind = stories.SUPPORT_KEYS.get(form.text("kind"), 0)
    found = await moderation.find(who, item)
    if found is None or found.place != group or (form.text("kind") and not kind):
        raise NotFound()
    try:
        await verbs.react(who, item, kind)
    except Unknown:
        raise NotFound() from None
    except verbs.Stopped as no:
        return await again(request, group, status=422, trouble=rules.STOPS[no.why])
    except (Paused, NoConsent, Closed) as no:
        return await again(request, group, status=403, trouble=said.NO_SIGN[type(no)])
    return go(request, f"/groups/{group}#p-{item}")


async def _find(who: Viewer, group: UUID) -> Room:
    here = await groups_reading.find(who, group)
    if here is None:
        raise NotFound()
    return here


async def again(request: Ask, group: UUID, form: Form | None = None, **more: Any) -> Answer:
    """The room for who is in it; the door for who may come in."""
    who, given = member(request), request.query_params
    here = await _find(who, group)
    help_ = said.helping(request, {"card": "gentle" if given.get("card") == "gentle" else "", **more})
    facts: dict[str, Any] = {"group": here, "form": form or Form(), **_words(), **help_}
    if not here.reads:
        return page(request, "groups/door.html", **facts)
    await verbs.look_after(who, here)
    await groups_news.looked(who, here)
    feed = await groups_reading.feed(
        who, here, before=number(given.get("before", "")), show=given.get("hidden") == "show"
    )
    facts["hello"] = given.get("hello") == "1" and form is None and not here.stop and not here.posted_at
    return page(
        request, "groups/room.html", **facts, **await _feed(feed, form), unfolded=given.get("post", "")
    )


async def _feed(feed: Feed, form: Form | None) -> dict[str, Any]:
    waits = any(one.shown.state in ("held", "safeguarding", "hidden") for one in feed.waiting)
    number = (said.cid(form) if form else None) or uuid4()
    wait = await shifts.wait() if waits else None
    return {"feed": feed, "cid": number, "wait": wait, "most_waiting": groups_reading.MOST_WAITING}


def _words() -> dict[str, Any]:
    """What the pages of groups name things by."""
    return {
        "rules": rules,
        "names": controls.NOTES,
        "about": rules.TAGS,
        "intents": shared.INTENTS,
        "stories": stories,
        "skies": feelings.SKIES,
        "much": groups_sky.MUCH,
        "span": queue.span,
        "now": now,
    }


def number(text: str) -> int:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else 0


router = Router(
    "/", route_handlers=[index, new, make, show, join, leave, news, say, support, groups_live.live]
)
