"""The shell: Today, the pages kept for offline, the rooms that are not open yet, and kind errors."""

import json
import re
from pathlib import Path
from typing import Any

import pytest

Client = Any
KEPT = ["/offline", "/journal/shell", "/away", "/report/blank"]
PUBLIC = [
    "/",
    "/stories",
    "/groups",
    "/help",
    "/account",
    "/account/join",
    "/account/enter",
    "/journal",
    "/journal/new",
]


@pytest.mark.parametrize("path", PUBLIC + KEPT[:2])
async def test_every_page_carries_help_and_leave_in_the_same_order(client: Client, path: str) -> None:
    answer = await client.get(path)
    assert answer.status_code == 200
    main = answer.text.index("<main")
    leave, help_now, you = (
        answer.text.index(mark) for mark in ('id="leave"', 'class="pill help"', 'class="avatar"')
    )
    assert leave < help_now < you < main
    assert 'href="/help"' in answer.text[help_now - 60 : help_now + 60]


async def test_a_visitor_gets_one_question_and_no_cookie(client: Client) -> None:
    answer = await client.get("/")
    assert "How are you, right now?" in answer.text
    assert answer.text.count('type="radio"') == 5
    assert "set-cookie" not in answer.headers


async def test_today_of_a_member_asks_by_name(people: Any) -> None:
    ana = await people("ana")
    answer = await ana.get("/")
    assert re.search(r"Hey \S+, how’s the sky in there\?", answer.text)
    assert answer.headers["cache-control"] == "no-store"


@pytest.mark.parametrize("path", KEPT)
async def test_kept_pages_hold_no_person_even_for_a_member(people: Any, client: Client, path: str) -> None:
    ana = await people("ana")
    mine, nobodys = await ana.get(path), await client.get(path)
    assert mine.status_code == 200
    assert mine.text == nobodys.text
    assert "no-store" not in mine.headers["cache-control"]


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [("get", "/nope", 404), ("post", "/help", 405), ("get", "/static/nope.js", 404)],
)
async def test_errors_are_pages_that_carry_help(client: Client, method: str, path: str, status: int) -> None:
    answer = await client.request(method, path)
    assert answer.status_code == status
    assert answer.headers["content-type"].startswith("text/html")
    assert 'href="/help"' in answer.text
    assert 'id="leave"' in answer.text


async def test_a_fault_of_ours_is_a_kind_page_and_logs_no_words(
    client: Client, monkeypatch: Any, caplog: Any
) -> None:
    from db import journal

    async def broken(*_: Any, **__: Any) -> None:
        raise RuntimeError("the canary sings")

    ana_words = "the canary sings"
    monkeypatch.setattr(journal, "recent", broken)
    from tests.people import join

    await join(client, "ana")
    answer = await client.get("/")
    assert answer.status_code == 500
    assert "Something broke on our side" in answer.text
    assert "RuntimeError" in caplog.text
    assert ana_words not in caplog.text + answer.text


async def test_manifest_names_files_that_exist(client: Client) -> None:
    told = json.loads((await client.get("/manifest.json")).text)
    pictures = [*told["icons"], *told["screenshots"]]
    assert {i["purpose"] for i in told["icons"]} >= {"any", "maskable", "monochrome"}
    assert {s["form_factor"] for s in told["screenshots"]} == {"narrow", "wide"}
    for picture in pictures:
        answer = await client.get(picture["src"])
        assert answer.status_code == 200
        if picture["type"] == "image/png":
            width, height = (int.from_bytes(answer.content[at : at + 4]) for at in (16, 20))
            assert picture["sizes"] == f"{width}x{height}"
            assert max(width, height) <= 2.3 * min(width, height)


async def test_worker_lists_only_what_is_served(client: Client) -> None:
    worker = (await client.get("/sw.js")).text
    lists = [json.loads(re.search(rf"{name} *= *(\[.*?\])", worker)[1]) for name in ("SHELL", "LATER")]  # type: ignore[index]
    listed = [path for one in lists for path in one]
    assert "/help" in lists[0] and "/stories/write/phone" in lists[1]
    assert "__" not in re.sub(r"[\"']", "", worker).replace("__proto__", "")
    for path in listed:
        answer = await client.get(path, follow_redirects=False)
        assert answer.status_code == 200, path
        assert "set-cookie" not in answer.headers


async def test_health(client: Client) -> None:
    assert (await client.get("/healthz")).text == "ok\n"
    assert (await client.head("/healthz")).status_code == 200


async def test_static_is_immutable_hashed_and_precompressed(client: Client) -> None:
    page = (await client.get("/")).text
    url = re.search(r'href="(/static/app\.[0-9a-f]{10}\.css)"', page)[1]  # type: ignore[index]
    answer = await client.get(url, headers={"accept-encoding": "br"})
    assert "immutable" in answer.headers["cache-control"]
    assert answer.headers["content-encoding"] == "br"
    old = await client.get(re.sub(r"\.[0-9a-f]{10}\.", ".0000000000.", url))
    assert old.status_code == 200
    assert old.headers["cache-control"] == "no-cache"
    assert (await client.get("/static/../config.py")).status_code == 404


def test_vendored_files_are_what_was_reviewed() -> None:
    import hashlib

    from web.assets import STATIC

    sums = dict(
        line.split()[::-1] for line in Path(STATIC / "vendor" / "SHA384SUMS").read_text().splitlines()
    )
    assert sums
    for name, wanted in sums.items():
        assert hashlib.sha384((STATIC / "vendor" / name).read_bytes()).hexdigest() == wanted
