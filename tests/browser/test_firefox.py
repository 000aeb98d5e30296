"""The offline flow once more, in Firefox: it has no Background Sync, and here `online` never fires."""

import json
import time
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from tests.browser.conftest import program
from tests.browser.firefox import Firefox
from tests.browser.line import Line
from tests.browser.server import Server
from tests.people import CAST

NAME = "Quiet Fox 900"
TAP = "document.querySelector('form[data-quick] [name=mood][value=\"%s\"]').click()"
SAVED = "!document.querySelector('form[data-quick] .after').hidden"
JOIN = "fetch('/account/join', {method: 'POST', body: new URLSearchParams(%s)}).then(answer => answer.ok)"
PENDING = "document.querySelectorAll('.entry.pending').length"
WRITE = """(() => {
  document.querySelector('[name=mood][value="%s"]').click();
  document.querySelector('textarea[name=note]').value = '%s';
  [...document.querySelectorAll('form[data-outbox] > button')].pop().click();
})()"""
WIPED = """(async () => {
  const stores = (await indexedDB.databases()).map(found => found.name);
  const own = [...stores, ...Object.keys(localStorage)];
  const left = (await Outbox.all('phone')).length;   // not theirs to wipe
  return own.filter(name => (name.includes('outbox') && (left || name !== 'outbox-phone')) || name === 'uid');
})()"""


@pytest.fixture
def firefox() -> Iterator[Firefox]:
    running = Firefox(program("firefox-esr", "firefox"))
    yield running
    running.close()


def until(true: Callable[[], Any], seconds: float = 30) -> None:
    deadline = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < deadline
        time.sleep(0.1)


def test_the_offline_flow(firefox: Firefox, server: Server, line: Line) -> None:
    def here(path: str) -> str:
        return f"{line.site}{path}"

    firefox.open(here("/"))
    firefox.until("navigator.serviceWorker.ready.then(() => !!navigator.serviceWorker.controller)")
    firefox.ask(TAP % 2)
    firefox.until(SAVED)
    line.cut()
    assert firefox.ask("navigator.onLine") is True
    firefox.open(here("/journal/new"))
    firefox.ask(WRITE % (1, "written in the dark"))
    firefox.until("location.pathname === '/journal'")
    firefox.until(f"{PENDING} === 2")
    firefox.open(here("/help"))
    assert firefox.ask("document.title") == "Help now · Beside"

    line.mend()
    firefox.open(here("/"))
    assert firefox.ask(JOIN % json.dumps(CAST["ana"].form | {"name": NAME}))
    firefox.open(here("/journal"))
    firefox.until("!document.querySelector('beside-bring').hidden")
    firefox.ask("document.querySelector('beside-bring [data-yes]').click()")
    until(lambda: [row.mood for row in server.rows(NAME)] == [2, 1])
    firefox.until(f"{PENDING} === 0")

    firefox.open(here("/journal/new"))
    line.cut()
    firefox.ask(WRITE % (5, "and once more"))
    firefox.until(f"{PENDING} === 1")
    line.mend()
    until(lambda: len(server.rows(NAME)) == 3)
    firefox.until("Outbox.all(Queue.uid).then(all => !all.length)")
    assert [row.mood for row in server.rows(NAME)] == [2, 1, 5]

    firefox.open(here("/account/leave"))
    firefox.ask("document.querySelector('beside-signout form').requestSubmit()")
    firefox.until("location.pathname === '/'")
    firefox.until("!!self.Outbox")
    assert firefox.ask(WIPED) == []
