"""The private talk and the ladder in a real browser, as the person and the lead see them."""

import json
import os
import sqlite3
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import pytest

from tests.browser.line import Line
from tests.browser.pages import FOR_A_LEAD, IN_A_TALK
from tests.browser.phone import Phone
from tests.browser.server import ELSEWHERE, ROOT, Server
from tests.browser.test_pages import walk

FILL = """
import asyncio, json
from datetime import timedelta
from uuid import uuid4

DANGER = "I'm going to kill myself tonight, I have the pills here"
LONG = "Rindfleischetikettierungsüberwachungsaufgabenübertragungsgesetz"

async def main():
    from care import clock
    from db import account, desk, devices, engine, moderation, safe, sanctions, sanctions_appeals, talk
    from db.moderation_tables import Hold
    from db.staff_tables import StaffCheck
    from tests.members import member, opened, post
    await engine.start()
    try:
        await opened()
    except Exception:
        pass  # another test opened it already
    name = clock.now().strftime("%H%M%S%f")
    ana, ben = await member("Wolfgang Wanderer" + name[-3:]), await member("ben" + name, "b")
    mo, lea = await member("mo" + name, "c", "moderator"), await member("lea" + name, "c", "safeguarding")
    async def hold(subject):
        row = await Hold.select(Hold.id).where(Hold.subject == subject, Hold.ended_at.is_null()).first()
        return row["id"]
    soup = await moderation.share(ana, post("We made soup. " + LONG))
    item = await moderation.share(ana, post(DANGER))
    careful = await moderation.share(ana, post("I want to die"))
    fresh = await moderation.share(ben, post(DANGER))
    await safe.saw_card(ana, item.id)
    await safe.say(ana, item.id, "unsure")
    ended = await talk.begin(lea, await hold(item.id), "Hello, I read what you wrote.")
    await talk.leave(ana, ended)
    case = await talk.begin(lea, await hold(item.id), "Are you safe right now? Is somebody with you?")
    await talk.answer(ana, case, "I don't know. My mum is asleep. " + LONG, uuid4())
    await talk.say_safe(ana, case, "unsure")
    await talk.say(lea, case, "Thank you for telling me.\\n\\nCan you wake her?", uuid4())
    await talk.look_again(lea, case, 24)
    await talk.note(lea, case, "Her mother is at home. " + LONG)
    warn = await sanctions.take(mo, ana.person, "warn", "unkind", soup.id)
    pause = await sanctions.take(mo, ana.person, "pause", "personal", soup.id)
    await sanctions.take(mo, ana.person, "ban", "unsafe")
    await sanctions_appeals.ask(ana, pause, "It was about a heron.")
    told = {"item": item.id, "careful": careful.id, "case": case, "ended": ended}
    told |= {"hold": await hold(item.id), "appeal": await hold(pause), "fresh": await hold(fresh.id)}
    for who, of in (("ana", ana), ("lea", lea), ("mo", mo)):
        told[who] = await devices.begin(of.person, account.Caller())
        if of.roles:
            session = (await account.recognise(told[who])).session
            await StaffCheck(session=session, until=clock.now() + timedelta(hours=12)).save()
    print(json.dumps(told, default=str))
    await engine.stop()

asyncio.run(main())
"""


@dataclass
class Scene:
    """Ids by name, and the cookies of the three."""

    told: dict[str, str]
    phones: Callable[..., Phone]

    def phone(self, who: str, **settings: object) -> Phone:
        phone = self.phones(**settings)
        phone.context.add_cookies([{"name": "beside", "value": self.told[who], "url": phone.line.site}])
        return phone

    def paths(self, paths: list[str]) -> list[str]:
        return [path.format(**self.told) for path in paths]


@pytest.fixture
def scene(phones: Callable[..., Phone], server: Server, line: Line) -> Iterator[Scene]:
    yield Scene(fill(server), phones)
    # The desk's own tests clear its queue to the last, and share this server.
    with sqlite3.connect(server.data / "beside.db", timeout=10) as database:
        database.execute("UPDATE hold SET ended_at = since WHERE ended_at IS NULL")
    database.close()


def fill(server: Server) -> dict[str, str]:
    env = {name: value for name, value in os.environ.items() if name not in ELSEWHERE}
    env |= {"BESIDE_DATA": str(server.data), "BESIDE_FAST_HASHING": "1"}
    run = [sys.executable, "-c", FILL]
    told: dict[str, str] = json.loads(
        subprocess.run(run, cwd=ROOT, env=env, check=True, capture_output=True).stdout
    )
    return told


def test_every_page_of_somebody_in_a_talk(scene: Scene) -> None:
    assert walk(scene.phone("ana"), scene.paths(IN_A_TALK)) == {}


def test_every_page_of_a_lead(scene: Scene) -> None:
    assert walk(scene.phone("lea"), scene.paths(FOR_A_LEAD)) == {}


def test_without_javascript_the_person_answers_says_whether_they_are_safe_and_ends_it(scene: Scene) -> None:
    page = scene.phone("ana", java_script_enabled=False).page
    page.goto(f"/account/safety/talk/{scene.told['case']}")
    page.get_by_label("Write back").fill("She is awake now.")
    page.get_by_role("button", name="Send", exact=True).click()
    assert page.locator(".talk li").last.inner_text().endswith("She is awake now.")
    page.get_by_role("button", name="Yes", exact=True).click()
    assert page.get_by_text("You answered: Yes.").is_visible()
    page.get_by_text("End this talk").click()
    page.get_by_role("button", name="End it").click()
    assert page.get_by_text("You ended this talk").is_visible()
    assert page.get_by_role("button", name="Send", exact=True).count() == 0
    assert page.get_by_text("In immediate danger? Call").is_visible()


def test_a_lead_begins_a_talk_from_the_desk_with_the_keyboard_alone(scene: Scene) -> None:
    page = scene.phone("lea").page
    page.goto(f"/moderation/{scene.told['fresh']}")
    page.get_by_label("Your first message").focus()
    page.keyboard.type("Are you safe? psd")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    page.wait_for_url("**/moderation/talk/*-*")
    assert page.get_by_text("Are you safe? psd").is_visible()
