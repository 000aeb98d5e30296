"""Codes for groups through their doors: staff make one, a member types it, and others learn nothing by it."""

import re
from collections.abc import AsyncIterator, Awaitable, Callable
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from httpx import AsyncClient

from care import clock
from care.groups import Plan
from care.groups_codes import CodePlan
from db import account, devices, groups_codes, shifts
from db import groups as verbs
from db.devices import Viewer
from db.groups_codes_tables import GroupCode
from db.staff_tables import StaffCheck
from tests.members import member, opened
from tests.web.conftest import door

Client = AsyncClient
People = Callable[[str], Awaitable[Client]]
OTHER_SITE = {"Sec-Fetch-Site": "cross-site", "Origin": "https://elsewhere.example"}
CODE = re.compile(r"<code>([0-9a-z]{4}-[0-9a-z]{4}-[0-9a-z]{4})</code>")
JOIN = {"rule": ["0", "1", "2"], "way": "posting"}


@pytest.fixture(autouse=True)
async def mo(app: Any) -> AsyncIterator[Viewer]:
    await opened()
    who = await member("desk", "c", "moderator")
    await shifts.begin(who)
    yield who
    clock.move(timedelta())


@pytest.fixture
async def staffed(app: Any, mo: Viewer) -> AsyncIterator[Client]:
    async with door(app) as client:
        client.cookies["beside"] = await devices.begin(mo.person, account.Caller())
        found = await account.recognise(client.cookies["beside"])
        assert found
        await StaffCheck(session=found.session, until=clock.now() + timedelta(hours=8)).save()
        yield client


async def made(mo: Viewer, bands: str = "a") -> UUID:
    rules = ("Be kind.", "No names.", "Listen.")
    return await verbs.make(mo, Plan("Class 9b", "For us at Hill School.", rules, bands, "invite"))


async def test_staff_make_a_code_a_member_types_it_and_ticks_the_rules(
    staffed: Client, people: People, mo: Viewer
) -> None:
    ana, group = await people("ana"), await made(mo)
    assert f"/groups/{group}/codes" in (await staffed.get(f"/groups/{group}/care")).text
    page = await staffed.post(f"/groups/{group}/codes", data={"days": "30", "cap": "2"})
    code = CODE.search(page.text)
    assert page.status_code == 200 and code and page.headers["cache-control"] == "no-store"
    again = await staffed.get(f"/groups/{group}/codes")
    assert code[1] not in again.text and "0 of 2 people used it" in again.text
    assert "/groups/join" in (await ana.get("/groups")).text
    assert (await ana.get(f"/groups/{group}")).status_code == 404
    assert "The code" in (await ana.get("/groups/join")).text
    answer = await ana.post("/groups/join", data={"code": code[1].upper()}, follow_redirects=False)
    assert (answer.status_code, answer.headers["location"]) == (303, f"/groups/{group}")
    page = await ana.get(f"/groups/{group}")
    assert "For us at Hill School." in page.text and "please tick each" in page.text
    page = await ana.post(f"/groups/{group}/join", data=JOIN)
    assert "Say something to this group" in page.text
    assert "1 of 2 people used it" in (await staffed.get(f"/groups/{group}/codes")).text


async def test_what_cannot_be_taken_comes_back_with_what_to_mend(
    staffed: Client, people: People, mo: Viewer
) -> None:
    ana, group = await people("ana"), await made(mo)
    page = await ana.post("/groups/join", data={"code": "  - "})
    assert page.status_code == 422 and "type the code first" in page.text
    for form in ({"days": "30", "cap": "many"}, {"days": "30", "cap": "0"}, {"days": "30", "cap": "201"}):
        page = await staffed.post(f"/groups/{group}/codes", data=form)
        assert page.status_code == 422 and f'value="{form["cap"]}"' in page.text
    page = await staffed.post(f"/groups/{group}/codes", data={"days": "400", "cap": "7"})
    assert page.status_code == 422 and "how long it works" in page.text and 'value="7"' in page.text
    assert await GroupCode.count() == 0


async def test_a_wrong_an_ended_and_a_code_of_the_other_side_are_the_same_page(
    people: People, mo: Viewer
) -> None:
    ana = await people("ana")
    mine, theirs = await made(mo), await made(mo, "c")
    plan = CodePlan(timedelta(days=7), 5)
    ended, other = await groups_codes.make(mo, mine, plan), await groups_codes.make(mo, theirs, plan)
    _, (one,) = await groups_codes.of(mo, mine)
    await groups_codes.end(mo, mine, one.id)
    pages = set()
    for code in ("zzzz-zzzz-zzzz", ended, other):
        page = await ana.post("/groups/join", data={"code": code})
        assert page.status_code == 422 and f'value="{code}"' in page.text
        pages.add(page.text.replace(code, ""))
    assert len(pages) == 1
    assert "Class 9b" not in pages.pop()


async def test_another_age_gets_a_kind_answer_and_too_many_tries_a_pause(people: People, mo: Viewer) -> None:
    ben, group = await people("ben"), await made(mo)
    code = await groups_codes.make(mo, group, CodePlan(timedelta(days=7), 5))
    page = await ben.post("/groups/join", data={"code": code})
    assert page.status_code == 422 and "You did nothing wrong" in page.text and "Class 9b" not in page.text
    for _ in range(groups_codes.TRIES.tries):
        page = await ben.post("/groups/join", data={"code": "guess"})
    assert page.status_code == 429 and "wait an hour" in page.text and 'value="guess"' in page.text


async def test_signed_out_strangers_and_other_sites_do_nothing(
    client: Client, staffed: Client, people: People, mo: Viewer
) -> None:
    ana, cho, group = await people("ana"), await people("cho"), await made(mo)
    code = await groups_codes.make(mo, group, CodePlan(timedelta(days=7), 5))
    _, (one,) = await groups_codes.of(mo, group)
    assert (await client.post("/groups/join", data={"code": code})).status_code == 401
    assert (await ana.post("/groups/join", data={"code": code}, headers=OTHER_SITE)).status_code == 403
    form = {"days": "7", "cap": "2", "code": str(one.id)}
    for path in (f"/groups/{group}/codes", f"/groups/{group}/codes/end"):
        assert (await client.post(path, data=form)).status_code == 401
        assert (await staffed.post(path, data=form, headers=OTHER_SITE)).status_code == 403
        for who in (ana, cho):
            assert (await who.post(path, data=form)).status_code == 404
    for who in (ana, cho):
        assert (await who.get(f"/groups/{group}/codes")).status_code == 404
    _, (still,) = await groups_codes.of(mo, group)
    assert still.works and still.uses == 0
    for wrong in ("x", str(group)):
        assert (await staffed.post(f"/groups/{group}/codes/end", data={"code": wrong})).status_code == 404
    page = await staffed.post(f"/groups/{group}/codes/end", data=form)
    assert page.status_code == 200 and "ended" in page.text
