"""Meetings of groups, and who comes to them. Indexes are in 0017."""

from piccolo.columns import UUID, ForeignKey, SmallInt, Text, Timestamptz, Varchar
from piccolo.columns.base import OnDelete
from piccolo.table import Table

from db.engine import DB
from db.groups_tables import Group
from db.ids import uuid7
from db.tables import Person


class Meeting(Table, db=DB, tablename="meeting"):
    """One row for each of a series: each has its own people, and can be changed or cancelled alone."""

    id = UUID(primary_key=True, default=uuid7)
    grp = ForeignKey(references=Group, on_delete=OnDelete.cascade, index=False, null=False)
    series = UUID()
    """The id of the first."""
    title = Varchar(length=60)
    about = Text()
    wall = Varchar(length=16)
    """What the clock shows in `zone` when it begins, as 2026-03-29T18:00: this is what was agreed on, and
    `starts_at` follows from it."""
    zone = Varchar(length=64)
    starts_at = Timestamptz()
    ends_at = Timestamptz()
    minutes = SmallInt()
    mode = Varchar(length=10)
    cap = SmallInt()
    notes = Varchar(length=160)
    """Content notes, one a line: keys of care.controls, or one of their own."""
    access = Varchar(length=300)
    lang = Varchar(length=30)
    area = Varchar(length=300)
    """Roughly where, for everybody in the group; `address` only for whoever comes, shortly before."""
    address = Varchar(length=300)
    expect = Varchar(length=300)
    host = UUID()
    second = UUID()
    made_by = UUID()
    made_at = Timestamptz()
    agreed_at = Timestamptz(null=True, default=None)
    """When the team said yes. Until then only those who look after the group see it."""
    changes = SmallInt(default=0)
    """So often it was changed, for calendars."""
    cancelled_at = Timestamptz(null=True, default=None)
    why = Varchar(length=300)
    """A key of care.meetings.REASONS, or the team's own words."""
    slow = SmallInt(default=0)
    """Seconds between two posts of one person in its room."""
    pinned = UUID(null=True, default=None)
    """A post of its room."""
    closed_at = Timestamptz(null=True, default=None)
    """When somebody who looks after it closed its room before the time."""


class Registration(Table, db=DB, tablename="registration"):
    """One row for each meeting and person; those who look after it have one, too, to be reminded."""

    id = UUID(primary_key=True, default=uuid7)
    meeting = ForeignKey(references=Meeting, on_delete=OnDelete.cascade, index=False, null=False)
    person = ForeignKey(references=Person, on_delete=OnDelete.cascade, index=False, null=False)
    state = Varchar(length=10)
    """in, waiting, out, leads."""
    at = Timestamptz()
    """Since when the state is what it is: whoever waits longest moves up first."""
    agreed_at = Timestamptz(null=True, default=None)
    """When somebody under 18 said that an adult knows, for a meeting in person."""
    day_told = Timestamptz(null=True, default=None)
    soon_told = Timestamptz(null=True, default=None)
    said_at = Timestamptz(null=True, default=None)
    """When they last said something in its room."""
    came = Varchar(length=3)
    felt = Varchar(length=10)
    """A key of care.meetings.FELT: theirs alone, and part of a mix of five or more."""


class MeetingPost(Table, db=DB, tablename="meeting_post"):
    """One row for each post that was said in the room of a meeting, and stands there alone."""

    item = UUID(primary_key=True)
    meeting = UUID()
