"""A post's own page for who looks after its group, with plain forms."""

from collections.abc import Awaitable, Callable
from typing import Any
from uuid import uuid4

import pytest
from httpx import AsyncClient

from db import groups_care, shifts
from db.devices import Viewer
from tests.members import member, opened
from tests.web.test_groups import JOIN, OTHER_SITE, SECRET, made, said
from tests.web.test_moderation import viewer

People = Callable[[str], Awaitable[AsyncClient]]


@pytest.fixture(autouse=True)
async def mo(app: Any) -> Viewer:
    await opened()
    who = await member("desk", "c", "moderator")
    await shifts.begin(who)
    return who


async def test_it_gets_a_note_and_another_group_by_who_looks_after_both(
    client: AsyncClient, people: People, mo: Viewer
) -> None:
    ana, ben, cho = await people("ana"), await people("ben"), await people("cho")
    one, two = await made(mo), await made(mo, name="Early birds")
    for who in (ana, ben):
        for group in (one, two):
            await who.post(f"/groups/{group}/join", data=JOIN)
            if who is ben:
                await groups_care.appoint(mo, group, (await viewer(ben)).person)
    item = await said(mo, ana, one)
    base = f"/groups/{one}/care/post/{item}"
    assert base in (await ben.get(f"/groups/{one}")).text
    page = await ben.get(base)
    assert SECRET in page.text and "Early birds" in page.text
    for other, status in ((ana, 404), (cho, 404)):
        answer = await other.get(base)
        assert answer.status_code == status and "Early birds" not in answer.text
    for path in ("note", "move"):
        form = {"notes": "death", "to": str(two)}
        assert (await client.post(f"{base}/{path}", data=form)).status_code == 401
        assert (await ben.post(f"{base}/{path}", data=form, headers=OTHER_SITE)).status_code == 403
        for other in (ana, cho):
            assert (await other.post(f"{base}/{path}", data=form)).status_code == 404
    page = await ben.post(f"{base}/note", data={"notes": "death"})
    assert page.status_code == 200 and SECRET not in page.text and "Before you read:" in page.text
    assert "put a note before it" in (await ana.get(f"/groups/{one}")).text
    for to in ("", "x", str(uuid4()), str(one)):
        assert (await ben.post(f"{base}/move", data={"to": to})).status_code == 404, to
    page = await ben.post(f"{base}/move", data={"to": str(two)})
    assert page.status_code == 200 and f"p-{item}" in page.text
    page = await ana.get(f"/groups/{two}")
    assert SECRET in page.text and "moved it here" in page.text
    assert SECRET not in (await ana.get(f"/groups/{one}")).text
    assert (await ben.get(base)).status_code == 404
