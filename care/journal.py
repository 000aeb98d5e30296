"""An entry and its versions: what a draft is, which version wins, and why a day never moves."""

from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from uuid import UUID

from care import feelings
from care.moments import local, zone
from care.prompts import PROMPTS, Prompt
from care.words import N_, _

KINDS = ("checkin", "note", "prompt", "letter")
BACK = timedelta(days=365)
KEPT_AFTER_REMOVAL = timedelta(days=7)


class Problems(dict[str, str]):
    """Field to what to mend, marked for translation: translate when shown."""


@dataclass(frozen=True, repr=False)
class Words:
    """What only the person may read; sealed as one. Without a repr: no error or log may quote it."""

    note: str = ""
    emotions: tuple[str, ...] = ()
    tags: tuple[str, ...] = ()
    prompt: str = ""


@dataclass(frozen=True)
class Draft:
    cid: UUID | None
    kind: str
    mood: int | None
    energy: int | None
    words: Words
    felt_at: datetime
    tz: str
    local_date: date
    edited_at: datetime
    chosen: tuple[date, time | None] | None = None
    """The day and time the person picked themselves, in the zone of the entry."""


@dataclass(frozen=True)
class Entry:
    id: UUID
    cid: UUID
    kind: str
    mood: int | None
    energy: int | None
    words: Words
    felt_at: datetime
    local_date: date
    tz: str
    edited_at: datetime
    removed_at: datetime | None = None

    @property
    def at(self) -> datetime:
        """The moment on the clock of the place where it was felt."""
        return local(self.felt_at, self.tz)

    @property
    def wall(self) -> datetime:
        """The same hands of the clock, as if in UTC: for a formatter that knows no bare offsets."""
        return self.at.replace(tzinfo=UTC)

    @property
    def title(self) -> str:
        """The sky; without one, what kind of writing it is."""
        prompt = PROMPTS.get(self.words.prompt)
        kinds = {"letter": N_("Unsent letter"), "prompt": N_("Answer"), "note": N_("Note")}
        return feelings.sky(self.mood) or _(prompt.title if prompt else kinds.get(self.kind, kinds["note"]))

    @property
    def named(self) -> list[str]:
        return [feelings.word(key) for key in self.words.emotions]

    @property
    def around(self) -> list[str]:
        return [feelings.tag(key) for key in self.words.tags]

    @property
    def asked(self) -> Prompt | None:
        return PROMPTS.get(self.words.prompt)


def too_far(draft: Draft, now: datetime) -> Problems:
    """Only for a new entry or a moved one: an old entry stays editable when it is years old."""
    if draft.felt_at < now - BACK:
        return Problems(day=N_("The journal goes back one year. Choose a later day."))
    return Problems()


def same(draft: Draft, entry: Entry) -> bool:
    return (draft.mood, draft.energy, draft.words) == (entry.mood, entry.energy, entry.words)


def within(old: Entry, draft: Draft) -> bool:
    """Whether the newer version only adds to the older, so that nothing would be lost with it."""
    return (
        old.mood in {None, draft.mood}
        and old.energy in {None, draft.energy}
        and old.words.note in {"", draft.words.note}
        and set(old.words.emotions) <= set(draft.words.emotions)
        and set(old.words.tags) <= set(draft.words.tags)
    )


def moved(draft: Draft, entry: Entry, now: datetime) -> Draft | None:
    """The draft at its new day and time, if the person really chose another; in the entry's own zone.

    Without that choice a day never moves, wherever the phone has travelled since.
    """
    if draft.chosen is None:
        return None
    day, at = draft.chosen
    if day == entry.local_date and (at is None or at == entry.at.time().replace(second=0, microsecond=0)):
        return None
    return at_chosen(replace(draft, tz=entry.tz), now)


def at_chosen(draft: Draft, now: datetime) -> Draft:
    """At the chosen day and time; without a time at noon, or now if noon is still to come."""
    if draft.chosen is None:
        return draft
    day, at = draft.chosen
    wall = datetime.combine(day, at or time(12), zone(draft.tz) or UTC)
    felt = wall.astimezone(UTC)
    if at is None and felt > now and local(now, draft.tz).date() == day:
        felt = now
    return replace(draft, felt_at=felt, local_date=day)
