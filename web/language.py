"""Which language and region a request speaks, and how days and numbers look there."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import cached_property, lru_cache
from gettext import GNUTranslations, NullTranslations
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from babel import Locale, UnknownLocaleError
from babel.core import get_global
from babel.dates import format_date, format_time, format_timedelta, get_timezone_name
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from babel.numbers import format_decimal

from care.clock import now
from config import ROOT

LOCALES = ROOT / "web" / "locale"


@dataclass(frozen=True)
class Language:
    locale: Locale
    catalog: NullTranslations

    @cached_property
    def tag(self) -> str:
        return str(self.locale).replace("_", "-")

    @property
    def direction(self) -> str:
        return self.locale.text_direction

    def day(self, value: date, style: str = "long") -> str:
        return format_date(value, style, locale=self.locale)

    def clock(self, value: datetime, tz: str = "UTC") -> str:
        return format_time(value.astimezone(zone(tz)), "short", locale=self.locale)

    def ago(self, value: datetime, at: datetime | None = None) -> str:
        """ "3 hours ago": as coarse as people say it, so that a page drawn now can be shown again."""
        past = int(((at or now()) - value).total_seconds())
        unit = next((unit for unit, span in _SPAN if past < span), 2_592_000)
        seconds = past // unit * unit if past >= 60 else 60
        said = self._ages.get(seconds)
        if said is None:
            said = self._ages[seconds] = format_timedelta(
                -timedelta(seconds=seconds), add_direction=True, threshold=1, locale=self.locale
            )
        return said

    @cached_property
    def _ages(self) -> dict[int, str]:
        """What was said before: there are a few dozen, and each list says twenty."""
        return {}

    def number(self, value: float) -> str:
        return format_decimal(value, locale=self.locale)

    def country(self, code: str) -> str:
        return str(self.locale.territories.get(code.upper(), code))

    def zone_name(self, tz: str) -> str:
        here = zone(tz)
        if (
            get_global("zone_territories").get(get_global("zone_aliases").get(here.key, here.key), "ZZ")
            != "ZZ"
        ):
            return get_timezone_name(here, locale=self.locale)
        # A clock of no country has no name that people say: UTC, or UTC-03.
        name = now().astimezone(here).tzname() or "UTC"
        return f"UTC{name}" if name[0] in "+-" else name


_SPAN = ((60, 3600), (3600, 86_400), (86_400, 7 * 86_400), (604_800, 5 * 604_800))
"""How many seconds are said in a unit before the next one is."""


def zone(tz: str) -> ZoneInfo:
    try:
        return ZoneInfo(tz)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return ZoneInfo("UTC")


@lru_cache(maxsize=64)
def negotiate(accept: str) -> Language:
    """The first language asked for that we speak; its region still shapes dates.

    `accept` is an Accept-Language header, cut to 200 characters by the caller.
    """
    for tag in _wanted(accept):
        try:
            locale = Locale.parse(tag, sep="-")
        except (UnknownLocaleError, ValueError, TypeError):
            continue
        if locale.language in spoken():
            return Language(locale, catalog(locale.language))
    return Language(Locale.parse("en_GB"), catalog("en"))


def _wanted(accept: str) -> list[str]:
    weighed = []
    for place, part in enumerate(accept.split(",")):
        tag, _, q = part.partition(";q=")
        try:
            weight = float(q or 1)
        except ValueError:
            continue
        weighed.append((-weight, place, tag.strip()))
    return [tag for _, _, tag in sorted(weighed) if tag]


@lru_cache(maxsize=1)
def spoken() -> frozenset[str]:
    return frozenset({"en", *(p.parent.parent.name for p in LOCALES.glob("*/LC_MESSAGES/beside.po"))})


@lru_cache(maxsize=32)
def catalog(language: str) -> NullTranslations:
    """The words of one language, compiled from its .po in memory: no build step to forget."""
    path = LOCALES / language / "LC_MESSAGES" / "beside.po"
    if not path.exists():
        return NullTranslations()
    from io import BytesIO

    with path.open("rb") as source:
        compiled = BytesIO()
        write_mo(compiled, read_po(source))
    compiled.seek(0)
    return GNUTranslations(compiled)
