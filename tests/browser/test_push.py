"""The worker's side of push and what the page says of it, in Chromium: no push service is needed for that."""

import json
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from playwright.sync_api import CDPSession, Worker, expect

from care.notices import FACES, message, say
from tests.browser.phone import Phone

WHOSE = "Outbox.draft('push', 'whose', {uid: Queue.uid, endpoint: '', key: '', yes: ''})"
SHOWN = """async () => (await registration.getNotifications()).map(one => ({
  title: one.title, body: one.body, tag: one.tag, actions: one.actions.map(each => each.action)}))"""
# An event of ours is not trusted to keep the worker awake, so it hands over its promise instead.
CLICK = """async action => {
  const [notification] = await registration.getNotifications();
  const event = new NotificationEvent('notificationclick', { notification, action });
  let work;
  Object.defineProperty(event, 'waitUntil', { value: given => { work = given; } });
  dispatchEvent(event);
  await work;
  return (await registration.getNotifications()).length;
}"""
WATCH = """(() => {
  self.badges = []; self.showings = 0; self.closed = 0;
  navigator.setAppBadge = async n => { badges.push(n); };
  const show = registration.showNotification.bind(registration), { close } = Notification.prototype;
  registration.showNotification = (...all) => show(...all).then(() => { showings++; });
  Notification.prototype.close = function () { closed++; return close.call(this); };
})()"""
WINDOWS = "self.opened = []; clients.openWindow = to => { opened.push(to); return Promise.resolve(); }; null"
CLOSE = "async () => { for (const one of await registration.getNotifications()) one.close(); }"
ANSWERS = "Notification.requestPermission = async () => '%s';"
DENIED = "Object.defineProperty(Notification, 'permission', { get: () => 'denied' });"
ASKED = "self.asked = 0; Notification.requestPermission = async () => { asked++; return 'granted'; };"
CLEARED = "self.cleared = 0; navigator.clearAppBadge = async () => { cleared++; };"
SILENT = "PushManager.prototype.subscribe = () => new Promise(() => {});"
IPHONE = (
    "Mozilla/5.0 (iPhone; CPU iPhone OS 17_0 like Mac OS X) AppleWebKit/605.1.15 Version/17.0 Safari/604.1"
)


class Told:
    """A phone that may show notes, and what its worker does with them."""

    def __init__(self, phone: Phone) -> None:
        self.phone, self.site = phone, phone.line.site
        phone.ask(WHOSE)
        self.line: CDPSession = phone.context.new_cdp_session(phone.page)
        found: list[dict[str, Any]] = []
        self.line.on("ServiceWorker.workerRegistrationUpdated", lambda e: found.extend(e["registrations"]))
        self.line.send("ServiceWorker.enable")
        phone.until(lambda: [each for each in found if each["scopeURL"].startswith(self.site)])
        self.id = next(each["registrationId"] for each in found if each["scopeURL"].startswith(self.site))
        self.worker.evaluate(WATCH)

    @property
    def worker(self) -> Worker:
        return self.phone.context.service_workers[0]

    def get(self, data: str) -> list[dict[str, Any]]:
        """Delivers a push; what is on the screen after it."""
        sent = {"origin": self.site, "registrationId": self.id, "data": data}
        known = self.worker.evaluate("showings")
        self.line.send("ServiceWorker.deliverPushMessage", sent)
        self.phone.until(lambda: self.worker.evaluate("showings") > known)
        return self.shown()

    def shown(self) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = self.worker.evaluate(SHOWN)
        return found

    def click(self, action: str = "") -> int:
        """How many notes are left."""
        left: int = self.worker.evaluate(CLICK, action)
        return left


def payload(face: str = "minute", badge: int = 3) -> str:
    made = message(face, say(), topic="t", ttl=60, badge=badge, origin="")
    return made.payload.decode()


@pytest.fixture
def told(phones: Callable[..., Phone]) -> Iterator[Told]:
    phone = phones(permissions=["notifications"])
    phone.join()
    phone.ready()
    ready = Told(phone)
    yield ready
    # Chromium knows a note by its site and tag: one that goes with its phone could take the next one's along.
    ready.worker.evaluate(CLOSE)
    phone.until(lambda: not ready.shown())


@pytest.mark.parametrize("face", FACES)
def test_every_face_is_shown_neutral(told: Told, face: str) -> None:
    buttons = ["mood-2", "mood-4"] if face == "minute" else []
    shown = told.get(payload(face))
    assert shown == [{"title": "Beside", "body": FACES[face][0], "tag": face, "actions": buttons}]
    told.phone.until(lambda: told.worker.evaluate("badges") == [3])


@pytest.mark.parametrize(
    "data",
    [
        *("", "not json", "{}", "[]", "null", '{"notification": null}', '{"notification": {}}'),
        '{"notification": {"title": "Beside", "actions": 3}}',
        '{"notification": {"title": "Beside", "actions": [{"action": "x"}]}}',
        '{"notification": {"title": "Beside", "tag": {"a": 1}, "app_badge": "many"}}',
    ],
)
def test_whatever_comes_something_is_shown(told: Told, data: str) -> None:
    """An iPhone takes the right away after three pushes that showed nothing."""
    (note,) = told.get(data)
    assert note["title"] == "Beside"


def test_the_same_twice_is_one(told: Told) -> None:
    told.get(payload())
    assert len(told.get(payload(badge=4))) == 1
    assert len(told.get(payload("note"))) == 2


def test_yesterdays_makes_room_for_todays(told: Told) -> None:
    """Or today's would take its place without a sound."""
    told.get(payload())
    told.get(payload())
    assert told.worker.evaluate("closed") == 0
    told.worker.evaluate("{ const now = Date.now; Date.now = () => now() + 864e5; } null")
    told.get(payload())
    told.phone.until(lambda: told.worker.evaluate("closed") == 1)


@pytest.mark.parametrize(("action", "mood"), [("mood-2", 2), ("mood-4", 4)])
def test_a_button_keeps_a_check_in(told: Told, action: str, mood: int) -> None:
    told.worker.evaluate(WINDOWS)
    told.get(payload())
    assert told.click(action) == 0
    told.phone.sent(1)
    (row,) = told.phone.rows()
    assert (row.mood, row.tz) == (mood, "Europe/London")
    assert told.worker.evaluate("opened") == []


def test_a_button_without_a_network_keeps_it_too(told: Told) -> None:
    told.get(payload())
    told.phone.context.set_offline(True)
    told.click("mood-2")
    assert [dict(entry["fields"])["mood"] for entry in told.phone.waiting()] == ["2"]
    told.phone.context.set_offline(False)
    told.phone.sent(1)


def test_a_button_on_a_phone_that_is_nobodys_opens_the_check_in(told: Told) -> None:
    told.phone.ask("Outbox.wipe('push')")
    told.worker.evaluate(WINDOWS)
    told.get(payload())
    told.click("mood-2")
    assert told.worker.evaluate("opened") == [f"{told.site}/journal/new"]


@pytest.mark.parametrize(
    ("navigate", "opens"),
    [("/notices", "/notices"), ("", "/journal/new"), ("https://elsewhere.example/x", "/journal/new")],
)
def test_a_tap_opens_a_page_of_ours(told: Told, navigate: str, opens: str) -> None:
    told.worker.evaluate(WINDOWS)
    told.get(json.dumps({"notification": {"title": "Beside", "navigate": navigate}}))
    assert told.click() == 0
    assert told.worker.evaluate("opened") == [told.site + opens]


def test_a_page_that_is_open_is_brought_forward(told: Told) -> None:
    """Nobody's half-written words are navigated away."""
    told.phone.open("/journal/new")
    told.worker.evaluate(WINDOWS)
    told.worker.evaluate(
        "WindowClient.prototype.focus = async function () { opened.push('focus ' + this.url); }; null"
    )
    told.get(payload())
    told.click()
    assert told.worker.evaluate("opened") == [f"focus {told.site}/journal/new"]


# What the page says


def set_time(phone: Phone) -> None:
    phone.open("/reminders")
    phone.page.get_by_role("button", name="Set this time").click()
    expect(phone.page.locator(".slot")).to_be_visible()


def state(phone: Phone, name: str) -> None:
    for each in phone.page.locator("beside-push [data-state]").all():
        shown = each.get_attribute("data-state") == name
        expect(each).to_be_visible(timeout=20_000) if shown else expect(each).to_be_hidden()


def join(phone: Phone) -> Phone:
    phone.join()
    phone.ready()
    return phone


def test_permission_is_asked_by_a_tap_after_a_time_was_set(phones: Callable[..., Phone]) -> None:
    phone = phones(permissions=["notifications"])
    phone.context.add_init_script(ASKED)
    join(phone)
    phone.open("/reminders")
    assert phone.page.locator("beside-push").count() == 0
    set_time(phone)
    state(phone, "off")
    assert phone.ask("asked") == 0
    phone.page.get_by_role("button", name="Tell this phone too").click()
    phone.until(lambda: phone.ask("asked") == 1)


def test_a_browser_that_never_answers_is_not_waited_for(phones: Callable[..., Phone]) -> None:
    phone = phones(permissions=["notifications"])
    phone.context.add_init_script(SILENT)
    join(phone)
    set_time(phone)
    phone.page.clock.install()
    phone.page.reload()
    state(phone, "off")
    phone.page.get_by_role("button", name="Tell this phone too").click()
    state(phone, "asking")
    phone.page.clock.run_for(15_500)
    state(phone, "late")
    expect(phone.page.get_by_role("button", name="Try again")).to_be_visible()


def test_a_browser_that_refuses_at_once_is_said_too(phones: Callable[..., Phone]) -> None:
    phone = join(phones(permissions=["notifications"]))
    set_time(phone)
    phone.page.get_by_role("button", name="Tell this phone too").click()
    state(phone, "late")  # in a private window, as every window of these tests is


@pytest.mark.parametrize(("answer", "says"), [("denied", "refused"), ("default", "off")])
def test_a_no_is_accepted(phone: Phone, answer: str, says: str) -> None:
    phone.context.add_init_script(ANSWERS % answer)
    join(phone)
    set_time(phone)
    phone.page.get_by_role("button", name="Tell this phone too").click()
    state(phone, says)


def test_an_earlier_no_is_not_asked_again(phone: Phone) -> None:
    phone.context.add_init_script(DENIED)
    join(phone)
    set_time(phone)
    state(phone, "refused")


@pytest.mark.parametrize(("agent", "says"), [("", "unavailable"), (IPHONE, "install")])
def test_a_browser_without_push_says_what_is_possible(
    phones: Callable[..., Phone], agent: str, says: str
) -> None:
    phone = phones(**({"user_agent": agent} if agent else {}))
    phone.context.add_init_script("delete self.PushManager;")
    join(phone)
    set_time(phone)
    state(phone, says)


def test_without_scripts_the_page_says_what_works(phones: Callable[..., Phone]) -> None:
    phone = phones(java_script_enabled=False)
    phone.join()
    phone.context.request.post(
        f"{phone.line.site}/reminders", form={"time": "20:30", "days": "1", "tz": "UTC"}
    )
    phone.open("/reminders")
    expect(phone.page.get_by_text("As a quiet line on Today")).to_be_visible()
    expect(phone.page.get_by_role("button", name="Tell this phone too")).to_be_hidden()


def test_opening_the_app_clears_the_badge(phones: Callable[..., Phone]) -> None:
    phone = phones()
    phone.context.add_init_script(CLEARED)
    phone.open("/")
    phone.until(lambda: phone.ask("cleared") >= 1)
