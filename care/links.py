"""Links: web addresses in a text, also spelled ones, except those of places that help."""

import re
import tomllib
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

from care import helpline

DATA: dict[str, Any] = tomllib.loads((Path(__file__).parent / "rules" / "contact.toml").read_text("utf-8"))

_ENDS = "|".join(DATA["endings"])
_WEAK = "|".join(DATA["endings_that_are_words"])
DOT = r"\s?(?:\[\.\]|\(\.\)|\(dot\)|\[dot\]|\bdot\b|\bd0t\b|\bpunto\b)\s?"
_HOST = r"[a-z0-9](?:[a-z0-9-]{0,62})"
# Most texts have none of these, and are done.
_MAY = re.compile(
    r"[•·。‧∙▪⋅・●⚫🔴,*](?=\s?(?:com|net|org|gg|io|co|app|xyz|online|site|info|tv|chat)\b)|"
    r"[.(\[][^\s.]|\s\.\s|\.\s(?:com|net|gg|co)\b|d[o0]t\b|\bpunto\b|[:/]\s?/|\bwww"
)
_SAID = re.compile(r"d[o0]t\b|\bpunto\b|[\[(]\.|\s\.|\.\s(?:com|net|gg|co)\b")
_SCHEME = re.compile(
    r"\b(?:https?|hxxps?|ftp)\s?:\s?/\s?/\s?[^\s<>\"]{1,300}|\bwww\s?\.\s?[^\s<>\"]{2,300}"
    r"|\bwww\s[a-z0-9-]{2,40}\s(?:com|co|org|net|info|dot|es)\b(?:\s(?:uk|com|co|org|net|es)\b)?"
)
_BARE = re.compile(
    rf"(?<![\w@.-])(?:{_HOST}\.){{1,5}}(?:(?:{_ENDS})(?![\w-]|\.\w)(?:/[^\s]{{0,200}})?|(?:{_WEAK})/[^\s]{{1,200}})"
)
_SPELLED = re.compile(
    rf"\b[a-z0-9][a-z0-9-]{{1,40}}(?:{DOT}[a-z0-9-]{{1,40}}){{0,2}}"
    rf"(?:{DOT}(?:{_ENDS}|{_WEAK})\b|\s\.\s?(?:com|net|org|io|gg)\b|\.\s(?:com|net|gg|co\.uk)\b)"
)
# A dot of another shape, a comma for it, or no gap at all: "news•com", "news,com", "newsdotcom".
_SHAPED = re.compile(
    r"\b[a-z0-9][a-z0-9-]{1,40}(?:\s?[•·。‧∙▪⋅・●⚫🔴]\s?|,|dot|\*)(?:com|net|org|gg|io|co\.uk|app|xyz|online|site|info|tv|chat)\b"
)
_KNOWN = re.compile(r"\b(?:" + "|".join(map(re.escape, DATA["known_sites"])) + r")\b(?:/\S{0,200})?")
_ADDRESS_IN_DIGITS = re.compile(r"(?<![\w.])\d{1,3}(?:\.\d{1,3}){3}(?::\d{2,5}|/\S+)(?!\w)")


def find(text: str) -> Iterator[tuple[int, int]]:
    """Where links stand in the folded text."""
    if not _MAY.search(text):
        return
    spelled = (_SPELLED,) if _SAID.search(text) else ()
    for pattern in (_SCHEME, _BARE, _SHAPED, *spelled, _KNOWN, _ADDRESS_IN_DIGITS):
        for found in pattern.finditer(text):
            if not _helps(found.group()):
                yield found.span()


def helps(text: str) -> bool:
    """Whether the folded text holds the address of a place that helps."""
    if not _MAY.search(text):
        return False
    return any(_helps(found.group()) for pattern in (_SCHEME, _BARE) for found in pattern.finditer(text))


def _helps(link: str) -> bool:
    """Whether a link leads to a helpline: its host is one we know, or lies under one."""
    plain = re.sub(DOT, ".", link)
    plain = re.sub(r"\s", "", plain)
    host = re.split(r"[/?#:]", re.sub(r"^(?:https?|hxxps?|ftp):/+", "", plain))[0].rstrip(".,!)")
    if "@" in host:
        return False
    parts = host.split(".")
    return any(".".join(parts[at:]) in _sites() for at in range(len(parts) - 1))


@cache
def _sites() -> frozenset[str]:
    addresses = (address for line in helpline.read() for address in (line.site, line.chat) if address)
    hosts = {re.sub(r"^https?://(?:www\.)?", "", address).split("/")[0] for address in addresses}
    return frozenset(hosts) | frozenset(DATA["help_sites"])
