"""Groups and meetings for a demonstration instance: invented, and through the same doors as all others."""

import json
from datetime import datetime, time, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID, uuid5

import care
from care import clock, groups, meetings, stories
from care.clock import now
from care.groups import Plan
from care.moments import local
from care.shared import Draft, Words
from db import groups as verbs
from db import groups_care, instance, people_demo
from db import meetings as meeting_verbs
from db import meetings_places as places
from db.devices import Viewer
from db.engine import transaction
from db.groups_tables import Group
from db.meetings_tables import Meeting
from db.stories_demo import SPACE, item_of, publish

SINCE = timedelta(days=20)
READ_AFTER = 0.01
"""Days that a post waits at the desk."""

Told = dict[str, Any]


async def fill(mo: Viewer, lead: Viewer) -> None:
    """All that are missing, with a meeting to come where none is. A group comes whole or not at all; and
    somebody has just looked after it."""
    if await instance.missing():
        return
    data = json.loads((Path(care.__file__).parent / "data" / "demo_groups.json").read_text("utf-8"))
    for one in data["groups"]:
        row = (
            await Group.select(Group.id).where(Group.name == one["name"], Group.made_by == mo.person).first()
        )
        if row is None:
            async with transaction():
                group = await _make(mo, lead, one)
        else:
            group = row["id"]
        await groups_care.there(await groups_care.led(mo, group))
        for told in one["meetings"]:
            async with transaction():
                await _meet(mo, lead, group, told)


async def _make(mo: Viewer, lead: Viewer, one: Told) -> UUID:
    kept = {key: one[key] for key in ("name", "purpose", "bands", "slow", "hours", "lang")}
    plan = Plan(rules=tuple(one["rules"]), topics=tuple(one["topics"]), **kept)
    with clock.ago(SINCE):
        group = await verbs.make(mo, plan)
        for name in one["members"]:
            if who := await people_demo.find(name):
                await verbs.join(who, group, groups.POSTING)
    for n, told in enumerate(one["posts"]):
        await _post(mo, lead, group, told, uuid5(SPACE, f"{one['name']} {n}"))
    return group


async def _post(mo: Viewer, lead: Viewer, group: UUID, told: Told, cid: UUID) -> None:
    who = mo if told["by"] == mo.name else await people_demo.find(told["by"])
    if who is None:
        return
    draft = Draft(groups.POST, Words((told["text"],)), intent=told.get("intent", ""), place=group, cid=cid)
    with clock.ago(timedelta(days=told["days"])):
        # Looked after at that time, too.
        await groups_care.there(await groups_care.led(mo, group))
        await verbs.say(who, draft)
    item = await item_of(cid)
    if item is None:
        return
    with clock.ago(timedelta(days=told["days"] - READ_AFTER)):
        await publish(lead if who is mo else mo, item)
        if told.get("pin"):
            await groups_care.pin(mo, group, item)
        for n, name in enumerate(told.get("signs", ())):
            if reader := await people_demo.find(name):
                await verbs.react(reader, item, list(stories.SUPPORT)[(n + item.int) % len(stories.SUPPORT)])


async def _meet(mo: Viewer, lead: Viewer, group: UUID, told: Told) -> None:
    to_come = (Meeting.grp == group) & (Meeting.starts_at > now())
    if await Meeting.exists().where(to_come):
        return
    kept = {
        key: told[key]
        for key in ("title", "about", "zone", "minutes", "series", "times", "cap", "access")
        if key in told
    }
    there = {key: told[key] for key in ("mode", "area", "address", "expect") if key in told}
    plan = meetings.Plan(
        wall=_next(told["weekday"], told["at"], told["zone"]),
        host=mo.person,
        second=lead.person,
        **kept,
        **there,
    )
    meeting = await meeting_verbs.make(mo, group, plan)
    for name in told["coming"]:
        if who := await people_demo.find(name):
            await places.register(who, group, meeting, consent=True)


def _next(weekday: int, at: str, zone: str) -> datetime:
    """What the clock on that wall shows then; tomorrow at the earliest."""
    today = local(now(), zone).date()
    ahead = (weekday - today.weekday() - 1) % 7 + 1
    return datetime.combine(today + timedelta(days=ahead), time.fromisoformat(at))
