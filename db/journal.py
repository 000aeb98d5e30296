"""One person's journal: writing, versions, removing and prompts. Every verb takes the person first."""

from dataclasses import dataclass, replace
from datetime import datetime
from uuid import UUID

from care import journal as rules
from care import prompts as questions
from care.clock import now
from care.journal import KEPT_AFTER_REMOVAL, Draft, Entry, Problems, Words
from care.prompts import Prompt
from db.engine import DB, transaction
from db.ids import uuid7
from db.journal_days import Recent, Year, last_mood, recent, skies
from db.journal_pages import Page, own, page, removed, search
from db.journal_rows import COLUMNS, Row, entries, seal, unseal
from db.tables import Entry as Entries
from db.tables import Revision, SkippedPrompt

__all__ = [
    "Page",
    "Recent",
    "Version",
    "Year",
    "find",
    "last_mood",
    "offer",
    "own",
    "page",
    "purge_removed",
    "recent",
    "remove",
    "removed",
    "restore",
    "revisions",
    "search",
    "skies",
    "skip",
    "unskip",
    "write",
]

_PLAIN = ("kind", "mood", "energy", "felt_at", "local_date", "tz", "edited_at")
"""What stands in the row as the draft has it."""


@dataclass(frozen=True)
class Version:
    mood: int | None
    energy: int | None
    words: Words
    edited_at: datetime


async def write(person: UUID, draft: Draft) -> Entry | Problems:
    """Saves a new entry or a version of one; the same again answers the same and changes nothing.

    The newest edit wins and the other is kept as a revision. What was removed stays removed.
    """
    at = now()
    cid = draft.cid or uuid7()
    sealed = await seal(person, cid, draft.words)
    async with transaction():
        problems = rules.too_far(draft, at)
        if not problems and (made := await _insert(person, cid, draft, sealed, at)):
            return made
        row = await _row(person, cid, lock=True)
        if row is None:
            return problems
        return await _merge(person, row, draft, sealed, at)


async def find(person: UUID, cid: UUID) -> Entry | None:
    """Also what was removed and can still be brought back: look at `removed_at`."""
    row = await _row(person, cid)
    return (await entries(person, [row]))[0] if row else None


async def revisions(person: UUID, cid: UUID) -> list[Version]:
    """Older versions, newest first; none for what is not theirs."""
    row = await _row(person, cid)
    return await _versions(person, row) if row else []


async def remove(person: UUID, cid: UUID) -> Entry | None:
    await Entries.update({Entries.removed_at: now()}).where(
        Entries.person == person, Entries.cid == cid, Entries.removed_at.is_null()
    )
    return await find(person, cid)


async def restore(person: UUID, cid: UUID) -> Entry | None:
    await Entries.update({Entries.removed_at: None}).where(
        Entries.person == person, Entries.cid == cid, Entries.removed_at >= now() - KEPT_AFTER_REMOVAL
    )
    return await find(person, cid)


async def purge_removed(before: datetime) -> int:
    """For the jobs: forgets for good what was removed before that moment, and says how many."""
    gone = await Entries.delete().where(Entries.removed_at < before).returning(Entries.id)
    return len(gone)


async def offer(person: UUID, turn: int = 0) -> list[Prompt]:
    """Three prompts that fit the last sky, without those skipped for ever."""
    skipped = await SkippedPrompt.select(SkippedPrompt.prompt).where(SkippedPrompt.person == person)
    return questions.offer(await last_mood(person), {row["prompt"] for row in skipped}, turn)


async def skip(person: UUID, prompt: str) -> Prompt | None:
    """Never offers this one again; None when there is no such prompt."""
    if found := questions.PROMPTS.get(prompt):
        row = SkippedPrompt(person=person, prompt=prompt)
        target = (SkippedPrompt.person, SkippedPrompt.prompt)
        await SkippedPrompt.insert(row).on_conflict(target=target, action="DO NOTHING")
    return found


async def unskip(person: UUID, prompt: str) -> Prompt | None:
    if found := questions.PROMPTS.get(prompt):
        await SkippedPrompt.delete().where(SkippedPrompt.person == person, SkippedPrompt.prompt == prompt)
    return found


async def _insert(person: UUID, cid: UUID, draft: Draft, sealed: bytes, at: datetime) -> Entry | None:
    """None when this id was there already. The unique index decides, so that of many retries one wins."""
    values = {name: getattr(draft, name) for name in _PLAIN}
    row = Entries(person=person, cid=cid, sealed=sealed, created_at=at, **values)
    target = (Entries.person, Entries.cid)
    made = await Entries.insert(row).on_conflict(target=target, action="DO NOTHING").returning(Entries.id)
    return Entry(id=made[0]["id"], cid=cid, words=draft.words, **values) if made else None


async def _merge(person: UUID, row: Row, draft: Draft, sealed: bytes, at: datetime) -> Entry | Problems:
    stored = (await entries(person, [row]))[0]
    newer = draft.edited_at >= stored.edited_at
    moved = rules.moved(draft, stored, at) if newer else None
    if moved and (problems := rules.too_far(moved, at)):
        return problems
    if not newer:
        if not await _known(person, row, draft):
            await _keep(stored.id, draft, sealed, at)
        return stored
    if not rules.same(draft, stored) and not rules.within(stored, draft):
        await _keep(stored.id, stored, row["sealed"], at)
    when = moved or stored
    changed = replace(
        stored,
        mood=draft.mood,
        energy=draft.energy,
        words=draft.words,
        edited_at=draft.edited_at,
        felt_at=when.felt_at,
        local_date=when.local_date,
    )
    if changed != stored:
        await _update(changed, row["sealed"] if rules.same(draft, stored) else sealed)
    return changed


async def _known(person: UUID, row: Row, draft: Draft) -> bool:
    """Whether this late version is already here: a retry must not pile up copies."""
    stored = (await entries(person, [row]))[0]
    version = (draft.mood, draft.energy, draft.words)
    kept = [(v.mood, v.energy, v.words) for v in await _versions(person, row)]
    return rules.same(draft, stored) or version in kept


async def _update(entry: Entry, sealed: bytes) -> None:
    changed = ("mood", "energy", "felt_at", "local_date", "edited_at")
    values = {getattr(Entries, name): getattr(entry, name) for name in changed}
    await Entries.update({**values, Entries.sealed: sealed}).where(Entries.id == entry.id)


async def _keep(entry: UUID, version: Draft | Entry, sealed: bytes, at: datetime) -> None:
    row = Revision(entry=entry, mood=version.mood, energy=version.energy, sealed=sealed)
    row.edited_at, row.kept_at = version.edited_at, at
    await Revision.insert(row)


async def _versions(person: UUID, row: Row) -> list[Version]:
    rows = (
        await Revision.select(Revision.mood, Revision.energy, Revision.sealed, Revision.edited_at)
        .where(Revision.entry == row["id"])
        .order_by(Revision.edited_at, Revision.id, ascending=False)
    )
    opened = await unseal(person, [(row["cid"], version["sealed"]) for version in rows])
    return [
        Version(v["mood"], v["energy"], words, v["edited_at"]) for v, words in zip(rows, opened, strict=True)
    ]


async def _row(person: UUID, cid: UUID, lock: bool = False) -> Row | None:
    query = Entries.select(*COLUMNS).where(Entries.person == person, Entries.cid == cid)
    # Two versions at once must be compared one after the other. On SQLite the transaction is
    # the only writer already.
    if lock and DB.engine_type == "postgres":
        query = query.lock_rows("UPDATE")
    rows: list[Row] = await query
    return rows[0] if rows else None
