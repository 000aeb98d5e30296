"""Perspectives on a phone: everybody can read and use each state, and a question outlives the network."""

import json
import os
import subprocess
import sys
from collections.abc import Callable

import pytest
from playwright.sync_api import expect

from tests.browser.phone import Phone
from tests.browser.server import ELSEWHERE, ROOT, Server
from tests.browser.test_pages import Watch, problems

LONG = "Rindfleischetikettierungsüberwachungsaufgabenübertragungsgesetz"
FILL = f"""
import asyncio, json

async def main():
    from care import clock
    from care.perspectives import Answer, Facts, Question
    from care.shared import Draft, Words
    from db import account, decisions, devices, engine, perspectives, shifts
    from db.moderation_tables import Hold
    from tests.members import member, opened
    await engine.start()
    try:
        await opened()
    except Exception:
        pass  # another test opened it already
    name = clock.now().strftime("%H%M%S%f")
    mo = await member("mo" + name, "c", "moderator")
    ana, ben, cho, dee = [await member(who + name, "b") for who in ("ana-{LONG[:20]}", "ben", "cho", "dee")]

    async def publish(item, notes=()):
        hold = await Hold.select(Hold.id).where(Hold.subject == item, Hold.ended_at.is_null()).first()
        await decisions.decide(mo, hold["id"], decisions.Decision("publish", 1, notes=notes))

    draft = Draft("ask", Words(("My friend looks away. {LONG}", "It is me.")), intent="perspectives")
    ask = (await perspectives.ask(ana, Question(draft, Facts(15, 7, 72, "Europe/London")))).id
    await publish(ask)
    for who, angle, notes in ((cho, 1, ()), (dee, 8, ("death",))):
        view = Answer(Draft("view", Words(("I wonder about the {LONG}.",)), place=ask), angle)
        await publish((await perspectives.answer(who, view)).id, notes)
    await perspectives.take(ana, ask, "She may be shy.")
    tokens = {{who.name[:3]: await devices.begin(who.person, account.Caller()) for who in (ana, ben, cho)}}
    print(json.dumps({{"ask": str(ask), **tokens}}))
    await engine.stop()

asyncio.run(main())
"""


@pytest.fixture
def world(server: Server) -> dict[str, str]:
    """An ask with two views: who asked, who has not answered, and who has."""
    env = {name: value for name, value in os.environ.items() if name not in ELSEWHERE}
    env |= {"BESIDE_DATA": str(server.data), "BESIDE_FAST_HASHING": "1"}
    run = [sys.executable, "-c", FILL]
    said = subprocess.run(run, cwd=ROOT, env=env, check=True, capture_output=True, text=True).stdout
    found: dict[str, str] = json.loads(said)
    return found


def enter(phone: Phone, token: str) -> Phone:
    phone.context.add_cookies([{"name": "beside", "value": token, "url": phone.line.site}])
    return phone


def test_every_page_of_it_keeps_the_promises(phones: Callable[..., Phone], world: dict[str, str]) -> None:
    ask = f"/perspectives/{world['ask']}"
    for who, paths in (
        ("ana", ["/perspectives", "/perspectives/new", ask, f"{ask}?kept=1"]),
        ("ben", ["/perspectives", "/perspectives?angle=been", ask]),
        ("cho", ["/perspectives?own=all", ask]),
    ):
        phone = enter(phones(), world[who])
        watch = Watch(phone)
        for path in paths:
            phone.open(path)
            assert phone.page.locator("main h2").count(), path
            assert [*problems(phone), *watch.found] == [], (who, path)
        phone.page.set_viewport_size({"width": 1000, "height": 800})
        if who == "ana":
            phone.open(ask)
            first, second = phone.page.locator(".views > li").all()
            assert first.bounding_box()["y"] == second.bounding_box()["y"], (
                "Side by side where there is room."
            )  # type: ignore[index]


def test_a_refused_question_can_be_mended_by_everybody(
    phones: Callable[..., Phone], world: dict[str, str]
) -> None:
    phone = enter(phones(), world["ana"])
    phone.open("/perspectives/new")
    phone.page.locator("textarea[name=situation]").fill("x" * 1201)
    phone.page.get_by_role("button", name="Ask", exact=True).click()
    expect(phone.page.locator("#situation-problem")).to_be_visible()
    assert problems(phone) == []


def test_a_question_begun_is_there_again_and_one_without_a_network_is_sent_later(
    phones: Callable[..., Phone], world: dict[str, str]
) -> None:
    phone = enter(phones(), world["ben"])
    phone.ready("/perspectives/new")
    phone.page.locator("textarea[name=situation]").fill("The heron has not come back.")
    phone.page.get_by_text("Practical", exact=True).click()
    phone.until(lambda: phone.ask("Outbox.drafted(Queue.uid, '/perspectives/new')"))
    phone.open("/perspectives")
    phone.open("/perspectives/new")
    expect(phone.page.locator("textarea[name=situation]")).to_have_value("The heron has not come back.")
    assert phone.page.locator("[value=practical]").is_checked()
    phone.context.set_offline(True)
    phone.page.get_by_role("button", name="Ask", exact=True).click()
    expect(phone.page.get_by_text("Kept on this phone. It is sent when you are online.")).to_be_visible()
    assert len(phone.waiting()) == 1
    phone.context.set_offline(False)
    phone.until(lambda: not phone.waiting(), 20)
    phone.open("/perspectives")
    expect(phone.page.get_by_text("The heron has not come back.")).to_be_visible()
    phone.open("/perspectives/new")
    phone.page.wait_for_timeout(300)
    expect(phone.page.locator("textarea[name=situation]")).to_have_value("")


def test_a_draft_is_let_go_once_the_server_has_it(
    phones: Callable[..., Phone], world: dict[str, str]
) -> None:
    phone = enter(phones(), world["cho"])
    phone.open("/perspectives/new")
    phone.page.locator("textarea[name=situation]").fill("Do I tell my brother?")
    phone.until(lambda: phone.ask("Outbox.drafted(Queue.uid, '/perspectives/new')"))
    phone.page.get_by_role("button", name="Ask", exact=True).click()
    expect(phone.page.get_by_text("It waits for a person to read it first.")).to_be_visible()
    phone.until(lambda: not phone.ask("Outbox.drafted(Queue.uid, '/perspectives/new')"))
