"""What tells who or where somebody is, in words to be shared: names, schools, handles, places, dates, work.

It marks and suggests and never blocks: a person reads what is shared, and the writer decides. No list
knows every name, so it also looks at what stands around a capital. English and Spanish.
"""

import re
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache

from care.reading import LONGEST, RULES
from care.words import N_

NAME, SCHOOL, HANDLE, PLACE, DATE, WORK, CLUB = "name", "school", "handle", "place", "date", "work", "club"

MOST = 100
"""More marks than this help nobody."""

WHY = {
    NAME: N_("This looks like somebody’s name."),
    SCHOOL: N_("This looks like the name of a school."),
    HANDLE: N_("This looks like a name on another app."),
    PLACE: N_("This looks like where somebody is."),
    DATE: N_("An exact day can tell who somebody is."),
    WORK: N_("This looks like where somebody works."),
    CLUB: N_("This looks like a place where somebody can be found."),
}
INSTEAD = {
    NAME: N_("a friend, my sister, a teacher"),
    SCHOOL: N_("my school"),
    HANDLE: N_("nothing: leave it out"),
    PLACE: N_("my town"),
    DATE: N_("one spring, last year"),
    WORK: N_("where I work"),
    CLUB: N_("my club, a hospital"),
}


@dataclass(frozen=True, slots=True, order=True)
class Found:
    """`start` and `end` are places in the text as it was written."""

    start: int
    end: int
    kind: str


def find(text: str) -> tuple[Found, ...]:
    """In the order of the text; none of them overlap. What lies beyond LONGEST characters is not read."""
    text = text[:LONGEST].replace("’", "'")
    kept: list[Found] = []
    for found in _all(text):
        if len(kept) == MOST:
            break
        if found.end > found.start and all(found.end <= one.start or one.end <= found.start for one in kept):
            kept.append(found)
    return tuple(sorted(kept))


_LISTS = tomllib.loads((RULES / "identity.toml").read_text("utf-8"))


@cache
def _set(*names: str) -> frozenset[str]:
    return frozenset(word for name in names for word in _LISTS[name].split())


def _any(*names: str) -> str:
    return "|".join(sorted(map(re.escape, _set(*names)), key=len, reverse=True))


_NAMES, _WORDY, _CAPITALS = _set("names") - _set("also_words"), _set("also_words"), _set("capitals")
_TOWNS = _set("towns") - _set("towns_also_words")
_SURE = _NAMES - _CAPITALS
_UP = r"[A-ZÀ-ÖØ-Þ][\w'-]{0,30}"
_UPS = rf"{_UP}(?:\s(?:de\s(?:la\s|los\s)?|del\s|la\s|of\s)?{_UP}){{0,3}}"
_FACILITY = {SCHOOL: ("school", "school_es"), CLUB: ("club", "club_es")}


def _shape(say: str) -> re.Pattern[str]:
    lists = {"up": _UP, "ups": _UPS, "months": _any("months", "months_es")}
    lists["people"] = _any("people", "people_es")
    return re.compile(re.sub(r"<(\w+)>", lambda hit: lists.get(hit[1]) or _any(hit[1]), say))


_SHAPES = tuple((shape["kind"], _shape(shape["say"])) for shape in _LISTS["shape"])
_LOWER = _shape(r"\b(?i:<people>) ([a-zà-ÿ]+)\b")
_CAP = re.compile(rf"\b{_UP}")
_IN = re.compile(r"\b(?i:in|near|from|to|outside|around|en|desde|hacia|cerca de|soy de|vivo en)\s$")
_LIVES = _shape(r"\b(?i:<lives>|grew up) (?i:in|to|near|from|en|a|de|cerca de) $")
_SENTENCE = re.compile(r"(?:^|[.!?…:;\n\"“”«»(¿¡–—-])\s*[\"“'«(¿¡]*\s*$")
_LAST = re.compile(r"(\w[\w']*)\s$")
_FIRST = re.compile(r"^\W{0,2}(\w[\w']*)")
_SAID, _BEFORE = _set("said"), _set("before")


def _all(text: str) -> Iterator[Found]:
    """The surest first: what comes later must not overlap."""
    for kind, pattern in _SHAPES:
        for hit in pattern.finditer(text):
            start, end = hit.span(1)
            if _tells(kind, text, start, end):
                yield Found(start, end, kind)
    for hit in _LOWER.finditer(text):
        if hit[1] in _SURE and hit[1] not in _set("also_lower"):
            yield Found(*hit.span(1), NAME)
    for hit in _CAP.finditer(text):
        if kind := _capital(text, hit.start(), hit.end()):
            end = hit.end() - 2 if hit.group().endswith("'s") else hit.end()
            yield Found(hit.start(), _surname(text, end) if kind == NAME else end, kind)


def _tells(kind: str, text: str, start: int, end: int) -> bool:
    """Whether what a pattern found names something: `my High School` and `Mum's College` name nothing."""
    said = text[start:end]
    caps = [one.group().removesuffix("'s").casefold() for one in _CAP.finditer(said)]
    if kind in {HANDLE, DATE}:
        return not (kind == HANDLE and (said.casefold() in _CAPITALS or "LINE" in said))
    known = _CAPITALS | _set("titles")
    if kind in _FACILITY:
        general = _set(*_FACILITY[kind]) | {"my", "our", "the", "a", "mi", "el", "la", "saint", "st"}
        starts = bool(_SENTENCE.search(text[:start]))
        named = [word for word in caps if word not in general | known]
        # "Our College": the first word of a sentence has a capital for that alone.
        if starts and named and caps and named[0] == caps[0] and named[0] in _set("openers"):
            named = named[1:]
        return bool(named) or said[:3] in {"St ", "St."}
    if kind == WORK:
        return caps[0] not in _set("family") if caps else False
    if kind == NAME and not caps:
        return said.casefold() in _SURE | _WORDY or text[:start].casefold().endswith(_MY_NAME)
    if kind == NAME:
        return caps[0] not in known or (
            len(caps) > 1 and caps[1] not in _CAPITALS and caps[0] in _set("titles")
        )
    return True


_MY_NAME = ("my name is ", "my name's ", "i'm called ", "me llamo ", "mi nombre es ")


def _capital(text: str, start: int, end: int) -> str:
    """What a word with a capital is by its own right or by what stands around it; "" for nothing."""
    word = text[start:end].removesuffix("'s").casefold()
    before, after = text[max(0, start - 24) : start], text[end : end + 16]
    opens = bool(_SENTENCE.search(text[max(0, start - 6) : start]))
    if word in _TOWNS or (word in _set("towns_also_words") and (_LIVES.search(before) or _IN.search(before))):
        return PLACE
    if word in _SURE:
        return NAME
    last, first = _LAST.search(before), _FIRST.search(after)
    says = bool(first and first[1].casefold() in _SAID)
    if word in _WORDY and word not in {"may", "april", "june", "august", "will"}:
        beside = bool(last and last[1].casefold() in _BEFORE)
        return NAME if (says and not opens) or (beside and not opens) else ""
    if word in _CAPITALS or word in _WORDY or opens or not word.isalpha() or text[start:end].isupper():
        return ""
    if _LIVES.search(before) or (_IN.search(before) and not says):
        return PLACE
    return NAME if says or (last and last[1].casefold() in _BEFORE) else ""


def _surname(text: str, end: int) -> int:
    """Where a full name ends."""
    more = re.match(rf"\s({_UP})", text[end : end + 30])
    if more and more[1].removesuffix("'s").casefold() not in _CAPITALS:
        return end + len(more.group().removesuffix("'s"))
    return end
