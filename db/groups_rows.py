"""Between rows and groups as somebody sees them, and posts as they stand in a group."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from care import groups as rules
from care import groups_sky
from care.clock import now
from db.devices import Viewer
from db.journal_rows import as_moment, as_uuid
from db.moderation_rows import Shown, moment

Row = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Room:
    """A group as one viewer sees it. `state` is theirs: in, asked, invited, out, or empty."""

    id: UUID
    name: str
    purpose: str
    rules: tuple[str, ...]
    topics: tuple[str, ...]
    bands: str
    type: str
    pace: str
    cap: int
    slow: int
    hours: str
    lang: str
    starts_on: date | None
    ends_on: date | None
    posts: int
    pinned: UUID | None
    closed: bool
    looked_after: datetime
    made_at: datetime
    members: int
    host: str
    """The name of somebody who looks after it."""
    state: str = ""
    way: str = ""
    facilitator: bool = False
    muted: bool = False
    posted_at: datetime | None = None
    staff: bool = False
    meets_at: datetime | None = None
    """When the next meeting begins, on its own clock."""
    mix: str = ""
    mix_on: date | None = None
    sky: int | None = None
    sky_on: date | None = None
    rules_n: int = 1
    agreed: int = 1
    news: bool = False
    """Whether the viewer asked to be told that something was said."""
    news_n: int = 0
    news_at: datetime | None = None
    told: bool = False
    """Whether a note that says so lies there unread."""

    @property
    def inside(self) -> bool:
        return self.state == rules.IN

    @property
    def leads(self) -> bool:
        """Whether the viewer may do what a facilitator does: staff, or somebody appointed here."""
        return self.staff or (self.inside and self.facilitator)

    @property
    def reads(self) -> bool:
        return self.inside or self.staff

    @property
    def full(self) -> bool:
        return self.members >= self.cap

    @property
    def early(self) -> bool:
        """Whether it is a programme that has not begun: one may come in, and writes from its first day on."""
        return rules.early(self.starts_on, now())

    @property
    def signs(self) -> bool:
        return self.inside and self.way in rules.WITH_SIGNS

    @property
    def stop(self) -> str:
        """Why the viewer may not write now, a key of care.groups.STOPS; slow mode is another matter."""
        why = rules.stopped(
            looked_after=self.looked_after,
            closed=self.closed,
            starts_on=self.starts_on,
            ends_on=self.ends_on,
            at=now(),
        )
        if why and not (why in (rules.CLOSED, rules.QUIET_HERE, rules.EARLY) and self.leads):
            return why
        return self.own_stop

    @property
    def own_stop(self) -> str:
        """As `stop`, but for what is about the viewer alone."""
        if self.rules_changed:
            return rules.CHANGED
        if self.muted:
            return rules.MUTED
        return "" if self.way == rules.POSTING else rules.NOT_POSTING

    @property
    def rules_changed(self) -> bool:
        """Since the viewer ticked them; asked again before they write."""
        return self.inside and self.agreed < self.rules_n

    @property
    def takes_skies(self) -> bool:
        """Whoever may only read may still put in a sky, unless the group takes nothing at all."""
        return self.inside and self.stop not in (rules.QUIET_HERE, rules.ENDED, rules.CLOSED)

    @property
    def own_sky(self) -> int | None:
        return self.sky if self.inside and self.sky_on == now().date() else None

    @property
    def skies(self) -> list[tuple[int, str]] | None:
        """What was drawn today, as care.groups_sky.seen gives it; None when nothing was."""
        return groups_sky.seen(self.mix) if self.mix_on == now().date() else None

    @property
    def again_at(self) -> datetime | None:
        """When slow mode lets the viewer write again."""
        return None if self.leads else rules.next_post(self.posted_at, self.slow, now())


@dataclass(frozen=True, slots=True)
class Post:
    """`n` is its number in the group, 0 while nobody else sees it; `kinds` and `given` as for stories."""

    shown: Shown
    n: int = 0
    kinds: int = 0
    given: int = 0
    put: tuple[str, ...] = ()
    """Content notes by who looks after the group."""
    moved: bool = False

    @property
    def author(self) -> UUID:
        return self.shown.author

    @property
    def words(self) -> str:
        return self.shown.words

    @property
    def topics(self) -> tuple[str, ...]:
        return self.shown.topics

    @property
    def notes(self) -> tuple[str, ...]:
        return (*self.shown.notes, *(note for note in self.put if note not in self.shown.notes))


def room(row: Row, viewer: Viewer) -> Room:
    return Room(
        id=as_uuid(row["id"]),
        name=row["name"],
        purpose=row["purpose"],
        rules=tuple(row["rules"].splitlines()),
        topics=tuple(row["topics"].split()),
        **{name: row[name] for name in ("bands", "type", "pace", "cap", "slow", "hours", "lang", "posts")},
        starts_on=_day(row["starts_on"]),
        ends_on=_day(row["ends_on"]),
        pinned=as_uuid(row["pinned"]) if row["pinned"] else None,
        closed=bool(row["closed_at"]),
        looked_after=as_moment(row["looked_after"]),
        made_at=as_moment(row["made_at"]),
        members=int(row["members"]),
        host=row["host"] or "",
        state=row["state"] or "",
        way=row["way"] or "",
        facilitator=bool(row["facilitator"]),
        muted=bool(row["muted_at"]),
        posted_at=moment(row["posted_at"]),
        staff=viewer.acts_as("moderator"),
        meets_at=datetime.fromisoformat(row["meets_at"]) if row["meets_at"] else None,
        mix=row["mix"],
        mix_on=_day(row["mix_on"]),
        sky=row["sky"],
        sky_on=_day(row["sky_on"]),
        rules_n=row["rules_n"],
        agreed=row["agreed"] or 1,
        news=bool(row["news"]),
        news_n=row["news_n"] or 0,
        news_at=moment(row["news_at"]),
        told=bool(row["told"]),
    )


def _day(value: Any) -> date | None:
    return date.fromisoformat(value) if isinstance(value, str) else value
