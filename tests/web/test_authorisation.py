"""Who gets which answer at every door: all routes of the app, asked as every kind of person, compared with
tests/web/authorisation.txt. After a door was added on purpose, BESIDE_ACCEPT=1 writes the file anew: read
what changed before it is committed."""

import os
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

from httpx import AsyncClient
from litestar.routes import HTTPRoute

from care import clock
from care.matching import Likes
from care.shared import Draft, Words
from care.stories import Facts, Story
from db import groups, meetings_places
from db.devices import Viewer
from db.tables import Attempt, Consent
from tests.members import member, opened, post
from tests.web.conftest import door

EXPECTED = Path(__file__).parent / "authorisation.txt"
KINDS = ("signed-out", "a", "b", "c", "blocked", "supporter", "moderator", "lead", "unchecked", "other-site")
OTHER_SITE = {"Sec-Fetch-Site": "cross-site", "Origin": "https://elsewhere.example"}
NOBODY = UUID("00000000-0000-7000-8000-000000000000")


async def test_every_door_answers_each_kind_of_person_as_agreed(app: Any) -> None:
    found = await matrix(app)
    assert len(found) > 60, "Not every route was found."
    if os.environ.get("BESIDE_ACCEPT"):
        EXPECTED.write_text("\n".join(found) + "\n")
    _must_hold(found)
    assert EXPECTED.read_text().splitlines() == found


def _must_hold(found: list[str]) -> None:
    """Whatever was accepted into the file."""
    header, *lines = found
    kinds = header.split()[2:]
    for line in lines:
        method, path, *codes = line.split()
        got = dict(zip(kinds, codes, strict=True))
        assert "500" not in codes, line
        if method == "POST":
            assert got["other-site"] == "403", line
        if path.startswith("/moderation/{hold}") or path in ("/moderation", "/moderation/shift"):
            for kind in ("a", "b", "c", "blocked", "supporter"):
                assert got[kind] == "404", line
            assert got["signed-out"] in ("303", "401"), line
            assert got["unchecked"] in ("303", "404"), line
        if "talk" in path:
            crossing = {
                code for kind, code in got.items() if kind not in ("signed-out", "lead", "other-site")
            }
            assert crossing <= {"404"}, line
            assert got["signed-out"] in ("303", "401"), line
        if path.startswith("/stories/{"):
            for kind in ("c", "blocked", "supporter", "unchecked"):
                assert got[kind] == "404", line
            assert got["signed-out"] in ("303", "401"), line
        if path.startswith(("/moderation/mine/{item}", "/stories/{item}/edit", "/stories/{item}/withdraw")):
            signed_in = {code for kind, code in got.items() if kind not in ("signed-out", "other-site")}
            assert signed_in == {"404"}, line
    for door_ in ("GET /report/{item} ", "GET /stories/{story} ", "GET /stories/{story}/like "):
        item = next(line.split()[2:] for line in lines if line.startswith(door_))
        seen = dict(zip(kinds, item, strict=True))
        assert [seen[kind] for kind in ("a", "b", "moderator")] == ["200"] * 3, door_
        assert [seen[kind] for kind in ("c", "blocked", "supporter")] == ["404"] * 3, door_
    for line in lines:
        seen = dict(zip(kinds, line.split()[2:], strict=True))
        if "/perspectives/{ask}" in line:
            assert [seen[kind] for kind in ("c", "blocked", "supporter")] == ["404"] * 3, line
        _groups_hold(line, seen)


def _groups_hold(line: str, seen: dict[str, str]) -> None:
    if "/groups/{group}" in line:
        assert [seen[kind] for kind in ("c", "supporter", "unchecked")] == ["404"] * 3, line
        assert seen["signed-out"] in ("303", "401"), line
    if "/groups/{group}/care" in line or "/groups/{group}/codes" in line:
        assert [seen[kind] for kind in ("a", "b", "blocked")] == ["404"] * 3, line
    if (
        any(f"/{end} " in line for end in ("edit", "people", "agree", "cancel", "new"))
        and "/meetings/" in line
    ):
        assert [seen[kind] for kind in ("a", "b", "blocked")] == ["404"] * 3, line
    if "/meetings" in line:
        assert [seen[kind] for kind in ("b", "blocked")] == ["404"] * 2, line
    if any(f"/room/{end} " in line for end in ("pin", "slow", "close")):
        assert seen["a"] == "404", line
    if any(f"/{end} " in line for end in ("room", "room/live", "room/support/{item}")):
        assert seen["a"] in ("200", "303"), f"Somebody gets in: {line}"


async def matrix(app: Any) -> list[str]:
    world = await _world()
    people = await _people(world["author"])
    await groups.join(people["a"], world["group"], "posting")
    lines = ["method path " + " ".join(KINDS)]
    for method, path, filled in _doors(app, {name: str(value) for name, value in world.items()}):
        if "/meetings" in path:  # they have left by the door before
            await groups.join(people["a"], world["group"], "posting")
            await meetings_places.register(people["a"], world["group"], world["talking"])
        codes = [await _knock(app, method, filled, kind, people) for kind in KINDS]
        lines.append(f"{method} {path} {' '.join(codes)}")
    return lines


def _doors(app: Any, known: dict[str, str]) -> Iterator[tuple[str, str, str]]:
    routes = [route for route in app.routes if isinstance(route, HTTPRoute)]
    for route in sorted(routes, key=lambda route: route.path):
        names = [part.name for part in route.path_components if not isinstance(part, str)]
        parts = [part if isinstance(part, str) else f"{{{part.name}}}" for part in route.path_components]
        path = filled = "".join(f"/{part}" for part in parts)
        # What is supported or thanked for is a story or an answer; everywhere else an item may be anything.
        here = known | {"item": known["story"]} if path.startswith("/stories/") else known
        if path.startswith("/groups/"):
            here = known | {"item": known["said"]}
        if "/room" in path:
            here |= {"meeting": known["talking"], "item": known["spoken"]}
        for name in names:
            filled = filled.replace("{" + name + "}", here.get(name, str(NOBODY)).lstrip("/"))
        for method in sorted(set(route.methods) & {"GET", "POST"}):
            yield method, path or "/", filled or "/"


async def _knock(app: Any, method: str, path: str, kind: str, people: dict[str, Viewer]) -> str:
    from db import account, devices, staff_tables

    await Attempt.delete(
        force=True
    )  # nobody here has knocked too often, nor taken a yes back at a door before
    await Consent.update({Consent.withdrawn_at: None}).where(Consent.kind == "community")
    async with door(app) as client:
        who = people.get("a" if kind == "other-site" else kind)
        if who is not None:  # a session of its own each time: some doors end it
            client.cookies["beside"] = await devices.begin(who.person, account.Caller())
            found = await account.recognise(client.cookies["beside"])
            if who.checked and found is not None:
                until = clock.now().replace(year=clock.now().year + 1)
                await staff_tables.StaffCheck(session=found.session, until=until).save()
        return str((await _ask(client, method, path, OTHER_SITE if kind == "other-site" else {})).status_code)


async def _ask(client: AsyncClient, method: str, path: str, headers: dict[str, str]) -> Any:
    body = {"data": {"x": "y"}} if method == "POST" else {}
    return await client.request(method, path, headers=headers, follow_redirects=False, **body)  # type: ignore


async def _world() -> dict[str, Any]:
    """A published item, one that waits, a story with an answer, and a private talk."""
    from db import decisions, desk, moderation, stories

    await opened()
    author, mo = await member("author", "b"), await member("desk", "c", "moderator")
    item = await moderation.share(author, post())
    (waiting,) = (await desk.queue(mo)).items
    await decisions.decide(mo, waiting.id, decisions.Decision("publish", 1))
    text = ("The late bus", "The bus was late and I watched the rain on the glass. " * 8, "", "", "")
    draft = Draft("story", Words(text), intent="listen")
    facts = Facts(Likes(frozenset({"bullied"})), "months")
    story = (await stories.share(author, Story(draft, facts))).id
    (waiting,) = (await desk.queue(mo)).items
    await decisions.decide(mo, waiting.id, decisions.Decision("publish", 1))
    reply = (await stories.reply(author, post("It came at last.", kind="reply", place=story))).id
    (waiting,) = (await desk.queue(mo)).items
    await decisions.decide(mo, waiting.id, decisions.Decision("publish", 1))
    await moderation.share(author, post("We made more soup."))
    (waiting,) = (await desk.queue(mo)).items
    case = await _talk(mo)
    known = {"author": author.person, "person": author.person, "item": item.id, "hold": waiting.id}
    known |= {"story": story, "reply": reply, "tag": "bullied"}
    group, said = await _grouped(author, mo)
    known |= {"group": group, "said": said, "meeting": await _meeting(group, mo, timedelta(days=4))}
    known |= await _room(group, author, mo)
    return known | {"case": case, "deed": "note", "ask": await _asked(author, mo)}


async def _grouped(author: Viewer, mo: Viewer) -> tuple[UUID, UUID]:
    """A group for 13 to 17, with a post in it."""
    from care.groups import Plan
    from db import decisions, groups
    from db.moderation_tables import Hold

    rules = ("Be kind.", "No names.", "Step out when you need to.")
    group = await groups.make(mo, Plan("Night owls", "For long nights.", rules, "ab"))
    await groups.join(author, group, "posting")
    shared = await groups.say(author, post("We counted herons.", place=group))
    hold = await Hold.select(Hold.id).where(Hold.subject == shared.id).first()
    assert hold
    await decisions.decide(mo, hold["id"], decisions.Decision("publish", 1))
    return group, shared.id


async def _meeting(group: UUID, mo: Viewer, ahead: timedelta) -> UUID:
    """One of that group."""
    from care.meetings import Plan
    from db import meetings

    wall = (clock.now() + ahead).replace(tzinfo=None, microsecond=0)
    second = await member(f"lin {ahead}", "c", "moderator")
    return await meetings.make(mo, group, Plan("Tea and talk", wall, "UTC", mo.person, second.person))


async def _room(group: UUID, author: Viewer, mo: Viewer) -> dict[str, UUID]:
    """A meeting that goes on now, and what was said there."""
    from db import decisions, meetings_places, meetings_room
    from db.moderation_tables import Hold

    talking = await _meeting(group, mo, timedelta(minutes=-5))
    await meetings_places.register(author, group, talking)
    shared = await meetings_room.say(author, group, talking, post("We saw a heron.", place=group))
    hold = await Hold.select(Hold.id).where(Hold.subject == shared.id).first()
    assert hold
    await decisions.decide(mo, hold["id"], decisions.Decision("publish", 1))
    return {"talking": talking, "spoken": shared.id}


async def _talk(mo: Viewer) -> UUID:
    """A private talk with somebody who is none of those who knock."""
    from db import desk, moderation, talk

    hurt, lead = await member("hurt", "b"), await member("leading", "c", "safeguarding")
    await moderation.share(hurt, post("I'm going to kill myself tonight, I have the pills here"))
    hold = (await desk.queue(mo)).items[0].id
    return await talk.begin(lead, hold, "Are you safe?")


async def _asked(author: Viewer, mo: Viewer) -> UUID:
    from care.perspectives import Facts, Question
    from care.shared import Draft, Words
    from db import decisions, perspectives
    from db.moderation_tables import Hold

    draft = Draft("ask", Words(("We lost a heron.", "It will be back.")))
    shared = await perspectives.ask(author, Question(draft, Facts(1, 3, 72)))
    hold = await Hold.select(Hold.id).where(Hold.subject == shared.id).first()
    assert hold
    await decisions.decide(mo, hold["id"], decisions.Decision("publish", 1))
    return shared.id


async def _people(author: UUID) -> dict[str, Viewer]:
    from dataclasses import replace

    from db import blocks

    kinds = {kind: await member(f"{kind}er", kind) for kind in "abc"}
    kinds["blocked"] = await member("blocked", "b")
    await blocks.block(kinds["blocked"], author)
    kinds["supporter"] = await member("supporter", "c", "supporter")
    kinds["moderator"] = await member("moderator", "c", "moderator")
    kinds["lead"] = await member("lead", "c", "safeguarding")
    kinds["unchecked"] = replace(await member("unchecked", "c", "moderator"), checked=False)
    return kinds
