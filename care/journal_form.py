"""Reads what a phone or a plain form sends into a Draft, or says in plain words what to mend."""

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from typing import Protocol
from uuid import UUID

from care.feelings import EMOTIONS, is_own_tag
from care.journal import KINDS, Draft, Entry, Problems, Words, at_chosen
from care.moments import instant, local, the_day, the_time, zone
from care.words import N_

MOST_NOTE, MOST_WORD, MOST_EMOTIONS, MOST_TAGS = 2000, 24, 5, 8
SHOWN_AGAIN = 100
"""The most words of one kind a refused form shows again: nobody types more."""
CLOCKS_DIFFER = timedelta(minutes=2)
"""Less than this between the phone's clock and ours is the network, not a wrong clock."""


class Form(Protocol):
    def text(self, name: str) -> str: ...
    def all(self, name: str) -> list[str]: ...


@dataclass(frozen=True, repr=False)
class Filled:
    """What a form shows: the person's own words as they sent them, right or wrong, so that none is lost."""

    id: str = ""
    kind: str = "checkin"
    prompt: str = ""
    mood: int | None = None
    energy: int | None = None
    emotions: tuple[str, ...] = ()
    tags: tuple[str, ...] = ()
    note: str = ""
    day: str = ""
    time: str = ""
    tz: str = ""
    felt_at: str = ""

    @property
    def own_words(self) -> list[str]:
        return [word for word in self.emotions if word not in EMOTIONS and len(word) <= MOST_WORD]

    @property
    def own_tags(self) -> list[str]:
        return [tag for tag in self.tags if is_own_tag(tag) and len(tag) <= MOST_WORD]

    @property
    def long_word(self) -> str:
        return next((word for word in self.emotions if len(word) > MOST_WORD), "")

    @property
    def long_tag(self) -> str:
        return next((tag for tag in self.tags if len(tag) > MOST_WORD), "")


def again(form: Form) -> Filled:
    """The form as it was sent."""
    ignored = Problems()
    kind = form.text("kind")
    return Filled(
        kind=kind if kind in KINDS else "checkin",
        mood=_number(form.text("mood"), range(1, 6), ignored, ""),
        energy=_number(form.text("energy"), range(4), ignored, ""),
        emotions=_list(form.all("emotions"))[:SHOWN_AGAIN],
        tags=_list(form.all("tags"))[:SHOWN_AGAIN],
        **{name: form.text(name) for name in ("id", "prompt", "note", "day", "time", "tz", "felt_at")},
    )


def of(entry: Entry) -> Filled:
    """The form to edit an entry with; its own day, time and zone stand in it."""
    words = entry.words
    return Filled(
        id=str(entry.cid),
        kind=entry.kind,
        prompt=words.prompt,
        mood=entry.mood,
        energy=entry.energy,
        emotions=words.emotions,
        tags=words.tags,
        note=words.note,
        day=entry.local_date.isoformat(),
        time=f"{entry.at:%H:%M}",
        tz=entry.tz,
        felt_at=entry.felt_at.isoformat(),
    )


def read(form: Form, now: datetime) -> Draft | Problems:
    """Never raises, whatever the form holds. Call `too_far` once it is known to be a new entry."""
    problems = Problems()
    kind = form.text("kind") or "checkin"
    if kind not in KINDS:
        problems["kind"] = N_("That is not something the journal can keep.")
    mood = _number(form.text("mood"), range(1, 6), problems, "mood")
    if kind == "checkin" and mood is None:
        problems.setdefault("mood", N_("Choose a sky first. Any of the five."))
    energy = _number(form.text("energy"), range(4), problems, "energy")
    words = _words(form, kind, problems)
    draft = Draft(_cid(form, problems), kind, mood, energy, words, now, "UTC", now.date(), now)
    draft = _when(form, draft, now, problems)
    return problems or draft


def clean_word(text: str) -> str:
    """One line without control or direction marks; the joiners that emoji and Persian need stay."""
    kept = (
        c
        for c in text
        if c in "\u200c\u200d" or unicodedata.category(c) not in {"Cc", "Cf", "Cs"} or c in "\t\n"
    )
    return " ".join("".join(kept).split())


def _words(form: Form, kind: str, problems: Problems) -> Words:
    note = re.sub("[\x00\ud800-\udfff]", "", form.text("note").replace("\r\n", "\n").replace("\r", "\n"))
    note = note.strip()
    if len(note) > MOST_NOTE:
        problems["note"] = N_(
            "That is longer than 2,000 characters. Make it a little shorter, or keep it in two."
        )
    if kind in {"note", "prompt", "letter"} and not note:
        problems["note"] = N_("Write something first. A word is enough.")
    emotions, tags = _list(form.all("emotions")), _list(form.all("tags"))
    if len(emotions) > MOST_EMOTIONS:
        problems["emotions"] = N_("Choose up to five words.")
    elif any(len(word) > MOST_WORD for word in emotions):
        problems["emotions"] = N_("Your own word can have up to 24 characters.")
    if len(tags) > MOST_TAGS:
        problems["tags"] = N_("Choose up to eight of these.")
    elif any(len(tag) > MOST_WORD for tag in tags):
        problems["tags"] = N_("Your own can have up to 24 characters.")
    prompt = form.text("prompt") if kind == "prompt" else ""
    # A phone may know prompts that this server no longer has: keep the words, drop odd keys.
    known = re.fullmatch(r"[a-z0-9-]{1,40}", prompt)
    return Words(note, emotions, tags, prompt if known else "")


def _list(values: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(filter(None, map(clean_word, values))))


def _number(text: str, allowed: range, problems: Problems, name: str) -> int | None:
    numbers = {str(n): n for n in allowed}
    if text.strip() and text.strip() not in numbers:
        problems[name] = N_("Choose one of these.")
    return numbers.get(text.strip())


def _cid(form: Form, problems: Problems) -> UUID | None:
    text = form.text("id").strip().lower()
    if not text:
        return None
    if re.fullmatch(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", text):
        return UUID(text)
    problems["id"] = N_("This entry has an unreadable number. Copy your words and start a new one.")
    return None


def _when(form: Form, draft: Draft, now: datetime, problems: Problems) -> Draft:
    felt, tz = instant(form.text("felt_at"), form.text("tz")), form.text("tz").strip()
    if tz and zone(tz) is None:
        problems["tz"] = N_("We do not know that time zone. Check the phone's date and time settings.")
        tz = ""
    if form.text("felt_at").strip() and felt is None and "tz" not in problems:
        problems["felt_at"] = N_("We could not read the day and time. Choose them again.")
    sent = instant(form.text("sent_at"))
    wrong_by = now - sent if sent and abs(now - sent) > CLOCKS_DIFFER else timedelta()
    edited = instant(form.text("edited_at"))
    draft = replace(
        draft,
        tz=tz or (str(felt.tzinfo) if felt else "UTC"),
        edited_at=min(_shift(edited, wrong_by) or now, now),
        chosen=_chosen(form, problems),
    )
    draft = at_chosen(draft, now) if draft.chosen else _at(draft, _shift(felt, wrong_by) or now)
    if draft.felt_at > now and not sent and draft.felt_at - now > CLOCKS_DIFFER:
        problems["day"] = N_("That moment has not come yet. Choose a time up to now.")
    return draft if draft.felt_at <= now else _at(draft, now)


def _chosen(form: Form, problems: Problems) -> tuple[date, time | None] | None:
    day, at = form.text("day").strip(), form.text("time").strip()
    if not day:
        return None
    found = the_day(day), the_time(at)
    if found[0] is None or (at and found[1] is None):
        problems["day"] = N_("We could not read the day and time. Choose them again.")
        return None
    return found[0], found[1]


def _at(draft: Draft, felt: datetime) -> Draft:
    return replace(draft, felt_at=felt, local_date=local(felt, draft.tz).date())


def _shift(moment: datetime | None, by: timedelta) -> datetime | None:
    return (moment + by).astimezone(UTC) if moment else None
