"""The private talk through its doors: it works for the two of them, and is not there for anybody else."""

import re
from collections.abc import AsyncIterator, Awaitable, Callable
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from httpx import AsyncClient

from care import clock
from tests.members import opened, post
from tests.web.test_moderation import OTHER_SITE, staff, viewer

Client = AsyncClient
People = Callable[[str], Awaitable[Client]]
DANGER = "I'm going to kill myself tonight, I have the pills here"
SECRET = "it is about my uncle"


@pytest.fixture(autouse=True)
async def an_open_community(app: Any) -> AsyncIterator[None]:
    await opened()
    yield
    clock.move(timedelta())


@pytest.fixture
async def cho(people: People) -> Client:
    """Who leads on safety."""
    client = await people("cho")
    await staff(client, "safeguarding")
    return client


@pytest.fixture
async def mo(people: People) -> Client:
    client = await people("mo")
    await staff(client, "moderator")
    return client


async def test_a_lead_begins_it_at_the_desk_and_the_person_answers(ana: Client, cho: Client) -> None:
    item, hold = await danger(ana)
    desk = (await cho.get(f"/moderation/{hold}")).text
    assert "Write to them privately" in desk
    refused = await cho.post(f"/moderation/{hold}/talk", data={"talk": "  "})
    assert refused.status_code == 422
    begun = await cho.post(f"/moderation/{hold}/talk", data={"talk": "Are you safe, Ana?"})
    assert begun.status_code == 200
    talk = UUID(re.search(r"/moderation/talk/([0-9a-f-]{36})/say", begun.text)[1])  # type: ignore[index]
    notices = (await ana.get("/notices")).text
    assert "Somebody from our team wrote to you." in notices
    assert "talk" not in re.sub(r"<[^>]+>", "", notices).casefold(), "The notice is neutral."
    opened_ = await ana.get("/account/safety")
    assert f"/account/safety/talk/{talk}" in opened_.text
    page = (await ana.get(f"/account/safety/talk/{talk}")).text
    for words in (
        "Are you safe, Ana?",
        "Who can read it: you, and whoever leads on safety here.",
        "Nobody who leads on safety is on duty right now",
        "In immediate danger? Call",
        "Are you safe right now?",
        "You don’t have to say why",
        "tel:",
    ):
        assert words in page, words
    assert "Cho" not in page, "The desk answers as one."
    await ana.post(f"/account/safety/talk/{talk}/say", data={"text": SECRET})
    sent = await ana.post(f"/account/safety/talk/{talk}/safe", data={"answer": "unsure"})
    assert "You answered: Not sure." in sent.text and "Please don’t wait for them" in sent.text
    theirs = (await cho.get(f"/moderation/talk/{talk}")).text
    assert SECRET in theirs and "Not sure" in theirs
    assert "They wrote last" in (await cho.get("/moderation/talk")).text
    await cho.post(f"/moderation/talk/{talk}/note", data={"note": "A note for us."})
    await cho.post(f"/moderation/talk/{talk}/again", data={"hours": "24"})
    theirs = (await cho.get(f"/moderation/talk/{talk}")).text
    assert "A note for us." in theirs and "In 24 hours" in theirs
    assert "A note for us." not in (await ana.get(f"/account/safety/talk/{talk}")).text
    assert (await cho.post(f"/moderation/talk/{talk}/end", data={"outcome": "x"})).status_code == 422
    assert (
        "is with them" in (await cho.post(f"/moderation/talk/{talk}/end", data={"outcome": "someone"})).text
    )
    page = (await ana.get(f"/account/safety/talk/{talk}")).text
    assert "This talk ended" in page and "is with them" not in page and "<textarea" not in page
    assert (await ana.get(f"/moderation/mine/{item}")).status_code == 200


async def test_it_never_crosses(ana: Client, cho: Client, mo: Client, people: People, client: Client) -> None:
    talk, hold = await begun(ana, cho)
    await ana.post(f"/account/safety/talk/{talk}/say", data={"text": SECRET})
    ben, stranger = await people("ben"), await people("stranger")
    mine, desk = f"/account/safety/talk/{talk}", f"/moderation/talk/{talk}"
    writes = [
        *((f"{mine}/say", {"text": "x"}), (f"{mine}/safe", {"answer": "no"}), (f"{mine}/end", {})),
        *(
            (f"{desk}/say", {"text": "x"}),
            (f"{desk}/note", {"note": "x"}),
            (f"{desk}/again", {"hours": "24"}),
        ),
        *((f"{desk}/end", {"outcome": "safer"}), (f"/moderation/{hold}/talk", {"talk": "x"})),
    ]
    for who in (ben, stranger, mo):
        for path in (mine, desk, "/moderation/talk"):
            answer = await who.get(path)
            assert (answer.status_code, SECRET in answer.text) == (404, False), path
        for path, data in writes:
            assert (await who.post(path, data=data)).status_code == 404, path
        assert str(talk) not in (await who.get("/account/safety")).text
    for path in (mine, desk, "/moderation/talk"):
        assert (await client.get(path, follow_redirects=False)).status_code == 303
    for path, data in writes:
        assert (await client.post(path, data=data)).status_code == 401, path
        for who in (ana, cho):
            assert (await who.post(path, data=data, headers=OTHER_SITE)).status_code == 403, path
    for path in (desk, "/moderation/talk"):
        assert (await ana.get(path)).status_code == 404, "Not even the person sees the leads' side."
    assert (await cho.get(mine)).status_code == 404, "A lead reads it where it is noted, only there."
    seen = (await mo.get(f"/moderation/{hold}")).text
    assert "has a private talk with them" in seen
    assert SECRET not in seen and str(talk) not in seen and "Write to them privately" not in seen
    case = (await cho.get(desk)).text
    assert case.count('<li class="') == 2, "Two messages, and nothing of all that came in."


async def test_before_the_second_step_there_is_no_talk(ana: Client, cho: Client, people: People) -> None:
    talk, _hold = await begun(ana, cho)
    ben = await people("ben")
    await staff(ben, "safeguarding", checked=False)
    answer = await ben.get(f"/moderation/talk/{talk}", follow_redirects=False)
    assert answer.headers["location"].startswith("/account/second-factor?next=")
    assert (await ben.post(f"/moderation/talk/{talk}/say", data={"text": "x"})).status_code == 404


async def test_bad_input_keeps_the_words(ana: Client, cho: Client) -> None:
    talk, hold = await begun(ana, cho)
    mine, desk = f"/account/safety/talk/{talk}", f"/moderation/talk/{talk}"
    long = "all my words " * 400
    for client, path, field in (
        (ana, f"{mine}/say", "text"),
        (cho, f"{desk}/say", "text"),
        (cho, f"{desk}/note", "note"),
    ):
        answer = await client.post(path, data={field: long})
        assert (answer.status_code, long.strip() in answer.text) == (422, True), path
        assert (await client.post(path, data={})).status_code == 422
    for path, data in ((f"{desk}/again", {"hours": "7"}), (f"{desk}/again", {"hours": "x"})):
        assert (await cho.post(path, data=data)).status_code == 422
    assert (await cho.post(f"{desk}/nothing", data={})).status_code == 404
    assert (await ana.post(f"{mine}/safe", data={"answer": "maybe"})).status_code == 404
    again = await cho.post(f"/moderation/{hold}/talk", data={"talk": "a second first message"})
    assert (again.status_code, "A talk with them is open already" in again.text) == (409, True)
    assert "Go to the private talk" in again.text
    await ana.post(f"{mine}/end", data={})
    for client, path in ((ana, f"{mine}/say"), (cho, f"{desk}/say")):
        late = await client.post(path, data={"text": "words that came late"})
        assert (late.status_code, "words that came late" in late.text) == (409, True)
    assert (await ana.post(f"{mine}/safe", data={"answer": "no"})).status_code == 409
    assert "You ended this talk" in (await ana.get(mine)).text
    assert "They ended it" in (await cho.get(desk)).text


async def test_a_message_in_danger_is_sent_and_help_comes_first(ana: Client, cho: Client) -> None:
    talk, _hold = await begun(ana, cho)
    answer = await ana.post(f"/account/safety/talk/{talk}/say", data={"text": DANGER})
    assert "Stay with us for a moment" in answer.text
    assert answer.text.index("If you are in danger right now") < answer.text.index("Who can read it")
    assert "the pills here" in (await cho.get(f"/moderation/talk/{talk}")).text


async def test_the_card_says_who_sees_the_answer_and_the_desk_sees_it(ana: Client, mo: Client) -> None:
    from db import desk, moderation

    shared = await moderation.share(await viewer(ana), post("I want to die"))
    page = (await ana.get(f"/moderation/mine/{shared.id}?card={shared.card}")).text
    assert "Your answer goes to the people on duty here, beside your words." in page
    assert page.count('name="answer"') == 3
    hold = (await desk.queue(await viewer(mo))).items[0].id
    seen = (await mo.get(f"/moderation/{hold}")).text
    assert "The careful card" in seen and "opened" in seen
    assert "They have not answered whether they are safe." in seen
    page = (await ana.post(f"/moderation/mine/{shared.id}/safe", data={"answer": "no"})).text
    assert "You answered: No." in page and "If you are in danger right now" in page
    seen = (await mo.get(f"/moderation/{hold}")).text
    assert re.search(r"Are you safe right now\? <b>No</b>", seen)
    assert (await mo.post(f"/moderation/mine/{shared.id}/safe", data={"answer": "no"})).status_code == 404
    assert (await ana.post(f"/moderation/mine/{shared.id}/safe", data={})).status_code == 404


async def test_in_the_journal_nobody_is_asked_to_answer_anybody(ana: Client) -> None:
    for path in ("/journal/write/note", "/help/now"):
        page = (await ana.get(path)).text
        assert 'name="answer"' not in page, path
    assert "Are you safe right now?" in (await ana.get("/journal/write/note")).text


async def test_somebody_banned_is_told_all_and_still_has_journal_and_help(
    ana: Client, mo: Client, cho: Client
) -> None:
    from db import sanctions

    who = await viewer(ana)
    step = await sanctions.take(await viewer(mo), who.person, "ban", "unsafe")
    await sanctions.agree(await viewer(cho), step)
    page = (await ana.get("/moderation/mine")).text
    for words in (
        "You can’t share here any more",
        "Not safe to ask here",
        "Your journal, your plan and help work",
    ):
        assert words in page, words
    entry = {"kind": "note", "note": "still mine", "tz": "Europe/London"}
    assert (await ana.post("/journal", data=entry)).status_code == 200
    assert "still mine" in (await ana.get("/journal")).text
    assert (await ana.get("/help")).status_code == 200
    appeal = f"/moderation/mine/standing/{step}/appeal"
    assert "Somebody else is looking" in (await ana.post(appeal, data={"text": "Please look."})).text
    assert (await ana.post(appeal, data={"text": "x"})).status_code == 404
    assert (await mo.post(appeal, data={"text": "x"})).status_code == 404
    assert (await ana.post(appeal, data={}, headers=OTHER_SITE)).status_code == 403


async def test_a_second_opinion_about_a_step_is_given_at_the_desk(
    ana: Client, mo: Client, cho: Client
) -> None:
    from db import desk, sanctions

    step = await sanctions.take(await viewer(mo), (await viewer(ana)).person, "pause", "unkind")
    await ana.post(f"/moderation/mine/standing/{step}/appeal", data={"text": "It was a heron."})
    (waiting,) = (await desk.queue(await viewer(mo))).items
    assert "Somebody else looks this time" in (await mo.get(f"/moderation/{waiting.id}")).text
    assert (await mo.post(f"/moderation/{waiting.id}/judge", data={"action": "reverse"})).status_code == 409
    seen = (await cho.get(f"/moderation/{waiting.id}")).text
    assert "It was a heron." in seen and "Asks for a second opinion" in seen
    assert (await cho.post(f"/moderation/{waiting.id}/judge", data={"action": "reverse"})).status_code == 200
    assert "A pause from sharing" not in (await ana.get("/moderation/mine")).text


async def danger(ana: Client) -> tuple[UUID, UUID]:
    """An item that is with safety, and its hold."""
    from db import moderation
    from db.moderation_tables import Hold

    shared = await moderation.share(await viewer(ana), post(DANGER))
    row = await Hold.select(Hold.id).where(Hold.subject == shared.id).first()
    return shared.id, row["id"]


async def begun(ana: Client, lead: Client) -> tuple[UUID, UUID]:
    from db import talk

    _item, hold = await danger(ana)
    return await talk.begin(await viewer(lead), hold, "Are you safe, Ana?"), hold


async def test_words_that_were_not_taken_get_their_help_all_the_same(ana: Client, cho: Client) -> None:
    talk, _ = await begun(ana, cho)
    mine, calm = f"/account/safety/talk/{talk}", "Stay with us for a moment."
    long = DANGER + " " + "and the kettle sang " * 250
    refused = await ana.post(f"{mine}/say", data={"text": long})
    assert refused.status_code == 422 and calm in refused.text and "and the kettle sang" in refused.text
    assert calm not in (await ana.post(f"{mine}/say", data={"text": "kettle " * 800})).text
    await cho.post(f"/moderation/talk/{talk}/end", data={"outcome": "safer"})
    over = await ana.post(f"{mine}/say", data={"text": DANGER})
    assert over.status_code == 409 and calm in over.text
