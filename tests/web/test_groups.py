"""Groups through their doors, with plain forms: they work, refuse whom they must, and lose no words."""

import asyncio
import re
from collections.abc import AsyncIterator, Awaitable, Callable
from datetime import timedelta
from typing import Any
from urllib.parse import urlencode
from uuid import UUID, uuid4

import pytest
from httpx import AsyncClient

from care import clock, meetings
from care.groups import Plan
from care.shared import Draft, Words
from db import account, decisions, devices, groups_care, groups_live, groups_news, meetings_places, shifts
from db import groups as verbs
from db import meetings as meeting_verbs
from db.decisions import Decision
from db.devices import Viewer
from db.engine import DB, count_queries
from db.limits import Limit
from db.moderation_tables import Hold, Item
from db.reminder_tables import Notice
from db.staff_tables import StaffCheck
from tests.members import member, opened
from tests.web.conftest import door
from tests.web.test_account import ODD
from tests.web.test_authorisation import _doors
from tests.web.test_moderation import viewer
from web.routes import groups_live as live

Client = AsyncClient
People = Callable[[str], Awaitable[Client]]
OTHER_SITE = {"Sec-Fetch-Site": "cross-site", "Origin": "https://elsewhere.example"}
SECRET = "The lorries passed until four."
RULES = ("Be kind.", "No names.", "Step out when you need to.")
JOIN = {"rule": ["0", "1", "2"], "way": "posting"}


@pytest.fixture(autouse=True)
async def mo(app: Any) -> AsyncIterator[Viewer]:
    """An open community, and somebody at its desk."""
    await opened()
    who = await member("desk", "c", "moderator")
    await shifts.begin(who)
    yield who
    clock.move(timedelta())


@pytest.fixture
async def staffed(app: Any, mo: Viewer) -> AsyncIterator[Client]:
    """The desk's own browser, past its second step."""
    async with door(app) as client:
        client.cookies["beside"] = await devices.begin(mo.person, account.Caller())
        found = await account.recognise(client.cookies["beside"])
        assert found
        await StaffCheck(session=found.session, until=clock.now() + timedelta(hours=8)).save()
        yield client


async def made(mo: Viewer, **more: Any) -> UUID:
    usual = {"name": "Night owls", "purpose": "For long nights.", "rules": RULES, "bands": "ab"}
    return await verbs.make(mo, Plan(**{**usual, **more}))


async def said(mo: Viewer, client: Client, group: UUID, text: str = SECRET, **more: str) -> UUID:
    answer = await client.post(f"/groups/{group}/say", data={"text": text, **more})
    assert answer.status_code == 200, answer.text
    item = (await Item.select(Item.id).order_by(Item.created_at, ascending=False).first())["id"]  # type: ignore[index]
    row = await Hold.select(Hold.id).where(Hold.subject == item, Hold.ended_at.is_null()).first()
    if row:
        await decisions.decide(mo, row["id"], Decision("publish", 1))
    return UUID(str(item))


async def test_it_is_made_found_joined_written_in_and_left_without_a_script(
    staffed: Client, ana: Client, ben: Client, mo: Viewer
) -> None:
    form = {"name": "Night owls", "purpose": "For long nights.", "rules": "\n".join(RULES), "bands": "ab"}
    page = await staffed.post("/groups/new", data=form)
    group = UUID(str(page.url).rsplit("/", 1)[1])
    assert "Night owls" in (await ana.get("/groups")).text
    page = await ana.get(f"/groups/{group}")
    assert all(rule in page.text for rule in RULES) and "Come in" in page.text
    page = await ana.post(f"/groups/{group}/join", data={"rule": ["0", "2"], "way": "posting"})
    assert page.status_code == 422 and "tick it" in page.text and page.text.count(" checked") == 3
    page = await ana.post(f"/groups/{group}/join", data=JOIN)
    assert "Say something to this group" in page.text and "One small thing that was okay" in page.text
    await said(mo, ana, group)
    assert (await ben.post(f"/groups/{group}/join", data=JOIN)).status_code == 200
    page = await ben.get(f"/groups/{group}")
    assert SECRET in page.text and "You’re all caught up." in page.text
    page = await ben.post(f"/groups/{group}/leave")
    assert page.status_code == 200 and str(page.url).endswith("/groups")
    page = await ben.get(f"/groups/{group}")
    assert page.status_code == 200 and SECRET not in page.text


async def test_what_staff_write_comes_back_with_what_to_mend(staffed: Client, ana: Client) -> None:
    page = await staffed.post("/groups/new", data={"name": "Night owls", "rules": "One.", "bands": "ac"})
    assert page.status_code == 422
    assert 'value="Night owls"' in page.text and "Three to seven rules" in page.text
    for method in ("get", "post"):
        assert (await getattr(ana, method)("/groups/new")).status_code == 404


async def test_who_has_not_come_in_reads_what_groups_are_and_how_to_come(
    client: Client, people: People
) -> None:
    page = await client.get("/groups")
    assert "Small rooms for people your age" in page.text and 'href="/account/join"' in page.text
    assert "on their way" not in page.text, "The community is open."
    page = await (await people("cho")).get("/groups")
    assert "No group for your age yet" in page.text and "on their way" not in page.text


async def test_groups_are_found_by_what_they_are_about_and_ones_own_comes_first(
    ana: Client, people: People, mo: Viewer
) -> None:
    await made(mo, name="Night owls", topics=("sleep", "music"))
    await made(mo, name="New here", topics=("new-school",))
    await made(mo, name="Not for Ana", topics=("waiting-list",), bands="c")
    page = (await ana.get("/groups")).text
    assert "Night owls" in page and "New here" in page
    assert re.findall(r"/groups\?about=([a-z-]+)", page) == ["new-school", "sleep", "music"]
    page = (await ana.get("/groups?about=sleep")).text
    assert "Night owls" in page and "New here" not in page
    assert re.search(r'about=sleep#others" aria-current="page"', page)
    await ana.post("/stories/me", data={"interests": "music"})
    page = (await ana.get("/groups")).text
    assert re.findall(r"/groups\?about=([a-z-]+)", page) == ["music", "new-school", "sleep"]
    page = (await ana.get("/groups?about=waiting-list")).text
    assert "No group here is about that" in page and "Not for Ana" not in page
    for odd in ("%", "nonsense", "\x00", "sleep'--", "x" * 9_000):
        page = await ana.get("/groups", params={"about": odd})
        assert page.status_code == 200 and "Night owls" in page.text


async def test_a_note_about_what_is_new_is_asked_for_and_given_up_without_a_script(
    ana: Client, ben: Client, mo: Viewer
) -> None:
    group = await made(mo)
    for who in (ana, ben):
        await who.post(f"/groups/{group}/join", data=JOIN)
    page = await ana.post(f"/groups/{group}/news", data={"news": "yes"})
    assert page.status_code == 200 and "No more notes about this group" in page.text
    await said(mo, ben, group)
    clock.move(timedelta(days=1, minutes=1))
    assert await groups_news.tell() == 1
    assert "something new for you in a group" in (await ana.get("/notices")).text
    page = await ana.get(f"/groups/{group}")
    assert SECRET in page.text and "Tell me when there is" not in page.text
    left = (Notice.kind == "group") & Notice.read_at.is_null()
    assert not await Notice.exists().where(left), "Looking in has answered it."
    page = await ana.post(f"/groups/{group}/news", data={})
    assert "Tell me when there is" in page.text


async def test_a_programme_says_when_it_begins_and_keeps_words_until_then(ana: Client, mo: Viewer) -> None:
    first = (clock.now() + timedelta(days=10)).date()
    group = await made(mo, type="programme", starts_on=first, ends_on=first + timedelta(days=9))
    page = await ana.get(f"/groups/{group}")
    assert "It begins on" in page.text and "You can already come in" in page.text
    page = await ana.post(f"/groups/{group}/join", data=JOIN)
    assert page.status_code == 200 and page.text.count("It begins on") == 1
    assert "Until then you can look around" in page.text and 'name="text"' not in page.text
    page = await ana.post(f"/groups/{group}/say", data={"text": "Is anybody here yet?"})
    assert page.status_code == 422 and "This programme has not begun yet" in page.text
    assert "Is anybody here yet?" in page.text and not await Item.count().where(Item.place == group)
    clock.move(timedelta(days=10))
    page = await ana.get(f"/groups/{group}")
    assert "It begins on" not in page.text and 'name="text"' in page.text


async def test_who_is_invited_can_say_no_at_the_door(staffed: Client, ana: Client, mo: Viewer) -> None:
    group = await made(mo, type="invite")
    page = await staffed.post(f"/groups/{group}/care/invite", data={"name": "ana"})
    assert "If there is somebody of that name" in page.text
    page = await ana.get(f"/groups/{group}")
    assert "Come in" in page.text and "No, thank you" in page.text
    page = await ana.post(f"/groups/{group}/leave")
    assert page.url.path == "/groups" and "You are invited" not in page.text
    assert "No, thank you" not in (await ana.get(f"/groups/{await made(mo)}")).text


async def test_for_the_other_side_no_door_of_it_is_there(people: People, ana: Client, mo: Viewer) -> None:
    cho, group = await people("cho"), await made(mo)
    await ana.post(f"/groups/{group}/join", data=JOIN)
    item = await said(mo, ana, group)
    person = str((await viewer(ana)).person)
    assert SECRET in (await ana.get(f"/groups/{group}")).text, "It is there."
    assert "Night owls" not in (await cho.get("/groups")).text
    for path in ("", "/live", "/care"):
        assert (await cho.get(f"/groups/{group}{path}")).status_code == 404, path
    form = {"text": "Hello.", "person": person, "item": str(item), "kind": "hear", "name": "ana", **JOIN}
    paths = [f"support/{item}", "join", "leave", "news", "say"]
    paths += [f"care/{name}" for name in ("pin", "close", "slow", "mute", "answer", "invite", "appoint")]
    for path in paths:
        answer = await cho.post(f"/groups/{group}/{path}", data=form)
        assert answer.status_code == 404 and SECRET not in answer.text, path
    assert (await cho.get(f"/report/{item}")).status_code == 404
    listening = {"Accept": "text/event-stream"}
    assert (await cho.get(f"/groups/{group}/live", headers=listening)).status_code == 404


async def test_signed_out_and_from_another_site_nothing_is_done(
    client: Client, ana: Client, ben: Client, mo: Viewer
) -> None:
    group = await made(mo)
    await ana.post(f"/groups/{group}/join", data=JOIN)
    item = await said(mo, ana, group)
    for path in ("join", "leave", "news", "say", f"support/{item}", "care/close", "care/mute"):
        answer = await client.post(f"/groups/{group}/{path}", data={"text": "x", **JOIN})
        assert answer.status_code == 401, path
        answer = await ana.post(f"/groups/{group}/{path}", data={"text": "x", **JOIN}, headers=OTHER_SITE)
        assert answer.status_code == 403, path
    assert await Item.count().where(Item.place == group) == 1
    # Ben is of the right age and not in it: he may see that it is there, and no more.
    assert SECRET not in (await ben.get(f"/groups/{group}")).text
    assert (await ben.get(f"/groups/{group}/live")).status_code == 404
    assert (await ben.get(f"/report/{item}")).status_code == 404
    assert (await ben.post(f"/groups/{group}/support/{item}", data={"kind": "hear"})).status_code == 404


@pytest.mark.parametrize(
    ("what", "status", "why"),
    [
        ("muted", 422, "asked you to only read here"),
        ("left", 410, "You are not in this group now"),
        ("closed", 422, "takes no new posts"),
        ("slow", 429, "takes it slowly"),
        ("quiet", 422, "Nobody has looked after this group"),
        ("reading", 422, "You chose to be here without writing"),
    ],
)
async def test_who_may_not_write_now_keeps_the_words_and_is_told_why(
    ana: Client, mo: Viewer, what: str, status: int, why: str
) -> None:
    group = await made(mo, slow=10 if what == "slow" else 0)
    await ana.post(f"/groups/{group}/join", data=JOIN)
    if what == "muted":
        await groups_care.mute(mo, group, (await viewer(ana)).person)
    elif what == "left":
        await ana.post(f"/groups/{group}/leave")
    elif what == "closed":
        await groups_care.close(mo, group)
    elif what == "slow":
        await said(mo, ana, group)
    elif what == "quiet":
        clock.move(timedelta(days=15))
    else:
        await ana.post(f"/groups/{group}/join", data={"way": "reading"})
    before = await Item.count()
    page = await ana.post(f"/groups/{group}/say", data={"text": "Words worth keeping."})
    assert (page.status_code, "Words worth keeping." in page.text, why in page.text) == (status, True, True)
    # From a phone's outbox: kept there as refused, but what is only too soon waits and is sent later.
    headers = {"X-Outbox": str(uuid4())}
    page = await ana.post(f"/groups/{group}/say", data={"text": "Words worth keeping."}, headers=headers)
    assert page.status_code == (429 if what == "slow" else 422)
    assert "X-Saved" not in page.headers
    assert await Item.count() == before


async def test_a_post_from_the_outbox_is_taken_once_and_only_from_its_writer(
    ana: Client, ben: Client, mo: Viewer
) -> None:
    group, cid = await made(mo, slow=10), str(uuid4())
    for who in (ana, ben):
        await who.post(f"/groups/{group}/join", data=JOIN)
    uid = str((await viewer(ana)).person)
    for _ in range(2):
        headers = {"X-Outbox": cid, "X-Uid": uid}
        answer = await ana.post(f"/groups/{group}/say", data={"text": SECRET, "id": cid}, headers=headers)
        assert (answer.status_code, answer.headers["X-Saved"]) == (200, cid)
    assert await Item.count() == 1
    answer = await ben.post(f"/groups/{group}/say", data={"text": SECRET, "id": cid}, headers=headers)
    assert answer.status_code == 401 and await Item.count() == 1


async def test_words_of_danger_get_help_even_when_they_are_not_taken(ana: Client, mo: Viewer) -> None:
    group = await made(mo)
    await ana.post(f"/groups/{group}/join", data=JOIN)
    await groups_care.close(mo, group)
    text = "I'm going to kill myself tonight, I have the pills here"
    page = await ana.post(f"/groups/{group}/say", data={"text": text})
    assert page.status_code == 422 and "tel:" in page.text and "takes no new posts" in page.text


async def test_a_noted_post_is_folded_until_it_is_asked_for(ana: Client, ben: Client, mo: Viewer) -> None:
    group = await made(mo)
    for who in (ana, ben):
        await who.post(f"/groups/{group}/join", data=JOIN)
    item = await said(mo, ana, group, notes="death", intent="listen")
    page = await ben.get(f"/groups/{group}")
    assert SECRET not in page.text and "Before you read:" in page.text and "wants to be heard" in page.text
    link = re.search(r'href="(/groups/[^"]*post=[^"#]+)', page.text)
    assert link
    assert SECRET in (await ben.get(link[1].replace("&amp;", "&"))).text
    assert (await ben.post(f"/groups/{group}/support/{item}", data={"kind": "metoo"})).status_code == 200
    assert "Signs you got:" in (await ana.get(f"/groups/{group}")).text
    assert (await ben.post(f"/groups/{group}/support/{item}", data={"kind": "shout"})).status_code == 404


async def test_those_who_look_after_it_have_their_page_and_nobody_else(
    staffed: Client, ana: Client, ben: Client, mo: Viewer
) -> None:
    group = await made(mo, type="request")
    await ana.post(f"/groups/{group}/join", data=JOIN)
    assert "You asked to come in" in (await ana.get(f"/groups/{group}")).text
    person = str((await viewer(ana)).person)
    page = await staffed.get(f"/groups/{group}/care")
    assert "They ask to come in" in page.text and person in page.text
    page = await staffed.post(f"/groups/{group}/care/answer", data={"person": person, "yes": "yes"})
    assert page.status_code == 200 and "They ask to come in" not in page.text
    item = await said(mo, ana, group)
    page = await staffed.post(f"/groups/{group}/care/pin", data={"item": str(item)})
    assert "Pinned here" in page.text
    bad = await staffed.post(f"/groups/{group}/care/slow", data={"slow": "a while"})
    assert bad.status_code == 422 and 'value="a while"' in bad.text
    for path, form in (
        ("slow", {"slow": "7"}),
        ("mute", {"person": person}),
        ("close", {}),
        ("invite", {"name": "x"}),
    ):
        assert (await staffed.post(f"/groups/{group}/care/{path}", data=form)).status_code == 200, path
        assert (await ana.post(f"/groups/{group}/care/{path}", data=form)).status_code == 404, path
        assert (await ben.post(f"/groups/{group}/care/{path}", data=form)).status_code == 404, path
    assert (await ana.get(f"/groups/{group}/care")).status_code == 404
    for path, form in (
        ("mute", {"person": "x"}),
        ("pin", {"item": "x"}),
    ):
        assert (await staffed.post(f"/groups/{group}/care/{path}", data=form)).status_code == 404, path


@pytest.mark.parametrize(
    "given", ["?before=x", "?before=-1", f"?before={'9' * 300}", "?post=x", "?hidden=show"]
)
async def test_a_broken_place_begins_at_the_beginning(ana: Client, mo: Viewer, given: str) -> None:
    group = await made(mo)
    await ana.post(f"/groups/{group}/join", data=JOIN)
    await said(mo, ana, group)
    page = await ana.get(f"/groups/{group}{given}")
    assert page.status_code == 200 and SECRET in page.text
    assert (await ana.get(f"/groups?before={given[1:]}")).status_code == 200
    assert (await ana.get(f"/groups/{uuid4()}")).status_code == 404
    assert (await ana.get("/groups/not-an-id")).status_code == 404


async def test_a_page_of_groups_costs_three_statements(
    ana: Client, ben: Client, mo: Viewer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(verbs, "SAYS", Limit("test", 1_000, timedelta(hours=1)))
    group = await made(mo)
    for who in (ana, ben):
        await who.post(f"/groups/{group}/join", data=JOIN)
    for n in range(25):
        draft = Draft("post", Words((f"Lorry {n}.",)), place=group)
        who_said = await viewer(ana)
        shared = await verbs.say(who_said, draft)
        await Item.update({Item.state: "published", Item.published_at: clock.now()}).where(
            Item.id == shared.id
        )
    first = await ben.get(f"/groups/{group}")
    assert first.text.count('class="card post"') == 20 and "Lorry 24." in first.text
    older = re.search(r'href="(/groups/[^"]*before=\d+)#feed', first.text)
    assert older
    assert (await ben.get(older[1])).text.count('class="card post"') == 5
    for path in ("/groups", f"/groups/{group}", older[1], f"/groups/{group}/live?after=3"):
        with count_queries() as counted:
            page = await ben.get(path)
        assert page.status_code == 200 and counted.n <= 3, (path, counted.n)


async def test_who_asks_now_and_then_gets_numbers_and_ids_and_nothing_else(
    ana: Client, ben: Client, mo: Viewer
) -> None:
    group = await made(mo)
    for who in (ana, ben):
        await who.post(f"/groups/{group}/join", data=JOIN)
    items = [await said(mo, ana, group, f"Lorry {n}.") for n in range(2)]
    answer = await ben.get(f"/groups/{group}/live?after=0")
    assert answer.json() == {"n": 2, "new": [[1, str(items[0])], [2, str(items[1])]]}
    assert (await ben.get(f"/groups/{group}/live?after=1")).json()["new"] == [[2, str(items[1])]]
    assert (await ben.get(f"/groups/{group}/live?after=nonsense")).json()["n"] == 2
    assert (await ana.get(f"/groups/{group}/live?after=0")).json()["new"] == [], "One's own is no news."


async def test_a_stream_signals_goes_on_where_it_was_and_ends_with_session_or_membership(
    ana: Client, ben: Client, mo: Viewer
) -> None:
    group = await made(mo)
    for who in (ana, ben):
        await who.post(f"/groups/{group}/join", data=JOIN)
    token = ben.cookies["beside"]
    stream = live.events(token, group, 0)
    assert await anext(stream) == "retry: 3000\n\n"
    assert await anext(stream) == ":\n\n", "Nothing yet."
    waiting = asyncio.ensure_future(_next_words(stream))
    await asyncio.sleep(0.3 if DB.engine_type == "postgres" else 0)
    first = await said(mo, ana, group)
    assert await asyncio.wait_for(waiting, 5) == f"id: 1\ndata: {first}\n\n"
    await stream.aclose()  # type: ignore[attr-defined]
    assert groups_live.many() == 0
    second = await said(mo, ana, group, "While the line was gone.")
    stream = live.events(token, group, 1)
    await anext(stream)
    assert await anext(stream) == f"id: 2\ndata: {second}\n\n", "Neither again nor left out."
    await ben.post(f"/groups/{group}/leave")
    groups_live._wake(group)
    assert [found async for found in stream] == []
    await ben.post(f"/groups/{group}/join", data=JOIN)
    stream = live.events(token, group, 2)
    await anext(stream), await anext(stream)
    await devices.end(token)
    groups_live._wake(group)
    assert [found async for found in stream] == []
    assert groups_live.many() == 0


async def _next_words(stream: Any) -> str:
    async for found in stream:
        if not found.startswith(":"):
            return str(found)
    return ""


async def test_an_answer_is_a_stream_only_for_who_listens(
    ana: Client, mo: Viewer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(live, "LONGEST", 0.2)
    monkeypatch.setattr(live, "BEAT", 0.1)
    group = await made(mo)
    await ana.post(f"/groups/{group}/join", data=JOIN)
    headers = {"Accept": "text/event-stream", "Accept-Encoding": "br, gzip"}
    answer = await ana.get(f"/groups/{group}/live", headers=headers)
    assert answer.headers["content-type"].startswith("text/event-stream")
    assert "content-encoding" not in answer.headers, "Packed, a signal would wait for the next ones."
    assert answer.headers["cache-control"] == "no-store"
    assert answer.text.startswith("retry: 3000\n\n:\n\n")
    monkeypatch.setattr(live, "MOST", 0)
    answer = await ana.get(f"/groups/{group}/live", headers=headers)
    assert answer.headers["content-type"].startswith("application/json"), "Too many: it asks instead."


# No input breaks it

FIELDS = (
    *("text", "intent", "id", "notes", "note_own", "kind", "way", "rule", "rules_n", "news", "mood", "name"),
    *(
        "person",
        "item",
        "purpose",
        "rules",
        "bands",
        "type",
        "pace",
        "cap",
        "slow",
        "hours",
        "lang",
        "topics",
    ),
    *("starts_on", "ends_on", "title", "about", "day", "time", "zone", "minutes", "mode", "host", "second"),
    *("access", "area", "address", "expect", "series", "times", "why", "words", "following", "how", "came"),
    *("code", "days", "open", "to", "consent", "yes"),
)


@pytest.fixture
async def world(mo: Viewer, ana: Client, staffed: Client) -> AsyncIterator[dict[str, str]]:
    lin = await member("lin", "c", "moderator")
    group = await made(mo)
    await ana.post(f"/groups/{group}/join", data=JOIN)
    item = await said(mo, ana, group)
    wall = (clock.now() + timedelta(minutes=5)).replace(tzinfo=None)
    plan = meetings.Plan(title="Tea", wall=wall, zone="UTC", host=mo.person, second=lin.person)
    meeting = await meeting_verbs.make(mo, group, plan)
    await meetings_places.register(await viewer(ana), group, meeting)
    yield {"group": str(group), "item": str(item), "meeting": str(meeting)}
    clock.move(timedelta())


def _paths(app: Any, world: dict[str, str]) -> list[tuple[str, str]]:
    known = world | {"said": world["item"], "spoken": world["item"], "talking": world["meeting"], "story": ""}
    found = [(method, filled) for method, path, filled in _doors(app, known) if path.startswith("/groups")]
    assert len(found) > 45
    # Leaving comes last, or there would be nothing to ask about any more.
    return sorted(found, key=lambda door: door[1].endswith(("/leave", "/withdraw", "/cancel")))


@pytest.mark.parametrize("odd", ODD)
async def test_no_form_of_a_group_breaks_on_odd_words(
    app: Any, ana: Client, staffed: Client, world: dict[str, str], odd: str
) -> None:
    body = urlencode([(name, odd) for name in FIELDS for _ in (1, 2)], errors="surrogatepass").encode()
    form = {"Content-Type": "application/x-www-form-urlencoded"}
    for method, path in _paths(app, world):
        for who in (ana, staffed):
            if method == "POST":
                answer = await who.post(path, content=body, headers=form)
            else:
                query = urlencode(
                    {name: odd[:200] for name in ("before", "after", "post", "card", "about")},
                    errors="surrogatepass",
                )
                answer = await who.get(f"{path}?{query}", headers={"Last-Event-ID": "9" * 30})
            assert answer.status_code < 500, (method, path, answer.status_code)


async def test_what_is_no_form_and_what_is_nowhere_is_answered(
    app: Any, ana: Client, staffed: Client, world: dict[str, str]
) -> None:
    nowhere = {name: str(UUID(int=7)) for name in world}
    for known in (world, world | {"item": nowhere["item"]}, world | {"meeting": nowhere["meeting"]}, nowhere):
        for method, path in _paths(app, known):
            for kind in (
                "application/json",
                "multipart/form-data; boundary=x",
                "application/x-www-form-urlencoded",
            ):
                for who in (ana, staffed) if method == "POST" else ():
                    answer = await who.post(path, content=b"\x00\xff{" * 50, headers={"Content-Type": kind})
                    assert answer.status_code < 500, (path, kind, answer.status_code)
            if known is nowhere and "{" not in path and path.count("/") > 2:
                answer = await staffed.request(method, path)
                assert answer.status_code in (404, 405, 422), (method, path, answer.status_code)
