"""The one state machine for words a member shows others: which move leads where, and who may make it."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from care.words import N_

POLICY = "2"
"""The version of these rules, kept with every decision."""

DRAFT, HELD, PUBLISHED, RETURNED = "draft", "held", "published", "returned"
REMOVED, SAFEGUARDING, HIDDEN, WITHDRAWN = "removed", "safeguarding", "hidden", "withdrawn"
STATES = (DRAFT, HELD, PUBLISHED, RETURNED, REMOVED, SAFEGUARDING, HIDDEN, WITHDRAWN)
WAITING = (HELD, HIDDEN, SAFEGUARDING)
"""What stands in the desk's queue."""

WORDS = {
    DRAFT: N_("new"),
    HELD: N_("waiting"),
    PUBLISHED: N_("shown"),
    RETURNED: N_("asked to change"),
    REMOVED: N_("not shown"),
    SAFEGUARDING: N_("with safety"),
    HIDDEN: N_("put aside"),
    WITHDRAWN: N_("taken back"),
}
"""As the desk says them."""

READER, AUTHOR, MODERATOR, LEAD, SECOND = "reader", "author", "moderator", "safeguarding", "second"
"""Who moves: our own rules, the writer, somebody at the desk, the safeguarding lead, and for an
appeal somebody other than who decided first."""


class NotAllowed(Exception):
    """The machine has no such move from here, or not for this person."""


@dataclass(frozen=True, slots=True)
class Move:
    action: str
    before: frozenset[str]
    after: str
    who: str


def _moves() -> tuple[Move, ...]:
    seen = (HELD, HIDDEN, PUBLISHED)
    editable = (DRAFT, HELD, PUBLISHED, RETURNED)
    shown = (HELD, PUBLISHED, RETURNED, REMOVED, SAFEGUARDING, HIDDEN)
    rows: tuple[tuple[str, tuple[str, ...], str, str], ...] = (
        ("pass", (DRAFT, PUBLISHED), PUBLISHED, READER),
        ("hold", editable, HELD, READER),
        ("raise", editable, SAFEGUARDING, READER),
        ("hide", (PUBLISHED,), HIDDEN, READER),
        ("publish", (HELD, HIDDEN), PUBLISHED, MODERATOR),
        ("keep", (PUBLISHED,), PUBLISHED, MODERATOR),
        ("return", seen, RETURNED, MODERATOR),
        ("remove", seen, REMOVED, MODERATOR),
        ("escalate", seen, SAFEGUARDING, MODERATOR),
        ("settle", (SAFEGUARDING,), HELD, LEAD),
        ("return", (SAFEGUARDING,), RETURNED, LEAD),
        ("remove", (SAFEGUARDING,), REMOVED, LEAD),
        ("withdraw", shown, WITHDRAWN, AUTHOR),
        ("reverse", (REMOVED, RETURNED), PUBLISHED, SECOND),
        ("uphold", (REMOVED,), REMOVED, SECOND),
        ("uphold", (RETURNED,), RETURNED, SECOND),
    )
    return tuple(Move(action, frozenset(before), after, who) for action, before, after, who in rows)


MOVES = _moves()
DECISIONS = ("publish", "keep", "return", "remove", "escalate", "settle")
"""What the desk's buttons do."""
ACTS = {
    "note": N_("a note was put before it"),
    "move": N_("moved to another group"),
}
"""What those who look after a group do with a post: its state stays as it is."""
NEEDS_RULE = frozenset({"return", "remove"})
"""Never without a reason the author is told."""
EDITABLE = frozenset({HELD, PUBLISHED, RETURNED})


def move(state: str, action: str, who: str) -> str:
    """The state it leads to. A lead may do all a moderator may. Raises NotAllowed."""
    roles = {who, MODERATOR} if who == LEAD else {who}
    for one in MOVES:
        if one.action == action and state in one.before and one.who in roles:
            return one.after
    raise NotAllowed(f"{action} from {state} by {who}")


def offered(state: str, who: str) -> tuple[str, ...]:
    """The desk's buttons for an item in this state."""
    roles = {who, MODERATOR} if who == LEAD else {who}
    found = {one.action for one in MOVES if state in one.before and one.who in roles}
    return tuple(action for action in DECISIONS if action in found)


FIRST_ITEMS = 5
FIRST_DAYS = timedelta(days=7)
ALWAYS_READ = frozenset({"story"})
"""A story stays and is read by many, so a person reads it first, whoever wrote it (SAFETY R6)."""


def read_first(band: str, kind: str, joined: datetime, published: int, at: datetime) -> str:
    """Why a person reads this before others do; "" when nobody needs to.

    A young adult is new until both are behind them: five published items, and seven days.
    """
    if band in "ab":
        return "band"
    if published < FIRST_ITEMS or at - joined < FIRST_DAYS:
        return "new"
    return "kind" if kind in ALWAYS_READ else ""


def side(band: str) -> str:
    """`t` for 13 to 17, `y` for 18 to 25; the two never meet. Empty for who has grown out of both."""
    return {"a": "t", "b": "t", "c": "y"}.get(band, "")


BANDS = {"a": "13–15", "b": "16–17", "c": "18–25"}

HOLD_REASONS = {
    "band": N_("Everything people under 18 share is read by a person first."),
    "new": N_("Everybody’s first few are read by a person first."),
    "kind": N_("Stories are read by a person first."),
    "reader": N_("Something in it needs a person’s eyes first."),
    "care": N_("It sounds as if you may need somebody. A person reads it first."),
    "reports": N_("Some people asked us to look at it, so it is put aside until a person has."),
    "restricted": N_("For now, a person reads what you share first."),
    "escalated": N_("The person who looks after safety here is reading it."),
    "settled": N_("A person is reading it before others do."),
    "reread": N_("Our rules have grown, and we read everything again. A person looks at this one first."),
    "edited": N_("You changed it, so a person reads it again."),
}


@dataclass(frozen=True, slots=True)
class Rule:
    """What is asked, why in plain words, and what to change: the kind template of a request."""

    title: str
    why: str
    change: str


RULES = {
    "method": Rule(
        N_("No ways, means, places or amounts"),
        N_("Details of how can put somebody else in danger, even in a story about getting better."),
        N_("Keep what you felt and leave out how. “I hurt myself” is enough; people will understand."),
    ),
    "numbers": Rule(
        N_("No numbers about bodies or eating"),
        N_("Weights, sizes and calories pull others in, even when you mean the opposite."),
        N_("Take the numbers out and keep the rest."),
    ),
    "personal": Rule(
        N_("Nothing that shows who or where somebody is"),
        N_("Names, schools, places and dates can tell who you or somebody else is."),
        N_("Change it to “a friend”, “my school”, “my town”."),
    ),
    "contact": Rule(
        N_("No contact details"),
        N_("We keep contact details out, because we cannot look after you anywhere else."),
        N_("Take out the name, number or link. You can talk here."),
    ),
    "unkind": Rule(
        N_("Be kind to people"),
        N_("Somebody could be hurt by this line."),
        N_("Say how it was for you, rather than what they are."),
    ),
    "advice": Rule(
        N_("No advice about medicine or diagnosis"),
        N_("What helped one person can harm another."),
        N_("Say “this helped me” and leave names of medicines and amounts out."),
    ),
    "unsafe": Rule(
        N_("Not safe to ask here"),
        N_("Asking for pictures, secrets, meetings or where somebody lives is never all right here."),
        N_("Leave that line out."),
    ),
    "language": Rule(
        N_("We could not read this language"),
        N_("Nobody on duty reads it well enough to be sure it is safe for everybody."),
        N_("If you can, add it in one of this place’s languages. Your own words may stay below."),
    ),
    "spam": Rule(
        N_("No advertising"),
        N_("This place is for people, not for selling or repeating."),
        N_("Say it once, in your own words."),
    ),
    "other": Rule(
        N_("It does not fit here as it is"),
        N_("The person who read it explains below."),
        N_("Have a look at the line that is marked, change it and send it again."),
    ),
}
