"""Perspectives through their doors, with plain forms: they work, refuse whom they must, and lose no words."""

import re
from collections.abc import AsyncIterator, Awaitable, Callable
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from httpx import AsyncClient

from care import clock
from care import perspectives as rules
from care.perspectives import Facts, Question
from care.shared import Draft, Words
from db import blocks, decisions, shifts
from db import perspectives as verbs
from db.decisions import Decision
from db.devices import Viewer
from db.engine import count_queries
from db.moderation_tables import Hold, Item
from tests.members import member, opened
from tests.web.test_moderation import viewer

Client = AsyncClient
People = Callable[[str], Awaitable[Client]]
OTHER_SITE = {"Sec-Fetch-Site": "cross-site", "Origin": "https://elsewhere.example"}
SECRET = "since the trip to the canal"
SITUATION = f"My friend looks away {SECRET}."
ASK = {"situation": SITUATION, "now": "It is me.", "angles": ["been", "other"], "wanted": "3"}


@pytest.fixture(autouse=True)
async def mo(app: Any) -> AsyncIterator[Viewer]:
    """An open community, and somebody at its desk."""
    await opened()
    who = await member("desk", "c", "moderator")
    await shifts.begin(who)
    yield who
    clock.move(timedelta())


async def publish(mo: Viewer, item: UUID, notes: tuple[str, ...] = ()) -> None:
    row = await Hold.select(Hold.id).where(Hold.subject == item, Hold.ended_at.is_null()).first()
    assert row
    await decisions.decide(mo, row["id"], Decision("publish", 1, notes=notes))


async def asked(mo: Viewer, who: Viewer, notes: tuple[str, ...] = (), wanted: int = 3) -> UUID:
    draft = Draft("ask", Words((SITUATION, "It is me.")), intent="perspectives")
    shared = await verbs.ask(
        who, Question(draft, Facts(rules.BEEN | rules.OTHER, wanted, 72, "Europe/London"))
    )
    await publish(mo, shared.id, notes)
    return shared.id


async def last(kind: str) -> UUID:
    row = (
        await Item.select(Item.id).where(Item.kind == kind).order_by(Item.created_at, ascending=False).first()
    )
    assert row
    return UUID(str(row["id"]))


async def test_it_is_asked_answered_marked_and_made_a_story_of_without_a_script(
    ana: Client, ben: Client, mo: Viewer, people: People
) -> None:
    page = await ana.get("/perspectives/new")
    cid = re.search(r'name="id" value="([^"]+)"', page.text)[1]  # type: ignore[index]
    sent = await ana.post("/perspectives/new", data={**ASK, "id": cid, "tz": "Europe/London"})
    assert "It waits for a person to read it first." in sent.text
    assert "A person is on duty" in sent.text
    again = await ana.post("/perspectives/new", data={**ASK, "id": cid})
    assert again.url.path == sent.url.path, "The same form twice is one question."
    ask = UUID(sent.url.path.rpartition("/")[2])
    assert SECRET not in (await ben.get("/perspectives")).text
    assert (await ben.get(f"/perspectives/{ask}")).status_code == 404
    await publish(mo, ask)
    mine = (await ana.get("/perspectives")).text
    assert "0 of 3 so far." in mine
    assert re.search(r"It closes on \w+day, \d\d:\d\d\.", mine)
    listed = (await ben.get("/perspectives?angle=other")).text
    assert SECRET in listed
    assert "Room for 3 more views" in listed
    assert SECRET not in (await ben.get("/perspectives?angle=challenge")).text
    page = await ben.post(f"/perspectives/{ask}/answer", data={"angle": "been", "text": "Was afraid of me."})
    assert "Only you see this for now." in page.text
    view = await last("view")
    assert "afraid of me" not in (await ana.get(f"/perspectives/{ask}")).text
    stranger = await people("stranger")
    await publish(mo, view)
    assert "afraid of me" not in (await stranger.get(f"/perspectives/{ask}")).text
    assert "once you have sent yours" in (await stranger.get(f"/perspectives/{ask}")).text
    page = await stranger.post(f"/perspectives/{ask}/answer", data={"angle": "other", "text": "Shy, maybe."})
    assert "afraid of me" in page.text
    page = await ana.get(f"/perspectives/{ask}")
    assert "1 of 3 so far." in page.text
    assert "1 more is being read." in page.text
    assert "afraid of me" in page.text
    assert "Somebody answered what you shared." in (await ana.get("/notices")).text
    page = await ana.post(f"/perspectives/{ask}/mark", data={"view": str(view), "mark": "1"})
    assert re.search(r'value="0" aria-pressed="true">New to me', page.text)
    assert 'aria-pressed="true"' not in (await ben.get(f"/perspectives/{ask}")).text
    page = await ana.post(f"/perspectives/{ask}/took", data={"took": "She may be afraid, too."})
    assert page.text.count('id="took"') == 1, "The label names the box, not the card around it."
    story = page.text[page.text.index('action="/stories/write"') :]
    assert 'name="tell" value="She may be afraid, too."' in story
    assert re.search(rf'name="was" value="[^"]*{SECRET}', story)
    assert 'name="do" value="change"' in story, "Nothing is to mend before a word was written."
    assert "afraid, too" not in (await ben.get(f"/perspectives/{ask}")).text
    page = await ana.post(f"/perspectives/{ask}/close")
    assert "You closed it." in page.text
    assert "It is closed." in (await ben.get(f"/perspectives/{ask}")).text


async def test_what_is_to_mend_is_said_with_the_words_kept(ana: Client, ben: Client, mo: Viewer) -> None:
    page = await ana.post("/perspectives/new", data={"situation": "", "now": "Only this.", "wanted": "7"})
    assert page.status_code == 422
    assert "Only this." in page.text
    assert "Please say in a few words" in page.text
    assert "Please choose at least one." in page.text
    assert re.search(r'name="wanted" value="7" checked', page.text)
    ask = await asked(mo, await viewer(ana))
    page = await ben.post(f"/perspectives/{ask}/answer", data={"text": "Half a view."})
    assert page.status_code == 422
    assert "Half a view." in page.text
    assert "Please choose from where" in page.text
    page = await ben.post(f"/perspectives/{ask}/answer", data={"angle": "been", "text": "x" * 601})
    assert page.status_code == 422
    assert "x" * 601 in page.text
    page = await ana.post(f"/perspectives/{ask}/took", data={"took": "y" * 1001})
    assert page.status_code == 422


async def test_who_comes_too_late_keeps_their_words_and_help_does_not_depend_on_a_place(
    ana: Client, ben: Client, mo: Viewer
) -> None:
    ask = await asked(mo, await viewer(ana))
    await verbs.close(await viewer(ana), ask)
    dark = {"angle": "been", "text": "I know it. I want to die."}
    page = await ben.post(f"/perspectives/{ask}/answer", data=dark)
    assert page.status_code == 422
    assert "It takes no more views." in page.text
    assert "Are you safe right now?" in page.text
    assert "tel:" in page.text
    assert "I want to die." in page.text, "The words are still there to keep."


async def test_hard_words_are_taken_with_a_card(ana: Client, ben: Client, mo: Viewer) -> None:
    page = await ana.post("/perspectives/new", data={**ASK, "situation": "I want to die since she left."})
    assert "Are you safe right now?" in page.text
    assert page.url.path == f"/moderation/mine/{await last('ask')}"


async def test_notes_fold_the_words_on_the_server(ana: Client, ben: Client, mo: Viewer) -> None:
    ask = await asked(mo, await viewer(ana), notes=("abuse",))
    for path in ("/perspectives", f"/perspectives/{ask}"):
        page = (await ben.get(path)).text
        assert "Before you read:" in page
        assert SECRET not in page
    assert SECRET in (await ben.get(f"/perspectives/{ask}?read=1")).text
    await ben.post(f"/perspectives/{ask}/answer", data={"angle": "been", "text": "The heron knows."})
    view = await last("view")
    await publish(mo, view, notes=("death",))
    assert "heron" not in (await ana.get(f"/perspectives/{ask}")).text
    assert "heron" in (await ana.get(f"/perspectives/{ask}?view={view}")).text


async def test_signed_out_the_other_side_the_blocked_and_other_sites_are_refused(
    client: Client, ana: Client, people: People, mo: Viewer
) -> None:
    ask = await asked(mo, await viewer(ana))
    for path in ("/perspectives", "/perspectives/new", f"/perspectives/{ask}"):
        answer = await client.get(path, follow_redirects=False)
        assert (answer.status_code, answer.headers["location"].split("?")[0]) == (303, "/account/enter")
    cho, stranger = await people("cho"), await people("stranger")
    await blocks.block(await viewer(ana), (await viewer(stranger)).person)
    forms = {"answer": {"angle": "been", "text": "Hello."}, "mark": {"view": str(uuid4()), "mark": "1"}}
    forms |= {"close": {}, "took": {"took": "Mine."}}
    for other in (cho, stranger):
        assert SECRET not in (await other.get("/perspectives")).text
        assert (await other.get(f"/perspectives/{ask}")).status_code == 404
        for door, data in forms.items():
            assert (await other.post(f"/perspectives/{ask}/{door}", data=data)).status_code == 404, door
    for door, data in forms.items():
        assert (await client.post(f"/perspectives/{ask}/{door}", data=data)).status_code == 401
        refused = await ana.post(f"/perspectives/{ask}/{door}", data=data, headers=OTHER_SITE)
        assert refused.status_code == 403
    assert (await ana.post("/perspectives/new", data=ASK, headers=OTHER_SITE)).status_code == 403
    assert (await client.post("/perspectives/new", data=ASK)).status_code == 401


async def test_a_phone_that_waited_for_the_network_is_told_what_was_saved(
    ana: Client, ben: Client, mo: Viewer
) -> None:
    who, cid = await viewer(ana), str(uuid4())
    line = {"X-Outbox": cid, "X-Uid": str(who.person)}
    for _ in range(2):
        answer = await ana.post("/perspectives/new", data={**ASK, "id": cid}, headers=line)
        assert (answer.status_code, answer.headers["x-saved"]) == (200, cid)
    assert await Item.count().where(Item.kind == "ask") == 1
    refused = await ben.post("/perspectives/new", data={**ASK, "id": cid}, headers=line)
    assert refused.status_code == 401, "What Ana wrote waits until she enters."
    ask = await last("ask")
    await publish(mo, ask)
    other = {"X-Outbox": (view := str(uuid4())), "X-Uid": str((await viewer(ben)).person)}
    data = {"id": view, "angle": "been", "text": "I know it."}
    for _ in range(2):
        answer = await ben.post(f"/perspectives/{ask}/answer", data=data, headers=other)
        assert (answer.status_code, answer.headers["x-saved"]) == (200, view)
    late = await ben.post(f"/perspectives/{ask}/answer", data={**data, "id": str(uuid4())}, headers=other)
    assert late.status_code == 422, "A second view of one person is refused, and does not stop the line."


async def test_pages_cost_three_statements(ana: Client, ben: Client, mo: Viewer) -> None:
    ask = await asked(mo, await viewer(ana))
    await ben.post(f"/perspectives/{ask}/answer", data={"angle": "been", "text": "I know it."})
    await publish(mo, await last("view"))
    for who in (ana, ben):
        for path in ("/perspectives", f"/perspectives/{ask}"):
            with count_queries() as count:
                assert (await who.get(path)).status_code == 200
            assert count.n <= 3, path


async def test_three_questions_a_day(ana: Client) -> None:
    for _ in range(3):
        await ana.post("/perspectives/new", data=ASK)
    page = await ana.post("/perspectives/new", data=ASK)
    assert page.status_code == 429
    assert SECRET in page.text
