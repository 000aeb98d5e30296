"""The rules of an account: who may have one, with which passphrase, and what they agree to."""

import re
import unicodedata
from dataclasses import dataclass
from datetime import date, datetime
from typing import Protocol

from care import ages, names
from care.words import N_, _

SHORTEST_PASSPHRASE = 15
"""Characters, counted as code points after NFC (NIST SP 800-63B-4: 15 where it is the only factor)."""
LONGEST_PASSPHRASE = 1024
"""Bytes: more would only feed the hash."""
CODES = 10
TEXT_VERSION = "2026-11"
"""Of the meanings below. A changed meaning gets a new version; an earlier yes stays a yes to what it said."""

CONSENTS: dict[str, tuple[str, str]] = {
    "journal": (
        N_("Keep my journal"),
        N_("What I write is saved on this Beside, locked with a key of my own. An account needs this."),
    ),
    "community": (
        N_("Stories and groups"),
        N_("What I share there can be seen by others my age, and is checked by moderators first."),
    ),
    "reminders": (N_("Reminders"), N_("Beside may send this phone a short, neutral note at times I choose.")),
    "research": (
        N_("Research"),
        N_("My numbers, never my words or name, may be counted with many others’ to see if Beside helps."),
    ),
    "organisation": (
        N_("My organisation"),
        N_("If I joined through a school or charity, it may see totals for ten people or more, never me."),
    ),
}


class Form(Protocol):
    def text(self, name: str) -> str: ...
    def has(self, name: str) -> bool: ...


class Problems(dict[str, str]):
    """What to mend, by field, in words still to be translated."""


@dataclass(frozen=True, slots=True)
class Stop:
    """No account for now, and why: `child`, `country` or `older`. Nothing of the form may be kept."""

    why: str
    country: str


@dataclass(frozen=True, slots=True)
class Draft:
    name: str
    passphrase: str
    band: str
    next_band_on: date | None
    country: str
    consents: tuple[str, ...]


def read(form: Form, now: datetime) -> Draft | Problems | Stop:
    """Whoever may not join is told so first, whatever else is in the form."""
    problems = Problems()
    country = form.text("country").strip().upper()[:2]
    if country not in ages.COUNTRIES:
        problems["country"] = N_("Please choose your country. It decides which help is shown to you.")
    birth = _birth(form, now, problems)
    if birth and (stop := _stop(ages.age(*birth, ages.today(now)), country, problems)):
        return stop
    name = names.tidy(_chosen(form))
    _note(problems, "name", names.problem(name))
    passphrase = plain(form.text("passphrase"))
    _note(problems, "passphrase", too_short(passphrase))
    if not form.has("consent_journal"):
        problems["consent_journal"] = N_(
            "An account keeps your journal, so it needs this yes. "
            "Without an account, everything you write stays on this phone."
        )
    if problems or birth is None:
        return problems
    band = ages.band(ages.age(*birth, ages.today(now)))
    given = tuple(kind for kind in CONSENTS if form.has(f"consent_{kind}"))
    return Draft(name, passphrase, band, ages.next_band_on(*birth, band), country, given)


def plain(passphrase: str) -> str:
    """What is hashed: one spelling per letter, and without the space phones add at the end."""
    return unicodedata.normalize("NFC", passphrase).strip()


def too_short(passphrase: str) -> str | None:
    if len(passphrase) < SHORTEST_PASSPHRASE:
        return N_("Please use at least 15 characters. Four words in a row are easy to remember.")
    if len(passphrase.encode("utf-8", "replace")) > LONGEST_PASSPHRASE:
        return N_("That is more than we can take. A few words are plenty.")
    return None


def plain_code(code: str) -> str:
    """A recovery code as it was made, however it was copied: capitals, gaps, o for 0, i and l for 1."""
    letters = "".join(c for c in code[:100].casefold() if c.isalnum())
    return letters.translate(str.maketrans("oil", "011"))


def local(path: str) -> str:
    """A path on this site to go on to, or `/`. Browsers read `//x`, `/\\x` and tabs inside as other sites."""
    safe = re.fullmatch(r"/(?![/\\])[!-~]*", path) and "\\" not in path
    return path if safe and not path.startswith(("/account/enter", "/account/join")) else "/"


def device(user_agent: str) -> str:
    """`Firefox/Android`: enough to know one's own phone by, and nothing that tells two apart."""
    return f"{_first(user_agent, BROWSERS)}/{_first(user_agent, SYSTEMS)}"


def device_words(label: str) -> str:
    browser, _slash, system = label.partition("/")
    if browser and system:
        return _("%(browser)s on %(system)s") % {"browser": browser, "system": system}
    return browser or system or _("A device we don’t know")


# The first match counts: most browsers also name the ones they descend from.
BROWSERS = {
    "Firefox": "Firefox", "FxiOS": "Firefox", "Edg": "Edge", "OPR/": "Opera",
    "SamsungBrowser": "Samsung Internet", "CriOS": "Chromium", "Chrome/": "Chromium", "Safari/": "Safari",
}  # fmt: skip
SYSTEMS = {
    "Android": "Android", "iPhone": "iPhone", "iPad": "iPad", "CrOS": "Chromebook", "Windows": "Windows",
    "Mac OS": "Mac", "Linux": "Linux",
}  # fmt: skip


def _first(text: str, marks: dict[str, str]) -> str:
    return next((word for mark, word in marks.items() if mark in text[:500]), "")


def _chosen(form: Form) -> str:
    """Their own name, or the suggestion they tapped when the field is empty or still holds a refused one."""
    own, tapped = form.text("name"), form.text("suggested")
    return tapped if tapped and own.strip() in {"", form.text("refused").strip()} else own


def _birth(form: Form, now: datetime, problems: Problems) -> tuple[int, int] | None:
    month, year = _number(form.text("birth_month")), _number(form.text("birth_year"))
    if month not in range(1, 13):
        problems["birth_month"] = N_("Please choose the month you were born in.")
    this = ages.today(now)
    if year not in range(this.year - ages.OLDEST_EVER, this.year + 1):
        problems["birth_year"] = N_("Please write the year you were born in, with four numbers.")
    elif month in range(1, 13) and (year, month) > (this.year, this.month):
        problems["birth_year"] = N_("That is still to come. Please check the month and the year.")
    if month is None or year is None or {"birth_month", "birth_year"} & problems.keys():
        return None
    return year, month


def _number(text: str) -> int | None:
    return int(text) if re.fullmatch(r"[0-9]{1,4}", text.strip()) else None


def _stop(age: int, country: str, problems: Problems) -> Stop | None:
    known = "" if "country" in problems else country
    if age < ages.YOUNGEST:
        return Stop("child", known)
    if age > ages.OLDEST:
        return Stop("older", known)
    if known and age < ages.consent_age(known):
        return Stop("country", known)
    return None


def _note(problems: Problems, field: str, words: str | None) -> None:
    if words:
        problems[field] = words
