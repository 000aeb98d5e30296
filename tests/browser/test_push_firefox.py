"""Web push from end to end: Firefox, a push service on this machine, and everything of ours in between."""

import json
import sqlite3
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.browser.conftest import program
from tests.browser.firefox import Firefox
from tests.browser.localpush import DELIVERED, PushService
from tests.browser.server import Server
from tests.people import CAST

POST = "fetch('%s', {method: 'POST', body: new URLSearchParams(%s)}).then(answer => answer.ok)"
STATE = "!document.querySelector('beside-push [data-state=%s]').hidden"
SHOWN = """navigator.serviceWorker.ready.then(ready => ready.getNotifications()).then(list => list.map(one =>
  ({title: one.title, body: one.body, tag: one.tag, actions: one.actions.map(each => each.title)})))"""
CLICK = "document.getElementById('alertBox').click()"
# Firefox draws buttons only with a desktop behind it: this is what such a desktop answers for a tapped one.
BUTTON = """(() => {
  const action = {QueryInterface: ChromeUtils.generateQI(['nsIAlertAction']), action: 'mood-2', title: '',
    iconURL: '', windowsSystemActivationType: false, opaqueRelaunchData: ''};
  gAlertListener.observe(action, 'alertclickcallback', gAlertCookie);
})()"""


@pytest.fixture
def service() -> Iterator[PushService]:
    running = PushService()
    yield running
    running.close()


@pytest.fixture
def told(service: PushService, tmp_path: Path) -> Iterator[Server]:
    """A server of its own, allowed to call our push service."""
    server = Server(tmp_path / "told" / "data")
    server.set(PUSH_HOSTS=service.origin)
    server.start()
    yield server
    server.stop()


@pytest.fixture
def firefox(service: PushService) -> Iterator[Firefox]:
    running = Firefox(program("firefox-esr", "firefox"), service.prefs, inside=True)
    yield running
    running.close()


@pytest.fixture
def ana(firefox: Firefox, told: Server) -> Firefox:
    """Signed in, with a time set, on the page where the phone may be told."""
    firefox.open(site(told))
    assert firefox.ask(POST % ("/account/join", json.dumps(CAST["ana"].form)))
    assert firefox.ask(
        POST % ("/reminders", json.dumps({"time": "20:30", "days": "1", "tz": "Europe/London"}))
    )
    firefox.open(f"{site(told)}/reminders")
    firefox.until(STATE % "off", 60)
    return firefox


def site(server: Server) -> str:
    return f"http://localhost:{server.port}"


def until(true: Callable[[], Any], seconds: float = 60) -> None:
    """Long enough for the server's loop to come round."""
    deadline = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < deadline
        time.sleep(0.1)


def phones(server: Server, and_then: str = "") -> int:
    with sqlite3.connect(server.data / "beside.db", timeout=20) as database:
        (count,) = database.execute("SELECT COUNT(*) FROM subscription").fetchone()
        database.execute(and_then)
    database.close()
    return int(count)


def begin(firefox: Firefox) -> None:
    firefox.tap("[data-begin]")
    firefox.until(STATE % "on", 60)


def try_out(firefox: Firefox, service: PushService) -> None:
    """One push, from the tap until Firefox says that it could read it and shows it."""
    known = len(service.acks)
    firefox.tap("[data-test]")
    until(lambda: len(service.acks) > known)
    firefox.until(f"{SHOWN}.then(list => list.length === 1)")


def alert(firefox: Firefox, script: str) -> None:
    """Runs in the note that Firefox drew on the screen."""
    firefox.ask_inside(script, "alert.xhtml")


def test_from_the_tap_to_the_check_in(ana: Firefox, service: PushService, told: Server) -> None:
    begin(ana)
    assert phones(told) == 1
    try_out(ana, service)
    assert service.acks == [DELIVERED]
    (note,) = ana.ask(SHOWN)
    assert note == {
        "title": "Beside",
        "body": "A minute for you?",
        "tag": "minute",
        "actions": ["A bit heavy", "Okay"],
    }
    (post,) = service.posts
    assert b"minute" not in post.body and len(post.body) == 1024 + 103
    assert post.headers["urgency"] == "low" and 0 < int(post.headers["ttl"]) <= 600
    assert "Ana" not in str(post.headers) and "cookie" not in post.headers
    alert(ana, CLICK)
    until(lambda: f"{site(told)}/journal/new" in ana.windows(), 20)
    until(lambda: not ana.ask(SHOWN), 20)


def test_a_button_keeps_a_check_in_and_opens_nothing(
    ana: Firefox, service: PushService, told: Server
) -> None:
    begin(ana)
    try_out(ana, service)
    alert(ana, BUTTON)
    until(lambda: told.rows("Ana"), 20)
    (row,) = told.rows("Ana")
    assert row.mood == 2 and row.tz and not row.removed
    assert ana.windows() == [f"{site(told)}/reminders"]
    ana.until("Outbox.all(Queue.uid).then(waiting => waiting.length === 0)")


def test_what_is_stopped_is_forgotten(ana: Firefox, service: PushService, told: Server) -> None:
    begin(ana)
    # The server loses the phone, as after a 410: opening the app brings it back.
    phones(told, "DELETE FROM subscription")
    ana.ask("sessionStorage.clear()")
    ana.open(f"{site(told)}/reminders")
    until(lambda: phones(told) == 1, 20)
    # The browser's owner takes the right away, and nobody tells us: the push service does.
    ana.until(STATE % "on")
    ana.ask(
        "navigator.serviceWorker.ready.then(r => r.pushManager.getSubscription()).then(s => s.unsubscribe())"
    )
    ana.tap("[data-test]")
    until(lambda: [post.status for post in service.posts] == [410])
    until(lambda: phones(told) == 0, 20)
    # And the button: gone at once, here and there.
    ana.ask("Reach.drop()")
    ana.open(f"{site(told)}/reminders")
    ana.until(STATE % "off")
    begin(ana)
    ana.tap("[data-end]")
    ana.until(STATE % "off")
    until(lambda: phones(told) == 0, 20)


def test_stopping_on_all_phones_holds_on_those_that_come_back(ana: Firefox, told: Server) -> None:
    begin(ana)
    assert ana.ask(POST % ("/reminders/phone/forget", "{}")), "said on another phone"
    ana.ask("sessionStorage.clear()")
    ana.open(f"{site(told)}/reminders")
    ana.until("navigator.serviceWorker.ready.then(r => r.pushManager.getSubscription()).then(sub => !sub)")
    assert phones(told) == 0
    ana.open(f"{site(told)}/reminders")
    ana.until(STATE % "off")
