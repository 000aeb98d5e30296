"""The second step of staff, and the rules for everyone."""

import html
import re
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from datetime import timedelta
from typing import Any

import pyotp
import pytest
from litestar import Litestar, Request, Router, get, post

from care import clock
from care.clock import now
from care.community import RULES
from db import instance, staff
from db.staff_tables import SecondFactor, StaffCheck
from tests.people import CAST

from .conftest import Client, door

pytestmark = pytest.mark.usefixtures("database")
People = Callable[[str], Awaitable[Client]]

HERE = "/account/second-factor"
POSTS = [HERE, f"{HERE}/begin", f"{HERE}/close"]
KEY = re.compile(r'<p class="setup-key">(.*?)</p>', re.S)


@pytest.fixture(autouse=True)
def clock_back() -> Iterator[None]:
    yield
    clock.move(timedelta())


async def moderator(people: People) -> Client:
    mo = await people("mo")
    await staff.add(CAST["mo"].name, "moderator", "a test")
    return mo


async def set_up(mo: Client) -> pyotp.TOTP:
    page = await mo.post(f"{HERE}/begin", data={"passphrase": CAST["mo"].passphrase})
    found = KEY.search(page.text)
    assert page.status_code == 200 and found, page.text
    return pyotp.TOTP("".join(found[1].split()))


async def test_setting_it_up_opens_the_work_and_renews_the_cookie(people: People) -> None:
    mo = await moderator(people)
    assert "A second step" in (await mo.get(HERE)).text
    totp = await set_up(mo)
    before = dict(mo.cookies)
    page = await mo.post(HERE, data={"code": totp.at(now())})
    assert "You’re checked in to work" in page.text and "Moderator" in page.text
    assert dict(mo.cookies) != before
    assert totp.secret not in page.text and not KEY.search((await mo.get(HERE)).text)
    page = await mo.post(f"{HERE}/close")
    assert "Your code" in page.text and await StaffCheck.count() == 0


async def test_the_picture_is_part_of_the_page_and_loads_nothing(people: People) -> None:
    mo = await moderator(people)
    await set_up(mo)
    page = (await mo.get(HERE)).text
    picture = page.split('role="img"')[1].split("</div>")[0]
    assert "<svg" in picture and "<path" in picture and "style=" not in picture and "http" not in picture
    assert "otpauth:" not in page


async def test_a_wrong_code_and_a_wrong_passphrase_are_said_kindly(people: People) -> None:
    mo = await moderator(people)
    answer = await mo.post(f"{HERE}/begin", data={"passphrase": "not this one at all"})
    assert answer.status_code == 401 and "isn’t your passphrase" in answer.text
    totp = await set_up(mo)
    answer = await mo.post(HERE, data={"code": "12345", "next": "/moderation"})
    assert answer.status_code == 401 and "doesn’t fit" in html.unescape(answer.text)
    assert 'name="next" value="/moderation"' in answer.text
    assert (await mo.post(HERE, data={"code": totp.at(now())})).status_code == 200
    again = await mo.post(HERE, data={"code": totp.at(now())})
    assert again.status_code == 401, "No code works twice."


async def test_guessing_has_to_wait(people: People) -> None:
    mo = await moderator(people)
    await set_up(mo)
    said = [(await mo.post(HERE, data={"code": "1"})).status_code for _ in range(6)]
    assert said == [401] * 5 + [429]


async def test_the_secret_goes_when_it_was_not_used(people: People) -> None:
    mo = await moderator(people)
    await set_up(mo)
    clock.move(timedelta(minutes=16))
    assert "A second step" in (await mo.get(HERE)).text


@pytest.mark.parametrize("to", ["//evil.example", "https://evil.example", "/account/enter?x"])
async def test_nobody_is_sent_to_another_site(people: People, to: str) -> None:
    mo = await moderator(people)
    totp = await set_up(mo)
    assert to not in (await mo.get(HERE, params={"next": to})).text
    answer = await mo.post(HERE, data={"code": totp.at(now()), "next": to}, follow_redirects=False)
    assert answer.headers["location"] == "/"


@pytest.mark.parametrize("path", POSTS)
async def test_it_is_there_for_staff_only(client: Client, people: People, path: str) -> None:
    assert (await client.post(path)).status_code == 401
    ana = await people("ana")
    assert (await ana.post(path, data={"passphrase": CAST["ana"].passphrase})).status_code == 404
    assert (await ana.get(HERE)).status_code == 404
    mo = await moderator(people)
    elsewhere = {"Sec-Fetch-Site": "cross-site", "Origin": "https://evil.example"}
    assert (await mo.post(path, headers=elsewhere)).status_code == 403
    assert await SecondFactor.count() == 0
    assert (await client.get(HERE, follow_redirects=False)).headers["location"].startswith("/account/enter")


async def test_you_names_the_work_to_staff_only(people: People) -> None:
    ana, mo = await people("ana"), await moderator(people)
    assert HERE not in (await ana.get("/account")).text
    assert HERE in (await mo.get("/account")).text


async def test_staff_read_what_is_missing_and_then_that_it_may_open(people: People) -> None:
    mo = await moderator(people)
    totp = await set_up(mo)
    assert "still needs" not in (await mo.get(HERE)).text, "Not before the second step."
    page = html.unescape((await mo.post(HERE, data={"code": totp.at(now())})).text)
    assert "still needs" in page and "Rules:" in page and "A moderator:" not in page
    await instance.adopt()
    assert "may open" in (await mo.get(HERE)).text


async def test_the_rules_are_for_everyone_to_read(client: Client) -> None:
    page = html.unescape((await client.get("/moderation/rules")).text)
    assert all(rule in page for rule in RULES)
    await instance.adopt(("Be kind", "Be <b>kinder</b>", "Be kindest"))
    page = (await client.get("/moderation/rules")).text
    assert "Be &lt;b&gt;kinder&lt;/b&gt;" in page and html.escape(RULES[1]) not in page


@pytest.fixture
async def guarded(database: Any) -> AsyncIterator[Any]:
    """The real app with one more room in it, as the desk will be."""
    from web import app as real
    from web.guards import staff as only
    from web.render import page

    @get("/test-desk")
    async def look(request: Request[Any, Any, Any]) -> Any:
        only(request, "moderator", "operator")
        return page(request, "staff/rules.html", rules=["inside"], shipped=())

    @post("/test-desk", status_code=200)
    async def decide(request: Request[Any, Any, Any]) -> Any:
        only(request, "moderator")
        return page(request, "staff/rules.html", rules=["inside"], shipped=())

    made: Litestar = real.build()
    made.register(Router(path="/", route_handlers=[look, decide]))
    yield made


async def test_a_room_for_staff_asks_for_the_code_first(guarded: Any) -> None:
    from tests.people import join

    async with door(guarded) as mo, door(guarded) as ana, door(guarded) as nobody:
        await join(mo, "mo")
        await join(ana, "ana")
        await staff.add(CAST["mo"].name, "moderator", "a test")
        assert (await ana.get("/test-desk")).status_code == 404
        signed_out = await nobody.get("/test-desk", follow_redirects=False)
        assert signed_out.headers["location"] == "/account/enter?next=/test-desk"
        asked = await mo.get("/test-desk", follow_redirects=False)
        assert asked.headers["location"] == f"{HERE}?next=/test-desk"
        assert (await mo.post("/test-desk")).status_code == 401
        totp = await set_up(mo)
        inside = await mo.post(HERE, data={"code": totp.at(now()), "next": "/test-desk"})
        assert "inside" in inside.text and (await mo.post("/test-desk")).status_code == 200
        await staff.remove(CAST["mo"].name, "a test")
        assert (await mo.get("/test-desk")).status_code == 404
