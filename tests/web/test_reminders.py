"""Reminders and notices through the door: the four questions, what forms give back, and what files tell."""

import re
from collections.abc import Awaitable, Callable, Iterator
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from icalendar import Calendar
from litestar.testing import AsyncTestClient

from care import clock
from care.clock import now
from care.notices import KINDS
from db import notices
from db.engine import count_queries
from db.reminder_tables import AfterCare, Notice, NoticeSwitch, Reminder, ReminderChoice, Subscription
from db.tables import Person

Client = AsyncTestClient[Any]
People = Callable[[str], Awaitable[Client]]

ELSEWHERE = {"Sec-Fetch-Site": "cross-site", "Origin": "https://elsewhere.example"}
PAGES = [
    *("/reminders", "/reminders/new", "/reminders/words", "/reminders/quiet", "/reminders/pause"),
    *("/reminders/after", "/notices", "/notices/switches"),
]
WRITES = [
    *("/reminders", "/reminders/switch", "/reminders/words", "/reminders/quiet", "/reminders/pause"),
    *("/reminders/phone", "/reminders/phone/forget", "/reminders/zone", "/reminders/answered"),
    *("/reminders/after", "/reminders/after/answer", "/notices/read", "/notices/switches"),
]
EVENING = {"time": "20:30", "days": ["0", "1", "2", "3", "4"], "tz": "Europe/London"}
PHONE = {"endpoint": "https://fcm.googleapis.com/fcm/send/x", "p256dh": "B" + "A" * 86, "auth": "C" * 22}


@pytest.fixture(autouse=True)
def real_time() -> Iterator[None]:
    yield
    clock.move(timedelta())


async def post(client: Client, path: str, data: Any = None, **more: Any) -> Any:
    return await client.post(path, data=data or {}, follow_redirects=False, **more)


async def get(client: Client, path: str) -> Any:
    return await client.get(path, follow_redirects=False)


async def person(name: str) -> UUID:
    row = await Person.select(Person.id).where(Person.name == name).first()
    assert row
    return UUID(str(row["id"]))


# The four questions


async def test_it_works(people: People) -> None:
    ana = await people("ana")
    answer = await post(ana, "/reminders", EVENING)
    assert (answer.status_code, answer.headers["location"]) == (303, "/reminders")
    for path in PAGES:
        page = await get(ana, path)
        assert page.status_code == 200, path
        assert page.headers["cache-control"] == "no-store", path
        assert 'href="/help"' in page.text, path
    home = (await get(ana, "/reminders")).text
    assert re.search(r'class="time">(20:30|8:30)', home)
    assert "A minute for you?" in home
    [row] = await Reminder.select()
    assert (row["local_time"], row["days"]) == ("20:30", 0b11111)
    edit = await get(ana, f"/reminders/{row['id']}")
    assert 'value="20:30"' in edit.text and edit.text.count(" checked") == 5
    await post(ana, f"/reminders/{row['id']}", {**EVENING, "time": "18:15"})
    assert (await Reminder.select())[0]["local_time"] == "18:15"
    await post(ana, f"/reminders/{row['id']}/remove")
    assert await Reminder.count() == 0


@pytest.mark.parametrize("path", PAGES)
async def test_the_signed_out_are_asked_in(client: Client, path: str) -> None:
    answer = await get(client, path)
    assert answer.status_code == 303
    assert answer.headers["location"] == f"/account/enter?next={path}"


@pytest.mark.parametrize("path", WRITES)
async def test_a_signed_out_write_changes_nothing_and_carries_help(client: Client, path: str) -> None:
    answer = await post(client, path, {**EVENING, **PHONE})
    assert answer.status_code == 401
    assert 'href="/help"' in answer.text
    assert [await t.count() for t in (Reminder, Subscription, ReminderChoice)] == [0, 0, 0]


async def test_a_stranger_finds_nothing_of_anas(people: People) -> None:
    ana, stranger = await people("ana"), await people("stranger")
    await post(ana, "/reminders", EVENING)
    [row] = await Reminder.select()
    await notices.leave(await person("Ana"), "reply", "/stories/1")
    [notice] = await Notice.select()
    for path in (f"/reminders/{row['id']}", f"/reminders/{uuid4()}", "/reminders/nonsense"):
        assert (await get(stranger, path)).status_code == 404
    for path in (
        f"/reminders/{row['id']}",
        f"/reminders/{row['id']}/remove",
        f"/notices/{notice['id']}/open",
    ):
        assert (await post(stranger, path, EVENING)).status_code == 404
    await post(stranger, "/notices/read")
    await post(ana, "/reminders/phone", PHONE)
    await post(stranger, "/reminders/phone/forget", {"endpoint": PHONE["endpoint"]})
    assert (await Reminder.count(), await Subscription.count()) == (1, 1)
    [notice] = await Notice.select()
    assert notice["read_at"] is None
    assert "20:30" not in (await get(stranger, "/reminders")).text.replace('value="20:30"', "")


@pytest.mark.parametrize("path", WRITES)
async def test_another_site_is_refused(people: People, path: str) -> None:
    ana = await people("ana")
    answer = await post(ana, path, {**EVENING, **PHONE, "days": "30", "kinds": "reply"}, headers=ELSEWHERE)
    assert answer.status_code == 403
    counts = [await t.count() for t in (Reminder, Subscription, ReminderChoice, AfterCare, NoticeSwitch)]
    assert counts == [0] * 5


# Forms


async def test_a_form_that_needs_mending_comes_back_as_it_was(people: People) -> None:
    ana = await people("ana")
    answer = await post(
        ana, "/reminders", {"time": "23:30", "days": "2", "tz": "Europe/London", "first": "yes"}
    )
    assert answer.status_code == 422
    assert "quiet hours" in answer.text and 'value="23:30"' in answer.text
    answer = await post(ana, "/reminders", {"time": "nine", "tz": "<script>"})
    assert answer.status_code == 422
    assert "at least one day" in answer.text and "&lt;script&gt;" in answer.text
    assert await Reminder.count() == 0
    answer = await post(ana, "/reminders/words", {"words": "own", "own": "x" * 90})
    assert answer.status_code == 422 and "x" * 90 in answer.text
    answer = await post(ana, "/reminders/quiet", {"start": "late", "end": "07:00"})
    assert answer.status_code == 422 and "22:00" in answer.text


async def test_three_times_are_offered_and_no_fourth(people: People) -> None:
    ana = await people("ana")
    for at in ("16:00", "18:00", "20:00"):
        assert (await post(ana, "/reminders", {**EVENING, "time": at})).status_code == 303
    assert "/reminders/new" not in (await get(ana, "/reminders")).text
    assert (await get(ana, "/reminders/new")).headers["location"] == "/reminders"
    assert (await post(ana, "/reminders", {**EVENING, "time": "21:00"})).status_code == 422


async def test_own_words_are_shown_where_they_will_stand(people: People) -> None:
    ana = await people("ana")
    await post(ana, "/reminders/words", {"words": "own", "own": "🌊 <b>"})
    assert "🌊 &lt;b&gt;" in (await get(ana, "/reminders")).text
    [row] = await ReminderChoice.select()
    assert "🌊".encode() not in row["said"]


async def test_pause_switch_and_quiet_hours_are_told_on_the_page(people: People) -> None:
    cho = await people("cho")
    await post(cho, "/reminders", EVENING)
    await post(cho, "/reminders/pause", {"days": "3"})
    assert "Everything is paused until" in (await get(cho, "/reminders")).text
    await post(cho, "/reminders/pause", {"days": "0"})
    assert "Everything is paused until" not in (await get(cho, "/reminders")).text
    assert (await post(cho, "/reminders/pause", {"days": "5000"})).headers["location"] == "/reminders/pause"
    await post(cho, "/reminders/switch")
    assert 'aria-checked="false"' in (await get(cho, "/reminders")).text
    await post(cho, "/reminders/switch", {"on": "yes"})
    assert 'aria-checked="true"' in (await get(cho, "/reminders")).text
    await post(cho, "/reminders/quiet", {"start": "00:00", "end": "00:00"})
    assert "None chosen" in (await get(cho, "/reminders")).text
    assert "school" not in (await get(cho, "/reminders/quiet")).text
    assert "school" in (await get(await people("ana"), "/reminders/quiet")).text


async def test_the_zone_follows_only_who_said_so(people: People) -> None:
    cho = await people("cho")
    await post(cho, "/reminders", EVENING)
    for tz in ("Asia/Kolkata", "Mars/Olympus"):
        assert (await post(cho, "/reminders/zone", {"tz": tz})).status_code == 204
    assert (await ReminderChoice.select())[0]["tz"] == "Europe/London"
    await post(cho, "/reminders/quiet", {"start": "22:00", "end": "07:00", "follows": "yes"})
    await post(cho, "/reminders/zone", {"tz": "Asia/Kolkata"})
    assert (await ReminderChoice.select())[0]["tz"] == "Asia/Kolkata"


# Phones and files


async def test_a_phone_is_kept_once_and_forgotten_at_sign_out(people: People) -> None:
    ana = await people("ana")
    for _ in range(2):
        assert (await post(ana, "/reminders/phone", PHONE)).status_code == 200
    assert await Subscription.count() == 1
    evil = {**PHONE, "endpoint": "https://169.254.169.254/latest"}
    assert (await post(ana, "/reminders/phone", evil)).status_code == 422
    await post(ana, "/reminders/phone/forget", {"endpoint": PHONE["endpoint"]})
    assert await Subscription.count() == 0
    await post(ana, "/reminders/phone", PHONE)
    await post(ana, "/account/leave")
    assert await Subscription.count() == 0


async def test_the_calendar_file_repeats_at_local_time_and_names_nobody(people: People) -> None:
    ana = await people("ana")
    assert (await get(ana, "/reminders/calendar.ics")).status_code == 404
    await post(ana, "/reminders", EVENING)
    answer = await get(ana, "/reminders/calendar.ics")
    assert answer.headers["content-type"].startswith("text/calendar")
    [event] = Calendar.from_ical(answer.content).walk("VEVENT")
    assert event["summary"] == "A minute for you?"
    start = event["dtstart"].dt
    assert (start.hour, start.minute, start.tzinfo.key) == (20, 30, "Europe/London")
    assert event["rrule"]["BYDAY"] == ["MO", "TU", "WE", "TH", "FR"]
    for told in ("Beside", "beside", "Ana", "http", "mood"):
        assert told not in answer.text + str(answer.headers["content-disposition"])


# Notices


async def test_notices_open_once_and_lead_where_they_say(people: People) -> None:
    ana = await people("ana")
    who = await person("Ana")
    for kind in KINDS:
        await notices.leave(who, kind, f"/{kind}")
    page = (await get(ana, "/notices")).text
    assert page.count('class="card told fresh"') == len(KINDS)
    ids = re.findall(r"/notices/([0-9a-f-]{36})/open", page)
    answer = await post(ana, f"/notices/{ids[0]}/open")
    assert (answer.status_code, answer.headers["location"][1:] in KINDS) == (303, True)
    await post(ana, "/notices/read")
    assert 'class="card told fresh"' not in (await get(ana, "/notices")).text
    assert (await post(ana, "/notices/nonsense/open")).status_code == 404


async def test_an_inbox_is_read_page_by_page(people: People) -> None:
    ana = await people("ana")
    for n in range(25):
        await notices.leave(await person("Ana"), "thanks", f"/stories/{n}")
    first = (await get(ana, "/notices")).text
    older = re.search(r'href="(/notices\?before=[^"]+)"', first)
    assert first.count("/open") == 20 and older
    second = (await get(ana, older[1])).text
    assert second.count("/open") == 5 and "Older ones" not in second
    with count_queries() as count:
        await get(ana, "/notices")
    assert count.n <= 2


async def test_in_a_break_the_inbox_says_so_and_keeps_what_people_did_for_later(people: People) -> None:
    ana = await people("ana")
    who = await person("Ana")
    for kind in ("reply", "talk"):
        await notices.leave(who, kind, f"/{kind}")
    assert (await get(ana, "/notices")).text.count("/open") == 2
    await post(ana, "/account/controls/break", {"days": "3"})
    with count_queries() as count:
        page = (await get(ana, "/notices")).text
    assert count.n <= 3
    assert KINDS["talk"].text in page and KINDS["reply"].text not in page
    assert "What other people did waits here for you" in page
    await post(ana, "/notices/read")
    await post(ana, "/account/controls/back")
    page = (await get(ana, "/notices")).text
    assert "waits here" not in page
    assert page.count('class="card told fresh"') == 1 and KINDS["reply"].text in page


async def test_switches_are_off_until_switched_on(people: People) -> None:
    ana = await people("ana")
    assert " checked" not in (await get(ana, "/notices/switches")).text
    await post(ana, "/notices/switches", {"kinds": ["reply", "duty", "nonsense"]})
    assert (await get(ana, "/notices/switches")).text.count(" checked") == 1
    assert [row["kind"] for row in await NoticeSwitch.select()] == ["reply"]


# After-care


async def test_after_care_is_asked_answered_and_forgotten(people: People) -> None:
    ana = await people("ana")
    await post(ana, "/reminders/after", {"steps": ["1", "7"], "time": "16:30", "tz": "Europe/London"})
    assert "I will ask how you are" in (await get(ana, "/reminders/after")).text
    clock.move(timedelta(days=4))
    page = (await get(ana, "/reminders/after")).text
    assert "How is it now" in page and "Stop asking" in page
    answer = await post(ana, "/reminders/after/answer", {"answer": "better"})
    assert answer.headers["location"] == "/reminders/after?said=better&step=1"
    assert await AfterCare.count() == 1
    clock.move(timedelta(days=9))
    answer = await post(ana, "/reminders/after/answer", {"answer": "worse"})
    assert answer.headers["location"] == "/help"
    assert await AfterCare.count() == 0
    assert "Shall I ask" in (await get(ana, "/reminders/after?said=%3Cb%3E&step=7")).text


async def test_one_tap_ends_after_care(people: People) -> None:
    ana = await people("ana")
    await post(ana, "/reminders/after", {})
    assert await AfterCare.count() == 3
    await post(ana, "/reminders/after/answer", {"answer": "stop"})
    assert await AfterCare.count() == 0
    assert "won’t ask again" in (await get(ana, "/reminders/after?said=stop")).text
    assert (await post(ana, "/reminders/after/answer", {"answer": "nonsense"})).status_code == 303


async def test_the_line_for_today_draws_what_waits_and_nothing_else() -> None:
    from db.reminders import Waiting
    from web.render import environment

    def draw(**waits: Any) -> str:
        template = environment().get_template("reminders/_due.html")
        return template.render(due=Waiting(**waits)).strip()

    assert draw() == ""
    assert "/reminders/answered" in draw(minute=True)
    assert "/reminders/after" in draw(question=True)
    assert 'data-zone="Europe/London"' in draw(zone="Europe/London")


async def test_nobody_is_hurried_by_what_is_stored(people: People) -> None:
    ana = await people("ana")
    await post(ana, "/reminders", EVENING)
    [row] = await Reminder.select()
    assert now() < row["next_at"] < now() + timedelta(days=4)
