"""A code for a group, from the one who makes it to the one who types it, on two phones."""

import json
import os
import subprocess
import sys
from collections.abc import Callable

from playwright.sync_api import expect

from tests.browser.pages import FOR_WHO_MAKES_CODES
from tests.browser.phone import Phone
from tests.browser.server import ELSEWHERE, ROOT, Server
from tests.browser.test_pages import Watch, problems, walk

FILL = """
import asyncio, json
from datetime import timedelta
from uuid import UUID, uuid4

WORD = "Rindfleischetikettierungsüberwachung"

async def main():
    from care import clock
    from care.groups import Plan
    from care.groups_codes import CodePlan
    from db import account, devices, engine, groups, groups_codes, tables
    from db.staff_tables import StaffCheck
    from tests.members import member, opened
    await engine.start()
    if not await tables.Person.exists().where(tables.Person.name == "founder"):
        await opened()
    mo = await member(f"Mo {uuid4().hex[:6]}", "c", "moderator")
    rules = ("Be kind.", "No names.", "Step out when you need to.")
    told = {"fresh": str(await groups.make(mo, Plan("Choir", "For our choir.", rules, "c", "invite")))}
    told["full"] = str(await groups.make(mo, Plan(WORD, f"{WORD} " * 4, rules, "c", "invite")))
    for days, cap in ((7, 1), (30, 200)):
        plan = CodePlan(timedelta(days=days), cap)
        code = await groups_codes.make(mo, UUID(told["full"]), plan)
    await groups_codes.use(await member(f"Other {uuid4().hex[:6]}", "c"), code.replace("-", ""))
    told["mo"] = await devices.begin(mo.person, account.Caller())
    session = (await account.recognise(told["mo"])).session
    await StaffCheck(session=session, until=clock.now() + timedelta(hours=8)).save()
    print(json.dumps(told))
    await engine.stop()

asyncio.run(main())
"""


def fill(server: Server) -> dict[str, str]:
    env = {name: value for name, value in os.environ.items() if name not in ELSEWHERE}
    env |= {"BESIDE_DATA": str(server.data), "BESIDE_FAST_HASHING": "1"}
    run = [sys.executable, "-c", FILL]
    done = subprocess.run(run, cwd=ROOT, env=env, check=True, capture_output=True, text=True)
    told: dict[str, str] = json.loads(done.stdout)
    return told


def desk(phone: Phone, told: dict[str, str]) -> Phone:
    phone.context.add_cookies([{"name": "beside", "value": told["mo"], "url": phone.line.site}])
    return phone


def test_made_by_staff_and_typed_by_a_member_without_a_script(
    phones: Callable[..., Phone], server: Server
) -> None:
    told = fill(server)
    mo, cho = desk(phones(java_script_enabled=False), told), phones(java_script_enabled=False)
    cho.join("cho")
    mo.open(f"/groups/{told['fresh']}/care")
    mo.page.get_by_role("link", name="Codes for many at once").click()
    mo.page.get_by_label("How many people may use it?").fill("3")
    mo.page.get_by_role("button", name="Make it").click()
    code = mo.page.locator("code").inner_text()
    cho.open("/groups")
    cho.page.get_by_role("link", name="I have a code for a group").click()
    cho.page.get_by_label("The code").fill(code.upper().replace("-", " "))
    cho.page.get_by_role("button", name="Go to the door").click()
    expect(cho.page.get_by_role("heading", name="Choir")).to_be_visible()
    for box in cho.page.locator("input[name=rule]").all():
        box.check()
    cho.page.get_by_label("Reading along").check()
    cho.page.get_by_role("button", name="Come in").click()
    expect(cho.page.get_by_text("How I’m here: Reading along")).to_be_visible()
    mo.open(f"/groups/{told['fresh']}/codes")
    expect(mo.page.get_by_text("1 of 3 people used it")).to_be_visible()


def test_what_they_meet_can_be_read_and_used(phones: Callable[..., Phone], server: Server) -> None:
    told = fill(server)
    mo, cho = desk(phones(), told), phones()
    cho.join("cho")
    assert walk(mo, [path.format(**told) for path in FOR_WHO_MAKES_CODES]) == {}
    watch = Watch(mo)
    mo.page.get_by_role("button", name="Make it").click()
    expect(mo.page.get_by_role("heading", name="Write it down now")).to_be_visible()
    found = {"made": problems(mo)}
    cho.open("/groups/join")
    cho.page.get_by_label("The code").fill("zzzz zzzz zzzz")
    cho.page.get_by_role("button", name="Go to the door").click()
    expect(cho.page.get_by_text("This code opens nothing")).to_be_visible()
    found["wrong"] = problems(cho)
    assert {name: each for name, each in found.items() if each} == {}
    assert watch.found == []
