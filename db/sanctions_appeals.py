"""A second opinion about a step: asked for by the person, given by somebody who took no part in it."""

from uuid import UUID

from care.clock import now
from care.queue import AMBER
from db import holds, keys, ledger, notices, sanctions
from db.devices import Viewer
from db.engine import transaction
from db.ids import uuid7
from db.journal_rows import as_uuid
from db.ledger import Fact
from db.moderation_tables import Sanction, SanctionAppeal
from db.sanctions import Refused
from db.shifts import desk


async def ask(viewer: Viewer, sanction: UUID, words: str) -> None:
    """Asks somebody else to look at a step about oneself; once for each. Raises Refused."""
    made = SanctionAppeal(id=uuid7(), sanction=sanction, state="open", at=now())
    told = words.encode("utf-8", "replace")
    made.sealed = await keys.seal(viewer.person, "sanction_appeal", "sealed", made.id, told)
    found = {one.id: one for one in await sanctions.standing(viewer)}
    if sanction not in found:
        raise Refused
    async with transaction():
        once = SanctionAppeal.insert(made).on_conflict(target=SanctionAppeal.sanction, action="DO NOTHING")
        if not await once.returning(SanctionAppeal.id):
            raise Refused
        await holds.begin("sanction", sanction, viewer.person, "appeal", AMBER)
        kind = found[sanction].kind
        await ledger.write(Fact(None, viewer.person, "appeal", kind, kind, viewer.person))


async def judge(viewer: Viewer, sanction: UUID, reverse: bool) -> None:
    """A second opinion, by somebody who took no part in the first. Joins the caller's transaction, which
    ends the hold. Raises Refused."""
    desk(viewer)
    row = await Sanction.select().where(Sanction.id == sanction).first()
    if row is None or viewer.person in {as_uuid(row[who]) for who in ("by", "second", "person") if row[who]}:
        raise Refused
    person = as_uuid(row["person"])
    if reverse:
        await Sanction.update({Sanction.ended_at: now()}).where(
            Sanction.id == sanction, Sanction.ended_at.is_null()
        )
        await sanctions.lifted(row, viewer)
    else:
        await ledger.write(Fact(None, person, "uphold", row["kind"], row["kind"], viewer.person))
        await notices.leave(person, "account", "/moderation/mine")
    await sanctions.close_appeal(sanction, viewer, "reversed" if reverse else "upheld")


async def asked(sanction: UUID, person: UUID) -> str:
    """What they wrote when they asked for a second opinion."""
    row = (
        await SanctionAppeal.select(SanctionAppeal.id, SanctionAppeal.sealed)
        .where(SanctionAppeal.sanction == sanction, SanctionAppeal.state == "open")
        .first()
    )
    if row is None:
        return ""
    try:
        told = await keys.open(person, "sanction_appeal", "sealed", row["id"], bytes(row["sealed"]))
    except keys.Shredded:
        return ""
    return told.decode()
