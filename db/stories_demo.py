"""Stories for a demonstration instance: invented, marked as such, and through the same door as all others."""

import json
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import NAMESPACE_URL, UUID, uuid5

import care
from care import clock, stories
from care.matching import SITUATIONS, Likes
from care.shared import Draft, Words
from care.stories import Facts, Story
from db import controls, decisions, instance, moderation, people_demo
from db import stories as verbs
from db.decisions import Decision
from db.devices import Viewer
from db.engine import transaction
from db.moderation_tables import Hold, Item

SPACE = uuid5(NAMESPACE_URL, "beside demonstration stories")
GAP = 1.7
"""Days between two stories; the newest is from yesterday."""
READ_AFTER = 0.02
"""Days that words wait at the desk."""
LIKES = {
    "willow": Likes(
        frozenset({"waiting-list", "low-for-long", "first-job", "lonely-in-crowd", "friend-moved-on"}),
        frozenset({"drawing", "nature"}),
    ),
    "pebble": Likes(
        frozenset({"new-school", "panic-attacks", "lonely-in-crowd", "friend-moved-on", "cant-sleep"}),
        frozenset({"music", "animals"}),
    ),
}
KEEPS = {"willow": "Things I did while I waited", "pebble": "The dinner lady who needed help with the trays"}

Told = dict[str, Any]
Name = tuple[str, str]


async def fill(mo: Viewer) -> None:
    """All that are missing, approved by `mo`, somebody at the desk; then what the people one can enter as
    have told, kept and been answered. A story comes with its answers or not at all."""
    if await instance.missing():
        return
    data = json.loads((Path(care.__file__).parent / "data" / "demo_stories.json").read_text("utf-8"))
    cast = _cast(data["stories"], data["writers"])
    for n, (one, who, others) in enumerate(cast):
        by = [_answers(others, reply["band"], n + m) for m, reply in enumerate(one["replies"])]
        async with transaction():
            await _tell(mo, one, who, by, days=1 + n * GAP)
    bands = dict(who for _, who, _ in cast)
    for one in data["members"]:
        by = [(reply["by"], bands[reply["by"]]) for reply in one["replies"]]
        async with transaction():
            if await _tell(mo, one, (one["name"], one["band"]), by, days=one["days"], thanks=True):
                await _at_home(one["name"])


async def item_of(cid: UUID) -> UUID | None:
    row = await Item.select(Item.id).where(Item.cid == cid).first()
    return row["id"] if row else None


async def publish(mo: Viewer, item: UUID) -> None:
    """As a moderator would: whatever waits about it is over."""
    waiting = (Hold.subject == item) & Hold.ended_at.is_null()
    hold = await Hold.select(Hold.id).where(waiting).first()
    if hold:
        held = await Item.exists().where(Item.id == item, Item.state == "held")
        await decisions.decide(mo, hold["id"], Decision("publish" if held else "keep", 1))


async def _tell(
    mo: Viewer, one: Told, who: Name, by: list[Name], *, days: float, thanks: bool = False
) -> bool:
    """With its answers, written by these; False when it stands already, whatever became of it."""
    cid = uuid5(SPACE, one["title"])
    if await item_of(cid):
        return False
    author = await people_demo.somebody(*who)
    with clock.ago(timedelta(days=days)):
        item = (await verbs.share(author, _story(one, cid))).id
    with clock.ago(timedelta(days=days - READ_AFTER)):
        await publish(mo, item)
    for m, (reply, name) in enumerate(zip(one["replies"], by, strict=True)):
        said = Draft(stories.REPLY, Words((reply["text"],)), place=item, cid=uuid5(cid, str(m)))
        await _answer(mo, await people_demo.somebody(*name), said, days - 0.2 * (m + 1))
        if thanks and (shared := await item_of(uuid5(cid, str(m)))):
            with clock.ago(timedelta(days=days - 0.2 * (m + 1) - READ_AFTER * 2)):
                await verbs.thank(author, shared)
    return True


async def _answer(mo: Viewer, who: Viewer, draft: Draft, days: float) -> None:
    """And one kind of support, since whoever answers was moved."""
    with clock.ago(timedelta(days=days)):
        shared = await moderation.share(who, draft)
        support = list(stories.SUPPORT)
        if draft.place:
            await verbs.react(who, draft.place, support[shared.id.int % len(support)])
    with clock.ago(timedelta(days=days - READ_AFTER)):
        await publish(mo, shared.id)


async def _at_home(name: str) -> None:
    """What they said of themselves, and what they keep."""
    who = await people_demo.find(name)
    kept = await item_of(uuid5(SPACE, KEEPS[name]))
    if who is not None:
        await controls.like(who, LIKES[name])
        if kept:
            await verbs.keep(who, kept)


def _cast(told: list[Told], writers: dict[str, list[str]]) -> list[tuple[Told, Name, list[Name]]]:
    """Each story with its writer, by name and band, and the others of that side, who answer. The sides
    take turns, so that both read of this week."""
    found: list[tuple[int, Told, Name, list[Name]]] = []
    for side, bands in (("t", "ab"), ("y", "c")):
        theirs = [one for one in told if one["band"] in bands]
        them = [(writers[side][n], one["band"]) for n, one in enumerate(theirs)]
        rows = enumerate(zip(theirs, them, strict=True))
        found += [(n, one, who, [other for other in them if other != who]) for n, (one, who) in rows]
    found.sort(key=lambda row: row[0])
    return [(one, who, others) for _, one, who, others in found]


def _answers(others: list[Name], band: str, turn: int) -> Name:
    """Somebody as old as the answer sounds, and each time somebody else."""
    fitting = [other for other in others if other[1] == band]
    return fitting[turn % len(fitting)]


def _story(one: Told, cid: UUID) -> Story:
    draft = Draft(
        stories.STORY,
        Words((one["title"], *one["parts"])),
        intent=one["intent"],
        notes=tuple(one["notes"]),
        topics=tuple(one["topics"]),
        cid=cid,
    )
    known = frozenset(key for key in one["situations"] if key in SITUATIONS)
    return Story(draft, Facts(Likes(known), one["after"], one["lang"]))
