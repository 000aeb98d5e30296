"""What members chose to see and not to see, and who blocked whom. Indexes are in 0006."""

from piccolo.columns import UUID, Bytea, ForeignKey, Timestamptz, Varchar
from piccolo.columns.base import OnDelete
from piccolo.table import Table

from db.engine import DB
from db.ids import uuid7
from db.tables import Person


class Block(Table, db=DB):
    """Neither sees the other, whoever of the two asked for it; unique per pair and direction."""

    id = UUID(primary_key=True, default=uuid7)
    person = ForeignKey(references=Person, on_delete=OnDelete.cascade, index=False, null=False)
    other = ForeignKey(references=Person, on_delete=OnDelete.cascade, index=False, null=False)
    at = Timestamptz()


class Choice(Table, db=DB):
    """One thing a reader chose: several kinds in one table, so that a feed reads them all at once."""

    id = UUID(primary_key=True, default=None)
    """A keyed hash of person, kind and what was chosen: the same choice twice is one row."""
    person = ForeignKey(references=Person, on_delete=OnDelete.cascade, index=False, null=False)
    kind = Varchar(length=10)
    """person, topic, word, break, lighter; likes, willing, rest, waved."""
    other = ForeignKey(references=Person, on_delete=OnDelete.cascade, index=False, null=True)
    """Of kind person: who is muted. They are never told."""
    topic = Varchar(length=20, null=True, default=None)
    """Of kind topic; of kind waved the suggestion."""
    about = UUID(null=True, default=None)
    """Of kind rest: what was put before them when it began."""
    sealed = Bytea(null=True, default=None)
    """Of kind word: the word; of kind likes: what they say of themselves. Theirs alone to know."""
    at = Timestamptz()
    until = Timestamptz(null=True, default=None)
    """Of kinds break, lighter and rest: when it ends."""
