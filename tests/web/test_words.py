"""Nothing is hard-wired: under a pseudo-language every visible word changes."""

import re
from datetime import UTC, datetime, timedelta
from gettext import NullTranslations
from html.parser import HTMLParser
from typing import Any

import pytest
from babel import Locale

from web import render
from web.language import Language, negotiate

Client = Any
PAGES = ["/", "/offline", "/stories", "/groups", "/nope"]
PAGES += [f"/help{end}" for end in ("", "/now", "/someone", "/missed", "/world")]
PAGES += [f"/journal{end}" for end in ("", "/new", "/write", "/shell")]
PAGES += [f"/account{end}" for end in ("", "/join", "/enter", "/recover")]
SIGNED_IN = ["/", *(f"/journal{end}" for end in ("", "/new", "/write", "/skies", "/search", "/removed"))]
SIGNED_IN += [f"/account{end}" for end in ("", "/devices", "/consents", "/passphrase", "/delete", "/leave")]
MARK = "⟦"


class Pseudo(NullTranslations):
    def gettext(self, message: str) -> str:
        return f"{MARK}{message}⟧" if message else message

    def ngettext(self, one: str, many: str, n: int) -> str:
        return self.gettext(one if n == 1 else many)


class Visible(HTMLParser):
    """Text nodes and spoken attributes outside scripts and of elements not marked as somebody's own words."""

    SPOKEN = ("aria-label", "placeholder", "title", "alt", "content")

    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []
        self.quiet = 0
        self.open: list[bool] = []

    def handle_starttag(self, tag: str, attrs: Any) -> None:
        given = dict(attrs)
        hush = tag in {"script", "style"} or given.get("translate") == "no"
        if tag not in {"meta", "link", "input", "br", "hr", "img", "use", "path", "circle", "line", "rect"}:
            self.open.append(hush)
            self.quiet += hush
        if not self.quiet and tag != "meta":
            self.found += [given[name] for name in self.SPOKEN if given.get(name)]

    def handle_endtag(self, tag: str) -> None:
        if self.open and tag not in {
            "meta",
            "link",
            "input",
            "br",
            "hr",
            "img",
            "use",
            "path",
            "circle",
            "line",
            "rect",
        }:
            self.quiet -= self.open.pop()

    def handle_data(self, data: str) -> None:
        if not self.quiet and re.search(r"[A-Za-z]{3}", data):
            self.found.append(data.strip())


class Marked(Language):
    """What the locale's own data says (days, countries) is translated too: mark it as such."""

    def day(self, *a: Any) -> str:
        return f"{MARK}{super().day(*a)}⟧"

    def clock(self, *a: Any) -> str:
        return f"{MARK}{super().clock(*a)}⟧"

    def country(self, *a: Any) -> str:
        return f"{MARK}{super().country(*a)}⟧"


@pytest.fixture
def pseudo(monkeypatch: Any) -> None:
    language = Marked(Locale.parse("en_GB"), Pseudo())
    monkeypatch.setattr(render, "negotiate", lambda _: language)


OWN = {"Beside", "· Beside"}  # the product's name stays


def unmarked(html: str) -> list[str]:
    reader = Visible()
    reader.feed(html)
    return [t for t in reader.found if t and t not in OWN and MARK not in t and "⟧" not in t]


@pytest.mark.parametrize("path", PAGES)
async def test_every_word_a_visitor_sees_is_translated(client: Client, pseudo: None, path: str) -> None:
    html = (await client.get(path)).text
    assert MARK in html
    assert unmarked(html) == []


@pytest.mark.parametrize("path", SIGNED_IN)
async def test_every_word_a_member_sees_is_translated(people: Any, pseudo: None, path: str) -> None:
    ana = await people("ana")
    html = (await ana.get(path)).text
    assert MARK in html
    assert unmarked(html) == []


@pytest.mark.parametrize(
    ("seconds", "said"),
    [
        (5, "1 minute"),
        (60, "1 minute"),
        (3600, "1 hour"),
        (86_400, "1 day"),
        (604_800, "1 week"),
        (5 * 604_800, "1 month"),
    ],
)
def test_one_of_a_unit_is_never_told_in_many_of_a_smaller_one(seconds: int, said: str) -> None:
    at = datetime(2026, 5, 1, tzinfo=UTC)
    assert negotiate("en-GB").ago(at - timedelta(seconds=seconds), at) == f"{said} ago"


def test_the_finder_finds_what_is_hard_wired() -> None:
    assert unmarked("<p>⟦good⟧</p><p>bad words</p>") == ["bad words"]
