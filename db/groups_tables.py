"""Groups, who is in them, and where each post stands in its group. Indexes and triggers are in 0015."""

from piccolo.columns import UUID, Boolean, Date, ForeignKey, Integer, SmallInt, Text, Timestamptz, Varchar
from piccolo.columns.base import OnDelete
from piccolo.table import Table

from db.engine import DB
from db.ids import uuid7
from db.tables import Person


class Group(Table, db=DB, tablename="peer_group"):
    """What staff say of a group; `group` itself is a word of SQL."""

    id = UUID(primary_key=True, default=uuid7)
    name = Varchar(length=40)
    purpose = Varchar(length=200)
    rules = Text()
    """One a line."""
    rules_n = Integer(default=1)
    """Grows when they change."""
    topics = Varchar(length=120)
    bands = Varchar(length=2)
    """A key of care.groups.BANDS."""
    side = Varchar(length=1)
    type = Varchar(length=10)
    pace = Varchar(length=10)
    cap = SmallInt()
    slow = SmallInt(default=0)
    """Minutes between two posts of one person."""
    hours = Varchar(length=60)
    lang = Varchar(length=30)
    starts_on = Date(null=True, default=None)
    ends_on = Date(null=True, default=None)
    posts = Integer(default=0)
    """The number of the newest post: it grows by trigger, and in the order in which posts can be seen."""
    pinned = UUID(null=True, default=None)
    closed_at = Timestamptz(null=True, default=None)
    looked_after = Timestamptz()
    """When somebody who looks after it was last there."""
    mix = Varchar(length=40)
    """What care.groups_sky.draw gave, on the day `mix_on`; no numbers."""
    mix_on = Date(null=True, default=None)
    made_by = UUID()
    made_at = Timestamptz()


class Membership(Table, db=DB, tablename="membership"):
    """One row for each group and person; who left keeps it, so that a mute is not undone by coming again."""

    id = UUID(primary_key=True, default=uuid7)
    grp = ForeignKey(references=Group, on_delete=OnDelete.cascade, index=False, null=False)
    person = ForeignKey(references=Person, on_delete=OnDelete.cascade, index=False, null=False)
    state = Varchar(length=10)
    """in, asked, invited, out."""
    way = Varchar(length=10)
    """How they would like to be here: a key of care.groups.WAYS."""
    facilitator = Boolean(default=False)
    muted_by = UUID(null=True, default=None)
    muted_at = Timestamptz(null=True, default=None)
    posted_at = Timestamptz(null=True, default=None)
    """For slow mode."""
    agreed = Integer(default=1)
    """The `rules_n` they ticked last."""
    sky = SmallInt(null=True, default=None)
    sky_on = Date(null=True, default=None)
    """The group's day, of UTC."""
    sky_drawn = Boolean(default=False)
    """Whether it is in a drawing of that day."""
    news = Boolean(default=False)
    """Whether they are told that something was said: db/groups_news.py."""
    news_n = Integer(default=0)
    news_at = Timestamptz(null=True, default=None)
    at = Timestamptz()
    """Since when the state is what it is."""


class GroupPost(Table, db=DB, tablename="group_post"):
    """One row for each post that others could see once, numbered within its group by a trigger."""

    item = UUID(primary_key=True)
    grp = ForeignKey(references=Group, on_delete=OnDelete.cascade, index=False, null=False)
    n = Integer()
    notes = Varchar(length=80)
    """Put there by who looks after the group, beside the author's own."""
    moved = Boolean(default=False)
