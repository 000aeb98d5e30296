"""What each person agreed to, when, to which words, and since when no longer. Rows are never rewritten."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from care.account import CONSENTS, TEXT_VERSION
from care.clock import now
from db.engine import transaction
from db.tables import Consent


@dataclass(frozen=True, slots=True)
class Standing:
    """`since` is when the present answer was given; None when it was never asked or given."""

    kind: str
    on: bool
    since: datetime | None


async def give(person: UUID, kinds: Collection[str]) -> None:
    at = now()
    rows = [Consent(person=person, kind=kind, text_version=TEXT_VERSION, given_at=at) for kind in kinds]
    if rows:
        await Consent.insert(*rows)


async def of(person: UUID) -> list[Standing]:
    """All five, in the order of care.account.CONSENTS."""
    rows = (
        await Consent.select(Consent.kind, Consent.given_at, Consent.withdrawn_at)
        .where(Consent.person == person)
        .order_by(Consent.given_at)
    )
    latest = {row["kind"]: row for row in rows}
    return [_standing(kind, latest.get(kind)) for kind in CONSENTS]


async def choose(person: UUID, wanted: Collection[str]) -> None:
    """Gives what is newly wanted and withdraws what no longer is; the journal's stays with the account."""
    async with transaction():
        standing = {s.kind for s in await of(person) if s.on}
        await give(person, [kind for kind in CONSENTS if kind in wanted and kind not in standing])
        gone = [kind for kind in standing if kind not in wanted and kind != "journal"]
        if gone:
            mine = (Consent.person == person) & Consent.kind.is_in(gone) & Consent.withdrawn_at.is_null()
            await Consent.update({Consent.withdrawn_at: now()}).where(mine)


def _standing(kind: str, row: dict[str, datetime | None] | None) -> Standing:
    if row is None:
        return Standing(kind, False, None)
    withdrawn = row["withdrawn_at"]
    return Standing(kind, withdrawn is None, withdrawn or row["given_at"])
