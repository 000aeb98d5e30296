"""What stands beside an ask and beside a view. Indexes and triggers are in 0013."""

from piccolo.columns import UUID, Bytea, Integer, SmallInt, Timestamptz, Varchar
from piccolo.table import Table

from db.engine import DB


class Ask(Table, db=DB):
    """One row beside each item of kind ask, and gone with it."""

    item = UUID(primary_key=True)
    angles = SmallInt()
    """Bits of care.perspectives.ANGLES."""
    wanted = SmallInt()
    """How many views its author asked for."""
    hours = SmallInt()
    """How long it is open, from when others could first see it."""
    tz = Varchar(length=64)
    taken = Integer(default=0)
    """Views that are shown or being read, so that nobody writes in vain; a trigger counts."""
    views = Integer(default=0)
    """Those of them that are shown; a trigger counts."""
    answered_at = Timestamptz(null=True, default=None)
    """When the first of them was shown."""
    closed_at = Timestamptz(null=True, default=None)
    """Since when its author wants no more."""
    took = Bytea(null=True, default=None)
    """What its author took from it, with their key: for nobody else. Gone when the ask is taken back."""
    side = Varchar(length=1)
    at = Timestamptz(null=True, default=None)
    """The side it is for, and since when others see it, if they do; a trigger follows the item."""


class Perspective(Table, db=DB):
    """One row beside each item of kind view, and gone with it."""

    item = UUID(primary_key=True)
    angle = SmallInt()
    mark = SmallInt(null=True, default=None)
    """One of care.perspectives.MARKS, by the author of the ask and for them alone."""
