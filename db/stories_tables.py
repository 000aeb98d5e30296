"""What stands beside a story's words, and what readers do with it. Indexes and triggers are in 0011, 0012."""

from piccolo.columns import UUID, ForeignKey, Integer, Serial, SmallInt, Text, Timestamptz, Varchar
from piccolo.columns.base import OnDelete
from piccolo.table import Table

from db.engine import DB
from db.ids import uuid7
from db.moderation_tables import Item
from db.tables import Person


class Story(Table, db=DB):
    """One row beside each item of kind story; unique with it."""

    n = Serial(primary_key=True)
    item = ForeignKey(references=Item, on_delete=OnDelete.cascade, index=False, null=False)
    situations = Varchar(length=160)
    interests = Varchar(length=100)
    """Keys of care.matching, with spaces between."""
    after = Varchar(length=8)
    lang = Varchar(length=8)
    letters = Integer()
    search = Text()
    """Keyed hashes of its word stems."""
    replies = Integer(default=0)
    """Of others, as they are shown now; a trigger counts."""
    answered_at = Timestamptz(null=True, default=None)
    """When the first of them was shown."""
    closed_at = Timestamptz(null=True, default=None)
    """Since when its author wants no further answers."""
    heard = SmallInt(null=True, default=None)
    """How heard its author felt, 1 to 5; nobody else sees it."""


class Reaction(Table, db=DB):
    """One kind of support by one reader for one text; an author's thanks stand beside it."""

    id = UUID(primary_key=True, default=uuid7)
    item = ForeignKey(references=Item, on_delete=OnDelete.cascade, index=False, null=False)
    person = ForeignKey(references=Person, on_delete=OnDelete.cascade, index=False, null=False)
    kind = SmallInt()
    """A bit of care.stories.SUPPORT, or THANKS."""
    at = Timestamptz()


class Kept(Table, db=DB):
    """A story somebody wants to find again; unique with both."""

    id = UUID(primary_key=True, default=uuid7)
    person = ForeignKey(references=Person, on_delete=OnDelete.cascade, index=False, null=False)
    item = ForeignKey(references=Item, on_delete=OnDelete.cascade, index=False, null=False)
    at = Timestamptz()
