"""Telling us about something without a network, or on a bad one. What counts is the rows on the server."""

import json
import os
import re
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest
from playwright.sync_api import expect

from tests.browser.line import Line
from tests.browser.phone import Phone
from tests.browser.server import ELSEWHERE, ROOT, Server

SENTENCE = "She asks everybody for their street"
AROUND = """
import asyncio, json, sys

async def main():
    from care.matching import Likes
    from care.shared import Draft, Words
    from care.stories import Facts, Story
    from db import decisions, engine, moderation, stories
    from db.devices import Viewer
    from db.moderation_tables import Hold, Item
    from db.tables import Person
    from tests.members import member, opened
    await engine.start()
    {body}
    await engine.stop()

asyncio.run(main())
"""
TELL = """
    try:
        await opened()
    except Exception:
        pass  # another test opened it already
    from care.clock import now
    name = now().strftime("%H%M%S%f")
    writer, mo = await member("Writer" + name, "a"), await member("mo" + name, "c", "moderator")
    title = "The late bus of " + name
    parts = (title, "The bus was late and I watched the rain on the glass. " * 8, "", "", "")
    facts = Facts(Likes(frozenset({"bullied"})), "months")
    told = Story(Draft("story", Words(parts), intent="listen"), facts)
    story = (await stories.share(writer, told)).id
    row = await Hold.select(Hold.id).where(Hold.subject == story, Hold.ended_at.is_null()).first()
    await decisions.decide(mo, row["id"], decisions.Decision("publish", 1))
    print(json.dumps({"story": str(story), "writer": str(writer.person), "title": title}))
"""
WITHDRAW = """
    from uuid import UUID, uuid4
    writer = Viewer(UUID(sys.argv[1]), uuid4(), "", "a", "GB", None, False)
    await moderation.withdraw(writer, UUID(sys.argv[2]))
"""


@dataclass
class Told:
    """Somebody's story, which everybody of Ana's side can read."""

    server: Server
    story: str
    writer: str
    title: str

    @property
    def page(self) -> str:
        return f"/stories/{self.story}"

    def withdraw(self) -> None:
        run(self.server, WITHDRAW, self.writer, self.story)

    def reports(self) -> list[str]:
        """The reasons of all reports about it."""
        return self._rows("SELECT reason FROM report WHERE subject = ?")

    def _rows(self, sql: str) -> list[str]:
        with sqlite3.connect(f"file:{self.server.data / 'beside.db'}?mode=ro", uri=True) as database:
            found = database.execute(sql, (self.story,)).fetchall()
        database.close()
        return [str(row[0]) for row in found]


@pytest.fixture
def told(server: Server, line: Line) -> Iterator[Told]:
    yield Told(server, **json.loads(run(server, TELL)))
    # The desk's own tests clear its queue to the last, and share this server.
    with sqlite3.connect(server.data / "beside.db", timeout=10) as database:
        database.execute("UPDATE hold SET ended_at = since WHERE ended_at IS NULL")
    database.close()


def test_in_three_taps_without_a_network_it_waits_and_arrives_once(ana: Phone, told: Told) -> None:
    ana.open(told.page)
    cut(ana)
    tell_us(ana, "Bullying")
    expect(ana.page.get_by_text("Kept on this phone. It is sent when you are online.")).to_be_visible()
    expect(ana.page.locator("beside-queue")).to_contain_text("waiting on this phone")
    assert [SENTENCE in str(entry["fields"]) for entry in ana.waiting()] == [True]
    assert told.reports() == []
    ana.context.set_offline(False)
    ana.until(lambda: not ana.waiting(), 20)
    assert told.reports() == ["bullying"]
    expect(ana.page.get_by_text("We have it now.")).to_be_visible()
    ana.open("/account/safety")
    expect(ana.page.locator("main li.card")).to_have_count(1)
    expect(ana.page.locator("main li.card")).to_contain_text("Nobody has looked yet")
    ana.open("/stories")
    expect(ana.page.get_by_text(told.title)).to_have_count(0)


def test_with_a_network_it_is_sent_at_once_and_the_thanks_follow(ana: Phone, told: Told) -> None:
    ana.open(told.page)
    tell_us(ana, "Someone is in danger")
    ana.page.wait_for_url("**/report/thanks?danger=1")
    assert told.reports() == ["danger"] and ana.waiting() == []


@pytest.mark.parametrize("trouble", ["lost before", "lost after", "busy after", "portal"])
def test_on_a_bad_line_it_is_neither_lost_nor_there_twice(
    ana: Phone, told: Told, line: Line, trouble: str
) -> None:
    """A retry after a lost answer meets an item that is hidden for its reporter by then."""
    ana.open(told.page)
    line.spoil(trouble, 2)
    tell_us(ana, "Bullying")
    ana.until(lambda: len([ask for ask in line.kept if ask.path.startswith("/report")]) >= 1)
    ana.drain()
    ana.until(lambda: not ana.waiting(), 40)
    assert told.reports() == ["bullying"]
    assert len(line.kept) >= 2, "It was not asked again."
    expect(ana.page.get_by_text("Something you wrote could not be passed on")).to_have_count(0)


def test_what_was_taken_back_meanwhile_is_said_kindly_and_the_line_goes_on(ana: Phone, told: Told) -> None:
    ana.open(told.page)
    cut(ana)
    tell_us(ana, "Bullying")
    expect(ana.page.get_by_text("Kept on this phone. It is sent when you are online.")).to_be_visible()
    told.withdraw()
    ana.write("after the report")
    ana.context.set_offline(False)
    ana.sent(1, 20)
    assert told.reports() == []
    expect(ana.page.get_by_text("Kept on this phone. It")).to_be_hidden()
    note = ana.page.locator("p.queue", has_text="You don’t need to do anything else")
    expect(note).to_be_visible()
    ana.open("/")
    expect(note).to_be_visible()
    note.get_by_role("button", name="All right").click()
    expect(note).to_have_count(0)
    ana.open("/stories")
    expect(ana.page.locator("beside-queue")).to_be_hidden()
    expect(note).to_have_count(0)


def test_what_went_while_the_form_was_open_is_said_on_the_same_page(ana: Phone, told: Told) -> None:
    ana.open(f"/report/{told.story}")
    told.withdraw()
    choose(ana, "Bullying")
    expect(ana.page.locator("p.queue", has_text="You don’t need to do anything else")).to_be_visible()
    expect(ana.page.locator("form[data-report]")).to_have_count(0)
    expect(ana.page.get_by_text("Kept on this phone. It")).to_be_hidden()
    assert told.reports() == [] and ana.waiting() == []


def test_danger_without_a_network_leads_to_the_guide_this_phone_keeps(ana: Phone, told: Told) -> None:
    ana.open(told.page)
    cut(ana)
    tell_us(ana, "Someone is in danger")
    ana.page.get_by_role("link", name="what helps now").click()
    expect(ana.page.locator("main")).to_contain_text(re.compile("Ask them|ask"))
    ana.context.set_offline(False)
    ana.until(lambda: not ana.waiting(), 20)
    assert told.reports() == ["danger"]


def test_a_person_can_be_told_of_without_a_network_too(ana: Phone, told: Told) -> None:
    ana.open("/stories")
    cut(ana)
    ana.open(f"/report/person/{told.writer}")
    expect(ana.page.get_by_label("Hide it for me now")).to_have_count(0)
    choose(ana, "Bullying")
    ana.context.set_offline(False)
    ana.until(lambda: not ana.waiting(), 20)
    ana.open("/account/safety")
    expect(ana.page.locator("main li.card")).to_contain_text("About a person")


def test_too_many_in_a_day_is_said_beside_the_words_and_the_journal_does_not_wait(
    ana: Phone, told: Told
) -> None:
    ana.open(told.page)
    others = [json.loads(run(told.server, TELL)) for _ in range(10)]
    for other in others:
        form = {"asked": "1", "reason": "spam"}
        ana.context.request.post(f"{ana.line.site}/report/{other['story']}", form=form)
    tell_us(ana, "Bullying")
    expect(ana.page.get_by_text("You have told us about many things today.")).to_be_visible()
    expect(ana.page.get_by_label("If you like, say more")).to_have_value(SENTENCE)
    assert told.reports() == [] and ana.waiting() == []


def cut(phone: Phone) -> None:
    """No network from here on; the phone has had the time to keep the form."""
    phone.until(lambda: phone.ask("caches.match('/report/blank').then(found => !!found)"), 20)
    phone.context.set_offline(True)


def tell_us(phone: Phone, reason: str) -> None:
    """Three taps and a sentence, from the page of the story."""
    phone.page.get_by_role("link", name="Tell us").first.click()
    choose(phone, reason)


def choose(phone: Phone, reason: str) -> None:
    expect(phone.page.get_by_text("Kept on this phone. It")).to_be_hidden()
    phone.page.get_by_text(reason, exact=True).click()
    phone.page.get_by_label("If you like, say more").fill(SENTENCE)
    phone.page.get_by_role("button", name="Tell us", exact=True).click()


def run(server: Server, body: str, *args: str) -> str:
    env: dict[str, Any] = {name: value for name, value in os.environ.items() if name not in ELSEWHERE}
    env |= {"BESIDE_DATA": str(server.data), "BESIDE_FAST_HASHING": "1"}
    command = [sys.executable, "-c", AROUND.replace("    {body}", body), *args]
    return subprocess.run(command, cwd=ROOT, env=env, check=True, capture_output=True, text=True).stdout
