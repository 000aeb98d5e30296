"""Who waits to be heard. Indexes, and the triggers that keep it true, are in 0014 and 0019."""

from piccolo.columns import UUID, Boolean, Integer, SmallInt, Timestamptz, Varchar
from piccolo.table import Table

from db.engine import DB


class Unheard(Table, db=DB):
    """One row beside each item that others may answer, since it was first shown."""

    item = UUID(primary_key=True, default=None)
    side = Varchar(length=1)
    since = Timestamptz()
    """When others could first see it; of an ask a third of its time later, which may be still to come."""
    until = Timestamptz(null=True, default=None)
    """When an ask closes by itself; of a story never."""
    replies = Integer()
    """Of an ask one at most, which stands for one or two."""
    answered_at = Timestamptz(null=True, default=None)
    waits = Boolean()
    """Shown to others, open for answers, and with too few: a story fewer than two, an ask than three."""
    asked = SmallInt(default=0)
    """How many people it was put before; from the third on it is no longer counted."""
    asked_at = Timestamptz(null=True, default=None)
    told_at = Timestamptz(null=True, default=None)
    """When supporters were told; each of these three happens once."""
    called_at = Timestamptz(null=True, default=None)
    desk_at = Timestamptz(null=True, default=None)
