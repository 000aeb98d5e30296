"""What a reader may choose: notes folded, words, topics and people muted, a lighter day, a break."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime, time, timedelta
from typing import Generic, Protocol, TypeVar
from uuid import UUID

from care.journal import Entry
from care.matching import NOBODY, Likes
from care.moments import zone
from care.muting import LONGEST_WORD, Muted, tokens
from care.words import N_

SHORTEST_BREAK, LONGEST_BREAK = 1, 30
"""Days."""
MOST_NOTES, LONGEST_NOTE = 4, 30

NOTES = {
    "self-harm": N_("self-harm"),
    "suicide": N_("suicide"),
    "eating": N_("eating and body"),
    "abuse": N_("abuse"),
    "death": N_("death and loss"),
    "substances": N_("alcohol and drugs"),
    "violence": N_("violence"),
    "sex": N_("sex"),
}
"""Content notes. A note that is not here is the author's own, in at most LONGEST_NOTE characters."""

TOPICS = {
    **NOTES,
    "school": N_("school and studying"),
    "work": N_("work and money"),
    "family": N_("family"),
    "friends": N_("friends"),
    "love": N_("love and break-ups"),
    "lonely": N_("feeling alone"),
    "anxiety": N_("worry and panic"),
    "low": N_("feeling low"),
    "sleep": N_("sleep"),
    "bullying": N_("bullying"),
    "identity": N_("who I am"),
    "illness": N_("illness and hospital"),
}
"""What may be muted as a topic: muting one hides what is about it and what carries the note of that name."""


class Form(Protocol):
    def text(self, name: str) -> str: ...
    def all(self, name: str) -> list[str]: ...


class Problems(dict[str, str]):
    """What to mend, by field, in words still to be translated."""


class Item(Protocol):
    """Anything a member shows others, as a reader's choices look at it."""

    @property
    def author(self) -> UUID | None: ...
    @property
    def words(self) -> str: ...
    @property
    def topics(self) -> Collection[str]: ...
    @property
    def notes(self) -> Collection[str]: ...


T = TypeVar("T")
Shown = TypeVar("Shown", bound=Item)


@dataclass(frozen=True)
class Choices:
    """All that one reader chose. Blocks are not here: they are nobody's to show again for a moment."""

    muted: Muted = field(default_factory=lambda: Muted({}))
    topics: frozenset[str] = frozenset()
    people: frozenset[UUID] = frozenset()
    break_until: datetime | None = None
    lighter_until: datetime | None = None
    likes: Likes = NOBODY
    """What they said of themselves, so that stories can be like them."""
    willing: bool = False
    """Whether they may be asked to answer somebody, on Today."""
    rests_until: datetime | None = None
    """Not asked before then: they were asked a short time ago, or said not today."""
    waved: frozenset[str] = frozenset()
    """Suggestions on Today (care.today) that they do not want to see again."""

    @property
    def hides(self) -> bool:
        """Whether anything could be hidden at all."""
        return bool(self.people or self.topics or self.lighter_until or self.muted.starts)

    def hide(self, item: Item) -> bool:
        """The cheap questions first: looking for words reads the whole text."""
        return (
            item.author in self.people
            or bool(self.lighter_until and item.notes)
            or not self.topics.isdisjoint(item.topics)
            or not self.topics.isdisjoint(item.notes)
            or self.muted.finds(f"{' '.join(item.notes)}\n{item.words}")
        )


@dataclass(frozen=True)
class Parted(Generic[T]):
    """What is shown, and how many more there are: "3 posts hidden by your choices: show, keep"."""

    shown: list[T]
    hidden: int


def part(items: Iterable[Shown], choices: Choices, show: bool = False) -> Parted[Shown]:
    """With `show` the reader asked to see them after all, this once; their order stays."""
    everything = list(items)
    kept = (
        everything if show or not choices.hides else [item for item in everything if not choices.hide(item)]
    )
    return Parted(kept, len(everything) - len(kept))


def part_own(entries: Iterable[Entry], choices: Choices, show: bool = False) -> Parted[Entry]:
    """Their own entries, as a search finds them: old words can hit as hard as other people's."""
    everything = list(entries)
    kept = [entry for entry in everything if show or not choices.muted.finds(_said(entry))]
    return Parted(kept, len(everything) - len(kept))


def unfolded(words: str, notes: Collection[str], asked: bool) -> str | None:
    """The words, or None while they are folded behind a note: so that no page, feed or screen
    reader holds what the reader has not asked for."""
    return words if asked or not notes else None


def read_notes(form: Form) -> tuple[str, ...] | Problems:
    """Fields `notes` (any of NOTES) and `note_own`. The author's own note is read by moderation too."""
    own = " ".join(form.text("note_own").split())
    chosen = [note for note in NOTES if note in form.all("notes") or note == own.casefold()]
    if own and own.casefold() not in NOTES:
        chosen.append(own)
    if len(own) > LONGEST_NOTE:
        return Problems(note_own=N_("Please use at most 30 characters for your own note."))
    if len(chosen) > MOST_NOTES:
        return Problems(notes=N_("Four notes are the most. Please choose those that matter most."))
    return tuple(chosen)


def read_word(form: Form) -> str | Problems:
    word = " ".join(form.text("word").split())
    if not tokens(word):
        return Problems(word=N_("Please write a word you don’t want to meet here."))
    if len(word) > LONGEST_WORD:
        return Problems(
            word=N_("That is too long to look for. One word, or a few, with at most 40 characters.")
        )
    return word


def read_topics(form: Form) -> frozenset[str]:
    return frozenset(TOPICS) & set(form.all("topics"))


def read_break(form: Form) -> int | Problems:
    days = form.text("days").strip()
    if days.isascii() and days.isdigit() and len(days) < 4 and SHORTEST_BREAK <= int(days) <= LONGEST_BREAK:
        return int(days)
    return Problems(days=N_("Please choose between 1 and 30 days."))


def back_at(days: int, now: datetime) -> datetime:
    return now + timedelta(days=days)


def midnight(now: datetime, tz: str) -> datetime:
    """When this day ends where the person is, in UTC; a zone nobody knows counts as UTC."""
    here = now.astimezone(zone(tz) or UTC)
    # Where clocks jump over midnight this is still the first moment of the next day.
    return datetime.combine(here.date() + timedelta(days=1), time(), here.tzinfo).astimezone(UTC)


def _said(entry: Entry) -> str:
    return "\n".join([entry.words.note, *entry.words.emotions, *entry.words.tags])
