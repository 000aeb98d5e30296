"""Who may share, and what of them decides whether a person reads it first."""

from uuid import UUID

from care import rulings
from care.clock import now
from care.ladder import Person as Author
from care.rulings import FIRST_ITEMS, PUBLISHED
from db import instance, sanctions
from db.devices import Viewer
from db.journal_rows import as_moment
from db.moderation_tables import Item
from db.tables import Consent, Person


class NoConsent(Exception):
    """They have not said yes to the community, or took it back."""


class Closed(Exception):
    """The community is not open: `missing` are keys of care.community.MISSING. Empty for somebody who has
    grown out of it."""

    def __init__(self, missing: list[str]) -> None:
        super().__init__("closed")
        self.missing = missing


async def may_share(viewer: Viewer) -> None:
    """Raises Closed, Paused, NoConsent."""
    missing = await instance.missing(now())
    if missing or not (rulings.side(viewer.band) or viewer.acts_as("moderator")):
        raise Closed(missing)
    await sanctions.stop_if_paused(viewer.person)
    given = (Consent.person == viewer.person) & (Consent.kind == "community")
    if not await Consent.exists().where(given & Consent.withdrawn_at.is_null()):
        raise NoConsent


async def author(viewer: Viewer) -> Author:
    """As the database has them now: a session may be older than a birthday."""
    row = await Person.select(Person.band, Person.created_at).where(Person.id == viewer.person).first()
    if row is None:
        raise NoConsent
    restricted = await sanctions.restricted(viewer.person)
    return Author(row["band"], as_moment(row["created_at"]), await _published(viewer.person), restricted)


async def _published(author: UUID) -> int:
    """Counted no further than it matters."""
    rows = await Item.select(Item.id).where(Item.author == author, Item.state == PUBLISHED).limit(FIRST_ITEMS)
    return len(rows)
