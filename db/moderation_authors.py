"""Who may share, and what of them decides whether a person reads it first."""

from care import rulings
from care.ladder import Person as Author
from care.rulings import FIRST_DAYS, FIRST_ITEMS
from db import instance, sanctions
from db.devices import Viewer
from db.engine import fetch
from db.instance import ADOPTED, crisis_set
from db.journal_rows import as_moment
from db.staff import READY


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
    await author(viewer, "")


async def author(viewer: Viewer, kind: str) -> Author:
    """As the database has them now: a session may be older than a birthday.

    One statement for everything, since whoever shares waits for it. Raises Closed, Paused, NoConsent.
    """
    found = await fetch(_STANDING, *(viewer.person,) * 3, ADOPTED, viewer.person)
    if not found:
        raise NoConsent
    here = found[0]
    open_ = here["staffed"] and here["adopted"] and crisis_set()
    if not open_ or not (rulings.side(viewer.band) or viewer.acts_as("moderator")):
        raise Closed(await instance.missing())
    if here["marked"]:
        await sanctions.stop_if_paused(viewer.person)
    if not here["agreed"]:
        raise NoConsent
    first = bool(here["marked"]) and await sanctions.restricted(viewer.person)
    joined, published = as_moment(here["created_at"]), here["published"]
    if kind in ("reply", "post") and viewer.acts_as("moderator"):
        # The team answers as the team, not as somebody new; else a desk of one could never answer anybody.
        joined, published = joined - FIRST_DAYS, FIRST_ITEMS
    return Author(here["band"], joined, published, first)


_STANDING = f"""
SELECT person.band, person.created_at,
    EXISTS (SELECT 1 FROM consent c WHERE c.person = {{}} AND c.kind = 'community' AND c.withdrawn_at IS NULL)
        AS agreed,
    EXISTS (SELECT 1 FROM sanction x WHERE x.person = {{}}) AS marked,
    (SELECT COUNT(*) FROM (SELECT 1 FROM item WHERE item.author = {{}} AND item.state = 'published'
        LIMIT {FIRST_ITEMS}) AS few) AS published,
    EXISTS (SELECT 1 FROM instance i WHERE i.name = {{}}) AS adopted,
    {READY} AS staffed
FROM person WHERE person.id = {{}}
"""  # noqa: S608 - our own words
