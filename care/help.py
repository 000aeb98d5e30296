"""Where to turn: which crisis lines a person sees, and in which order.

The country is the person's choice, or a guess from their language setting; never from their address.
"""

import re
from collections.abc import Iterable
from datetime import date
from functools import cache

from care.helpline import Line, Phone, read

AGEING = 90  # days after which those who run Beside are asked to check a number again
STALE = 180  # days after which a line drops below the fresher ones
ANYWHERE = "ZZ"
REGION = re.compile(r"\s*[A-Za-z]{2,3}(?:-[A-Za-z]{4})?-([A-Za-z]{2})\s*(?:[-;]|$)")
LISTED_APART = {"emergency", "directory"}
NARROW = {"lgbtq", "child-harm"}


def choose(asked: str | None, accept_language: str, default: str) -> str:
    """The country to show: what was chosen before, else the region of the phone's language, else the default.

    A region we hold nothing for still wins over the default: foreign numbers would not connect.
    """
    if asked and re.fullmatch("[A-Za-z]{2}", asked):
        return asked.upper()
    return region(accept_language) or default


def region(accept_language: str) -> str | None:
    """`TW` from `zh-Hant-TW,zh;q=0.9`; None when no language names a region."""
    found = (REGION.match(part) for part in accept_language[:200].split(","))
    return next((match[1].upper() for match in found if match), None)


def countries() -> frozenset[str]:
    return frozenset(line.country for line in _shown()) - {ANYWHERE}


@cache
def covered() -> frozenset[str]:
    """The countries whose page has a line of its own, apart from emergency numbers and directories."""
    return frozenset(line.country for line in _shown() if line.kind not in LISTED_APART)


def lines(country: str, today: date) -> list[Line]:
    """Fresh before old, then for young people before for adults, then writing before speaking.

    Somebody under 25 may not be able to speak aloud where they are. Services that come in
    pairs (two languages, young and adult) are all here.
    """
    found = [line for line in _shown() if line.country == country and line.kind not in LISTED_APART]
    return sorted(
        found, key=lambda line: (line.stale(today, STALE), _group(line), _effort(line), not line.always)
    )


def doors(found: Iterable[Line]) -> list[tuple[str, Line]]:
    """At most two ways in for the top of the page, each `(way, line)`: one to write, one to call.

    An unnamed button must fit whoever presses it, so only lines for all of 13 to 25 stand behind it,
    those that answer day and night first. Where no line fits all, two numbers stand there and say
    whom they are for; where no line speaks all languages, two that together speak more.
    """
    ranked = sorted(found, key=lambda line: (not line.all, not line.always))
    fitting = [line for line in ranked if line.all]
    write = [(way, line) for way in ("text", "whatsapp", "chat") for line in fitting if getattr(line, way)]
    call = [("call", line) for line in fitting if line.phones]
    other = [] if write or not call else [c for c in call if not {*c[1].languages} & {*call[0][1].languages}]
    return [*write[:1], *call[:1], *other[:1]] or [("call", line) for line in ranked if line.phones][:2]


def emergency(country: str) -> tuple[Phone, ...]:
    """Empty where we do not know the number: the page then says "your local emergency number"."""
    found = (line.phones for line in _shown() if line.country == country and line.kind == "emergency")
    return next(found, ())


def directories() -> list[Line]:
    """Other people's lists of lines everywhere, for where we have none. Linked, never copied."""
    return [line for line in _shown() if line.kind == "directory" and line.site]


def for_children(country: str, today: date) -> list[Line]:
    """For somebody who is too young for Beside: children's lines there, else all there are."""
    found = lines(country, today)
    return [line for line in found if line.children] or found or directories()


@cache
def numbers() -> frozenset[str]:
    """Every number people may be shown, digits only: a post that names one gives away nobody's number."""
    said = [phone.number for line in _shown() for phone in line.phones]
    said += [text.number for line in _shown() for text in (line.text, line.whatsapp) if text]
    said += [line.whatsapp.to for line in _shown() if line.whatsapp]
    return frozenset(re.sub(r"\D", "", number) for number in said)


def oldest(today: date) -> list[Line]:
    """What a person should check again: lines past `AGEING` days, oldest first, then the undated ones."""
    dated = [line for line in _shown() if line.stale(today, AGEING)]
    undated = [line for line in _shown() if line.as_of is None and line.kind != "emergency"]
    return sorted(dated, key=lambda line: line.as_of or today) + undated


@cache
def _shown() -> tuple[Line, ...]:
    return tuple(line for line in read() if line.shipped)


def _group(line: Line) -> int:
    if line.who == "primary":  # children younger than anyone who may use Beside
        return 3
    if line.kind not in {"youth", "text"}:
        return 2
    return 1 if line.who in NARROW else 0


def _effort(line: Line) -> int:
    return 0 if line.text else 1 if line.writes else 2
