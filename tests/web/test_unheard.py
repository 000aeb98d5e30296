"""Today with others in it, being asked, and the desk that answers: through their doors, without a script."""

import re
from collections.abc import AsyncIterator, Awaitable, Callable
from datetime import timedelta
from typing import Any

import pytest
from httpx import AsyncClient

from care import clock
from db import controls, shifts
from db.devices import Viewer
from db.engine import count_queries
from db.moderation_tables import Hold
from db.unheard_tables import Unheard
from jobs import unheard as duty
from tests.members import member, opened
from tests.web.test_moderation import staff, viewer
from tests.web.test_perspectives import asked
from tests.web.test_stories import OTHER_SITE, told
from web import fragments

Client = AsyncClient
People = Callable[[str], Awaitable[Client]]
ASKS = "Someone your age wrote"


@pytest.fixture(autouse=True)
async def mo(app: Any) -> AsyncIterator[Viewer]:
    fragments.forget()
    await opened()
    who = await member("desk", "c", "moderator")
    await shifts.begin(who)
    yield who
    clock.move(timedelta())


async def test_a_first_visit_with_nothing_here_is_the_check_in_alone(ben: Client) -> None:
    page = (await ben.get("/")).text
    assert "how’s the sky in there?" in page
    for words in (ASKS, "From people", "Write yours", "Find stories", "Your week"):
        assert words not in page


async def test_signed_out_today_is_as_it_was(client: Client, ana: Client, mo: Viewer) -> None:
    await told(mo, await viewer(ana))
    page = (await client.get("/")).text
    assert "The late bus" not in page
    assert ASKS not in page


async def test_a_question_with_too_few_views_is_put_before_somebody_too(
    ana: Client, ben: Client, mo: Viewer
) -> None:
    ask = await asked(mo, await viewer(ana))
    await ben.post("/unheard/willing", data={"willing": "yes", "to": "me"})
    assert ASKS not in (await ben.get("/")).text
    clock.move(timedelta(hours=25))
    page = (await ben.get("/")).text
    assert ASKS in page
    assert "They would like to hear how others see it." in page
    assert f'href="/perspectives/{ask}"' in page
    assert f"/stories/{ask}" not in page


async def test_a_willing_member_is_asked_once_and_may_say_not_today(
    ana: Client, ben: Client, mo: Viewer
) -> None:
    story = await told(mo, await viewer(ana))
    page = (await ben.get("/")).text
    assert ASKS not in page, "Nobody is asked who did not say so."
    assert "From people your age" in page
    await ben.post("/unheard/willing", data={"willing": "yes", "to": "me"})
    assert "Please don’t ask me" in (await ben.get("/stories/me")).text
    page = (await ben.get("/")).text
    assert ASKS in page
    assert f"/stories/{story}" in page
    assert "Not today" in page
    assert ASKS not in (await ben.get("/")).text
    clock.move(timedelta(hours=4))
    assert ASKS in (await ben.get("/")).text
    answer = await ben.post("/unheard/rest", follow_redirects=False)
    assert (answer.status_code, answer.headers["location"]) == (303, "/")
    clock.move(timedelta(hours=27))
    assert ASKS not in (await ben.get("/")).text
    clock.move(timedelta(hours=29))
    assert ASKS in (await ben.get("/")).text
    await ben.post("/unheard/willing", data={"willing": "no", "to": "me"})
    clock.move(timedelta(hours=40))
    assert ASKS not in (await ben.get("/")).text


async def test_what_carries_a_note_is_folded_on_today_title_and_words(
    ana: Client, ben: Client, mo: Viewer
) -> None:
    await told(mo, await viewer(ana), notes=("death",))
    page = (await ben.get("/")).text
    assert "death and loss" in page
    await controls.be_asked(await viewer(ben), True)
    for found in (page, (await ben.get("/")).text):
        assert "The late bus" not in found
        assert "The bus was late" not in found
        assert "death and loss" in found


async def test_the_other_side_and_a_blocked_stranger_see_none_of_it(
    ana: Client, people: People, mo: Viewer
) -> None:
    from db import blocks

    await told(mo, await viewer(ana))
    cho, stranger = await people("cho"), await people("stranger")
    await blocks.block(await viewer(ana), (await viewer(stranger)).person)
    for other in (cho, stranger):
        await controls.be_asked(await viewer(other), True)
        page = (await other.get("/")).text
        assert "The late bus" not in page
        assert ASKS not in page


@pytest.mark.parametrize("path", ["/unheard/rest", "/unheard/willing", "/unheard/wave"])
async def test_the_signed_out_and_another_site_change_nothing(client: Client, ben: Client, path: str) -> None:
    form = {"willing": "yes", "what": "know"}
    assert (await client.post(path, data=form)).status_code == 401
    assert (await ben.post(path, data=form, headers=OTHER_SITE)).status_code == 403
    choices = await controls.of(await viewer(ben))
    assert (choices.willing, choices.rests_until, choices.waved) == (False, None, frozenset())


async def test_a_suggestion_comes_on_its_day_and_goes_with_one_tap(
    ana: Client, ben: Client, mo: Viewer
) -> None:
    await told(mo, await viewer(ana))
    assert "Find stories like yours" not in (await ben.get("/")).text
    clock.move(timedelta(days=1, hours=1))
    assert "Find stories like yours" in (await ben.get("/")).text
    await ben.post("/unheard/wave", data={"what": "know"})
    assert "Find stories like yours" not in (await ben.get("/")).text
    clock.move(timedelta(days=2, hours=1))
    assert "Do you like to answer sometimes?" in (await ben.get("/")).text
    page = await ben.post("/unheard/wave", data={"what": "willing", "willing": "yes"})
    assert ASKS in page.text
    assert (await ben.post("/unheard/wave", data={"what": "nonsense"})).status_code == 404


async def test_today_costs_no_more_than_five_statements(ana: Client, ben: Client, mo: Viewer) -> None:
    from care.matching import Likes

    await told(mo, await viewer(ana))
    await ben.post("/journal", data={"mood": "3", "tz": "Europe/London"})
    who = await viewer(ben)
    await controls.be_asked(who, True)
    await controls.like(who, Likes(frozenset({"bullied"})))
    await ben.get("/stories")
    with count_queries() as counted:
        page = await ben.get("/")
    assert ASKS in page.text
    assert counted.n <= 5
    with count_queries() as counted:
        page = await ben.get("/")
    assert "Because you both know" in page.text
    assert counted.n <= 4


async def test_the_author_is_told_honestly_and_the_desk_answers_with_an_apology(
    ana: Client, people: People, mo: Viewer
) -> None:
    story = await told(mo, await viewer(ana))
    assert "Nobody has answered for a day" not in (await ana.get(f"/stories/{story}")).text
    clock.move(timedelta(hours=25))
    await duty.alert()
    mine = (await ana.get(f"/stories/{story}")).text
    assert "That is too long, and we are sorry" in mine
    assert not re.search(r"\b0\b[^<]*(views|answers)", mine)
    night = await people("mo")
    await staff(night, "moderator")
    desk = (await night.get("/moderation")).text
    assert "Nobody answered this story" in desk
    assert "Nobody unheard" in desk
    assert "Waiting longest" in desk
    hold = (await Hold.select(Hold.id).where(Hold.kind == "unheard").first())["id"]  # type: ignore[index]
    page = (await night.get(f"/moderation/{hold}")).text
    assert "Nobody answered you for a whole day" in page
    empty = await night.post(f"/moderation/{hold}/answer", data={"text": " "})
    assert empty.status_code == 422
    assert "Please write a line first" in empty.text
    assert (await ana.post(f"/moderation/{hold}/answer", data={"text": "Me."})).status_code == 404
    forged = await night.post(f"/moderation/{hold}/answer", data={"text": "No."}, headers=OTHER_SITE)
    assert forged.status_code == 403
    sent = {"text": "We are sorry. We have read you and we are glad you told it."}
    assert (await night.post(f"/moderation/{hold}/answer", data=sent)).status_code == 200
    mine = (await ana.get(f"/stories/{story}")).text
    assert "glad you told it" in mine
    assert "from the team" in mine
    assert "Nobody has answered for a day" not in mine
    assert (await night.post(f"/moderation/{hold}/answer", data=sent)).status_code == 409


async def test_an_empty_shelf_of_a_young_place_says_so(ben: Client) -> None:
    page = (await ben.get("/stories")).text
    assert "This place is still young" in page
    await shifts.set_staffed("16:00-22:00 Europe/London")
    assert "16:00 to 22:00 (Europe/London)" in (await ben.get("/stories")).text


async def test_a_closed_community_leaves_today_as_it_was(ana: Client, ben: Client, mo: Viewer) -> None:
    from db.tables import Instance

    await told(mo, await viewer(ana))
    assert "The late bus" in (await ben.get("/")).text
    await Instance.delete().where(Instance.name == "rules")
    assert "The late bus" not in (await ben.get("/")).text


async def test_somebody_on_a_break_is_left_alone(ana: Client, ben: Client, mo: Viewer) -> None:
    await told(mo, await viewer(ana))
    who = await viewer(ben)
    await controls.be_asked(who, True)
    await controls.take_break(who, 3)
    page = (await ben.get("/")).text
    assert "The late bus" not in page
    assert (await Unheard.select(Unheard.asked).first())["asked"] == 0  # type: ignore[index]
