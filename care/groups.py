"""Groups: small rooms for one age group; how one comes in, who may write when, and what forms say."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Protocol
from uuid import UUID

from care import controls, matching
from care.rulings import side
from care.shared import INTENTS, Draft, Words
from care.words import N_

POST = "post"
OPEN, REQUEST, INVITE, PROGRAMME = "open", "request", "invite", "programme"
TYPES = {
    OPEN: N_("Open: come in when you like"),
    REQUEST: N_("Ask first: somebody looks after who comes in"),
    INVITE: N_("By invitation"),
    PROGRAMME: N_("A programme with a first and a last day"),
}
ABOUT = (
    (N_("What it is about"), matching.SITUATIONS),
    (N_("Topics"), controls.TOPICS),
    (N_("Things people like"), matching.INTERESTS),
)
TAGS: dict[str, str] = {key: words for _, tags in ABOUT for key, words in tags.items()}
"""What a group can be found by."""
MOST_TAGS = 5
BANDS = {"a": N_("13–15"), "b": N_("16–17"), "ab": N_("13–17"), "c": N_("18–25")}
"""Whom a group can be for. Never across the two sides."""
PACES = {"feed": N_("A feed: everybody writes in their own time"), "live": N_("Live: at the same time")}
CAPS = {"feed": 40, "live": 15}
"""The most members, by pace, and what it is unless staff choose fewer; who looks after it is not counted."""
FEWEST = 2

GROWN_UP = "c"
"""The band of those who may change, once trained, what a group says of itself."""

READING, REACTIONS, POSTING = "reading", "reactions", "posting"
WAYS = {
    READING: N_("Reading along"),
    REACTIONS: N_("Reading, and sending signs"),
    POSTING: N_("Reading, signs and writing"),
}
"""How somebody would like to be here; theirs to change at any time, by coming in again."""
WITH_SIGNS = frozenset({REACTIONS, POSTING})

NAME_LONGEST, PURPOSE_LONGEST, RULE_LONGEST, HOURS_LONGEST, LANGUAGE_LONGEST = 40, 200, 160, 60, 30
FEWEST_RULES, MOST_RULES = 3, 7
POST_LONGEST = 1_200
"""Characters."""
TOO_LONG = N_("A post has at most 1,200 letters. Could you say it shorter?")
SLOWEST = 24 * 60
"""Minutes between two posts of one person, at most."""
QUIET = timedelta(days=14)
"""So long without anybody who looks after it, and a group can only be read."""

FIRST, LAST = timedelta(hours=14), timedelta(hours=12)
"""A group has no clock of its own, so its days last as long as it is that day somewhere on earth: so far is
the first place ahead of UTC, and the last one behind."""

PROMPTS = (
    N_("One small thing that was okay today…"),
    N_("What I would tell a friend who just arrived…"),
    N_("A song, a place or a taste that helps me…"),
)
"""For a room where nobody has written yet: light, and nobody has to be the first."""

HELLO = N_("Hello, I’m new here. I’ll read along a little and write when I’m ready.")
"""What stands in the box of somebody who has just come in: theirs to change, or to leave unsaid."""

IN, ASKED, INVITED, OUT = "in", "asked", "invited", "out"

QUIET_HERE, ENDED, CLOSED, MUTED, NOT_POSTING = "quiet", "ended", "closed", "muted", "way"
CHANGED, EARLY = "rules", "early"
STOPS = {
    QUIET_HERE: N_(
        "Nobody has looked after this group for two weeks, so it can only be read until somebody does."
    ),
    EARLY: N_("This programme has not begun yet, and writing opens on its first day."),
    ENDED: N_("This programme has ended. It can still be read."),
    CLOSED: N_("This group takes no new posts at the moment."),
    MUTED: N_(
        "Somebody who looks after this group asked you to only read here for now. "
        "It is about this group alone."
    ),
    CHANGED: N_("The rules of this group changed. Please read them there, and tick each, first."),
    NOT_POSTING: N_("You chose to be here without writing. You can change that below."),
}
"""Why somebody may not write here now, said without blame."""


TICK = N_("Please read each rule and tick it. They are what makes this room safe.")


class Form(Protocol):
    def text(self, name: str) -> str: ...
    def all(self, name: str) -> list[str]: ...
    def has(self, name: str) -> bool: ...


class Problems(dict[str, str]):
    """What to mend, by field, in words still to be translated."""


@dataclass(frozen=True, slots=True)
class Plan:
    """A group as staff describe it. `slow` in minutes, 0 for none; `bands` a key of BANDS."""

    name: str
    purpose: str
    rules: tuple[str, ...]
    bands: str
    type: str = OPEN
    pace: str = "feed"
    cap: int = CAPS["feed"]
    slow: int = 0
    hours: str = ""
    lang: str = ""
    topics: tuple[str, ...] = ()
    starts_on: date | None = None
    ends_on: date | None = None

    @property
    def side(self) -> str:
        return side(self.bands[0])


@dataclass(frozen=True, slots=True)
class Text:
    """What can be changed of what a group says of itself."""

    purpose: str
    rules: tuple[str, ...]


def read_text(form: Form) -> Text | Problems:
    """Fields `purpose` and `rules`, one a line."""
    problems, purpose = Problems(), _line(form, "purpose")
    rules = tuple(" ".join(line.split()) for line in form.text("rules").splitlines() if line.strip())
    if not 1 <= len(purpose) <= PURPOSE_LONGEST:
        problems["purpose"] = N_("Please say what it is for, in at most 200 letters.")
    if not FEWEST_RULES <= len(rules) <= MOST_RULES or max(map(len, rules)) > RULE_LONGEST:
        problems["rules"] = N_("Three to seven rules, one a line, each with at most 160 letters.")
    return problems or Text(purpose, rules)


def read_plan(form: Form) -> Plan | Problems:
    """Fields `name`, `purpose`, `rules` (one a line), `bands`, `type`, `pace`, `cap`, `slow`, `hours`,
    `lang`, `topics`, `starts_on`, `ends_on`."""
    problems = Problems()
    name, text = _line(form, "name"), read_text(form)
    if isinstance(text, Problems):
        problems, text = text, Text("", ())
    purpose, rules = text.purpose, text.rules
    if not 1 <= len(name) <= NAME_LONGEST:
        problems["name"] = N_("A name of one to forty letters, please.")
    if form.text("bands") not in BANDS:
        problems["bands"] = N_("Please choose whom it is for.")
    pace = form.text("pace") if form.text("pace") in PACES else "feed"
    cap, slow = _number(form.text("cap"), CAPS[pace]), _number(form.text("slow"), 0)
    if not FEWEST <= cap <= CAPS[pace]:
        problems["cap"] = N_("A feed has room for 2 to 40 members, a live group for 2 to 15.")
    if not 0 <= slow <= SLOWEST:
        problems["slow"] = N_("Between 0 and 1440 minutes, please.")
    for key, longest in (("hours", HOURS_LONGEST), ("lang", LANGUAGE_LONGEST)):
        if len(_line(form, key)) > longest:
            problems[key] = N_("That is too long. Could you say it shorter?")
    type_ = form.text("type") if form.text("type") in TYPES else OPEN
    starts, ends = _day(form.text("starts_on")), _day(form.text("ends_on"))
    if type_ == PROGRAMME and (starts is None or ends is None or ends < starts):
        problems["ends_on"] = N_("A programme needs a first and a last day.")
    if problems:
        return problems
    dates = (starts, ends) if type_ == PROGRAMME else (None, None)
    topics = tuple(tag for tag in TAGS if tag in form.all("topics"))[:MOST_TAGS]
    more = (cap, slow, _line(form, "hours"), _line(form, "lang"), topics, *dates)
    return Plan(name, purpose, rules, form.text("bands"), type_, pace, *more)


def read_join(form: Form, rules: int) -> str | Problems:
    """Fields `rule` (the number of each rule, ticked) and `way` (of WAYS)."""
    problems = Problems()
    if not {str(n) for n in range(rules)} <= set(form.all("rule")):
        problems["rule"] = TICK
    if form.text("way") not in WAYS:
        problems["way"] = N_("Please choose how you’d like to be here. You can change it later.")
    return problems or form.text("way")


def read_post(form: Form, group: UUID, cid: UUID | None = None) -> Draft | Problems:
    """Fields `text`, `intent` and the notes."""
    text, problems = form.text("text").strip(), Problems()
    if not text:
        problems["text"] = N_("Please write a line first. A short one is fine.")
    if len(text) > POST_LONGEST:
        problems["text"] = TOO_LONG
    notes = controls.read_notes(form)
    if isinstance(notes, controls.Problems):
        problems.update(notes)
    if problems or isinstance(notes, controls.Problems):
        return problems
    known = tuple(note for note in notes if note in controls.NOTES)
    own = next((note for note in notes if note not in controls.NOTES), "")
    intent = form.text("intent") if form.text("intent") in INTENTS else ""
    return Draft(POST, Words((text,), own), intent=intent, notes=known, place=group, cid=cid)


def read_slow(form: Form) -> int | Problems:
    slow = _number(form.text("slow"), 0)
    if not 0 <= slow <= SLOWEST:
        return Problems(slow=N_("Between 0 and 1440 minutes, please."))
    return slow


def early(starts_on: date | None, at: datetime) -> bool:
    """Whether a programme has not begun yet."""
    return starts_on is not None and (at + FIRST).date() < starts_on


def ended(ends_on: date | None, at: datetime) -> bool:
    return ends_on is not None and (at - LAST).date() > ends_on


def stopped(
    *,
    looked_after: datetime,
    closed: bool,
    ends_on: date | None,
    at: datetime,
    starts_on: date | None = None,
) -> str:
    """Why nobody may write in a group now, a key of STOPS; empty when they may. `looked_after` is when
    somebody who looks after it was last there."""
    if at - looked_after >= QUIET:
        return QUIET_HERE
    if early(starts_on, at):
        return EARLY
    if ended(ends_on, at):
        return ENDED
    return CLOSED if closed else ""


def next_post(last: datetime | None, slow: int, at: datetime) -> datetime | None:
    """When slow mode lets them write again; None when they may now."""
    until = last + timedelta(minutes=slow) if last and slow else None
    return until if until and until > at else None


def _line(form: Form, name: str) -> str:
    return " ".join(form.text(name).split())


def _number(text: str, otherwise: int) -> int:
    """-1 for what is no number, so that it is refused."""
    text = text.strip()
    if not text:
        return otherwise
    return int(text) if text.isascii() and text.isdigit() and len(text) < 6 else -1


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text.strip())
    except ValueError:
        return None
