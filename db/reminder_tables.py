"""The tables of reminders and notices, with the reason for what is not obvious. Indexes are in 0004."""

from piccolo.columns import UUID, Boolean, Bytea, ForeignKey, Integer, SmallInt, Timestamptz, Varchar
from piccolo.columns.base import OnDelete
from piccolo.table import Table

from db.engine import DB
from db.ids import uuid7
from db.tables import Person, Session


class ReminderChoice(Table, db=DB):
    """What holds for all reminders and notices of one person; unique."""

    id = UUID(primary_key=True, default=uuid7)
    person = ForeignKey(references=Person, on_delete=OnDelete.cascade, index=False, null=False)
    tz = Varchar(length=64)
    follows = Boolean(default=False)
    """Whether the zone may change when the phone is somewhere else."""
    quiet_from = Varchar(length=5)
    quiet_to = Varchar(length=5)
    in_school = Boolean(default=False)
    switched_off_at = Timestamptz(null=True, default=None)
    paused_until = Timestamptz(null=True, default=None)
    answered_at = Timestamptz(null=True, default=None)
    said = Bytea(null=True, default=None)
    """care.notices.Said as JSON, sealed: what this person's phone shows."""


class Reminder(Table, db=DB):
    """Its time is wall time in the person's zone; `next_at` is always computed from that."""

    id = UUID(primary_key=True, default=uuid7)
    person = ForeignKey(references=Person, on_delete=OnDelete.cascade, index=True, null=False)
    local_time = Varchar(length=5)
    days = SmallInt()
    """Bit 0 is Monday."""
    next_at = Timestamptz(null=True, default=None)
    """None while it is off, has stopped, or could only come in quiet hours."""
    slot_at = Timestamptz(null=True, default=None)
    """The last moment it came."""
    unanswered = SmallInt(default=0)
    stopped_at = Timestamptz(null=True, default=None)
    lease_until = Timestamptz(null=True, default=None)
    lease_by = UUID(null=True, default=None)
    """The claim that holds it, a new id each time: a slow worker cannot finish what another took over."""
    attempts = SmallInt(default=0)


class AfterCare(Table, db=DB):
    """One question still to be asked or answered. Answered, it is deleted: the answer is not kept."""

    id = UUID(primary_key=True, default=uuid7)
    person = ForeignKey(references=Person, on_delete=OnDelete.cascade, index=False, null=False)
    step = SmallInt()
    due_at = Timestamptz()
    push_at = Timestamptz(null=True, default=None)
    """When the phone is to be told, and None from then on."""


class Subscription(Table, db=DB):
    """Where one browser can be reached. It goes with its session: a signed-out phone stays silent."""

    id = UUID(primary_key=True, default=uuid7)
    person = ForeignKey(references=Person, on_delete=OnDelete.cascade, index=True, null=False)
    session = ForeignKey(references=Session, on_delete=OnDelete.cascade, index=True, null=False)
    endpoint_hash = Varchar(length=64)
    """A keyed hash, unique: one browser belongs to whoever subscribed it last."""
    sealed = Bytea()
    """Endpoint and keys as JSON."""
    created_at = Timestamptz()


class Outgoing(Table, db=DB):
    """A push to one browser that waits to be sent. Sent, gone or stale, its row is deleted."""

    id = Varchar(length=80, primary_key=True)
    """Topic and subscription, so that the same thing cannot be queued twice."""
    person = ForeignKey(references=Person, on_delete=OnDelete.cascade, index=True, null=False)
    subscription = ForeignKey(references=Subscription, on_delete=OnDelete.cascade, index=True, null=False)
    face = Varchar(length=10)
    """Which of the neutral sentences; never what happened."""
    topic = Varchar(length=32)
    send_at = Timestamptz()
    until = Timestamptz()
    lease_until = Timestamptz(null=True, default=None)
    lease_by = UUID(null=True, default=None)
    attempts = SmallInt(default=0)


class Notice(Table, db=DB):
    id = UUID(primary_key=True, default=uuid7)
    person = ForeignKey(references=Person, on_delete=OnDelete.cascade, index=False, null=False)
    kind = Varchar(length=20)
    path = Varchar(length=120)
    many = Integer(default=1)
    at = Timestamptz()
    read_at = Timestamptz(null=True, default=None)


class NoticeSwitch(Table, db=DB):
    """A row means: this kind may come to the phone. There is none until somebody says so."""

    id = UUID(primary_key=True, default=uuid7)
    person = ForeignKey(references=Person, on_delete=OnDelete.cascade, index=False, null=False)
    kind = Varchar(length=20)
    since = Timestamptz()
