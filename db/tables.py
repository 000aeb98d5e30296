"""Every table, with the reason for what is not obvious. Indexes live in the migrations (raw SQL)."""

from piccolo.columns import (
    UUID,
    Boolean,
    Bytea,
    Date,
    ForeignKey,
    Integer,
    SmallInt,
    Text,
    Timestamptz,
    Varchar,
)
from piccolo.columns.base import OnDelete
from piccolo.table import Table

from db.engine import DB, KEYS
from db.ids import uuid7


class Person(Table, db=DB):
    id = UUID(primary_key=True, default=uuid7)
    name = Varchar(length=20)
    name_key = Varchar(length=80)
    """The name folded so that two people cannot look alike; unique."""
    passphrase = Varchar(length=255)
    """argon2id, with its parameters."""
    band = Varchar(length=1)
    """a 13-15, b 16-17, c 18-25. The birth date itself is never kept."""
    next_band_on = Date(null=True, default=None)
    country = Varchar(length=2)
    created_at = Timestamptz()
    leaving_at = Timestamptz(null=True, default=None)
    """Set when they asked to delete everything: the moment it happens, 14 days later."""
    codes_sealed = Bytea(null=True, default=None)
    """Recovery codes, sealed, only until the person says they have kept them."""
    demo = Boolean(default=False)


class Session(Table, db=DB):
    id = UUID(primary_key=True, default=uuid7)
    person = ForeignKey(references=Person, on_delete=OnDelete.cascade, index=True, null=False)
    token_hash = Varchar(length=64)
    """SHA-256 of the cookie, so that a stolen database signs nobody in; unique."""
    device = Varchar(length=60)
    created_at = Timestamptz()
    seen_at = Timestamptz()
    expires_at = Timestamptz()


class RecoveryCode(Table, db=DB):
    id = UUID(primary_key=True, default=uuid7)
    person = ForeignKey(references=Person, on_delete=OnDelete.cascade, index=True, null=False)
    code_hash = Varchar(length=64)
    used_at = Timestamptz(null=True, default=None)


class Consent(Table, db=DB):
    id = UUID(primary_key=True, default=uuid7)
    person = ForeignKey(references=Person, on_delete=OnDelete.cascade, index=True, null=False)
    kind = Varchar(length=20)
    text_version = Varchar(length=10)
    given_at = Timestamptz()
    withdrawn_at = Timestamptz(null=True, default=None)


class Attempt(Table, db=DB):
    """A rate-limit bucket; its key is a keyed hash, so no address or name is kept."""

    key = Varchar(length=64, primary_key=True)
    tries = Integer(default=0)
    resets_at = Timestamptz()


class Entry(Table, db=DB):
    """One check-in, note, prompt or letter. `cid` is chosen by the phone; unique with person."""

    id = UUID(primary_key=True, default=uuid7)
    person = ForeignKey(references=Person, on_delete=OnDelete.cascade, index=False, null=False)
    cid = UUID()
    kind = Varchar(length=10)
    mood = SmallInt(null=True, default=None)
    energy = SmallInt(null=True, default=None)
    sealed = Bytea()
    """Note, emotions, tags and prompt as JSON, encrypted with the person's key."""
    felt_at = Timestamptz()
    local_date = Date()
    """The person's own day, stored and never computed again: travel must not move a day."""
    tz = Varchar(length=64)
    edited_at = Timestamptz()
    """When this version was written on the phone: the newest edit wins."""
    created_at = Timestamptz()
    removed_at = Timestamptz(null=True, default=None)


class Revision(Table, db=DB):
    """An older version of an entry, kept when a newer one won."""

    id = UUID(primary_key=True, default=uuid7)
    entry = ForeignKey(references=Entry, on_delete=OnDelete.cascade, index=True, null=False)
    mood = SmallInt(null=True, default=None)
    energy = SmallInt(null=True, default=None)
    sealed = Bytea()
    edited_at = Timestamptz()
    kept_at = Timestamptz()


class SkippedPrompt(Table, db=DB):
    id = UUID(primary_key=True, default=uuid7)
    person = ForeignKey(references=Person, on_delete=OnDelete.cascade, index=False, null=False)
    prompt = Varchar(length=40)


class Shredded(Table, db=DB):
    """Whose key was destroyed, as a hash: applied again after a backup is restored."""

    person_hash = Varchar(length=64, primary_key=True)
    at = Timestamptz()


class PersonKey(Table, db=KEYS):
    """A person's data key, wrapped by the instance's key. In its own database, on purpose."""

    person = UUID(primary_key=True, default=None)
    kek = Varchar(length=16)
    version = Integer(default=1)
    wrapped = Bytea()


class KeyShredded(Table, db=KEYS):
    """The same list as Shredded, so that restoring either database alone is safe."""

    person_hash = Varchar(length=64, primary_key=True)
    at = Timestamptz()


class Instance(Table, db=DB):
    """Small facts about this installation, by name."""

    name = Varchar(length=40, primary_key=True)
    value = Text()
