"""What a notice says, inside and on a lock screen, and when it may go out.

A phone is told one of two neutral sentences, whatever happened: a minute for you, or a new note.
Nothing of what a member wrote, felt, is called or belongs to is ever part of it.
"""

import json
import re
from dataclasses import asdict, dataclass, field
from datetime import datetime, time, timedelta

from care.moments import local
from care.reminders import EVERY_DAY, STALE, Quiet, next_utc
from care.words import N_, _

TITLE = "Beside"
MINUTE, NOTE, PAGE = "minute", "note", "page"
"""The three faces a push can have: a check-in reminder (an after-care question looks the same), anything
in the inbox, and somebody on duty being called."""

FACES = {
    MINUTE: (N_("A minute for you?"), "/journal/new", "low"),
    NOTE: (N_("You have a new note"), "/notices", "low"),
    PAGE: (N_("Please look in when you can"), "/notices", "high"),
}
"""Words, where a tap goes, and how urgent it is to the push service."""

CHOICES = {
    "minute": FACES[MINUTE][0],
    "time": N_("A moment, if you like"),
    "tea": N_("Time for a cup of tea"),
    "leaf": "🌱",
    "sun": "☀️",
}
"""What a reminder may say instead; or something of the person's own."""
LONGEST_WORDS = 40

SIZES = (1024, 2048)
"""Bytes: every payload is filled up to one of these, so that its length tells nothing. The first holds
even the longest words of one's own: a reminder and a note look alike on the way."""

ROUNDS = (time(12), time(15, 30), time(19))
"""On the person's own clock: what came in the meantime goes out together, so at most three times a day."""


@dataclass(frozen=True, slots=True)
class Kind:
    """`text` is for the inbox only. `chosen` kinds come to the phone when switched on, and only then."""

    text: str
    face: str = NOTE
    chosen: bool = True
    bundled: bool = True
    gentle: bool = False
    """Comes to the phone without a switch, since being willing was the yes; never in quiet hours."""
    people: bool = False
    """What other members did. In a break from them it waits, and is there afterwards."""


KINDS = {
    "reply": Kind(N_("Somebody answered what you shared."), people=True),
    "held": Kind(N_("A person is reading what you shared before others see it.")),
    "decided": Kind(N_("What you shared has been read. See what happens next.")),
    "talk": Kind(N_("Somebody from our team wrote to you.")),
    "meeting": Kind(
        N_("A meet-up you said yes to: it is coming, or there is news about it."), bundled=False, people=True
    ),
    "thanks": Kind(N_("Somebody thanked you."), people=True),
    "support": Kind(N_("Somebody sent you a kind sign for what you shared."), people=True),
    "asked": Kind(
        N_("Somebody has been waiting for an answer."),
        chosen=False,
        bundled=False,
        gentle=True,
        people=True,
    ),
    "group": Kind(N_("There is something new for you in a group."), people=True),
    "account": Kind(N_("Something about your account changed."), chosen=False),
    "stopped": Kind(
        N_("Your reminder has gone quiet, since it was not being used. Set it again whenever you like."),
        chosen=False,
    ),
    "duty": Kind(N_("Somebody may need you now."), face=PAGE, chosen=False, bundled=False),
}
"""Those that are neither chosen nor a page stay in the inbox."""
SWITCHES = {
    "reply": N_("Answers to what I shared"),
    "held": N_("When something of mine is being read"),
    "decided": N_("When something of mine was decided"),
    "talk": N_("When somebody from the team writes to me"),
    "meeting": N_("Meet-ups I said yes to"),
    "thanks": N_("Thanks"),
    "support": N_("Kind signs for what I shared"),
    "group": N_("Groups"),
}


@dataclass(frozen=True, slots=True)
class Said:
    """The few words a phone may show, in the person's language, as they were when they were chosen."""

    minute: str = ""
    note: str = ""
    page: str = ""
    heavy: str = ""
    okay: str = ""
    buttons: bool = True
    choice: str = "minute"
    own: str = ""
    language: str = "en"


def say(choice: str = "minute", own: str = "", buttons: bool = True, language: str = "en") -> Said:
    """In the language being spoken now. An unknown choice says the first."""
    chosen = own if choice == "own" and own else _(CHOICES.get(choice, CHOICES["minute"]))
    note, page = _(FACES[NOTE][0]), _(FACES[PAGE][0])
    known = choice if choice in CHOICES or own else "minute"
    return Said(chosen, note, page, _(N_("A bit heavy")), _(N_("Okay")), buttons, known, own, language)


def pack(said: Said) -> bytes:
    return json.dumps(asdict(said), ensure_ascii=False).encode()


def unpack(packed: bytes) -> Said:
    return Said(**json.loads(packed))


@dataclass(frozen=True, slots=True)
class Message:
    """One push: the bytes to encrypt, and what the push service is told beside them."""

    payload: bytes = field(repr=False)
    topic: str
    urgency: str
    ttl: int
    """Seconds."""


def message(face: str, said: Said, *, topic: str, ttl: int, badge: int, origin: str) -> Message:
    """The declarative shape, which phones show even without our worker; `origin` makes its address whole."""
    _words, path, urgency = FACES[face]
    notification: dict[str, object] = {
        "title": TITLE,
        "body": getattr(said, face) or _words,
        "lang": said.language,
        "navigate": origin + path,
        "tag": face,
        "app_badge": str(badge),
    }
    if face == MINUTE and said.buttons and said.heavy:
        notification["actions"] = [
            {"action": "mood-2", "title": said.heavy, "navigate": origin + path},
            {"action": "mood-4", "title": said.okay, "navigate": origin + path},
        ]
    body = json.dumps({"web_push": 8030, "notification": notification}, ensure_ascii=False).encode()
    return Message(body.ljust(next(size for size in SIZES if size >= len(body))), topic, urgency, ttl)


def send_at(kind: str, now: datetime, tz: str, hours: Quiet, at: datetime | None = None) -> datetime:
    """The next round that is not quiet; `at`, or now, for what cannot wait for one; now, or when quiet
    hours end, for what is gentle."""
    if KINDS[kind].gentle and not hours.covers(local(now, tz)):
        return now
    if not KINDS[kind].bundled and not KINDS[kind].gentle:
        return at or now
    rounds = (next_utc(now, each, tz, EVERY_DAY, hours) for each in ROUNDS if KINDS[kind].bundled)
    ends = (next_utc(now, span[1], tz, days, hours) for span, days in hours.spans())
    return min(
        [moment for moment in rounds if moment] or [moment for moment in ends if moment],
        default=now + timedelta(days=1),
    )


def until(kind: str, moment: datetime) -> datetime:
    return moment + (timedelta(minutes=30) if kind == "duty" else STALE)


def own_words(text: str) -> str:
    """One tidy line; what joins an emoji's parts stays."""
    shown = "".join(c if c.isprintable() or c in "\u200d\ufe0f" else " " for c in text)
    return re.sub(r"\s+", " ", shown).strip()
