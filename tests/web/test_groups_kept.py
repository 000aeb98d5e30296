"""Whatever a group cannot take is given back, read for help, and lost by no step that is asked for first."""

from typing import Any
from uuid import UUID, uuid4

import pytest
from httpx import AsyncClient

from care.groups import Text
from db import controls, groups, groups_care, groups_words
from db.devices import Viewer
from db.moderation_tables import Item
from tests.web.test_groups import JOIN, People, made, mo, said, staffed
from tests.web.test_moderation import viewer

__all__ = ["mo", "staffed"]
Client = AsyncClient
HARD = "I want to kill myself tonight. "
WORDS = "Precious <words> here."
GIVEN_BACK = "Precious &lt;words&gt; here."


@pytest.fixture
async def group(mo: Viewer, ana: Client) -> UUID:
    found = await made(mo)
    await ana.post(f"/groups/{found}/join", data=JOIN)
    return found


async def test_too_many_words_are_read_for_help_all_the_same(ana: Client, group: UUID) -> None:
    page = await ana.post(f"/groups/{group}/say", data={"text": HARD * 50})
    assert page.status_code == 422 and "at most 1,200 letters" in page.text
    assert 'data-care="self_harm"' in page.text and HARD in page.text
    page = await ana.post(f"/groups/{group}/say", data={"text": "A quiet day. " * 100})
    assert page.status_code == 422 and "data-care=" not in page.text


async def test_who_has_no_place_there_any_more_gets_words_and_help(
    ana: Client, client: Client, mo: Viewer
) -> None:
    closed = await made(mo, type="invite")
    for who, status in ((ana, 404), (client, 401)):
        page = await who.post(f"/groups/{closed}/say", data={"text": HARD})
        assert page.status_code == status and "Your words, to keep" in page.text
        assert 'data-care="self_harm"' in page.text
        page = await who.post(f"/groups/{closed}/say", data={"text": WORDS})
        assert GIVEN_BACK in page.text and "data-care=" not in page.text


async def test_the_phone_hears_what_arrived(ana: Client, group: UUID) -> None:
    for text, to in (("Hello.", f"/groups/{group}"), (HARD, "/moderation/mine/")):
        number = str(uuid4())
        sent = await ana.post(
            f"/groups/{group}/say", data={"text": text, "id": number}, follow_redirects=False
        )
        assert sent.headers["location"].startswith(to) and f"sent={number}" in sent.headers["location"]


async def test_other_words_from_the_same_form_are_another_post(ana: Client, group: UUID) -> None:
    number = str(uuid4())
    for text in ("Alpha.", "Alpha.", "Alpha, and beta."):
        assert (await ana.post(f"/groups/{group}/say", data={"text": text, "id": number})).status_code == 200
    assert await Item.count().where(Item.kind == "post") == 2


async def test_a_break_takes_no_words_away(ana: Client, group: UUID) -> None:
    await controls.take_break(await viewer(ana), 3)
    page = await ana.post(f"/groups/{group}/say", data={"text": WORDS * 60})
    assert page.status_code == 422 and "taking a break" in page.text
    assert GIVEN_BACK in page.text and "at most 1,200 letters" in page.text


async def test_what_is_asked_first_carries_the_words(ana: Client, group: UUID, mo: Viewer) -> None:
    await groups_words.write(mo, group, Text("For long nights.", ("Be kind.", "No names.", "Be patient.")))
    page = await ana.post(f"/groups/{group}/say", data={"text": WORDS, "notes": "death"})
    assert page.status_code == 422 and page.text.count(GIVEN_BACK) >= 2 and " readonly" in page.text
    n = (await groups_words.find(mo, group)).rules_n
    ticked: dict[str, Any] = {"rules_n": str(n), "rule": ["0", "1", "2"], "text": WORDS, "notes": "death"}
    page = await ana.post(f"/groups/{group}/rules", data=ticked)
    assert page.status_code == 200 and f"\n{GIVEN_BACK}</textarea>" in page.text
    assert 'value="death" checked' in page.text
    page = await ana.post(f"/groups/{group}/join", data={"way": "posting", "text": WORDS})
    assert page.status_code == 200 and f"\n{GIVEN_BACK}</textarea>" in page.text
    await ana.post(f"/groups/{group}/leave")
    page = await ana.post(f"/groups/{group}/say", data={"text": WORDS})
    assert page.status_code == 410 and f'value="{GIVEN_BACK}"' in page.text
    page = await ana.post(f"/groups/{group}/join", data={**ticked, "way": "posting"})
    assert page.status_code == 200 and f"\n{GIVEN_BACK}</textarea>" in page.text


async def test_who_may_not_write_now_changes_nothing_they_wrote_before(people: People, mo: Viewer) -> None:
    cho = await people("cho")
    group = await made(mo, bands="c")
    await cho.post(f"/groups/{group}/join", data=JOIN)
    item = await said(mo, cho, group, "As it was.")
    again = f"/moderation/mine/{item}/again"
    page = await cho.post(again, data={"part0": "x" * 1201})
    assert page.status_code == 422 and "at most 1,200 letters" in page.text
    assert (await cho.post(again, data={"part0": "Changed."})).status_code == 200
    who = await viewer(cho)
    await groups_care.mute(mo, group, who.person, True)
    page = await cho.post(again, data={"part0": WORDS})
    assert page.status_code == 422 and "only read here for now" in page.text and GIVEN_BACK in page.text
    await groups_care.mute(mo, group, who.person, False)
    await groups_care.close(mo, group, True)
    assert (await cho.post(again, data={"part0": WORDS})).status_code == 422
    await groups_care.close(mo, group, False)
    await groups.leave(who, group)
    page = await cho.post(again, data={"part0": WORDS})
    assert page.status_code == 403 and "not in this group now" in page.text and GIVEN_BACK in page.text
    page = await cho.post(again, data={"part0": HARD})
    assert page.status_code == 403 and 'data-care="self_harm"' in page.text and HARD.strip() in page.text
    assert "look after safety here get it" not in page.text, "Nobody got it."
    assert "Changed." in (await cho.get(f"/moderation/mine/{item}")).text
    assert (await cho.post(f"/moderation/mine/{item}/withdraw")).status_code == 200, "That always works."


async def test_a_second_tap_finds_it_done(ana: Client, staffed: Client, mo: Viewer) -> None:
    group = await made(mo, type="request")
    await ana.post(f"/groups/{group}/join", data=JOIN)
    person = str((await viewer(ana)).person)
    for path, form in (
        ("answer", {"person": person, "yes": "yes"}),
        ("appoint", {"person": person}),
    ):
        for _ in range(2):
            page = await staffed.post(f"/groups/{group}/care/{path}", data=form)
            assert page.status_code == 200 and page.url.path == f"/groups/{group}/care", path
    item = await said(mo, ana, group)
    for path in (f"/moderation/mine/{item}/withdraw", f"/groups/{group}/leave"):
        for _ in range(2):
            assert (await ana.post(path)).status_code == 200, path


async def test_more_that_waits_than_is_shown_is_said(ana: Client, group: UUID) -> None:
    for n in range(9):
        await ana.post(f"/groups/{group}/say", data={"text": f"Day {n}."})
    assert "All of yours that waits" not in (await ana.get(f"/groups/{group}")).text
    await ana.post(f"/groups/{group}/say", data={"text": "Day 10."})
    assert "All of yours that waits" in (await ana.get(f"/groups/{group}")).text


async def test_a_sign_or_a_sky_is_refused_without_talk_of_words(
    ana: Client, ben: Client, group: UUID, mo: Viewer
) -> None:
    item = await said(mo, ana, group)
    await ben.post(f"/groups/{group}/join", data={**JOIN, "way": "reading"})
    page = await ben.post(f"/groups/{group}/support/{item}", data={"kind": "hear"})
    assert page.status_code == 422 and "without writing" in page.text and "still here" not in page.text
