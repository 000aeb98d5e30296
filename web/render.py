"""Draws pages: whole for a browser, one block for htmx, and adds what every page needs."""

import json
from collections.abc import Callable
from datetime import date, datetime
from functools import lru_cache
from gettext import NullTranslations
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined, Template
from litestar import Request, Response
from markupsafe import Markup

from care import words
from care.safety import compiled
from config import ROOT, config
from web.again import for_anyone
from web.assets import Assets
from web.language import Language, negotiate
from web.spoken import Spoken

Ask = Request[Any, Any, Any]

# The rules by which a phone reads a draft that nobody else reads: those of care/safety.py itself.
assets = Assets(made={"reader.json": json.dumps(compiled(), separators=(",", ":")).encode()})
DOORS = ("/journal/new", "/journal", "/stories", "/perspectives", "/groups")
SOMEWHERE = {"Cache-Control": "no-cache"}
PERSONAL = {"Cache-Control": "no-store"}


def page(
    request: Ask,
    template: str,
    *,
    block: str | None = None,
    status: int = 200,
    headers: dict[str, str] | None = None,
    anonymous: bool = False,
    **context: Any,
) -> Response[bytes]:
    """One answer for both worlds: `block` alone when htmx asks for a part, else the whole page.

    `anonymous` pages carry nothing of the person, so the phone may keep them for offline use.
    """
    everything = _shared(request, anonymous) | context
    drawn = environment(everything["speech"].catalog).get_template(template)
    if block and request.headers.get("HX-Request") == "true":
        html = "".join(drawn.blocks[block](drawn.new_context(everything)))
    else:
        html = drawn.render(everything)
    answer = Response(
        html.encode("utf-8", "replace"),
        status_code=status,
        media_type="text/html",
        headers=_headers(request, anonymous) | (headers or {}),
    )
    return for_anyone(request, answer) if anonymous else answer


def go(request: Ask, to: str, headers: dict[str, str] | None = None) -> Response[bytes]:
    """After a plain form, 303 so that reload does not send it twice; htmx follows HX-Location."""
    if request.headers.get("HX-Request") == "true":
        return Response(b"", status_code=200, headers={"HX-Location": to, **PERSONAL, **(headers or {})})
    return Response(b"", status_code=303, headers={"Location": to, **PERSONAL, **(headers or {})})


def language(request: Ask) -> Language:
    return negotiate(request.headers.get("accept-language", "")[:200])


def _headers(request: Ask, anonymous: bool) -> dict[str, str]:
    return {
        **(SOMEWHERE if anonymous else PERSONAL),
        "Vary": "HX-Request, Accept-Language" + ("" if anonymous else ", Cookie"),
        "Content-Language": language(request).tag,
    }


def _shared(request: Ask, anonymous: bool) -> dict[str, Any]:
    speech = language(request)
    words.set_language(speech.catalog)
    viewer = None if anonymous else request.scope.get("viewer")
    return {
        "viewer": viewer,
        "config": config,
        "speech": speech,
        "lang": speech.tag,
        "dir": speech.direction,
        "here": request.url.path,
        "build": assets.build,
        "problems": {},
    }


@lru_cache(maxsize=16)
def environment(catalog: NullTranslations = words.AS_WRITTEN) -> Environment:
    """One for each language: sentences stand translated in its compiled templates."""
    env = Spoken(
        catalog,
        {"static": assets.url},
        loader=FileSystemLoader(ROOT / "web" / "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=config.dev,
        extensions=["jinja2.ext.i18n"],
    )
    env.install_gettext_callables(words._, words.ngettext, newstyle=True)  # type: ignore[attr-defined]
    env.globals["static"] = assets.url
    env.globals["ui"] = _macros(env)
    env.globals["tabs"] = _tabs(env)
    env.filters |= _filters() | {"has": lambda mask, bit: bool(mask & bit)}
    return env


def _macros(env: Environment) -> Any:
    """The macros as one global, so that a block drawn alone has them too."""
    if config.dev:

        class Fresh:
            def __getattr__(self, name: str) -> Any:
                return getattr(env.get_template("ui.html").module, name)

        return Fresh()
    template: Template = env.get_template("ui.html")
    return template.module


def _tabs(env: Environment) -> Callable[[str], Markup]:
    """The bar of every page; there are as many as there are doors in it."""

    @lru_cache(maxsize=None if not config.dev else 0)
    def drawn(door: str) -> Markup:
        return Markup(env.get_template("_tabs.html").render(here=door))  # noqa: S704 - our own words

    def tabs(here: str) -> Markup:
        inside = (door for door in DOORS if here == door or here.startswith(f"{door}/"))
        return drawn("/" if here == "/" else next(inside, ""))

    return tabs


def _filters() -> dict[str, Callable[..., str]]:
    def by_language(name: str) -> Callable[..., str]:
        from jinja2 import pass_context
        from jinja2.runtime import Context

        @pass_context
        def draw(context: Context, value: date | datetime | float | str, *args: Any) -> str:
            return str(getattr(context["speech"], name)(value, *args))

        return draw

    return {name: by_language(name) for name in ("day", "clock", "number", "country", "ago")}
