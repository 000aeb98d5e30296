"""One crisis line: what a record of data/crisis_lines.json holds, and how to say it in plain words."""

import json
import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, time
from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import quote

from care.words import N_, _

DATA = Path(__file__).parent / "data" / "crisis_lines.json"


@dataclass(frozen=True)
class Audience:
    words: str
    children: bool = False
    """Somebody under 13 is meant to turn here."""
    all: bool = False
    """Whoever is 13 to 25 may turn here, whatever it is about."""


WHO = {
    "anyone": Audience(N_("Anyone"), all=True),
    "mobile": Audience(N_("Anyone, from a mobile phone"), all=True),
    "young": Audience(N_("Young people"), all=True),
    "all-young": Audience(N_("Children, teens and young adults"), children=True, all=True),
    "students-26": Audience(N_("Children, and students up to 26"), children=True, all=True),
    "children": Audience(N_("Children"), children=True),
    "children-teens": Audience(N_("Children and teens"), children=True),
    "children-families": Audience(N_("Children and families"), children=True),
    "child-harm": Audience(N_("Children and teens who are being hurt or left alone"), children=True),
    "child-worry": Audience(N_("Children, and anyone worried about a child"), children=True),
    "primary": Audience(N_("Children in primary school"), children=True),
    "teens": Audience(N_("Teens")),
    "adults": Audience(N_("Adults")),
    "bogota": Audience(N_("Anyone, in Bogotá")),
    "buenos-aires": Audience(N_("Anyone. 135 is for Greater Buenos Aires, the longer number for elsewhere")),
    "first-nations": Audience(N_("Aboriginal and Torres Strait Islander people")),
    "lgbtq": Audience(N_("LGBTQ+ young people under 25")),
    "men": Audience(N_("Anyone, made with men in mind")),
    "suicide": Audience(N_("Anyone with thoughts of suicide or self-harm")),
    "under-35-suicide": Audience(N_("Under 35 with thoughts of suicide, or worried about someone")),
    "danger": Audience(N_("Anyone in danger"), all=True),
}
DAYS = {"": N_("every day"), "Mo-Sa": N_("Monday to Saturday")}
COST = {"free": N_("free to call"), "free-unlisted": N_("free, won’t show on your phone bill")}


@dataclass(frozen=True)
class Phone:
    number: str
    """As the service writes it; never in international form, which short codes do not have."""
    then: str = ""
    """The key to press once they answer."""

    @property
    def href(self) -> str:
        """`*` is percent-encoded: some phones cut a bare one off and would dial something else."""
        return "tel:" + quote(re.sub(r"[^\d*#]", "", self.number), safe="")


@dataclass(frozen=True)
class Text:
    number: str
    say: str = ""

    @property
    def href(self) -> str:
        """`?&body=` is the one form that both Android and iOS read as a ready-written message."""
        to = "sms:" + re.sub(r"\D", "", self.number)
        return f"{to}?&body={quote(self.say)}" if self.say else to


@dataclass(frozen=True)
class WhatsApp:
    number: str
    to: str
    """International form, digits only: the one place it is needed."""

    @property
    def href(self) -> str:
        return f"https://wa.me/{self.to}"


@dataclass(frozen=True)
class Span:
    """When one way of reaching a line (`phone`, `chat`, or "" for all) is answered, local time."""

    way: str
    days: str = ""
    opens: time | None = None
    closes: time | None = None

    @property
    def always(self) -> bool:
        return self.opens is None

    def words(self, clock: Callable[[time], str]) -> str:
        if self.opens is None or self.closes is None:
            return _("24 hours, every day")
        closes = clock(self.closes) if self.closes != time(0) else _("midnight")
        words = _("{opens} to {closes}, {days}")
        return words.format(opens=clock(self.opens), closes=closes, days=_(DAYS[self.days]))


@dataclass(frozen=True)
class Line:
    country: str
    kind: str
    name: str
    who: str
    ages: tuple[int, int] | None
    phones: tuple[Phone, ...]
    text: Text | None
    whatsapp: WhatsApp | None
    chat: str
    site: str
    hours: tuple[Span, ...]
    languages: tuple[str, ...]
    more_languages: int
    cost: str
    source: str
    as_of: date | None
    confidence: str

    @property
    def shipped(self) -> bool:
        """C is a single weak source or a conflict: a wrong number is worse than none."""
        return self.confidence in {"A", "B"}

    @property
    def children(self) -> bool:
        return WHO[self.who].children if self.ages is None else self.ages[0] <= 10

    @property
    def all(self) -> bool:
        return WHO[self.who].all if self.ages is None else self.ages[0] <= 13 and self.ages[1] >= 24

    @property
    def writes(self) -> bool:
        return bool(self.text or self.whatsapp or self.chat)

    @property
    def always(self) -> bool:
        return any(span.always for span in self.hours)

    def who_words(self) -> str:
        if self.ages is None:
            return _(WHO[self.who].words)
        least, most = self.ages
        if least:
            return _("Ages {least} to {most}").format(least=least, most=most)
        return _("Under {age}").format(age=most + 1)

    def cost_words(self) -> str:
        return _(COST[self.cost]) if self.cost else ""

    def stale(self, today: date, days: int) -> bool:
        return self.as_of is not None and (today - self.as_of).days > days


@cache
def read() -> tuple[Line, ...]:
    """Every record, the ones never shown included, in the file's order."""
    return tuple(_line(r) for r in json.loads(DATA.read_text(encoding="utf-8"))["records"])


def _line(r: dict[str, Any]) -> Line:
    doubted = r.get("unverified", [])
    phones = [{"number": p} if isinstance(p, str) else p for p in r.get("phone", [])]
    least_most = r.get("ages")
    return Line(
        **{key: r[key] for key in ("country", "kind", "name", "who", "source", "confidence")},
        ages=(least_most[0], least_most[1]) if least_most else None,
        phones=tuple(Phone(**p) for p in phones),
        text=Text(**r["text"]) if "text" in r else None,
        whatsapp=WhatsApp(**r["whatsapp"]) if "whatsapp" in r else None,
        chat="" if "chat" in doubted else r.get("chat", ""),
        site="" if "site" in doubted else r.get("site", ""),
        hours=_spans(r.get("hours", {})),
        languages=tuple(r["languages"]),
        more_languages=r.get("more_languages", 0),
        cost=r.get("cost", ""),
        as_of=_day(r["as_of"]),
    )


def _day(said: str) -> date | None:
    """`2021-11` counts as its first day: better thought older than it is."""
    if said == "undated":
        return None
    return date.fromisoformat(said if len(said) > 7 else f"{said}-01")


def _spans(said: str | dict[str, str]) -> tuple[Span, ...]:
    ways = {"": said} if isinstance(said, str) else said
    return tuple(_span(way, hours) for way, hours in ways.items())


def _span(way: str, hours: str) -> Span:
    if hours == "24/7":
        return Span(way)
    days, _space, times = hours.rpartition(" ")
    opens, closes = (time.fromisoformat(t.replace("24:00", "00:00")) for t in times.split("-"))
    return Span(way, days, opens, closes)
