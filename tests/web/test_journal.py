"""The journal's doors: the contract any client can write to, and whose words go where."""

import asyncio
import logging
import re
from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from httpx import AsyncClient

from care import clock
from care.clock import now

Client = AsyncClient
People = Callable[[str], Awaitable[Client]]


async def send(client: Client, fields: dict[str, Any], **headers: str) -> Any:
    return await client.post(
        "/journal", data=fields, headers=headers or {"X-Outbox": "x"}, follow_redirects=False
    )


async def uid(client: Client) -> str:
    found = re.search('name="uid" content="([^"]+)"', (await client.get("/journal")).text)
    assert found
    return found[1]


async def test_a_plain_form_leads_back_to_the_journal(ana: Client) -> None:
    cid = str(uuid4())
    form = {"id": cid, "mood": "4", "note": "Slept.", "emotions": ["calm", "my own"], "tags": "walk"}
    answer = await ana.post("/journal", data=form, follow_redirects=False)
    assert answer.status_code == 303
    assert answer.headers["location"] == f"/journal#e-{cid}"
    page = (await ana.get("/journal")).text
    for words in (f'id="e-{cid}"', "Okay", "Slept.", "calm, my own", "walk"):
        assert words in page


async def test_the_outbox_gets_the_drawing_and_the_id_that_was_saved(ana: Client) -> None:
    cid = str(uuid4())
    answer = await send(ana, {"id": cid, "mood": "4", "note": "<b>Slept</b>"}, **{"X-Outbox": cid})
    assert answer.status_code == 200
    assert answer.headers["X-Saved"] == cid
    assert answer.headers["Cache-Control"] == "no-store"
    assert answer.text.strip().startswith(f'<li class="entry card" id="e-{cid}">')
    assert "&lt;b&gt;Slept" in answer.text
    assert "<html" not in answer.text
    assert (await send(ana, {"mood": "4"}, **{"HX-Request": "true"})).status_code == 200


async def test_the_same_id_again_and_again_at_once(ana: Client) -> None:
    form = {"id": str(uuid4()), "mood": "2", "note": "once", "felt_at": now().isoformat()}
    answers = await asyncio.gather(*(send(ana, form) for _ in range(20)))
    assert {answer.status_code for answer in answers} == {200}
    assert len({answer.text for answer in answers}) == 1
    assert (await ana.get("/journal")).text.count("once") == 1


async def test_an_edit_wins_by_its_own_clock(ana: Client) -> None:
    cid = str(uuid4())
    early, late = (now() - timedelta(minutes=m) for m in (9, 3))
    await send(ana, {"id": cid, "mood": "2", "note": "second", "edited_at": late.isoformat()})
    answer = await send(ana, {"id": cid, "mood": "2", "note": "first", "edited_at": early.isoformat()})
    assert (answer.status_code, "second" in answer.text, "first" in answer.text) == (200, True, False)
    whole = (await ana.get(f"/journal/{cid}")).text
    assert "1 earlier version" in whole
    assert "first" in whole


async def test_anothers_id_never_touches_my_entry(ana: Client, people: People) -> None:
    stranger = await people("stranger")
    cid = str(uuid4())
    await send(ana, {"id": cid, "mood": "2", "note": "mine"})
    assert (await send(stranger, {"id": cid, "mood": "5", "note": "theirs"})).status_code == 200
    assert "mine" in (await ana.get(f"/journal/{cid}")).text
    assert "mine" not in (await stranger.get(f"/journal/{cid}")).text


async def test_what_is_not_yours_does_not_exist(ana: Client, people: People) -> None:
    stranger = await people("stranger")
    cid = str(uuid4())
    await send(ana, {"id": cid, "mood": "2", "note": "mine"})
    for path in (cid, str(uuid4()), "nonsense", f"{cid}/edit"):
        assert (await stranger.get(f"/journal/{path}")).status_code == 404, path
    for path in (f"{cid}/remove", f"{cid}/restore"):
        assert (await stranger.post(f"/journal/{path}")).status_code == 404, path
    assert (await ana.get(f"/journal/{cid}")).status_code == 200


async def test_the_signed_out_keep_their_words(client: Client) -> None:
    answer = await send(client, {"mood": "2", "note": "do not lose this", "emotions": ["sad", "foggy"]})
    assert answer.status_code == 401
    for words in (
        "do not lose this",
        'value="sad" checked',
        'value="foggy" checked',
        "/account/join",
        "/help",
    ):
        assert words in answer.text
    letter = await send(client, {"kind": "letter", "note": "Dear you"})
    assert letter.status_code == 401
    assert "Dear you" in letter.text
    for path in ("skies", "search", "removed", str(uuid4())):
        shut = await client.get(f"/journal/{path}", follow_redirects=False)
        assert shut.status_code == 303, path
        assert shut.headers["location"].startswith("/account/enter")


async def test_the_signed_out_see_the_phones_own_journal(client: Client) -> None:
    page = await client.get("/journal")
    assert page.status_code == 200
    assert "beside-phone" in page.text


async def test_another_site_may_not_write(ana: Client) -> None:
    answer = await send(ana, {"mood": "2"}, **{"Sec-Fetch-Site": "cross-site"})
    assert answer.status_code == 403
    assert 'id="e-' not in (await ana.get("/journal")).text


async def test_one_persons_words_are_not_taken_for_another(ana: Client, people: People) -> None:
    ben = await people("ben")
    mine = await uid(ana)
    form = {"id": str(uuid4()), "mood": "2", "note": "written by Ana"}
    assert (await send(ben, form, **{"X-Outbox": form["id"], "X-Uid": mine})).status_code == 409
    assert (await send(ben, form, **{"X-Outbox": form["id"], "X-Uid": ""})).status_code == 409
    assert "written by Ana" not in (await ben.get("/journal")).text
    assert (await send(ana, form, **{"X-Outbox": form["id"], "X-Uid": mine})).status_code == 200


async def test_what_does_not_fit_comes_back_with_the_words(ana: Client) -> None:
    note = "long " * 500
    answer = await send(ana, {"mood": "7", "note": note, "emotions": "x" * 30, "tags": ["pet", "gran"]})
    assert answer.status_code == 422
    for words in (
        note.strip(),
        "x" * 30,
        'value="pet" checked',
        'value="gran" checked',
        "2,000",
        'role="alert"',
    ):
        assert (words in answer.text) == (words != 'role="alert"'), words
    assert (await ana.get("/journal")).text.count('id="e-') == 0


async def test_removed_at_once_and_back_with_one_tap(ana: Client) -> None:
    cid = str(uuid4())
    form = {"id": cid, "mood": "2", "note": "gone?"}
    await send(ana, form)
    answer = await ana.post(f"/journal/{cid}/remove", follow_redirects=False)
    assert answer.headers["location"] == f"/journal?removed={cid}"
    after = (await ana.get(answer.headers["location"])).text
    assert "gone?" not in after
    assert f'action="/journal/{cid}/restore"' in after
    late = await send(ana, form)
    assert (late.status_code, "gone?" in late.text) == (200, False)
    assert "gone?" in (await ana.get("/journal/removed")).text
    assert (await ana.get(f"/journal/{cid}/edit")).status_code == 404
    back = await ana.post(f"/journal/{cid}/restore", follow_redirects=False)
    assert back.headers["location"] == f"/journal#e-{cid}"
    assert "gone?" in (await ana.get("/journal")).text


async def test_the_phones_undo_is_answered_by_its_own_name(ana: Client) -> None:
    cid = str(uuid4())
    await send(ana, {"id": cid, "mood": "2"})
    answer = await ana.post(f"/journal/{cid}/remove", headers={"X-Outbox": f"undo-{cid}"})
    assert (answer.status_code, answer.headers["X-Saved"]) == (200, f"undo-{cid}")


async def test_older_pages_bring_every_entry_once(ana: Client) -> None:
    sent = [str(uuid4()) for _ in range(45)]
    for cid in sent:
        assert (await send(ana, {"id": cid, "mood": "3"})).status_code == 200
    seen: list[str] = []
    path = "/journal"
    while path:
        page = (await ana.get(path)).text
        seen += re.findall('id="e-([^"]+)"', page)
        older = re.search('href="(/journal\\?before=[^"]+)"', page)
        path = older[1] if older else ""
    assert sorted(seen) == sorted(sent)
    assert len(set(seen)) == 45


async def test_more_is_only_the_list_and_does_not_repeat_the_day(ana: Client) -> None:
    for _ in range(21):
        await send(ana, {"mood": "3"})
    older = re.search('hx-get="([^"]+)"', (await ana.get("/journal")).text)
    assert older
    more = await ana.get(older[1], headers={"HX-Request": "true"})
    assert "<html" not in more.text
    assert more.text.count("<li") == 1
    assert "<h2" not in more.text
    assert "HX-Request" in more.headers["Vary"]


@pytest.mark.parametrize("filled", [10, 10_000])
async def test_three_statements_for_the_journal(ana: Client, filled: int) -> None:
    from uuid import UUID

    from db.engine import count_queries
    from tests.db.test_journal import fill

    who = UUID(await uid(ana))
    await fill(who, filled, days=3000)
    with count_queries() as count:
        page = await ana.get("/journal")
    assert page.text.count('id="e-') == min(filled, 20)
    assert 1 <= count.n <= 3


async def test_the_check_in_page_knows_nobody(ana: Client, client: Client) -> None:
    await send(ana, {"mood": "3", "tags": "ownish", "emotions": "ownword"})
    mine, theirs = await ana.get("/journal/new"), await client.get("/journal/new")
    assert mine.text == theirs.text
    assert "Set-Cookie" not in theirs.headers
    own = (await ana.get("/journal/own")).text
    assert "ownish" in own
    assert "ownword" in own
    assert (await client.get("/journal/own")).status_code == 204


async def test_a_form_that_any_browser_and_the_outbox_can_send(client: Client) -> None:
    page = (await client.get("/journal/new")).text
    assert '<form class="checkin" method="post" action="/journal" data-outbox' in page
    assert page.count('name="emotions"') == 49  # every word, and my own
    assert page.count('class="meaning"') == 48
    for name in ("id", "kind", "tz", "felt_at", "energy", "tags", "note", "day", "time"):
        assert f'name="{name}"' in page
    assert "Only you can read this" in page


async def test_back_dating_with_a_plain_form(ana: Client) -> None:
    day = (now() - timedelta(days=3)).date()
    assert (await send(ana, {"mood": "5", "day": f"{day}", "time": "09:30"})).status_code == 200
    assert f'datetime="{day}T09:30' in (await ana.get("/journal")).text
    long_ago = (now() - timedelta(days=366)).date()
    for wrong in (f"{long_ago}", f"{now().date() + timedelta(days=2)}"):
        assert (await send(ana, {"mood": "5", "day": wrong})).status_code == 422


async def test_editing_fills_the_form_and_keeps_the_day(ana: Client) -> None:
    cid = str(uuid4())
    felt = (now() - timedelta(days=2)).replace(hour=23, minute=30)
    form = {"id": cid, "mood": "2", "note": "before", "felt_at": felt.isoformat(), "tz": "Asia/Tokyo"}
    await send(ana, form)
    page = (await ana.get(f"/journal/{cid}/edit")).text
    for name in ("day", "time", "tz", "id", "kind", "prompt"):
        found = re.search(f'name="{name}" value="([^"]*)"', page)
        assert found, name
        form[name] = found[1]
    assert form["day"] == str((felt + timedelta(hours=9)).date())
    await send(ana, form | {"note": "after", "felt_at": now().isoformat(), "tz": "Europe/Berlin"})
    whole = (await ana.get(f"/journal/{cid}")).text
    assert "after" in whole
    assert f'value="{form["day"]}"' in (await ana.get(f"/journal/{cid}/edit")).text


async def test_skies_are_told_in_words(ana: Client) -> None:
    await send(ana, {"mood": "2", "note": "x", "emotions": "tired"})
    page = (await ana.get("/journal/skies")).text
    assert re.search(r'class="hush">[^<]+: <bdi>low, tired; 1 note</bdi>', page)
    for year in ("1066", "9999", "x", "20266"):
        assert (await ana.get(f"/journal/skies?year={year}")).status_code == 200, year


async def test_from_a_month_of_the_year_into_the_journal(ana: Client) -> None:
    await send(ana, {"mood": "2", "note": "here"})
    link = re.search(r'href="(/journal\?day=[^"]+)"', (await ana.get("/journal/skies")).text)
    assert link
    page = (await ana.get(link[1])).text
    assert "here" in page
    assert "Back to the newest" in page
    before = (await ana.get("/journal?day=2020-01-01")).text
    assert "Nothing before this." in before
    assert "Example" not in before


async def test_the_chart_is_also_words_and_a_table(ana: Client) -> None:
    empty = (await ana.get("/journal")).text
    assert "Example" in empty
    assert "<svg viewBox" not in empty
    await send(ana, {"mood": "2"})
    page = (await ana.get("/journal")).text
    assert "Example" not in page
    assert '<desc id="trend-said">1 check-in.</desc>' in page
    assert re.search(r"<th scope=\"row\">[^<]+</th><td>Low</td><td>1</td>", page)


async def test_good_to_see_you_and_no_counting(ana: Client) -> None:
    await send(ana, {"mood": "2"})
    clock.move(timedelta(days=20))
    try:
        page = (await ana.get("/journal")).text
    finally:
        clock.move(timedelta())
    assert "Good to see you." in page
    words = re.sub("<[^>]+>", "", page).split("Older")[0]
    assert "20" not in re.sub(r"20(26|27)|\d\d:\d\d", "", words), "a date and a time of day are no count"


async def test_prompts_by_the_last_sky_and_never_the_one_put_away(ana: Client) -> None:
    await send(ana, {"mood": "1"})
    page = (await ana.get("/journal/write")).text
    shown = re.findall(r"/journal/write/([a-z-]+)/skip", page)
    assert len(shown) == 3
    answer = await ana.post(f"/journal/write/{shown[0]}/skip", follow_redirects=False)
    after = (await ana.get(answer.headers["location"])).text
    assert shown[0] not in re.findall(r"/journal/write/([a-z-]+)/skip", after)
    assert f"/journal/write/{shown[0]}/unskip" in after
    await ana.post(f"/journal/write/{shown[0]}/unskip")
    assert shown[0] in re.findall(r"/journal/write/([a-z-]+)/skip", (await ana.get("/journal/write")).text)
    assert (await ana.post("/journal/write/nothing/skip")).status_code == 404


@pytest.mark.parametrize("kind", ["note", "letter", "friend"])
async def test_writing_needs_no_sky(ana: Client, client: Client, kind: str) -> None:
    page = await client.get(f"/journal/write/{kind}")
    assert page.status_code == 200
    form = {name: re.search(f'name="{name}" value="([^"]*)"', page.text)[1] for name in ("kind", "prompt")}  # type: ignore[index]
    answer = await send(ana, form | {"note": "Dear you"})
    assert answer.status_code == 200
    assert "Dear you" in answer.text
    assert (await send(ana, form)).status_code == 422
    assert (await client.get("/journal/write/nothing")).status_code == 404


async def test_search_finds_only_mine(ana: Client, people: People) -> None:
    await send(ana, {"mood": "2", "note": "Ein Café am Kanal"})
    assert "Kanal" in (await ana.get("/journal/search?q=cafe")).text
    assert "Kanal" not in (await (await people("ben")).get("/journal/search?q=cafe")).text
    page = await ana.get("/journal/search?q=%00%ff%22%3Cscript%3E&before=odd")
    assert page.status_code == 200
    assert "<script>" not in page.text
    assert page.headers["Cache-Control"] == "no-store"


async def test_no_word_reaches_a_log(ana: Client, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    await send(ana, {"mood": "2", "note": "canary-note", "emotions": "canary-word", "tags": "canary-tag"})
    await send(ana, {"mood": "9", "note": "canary-note"})
    await ana.get("/journal/search?q=canary-search")
    ours = [record.getMessage() for record in caplog.records if record.name.startswith("beside")]
    assert any("/journal" in line for line in ours)
    assert not [line for line in ours if "canary" in line]


async def test_every_page_carries_help_and_is_not_stored(ana: Client) -> None:
    cid = str(uuid4())
    await send(ana, {"id": cid, "mood": "2"})
    for path in ("", "/skies", "/search", "/removed", "/write", f"/{cid}", f"/{cid}/edit"):
        page = await ana.get(f"/journal{path}")
        assert page.status_code == 200, path
        assert 'href="/help"' in page.text, path
        assert page.headers["Cache-Control"] == "no-store", path
