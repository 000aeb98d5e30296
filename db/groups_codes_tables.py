"""Codes that lead to a group's door, and who came by which. Indexes are in 0018."""

from piccolo.columns import UUID, ForeignKey, SmallInt, Timestamptz, Varchar
from piccolo.columns.base import OnDelete
from piccolo.table import Table

from db.engine import DB
from db.groups_tables import Group
from db.ids import uuid7
from db.tables import Person


class GroupCode(Table, db=DB, tablename="group_code"):
    id = UUID(primary_key=True, default=uuid7)
    grp = ForeignKey(references=Group, on_delete=OnDelete.cascade, index=False, null=False)
    code_hash = Varchar(length=64)
    cap = SmallInt()
    """So many people may come by it."""
    uses = SmallInt(default=0)
    made_by = UUID()
    made_at = Timestamptz()
    expires_at = Timestamptz()
    ended_at = Timestamptz(null=True, default=None)


class GroupCodeUse(Table, db=DB, tablename="group_code_use"):
    """One row for each person and code, so that who types it again takes nobody's place."""

    id = UUID(primary_key=True, default=uuid7)
    code = ForeignKey(references=GroupCode, on_delete=OnDelete.cascade, index=False, null=False)
    person = ForeignKey(references=Person, on_delete=OnDelete.cascade, index=False, null=False)
    at = Timestamptz()
