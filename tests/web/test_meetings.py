"""Meetings of groups through their doors, with plain forms; and their calendar file, read strictly."""

import asyncio
import re
from collections.abc import AsyncIterator, Awaitable, Callable
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4
from zoneinfo import ZoneInfo

import pytest
from httpx import AsyncClient
from icalendar import Calendar

from care import clock
from care.groups import Plan as Group
from care.meetings import Plan
from care.moments import local
from db import account, blocks, devices, groups, meetings_due
from db import meetings as verbs
from db.devices import Viewer
from db.engine import count_queries
from db.groups_tables import Membership
from db.limits import Limit
from db.meetings_tables import Meeting, Registration
from db.staff_tables import StaffCheck, StaffRole
from jobs import meetings as meetings_job
from tests.members import member, opened
from tests.web.conftest import door
from tests.web.test_moderation import viewer

Client = AsyncClient
Team = tuple[Viewer, Viewer]
People = Callable[[str], Awaitable[Client]]
OTHER_SITE = {"Sec-Fetch-Site": "cross-site", "Origin": "https://elsewhere.example"}
RULES = ("Be kind.", "No names.", "Step out when you need to.")
ZONES = ["Europe/London", "America/New_York", "Australia/Sydney"]


@pytest.fixture(autouse=True)
async def mo(app: Any) -> AsyncIterator[Viewer]:
    await opened()
    yield await member("desk", "c", "moderator")
    clock.move(timedelta())


@pytest.fixture
async def lin(mo: Viewer) -> Viewer:
    return await member("lin", "c", "moderator")


@pytest.fixture
def team(mo: Viewer, lin: Viewer) -> Team:
    return mo, lin


@pytest.fixture
async def staffed(app: Any, mo: Viewer) -> AsyncIterator[Client]:
    """The desk's own browser, past its second step."""
    async with door(app) as client:
        client.cookies["beside"] = await devices.begin(mo.person, account.Caller())
        found = await account.recognise(client.cookies["beside"])
        assert found
        await StaffCheck(session=found.session, until=clock.now() + timedelta(days=800)).save()
        yield client


@pytest.fixture
async def group(mo: Viewer) -> UUID:
    return await groups.make(mo, Group("Night owls", "For long nights.", RULES, "ab"))


@pytest.fixture
async def ana(people: People, group: UUID) -> Client:
    client = await people("ana")
    await groups.join(await viewer(client), group, "posting")
    return client


def form(mo: Viewer, lin: Viewer, **more: str) -> dict[str, str]:
    wall = local(clock.now() + timedelta(days=4), "Europe/London")
    return {
        "title": "Tea & talk", "about": "Bring <a mug>.", "day": f"{wall:%Y-%m-%d}", "time": "18:00",
        "zone": "Europe/London", "host": str(mo.person), "second": str(lin.person), **more,
    }  # fmt: skip


async def made(mo: Viewer, lin: Viewer, group: UUID, **more: Any) -> str:
    wall = local(clock.now() + timedelta(days=4), "Europe/London").replace(tzinfo=None, microsecond=0)
    usual = {"title": "Tea and talk", "wall": wall, "zone": "Europe/London", "host": mo.person}
    meeting = await verbs.make(mo, group, Plan(**{**usual, "second": lin.person, **more}))
    return f"/groups/{group}/meetings/{meeting}"


async def test_it_is_made_found_said_yes_to_and_taken_back_without_a_script(
    staffed: Client, ana: Client, mo: Viewer, lin: Viewer, group: UUID
) -> None:
    assert "Make a meeting" in (await staffed.get(f"/groups/{group}/meetings")).text
    page = await staffed.post(f"/groups/{group}/meetings/new", data=form(mo, lin, series="weekly", times="2"))
    assert page.status_code == 200, page.text
    path = page.url.path
    assert "Meetings: next on" in (await ana.get(f"/groups/{group}")).text
    page = await ana.get(f"/groups/{group}/meetings")
    assert page.text.count("Tea &amp; talk") == 2 and "Make a meeting" not in page.text
    page = await ana.get(path)
    assert "Bring &lt;a mug&gt;." in page.text and "12 places are free" in page.text
    assert "18:00–19:00" in page.text and "desk · lin" in page.text
    page = await ana.post(f"{path}/register", data={})
    assert page.url.path == path and "You have a place" in page.text
    assert "You have a place" in (await ana.post(f"{path}/register", data={})).text
    page = await ana.post(f"{path}/withdraw")
    assert "12 places are free" in page.text
    assert (await ana.post(f"{path}/withdraw")).status_code == 200, "A second tap finds it done."
    plain = await ana.post(f"{path}/register", follow_redirects=False)
    assert plain.status_code == 303


async def test_what_was_written_comes_back_with_what_to_mend(
    staffed: Client, mo: Viewer, lin: Viewer, group: UUID
) -> None:
    new = f"/groups/{group}/meetings/new"
    for bad in (
        {"zone": "Mars/Base"}, {"day": "9999-01-01"}, {"day": "0000-00-00"}, {"minutes": "-1"},
        {"second": str(mo.person)}, {"host": "nobody"}, {"cap": "9" * 400}, {"about": "x" * 60_000},
        {"mode": "in_person"}, {"series": "weekly", "times": "99"}, {"title": "\u202e" + "y" * 200},
        {"time": "24:61"}, {"lang": "x" * 90_000}, {"zone": "\ud800"}, {"zone": ""},
    ):  # fmt: skip
        body = {**form(mo, lin), "access": "Step-free.", **bad}
        page = await staffed.post(
            new, data={k: v.encode("utf-8", "replace").decode() for k, v in body.items()}
        )
        assert page.status_code == 422, bad
        assert "everything you wrote is still here" in page.text and "Step-free." in page.text, bad
    assert await Meeting.count() == 0
    for empty in ({}, {"x": "y"}, {"title": ["a", "b"]}):
        assert (await staffed.post(new, data=empty)).status_code == 422
    path = await made(mo, lin, group)
    page = await staffed.get(f"{path}/edit")
    assert 'value="Tea and talk"' in page.text and page.text.count(" selected") == 2
    page = await staffed.post(f"{path}/edit", data=form(mo, lin, minutes="999"))
    assert page.status_code == 422 and "240" in page.text
    page = await staffed.post(
        f"{path}/edit", data=form(mo, lin, title="Cocoa", notes="death", note_own="A <fire>")
    )
    assert page.status_code == 200 and "Cocoa" in page.text
    assert "It may be about: death and loss" in page.text and "A &lt;fire&gt;" in page.text
    page = await staffed.get(f"{path}/edit")
    assert 'value="A &lt;fire&gt;"' in page.text and page.text.count(" checked") >= 2
    page = await staffed.post(f"{path}/cancel", data={"words": "x" * 400})
    assert page.status_code == 422 and "x" * 400 in page.text
    assert (await staffed.post(f"{path}/cancel", data={})).status_code == 422
    page = await staffed.post(f"{path}/cancel", data={"words": "The library <is> shut."})
    assert "The library &lt;is&gt; shut." in page.text and "It does not take place." in page.text


async def test_addresses_that_lead_nowhere_are_404(staffed: Client, ana: Client, group: UUID) -> None:
    for path in ("meetings/no", f"meetings/{uuid4()}", f"meetings/{uuid4()}/meeting.ics", "meetings/9999"):
        for who in (staffed, ana):
            assert (await who.get(f"/groups/{group}/{path}")).status_code == 404, path
    for after in (
        "x",
        "9999-99-99.x",
        "%00",
        "9999-12-31T23:59:59+00:00." + "0" * 32,
        "0001-01-01." + "f" * 32,
    ):
        assert (await ana.get(f"/groups/{group}/meetings?after={after}")).status_code == 200, after


async def test_a_stranger_the_other_side_and_the_signed_out_get_nothing(
    people: People, client: Client, ana: Client, team: Team, group: UUID
) -> None:
    mo, lin = team
    path = await made(mo, lin, group, title="Tea for owls")
    stranger, cho = await people("stranger"), await people("cho")
    assert "Tea for owls" in (await ana.get(path)).text, "It is there."
    gets = ("", "/edit", "/people", "/meeting.ics")
    posts = ("/register", "/withdraw", "/felt", "/edit", "/agree", "/cancel", "/people")
    for who in (stranger, cho):
        assert (await who.get(f"/groups/{group}/meetings")).status_code == 404
        for end in gets:
            answer = await who.get(path + end)
            assert answer.status_code == 404 and "Tea for owls" not in answer.text, end
        for end in posts:
            assert (await who.post(path + end, data={"why": "ill", "felt": "okay"})).status_code == 404, end
    for end in ("/edit", "/people"):
        assert (await ana.get(path + end)).status_code == 404, end
    for end in ("/edit", "/agree", "/people"):
        assert (await ana.post(path + end, data=form(mo, lin))).status_code == 404, end
    assert (await ana.post(f"{path}/cancel", data={"why": "ill"})).status_code == 404
    assert (await ana.get(f"/groups/{group}/meetings/new")).status_code == 404
    for end in posts:
        assert (await ana.post(path + end, headers=OTHER_SITE)).status_code == 403, end
        assert (await client.post(path + end, follow_redirects=False)).status_code in (303, 401), end
    for end in gets:
        assert (await client.get(path + end, follow_redirects=False)).status_code in (303, 401), end
    people_there = await Registration.select().where(Registration.state != "leads")
    assert people_there == [] and not (await Meeting.select().where(Meeting.cancelled_at.is_not_null()))


async def test_full_is_said_kindly_and_a_place_comes_by_itself(
    people: People, ana: Client, mo: Viewer, lin: Viewer, group: UUID
) -> None:
    ben = await people("ben")
    await groups.join(await viewer(ben), group, "posting")
    path = await made(mo, lin, group, cap=1)
    await ana.post(f"{path}/register")
    page = await ben.get(path)
    assert "it is not about you" in page.text and "Put me on the list" in page.text
    assert "You are on the list" in (await ben.post(f"{path}/register")).text
    got = await asyncio.gather(ana.post(f"{path}/withdraw"), ben.get(path))
    assert {one.status_code for one in got} == {200}
    assert "You have a place" in (await ben.get(path)).text
    assert "or there is news about it" in (await ben.get("/notices")).text
    assert "news about it" not in (await ana.get("/notices")).text


async def test_nothing_tells_who_was_blocked_by_a_host(
    people: People, ana: Client, mo: Viewer, lin: Viewer, group: UUID
) -> None:
    ben = await people("ben")
    await groups.join(await viewer(ben), group, "posting")
    path = await made(mo, lin, group)
    await ana.post(f"{path}/register")
    assert "Meetings: next on" in (await ben.get(f"/groups/{group}")).text, "It is there."
    for who in (ana, ben):
        await blocks.block(lin, (await viewer(who)).person)
    page = await ben.get(f"/groups/{group}")
    assert "Meetings</a>" in page.text and "next on" not in page.text
    assert "Meetings: next on" in (await ana.get(f"/groups/{group}")).text
    assert "you come" in (await ana.get(f"/groups/{group}/meetings")).text
    assert (await ana.get(f"{path}/meeting.ics")).status_code == 200
    page = await ana.post(f"{path}/withdraw")
    assert page.status_code == 200 and "12 places are free" in page.text
    assert "You have a place" in (await ana.post(f"{path}/register")).text


async def test_in_person_the_young_tick_and_the_address_comes_late(
    ana: Client, staffed: Client, mo: Viewer, lin: Viewer, group: UUID
) -> None:
    place = {"mode": "in_person", "area": "Leeds", "address": "4 Library Lane", "expect": "Green scarves."}
    path = await made(mo, lin, group, **place)
    page = await ana.get(path)
    assert "Leeds" in page.text and "Green scarves." in page.text and "Library Lane" not in page.text
    assert "My parent or carer knows" in page.text
    page = await ana.post(f"{path}/register", data={})
    assert page.status_code == 422 and "Please tick this first" in page.text
    page = await ana.post(f"{path}/register", data={"consent": "yes"})
    assert "You have a place" in page.text and "Library Lane" not in page.text
    assert "an adult knows" in (await staffed.get(f"{path}/people")).text
    clock.move(timedelta(days=2, minutes=5))
    assert "4 Library Lane" in (await ana.get(path)).text
    assert "Library" not in (await ana.get(f"{path}/meeting.ics")).text


async def test_who_has_a_place_can_tick_once_it_is_in_person(
    ana: Client, staffed: Client, mo: Viewer, lin: Viewer, group: UUID
) -> None:
    wall = local(clock.now() + timedelta(hours=30), "Europe/London").replace(tzinfo=None, microsecond=0)
    path = await made(mo, lin, group, wall=wall)
    page = await ana.post(f"{path}/register")
    assert "You have a place" in page.text and "tick" not in page.text
    place = {"mode": "both", "area": "Leeds", "address": "4 Library Lane", "expect": "Green scarves."}
    when = {"day": f"{wall:%Y-%m-%d}", "time": f"{wall:%H:%M}"}
    for mode, asked in (("both", "If you come in person"), ("in_person", "This meeting is in person.")):
        page = await staffed.post(f"{path}/edit", data=form(mo, lin, **when, **place | {"mode": mode}))
        assert page.status_code == 200 and "Library Lane" in page.text
        page = await ana.get(path)
        assert "You have a place" in page.text and asked in page.text and "Library Lane" not in page.text
        assert "You also tick that an adult knows." in page.text
        assert "see the address here." in page.text and "see the address here from" not in page.text
    page = await ana.post(f"{path}/register", data={})
    assert page.status_code == 422 and "Please tick this first" in page.text
    page = await ana.post(f"{path}/register", data={"consent": "yes"})
    assert "4 Library Lane" in page.text and "tick this" not in page.text


async def test_who_was_there_and_how_it_was(
    ana: Client, staffed: Client, mo: Viewer, lin: Viewer, group: UUID
) -> None:
    path = await made(mo, lin, group)
    await ana.post(f"{path}/register")
    person = (await viewer(ana)).person
    assert (await ana.post(f"{path}/felt", data={"felt": "okay"})).status_code == 404, "Not yet."
    clock.move(timedelta(days=4, minutes=10))
    page = await ana.post(f"{path}/felt", data={"felt": "hard"})
    assert "You don’t have to carry it alone." in page.text
    assert (await ana.post(f"{path}/felt", data={"felt": "x" * 900})).status_code == 404
    page = await staffed.post(f"{path}/people", data={str(person): "yes", "junk": "no", str(uuid4()): "no"})
    assert "Kept." in page.text and "Shown once five or more" in page.text
    assert (await Registration.select().where(Registration.person == person))[0]["came"] == "yes"


async def test_a_member_who_looks_after_it_asks_the_team(
    ana: Client, staffed: Client, people: People, team: Team, group: UUID
) -> None:
    mo, lin = team
    ben = await people("ben")
    await groups.join(await viewer(ben), group, "posting")
    mine = Membership.person == (await viewer(ana)).person
    await Membership.update({Membership.facilitator: True}).where(mine)
    page = await ana.post(f"/groups/{group}/meetings/new", data=form(mo, lin))
    assert "somebody of the team reads it first" in page.text
    path = page.url.path
    assert (await ben.get(path)).status_code == 404
    assert "Tea" not in (await ben.get(f"/groups/{group}/meetings")).text
    assert (await ana.get(f"{path}/edit")).status_code == 200
    assert "may stand" in (await staffed.get(path)).text
    await staffed.post(f"{path}/agree")
    assert (await ben.get(path)).status_code == 200 and (await ana.get(f"{path}/edit")).status_code == 404
    page = await ana.post(f"/groups/{group}/meetings/new", data=form(mo, lin, mode="in_person", address="x"))
    assert page.status_code == 422 and "Only the team invites people to meet in person" in page.text


async def test_a_meeting_with_one_adult_says_so_to_those_who_can_mend_it(
    ana: Client, staffed: Client, mo: Viewer, lin: Viewer, group: UUID
) -> None:
    path = await made(mo, lin, group)
    for who in (ana, staffed):
        page = await who.get(path)
        assert "Two adults look after it:" in page.text and "not both" not in page.text
    await StaffRole.update({StaffRole.removed_at: clock.now()}).where(StaffRole.person == lin.person)
    await meetings_job.remind()
    page = await ana.get(path)
    assert "Who looks after it: <b" in page.text and "Two adults" not in page.text
    assert "lin" not in re.findall(r'translate="no">([^<]*)</b>', page.text) and "not both" not in page.text
    assert "not both are still there. Please name somebody" in (await staffed.get(path)).text
    assert "news about it" in (await staffed.get("/notices")).text


async def test_nobody_makes_meetings_without_end(
    staffed: Client, mo: Viewer, lin: Viewer, group: UUID, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(verbs, "MAKES", Limit("make a meeting", 1, timedelta(days=1)))
    new = f"/groups/{group}/meetings/new"
    assert (await staffed.post(new, data=form(mo, lin))).status_code == 200
    page = await staffed.post(new, data=form(mo, lin))
    assert page.status_code == 429 and "Bring &lt;a mug&gt;." in page.text


async def test_the_time_is_told_on_both_clocks(ana: Client, mo: Viewer, lin: Viewer, group: UUID) -> None:
    wall = local(clock.now() + timedelta(days=4), "Asia/Tokyo").replace(tzinfo=None, hour=9, minute=0)
    path = await made(mo, lin, group, wall=wall, zone="Asia/Tokyo")
    assert "On your clock" not in (await ana.get(path)).text, "Nobody knows their clock yet."
    made_ = {"id": str(uuid4()), "mood": "3", "tz": "Europe/London", "felt_at": clock.now().isoformat()}
    assert (await ana.post("/journal", data=made_)).status_code in (200, 303)
    page = await ana.get(path)
    assert "09:00–10:00" in page.text and re.search(r"On your clock: .*, 0[01]:00–0[12]:00", page.text)


@pytest.mark.parametrize(
    ("zone", "name"),
    [("UTC", "UTC"), ("Etc/GMT+3", "UTC-03"), ("America/Coyhaique", "UTC-03"), ("Asia/Tokyo", "Japan Time")],
)
async def test_every_clock_has_a_name_that_people_know(
    ana: Client, team: Team, group: UUID, zone: str, name: str
) -> None:
    page = await ana.get(await made(*team, group, zone=zone))
    assert f">{name}</span>" in page.text and "Unknown" not in page.text


async def test_a_page_of_meetings_costs_three_statements(
    ana: Client, staffed: Client, mo: Viewer, lin: Viewer, group: UUID
) -> None:
    path = await made(mo, lin, group, series="weekly", times=12)
    await made(mo, lin, group, series="fortnight", times=12)
    await ana.post(f"{path}/register")
    for who, page in (
        *(
            (ana, each)
            for each in (path, f"/groups/{group}/meetings", f"/groups/{group}", f"{path}/meeting.ics")
        ),
        *((staffed, each) for each in (f"{path}/edit", f"{path}/people", f"/groups/{group}/meetings/new")),
    ):
        with count_queries() as counted:
            answer = await who.get(page)
        assert answer.status_code == 200 and counted.n <= 3, page
    page = await ana.get(f"/groups/{group}/meetings")
    later = re.search(r'\?after=([^"]+)"', page.text)
    assert later and page.text.count("Tea and talk") == 20
    page = await ana.get(f"/groups/{group}/meetings?after={later[1]}")
    assert page.text.count("Tea and talk") == 4


# The calendar file


def strict(raw: bytes) -> Calendar:
    """By RFC 5545: lines end in CRLF, none is longer than 75 bytes, and what is read again is the same."""
    assert raw.endswith(b"\r\n") and b"\n" not in raw.replace(b"\r\n", b"")
    assert all(len(line) <= 75 for line in raw.split(b"\r\n"))
    raw.decode("utf-8")
    found = Calendar.from_ical(raw)
    assert isinstance(found, Calendar) and not found.errors and not any(each.errors for each in found.walk())
    assert found.to_ical() == raw
    return found


@pytest.mark.parametrize("zone", [*ZONES, "UTC"])
async def test_the_calendar_file_is_discreet_and_right_over_a_change_of_clocks(
    ana: Client, mo: Viewer, lin: Viewer, group: UUID, zone: str
) -> None:
    wall = local(clock.now() + timedelta(days=4), zone).replace(tzinfo=None, hour=18, minute=0, second=0)
    words = {"title": "Owls of Leeds", "about": "x" * 900, "access": "Quiet room."}
    await made(
        mo, lin, group, wall=wall.replace(microsecond=0), zone=zone, series="monthly", times=12, **words
    )
    rows = await Meeting.select(Meeting.id, Meeting.starts_at).order_by(Meeting.starts_at)
    offsets = set()
    for row in rows:
        answer = await ana.get(f"/groups/{group}/meetings/{row['id']}/meeting.ics")
        assert answer.headers["content-type"].startswith("text/calendar")
        assert answer.headers["cache-control"] == "no-store"
        found = strict(answer.content)
        (event,) = found.walk("VEVENT")
        assert str(event["summary"]) == "Meeting" and str(event["uid"]) == str(row["id"])
        for word in (
            b"owl",
            b"leeds",
            b"night",
            b"quiet",
            b"desk",
            b"beside",
            b"valarm",
            b"http",
            b"location",
        ):
            assert word not in answer.content.lower(), word
        start = event.decoded("dtstart")
        assert start.astimezone(UTC) == row["starts_at"] and start.hour == 18
        assert event.decoded("duration") == timedelta(minutes=60)
        zones = [str(each["tzid"]) for each in found.walk("VTIMEZONE")]
        assert zones == ([] if zone == "UTC" else [zone])
        for each in found.walk("VTIMEZONE"):
            # What the file itself says of the zone, not what this machine knows, gives the same moment.
            told = each.to_tz(lookup_tzid=False)
            assert start.replace(tzinfo=told).astimezone(UTC) == row["starts_at"]
        offsets.add(start.utcoffset())
    assert len(offsets) == (1 if zone == "UTC" else 2), "No clock was changed in between."


async def test_a_changed_meeting_moves_in_a_calendar_and_a_cancelled_one_says_so(
    ana: Client, staffed: Client, mo: Viewer, lin: Viewer, group: UUID
) -> None:
    path = await made(mo, lin, group)
    await staffed.post(f"{path}/edit", data=form(mo, lin))
    (event,) = strict((await ana.get(f"{path}/meeting.ics")).content).walk("VEVENT")
    assert int(event["sequence"]) == 1 and str(event["status"]) == "CONFIRMED"
    await staffed.post(f"{path}/cancel", data={"why": "ill"})
    (event,) = strict((await ana.get(f"{path}/meeting.ics")).content).walk("VEVENT")
    assert int(event["sequence"]) == 2 and str(event["status"]) == "CANCELLED"


async def test_a_time_that_a_clock_change_leaves_out_is_when_the_gap_ends(
    ana: Client, mo: Viewer, lin: Viewer, group: UUID
) -> None:
    here = ZoneInfo("Europe/London")
    day = next(d for n in range(366) if _skips(d := clock.now().date() + timedelta(days=n), here))
    wall = datetime(day.year, day.month, day.day, 1, 30)  # noqa: DTZ001
    path = await made(mo, lin, group, wall=wall)
    assert "02:00–03:00" in (await ana.get(path)).text
    (event,) = strict((await ana.get(f"{path}/meeting.ics")).content).walk("VEVENT")
    assert event.decoded("dtstart").hour == 2
    assert await meetings_due.remind() == 0


def _skips(day: Any, here: ZoneInfo) -> bool:
    wall = datetime(day.year, day.month, day.day, 1, 30, tzinfo=here)
    return wall.astimezone(UTC).astimezone(here).hour != 1
