"""What a page needs that shows where to turn: the lines of one country, said in the reader's language."""

from datetime import UTC, date, datetime, time
from typing import Any
from unicodedata import normalize

from babel.lists import format_list
from litestar import Request

from care import help, ladder, safety
from care.clock import now
from care.helpline import Line
from care.words import ngettext
from config import config
from web.language import Language
from web.render import language


def lines(request: Request[Any, Any, Any], country: str = "") -> dict[str, Any]:
    """The context of help/_quiet.html, _careful.html, _calm.html and _someone.html, and of Help now itself.

    Without `country`, the one chosen on this phone, else a guess from its language setting.
    """
    speech, today = language(request), now().date()
    accepted = request.headers.get("accept-language", "")
    code = country or help.choose(request.cookies.get("country"), accepted, config.default_country)
    found = help.lines(code, today)
    return {
        "country": code,
        "place": _name(speech, code),
        "lines": found or help.directories(),
        "checked": bool(found),
        "doors": help.doors(found),
        "emergency": help.emergency(code),
        "stale": lambda line: line.stale(today, help.STALE),
        "tongues": lambda line: _tongues(speech, line),
        "clock": lambda at: _clock(speech, at),
    }


def countries(speech: Language) -> list[tuple[str, str]]:
    """Code and name, in the order a reader looks for them."""
    named = [(code, speech.country(code)) for code in help.countries()]
    return sorted(named, key=lambda pair: normalize("NFD", pair[1]).casefold())


def heard(text: str) -> dict[str, Any]:
    """Which help these words ask for: `card`, empty for none, and `missed`, which is what was heard."""
    reading = safety.read(text)
    told = {"verdict": "other" if reading.about == "other" else reading.tier}
    rules = list(dict.fromkeys(one.rule for one in reading.matched))
    return {"card": ladder.card(reading.tier, reading.about), "missed": told | {"rules": rules}}


def _name(speech: Language, country: str) -> str:
    """Empty for what is no country: nothing a visitor typed is ever shown back."""
    known = country in speech.locale.territories and country != help.ANYWHERE
    return speech.country(country) if known else ""


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
