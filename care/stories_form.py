"""The guided writer's form: what it carries from page to page, and the same words as unsent letters."""

from collections.abc import Iterable
from datetime import timedelta
from uuid import UUID, uuid5

from care.clock import now
from care.journal import Draft
from care.journal import Words as Said
from care.journal_form import MOST_NOTE
from care.moments import local, zone
from care.shared import Words
from care.stories import BOXES, Facts, Form
from care.words import N_

ONE = ("id", "tz", "title", *BOXES, "intent", "after", "note_own")
MANY = ("topics", "notes", "situations", "interests")
MOST_LETTERS = 20
"""So long a story is still kept whole as letters; nobody types more."""

EXAMPLES = {
    "was": N_("For example: “The letter said up to forty weeks. I remember folding it very small.”"),
    "helped": N_(
        "For example: “My aunt rang every Sunday and never asked how I was. She read me the weather.”"
    ),
    "hard": N_("For example: “Evenings. I still check my phone when it is quiet.”"),
    "tell": N_("For example: “You don’t have to explain it well. Start with one person.”"),
}


def carried(form: Form) -> list[tuple[str, str]]:
    """All of the form's own fields with something in them, once each, for hidden ones on the next page."""
    one = [(name, form.text(name)) for name in ONE if form.text(name)]
    return one + [(name, value) for name in MANY for value in dict.fromkeys(form.all(name)[:40])]


def fields(
    words: Words, intent: str, chosen: dict[str, Iterable[str]], facts: Facts
) -> list[tuple[str, str]]:
    """A story as the form that wrote it. `chosen` holds `notes` and `topics`."""
    said = dict(zip(("title", *BOXES), words.parts, strict=False))
    one = {**said, "intent": intent, "after": facts.after, "note_own": words.own_note}
    likes = {"situations": facts.likes.situations, "interests": facts.likes.interests}
    found = [(name, value) for name, value in one.items() if value]
    return found + [(name, value) for name, values in {**chosen, **likes}.items() for value in values]


def letters(form: Form) -> list[str]:
    """The words of all boxes in pieces the journal can hold, cut at the ends of lines and words.
    None at all when there would be more than MOST_LETTERS."""
    parts = [form.text(name).strip() for name in ("title", *BOXES)]
    left, cut = "\n\n".join(part for part in parts if part), list[str]()
    while len(left) > MOST_NOTE:
        at = max(left.rfind("\n", 0, MOST_NOTE), left.rfind(" ", MOST_NOTE // 2, MOST_NOTE), 0) or MOST_NOTE
        cut.append(left[:at].strip())
        left = left[at:].strip()
    found = [piece for piece in (*cut, left) if piece]
    return found if len(found) <= MOST_LETTERS else []


def letter_drafts(pieces: list[str], story: UUID, tz: str) -> list[Draft]:
    """The first piece on top. The same words sent twice are the same letters."""
    here = tz if zone(tz) else "UTC"
    found = []
    for nth, piece in enumerate(pieces):
        at = now() - timedelta(seconds=nth)
        cid, day = uuid5(story, f"letter {nth}"), local(at, here).date()
        found.append(Draft(cid, "letter", None, None, Said(note=piece), at, here, day, at))
    return found
