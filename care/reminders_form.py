"""Reads what somebody chose about reminders, or says in plain words what to mend."""

import re
from collections.abc import Collection
from dataclasses import dataclass
from datetime import time
from typing import Protocol
from urllib.parse import urlsplit

from care.journal import Problems
from care.moments import the_time, zone
from care.notices import CHOICES, LONGEST_WORDS, own_words
from care.reminders import PAUSES
from care.words import N_

DAY_LETTERS = tuple(str(day) for day in range(7))
PUSH_HOSTS = (
    "fcm.googleapis.com",
    "web.push.apple.com",
    "*.push.apple.com",
    "*.push.services.mozilla.com",
    "*.notify.windows.com",
)
"""The browsers' own services. A phone names its address to us, and we will call it: so only these."""
LONGEST_ENDPOINT = 1024


class Form(Protocol):
    def text(self, name: str) -> str: ...
    def all(self, name: str) -> list[str]: ...
    def has(self, name: str) -> bool: ...


@dataclass(frozen=True, slots=True)
class Draft:
    at: time
    days: int
    tz: str
    """Empty keeps the zone they have."""


@dataclass(frozen=True, slots=True)
class Hours:
    start: time
    end: time
    in_school: bool
    follows: bool


@dataclass(frozen=True, slots=True)
class Words:
    choice: str
    own: str
    buttons: bool


def read(form: Form) -> Draft | Problems:
    problems = Problems()
    at = the_time(form.text("time"))
    if at is None:
        problems["time"] = N_("Please choose a time, like 20:30.")
    days = sum(1 << int(day) for day in {*form.all("days")} & {*DAY_LETTERS})
    if not days:
        problems["days"] = N_("Please choose at least one day.")
    tz = form.text("tz").strip()
    if tz and zone(tz) is None:
        problems["tz"] = N_("We don’t know that time zone. One looks like Europe/London.")
    return problems if problems or at is None else Draft(at.replace(second=0, microsecond=0), days, tz)


def read_hours(form: Form) -> Hours | Problems:
    start, end = the_time(form.text("start")), the_time(form.text("end"))
    if start is None or end is None:
        which = "start" if start is None else "end"
        return Problems({which: N_("Please choose a time, like 22:00.")})
    return Hours(start, end, form.has("in_school"), form.has("follows"))


def read_words(form: Form) -> Words | Problems:
    choice, own = form.text("words"), own_words(form.text("own")[:1000])
    if choice == "own" and not own:
        return Problems({"own": N_("Please write a word or two, or choose one of the others.")})
    if len(own) > LONGEST_WORDS:
        return Problems({"own": N_("That is a little long for a lock screen. Forty letters are the most.")})
    return Words(choice if choice in {*CHOICES, "own"} else "minute", own, form.has("buttons"))


def read_pause(text: str) -> int | None:
    """Days; 0 ends a pause."""
    return int(text) if text in {str(days) for days in (0, *PAUSES)} else None


@dataclass(frozen=True, slots=True, repr=False)
class Phone:
    """Where a browser can be reached, and the keys it made for us."""

    endpoint: str
    p256dh: str
    auth: str


def read_phone(form: Form, also: Collection[str] = ()) -> Phone | None:
    """None for anything that is no browser's push address. `also` are origins an operator allows."""
    phone = Phone(form.text("endpoint"), form.text("p256dh").rstrip("="), form.text("auth").rstrip("="))
    fit = re.fullmatch(r"B[\w-]{86}", phone.p256dh, re.A) and re.fullmatch(r"[\w-]{22}", phone.auth, re.A)
    return phone if fit and reachable(phone.endpoint, also) else None


def reachable(endpoint: str, also: Collection[str] = ()) -> bool:
    """Whether we may send to this address: https, port 443, a browser's own service by name."""
    if len(endpoint) > LONGEST_ENDPOINT or not re.fullmatch(r"[!-~]+", endpoint) or "\\" in endpoint:
        return False
    try:
        parts = urlsplit(endpoint)
        port = parts.port
    except ValueError:
        return False
    if f"{parts.scheme}://{parts.netloc}" in also:
        return True
    host = parts.hostname or ""
    named = any(host == name or (name[0] == "*" and host.endswith(name[1:])) for name in PUSH_HOSTS)
    return parts.scheme == "https" and port in {None, 443} and "@" not in parts.netloc and named
