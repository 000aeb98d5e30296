"""Stories for a demonstration instance: invented, marked as such, and through the same door as all others."""

import json
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import NAMESPACE_URL, UUID, uuid5

import care
from care import stories
from care.account import Draft as Joining
from care.clock import now
from care.matching import SITUATIONS, Likes
from care.shared import Draft, Words
from care.stories import Facts, Story
from db import account, decisions, instance, moderation
from db import stories as verbs
from db.decisions import Decision
from db.devices import Viewer
from db.ids import uuid7
from db.moderation_tables import Hold, Item
from db.tables import Person

PHRASE = "harbour gentle rain kettle"
SPACE = uuid5(NAMESPACE_URL, "beside demonstration stories")


async def fill(mo: Viewer) -> None:
    """All that are missing, in the order of the file, approved by `mo`, somebody at the desk."""
    if await instance.missing(now()):
        return
    data = json.loads((Path(care.__file__).parent / "data" / "demo_stories.json").read_text("utf-8"))
    for n, (one, name, others) in enumerate(_cast(data["stories"], data["writers"])):
        who, cid = await _writer(*name), uuid5(SPACE, one["title"])
        if await Item.exists().where(Item.author == who.person, Item.cid == cid):
            continue
        days = 1 + n * 1.7
        item = (await verbs.share(who, _story(one, cid))).id
        await _publish(mo, item, days)
        for m, reply in enumerate(one["replies"]):
            draft = Draft(stories.REPLY, Words((reply["text"],)), place=item, cid=uuid5(cid, str(m)))
            shared = await moderation.share(await _writer(*others[m % len(others)]), draft)
            await _publish(mo, shared.id, days - 0.2 * (m + 1))


Name = tuple[str, str]


def _cast(
    told: list[dict[str, Any]], writers: dict[str, list[str]]
) -> list[tuple[dict[str, Any], Name, list[Name]]]:
    """Each story with its writer, by name and band, and the others of that side, who answer."""
    found: list[tuple[dict[str, Any], str, Name]] = []
    for side, bands in (("t", "ab"), ("y", "c")):
        theirs = [one for one in told if one["band"] in bands]
        found += [(one, side, (writers[side][n], one["band"])) for n, one in enumerate(theirs)]
    found.sort(key=lambda row: told.index(row[0]))
    return [
        (one, who, [other for _, there, other in found if there == side and other != who])
        for one, side, who in found
    ]


def _story(one: dict[str, Any], cid: UUID) -> Story:
    parts = tuple(one["parts"])
    draft = Draft(
        stories.STORY,
        Words((one["title"], *parts)),
        intent=one["intent"],
        notes=tuple(one["notes"]),
        topics=tuple(one["topics"]),
        cid=cid,
    )
    known = frozenset(key for key in one["situations"] if key in SITUATIONS)
    return Story(draft, Facts(Likes(known), one["after"], one["lang"]))


async def _writer(name: str, band: str) -> Viewer:
    row = await Person.select(Person.id).where(Person.name == name).first()
    if row is None:
        later = (now() + timedelta(days=700)).date()
        joining = Joining(name, PHRASE, band, later, "GB", ("journal", "community"))
        person = await account.create(joining, demo=True)
    else:
        person = row["id"]
    return Viewer(person, uuid7(), name, band, "GB", None, True)


async def _publish(mo: Viewer, item: UUID, days: float) -> None:
    """As a moderator would, and some days ago."""
    waiting = (Hold.subject == item) & (Hold.kind == "item") & Hold.ended_at.is_null()
    hold = await Hold.select(Hold.id).where(waiting).first()
    if hold:
        await decisions.decide(mo, hold["id"], Decision("publish", 1))
    at = now() - timedelta(days=days)
    await Item.update({Item.published_at: at, Item.created_at: at}).where(Item.id == item)
