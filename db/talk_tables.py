"""A private talk of whoever leads on safety with one person, and what people answered when asked whether
they are safe. Indexes are in 0008."""

from piccolo.columns import UUID, Bytea, ForeignKey, Timestamptz, Varchar
from piccolo.columns.base import OnDelete
from piccolo.table import Table

from db.engine import DB
from db.ids import uuid7
from db.moderation_tables import Item
from db.tables import Person


class Talk(Table, db=DB):
    """One case: begun by a lead, ended by either side. One open per person."""

    id = UUID(primary_key=True, default=uuid7)
    person = ForeignKey(references=Person, on_delete=OnDelete.cascade, index=False, null=False)
    item = UUID(null=True, default=None)
    """What led to it; no reference, since the talk outlives the words."""
    lead = UUID()
    """Who began it. Every lead may read and answer: somebody must be there when this one is not."""
    at = Timestamptz()
    said_at = Timestamptz()
    turn = Varchar(length=6)
    """`lead` or `person`: who spoke last."""
    again_at = Timestamptz(null=True, default=None)
    """When a lead wants to look in again, 24 to 48 hours later."""
    called_at = Timestamptz(null=True, default=None)
    """When the leads were called for it."""
    ended_at = Timestamptz(null=True, default=None)
    ended_by = UUID(null=True, default=None)
    outcome = Varchar(length=12)
    """A key of care.talk.OUTCOMES; empty while it is open, or when the person ended it."""


class TalkLine(Table, db=DB):
    """What one of the two wrote, sealed with the key of the person the talk is for."""

    id = UUID(primary_key=True, default=uuid7)
    talk = ForeignKey(references=Talk, on_delete=OnDelete.cascade, index=False, null=False)
    cid = UUID()
    who = Varchar(length=6)
    by = UUID()
    sealed = Bytea()
    at = Timestamptz()


class TalkNote(Table, db=DB):
    """What a lead notes for the leads after them. A table of its own, so that no query for the person
    can bring it along by mistake. Sealed like the lines: it goes when the person goes."""

    id = UUID(primary_key=True, default=uuid7)
    talk = ForeignKey(references=Talk, on_delete=OnDelete.cascade, index=False, null=False)
    by = UUID()
    sealed = Bytea()
    at = Timestamptz()


class SafeAnswer(Table, db=DB):
    """What somebody answered when asked whether they are safe right now, where it says who will see it."""

    id = UUID(primary_key=True, default=uuid7)
    person = ForeignKey(references=Person, on_delete=OnDelete.cascade, index=False, null=False)
    item = ForeignKey(references=Item, on_delete=OnDelete.cascade, index=False, null=True, default=None)
    talk = ForeignKey(references=Talk, on_delete=OnDelete.cascade, index=False, null=True, default=None)
    answer = Varchar(length=6)
    at = Timestamptz()
