"""A server that dies, a line that comes and goes, and very many entries: none lost, none twice."""

import random
import time
from collections.abc import Callable
from functools import partial
from threading import Event

import pytest
from playwright.sync_api import expect

from tests.browser.line import Ask, Line
from tests.browser.phone import Phone
from tests.browser.server import Server

TAKE_TURN = """
name => new Promise(mine => navigator.locks.request(name, () => new Promise(done => {
  self.done = done;
  mine();
})))
"""
TURNS = "navigator.locks.query().then(found => found.pending.length)"
MANY = """
async count => {
  const ids = [];
  for (let i = 0; i < count; i++) {
    const id = crypto.randomUUID(), at = new Date(Date.now() - (count - i) * 6e4);
    await Outbox.put(Queue.uid, {id, fields: [['id', id], ['kind', 'checkin'], ['mood', String(1 + i % 5)],
      ['note', `number ${i}`], ['felt_at', Queue.iso(at)], ['tz', 'Europe/London'],
      ['edited_at', at.toISOString()]]});
    ids.push(id);
  }
  return ids;
}
"""
"""Written through the app's own outbox, as the form does, a minute apart."""


@pytest.mark.parametrize("after", [0.0, 0.004, 0.02, None])
def test_the_server_is_killed_with_an_entry_in_its_hands(
    ana: Phone, line: Line, server: Server, after: float | None
) -> None:
    """So many seconds after it has read the words; or when it has saved them and its answer is lost."""

    killed = Event()

    def kill(ask: Ask) -> None:
        line.passed = None
        deadline = time.monotonic() + (10 if after is None else after)
        while time.monotonic() < deadline and not (after is None and ana.rows()):
            time.sleep(0.001)
        server.kill()
        killed.set()

    line.passed = kill
    if after is None:
        line.spoil("lost after")
    ana.check_in("Low")
    ana.until(killed.is_set)
    if after is None:
        assert len(ana.rows()) == len(ana.waiting()) == 1
    server.start()
    ana.drain()
    ana.sent(1, 30)
    assert ana.rows()[0].mood == 2


def test_five_hundred_entries_arrive_in_order(ana: Phone) -> None:
    ana.context.set_offline(True)
    ana.write("first", "Heavy")
    ids = ana.page.evaluate(MANY, 498)
    ana.write("last", "Bright")
    assert len(ana.waiting()) == 500
    ana.context.set_offline(False)
    ana.sent(500, 90)
    found = [row.cid for row in ana.rows()]
    assert found[1:-1] == ids
    assert (ana.rows()[0].mood, ana.rows()[-1].mood) == (1, 5)


def test_twenty_flaps_while_sending(ana: Phone, line: Line) -> None:
    """The line breaks again and again in the middle of an answer, and comes back."""
    chance = random.Random(20)  # noqa: S311
    ana.context.set_offline(True)
    ids = ana.page.evaluate(MANY, 200)
    line.cut()
    ana.context.set_offline(False)
    flaps = 0
    for _ in range(20):
        line.mend()
        enough = len(ana.rows()) + 1 + chance.randrange(4)
        ana.drain()
        ana.until(partial(_has, ana, enough), 20)
        line.cut()
        flaps += bool(ana.waiting())
    assert flaps == 20
    line.mend()
    ana.drain()
    ana.sent(200, 60)
    assert [row.cid for row in ana.rows()] == ids


def test_a_hotel_sign_in_page_is_not_taken_for_an_answer(ana: Phone, line: Line) -> None:
    ana.open("/")
    line.spoil_all("portal")
    ana.check_in("Low")
    ana.until(lambda: line.kept)
    ana.open("/help")
    expect(ana.page).to_have_title("Help now · Beside")
    assert ana.rows() == [] and len(ana.waiting()) == 1
    line.calm()
    ana.open("/help")
    expect(ana.page).to_have_title("Help now · Beside")
    ana.drain()
    ana.sent(1)


def test_a_slow_line_still_saves(ana: Phone, line: Line) -> None:
    line.delay = 0.4
    ana.open("/")
    ana.check_in("Bright")
    ana.sent(1)


def test_words_added_on_the_way_are_not_lost(ana: Phone, line: Line) -> None:
    """The tap on the sky is still travelling when the words are written."""
    ana.open("/journal/new")
    line.delay = 1.0
    ana.page.get_by_text("Okay", exact=True).click()
    ana.until(lambda: line.kept)
    ana.fill("words that came later")
    ana.save()
    ana.sent(1)
    line.delay = 0
    assert "words that came later" in ana.journal()


def test_a_page_put_aside_for_back_holds_nobody_up(ana: Phone) -> None:
    """It was still waiting for its turn to send when it was left."""
    other = ana.context.new_page()
    other.goto("/help")
    ana.open("/journal/new")
    name = "outbox-" + ana.page.evaluate("Queue.uid")
    other.evaluate(TAKE_TURN, name)
    ana.page.get_by_text("Okay", exact=True).click()
    ana.until(lambda: other.evaluate(TURNS) >= 1)
    ana.open("/stories")
    other.evaluate("self.done()")
    ana.sent(1)


def test_the_whole_day_without_a_network_and_two_phones(phones: Callable[..., Phone]) -> None:
    """The same person on two phones, both offline: all of it comes together."""
    first, second = phones(), phones()
    name = first.join()
    second.enter(name)
    for phone in (first, second):
        phone.ready()
        phone.context.set_offline(True)
        phone.write("from one of two")
        phone.write("and again")
    for phone in (first, second):
        phone.context.set_offline(False)
        phone.until(partial(_empty, phone))
    assert len({row.cid for row in first.rows()}) == len(first.rows()) == 4


def _has(phone: Phone, rows: int) -> bool:
    return len(phone.rows()) >= rows


def _empty(phone: Phone) -> bool:
    return not phone.waiting()
