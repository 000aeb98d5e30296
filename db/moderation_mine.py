"""The author's side: their own items in whatever state, why, and asking somebody else to look."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from care import ladder, rulings
from care.clock import now
from care.queue import AMBER
from care.rulings import REMOVED, RETURNED, WAITING
from db import holds, keys, ledger, moderation_rows
from db.devices import Viewer
from db.engine import UNIQUE, transaction
from db.ids import uuid7
from db.journal_rows import as_moment
from db.ledger import Entry, Fact
from db.moderation_rows import COLUMNS, Shown
from db.moderation_tables import Appeal, Item, Ruling
from db.shifts import Wait, wait

APPEALABLE = (RETURNED, REMOVED)
MOST = 50


class NoAppeal(Exception):
    """There is nothing to look at again, or it was looked at again already."""


@dataclass(frozen=True)
class Statement:
    """The statement of reasons for one item. `decision` is the one that stands now; None when no person
    decided yet. Nobody's name is in it: the desk answers as one."""

    item: Shown
    decision: Entry | None
    history: list[Entry]
    appeal: str
    """Empty, open, upheld, reversed, or dropped because the words were changed."""
    appeal_at: datetime | None
    wait: Wait
    card: str = ""
    """What stays on the page for as long as the words are held because of danger."""
    missed: tuple[str, tuple[str, ...]] = ("", ())
    """What our reader took it for, and the rules that did: for "this missed the mark"."""

    @property
    def may_appeal(self) -> bool:
        return self.item.state in APPEALABLE and not self.appeal and self.decision is not None


async def mine(viewer: Viewer, kind: str = "", waiting: bool = True) -> list[Shown]:
    """The viewer's own, newest first; with `waiting`, only what others cannot see now."""
    sql = f"SELECT {COLUMNS} FROM item JOIN person ON person.id = item.author WHERE item.author = {{}}"  # noqa: S608
    sql += " AND item.state <> 'withdrawn'" + (" AND item.state <> 'published'" if waiting else "")
    sql += " AND item.kind = {}" if kind else ""
    sql += f" ORDER BY item.created_at DESC, item.id DESC LIMIT {MOST}"
    rows = await Item.raw(sql, viewer.person, *((kind,) if kind else ()))
    return await moderation_rows.shown(rows, viewer.person)


async def of_mine(viewer: Viewer, item: UUID) -> Shown | None:
    sql = f"SELECT {COLUMNS} FROM item JOIN person ON person.id = item.author"  # noqa: S608
    sql += " WHERE item.id = {} AND item.author = {} AND item.state <> 'withdrawn'"
    found = await moderation_rows.shown(await Item.raw(sql, item, viewer.person), viewer.person)
    return found[0] if found else None


async def statement(viewer: Viewer, item: UUID) -> Statement | None:
    """None for what is not theirs."""
    found = await of_mine(viewer, item)
    if found is None:
        return None
    history = await ledger.of(item, viewer.person)
    decided = [one for one in history if one.action in (*rulings.DECISIONS, "uphold", "reverse")]
    standing = next((one for one in reversed(decided) if one.after == found.state), None)
    newest = Appeal.select(Appeal.state, Appeal.at, Appeal.ruling).where(Appeal.item == item)
    appeal = await newest.order_by(Appeal.at, ascending=False).first()
    # An edit since may have led to another decision, which may be appealed anew.
    last = next((one.id for one in reversed(history) if one.action in ("return", "remove")), None)
    fits = appeal and appeal["ruling"] == last
    return Statement(
        found,
        standing,
        history,
        appeal["state"] if appeal and fits else "",
        as_moment(appeal["at"]) if appeal and fits else None,
        await wait(),
        *await _read(found),
    )


async def _read(item: Shown) -> tuple[str, tuple[str, tuple[str, ...]]]:
    row = await Item.select(Item.tier, Item.about, Item.rules).where(Item.id == item.id).first()
    if row is None or row["tier"] == "none":
        return "", ("", ())
    held = item.reason == "care" and item.state in WAITING
    verdict = "other" if row["about"] == "other" else row["tier"]
    return ladder.card(row["tier"], row["about"]) if held else "", (verdict, tuple(row["rules"].split()))


async def appeal(viewer: Viewer, item: UUID, words: str) -> None:
    """Asks somebody else to look; once for each decision. Raises NoAppeal."""
    made = Appeal(id=uuid7(), item=item, state="open", at=now())
    told = words.encode("utf-8", "replace")
    made.sealed = await keys.seal(viewer.person, "appeal", "sealed", made.id, told)
    try:
        async with transaction():
            row = await Item.select(Item.state).where(Item.id == item, Item.author == viewer.person).first()
            state = row["state"] if row else ""
            ruling = await _ruling(item, state) if state in APPEALABLE else None
            if ruling is None:
                raise NoAppeal
            made.ruling = ruling
            await Appeal.insert(made)
            await holds.begin("appeal", item, viewer.person, "appeal", AMBER)
            await ledger.write(Fact(item, viewer.person, "appeal", state, state, viewer.person))
    except UNIQUE:  # asked already
        raise NoAppeal from None


async def _ruling(item: UUID, state: str) -> UUID | None:
    """The decision that put it into this state; an appeal that was upheld is the end."""
    led_here = (Ruling.item == item) & (Ruling.after == state) & Ruling.action.is_in(["return", "remove"])
    found = Ruling.select(Ruling.id).where(led_here)
    row = await found.order_by(Ruling.at, Ruling.id, ascending=False).first()
    return row["id"] if row else None
