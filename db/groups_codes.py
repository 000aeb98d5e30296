"""Codes for a school's or a charity's own groups: made and ended by staff, typed by members.

A code leads to the door and no further: the purpose is read and each rule ticked there, as by everybody. Only
its hash stays. Whoever may not know of the group learns nothing from a code: wrong, ended, used up and of the
other side are one answer.
"""

import hashlib
import hmac
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from care import groups as rules
from care.clock import now
from care.groups_codes import LETTERS, PARTS, CodePlan
from care.rulings import side
from db import codes, groups, groups_care, keys, ledger, limits
from db.devices import Viewer
from db.engine import fetch, transaction
from db.groups_codes_tables import GroupCode, GroupCodeUse
from db.groups_rows import Room
from db.ids import uuid7
from db.journal_rows import as_moment, as_uuid
from db.ledger import Fact
from db.limits import Limit
from db.moderation import Unknown

TRIES = Limit("group code", 10, timedelta(hours=1))
SHOWN = 50
KEPT = timedelta(days=30)
"""How long one that is over is listed; and with it, who came by it."""


class OtherAge(Exception):
    """The group is for others of their own side."""


@dataclass(frozen=True, slots=True)
class Code:
    """As staff see it: the code itself is shown once, when it is made."""

    id: UUID
    by: str
    made_at: datetime
    expires_at: datetime
    cap: int
    uses: int
    ended: bool

    @property
    def works(self) -> bool:
        return not self.ended and self.uses < self.cap and now() < self.expires_at


async def of(viewer: Viewer, group: UUID) -> tuple[Room, list[Code]]:
    """The newest first. Raises Unknown."""
    here = await _made_for(viewer, group)
    return here, [_code(row) for row in await fetch(_CODES, group, SHOWN)]


async def make(viewer: Viewer, group: UUID, plan: CodePlan) -> str:
    """The code, which nobody can look up later. Raises Unknown."""
    await _made_for(viewer, group)
    code = "-".join("".join(secrets.choice(codes.LETTERS) for _ in range(LETTERS)) for _ in range(PARTS))
    row = GroupCode(id=uuid7(), grp=group, code_hash=_hash(code), cap=plan.cap, uses=0)
    row.made_by, row.made_at, row.expires_at = viewer.person, now(), now() + plan.lasts
    async with transaction():
        await GroupCode.insert(row)
        await ledger.write(Fact(row.id, viewer.person, "make code", "none", "open", viewer.person))
    return code


async def end(viewer: Viewer, group: UUID, code: UUID) -> None:
    """Nobody else comes by it; who came stays. Again, it changes nothing. Raises Unknown."""
    await _made_for(viewer, group)
    async with transaction():
        if not await fetch(_END, now(), code, group):
            if await fetch(_ENDED, code, group):
                return
            raise Unknown
        await ledger.write(Fact(code, viewer.person, "end code", "open", "ended", viewer.person))


async def use(viewer: Viewer, code: str) -> UUID:
    """The group to whose door it leads, as if they had been invited. Raises Unknown, OtherAge, TooMany."""
    await limits.take(TRIES, str(viewer.person))
    async with transaction():
        # The code's row is held until it is counted, so that of many at once for the last use one gets it.
        rows = await fetch(_HOLD, _hash(code), now())
        if not rows:
            raise Unknown
        found = (await fetch(_DOOR, viewer.person, rows[0]["id"], viewer.person, rows[0]["grp"]))[0]
        group = as_uuid(rows[0]["grp"])
        if viewer.acts_as("moderator"):
            return group
        if side(viewer.band) != found["side"]:
            raise Unknown
        if viewer.band not in found["bands"]:
            raise OtherAge
        if found["state"] in (rules.IN, rules.INVITED):
            return group
        await _count(viewer, as_uuid(rows[0]["id"]), bool(found["used"]))
        await _invite(viewer, group)
    return group


async def forget_old(at: datetime) -> None:
    """For the jobs. Who came by it stays in the group, and in the record of what staff did."""
    await fetch(_FORGET, at - KEPT, at - KEPT)


async def _count(viewer: Viewer, code: UUID, used: bool) -> None:
    """Raises Unknown when it is used up; the same person again costs nothing."""
    if used:
        return
    if not await fetch(_USE, code):
        raise Unknown
    await GroupCodeUse.insert(GroupCodeUse(id=uuid7(), code=code, person=viewer.person, at=now()))
    await ledger.write(Fact(code, viewer.person, "use code", "out", "invited", viewer.person))


async def _invite(viewer: Viewer, group: UUID) -> None:
    await fetch(groups.LOCK, group)
    await fetch(groups.PUT, uuid7(), group, viewer.person, now())
    if not await fetch(_INVITE, now(), group, viewer.person):
        raise Unknown


async def _made_for(viewer: Viewer, group: UUID) -> Room:
    """For those who may make groups. Raises Unknown."""
    here = await groups_care.led(viewer, group)
    if not here.staff:
        raise Unknown
    return here


def _code(row: dict[str, Any]) -> Code:
    return Code(
        id=as_uuid(row["id"]),
        by=row["name"] or "",
        made_at=as_moment(row["made_at"]),
        expires_at=as_moment(row["expires_at"]),
        cap=row["cap"],
        uses=row["uses"],
        ended=row["ended_at"] is not None,
    )


def _hash(code: str) -> str:
    """60 random bits need no slow hash; the secret is for whoever steals the database alone."""
    told = code.replace("-", "").encode("utf-8", "replace")
    return hmac.new(keys.secret("group codes"), told, hashlib.sha256).hexdigest()


_CODES = """
SELECT c.id, p.name, c.made_at, c.expires_at, c.cap, c.uses, c.ended_at
FROM group_code c LEFT JOIN person p ON p.id = c.made_by
WHERE c.grp = {} ORDER BY c.made_at DESC, c.id DESC LIMIT {}
"""
_END = "UPDATE group_code SET ended_at = {} WHERE id = {} AND grp = {} AND ended_at IS NULL RETURNING id"
_ENDED = "SELECT 1 AS yes FROM group_code WHERE id = {} AND grp = {}"
_FORGET = "DELETE FROM group_code WHERE ended_at <= {} OR expires_at <= {}"
_HOLD = """
UPDATE group_code SET uses = uses WHERE code_hash = {} AND ended_at IS NULL AND expires_at > {}
RETURNING id, grp
"""
_DOOR = """
SELECT g.bands, g.side, m.state, u.id AS used FROM peer_group g
LEFT JOIN membership m ON m.grp = g.id AND m.person = {}
LEFT JOIN group_code_use u ON u.code = {} AND u.person = {}
WHERE g.id = {}
"""
_USE = "UPDATE group_code SET uses = uses + 1 WHERE id = {} AND uses < cap RETURNING id"
_INVITE = """
UPDATE membership SET state = 'invited', at = {} WHERE grp = {} AND person = {} AND state IN ('out', 'asked')
RETURNING id
"""
