"""The desk, the author's side and reports through their doors: they work, and refuse whom they must."""

import re
from collections.abc import AsyncIterator, Awaitable, Callable
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from httpx import AsyncClient

from care import clock
from db.devices import Viewer
from tests.members import opened, post

Client = AsyncClient
People = Callable[[str], Awaitable[Client]]
OTHER_SITE = {"Sec-Fetch-Site": "cross-site", "Origin": "https://elsewhere.example"}
SECRET = "our judo club on mondays"


@pytest.fixture(autouse=True)
async def an_open_community(app: Any) -> AsyncIterator[None]:
    await opened()
    yield
    clock.move(timedelta())


@pytest.fixture
async def mo(people: People) -> Client:
    """Signed in, with the role, past the second step."""
    client = await people("mo")
    await staff(client, "moderator")
    return client


async def test_a_post_goes_through_the_desk_to_its_readers(ana: Client, mo: Client) -> None:
    from db import moderation

    who = await viewer(ana)
    shared = await moderation.share(who, post("my name is on the list"))
    mine = (await ana.get("/moderation/mine")).text
    assert "Waits to be read" in mine
    desk = await mo.get("/moderation")
    assert desk.status_code == 200
    assert "1 waiting" in desk.text
    assert "on the list" not in desk.text, "The queue shows no words."
    hold = re.search(r'href="/moderation/([0-9a-f-]{36})"', desk.text)
    assert hold
    item = await mo.get(f"/moderation/{hold[1]}")
    assert "on the list" in item.text
    form = {"version": "1", "action": "publish"}
    done = await mo.post(f"/moderation/{hold[1]}/decide", data=form, follow_redirects=False)
    assert (done.status_code, done.headers["location"]) == (303, "/moderation")
    assert (await moderation.of_mine(who, shared.id)).state == "published"  # type: ignore[union-attr]
    again = await mo.post(f"/moderation/{hold[1]}/decide", data=form)
    assert again.status_code == 409
    assert "Somebody was quicker" in again.text


async def test_a_request_needs_a_reason_and_keeps_what_was_typed(ana: Client, mo: Client) -> None:
    from db import moderation

    shared = await moderation.share(await viewer(ana), post("First line. I weigh 41 now."))
    hold = await first_hold(mo)
    form = {"version": "1", "action": "return", "sentence": "I weigh 41 now.", "text": "It is a brave post."}
    refused = await mo.post(f"/moderation/{hold}/decide", data=form)
    assert refused.status_code == 422
    assert "It is a brave post." in refused.text
    assert "<option selected>I weigh 41 now." in refused.text
    await mo.post(f"/moderation/{hold}/decide", data={**form, "rule": "numbers"})
    page = (await ana.get(f"/moderation/mine/{shared.id}")).text
    for words in (
        "No numbers about bodies",
        "<mark",
        "I weigh 41 now.",
        "It is a brave post.",
        "Take the numbers",
    ):
        assert words in page
    assert "Mo Night" not in page, "The desk answers as one."
    sent = await ana.post(f"/moderation/mine/{shared.id}/again", data={"part0": "First line."})
    assert sent.status_code == 200
    assert "Waits to be read" in sent.text
    assert "First line." in sent.text


async def test_an_empty_change_is_answered_with_the_form(ana: Client) -> None:
    from db import moderation

    shared = await moderation.share(await viewer(ana), post())
    answer = await ana.post(f"/moderation/mine/{shared.id}/again", data={"part0": "  "})
    assert answer.status_code == 422
    assert "Please write something" in answer.text


async def test_an_appeal_goes_to_somebody_else(ana: Client, mo: Client, people: People) -> None:
    from db import moderation

    shared = await moderation.share(await viewer(ana), post())
    hold = await first_hold(mo)
    await mo.post(f"/moderation/{hold}/decide", data={"version": "1", "action": "remove", "rule": "unkind"})
    page = await ana.post(f"/moderation/mine/{shared.id}/appeal", data={"text": "It is about a heron."})
    assert "Somebody else is looking" in page.text
    assert (await ana.post(f"/moderation/mine/{shared.id}/appeal", data={"text": "x"})).status_code == 404
    hold = await first_hold(mo)
    assert "Somebody else looks this time" in (await mo.get(f"/moderation/{hold}")).text
    assert (await mo.post(f"/moderation/{hold}/judge", data={"action": "reverse"})).status_code == 409
    cho = await people("cho")
    await staff(cho, "moderator")
    assert (await cho.post(f"/moderation/{hold}/judge", data={"action": "reverse"})).status_code == 200
    assert "you were right" in (await ana.get(f"/moderation/mine/{shared.id}")).text


async def test_the_desk_shows_what_the_reader_saw_and_hides_it_until_asked(ana: Client, mo: Client) -> None:
    from db import moderation

    await moderation.share(await viewer(ana), post("Hello all. I want to die. Anyone up?"))
    page = (await mo.get(f"/moderation/{await first_hold(mo)}")).text
    assert re.search(r"<details class=\"card veil\"[^>]*>(?!.*open)", page)
    assert re.search(r"<mark>[^<]*want to die", page)
    assert "13–15" in page
    assert "Ana" in page


async def test_the_author_in_danger_reads_who_sees_it_and_where_to_turn_now(ana: Client) -> None:
    from db import moderation

    who = await viewer(ana)
    shared = await moderation.share(who, post("I'm going to kill myself tonight, I have the pills here"))
    page = (await ana.get(f"/moderation/mine/{shared.id}?card={shared.card}")).text
    for words in (
        "Stay with us for a moment",
        "nobody reads it yet",
        "If you are in danger right now",
        "tel:",
    ):
        assert words in page
    await moderation.share(who, post("I want to die"))
    careful = next(one for one in await moderation.mine(who) if one.state == "held")
    page = (await ana.get(f"/moderation/mine/{careful.id}")).text
    assert "Are you safe right now?" in page
    assert re.search(r'name="rule" value="e[ns]\.[a-z_.]+', page), "They can say that it missed the mark."
    page = (await ana.post(f"/moderation/mine/{careful.id}/private", data={})).text
    assert "Only the people on duty read it" in page


async def test_a_report_in_three_taps_and_its_receipt(ana: Client, people: People, mo: Client) -> None:
    ben = await people("ben")
    item = await published(ana, mo)
    form = (await ben.get(f"/report/{item}")).text
    assert form.count('name="reason"') == 8
    assert re.search(r'name="hide" value="yes" checked', form)
    answer = await ben.post(f"/report/{item}", data={"asked": "1", "reason": "", "text": SECRET})
    assert (answer.status_code, SECRET in answer.text) == (422, True)
    answer = await ben.post(
        f"/report/{item}", data={"asked": "1", "reason": "personal", "text": SECRET, "hide": "yes"}
    )
    assert "Thank you for telling us" in answer.text
    assert (await ben.get(f"/report/{item}")).status_code == 404, "It is hidden for Ben now."
    safety = (await ben.get("/account/safety")).text
    assert "Nobody has looked yet" in safety
    hold = await first_hold(mo)
    seen = (await mo.get(f"/moderation/{hold}")).text
    assert SECRET in seen
    assert "Ben" not in seen
    await mo.post(f"/moderation/{hold}/decide", data={"version": "1", "action": "keep"})
    assert "it can stay" in (await ben.get("/account/safety")).text
    theirs = (await ana.get(f"/moderation/mine/{item}")).text
    assert SECRET not in theirs and "Reported" not in theirs and "personal" not in theirs
    assert (await ana.get("/notices")).text.count("asks") == 0


async def test_danger_opens_the_helpers_guide(ana: Client, people: People, mo: Client) -> None:
    ben = await people("ben")
    item = await published(ana, mo)
    answer = await ben.post(f"/report/{item}", data={"asked": "1", "reason": "danger", "hide": "yes"})
    assert "Ask them straight out" in answer.text
    assert "don’t wait for them" in answer.text


async def test_a_report_from_the_outbox_again_and_again_is_one(
    ana: Client, people: People, mo: Client
) -> None:
    ben = await people("ben")
    item, id = await published(ana, mo), str(uuid4())
    me = await viewer(ben)
    outbox = {"X-Outbox": id, "X-Uid": str(me.person)}
    sent = {"id": id, "asked": "1", "reason": "spam", "hide": "yes"}
    for _ in range(2):
        answer = await ben.post(f"/report/{item}", data=sent, headers=outbox)
        assert (answer.status_code, answer.headers.get("X-Saved")) == (200, id)
    assert (await ben.get(f"/report/{item}")).status_code == 404, (
        "It is hidden for Ben, and still was answered."
    )
    answer = await ben.post(f"/report/{item}", data=sent, headers=outbox | {"X-Uid": str(uuid4())})
    assert answer.status_code == 409
    hold = await first_hold(mo)
    await mo.post(f"/moderation/{hold}/decide", data={"version": "1", "action": "keep"})
    answer = await ben.post(f"/report/{item}", data=sent, headers=outbox)
    assert answer.status_code == 200, "Its answer was lost for a whole day."
    safety = (await ben.get("/account/safety")).text
    assert safety.count('<li class="card">') == 1 and "it can stay" in safety


async def test_a_report_about_what_is_gone_is_let_go_by_name_and_teaches_nothing(
    ana: Client, people: People, mo: Client
) -> None:
    from db import moderation

    ben, cho = await people("ben"), await people("cho")
    gone, standing = await published(ana, mo), await published(ana, mo)
    await moderation.withdraw(await viewer(ana), gone)
    for client, item in ((ben, gone), (ben, uuid4()), (cho, standing)):
        sent = {"id": str(uuid4()), "asked": "1", "reason": "spam"}
        outbox = {"X-Outbox": sent["id"], "X-Uid": str((await viewer(client)).person)}
        answer = await client.post(f"/report/{item}", data=sent, headers=outbox)
        assert (answer.status_code, answer.headers.get("X-Saved"), answer.text) == (410, sent["id"], "")
        assert (await client.post(f"/report/{item}", data=sent)).status_code == 404, "At a page it is a page."
        assert "You have not told us" in (await client.get("/account/safety")).text


async def test_the_outbox_opens_no_door_of_its_own(
    ana: Client, people: People, mo: Client, client: Client
) -> None:
    from db.moderation_tables import Report

    ben, item, id = await people("ben"), await published(ana, mo), str(uuid4())
    sent, outbox = {"id": id, "asked": "1", "reason": "spam"}, {"X-Outbox": id}
    for path in (f"/report/{item}", f"/report/person/{(await viewer(ana)).person}"):
        out = await client.post(path, data=sent, headers=outbox)
        assert (out.status_code, out.headers.get("X-Saved")) == (401, None)
        forged = await ben.post(path, data=sent, headers=outbox | OTHER_SITE)
        assert (forged.status_code, forged.headers.get("X-Saved")) == (403, None)
        own = await ana.post(path, data=sent, headers=outbox)
        assert own.status_code == 410, "Nobody tells us of themselves."
    assert await Report.count() == 0
    assert (await ben.post(f"/report/{item}", data=sent, headers=outbox)).headers["X-Saved"] == id


async def test_a_door_that_is_not_there_is_told_by_name_to_the_outbox_only(people: People) -> None:
    ben, outbox = await people("ben"), {"X-Outbox": "undo-it"}
    for path in (f"/stories/{uuid4()}/edit", f"/journal/{uuid4()}/nowhere"):
        named = await ben.post(path, data={"x": "y"}, headers=outbox)
        assert (named.status_code, named.headers.get("X-Saved")) == (404, "undo-it")
        assert "X-Saved" not in (await ben.post(path, data={"x": "y"})).headers


async def test_the_kept_form_has_nobody_in_it_and_goes_where_it_stands(people: People) -> None:
    ben = await people("ben")
    page = (await ben.get("/report/blank")).text
    assert 'name="uid" content=""' in page and "Ben" not in page
    assert re.search(r'<form[^>]+method="post" data-report>', page)
    assert page.count('name="reason"') == 8


async def test_the_years_counts_are_public_and_name_nobody(client: Client, ana: Client, mo: Client) -> None:
    item = await published(ana, mo)
    page = await client.get("/moderation/report")
    assert page.status_code == 200
    assert str(item) not in page.text
    assert "Ana" not in page.text
    for odd in ("1999", "2999", "x", "20x6"):
        assert (await client.get(f"/moderation/report?year={odd}")).status_code == 200


async def test_shifts_and_handing_over(ana: Client, mo: Client, people: People) -> None:
    from db import moderation

    await moderation.share(await viewer(ana), post())
    cho = await people("cho")
    await staff(cho, "moderator")
    for one in (mo, cho):
        assert "On shift" in (await one.post("/moderation/shift", data={"on": "1"})).text
    hold = await first_hold(mo)
    to = (await viewer(cho)).person
    assert (await mo.post(f"/moderation/{hold}/hand", data={"to": str(to)})).status_code == 200
    assert f"/moderation/{hold}" not in (await mo.get("/moderation")).text
    assert f"/moderation/{hold}" in (await cho.get("/moderation")).text
    assert (await mo.post(f"/moderation/{hold}/hand", data={"to": "nobody"})).status_code == 409
    assert "Off shift" in (await mo.post("/moderation/shift", data={"off": "1"})).text


async def test_a_pause_and_a_ban_from_the_desk(ana: Client, mo: Client, people: People) -> None:
    from db import moderation

    who = await viewer(ana)
    shared = await moderation.share(who, post())
    hold = await first_hold(mo)
    assert re.search(r'value="nudge" selected', (await mo.get(f"/moderation/{hold}")).text), "Proposed."
    form = {"action": "take", "step": "pause", "hours": "24", "rule": "unkind"}
    page = (await mo.post(f"/moderation/{hold}/author", data=form)).text
    assert re.search(r"Pause · Be kind to people · 2[34] hours left", page)
    assert re.search(r'value="restrict" selected', page), "Proposed next."
    answer = await ana.post(f"/moderation/mine/{shared.id}/again", data={"part0": "Again."})
    assert answer.status_code == 403
    assert "Again." in answer.text, "Their words are kept."
    assert "You can share again on" in (await ana.get("/moderation/mine")).text
    page = (
        await mo.post(f"/moderation/{hold}/author", data={"action": "take", "step": "ban", "rule": "unsafe"})
    ).text
    assert "waits for a second person" in page
    ban = re.findall(r'name="sanction" value="([0-9a-f-]+)"', page)[-1]
    agree = {"action": "agree", "sanction": ban}
    assert (await mo.post(f"/moderation/{hold}/author", data=agree)).status_code == 409
    for odd in (
        {"action": "take", "step": "pause", "hours": "x"},
        {"action": "take", "step": "x"},
        {"action": "agree", "sanction": "x"},
        {},
    ):
        assert (await mo.post(f"/moderation/{hold}/author", data=odd)).status_code == 409


async def test_the_page_of_the_queue_asks_little_however_much_waits(ana: Client, mo: Client) -> None:
    from db import moderation
    from db.engine import count_queries
    from db.moderation_tables import Hold

    who = await viewer(ana)
    await moderation.share(who, post())
    await mo.post("/moderation/shift", data={"on": "1"})
    asked = []
    for many in (0, 3000):
        rows = [
            Hold(
                kind="item", subject=uuid4(), person=who.person, reason="band", risk=n % 4, since=clock.now()
            )
            for n in range(many)
        ]
        for start in range(0, many, 500):
            await Hold.insert(*rows[start : start + 500])
        with count_queries() as count:
            assert "On shift" in (await mo.get("/moderation")).text
        asked.append(count.n)
    assert asked == [5, 5], "Who asks, who is on duty, the heads of the queue, a count, and who is unheard."


async def test_before_the_second_step_the_desk_asks_for_it(people: People) -> None:
    client = await people("mo")
    await staff(client, "moderator", checked=False)
    answer = await client.get("/moderation", follow_redirects=False)
    assert answer.headers["location"] == "/account/second-factor?next=/moderation"
    assert (await client.post("/moderation/shift", data={"on": "1"})).status_code == 404


async def test_another_site_cannot_write(ana: Client, mo: Client) -> None:
    from db import moderation

    shared = await moderation.share(await viewer(ana), post())
    hold = await first_hold(mo)
    for client, path in (
        (mo, f"/moderation/{hold}/decide"),
        (mo, "/moderation/shift"),
        (ana, f"/moderation/mine/{shared.id}/withdraw"),
        (ana, f"/report/{uuid4()}"),
    ):
        answer = await client.post(path, data={"action": "publish", "version": "1"}, headers=OTHER_SITE)
        assert answer.status_code == 403
    assert (await moderation.of_mine(await viewer(ana), shared.id)).state == "held"  # type: ignore[union-attr]


async def viewer(client: Client) -> Viewer:
    from db import account

    found = await account.recognise(client.cookies["beside"])
    assert found
    return found


async def staff(client: Client, role: str, checked: bool = True) -> None:
    """As the command line and the second step leave it."""
    from db.staff_tables import SecondFactor, StaffCheck, StaffRole

    who, at = await viewer(client), clock.now()
    await StaffRole(person=who.person, role=role, granted_by="test", granted_at=at).save()
    await SecondFactor(person=who.person, sealed=b"", made_at=at, confirmed_at=at).save()
    if checked:
        await StaffCheck(session=who.session, until=at + timedelta(hours=12)).save()


async def first_hold(mo: Client) -> str:
    found = re.search(r'href="/moderation/([0-9a-f-]{36})"', (await mo.get("/moderation")).text)
    assert found
    return found[1]


async def published(author: Client, mo: Client) -> UUID:
    from db import moderation

    shared = await moderation.share(await viewer(author), post())
    hold = await first_hold(mo)
    await mo.post(f"/moderation/{hold}/decide", data={"version": "1", "action": "publish"})
    return shared.id
