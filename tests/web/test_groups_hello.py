"""A hello for who has just come in: written already, theirs to change or skip, said through the usual box."""

from collections.abc import Awaitable, Callable
from typing import Any

import pytest
from httpx import AsyncClient

from care.groups import HELLO
from db import shifts
from db.devices import Viewer
from db.moderation_tables import Item
from tests.members import member, opened
from tests.web.test_groups import JOIN, made, said

People = Callable[[str], Awaitable[AsyncClient]]


@pytest.fixture(autouse=True)
async def mo(app: Any) -> Viewer:
    await opened()
    who = await member("desk", "c", "moderator")
    await shifts.begin(who)
    return who


async def test_a_hello_waits_in_the_box_and_nothing_is_said_by_itself(people: People, mo: Viewer) -> None:
    ana, ben, group = await people("ana"), await people("ben"), await made(mo)
    page = await ana.post(f"/groups/{group}/join", data=JOIN)
    assert HELLO in page.text and "Skip it" in page.text
    assert 'name="intent" value="hello" checked' in page.text
    assert await Item.count() == 0
    page = await ana.get(f"/groups/{group}")
    assert HELLO not in page.text and "Say something to this group" in page.text
    await said(mo, ana, group, HELLO, intent="hello")
    page = await ben.post(f"/groups/{group}/join", data=JOIN)
    assert "says hello" in page.text
    assert (
        HELLO not in (await ana.get(f"/groups/{group}?hello=1")).text.split("<textarea")[1].split("</text")[0]
    )


async def test_who_came_to_read_is_asked_for_no_words_and_a_refusal_keeps_ones_own(
    people: People, mo: Viewer
) -> None:
    ana, ben, group = await people("ana"), await people("ben"), await made(mo)
    page = await ana.post(f"/groups/{group}/join", data={**JOIN, "way": "reading"})
    assert HELLO not in page.text and HELLO not in (await ana.get(f"/groups/{group}?hello=1")).text
    page = await ana.post(f"/groups/{group}/join", data={"way": "posting"})
    assert HELLO not in page.text, "They have been here before."
    await ben.post(f"/groups/{group}/join", data=JOIN)
    page = await ben.post(f"/groups/{group}/say?hello=1", data={"text": "", "intent": ""})
    assert page.status_code == 422 and HELLO not in page.text
