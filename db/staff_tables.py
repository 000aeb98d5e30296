"""Who looks after this Beside, and how they prove it is them. Indexes are in 0006."""

from piccolo.columns import UUID, Bytea, ForeignKey, Integer, Timestamptz, Varchar
from piccolo.columns.base import OnDelete
from piccolo.table import Table

from db.engine import DB
from db.ids import uuid7
from db.tables import Person, Session


class StaffRole(Table, db=DB):
    """A role somebody holds or held; a row is never deleted, so it stays known who could do what when."""

    id = UUID(primary_key=True, default=uuid7)
    person = ForeignKey(references=Person, on_delete=OnDelete.cascade, index=False, null=False)
    role = Varchar(length=20)
    """supporter, moderator, safeguarding or operator; everybody is a member."""
    granted_by = Varchar(length=80)
    """Who typed the command, as they said or as the machine knows them."""
    granted_at = Timestamptz()
    removed_by = Varchar(length=80, null=True, default=None)
    removed_at = Timestamptz(null=True, default=None)


class SecondFactor(Table, db=DB):
    """The secret that a staff member's other device shares with us; unique per person."""

    id = UUID(primary_key=True, default=uuid7)
    person = ForeignKey(references=Person, on_delete=OnDelete.cascade, index=False, null=False)
    sealed = Bytea()
    """Sealed with the key of the person."""
    made_at = Timestamptz()
    confirmed_at = Timestamptz(null=True, default=None)
    """Until a first right code it proves nothing."""
    last_step = Integer(default=0)
    """The half minute of the last code taken: no code is taken twice, and none older than it."""


class StaffCheck(Table, db=DB):
    """The session in which a right code was given; unique per session."""

    id = UUID(primary_key=True, default=uuid7)
    session = ForeignKey(references=Session, on_delete=OnDelete.cascade, index=False, null=False)
    until = Timestamptz()


class FactorReset(Table, db=DB):
    """An operator's wish to let somebody set up their second factor anew; it takes two operators."""

    id = UUID(primary_key=True, default=uuid7)
    person = ForeignKey(references=Person, on_delete=OnDelete.cascade, index=False, null=False)
    operator = ForeignKey(references=Person, on_delete=OnDelete.cascade, index=False, null=False)
    at = Timestamptz()
