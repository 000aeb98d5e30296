"""Help now: where to turn, by country. No person and no database: it opens when nothing else does."""

from typing import Any

from litestar import HttpMethod, Request, Response, Router, post, route
from litestar.datastructures import Cookie
from litestar.params import FromPath

from care import help
from care import missed as rules
from care.clock import now
from config import config
from db import missed
from web import forms, nearby
from web.callers import caller
from web.errors import NotFound
from web.render import go, language, page

READING = [HttpMethod.GET, HttpMethod.HEAD]
ANONYMOUS = {"anonymous": True}
VARY = {"Vary": "HX-Request, Accept-Language, Cookie"}
YEAR = 31_536_000  # seconds
BY_PLACE = {"now": "help/now.html", "someone": "help/someone.html"}
"""Pages besides Help now itself that differ from country to country."""


@route("/help", http_method=READING, opt=ANONYMOUS, sync_to_thread=False)
def index(request: Request[Any, Any, Any]) -> Response[bytes]:
    asked = request.query_params.get("country")
    if asked is not None:
        return go(request, f"/help/in/{help.choose(asked, '', help.ANYWHERE).lower()}")
    return _index(request, "")


@route("/help/in/{country:str}", http_method=READING, opt=ANONYMOUS, sync_to_thread=False)
def chosen(request: Request[Any, Any, Any], country: FromPath[str]) -> Response[bytes]:
    code = help.choose(country, "", help.ANYWHERE)
    answer = _index(request, code)
    if code in help.countries() or code == help.ANYWHERE:
        answer.set_cookie(Cookie("country", value=code, max_age=YEAR, samesite="lax", secure=config.secure))
    return answer


@route("/help/{what:str}", http_method=READING, opt=ANONYMOUS, sync_to_thread=False)
def place(request: Request[Any, Any, Any], what: FromPath[str]) -> Response[bytes]:
    """The calm page for somebody in danger now, and the guide for helping somebody else."""
    return _place(request, what, "")


@route("/help/{what:str}/in/{country:str}", http_method=READING, opt=ANONYMOUS, sync_to_thread=False)
def place_chosen(
    request: Request[Any, Any, Any], what: FromPath[str], country: FromPath[str]
) -> Response[bytes]:
    """The same for a phone whose country was chosen: kept offline, without a cookie."""
    return _place(request, what, help.choose(country, "", help.ANYWHERE))


@route("/help/world", http_method=READING, opt=ANONYMOUS, sync_to_thread=False)
def world(request: Request[Any, Any, Any]) -> Response[bytes]:
    """Every line there is, so that a phone abroad and offline still finds them."""
    today, known = now().date(), nearby.countries(language(request))
    places = [(name, help.emergency(code), help.lines(code, today)) for code, name in known]
    return page(request, "help/world.html", anonymous=True, places=places)


@route("/help/missed", http_method=READING, opt=ANONYMOUS, sync_to_thread=False)
def thanks(request: Request[Any, Any, Any]) -> Response[bytes]:
    return page(request, "help/missed.html", anonymous=True)


@post("/help/missed", opt=ANONYMOUS, status_code=200)
async def miss(request: Request[Any, Any, Any]) -> Response[bytes]:
    """Nobody is looked up for this, and what is not the name of a rule is not kept."""
    form = await forms.read(request)
    verdict = form.text("verdict")
    if told := rules.heard(form.all("rule"), verdict):
        await missed.keep(told, verdict, caller(request).address)
    return go(request, "/help/missed")


def _index(request: Request[Any, Any, Any], country: str) -> Response[bytes]:
    near = nearby.lines(request, country)
    known = nearby.countries(language(request))
    return page(request, "help/index.html", anonymous=True, headers=VARY, countries=known, **near)


def _place(request: Request[Any, Any, Any], what: str, country: str) -> Response[bytes]:
    if what not in BY_PLACE:
        raise NotFound()
    near = nearby.lines(request, country)
    return page(request, BY_PLACE[what], anonymous=True, headers=VARY, **near)


router = Router(path="/", route_handlers=[index, chosen, place, place_chosen, world, miss, thanks])
