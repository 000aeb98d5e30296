"""The room of a meeting through its doors, with plain forms."""

import json
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from httpx import AsyncClient

from care import clock
from care.groups import Text
from db import decisions, groups, groups_words, meetings_places, meetings_room
from db.decisions import Decision
from db.devices import Viewer
from db.engine import count_queries
from db.limits import Limit
from db.moderation_tables import Hold, Item
from tests.web.test_meetings import OTHER_SITE, People, Team, ana, group, lin, made, mo, staffed, team
from tests.web.test_moderation import viewer

__all__ = ["ana", "group", "lin", "mo", "staffed", "team"]
Client = AsyncClient
HELLO = "I counted <four> herons."


@pytest.fixture
async def ben(people: People, group: UUID) -> Client:
    client = await people("ben")
    await groups.join(await viewer(client), group, "posting")
    return client


async def begun(group: UUID, mo: Viewer, lin: Viewer, *people: Client, **more: Any) -> str:
    """The page of a meeting that begins now, at which they all have a place."""
    path = await made(mo, lin, group, **more)
    meeting = UUID(path.rsplit("/", 1)[1])
    for client in people:
        assert await meetings_places.register(await viewer(client), group, meeting) == "in"
    clock.move(timedelta(days=4, minutes=1))
    return path


async def say(mo: Viewer, client: Client, path: str, text: str = HELLO) -> UUID:
    page = await client.post(f"{path}/room/say", data={"text": text})
    assert page.status_code == 200, page.text
    row = await Item.select(Item.id).order_by(Item.created_at, ascending=False).first()
    assert row
    hold = await Hold.select(Hold.id).where(Hold.subject == row["id"], Hold.ended_at.is_null()).first()
    if hold:
        await decisions.decide(mo, hold["id"], Decision("publish", 1))
    return UUID(str(row["id"]))


async def test_one_goes_in_writes_reads_and_sends_a_sign_without_a_script(
    ana: Client, ben: Client, team: Team, group: UUID
) -> None:
    path = await begun(group, *team, ana, ben)
    assert f"{path}/room" in (await ana.get(path)).text and "Go in" in (await ana.get(path)).text
    page = await ana.get(f"{path}/room")
    assert "Nobody has to be the first." in page.text and "Say something to this meeting" in page.text
    plain = await ana.post(f"{path}/room/say", data={"text": "Hello all."}, follow_redirects=False)
    assert plain.status_code == 303 and plain.headers["location"].startswith(f"{path}/room#p-")
    item = await say(team[0], ana, path)
    page = await ben.get(f"{path}/room")
    assert "I counted &lt;four&gt; herons." in page.text and "Hello all." not in page.text, "That one waits."
    page = await ben.post(f"{path}/room/support/{item}", data={"kind": "hear"})
    assert page.status_code == 200 and page.url.path == f"{path}/room" and 'aria-pressed="true"' in page.text
    assert "herons" not in (await ben.get(f"/groups/{group}")).text
    assert (await ben.get(f"{path}/room/live?after=0")).json()["new"][0][1] == str(item)


async def test_words_come_back_when_they_cannot_be_taken(
    ana: Client, staffed: Client, team: Team, group: UUID, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = await begun(group, *team, ana)
    for bad in ("", " ", "x" * 1_201, "x" * 90_000):
        page = await ana.post(f"{path}/room/say", data={"text": bad})
        assert page.status_code == 422 and bad.strip() in page.text
    page = await staffed.post(f"{path}/room/slow", data={"slow": "120"})
    assert page.url.path == f"{path}/room" and page.status_code == 200
    await say(team[0], ana, path)
    page = await ana.post(f"{path}/room/say", data={"text": "And five geese."})
    assert page.status_code == 429 and "And five geese." in page.text and "It goes slowly here" in page.text
    assert "You can write again in about" in (await ana.get(f"{path}/room")).text
    await staffed.post(f"{path}/room/slow", data={"slow": "0"})
    await staffed.post(f"{path}/room/close", data={})
    page = await ana.post(f"{path}/room/say", data={"text": "And five geese."})
    assert page.status_code == 422 and "And five geese." in page.text and "have closed it" in page.text
    assert "Open it again" in (await staffed.get(f"{path}/room")).text
    await staffed.post(f"{path}/room/close", data={"open": "yes"})
    monkeypatch.setattr(meetings_room, "SAYS", Limit("say in a meeting", 0, timedelta(hours=1)))
    page = await ana.post(f"{path}/room/say", data={"text": "And five geese."})
    assert page.status_code == 429 and "And five geese." in page.text
    clock.move(timedelta(days=4, minutes=61))
    page = await ana.post(f"{path}/room/say", data={"text": "And five geese."})
    assert page.status_code == 422 and "And five geese." in page.text and "is over" in page.text
    page = await ana.get(f"{path}/room")
    assert "What was said can be read here until" in page.text and "<textarea" not in page.text
    assert "Read what was said" in (await ana.get(path)).text
    clock.move(timedelta(days=12))
    assert (await ana.get(f"{path}/room")).status_code == 404 and "/room" not in (await ana.get(path)).text


async def test_who_has_not_ticked_changed_rules_reads_on_and_is_told_where(
    ana: Client, team: Team, group: UUID
) -> None:
    path = await begun(group, *team, ana)
    await groups_words.write(team[0], group, Text("For nights.", ("Be kind.", "No names.", "Be patient.")))
    page = await ana.get(f"{path}/room")
    assert page.status_code == 200 and f"/groups/{group}#again" in page.text
    page = await ana.post(f"{path}/room/say", data={"text": HELLO})
    assert page.status_code == 422 and "I counted &lt;four&gt; herons." in page.text


async def test_words_about_danger_are_answered_with_help_even_when_it_is_over(
    ana: Client, team: Team, group: UUID
) -> None:
    path = await begun(group, *team, ana)
    clock.move(timedelta(days=4, minutes=90))
    page = await ana.post(f"{path}/room/say", data={"text": "I want to kill myself tonight"})
    assert page.status_code == 422 and "I want to kill myself tonight" in page.text
    assert 'href="tel:' in page.text


async def test_a_stranger_the_other_side_who_waits_and_the_signed_out_get_nothing(
    people: People, client: Client, ana: Client, team: Team, group: UUID
) -> None:
    ben = await people("ben")
    await groups.join(await viewer(ben), group, "posting")
    path = await begun(group, *team, ana, cap=2)
    item = await say(team[0], ana, path)
    assert "herons" in (await ana.get(f"{path}/room")).text, "It is there."
    gets = ("", "/live", "/live?after=0")
    posts = ("/say", f"/support/{item}", "/pin", "/slow", "/close")
    body = {"text": "Hello.", "kind": "", "slow": "30", "item": str(item)}
    for who in (await people("stranger"), await people("cho"), ben):
        for end in gets:
            answer = await who.get(f"{path}/room{end}")
            assert answer.status_code == 404 and "herons" not in answer.text, end
        for end in posts:
            assert (await who.post(f"{path}/room{end}", data=body)).status_code == 404, end
        assert (await who.get(f"/report/{item}")).status_code == 404
    for end in ("/pin", "/slow", "/close"):
        assert (await ana.post(f"{path}/room{end}", data=body)).status_code == 404, end
    for end in posts:
        assert (await ana.post(f"{path}/room{end}", data=body, headers=OTHER_SITE)).status_code == 403, end
        assert (await client.post(f"{path}/room{end}", follow_redirects=False)).status_code in (303, 401), end
    for end in gets:
        answer = await client.get(f"{path}/room{end}", follow_redirects=False)
        assert answer.status_code in (303, 401), end
    for junk in (f"/support/{uuid4()}", "/support/no", "/nothing"):
        assert (await ana.post(f"{path}/room{junk}", data={"kind": ""})).status_code in (404, 405), junk
    assert await Item.count().where(Item.kind == "post") == 1


async def test_those_who_look_after_it_pin(ana: Client, staffed: Client, team: Team, group: UUID) -> None:
    path = await begun(group, *team, ana)
    item = await say(team[0], ana, path)
    page = await staffed.post(f"{path}/room/pin", data={"item": str(item)})
    assert "Pinned here" in page.text and "Pinned here" in (await ana.get(f"{path}/room")).text
    assert (await staffed.post(f"{path}/room/pin", data={"item": str(uuid4())})).status_code == 404
    assert "Pinned here" not in (await staffed.post(f"{path}/room/pin", data={"item": ""})).text


async def test_what_was_written_without_a_network_is_sent_once(ana: Client, team: Team, group: UUID) -> None:
    path = await begun(group, *team, ana)
    body = {"text": HELLO, "id": str(uuid4())}
    for _ in range(2):
        answer = await ana.post(f"{path}/room/say", data=body, headers={"X-Outbox": "abc"})
        assert answer.status_code == 200 and answer.headers["x-saved"] == "abc"
    assert await Item.count().where(Item.kind == "post") == 1
    answer = await ana.post(f"{path}/room/say", data=body, headers={"X-Uid": str(uuid4())})
    assert answer.status_code == 401 and await Item.count().where(Item.kind == "post") == 1


async def test_a_room_costs_three_statements_and_pages(
    ana: Client, ben: Client, team: Team, group: UUID
) -> None:
    path = await begun(group, *team, ana, ben)
    for n in range(23):
        await say(team[0], ana, path, f"Heron {n}.")
    await ben.get(path)  # that they were here today is kept once
    with count_queries() as counted:
        page = await ben.get(f"{path}/room")
    assert page.text.count('class="card post"') == 20 and counted.n <= 3
    older = page.text.split("?before=")[1].split("#")[0]
    page = await ben.get(f"{path}/room?before={older}")
    assert page.text.count('class="card post"') == 3 and "<beside-room" not in page.text
    with count_queries() as counted:
        answer = await ben.get(f"{path}/room/live?after=0")
    assert len(json.loads(answer.text)["new"]) == 20 and counted.n <= 3
    for junk in ("x", "-1", "9" * 40, "٣"):
        assert (await ben.get(f"{path}/room?before={junk}")).status_code == 200
