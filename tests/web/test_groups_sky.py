"""The sky of a group through its doors, with plain forms."""

from collections.abc import Awaitable, Callable
from typing import Any

import pytest
from httpx import AsyncClient

from db import groups, groups_sky, shifts
from db.devices import Viewer
from db.groups_tables import Membership
from tests.members import member, opened
from tests.web.test_groups import JOIN, OTHER_SITE, made

People = Callable[[str], Awaitable[AsyncClient]]


@pytest.fixture(autouse=True)
async def mo(app: Any) -> Viewer:
    await opened()
    who = await member("desk", "c", "moderator")
    await shifts.begin(who)
    return who


async def test_a_sky_is_put_in_shown_as_a_mix_and_taken_back(people: People, mo: Viewer) -> None:
    ana, group = await people("ana"), await made(mo)
    await ana.post(f"/groups/{group}/join", data=JOIN)
    assert "at least five people have put theirs in" in (await ana.get(f"/groups/{group}")).text
    page = await ana.post(f"/groups/{group}/sky", data={})
    assert page.status_code == 422 and "Choose a sky first" in page.text
    page = await ana.post(f"/groups/{group}/sky", data={"journal": "yes"})
    assert page.status_code == 422 and "no sky in your journal today" in page.text
    page = await ana.post(f"/groups/{group}/sky", data={"mood": "2"})
    assert page.status_code == 200 and "Yours is in: Low" in page.text and "five people have" in page.text
    for n in range(4):
        other = await member(f"other {n}", "b")
        await groups.join(other, group, "reading")
        await groups_sky.put(other, group, 2 if n < 3 else 5)
    page = await ana.get(f"/groups/{group}")
    assert "Low: many" in page.text and "Bright:" not in page.text and "never whose" in page.text
    page = await ana.post(f"/groups/{group}/sky/back")
    assert page.status_code == 200 and "Put my sky in" in page.text and "Low: many" in page.text
    assert (await ana.post(f"/groups/{group}/sky/back")).status_code == 404


async def test_the_one_in_the_journal_is_taken_with_a_tap(people: People, mo: Viewer) -> None:
    ana, group = await people("ana"), await made(mo)
    await ana.post(f"/groups/{group}/join", data=JOIN)
    await ana.post("/journal", data={"kind": "checkin", "mood": "5"})
    page = await ana.post(f"/groups/{group}/sky", data={"journal": "yes"})
    assert "Yours is in: Bright" in page.text


async def test_signed_out_a_stranger_and_another_site_put_nothing_in(
    client: AsyncClient, people: People, mo: Viewer
) -> None:
    ana, ben, cho, group = await people("ana"), await people("ben"), await people("cho"), await made(mo)
    await ana.post(f"/groups/{group}/join", data=JOIN)
    for path in ("sky", "sky/back"):
        where = f"/groups/{group}/{path}"
        assert (await client.post(where, data={"mood": "2"})).status_code == 401
        assert (await ana.post(where, data={"mood": "2"}, headers=OTHER_SITE)).status_code == 403
        for who in (ben, cho):
            assert (await who.post(where, data={"mood": "2"})).status_code == 404
    assert not await Membership.exists().where(Membership.sky.is_not_null())
    page = await ben.get(f"/groups/{group}")
    assert page.status_code == 200 and "sky here" not in page.text
