"""A group's words, its rules asked again, and handing over, through their doors with plain forms."""

from collections.abc import Awaitable, Callable
from typing import Any

import pytest
from httpx import AsyncClient

from care.groups import Text
from db import groups_care, groups_words, shifts
from db.devices import Viewer
from db.groups_tables import Group
from tests.members import member, opened
from tests.web.test_groups import JOIN, OTHER_SITE, RULES, made
from tests.web.test_groups import staffed as staffed  # noqa: PLC0414 - a fixture, by its name
from tests.web.test_moderation import viewer

People = Callable[[str], Awaitable[AsyncClient]]
NEW = (*RULES, "Ask before you give advice.")
FORM = {"purpose": "For longer nights.", "rules": "\n".join(NEW)}


@pytest.fixture(autouse=True)
async def mo(app: Any) -> Viewer:
    await opened()
    who = await member("desk", "c", "moderator")
    await shifts.begin(who)
    return who


async def test_words_are_changed_and_rules_asked_again(
    staffed: AsyncClient, people: People, mo: Viewer
) -> None:
    ana, group = await people("ana"), await made(mo)
    await ana.post(f"/groups/{group}/join", data=JOIN)
    assert "/care/words" in (await staffed.get(f"/groups/{group}/care")).text
    bad = await staffed.post(f"/groups/{group}/care/words", data={"purpose": "Still here.", "rules": "One."})
    assert bad.status_code == 422 and "Still here." in bad.text and "Three to seven" in bad.text
    page = await staffed.post(f"/groups/{group}/care/words", data=FORM)
    assert page.status_code == 200
    page = await ana.get(f"/groups/{group}")
    assert "The rules here changed" in page.text and NEW[3] in page.text
    assert "Say something to this group" not in page.text
    page = await ana.post(f"/groups/{group}/say", data={"text": "Words worth keeping."})
    assert page.status_code == 422 and "Words worth keeping." in page.text
    page = await ana.post(f"/groups/{group}/rules", data={"rules_n": "2", "rule": ["0", "1"]})
    assert page.status_code == 422 and "tick it" in page.text
    for n in ("9", "99999"):
        ticks = {"rules_n": n, "rule": ["0", "1", "2", "3"]}
        assert (await ana.post(f"/groups/{group}/rules", data=ticks)).status_code == 404, n
    page = await ana.post(f"/groups/{group}/rules", data={"rules_n": "2", "rule": ["0", "1", "2", "3"]})
    assert page.status_code == 200 and "Say something to this group" in page.text


async def test_who_comes_in_with_an_old_page_is_asked_again(people: People, mo: Viewer) -> None:
    ana, ben, group = await people("ana"), await people("ben"), await made(mo)
    await groups_words.write(mo, group, Text("For nights.", NEW))
    ticks = {"rule": ["0", "1", "2", "3"], "way": "posting"}
    assert 'name="rules_n" value="2"' in (await ana.get(f"/groups/{group}")).text
    page = await ana.post(f"/groups/{group}/join", data={**ticks, "rules_n": "2"})
    assert "The rules here changed" not in page.text and "Say something" in page.text
    page = await ben.post(f"/groups/{group}/join", data={**ticks, "rules_n": "1"})
    assert "The rules here changed" in page.text


async def test_signed_out_strangers_and_other_sites_change_nothing(
    client: AsyncClient, people: People, mo: Viewer
) -> None:
    ana, ben, cho, group = await people("ana"), await people("ben"), await people("cho"), await made(mo)
    await ana.post(f"/groups/{group}/join", data=JOIN)
    await groups_care.appoint(mo, group, (await viewer(ana)).person)
    for path in ("care/words", "care/back", "rules"):
        form = {**FORM, "rules_n": "1", "rule": ["0", "1", "2"]}
        where = f"/groups/{group}/{path}"
        assert (await client.post(where, data=form)).status_code == 401, path
        assert (await ana.post(where, data=form, headers=OTHER_SITE)).status_code == 403, path
        for who in (ben, cho):
            assert (await who.post(where, data=form)).status_code == 404, path
    # Ana is 14: she looks after the group, and its words are for staff to change.
    assert (await ana.get(f"/groups/{group}/care/words")).status_code == 404
    assert (await ana.post(f"/groups/{group}/care/words", data=FORM)).status_code == 404
    row = await Group.select(Group.purpose).where(Group.id == group).first()
    assert row and row["purpose"] == "For long nights."
    page = await ana.get(f"/groups/{group}/care")
    assert "/care/words" not in page.text and "Step back" in page.text
    page = await ana.post(f"/groups/{group}/care/back")
    assert page.status_code == 200 and "/care" not in page.text.split("<main", 1)[1]
