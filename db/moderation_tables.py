"""Words shared with others and everything decided about them: state as rows. Indexes are in 0005."""

from piccolo.columns import UUID, Boolean, Bytea, ForeignKey, Integer, SmallInt, Timestamptz, Varchar
from piccolo.columns.base import OnDelete
from piccolo.table import Table

from db.engine import DB
from db.ids import uuid7
from db.tables import Person


class Item(Table, db=DB):
    """One thing somebody shares: a story, a post, a reply. `cid` is the phone's; unique with author."""

    id = UUID(primary_key=True, default=uuid7)
    author = ForeignKey(references=Person, on_delete=OnDelete.cascade, index=False, null=False)
    cid = UUID()
    kind = Varchar(length=20)
    place = UUID(null=True, default=None)
    """Where it stands: a group, or the item it answers."""
    band = Varchar(length=1)
    side = Varchar(length=1)
    """`t` or `y`, both as they were when it was written."""
    version = Integer(default=1)
    """Grows with every edit, so that a ruling cannot fall on words its moderator has not read."""
    sealed = Bytea()
    """The words, with the author's key."""
    intent = Varchar(length=20)
    notes = Varchar(length=80)
    """Content notes, by their keys, with spaces between."""
    topics = Varchar(length=120)
    state = Varchar(length=12)
    reason = Varchar(length=12)
    private = Boolean(default=False)
    """The author wants people on duty to read it and nobody else."""
    tier = Varchar(length=10)
    about = Varchar(length=5)
    labels = Varchar(length=100)
    rules = Varchar(length=400)
    read_by = Varchar(length=20)
    """The version of the rules that read it."""
    created_at = Timestamptz()
    edited_at = Timestamptz(null=True, default=None)
    published_at = Timestamptz(null=True, default=None)
    """When others could first see it."""
    card_at = Timestamptz(null=True, default=None)
    """When its author first opened the page with the card that these words called for."""


class Hold(Table, db=DB):
    """One thing in the desk's queue; ended, it stays as history. One open row per kind and subject."""

    id = UUID(primary_key=True, default=uuid7)
    kind = Varchar(length=10)
    """item, report, appeal, person, sanction, unheard."""
    subject = UUID()
    """The item; for kind person, the person; for kind sanction, the step they ask about."""
    person = ForeignKey(references=Person, on_delete=OnDelete.cascade, index=False, null=False)
    """Whose words, or who was reported."""
    reason = Varchar(length=12)
    risk = SmallInt()
    since = Timestamptz()
    handed_to = UUID(null=True, default=None)
    handed_at = Timestamptz(null=True, default=None)
    ended_at = Timestamptz(null=True, default=None)


class Ruling(Table, db=DB):
    """The ledger: every move of the machine. The database itself refuses to change or delete a row, so
    it names nobody by reference and holds no words that a destroyed key would not make unreadable."""

    id = UUID(primary_key=True, default=uuid7)
    item = UUID(null=True, default=None)
    person = UUID()
    """Whom it concerns."""
    action = Varchar(length=12)
    before = Varchar(length=12)
    after = Varchar(length=12)
    by = UUID(null=True, default=None)
    """None for our own rules."""
    at = Timestamptz()
    why = Varchar(length=12)
    """A key of care.rulings.RULES, HOLD_REASONS or of reports' reasons."""
    first = Integer(null=True, default=None)
    last = Integer(null=True, default=None)
    """Where in the words the sentence concerned stands."""
    sealed = Bytea(null=True, default=None)
    """What the moderator wrote to the author, and the sentence, with the author's key."""
    version = Integer(default=0)
    policy = Varchar(length=10)
    waited = Integer(null=True, default=None)
    """Seconds from the hold to this decision."""


class Appeal(Table, db=DB):
    """An author's wish that somebody else looks; one open per item."""

    id = UUID(primary_key=True, default=uuid7)
    item = ForeignKey(references=Item, on_delete=OnDelete.cascade, index=False, null=False)
    ruling = UUID()
    sealed = Bytea()
    state = Varchar(length=10)
    """open, upheld, reversed."""
    at = Timestamptz()
    decided_by = UUID(null=True, default=None)
    decided_at = Timestamptz(null=True, default=None)


class Report(Table, db=DB):
    """What somebody told us about an item or a person. Only its reporter and people on duty ever see it."""

    id = UUID(primary_key=True, default=uuid7)
    reporter = ForeignKey(references=Person, on_delete=OnDelete.cascade, index=False, null=False)
    subject = UUID()
    """The item or the person; unique with the reporter while it is open."""
    kind = Varchar(length=10)
    about = ForeignKey(references=Person, on_delete=OnDelete.cascade, index=False, null=False)
    reason = Varchar(length=12)
    sealed = Bytea()
    """The optional sentence, with the reporter's key."""
    counts = Boolean(default=True)
    """Whether it counts towards hiding: not from somebody new or often wrong."""
    status = Varchar(length=10)
    outcome = Varchar(length=12)
    at = Timestamptz()
    done_at = Timestamptz(null=True, default=None)


class Evidence(Table, db=DB):
    """The words as they were when they were reported, kept for a time even if their author withdraws."""

    id = UUID(primary_key=True, default=uuid7)
    item = ForeignKey(references=Item, on_delete=OnDelete.cascade, index=False, null=False)
    version = Integer()
    sealed = Bytea()
    at = Timestamptz()
    until = Timestamptz()


class Sanction(Table, db=DB):
    """One step, a key of care.sanctions.STEPS. Where two people are needed it does nothing until the
    second agrees, which is `since`. It ends by `until` alone; `ended_at` is set when it is taken back."""

    id = UUID(primary_key=True, default=uuid7)
    person = ForeignKey(references=Person, on_delete=OnDelete.cascade, index=False, null=False)
    kind = Varchar(length=10)
    item = UUID(null=True, default=None)
    why = Varchar(length=12)
    by = UUID()
    second = UUID(null=True, default=None)
    at = Timestamptz()
    since = Timestamptz(null=True, default=None)
    until = Timestamptz(null=True, default=None)
    ended_at = Timestamptz(null=True, default=None)


class SanctionAppeal(Table, db=DB):
    """A person's wish that somebody else looks at a step; one for each."""

    id = UUID(primary_key=True, default=uuid7)
    sanction = ForeignKey(references=Sanction, on_delete=OnDelete.cascade, index=False, null=False)
    sealed = Bytea()
    state = Varchar(length=10)
    """open, upheld, reversed."""
    at = Timestamptz()
    decided_by = UUID(null=True, default=None)
    decided_at = Timestamptz(null=True, default=None)


class Sighting(Table, db=DB):
    """Each time staff opened what is not public. Nobody can change or delete a row."""

    id = UUID(primary_key=True, default=uuid7)
    by = UUID()
    item = UUID()
    why = Varchar(length=12)
    at = Timestamptz()


class Shift(Table, db=DB):
    """Somebody on duty, until they say so or the time is over."""

    id = UUID(primary_key=True, default=uuid7)
    person = ForeignKey(references=Person, on_delete=OnDelete.cascade, index=False, null=False)
    started_at = Timestamptz()
    until = Timestamptz()
    ended_at = Timestamptz(null=True, default=None)


class Unseen(Table, db=DB):
    """Hidden for one reader, by reporting it or by wish."""

    id = UUID(primary_key=True, default=uuid7)
    person = ForeignKey(references=Person, on_delete=OnDelete.cascade, index=False, null=False)
    item = ForeignKey(references=Item, on_delete=OnDelete.cascade, index=False, null=False)
    at = Timestamptz()
