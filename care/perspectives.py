"""Asking how others see something: from which angle, how many, for how long, and where it stands."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol
from uuid import UUID

from care import controls
from care.rulings import PUBLISHED
from care.shared import Draft, Words
from care.words import N_

ASK, VIEW = "ask", "view"
SITUATION_LONGEST, NOW_LONGEST, VIEW_LONGEST, TOOK_LONGEST = 1_200, 300, 600, 1_000
VIEW_TOO_LONG = N_("A view has at most 600 letters. Could you say it shorter?")
"""Characters."""
FEWEST, MOST, USUAL = 3, 7, 5
HOURS = {72: N_("in three days"), 24: N_("in one day")}
"""How long it stays open from when others can first see it; the first unless somebody chooses."""
ENOUGH = 3
"""With fewer after a third of its time, it waits for someone (db/migrations/content/0019)."""

BEEN, OTHER, PRACTICAL, CHALLENGE = 1, 2, 4, 8
KEYS = {"been": BEEN, "other": OTHER, "practical": PRACTICAL, "challenge": CHALLENGE}
ANGLES = {
    BEEN: N_("Been there"),
    OTHER: N_("The other side"),
    PRACTICAL: N_("Practical"),
    CHALLENGE: N_("A gentle challenge"),
}
"""As bits: which are wanted is one number."""
MEANS = {
    BEEN: N_("How it was for somebody who knows it."),
    OTHER: N_("How it may look to the other person."),
    PRACTICAL: N_("Something small to try."),
    CHALLENGE: N_("A kind question about how I see it."),
}
OPENERS = {
    BEEN: N_("When I was in something like this…"),
    OTHER: N_("To the other person it may look like…"),
    PRACTICAL: N_("One small thing to try…"),
    CHALLENGE: N_("I wonder if…"),
}

NEW, FITS, NOT = 1, 2, 3
MARKS = {NEW: N_("New to me"), FITS: N_("Fits"), NOT: N_("Not for me")}
"""What the author says of a view; nobody else ever sees it."""

WAITS, OPEN, FULL, OVER, CLOSED = "waits", "open", "full", "over", "closed"


class Form(Protocol):
    def text(self, name: str) -> str: ...
    def all(self, name: str) -> list[str]: ...


class Problems(dict[str, str]):
    """What to mend, by field, in words still to be translated."""


@dataclass(frozen=True, slots=True)
class Facts:
    """`angles` are bits of ANGLES, never none; `tz` is where its author is, to say when it closes."""

    angles: int
    wanted: int
    hours: int
    tz: str = ""


@dataclass(frozen=True, slots=True)
class Question:
    draft: Draft
    facts: Facts


@dataclass(frozen=True, slots=True)
class Answer:
    draft: Draft
    angle: int


def read_ask(form: Form, cid: UUID | None = None) -> Question | Problems:
    """Fields `situation`, `now`, `angles` (of KEYS), `wanted`, `hours`, `tz`, `topics`, and the notes."""
    situation, now = form.text("situation").strip(), form.text("now").strip()
    angles = sum({KEYS[key] for key in form.all("angles") if key in KEYS})
    problems = Problems()
    if not situation:
        problems["situation"] = N_("Please say in a few words what it is about.")
    if len(situation) > SITUATION_LONGEST:
        problems["situation"] = N_("That is more than 1,200 letters. What matters most in it?")
    if len(now) > NOW_LONGEST:
        problems["now"] = N_("This has at most 300 letters. Could you say it shorter?")
    if not angles:
        problems["angles"] = N_("Please choose at least one. All four are fine.")
    wanted = _number(form.text("wanted"), USUAL)
    if not FEWEST <= wanted <= MOST:
        problems["wanted"] = N_("Between three and seven, please.")
    notes = controls.read_notes(form)
    if isinstance(notes, controls.Problems):
        problems.update(notes)
    if problems or isinstance(notes, controls.Problems):
        return problems
    draft = Draft(
        ASK,
        Words((situation, now), next((note for note in notes if note not in controls.NOTES), "")),
        intent="perspectives",
        notes=tuple(note for note in notes if note in controls.NOTES),
        topics=tuple(topic for topic in controls.TOPICS if topic in form.all("topics"))[:4],
        cid=cid,
    )
    hours = _number(form.text("hours"), 0)
    return Question(
        draft, Facts(angles, wanted, hours if hours in HOURS else next(iter(HOURS)), form.text("tz")[:64])
    )


def read_view(form: Form, ask: UUID, wanted: int, cid: UUID | None = None) -> Answer | Problems:
    """Fields `angle` (of KEYS, one that is `wanted`) and `text`."""
    text, angle = form.text("text").strip(), KEYS.get(form.text("angle"), 0)
    problems = Problems()
    if not angle & wanted:
        problems["angle"] = N_("Please choose from where you look at it.")
    if not text:
        problems["text"] = N_("Please write a line first. A short one is fine.")
    if len(text) > VIEW_LONGEST:
        problems["text"] = VIEW_TOO_LONG
    return problems or Answer(Draft(VIEW, Words((text,)), place=ask, cid=cid), angle)


def read_took(form: Form) -> str | Problems:
    text = form.text("took").strip()
    if len(text) > TOOK_LONGEST:
        return Problems(took=N_("This has at most 1,000 letters. Could you say it shorter?"))
    return text


def angles(mask: int) -> list[int]:
    return [bit for bit in ANGLES if mask & bit]


def stage(state: str, closed: bool, full: bool, closes_at: datetime | None, at: datetime) -> str:
    """Where an ask stands: only an open one takes another view. What is full opens again when a view goes."""
    if state != PUBLISHED or closes_at is None:
        return WAITS
    if closed:
        return CLOSED
    if at >= closes_at:
        return OVER
    return FULL if full else OPEN


def closes_at(since: datetime | None, hours: int) -> datetime | None:
    """Counted from when others could first see it: what waits to be read loses none of its time."""
    return since + timedelta(hours=hours) if since else None


def _number(text: str, otherwise: int) -> int:
    text = text.strip()
    if not text:
        return otherwise
    return int(text) if text.isascii() and text.isdigit() and len(text) < 4 else 0
