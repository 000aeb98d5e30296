"""Help now opens for everyone, always: signed out, unknown country, no database, no network after."""

import re
from datetime import timedelta
from html import unescape
from typing import Any
from urllib.parse import quote

import brotli
import pytest

from care import clock, help
from care.helpline import read
from db import engine

COUNTRIES = [*sorted(help.countries()), "ZZ", "KZ", "QQ"]
SMALL = 15_000  # bytes of HTML, as it stands
JUNK = ["<script>alert(1)</script>", '"><img src=x>', "gb'--", "GBR", "\u202eBG", "é", "..", "x" * 2000, ""]


def hrefs(html: str, scheme: str) -> list[str]:
    return [unescape(found) for found in re.findall(rf'href="({scheme}:[^"]+)"', html)]


@pytest.mark.parametrize("country", COUNTRIES)
async def test_every_country_has_a_small_page_with_its_lines(client: Any, country: str) -> None:
    answer = await client.get(f"/help/in/{country.lower()}")
    html = answer.text
    assert answer.status_code == 200 and len(answer.content) < SMALL
    lines = help.lines(country, clock.now().date())
    for line in lines or help.directories():
        assert f"<h3 translate=no>{line.name}</h3>" in unescape(html)
    dialled = {phone.href for line in lines for phone in line.phones}
    assert set(hrefs(html, "tel")) == dialled | {p.href for p in help.emergency(country)} | (
        set() if help.emergency(country) else {"tel:112"}
    )
    assert "In immediate danger?" in html


async def test_no_page_shows_a_doubtful_number(client: Any) -> None:
    html = (await client.get("/help/world")).text
    for country in sorted(help.countries()):
        html += (await client.get(f"/help/in/{country.lower()}")).text
    doubtful = [phone.href for line in read() if not line.shipped for phone in line.phones]
    assert len(doubtful) >= 6
    assert not set(doubtful) & set(hrefs(html, "tel"))


async def test_the_british_page_says_what_to_do(client: Any) -> None:
    html = (await client.get("/help/in/gb", headers={"accept-language": "en-GB"})).text
    first = [*hrefs(html, "sms"), *hrefs(html, "tel")]
    assert first[0] == "sms:85258?&body=SHOUT"
    order = [html.index(mark) for mark in ("sms:85258", "tel:116123", "tel:999", "<h3 translate=no>Shout")]
    assert order == sorted(order)
    assert "Text SHOUT to 85258" in html and "Call 0800 1111" in html
    assert "24 hours, every day" in html and "open now" not in html.lower()
    assert "17:00 to midnight, every day" in html
    assert "No check date yet" in html and "won’t show on your phone bill" in html


async def test_dates_are_said_as_the_reader_says_them(client: Any) -> None:
    british = (await client.get("/help/in/us", headers={"accept-language": "en-GB"})).text
    american = (await client.get("/help/in/us", headers={"accept-language": "en-US"})).text
    assert "Checked on 8 August 2026" in british
    assert "Checked on August 8, 2026" in american


async def test_an_old_line_sinks_and_says_so(client: Any) -> None:
    fresh = (await client.get("/help/in/us")).text
    assert fresh.index("<h3 translate=no>988") < fresh.index("<h3 translate=no>Childhelp")
    clock.move(timedelta(days=3650))
    try:
        old = (await client.get("/help/in/us")).text
    finally:
        clock.move(timedelta())
    assert old.index("<h3 translate=no>Childhelp") < old.index("<h3 translate=no>988")
    assert "Last checked on" in old and "Checked on" not in old.replace("Last checked on", "")


@pytest.mark.parametrize(
    ("accepted", "place"),
    [
        ("en-GB", "United Kingdom"),
        ("en-US,en;q=0.5", "United States"),
        ("fr-CA", "Canada"),
        ("kk-KZ", "Kazakhstan"),
    ],
)
async def test_the_country_is_guessed_from_the_language(client: Any, accepted: str, place: str) -> None:
    answer = await client.get("/help", headers={"accept-language": accepted})
    assert f'<h2 class="grow">{place}</h2>' in answer.text
    assert "set-cookie" not in answer.headers, "a visitor is given nothing to carry"
    assert {"Accept-Language", "Cookie"} <= set(re.split(", ?", answer.headers["vary"]))


async def test_a_choice_is_remembered_without_a_session(client: Any) -> None:
    answer = await client.get("/help", params={"country": "IE"}, follow_redirects=False)
    assert (answer.status_code, answer.headers["location"]) == (303, "/help/in/ie")
    answer = await client.get("/help/in/ie")
    assert re.fullmatch(r"country=IE; Max-Age=\d+; Path=/; SameSite=lax", answer.headers["set-cookie"])
    later = await client.get("/help", headers={"accept-language": "en-US"})
    assert '<option value="IE" selected>' in later.text
    assert "<h3 translate=no>Childline (ISPCC)</h3>" in later.text
    assert "set-cookie" not in (await client.get("/help/in/qq")).headers


@pytest.mark.parametrize("said", JUNK)
async def test_whatever_is_asked_the_page_is_kind_and_repeats_nothing(client: Any, said: str) -> None:
    path = (
        await client.get(f"/help/in/{quote(said, safe='')}")
        if said not in {"", ".."} and "/" not in said
        else None
    )
    asked = await client.get("/help", params={"country": said})
    carried = await client.get("/help", headers={"cookie": f"country={quote(said)}"})
    for answer in filter(None, (path, asked, carried)):
        assert answer.status_code == 200
        assert len(said) < 3 or said not in unescape(answer.text)
        assert 'href="tel:' in answer.text
    assert "Find a line near you" in asked.text


async def test_it_opens_with_the_database_gone(client: Any) -> None:
    carrying = {"cookie": "beside=a-session-that-would-be-looked-up; __Host-beside=another"}
    await engine.stop()
    while engine.running():
        await engine.stop()
    for path in ("/help", "/help/in/gb", "/help/world"):
        answer = await client.get(path, headers=carrying)
        assert answer.status_code == 200 and 'href="tel:' in answer.text
    assert (await client.get("/healthz")).status_code >= 500, "the premise: there is no database"


@pytest.mark.parametrize("path", ["/help", "/help/in/gb", "/help/in/zz", "/help/world"])
async def test_the_head_can_be_asked_for_alone(client: Any, path: str) -> None:
    answer = await client.head(path)
    assert (answer.status_code, answer.content) == (200, b"")


async def test_every_country_on_one_small_page(client: Any) -> None:
    answer = await client.get("/help/world")
    assert answer.text.count("<details>") == len(help.countries())
    shown = set(hrefs(answer.text, "tel")) | set(hrefs(answer.text, "sms"))
    today = clock.now().date()
    lines = [line for country in help.countries() for line in help.lines(country, today)]
    assert shown >= {phone.href for line in lines for phone in line.phones}
    assert shown >= {line.text.href for line in lines if line.text}
    assert shown >= {phone.href for country in help.countries() for phone in help.emergency(country)}
    assert len(brotli.compress(answer.content)) <= 9_000


@pytest.mark.parametrize("path", ["/help/in/us", "/help/in/sg", "/help/in/zz", "/help/world"])
async def test_no_other_site_learns_where_a_person_came_from(client: Any, path: str) -> None:
    html = (await client.get(path)).text
    outside = re.findall(r'<a [^>]*href="https?:[^>]+>', html)
    assert len(outside) > 1
    assert all('rel="noreferrer"' in link for link in outside)


async def test_the_page_carries_nothing_of_whoever_is_signed_in(client: Any, people: Any) -> None:
    ana = await people("ana")
    theirs, anyones = (await ana.get("/help/in/gb")).text, (await client.get("/help/in/gb")).text
    assert theirs == anyones
