"""A story on a phone that loses its tab, its line or its owner; and kept stories without a network."""

import os
import sqlite3
import subprocess
import sys
from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import expect

from tests.browser.phone import Phone
from tests.browser.server import ELSEWHERE, ROOT, Server
from tests.browser.test_pages import Watch, problems

OPEN = """
import asyncio, sys

async def main():
    from db import engine
    from tests.members import opened
    await engine.start()
    try:
        await opened()
    except Exception:
        pass  # another test opened it already
    await engine.stop()

asyncio.run(main())
"""
KEEP_FOR = """
import asyncio, sys

async def main():
    from care import clock
    from db import devices, engine, stories, tables
    from db.moderation_tables import Item
    await engine.start()
    Person, (writer, reader) = tables.Person, sys.argv[1:]
    found = Person.select(Person.id, Person.name, Person.band).where(Person.name.is_in([writer, reader]))
    people = {row["name"]: row for row in await found}
    item = (await Item.select(Item.id).where(Item.author == people[writer]["id"]).first())["id"]
    await Item.update({Item.state: "published", Item.published_at: clock.now()}).where(Item.id == item)
    who = people[reader]
    viewer = devices.Viewer(who["id"], who["id"], "", who["band"], "GB", None, False, frozenset(), False)
    await stories.keep(viewer, item)
    print(item)
    await engine.stop()

asyncio.run(main())
"""
PERSON = "SELECT id FROM person WHERE name = ?"
LONG = "The bus was late and I watched the rain on the glass, and nobody asked me anything at all. "


@pytest.fixture(autouse=True)
def an_open_community(server: Server) -> None:
    run = [sys.executable, "-c", OPEN]
    subprocess.run(run, cwd=ROOT, env=surroundings(server), check=True, capture_output=True)


def surroundings(server: Server) -> dict[str, str]:
    env = {name: value for name, value in os.environ.items() if name not in ELSEWHERE}
    return env | {"BESIDE_DATA": str(server.data), "BESIDE_FAST_HASHING": "1"}


def rows(phone: Phone, columns: str = "state", name: str = "") -> list[Any]:
    """Of the stories of whoever has this phone, as the server has them."""
    with sqlite3.connect(f"file:{phone.server.data / 'beside.db'}?mode=ro", uri=True) as database:
        sql = f"SELECT {columns} FROM item WHERE kind = 'story' AND author = ({PERSON})"  # noqa: S608
        found = database.execute(sql, [name or phone.name]).fetchall()
    database.close()
    return [row[0] for row in found]


def write(phone: Phone, words: str = LONG * 4) -> None:
    phone.open("/stories/write")
    phone.page.get_by_label("What was it like?").fill(words)


def kept(phone: Phone) -> str:
    """What the phone has of the draft."""
    return str(phone.ask("Outbox.drafted(Queue.uid, 'story').then(JSON.stringify)"))


def to_the_end(phone: Phone) -> None:
    for _ in range(5):
        phone.page.get_by_role("button", name="Next").click()


def look(phone: Phone) -> None:
    to_the_end(phone)
    phone.page.get_by_role("button", name="See how it looks").click()
    expect(phone.page.get_by_role("heading", name="The bus was late")).to_be_visible()


def test_a_draft_outlives_the_tab_it_was_typed_in(ana: Phone) -> None:
    write(ana, "Only half a")
    ana.page.locator("#was").press_sequentially(" sentence")
    expect(ana.page.locator("[data-said]")).to_have_text("Kept on this phone.")
    tab = ana.page
    ana.page = ana.context.new_page()
    tab.close(run_before_unload=False)
    write_page = "/stories/write"
    ana.open(write_page)
    expect(ana.page.locator("#was")).to_have_value("Only half a sentence")
    expect(ana.page.get_by_text("The words you began with are back")).to_be_visible()
    ana.page.reload()
    expect(ana.page.locator("#was")).to_have_value("Only half a sentence")
    ana.page.once("dialog", lambda asked: asked.accept())
    ana.page.get_by_role("button", name="Throw this draft away").click()
    expect(ana.page.locator("#was")).to_have_value("")
    ana.page.reload()
    expect(ana.page.locator("#was")).to_have_value("")
    assert rows(ana) == []


def test_a_draft_is_never_the_next_person_s(ana: Phone) -> None:
    write(ana, "only mine")
    ana.until(lambda: "only mine" in kept(ana))
    ana.open("/account/leave")
    with ana.page.expect_navigation(url=f"{ana.line.site}/"):
        ana.page.get_by_role("button", name="Sign out").click()
    ana.join("ben")
    ana.ready("/")
    ana.open("/stories/write")
    ana.page.wait_for_timeout(500)
    expect(ana.page.locator("#was")).to_have_value("")
    assert "only mine" not in kept(ana)


def test_steps_go_on_and_back_and_nothing_is_lost(ana: Phone) -> None:
    write(ana)
    expect(ana.page.get_by_text("Step 1 of 6")).to_be_visible()
    expect(ana.page.locator("#helped")).to_be_hidden()
    ana.page.get_by_role("button", name="Next").click()
    expect(ana.page.get_by_role("heading", name="What changed, or helped?")).to_be_focused()
    ana.page.locator("#helped").fill("a kettle")
    ana.page.go_back()
    expect(ana.page.locator("#was")).to_have_value(LONG * 4)
    look(ana)
    ana.page.get_by_role("button", name="Change something").click()
    expect(ana.page.locator("#was")).to_have_value(LONG * 4)
    ana.page.get_by_role("button", name="Next").click()
    expect(ana.page.locator("#helped")).to_have_value("a kettle")
    to_the_end_from_second(ana)
    ana.page.get_by_role("button", name="See how it looks").click()
    ana.page.get_by_role("button", name="Send it").dblclick()
    ana.page.wait_for_url("**/stories/sent/*")
    assert rows(ana) == ["held"]
    ana.until(lambda: kept(ana) in {"undefined", "None"})


def to_the_end_from_second(phone: Phone) -> None:
    for _ in range(4):
        phone.page.get_by_role("button", name="Next").click()


def test_written_without_a_network_it_waits_and_goes_once(ana: Phone) -> None:
    ana.ready("/stories/write")
    ana.until(lambda: ana.ask("caches.match('/stories/write/phone').then(found => !!found)"))
    ana.context.set_offline(True)
    write(ana)
    to_the_end(ana)
    ana.page.get_by_role("button", name="See how it looks").click()
    ana.page.get_by_role("button", name="Send it when there is a network").click()
    expect(ana.page.get_by_text("It is sent by itself, once")).to_be_visible()
    ana.open("/stories/write")
    expect(ana.page.get_by_text("It is sent by itself, once")).to_be_visible()
    assert rows(ana) == []
    ana.context.set_offline(False)
    ana.until(lambda: not ana.waiting(), 20)
    assert rows(ana) == ["held"]


def test_an_answer_that_never_comes_does_not_double_it(ana: Phone) -> None:
    write(ana)
    look(ana)
    ana.line.spoil("lost after")
    ana.page.get_by_role("button", name="Send it").click()
    ana.until(lambda: not ana.waiting() and len(rows(ana)) == 1, 30)
    assert rows(ana) == ["held"]


def test_the_line_goes_after_the_preview(ana: Phone) -> None:
    write(ana)
    look(ana)
    ana.context.set_offline(True)
    ana.page.get_by_role("button", name="Send it").click()
    expect(ana.page.get_by_text("It is sent by itself, once")).to_be_visible()
    assert rows(ana) == []
    ana.context.set_offline(False)
    ana.page.wait_for_url("**/stories/sent/*", timeout=20_000)
    assert rows(ana) == ["held"]


def test_without_a_script_back_and_reload_lose_nothing(phones: Callable[..., Phone]) -> None:
    phone = phones(java_script_enabled=False)
    phone.join()
    write(phone)
    phone.page.get_by_role("button", name="See how it looks").click()
    expect(phone.page.get_by_role("heading", name="The bus was late")).to_be_visible()
    phone.page.reload()
    expect(phone.page.get_by_role("heading", name="The bus was late")).to_be_visible()
    phone.page.go_back()
    expect(phone.page.locator("#was")).to_have_value(LONG * 4)
    phone.page.get_by_role("button", name="See how it looks").click()
    phone.page.get_by_role("button", name="Change something").click()
    expect(phone.page.locator("#was")).to_have_value(LONG * 4)
    phone.page.get_by_role("button", name="See how it looks").click()
    phone.page.get_by_role("button", name="Send it").click()
    assert rows(phone) == ["held"]


def test_a_kept_story_is_read_offline_and_goes_when_its_writer_takes_it_back(
    phones: Callable[..., Phone],
) -> None:
    writer, reader = phones(), phones()
    writer.join("ana")
    writer.ready()
    reader.join("ben")
    reader.ready()
    write(writer)
    look(writer)
    writer.page.get_by_role("button", name="Send it").click()
    writer.page.wait_for_url("**/stories/sent/*")
    item = keep_for(writer, reader)
    reader.open(f"/stories/{item}")
    reader.page.get_by_role("button", name="Keep it on this phone too").click()
    expect(reader.page.get_by_text("It is on this phone, and opens")).to_be_visible()
    reader.until(lambda: reader.ask("caches.match('/stories/kept/phone').then(found => !!found)"))
    reader.context.set_offline(True)
    reader.open("/stories")
    expect(reader.page.get_by_role("heading", name="The bus was late")).to_be_visible()
    reader.page.get_by_text("Show it").click()
    expect(reader.page.locator(".said")).to_have_text((LONG * 4).strip())
    assert LONG not in reader.ask(EVERYTHING_CACHED)
    writer.open(f"/stories/{item}/withdraw")
    writer.page.get_by_role("button", name="Take it back for good").click()
    expect(writer.page.get_by_text("It is gone.")).to_be_visible()
    reader.context.set_offline(False)
    reader.open("/stories/kept/phone")
    expect(reader.page.get_by_text("Nothing is kept on this phone yet")).to_be_visible()
    assert reader.ask("Outbox.drafted(Queue.uid, 'kept').then(found => found ?? null)") is None


def test_an_answer_is_let_go_only_once_the_server_has_it(phones: Callable[..., Phone]) -> None:
    writer, reader = phones(), phones()
    for one, name in ((writer, "ana"), (reader, "ben")):
        one.join(name)
        one.ready()
    write(writer)
    look(writer)
    writer.page.get_by_role("button", name="Send it").click()
    writer.page.wait_for_url("**/stories/sent/*")
    item = keep_for(writer, reader)
    key = f"/stories/{item}/reply"
    kept_words = f"Outbox.drafted(Queue.uid, '{key}').then(found => found ? found[0][1] : '')"
    box = reader.page.locator("form[data-answer] textarea")
    reader.open(f"/stories/{item}")
    box.fill("I know that bus.")
    reader.line.spoil_all("lost before")
    reader.page.get_by_role("button", name="Send", exact=True).click(no_wait_after=True)
    reader.until(lambda: reader.page.url.startswith("chrome-error:"))  # the browser has tried, and given up
    reader.line.calm()
    reader.open(f"/stories/{item}?sent={key}")
    expect(box).to_have_value("I know that bus.")  # a link that only says so lets nothing go either
    reader.page.get_by_role("button", name="Send", exact=True).click()
    expect(reader.page.locator(".post .said", has_text="I know that bus.")).to_be_visible()
    reader.until(lambda: reader.ask(kept_words) == "")
    expect(box).to_have_value("")
    box.fill("One more thing.")
    reader.until(lambda: reader.ask(kept_words) == "One more thing.")
    reader.page.reload()
    expect(box).to_have_value(
        "One more thing."
    )  # it is another draft, though the page is still that of the first


EVERYTHING_CACHED = """(async () => {
  let all = '';
  for (const name of await caches.keys()) for (const asked of await (await caches.open(name)).keys())
    all += await (await caches.match(asked)).text();
  return all;
})()"""


def keep_for(writer: Phone, reader: Phone) -> str:
    """Published, and kept by the reader: the pages for both belong to the readers' side."""
    done = subprocess.run(
        [sys.executable, "-c", KEEP_FOR, writer.name, reader.name],
        cwd=ROOT,
        env=surroundings(writer.server),
        check=True,
        capture_output=True,
        text=True,
    )
    return done.stdout.strip()


PLANTED = """Outbox.draft(Queue.uid, 'kept',
  [{id: 'x', title: 'Somebody else wrote this', name: 'moth', after: '', boxes: [], notes: []}])"""


def test_kept_stories_leave_with_their_reader(ana: Phone) -> None:
    ana.open("/stories/kept/phone")
    ana.page.evaluate(PLANTED)
    ana.open("/account/leave")
    ana.page.get_by_label("Remove my words from this phone").uncheck()
    with ana.page.expect_navigation(url=f"{ana.line.site}/"):
        ana.page.get_by_role("button", name="Sign out").click()
    ana.context.set_offline(True)
    ana.open("/stories/kept/phone")
    ana.page.wait_for_timeout(500)
    expect(ana.page.get_by_text("Somebody else wrote this")).to_have_count(0)


def test_what_a_writer_meets_can_be_read_and_used(ana: Phone) -> None:
    watch = Watch(ana)
    long = "Rindfleischetikettierungsüberwachungsaufgabe " * 9
    write(ana, f"I weighed 41 kg and my friend Anna saw it. My uncle committed suicide. {long}")
    ana.page.get_by_role("button", name="Next").click()
    found = {"a step": problems(ana)}
    for _ in range(3):
        ana.page.get_by_role("button", name="Next").click()
    ana.page.evaluate("document.querySelectorAll('.step details').forEach(found => found.open = true)")
    ana.page.get_by_role("textbox", name="A title, if you like").fill("Long words")
    found["about it"] = problems(ana)
    ana.page.get_by_role("button", name="Next").click()
    found["the last step"] = problems(ana)
    ana.page.get_by_role("button", name="See how it looks").click()
    expect(ana.page.get_by_role("heading", name="Long words")).to_be_visible()
    found["preview"] = problems(ana)
    ana.page.get_by_role("button", name="Send it as it is").click()
    ana.page.wait_for_url("**/stories/sent/*")
    found["sent"] = problems(ana)
    ana.page.get_by_role("link", name="Take it back").click()
    ana.page.wait_for_url("**/withdraw")
    found["withdraw"] = problems(ana)
    ana.open("/stories/kept/phone")
    ana.page.evaluate(PLANTED)
    ana.context.set_offline(True)
    ana.page.reload()
    expect(ana.page.get_by_text("Somebody else wrote this")).to_be_visible()
    ana.context.set_offline(False)
    found["kept"] = problems(ana)
    assert {name: each for name, each in found.items() if each} == {}
    assert [each for each in watch.found if "ERR_" not in each and "409" not in each] == []
