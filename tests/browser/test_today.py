"""Today with others in it, and the desk's figures: light and dark, narrow, with text twice as large."""

import json
import os
import subprocess
import sys
from types import SimpleNamespace
from typing import Any

import pytest
from playwright.sync_api import Browser

from tests.browser.server import ELSEWHERE, ROOT, Server
from tests.browser.test_pages import problems

FILL = """
import asyncio, json
from datetime import timedelta

async def main():
    from care import clock
    from care.matching import Likes
    from db import account, controls, devices, engine, shifts
    from db import stories as verbs
    from db.staff_tables import StaffCheck
    from db.unheard_tables import Unheard
    from jobs import unheard as duty
    from tests.db.test_stories import publish, story
    from tests.members import member, opened
    await engine.start()
    try:
        await opened()
    except Exception:
        pass  # another test on this server opened it already
    at = clock.now().strftime(" %H%M%S%f")  # so that a second try makes its own people
    mo = await member("Mo" + at, "c", "moderator")
    ana, bob = await member("Willow" + at, "a"), await member("Moth" + at, "b")
    await shifts.begin(mo)
    clock.move(timedelta(hours=-30))
    likes, long = Likes(frozenset({"waiting-list"})), "Rindfleischetikettierungsüberwachungsaufgabe and more"
    plain = (await verbs.share(ana, story(title=long, likes=likes))).id
    await publish(mo, plain)
    noted = (await verbs.share(bob, story(title="Behind notes", notes=("death", "self-harm")))).id
    await publish(mo, noted)
    clock.move(timedelta())
    await duty.alert()
    found = {}
    for name, days in (("give", 30), ("noted", 30), ("suggested", 8)):
        who = await member(name + at, "b", days=days)
        if name != "suggested":
            await controls.be_asked(who, True)
        found[name] = await devices.begin(who.person, account.Caller())
    await Unheard.update({Unheard.asked: 3}).where(Unheard.item == plain)
    found["mine"] = await devices.begin(ana.person, account.Caller())
    found["desk"] = await devices.begin(mo.person, account.Caller())
    session = (await account.recognise(found["desk"])).session
    await StaffCheck(session=session, until=clock.now() + timedelta(hours=12)).save()
    print(json.dumps(found | {"story": str(plain)}))
    await engine.stop()

asyncio.run(main())
"""


@pytest.fixture
def world(server: Server) -> dict[str, str]:
    """The cookies of those who are in it, by what they see."""
    env = {name: value for name, value in os.environ.items() if name not in ELSEWHERE}
    env |= {"BESIDE_DATA": str(server.data), "BESIDE_FAST_HASHING": "1"}
    run = [sys.executable, "-c", FILL]
    done = subprocess.run(run, cwd=ROOT, env=env, check=False, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr[-2000:]
    found: dict[str, str] = json.loads(done.stdout)
    return found


SEEN = [
    ("give", "/", "Someone your age wrote"),
    ("noted", "/", "Before you read"),
    ("suggested", "/", "Find stories like yours"),
    ("mine", "/stories/{story}", "That is too long, and we are sorry"),
    ("desk", "/moderation", "Waiting longest"),
]


def test_all_of_it_can_be_read_and_used(
    chromium: Browser, pixel: dict[str, Any], server: Server, world: dict[str, str]
) -> None:
    found = {}
    for who, path, words in SEEN:
        context = chromium.new_context(
            **{**pixel, "viewport": {"width": 360, "height": 740}, "base_url": server.address}
        )
        context.add_cookies([{"name": "beside", "value": world[who], "url": server.address}])
        page: Any = context.new_page()
        page.goto(path.replace("{story}", world["story"]))
        assert words in page.locator("main").inner_text(), who
        found[who] = problems(SimpleNamespace(page=page))  # type: ignore[arg-type]
        context.close()
    assert not any(found.values()), found
