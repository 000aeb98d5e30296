"""Help now: where to turn, by country. No person and no database: it opens when nothing else does."""

from datetime import UTC, date, datetime, time
from typing import Any
from unicodedata import normalize

from babel.lists import format_list
from litestar import HttpMethod, Request, Response, Router, route
from litestar.datastructures import Cookie
from litestar.params import FromPath

from care import help
from care.clock import now
from care.helpline import Line
from care.words import ngettext
from config import config
from web.language import Language
from web.render import go, language, page

READING = [HttpMethod.GET, HttpMethod.HEAD]
ANONYMOUS = {"anonymous": True}
VARY = {"Vary": "HX-Request, Accept-Language, Cookie"}
YEAR = 31_536_000  # seconds


@route("/help", http_method=READING, opt=ANONYMOUS, sync_to_thread=False)
def index(request: Request[Any, Any, Any]) -> Response[bytes]:
    asked = request.query_params.get("country")
    if asked is not None:
        return go(request, f"/help/in/{help.choose(asked, '', help.ANYWHERE).lower()}")
    accepted = request.headers.get("accept-language", "")
    return _draw(request, help.choose(request.cookies.get("country"), accepted, config.default_country))


@route("/help/in/{country:str}", http_method=READING, opt=ANONYMOUS, sync_to_thread=False)
def chosen(request: Request[Any, Any, Any], country: FromPath[str]) -> Response[bytes]:
    code = help.choose(country, "", help.ANYWHERE)
    answer = _draw(request, code)
    if code in help.countries() or code == help.ANYWHERE:
        answer.set_cookie(Cookie("country", value=code, max_age=YEAR, samesite="lax", secure=config.secure))
    return answer


@route("/help/world", http_method=READING, opt=ANONYMOUS, sync_to_thread=False)
def world(request: Request[Any, Any, Any]) -> Response[bytes]:
    """Every line there is, so that a phone abroad and offline still finds them."""
    today = now().date()
    places = [
        (name, help.emergency(code), help.lines(code, today)) for code, name in _countries(language(request))
    ]
    return page(request, "help/world.html", anonymous=True, places=places)


def _draw(request: Request[Any, Any, Any], country: str) -> Response[bytes]:
    speech, today = language(request), now().date()
    found = help.lines(country, today)
    return page(
        request,
        "help/index.html",
        anonymous=True,
        headers=VARY,
        country=country,
        place=_name(speech, country),
        lines=found or help.directories(),
        checked=bool(found),
        doors=help.doors(found),
        emergency=help.emergency(country),
        countries=_countries(speech),
        stale=lambda line: line.stale(today, help.STALE),
        tongues=lambda line: _tongues(speech, line),
        clock=lambda at: _clock(speech, at),
    )


def _name(speech: Language, country: str) -> str:
    """Empty for what is no country: nothing a visitor typed is ever shown back."""
    known = country in speech.locale.territories and country != help.ANYWHERE
    return speech.country(country) if known else ""


def _countries(speech: Language) -> list[tuple[str, str]]:
    named = [(code, speech.country(code)) for code in help.countries()]
    return sorted(named, key=lambda pair: normalize("NFD", pair[1]).casefold())


def _tongues(speech: Language, line: Line) -> str:
    """The languages they speak, when that is not simply the reader's own."""
    if line.languages in {(), (speech.locale.language,)}:
        return ""
    names = [str(speech.locale.languages.get(code, code)) for code in line.languages]
    if more := line.more_languages:
        names.append(ngettext("%d more", "%d more", more) % more)
    return format_list(names, locale=speech.locale)


def _clock(speech: Language, at: time) -> str:
    return speech.clock(datetime.combine(date(2000, 1, 1), at, UTC))


router = Router(path="/", route_handlers=[index, chosen, world])
