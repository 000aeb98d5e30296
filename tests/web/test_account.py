"""Accounts through the door: the four questions, what a page may tell, and that no input breaks it."""

import asyncio
import os
import re
import subprocess
import sys
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any
from urllib.parse import urlencode

import pytest
from litestar.testing import AsyncTestClient

from care import ages, clock
from care.clock import now
from db import account, limits, passphrase
from db.tables import Attempt, Consent, Person, PersonKey, Session
from tests.people import CAST, join

Client = AsyncTestClient[Any]
People = Callable[[str], Awaitable[Client]]

ANA = CAST["ana"]
NEW = "otter pencil bridge moon"
ELSEWHERE = {"Sec-Fetch-Site": "cross-site", "Origin": "https://elsewhere.example"}
PAGES = ["", "/devices", "/passphrase", "/codes", "/consents", "/delete", "/leave"]
WRITES = ["/devices/out", "/passphrase", "/codes", "/codes/kept", "/consents", "/delete", "/stay"]


@pytest.fixture(autouse=True)
def real_time() -> Any:
    yield
    clock.move(timedelta())


async def post(client: Client, path: str, **fields: str) -> Any:
    return await client.post(f"/account{path}", data=fields, follow_redirects=False)


async def get(client: Client, path: str = "") -> Any:
    return await client.get(f"/account{path}", follow_redirects=False)


async def enter(client: Client, name: str = ANA.name, words: str = ANA.passphrase, **more: str) -> Any:
    return await post(client, "/enter", name=name, passphrase=words, **more)


def born(age: int) -> dict[str, str]:
    before = ages.today(now()).replace(day=1) - timedelta(days=1)
    return {"birth_month": str(before.month), "birth_year": str(before.year - age)}


# The four questions


async def test_it_works(people: People) -> None:
    ana = await people("ana")
    for path in PAGES:
        page = await get(ana, path)
        assert page.status_code == 200, path
        assert page.headers["cache-control"] == "no-store", path
        assert "/help" in page.text, path


@pytest.mark.parametrize("path", PAGES[1:-1])
async def test_the_signed_out_are_asked_in(client: Client, path: str) -> None:
    answer = await get(client, path)
    assert answer.status_code == 303
    assert answer.headers["location"].startswith("/account/enter?next=/account")


@pytest.mark.parametrize("path", WRITES)
async def test_the_signed_out_change_nothing(client: Client, path: str) -> None:
    answer = await post(client, path, passphrase=ANA.passphrase)
    assert answer.status_code == 401
    assert "/help" in answer.text


async def test_a_stranger_cannot_sign_somebody_else_out(people: People) -> None:
    ana, stranger = await people("ana"), await people("stranger")
    theirs = await Session.select(Session.id).where(Session.person.name == "Ana").first()
    assert theirs is not None
    assert (await post(stranger, f"/devices/{theirs['id']}/out")).status_code == 404
    assert (await post(stranger, "/devices/not-an-id/out")).status_code == 404
    assert (await get(ana, "/devices")).status_code == 200


@pytest.mark.parametrize("path", [*WRITES, "/join", "/enter", "/recover", "/leave"])
async def test_another_site_is_refused(people: People, path: str) -> None:
    ana = await people("ana")
    fields = CAST["ben"].form | {"code": "x", "remove": "yes"}
    answer = await ana.post(f"/account{path}", data=fields, headers=ELSEWHERE, follow_redirects=False)
    assert answer.status_code == 403
    assert (await get(ana, "/devices")).status_code == 200
    assert await Person.count() == 1


# Joining


async def test_joining_signs_in_and_shows_the_codes_until_they_are_kept(client: Client) -> None:
    answer = await join(client, "ana")
    assert answer.headers["location"] == "/account/codes"
    cookie = answer.headers["set-cookie"].lower()
    assert "httponly" in cookie and "samesite=lax" in cookie and "path=/" in cookie
    page = await get(client, "/codes")
    shown = re.findall(r"\b(?:[0-9a-z]{4}-){3}[0-9a-z]{4}\b", page.text)
    assert len(shown) == 10
    file = await get(client, "/codes.txt")
    assert file.text.split() == shown
    assert 'filename="notes.txt"' in file.headers["content-disposition"]
    assert file.headers["cache-control"] == "no-store"
    assert (await post(client, "/codes/kept")).status_code == 303
    assert shown[0] not in (await get(client, "/codes")).text
    assert (await get(client, "/codes.txt")).status_code == 404


async def test_over_https_the_cookie_is_secure_and_bound_to_this_host(
    client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    from config import ROOT, read
    from web import callers

    monkeypatch.setattr(callers, "config", read({"ORIGIN": "https://beside.example"}))
    assert "secure" in (await join(client, "ana")).headers["set-cookie"].lower()
    asked = "from web.callers import ASKED, COOKIE; print(ASKED, COOKIE)"
    env = os.environ | {"ORIGIN": "https://beside.example"}
    told = [sys.executable, "-c", asked]
    named = await asyncio.to_thread(subprocess.run, told, cwd=ROOT, env=env, capture_output=True, text=True)
    assert named.stdout.split() == ["__Host-asked", "__Host-beside"]


async def test_a_visitor_leaves_no_row_and_gets_no_cookie(client: Client) -> None:
    for path in ("", "/join", "/enter", "/recover"):
        answer = await get(client, path)
        assert answer.status_code == 200
        assert "set-cookie" not in answer.headers
    assert await Session.count() == await Person.count() == await Attempt.count() == 0


async def test_what_is_wrong_is_said_and_everything_else_is_kept(client: Client) -> None:
    answer = await post(
        client, "/join", name="The Moderator", passphrase="too short", birth_month="13", country="GB"
    )
    assert answer.status_code == 422
    assert "someone on the team" in answer.text
    assert "at least 15 characters" in answer.text
    assert "month you were born" in answer.text
    assert "needs this yes" in answer.text
    assert 'value="The Moderator"' in answer.text
    assert 'value="GB" selected' in answer.text
    assert "too short" not in answer.text, "the passphrase is never sent back"
    assert len(set(re.findall(r'name="suggested" value="([^"]+)"', answer.text))) == 3
    assert await Person.count() == 0


async def test_a_name_can_be_chosen_by_tapping_a_suggestion(client: Client) -> None:
    page = await get(client, "/join")
    offered = re.findall(r'name="suggested" value="([^"]+)"', page.text)
    answer = await post(client, "/join", **(ANA.form | {"name": "", "suggested": offered[1]}))
    assert answer.status_code == 303
    assert await Person.exists().where(Person.name == offered[1])
    client.cookies.clear()
    refused = await post(client, "/join", **(ANA.form | {"name": "Anna Smith"}))
    assert 'name="refused" value="Anna Smith"' in refused.text
    fields = ANA.form | {"name": "Anna Smith", "refused": "Anna Smith", "suggested": offered[0]}
    assert (await post(client, "/join", **fields)).status_code == 303
    assert await Person.exists().where(Person.name == offered[0])
    client.cookies.clear()
    linked = await client.get("/account/join", params={"name": offered[2]})
    assert f'value="{offered[2]}"' in linked.text


async def test_a_form_sent_back_keeps_the_tapped_name_and_the_four_words(client: Client) -> None:
    """They may stand on paper already: other words under the same button would lock somebody out."""
    page = await get(client, "/join")
    tapped = re.findall(r'name="suggested" value="([^"]+)"', page.text)[1]
    words = re.findall(r'name="words" value="([^"]+)"', page.text)[0]
    fields = {"name": "", "suggested": tapped, "words": words, "passphrase": words}
    refused = await post(client, "/join", **(ANA.form | fields | {"birth_month": ""}))
    assert refused.status_code == 422
    assert re.search(rf'name="suggested" value="{tapped}"[^>]* checked', refused.text)
    assert f'data-use="{words}"' in refused.text
    assert "write it once more" in refused.text
    real = ANA.form | {"name": "", "suggested": "Anna Smith", "words": "not four of ours"}
    named = await post(client, "/join", **real)
    assert named.status_code == 422
    assert "Anna Smith" not in re.findall(r'name="suggested" value="([^"]+)"', named.text)
    assert "not four of ours" not in named.text


async def test_of_two_with_one_name_at_once_one_joins_and_the_other_gets_ideas(client: Client) -> None:
    answers = await asyncio.gather(*(post(client, "/join", **ANA.form) for _ in range(3)))
    assert sorted(a.status_code for a in answers) == [303, 422, 422]
    refused = next(a for a in answers if a.status_code == 422)
    assert "Here are some that are free" in refused.text
    assert len(re.findall(r'name="suggested"', refused.text)) == 3


async def test_consents_not_ticked_are_not_given(client: Client) -> None:
    page = await get(client, "/join")
    boxes = re.findall(r'<input type="checkbox" name="consent_\w+"[^>]*>', page.text)
    assert len(boxes) == 5 and not any("checked" in box for box in boxes)
    fields = ANA.form
    del fields["consent_community"]
    await post(client, "/join", **fields)
    assert {row["kind"] for row in await Consent.select()} == {"journal"}


@pytest.mark.parametrize(
    ("age", "country", "said"),
    [
        (12, "GB", "kind people"),
        (8, "", "kind people"),
        (26, "GB", "trained supporter"),
        (14, "DE", "No account yet"),
    ],
)
async def test_who_may_not_join_is_told_kindly_and_nothing_is_kept(
    client: Client, age: int, country: str, said: str
) -> None:
    answer = await post(client, "/join", **(ANA.form | born(age) | {"country": country}))
    assert answer.status_code == 403
    assert said in answer.text
    assert ANA.name not in answer.text
    for table in (Person, Session, PersonKey, Consent, Attempt):
        assert await table.count() == 0


async def test_a_child_gets_childrens_lines_and_cannot_simply_try_again(client: Client) -> None:
    answer = await post(client, "/join", **(ANA.form | born(10)))
    assert "Childline" in answer.text
    told = answer.headers["set-cookie"].lower()
    assert "max-age=86400" in told and "httponly" in told
    assert not re.search("age|child|birth|young", told.split(";")[0]), "the cookie says nothing about them"
    again = await post(client, "/join", **(ANA.form | born(20)))
    assert again.status_code == 403 and await Person.count() == 0
    assert "Childline" in (await get(client, "/join")).text
    clock.move(timedelta(hours=25))
    assert (await post(client, "/join", **(ANA.form | born(20)))).status_code == 303


@pytest.mark.parametrize("forged", ["9999999999.x", "99999999999999.x", "x", ".", "²²²²", "1.1"])
async def test_a_made_up_answer_cookie_means_nothing(client: Client, forged: str) -> None:
    headers = {b"Cookie": f"asked={forged}".encode()}
    answer = await client.post("/account/join", data=ANA.form, headers=headers, follow_redirects=False)
    assert answer.status_code == 303


async def test_the_form_gives_no_hint_of_an_age(client: Client) -> None:
    page = (await get(client, "/join")).text
    form = page[page.index('action="/account/join"') :]
    form = re.sub(r"<svg.*?</svg>", "", form[: form.index("</form>")], flags=re.S)
    assert not re.search(r"\b(13|25|12|26|years old)\b", re.sub(r'value="\d+"|<option.*?</option>', "", form))


async def test_password_managers_and_pasting_are_welcome(client: Client) -> None:
    page = (await get(client, "/join")).text
    assert 'autocomplete="new-password"' in page and 'autocomplete="username"' in page
    assert 'autocomplete="current-password"' in (await get(client, "/enter")).text
    assert "onpaste" not in page and 'maxlength="15' not in page


# Entering


async def test_entering_goes_on_to_where_one_wanted_to_be(people: People, client: Client) -> None:
    await people("ana")
    answer = await enter(client, next="/journal")
    assert (answer.status_code, answer.headers["location"]) == (303, "/journal")
    assert (await get(client, "/devices")).status_code == 200
    assert (await get(client, "/enter?next=/journal")).headers["location"] == "/journal"


@pytest.mark.parametrize(
    "to",
    ["https://elsewhere.example", "//elsewhere.example", "/\\elsewhere.example", "/\t/elsewhere.example",
     "javascript:alert(1)", "journal", "/a\r\nSet-Cookie: x=y", "/account/enter?next=/x", "/é"],
)  # fmt: skip
async def test_next_never_leads_away(people: People, client: Client, to: str) -> None:
    await people("ana")
    answer = await enter(client, next=to)
    assert answer.headers["location"] == "/"
    fresh = await client.get("/account/enter", params={"next": to}, follow_redirects=False)
    assert fresh.headers.get("location", "/") == "/"


async def test_a_wrong_name_and_a_wrong_passphrase_answer_alike(people: People, client: Client) -> None:
    await people("ana")
    wrong = await enter(client, words="never the right words")
    unknown = await enter(client, name="Bob", words="never the right words")
    assert wrong.status_code == unknown.status_code == 401
    assert wrong.text.replace('value="Ana"', "") == unknown.text.replace('value="Bob"', "")
    assert "set-cookie" not in wrong.headers
    assert "never the right" not in wrong.text


async def test_a_session_a_visitor_brings_is_never_adopted(people: People, client: Client) -> None:
    await people("ana")
    planted = "chosen-by-somebody-else-0123456789abcdefghij"
    answer = await client.post(
        "/account/enter",
        data={"name": ANA.name, "passphrase": ANA.passphrase},
        headers={"Cookie": f"beside={planted}"},
        follow_redirects=False,
    )
    assert answer.status_code == 303 and planted not in answer.headers["set-cookie"]
    client.cookies.clear()
    page = await client.get(
        "/account/devices", headers={"Cookie": f"beside={planted}"}, follow_redirects=False
    )
    assert page.status_code == 303, "still nobody"


async def test_entering_again_replaces_the_session(people: People) -> None:
    ana = await people("ana")
    before = ana.cookies["beside"]
    await enter(ana)
    assert ana.cookies["beside"] != before
    assert await account.recognise(before) is None
    assert await Session.count() == 1


async def test_five_wrong_tries_mean_a_wait_and_the_wait_ends(people: People, client: Client) -> None:
    await people("ana")
    for _ in range(limits.ENTER_HERE.tries):
        assert (await enter(client, words="never the right words")).status_code == 401
    waiting = await enter(client)
    assert waiting.status_code == 429
    assert 0 < int(waiting.headers["retry-after"]) <= 900
    assert 'value="Ana"' in waiting.text and ANA.passphrase not in waiting.text
    assert "15 minutes" in waiting.text
    assert (await enter(client, name="Ben", words="never the right words")).status_code == 401
    clock.move(timedelta(minutes=16))
    assert (await enter(client)).status_code == 303


async def test_guessing_from_elsewhere_does_not_lock_the_owner_out(
    people: People, client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    await people("ana")
    from web import callers

    monkeypatch.setattr(callers, "config", replace(callers.config, behind_proxy=True))

    async def try_from(address: str, words: str) -> int:
        client.headers["X-Forwarded-For"] = f"10.9.8.7, {address}"
        return int((await enter(client, words=words)).status_code)

    tried = [await try_from("203.0.113.5", "never the right words") for _ in range(8)]
    assert tried.count(429) == 3
    assert await try_from("198.51.100.20", ANA.passphrase) == 303


async def test_a_forwarded_address_counts_only_behind_a_proxy(people: People, client: Client) -> None:
    await people("ana")
    tried = []
    for n in range(7):
        client.headers["X-Forwarded-For"] = f"203.0.{n}.1"
        tried.append((await enter(client, words="never the right words")).status_code)
    assert tried.count(429) == 2


async def test_too_many_at_once_is_a_polite_503(
    people: People, client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    await people("ana")
    monkeypatch.setattr(passphrase._line, "length", 1000)
    answer = await enter(client)
    assert answer.status_code == 503 and answer.headers["retry-after"]
    assert 'value="Ana"' in answer.text
    monkeypatch.setattr(passphrase._line, "length", 0)
    assert (await enter(client)).status_code == 303


# Leaving, changing, coming back


async def test_signing_out_ends_the_session_and_empties_the_phone_only_when_wanted(people: People) -> None:
    ana = await people("ana")
    token = ana.cookies["beside"]
    answer = await post(ana, "/leave", remove="yes")
    assert answer.headers["location"] == "/"
    assert answer.headers["clear-site-data"] == '"cache", "cookies", "storage"'
    by_script = await ana.post(
        "/account/leave", data={"remove": "yes"}, headers={"X-Uid": "any"}, follow_redirects=False
    )
    assert by_script.headers["clear-site-data"] == '"cache"', "others' unsent words are not ours to wipe"
    assert "max-age=0" in answer.headers["set-cookie"].lower()
    assert await account.recognise(token) is None
    await enter(ana)
    assert "clear-site-data" not in (await post(ana, "/leave")).headers
    assert (await post(ana, "/leave")).status_code == 303, "twice is harmless"


async def test_changing_the_passphrase_keeps_this_phone_and_ends_the_others(
    people: People, client: Client
) -> None:
    ana = await people("ana")
    await enter(client)
    assert (await post(ana, "/passphrase", current="wrong", passphrase=NEW)).status_code == 401
    weak = await post(ana, "/passphrase", current=ANA.passphrase, passphrase="passwordpassword")
    assert weak.status_code == 422 and "easy to guess" in weak.text
    assert ANA.passphrase not in weak.text
    before = ana.cookies["beside"]
    assert (await post(ana, "/passphrase", current=ANA.passphrase, passphrase=NEW)).status_code == 303
    assert ana.cookies["beside"] != before
    assert (await get(ana, "/devices")).status_code == 200
    assert (await get(client, "/devices")).status_code == 303
    assert (await enter(client)).status_code == 401


async def test_a_code_brings_one_back_once(people: People, client: Client) -> None:
    ana = await people("ana")
    code = (await get(ana, "/codes.txt")).text.split()[0]
    wrong = await post(client, "/recover", name="Ana", code="0000-0000-0000-0000", passphrase=NEW)
    nobody = await post(client, "/recover", name="Bob", code=code, passphrase=NEW)
    assert wrong.status_code == nobody.status_code == 401
    assert 'value="0000-0000-0000-0000"' in wrong.text and NEW not in wrong.text
    assert (await post(client, "/recover", name="Ana", code=code, passphrase=NEW)).status_code == 303
    assert (await get(client, "/devices")).status_code == 200
    assert (await get(ana, "/devices")).status_code == 303, "the others are signed out"
    client.cookies.clear()
    assert (await post(client, "/recover", name="Ana", code=code, passphrase=NEW)).status_code == 401


async def test_guessing_codes_ends_in_a_wait(people: People, client: Client) -> None:
    await people("ana")
    tried = [
        (await post(client, "/recover", name="Ana", code=f"guess-{n}", passphrase=NEW)).status_code
        for n in range(7)
    ]
    assert tried == [401] * 5 + [429] * 2


async def test_new_codes_need_the_passphrase(people: People) -> None:
    ana = await people("ana")
    await post(ana, "/codes/kept")
    assert (await post(ana, "/codes", passphrase="wrong")).status_code == 401
    assert (await get(ana, "/codes.txt")).status_code == 404
    assert (await post(ana, "/codes", passphrase=ANA.passphrase)).status_code == 303
    assert len((await get(ana, "/codes.txt")).text.split()) == 10


async def test_devices_can_be_signed_out_from_afar(people: People, client: Client) -> None:
    ana = await people("ana")
    client.headers["User-Agent"] = (
        "Mozilla/5.0 (iPhone; CPU iPhone OS 17_0 like Mac OS X) Version/17.0 Safari/604.1"
    )
    await enter(client)
    page = (await get(ana, "/devices")).text
    assert "Safari on iPhone" in page and "Mozilla" not in page
    path = re.findall(r'action="/account(/devices/[^"]+/out)"', page)[0]
    assert (await post(ana, path)).status_code == 303
    assert (await get(client, "/devices")).status_code == 303
    await enter(client)
    await post(ana, "/devices/out")
    assert (await get(client, "/devices")).status_code == 303
    assert (await get(ana, "/devices")).status_code == 200


async def test_consents_are_switched_and_dated(people: People) -> None:
    ana = await people("ana")
    await post(ana, "/consents", consent_reminders="yes", consent_nonsense="yes")
    page = (await get(ana, "/consents")).text
    assert "Taken back on" in page
    given = {r["kind"] for r in await Consent.select().where(Consent.withdrawn_at.is_null())}
    assert given == {"journal", "reminders"}


async def test_deleting_takes_the_passphrase_and_one_tap_takes_it_back(people: People) -> None:
    ana = await people("ana")
    assert (await post(ana, "/delete", passphrase="wrong")).status_code == 401
    assert "Keep my account" not in (await get(ana)).text
    assert (await post(ana, "/delete", passphrase=ANA.passphrase)).status_code == 303
    banner = (await get(ana)).text
    assert "Keep my account" in banner and 'action="/account/stay"' in banner
    assert (await post(ana, "/stay")).status_code == 303
    assert "Keep my account" not in (await get(ana)).text


# No input breaks it

ODD = ["", "\x00", "\ud800", "\u202e", "x" * 200_000, "🌧️" * 500, "'; --", "{{7*7}}", "<script>x</script>",
       "-1", "1e9", "9" * 20, "٣", "\u00a0", "a\u0301" * 50, "%00", "../../x", "0000-00-00"]  # fmt: skip
FIELDS = [
    "name",
    "passphrase",
    "birth_month",
    "birth_year",
    "country",
    "consent_journal",
    "code",
    "next",
    "current",
]


@pytest.fixture
async def roomy(monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[None]:
    """Limits are not what this asks about."""
    monkeypatch.setattr(limits, "CROWD", 10_000)
    monkeypatch.setattr(limits, "RECOVER_HERE", replace(limits.RECOVER_HERE, tries=10_000))
    monkeypatch.setattr(limits, "CONFIRM", replace(limits.CONFIRM, tries=10_000))
    yield


@pytest.mark.parametrize("field", FIELDS)
async def test_no_form_breaks_on_odd_words(people: People, client: Client, roomy: None, field: str) -> None:
    ana = await people("ana")
    for odd in ODD:
        fields = CAST["ben"].form | {"code": "x", "current": "x", field: odd}
        body = urlencode(fields, errors="surrogatepass").encode()
        for who, path in [(client, p) for p in ("/join", "/enter", "/recover")] + [
            (ana, p) for p in WRITES[:-3]
        ]:
            answer = await who.post(
                f"/account{path}",
                content=body,
                headers={"Content-Type": "application/x-www-form-urlencoded"},
                follow_redirects=False,
            )
            assert answer.status_code in {303, 401, 403, 422, 429}, (path, field, odd[:20])
            assert "<script>x" not in answer.text
        client.cookies.clear()


@pytest.mark.parametrize(
    "body", [b"", b"%", b"=&=&==", b"name=%ff%fe", b"name", b"{}", b"&" * 50_000, b"name=" * 9999]
)
async def test_no_form_breaks_on_odd_bodies(people: People, client: Client, roomy: None, body: bytes) -> None:
    ana = await people("ana")
    for kind in (
        "application/x-www-form-urlencoded",
        "multipart/form-data; boundary=x",
        "text/plain",
        "application/json",
    ):
        for who, path in [(client, p) for p in ("/join", "/enter", "/recover")] + [(ana, p) for p in WRITES]:
            answer = await who.post(
                f"/account{path}", content=body, headers={"Content-Type": kind}, follow_redirects=False
            )
            assert answer.status_code in {303, 401, 422, 429}, (path, kind)


async def test_wrong_methods_and_ids_are_no_accident(people: People) -> None:
    ana = await people("ana")
    assert (await ana.put("/account/join")).status_code == 405
    assert (await get(ana, "/stay")).status_code == 405
    for odd in ("%00", "x" * 300, "../../join", "00000000-0000-0000-0000-000000000000"):
        assert (await post(ana, f"/devices/{odd}/out")).status_code in {404, 405}


async def test_no_name_and_no_passphrase_reaches_the_log(
    client: Client, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("DEBUG")
    canary = ANA.form | {"name": "Canary Moth 44", "passphrase": "canary singing purple tunnels"}
    await post(client, "/join", **canary)
    await enter(client, "Canary Moth 44", "canary silent purple tunnels")
    await post(
        client, "/recover", name="Canary Moth 44", code="canary-code", passphrase="canary third tunnels"
    )
    await post(client, "/passphrase", current="canary silent", passphrase="canary fourth tunnels")
    ours = [r.getMessage() for r in caplog.records if r.name.startswith("beside")]
    assert ours, "something was logged"
    assert not any("canary" in line.lower() for line in ours)
