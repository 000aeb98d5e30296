"""What a group says of itself, changed by who looks after it; and rules that changed, asked again.

Everybody in the group reads these words, and they do not pass the door of db/moderation.py: so staff change
them, and besides them only somebody trained and grown-up, whose words our readers let pass.
"""

from uuid import UUID

from care import groups as rules
from care import ladder
from care.groups import Text
from db import groups_care, ledger
from db.devices import Viewer
from db.engine import fetch, transaction
from db.groups_rows import Room
from db.ledger import Fact
from db.moderation import Unknown


class Refused(Exception):
    """Our readers saw something in it: somebody from the team may write it."""


async def may(viewer: Viewer) -> bool:
    """Whether they may change the words of what they look after."""
    grown_up = viewer.band == rules.GROWN_UP
    return viewer.acts_as("moderator") or (grown_up and await groups_care.is_trained(viewer.person))


async def find(viewer: Viewer, group: UUID) -> Room:
    """Raises Unknown for who may not change its words."""
    here = await groups_care.led(viewer, group)
    if not await may(viewer):
        raise Unknown
    return here


async def write(viewer: Viewer, group: UUID, text: Text) -> None:
    """Rules that are others now are asked again of everybody but the writer. Raises Unknown, Refused."""
    here = await find(viewer, group)
    if not here.staff:
        reading, findings = ladder.read("\n\n".join((text.purpose, *text.rules)))
        if reading.tier != "none" or findings.labels:
            raise Refused
    said = "\n".join(text.rules)
    async with transaction():
        await fetch(_WRITE, text.purpose, said, said, group)
        await fetch(_AGREED_NOW, group, group, viewer.person)
        await ledger.write(Fact(group, viewer.person, "words", "", "", viewer.person))
    await groups_care.there(here)


async def agree(viewer: Viewer, group: UUID, n: int) -> None:
    """To the rules numbered `n`, which they had before them; what was changed meanwhile is asked again.

    Raises Unknown.
    """
    if not await fetch(_AGREE, n, n, group, viewer.person, n):
        raise Unknown


_WRITE = """
UPDATE peer_group SET purpose = {}, rules_n = rules_n + CASE WHEN rules = {} THEN 0 ELSE 1 END, rules = {}
WHERE id = {}
"""
_AGREED_NOW = """
UPDATE membership SET agreed = (SELECT g.rules_n FROM peer_group g WHERE g.id = {})
WHERE grp = {} AND person = {}
"""
_AGREE = """
UPDATE membership SET agreed = CASE WHEN {} > agreed THEN {} ELSE agreed END
WHERE grp = {} AND person = {} AND state <> 'out'
    AND {} <= (SELECT g.rules_n FROM peer_group g WHERE g.id = membership.grp) RETURNING id
"""
