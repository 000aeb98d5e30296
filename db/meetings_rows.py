"""Between rows and meetings as one viewer sees them."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from care import meetings as rules
from care import meetings_room as talk
from care.clock import now
from care.moments import local, zone
from db.journal_rows import as_moment, as_uuid

Row = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Seen:
    """`state` is what the viewer is to it; `address` is empty unless they may know it now; `tz` the zone of
    the viewer's own clock, empty when nothing says it."""

    id: UUID
    group: UUID
    series: UUID
    title: str
    about: str
    wall: datetime
    zone: str
    starts_at: datetime
    ends_at: datetime
    minutes: int
    mode: str
    cap: int
    notes: tuple[str, ...]
    access: str
    lang: str
    area: str
    address: str
    expect: str
    host: UUID
    second: UUID
    hosts: tuple[str, ...]
    """Their names, as far as they still lead it: db/meetings_hosts.py."""
    agreed: bool
    changes: int
    cancelled: bool
    why: str
    going: int
    waiting: int
    state: str = ""
    felt: str = ""
    tz: str = ""
    slow: int = 0
    pinned: UUID | None = None
    shut: bool = False
    """Whether its room was closed before the time."""
    said_at: datetime | None = None
    adult_knows: bool = False
    """Whether the viewer said so, as somebody under 18 does before they come in person."""

    @property
    def begun(self) -> bool:
        return now() >= self.starts_at

    @property
    def over(self) -> bool:
        return now() >= self.ends_at

    @property
    def free(self) -> int:
        return max(0, self.cap - self.going)

    @property
    def open(self) -> bool:
        """Whether one may say that one comes."""
        return self.agreed and not self.cancelled and not self.over

    @property
    def here(self) -> datetime:
        """On the clock of the meeting's own zone: `wall`, but for a time that a clock change leaves out."""
        return local(self.starts_at, self.zone)

    @property
    def theirs(self) -> datetime | None:
        """On the viewer's own clock, when that shows something else."""
        if not self.tz:
            return None
        there = local(self.starts_at, self.tz)
        return there if there.replace(tzinfo=None) != self.here.replace(tzinfo=None) else None

    @property
    def in_person(self) -> bool:
        return self.mode != rules.ONLINE

    @property
    def address_at(self) -> datetime:
        return self.starts_at - rules.ADDRESS_SHOWN

    @property
    def placed(self) -> bool:
        return self.state in (rules.IN, rules.LEADS)

    @property
    def room(self) -> bool:
        """Whether there is a room to go into now, to write or to read back."""
        held = self.agreed and not self.cancelled and self.mode != rules.IN_PERSON
        return held and talk.opens(self.starts_at) <= now() < talk.forgotten(self.ends_at)

    @property
    def opens_at(self) -> datetime:
        return talk.opens(self.starts_at)

    @property
    def forgotten_at(self) -> datetime:
        return talk.forgotten(self.ends_at)

    @property
    def again_at(self) -> datetime | None:
        """When slow mode lets the viewer write again."""
        return None if self.state == rules.LEADS else talk.next_post(self.said_at, self.slow, now())

    @property
    def answers(self) -> bool:
        """Whether the viewer may say how it was: they had a place, and it has begun."""
        return self.state == rules.IN and self.begun and not self.cancelled


def seen(row: Row) -> Seen:
    same = ("title", "about", "zone", "minutes", "mode", "cap", "access", "lang", "area", "expect")
    known = next((tz for tz in (row["chosen_tz"], row["written_tz"]) if tz and zone(tz)), "")
    return Seen(
        id=as_uuid(row["id"]),
        group=as_uuid(row["grp"]),
        series=as_uuid(row["series"]),
        **{name: row[name] for name in (*same, "changes", "slow")},
        notes=tuple(row["notes"].splitlines()),
        wall=datetime.fromisoformat(row["wall"]),
        starts_at=as_moment(row["starts_at"]),
        ends_at=as_moment(row["ends_at"]),
        address=row["shown_address"],
        host=as_uuid(row["host"]),
        second=as_uuid(row["second"]),
        hosts=tuple(name for name in (row["host_name"], row["second_name"]) if name),
        agreed=bool(row["agreed_at"]),
        cancelled=bool(row["cancelled_at"]),
        why=row["why"],
        going=int(row["going"]),
        waiting=int(row["waiting"]),
        state=row["state"] or "",
        felt=row["felt"] or "",
        tz=known,
        pinned=as_uuid(row["pinned"]) if row["pinned"] else None,
        shut=bool(row["closed_at"]),
        said_at=as_moment(row["said_at"]) if row["said_at"] else None,
        adult_knows=bool(row["adult_at"]),
    )


def ends(starts: datetime, minutes: int) -> datetime:
    return starts + timedelta(minutes=minutes)
