"""Every answer is wrapped the same: headers, same-site writes only, no words or addresses in the log."""

import logging
import re
import sys
from typing import Any

import pytest

from web.logs import Plain

Client = Any
PAGES = ["/", "/help", "/journal", "/nope", "/static/nope.css", "/sw.js", "/manifest.json", "/healthz"]


@pytest.mark.parametrize("path", PAGES)
async def test_security_headers_stand_on_every_answer(client: Client, path: str) -> None:
    headers = (await client.get(path)).headers
    csp = headers["content-security-policy"]
    assert csp.startswith("default-src 'none'")
    assert "unsafe" not in csp
    assert headers["referrer-policy"] == "no-referrer"
    assert headers["cross-origin-opener-policy"] == "same-origin"
    assert headers["x-content-type-options"] == "nosniff"
    assert "geolocation=()" in headers["permissions-policy"]
    assert ("x-robots-tag" in headers) == (path not in {"/", "/help", "/journal"})


WRITES = ["/journal", "/account/join", "/account/enter", "/account/leave", "/account/delete"]


@pytest.mark.parametrize("path", WRITES)
@pytest.mark.parametrize(
    "headers",
    [
        {"sec-fetch-site": "cross-site"},
        {"sec-fetch-site": "same-site"},
        {"origin": "https://elsewhere.example"},
        {"origin": "null"},
    ],
)
async def test_writes_from_another_site_are_refused(people: Any, path: str, headers: dict[str, str]) -> None:
    ana = await people("ana")
    answer = await ana.post(path, data={"mood": "3"}, headers=headers)
    assert answer.status_code == 403
    assert 'href="/help"' in answer.text


async def test_our_own_pages_may_write(people: Any) -> None:
    ana = await people("ana")
    for headers in ({"sec-fetch-site": "same-origin"}, {"origin": "http://testserver.local"}, {}):
        assert (
            await ana.post("/journal", data={"mood": "3"}, headers=headers, follow_redirects=False)
        ).status_code == 303


@pytest.mark.parametrize(
    "path", ["/journal/%E2%80%AE", "/journal/%0d%0aSet-Cookie:%20a=b", "/journal/%00/edit"]
)
async def test_no_path_breaks_the_way_in(client: Client, path: str) -> None:
    """A path arrives decoded; as a header it must be plain again, or the answer could not be sent."""
    answer = await client.get(path, follow_redirects=False)
    assert answer.status_code == 303
    assert answer.headers["location"].isascii() and answer.headers["location"].isprintable()
    assert answer.headers["location"].startswith("/account/enter?next=/journal/%")


@pytest.mark.parametrize("kind", ["application/x-www-form-urlencoded", "multipart/form-data; boundary=x"])
async def test_a_line_that_breaks_half_way_is_no_fault_of_ours(app: Any, caplog: Any, kind: str) -> None:
    parts = [{"type": "http.request", "body": b"note=half", "more_body": True}]
    sent: list[Any] = []

    async def receive() -> Any:
        return parts.pop() if parts else {"type": "http.disconnect"}

    async def send(message: Any) -> None:
        sent.append(message)

    asked = {
        "type": "http",
        "method": "POST",
        "path": "/journal",
        "raw_path": b"/journal",
        "query_string": b"",
    }
    asked |= {"headers": [(b"content-type", kind.encode())], "root_path": "", "scheme": "http"}
    asked |= {"http_version": "1.1", "server": ("testserver.local", 80), "client": ("127.0.0.1", 1)}
    await app(asked, receive, send)
    assert sent[0]["status"] == 400
    assert "failed" not in caplog.text


def test_what_an_error_says_stays_out_of_the_log() -> None:
    try:
        try:
            raise ValueError("kanarienvogel")
        except ValueError as cause:
            raise RuntimeError("kanarienvogel") from cause
    except RuntimeError:
        record = logging.LogRecord("x", logging.ERROR, __file__, 1, "broke", (), sys.exc_info())
    told = Plain().format(record)
    assert "RuntimeError at test_guards.py:" in told
    assert "kanarienvogel" not in told


async def test_logs_never_hold_words_names_or_addresses(people: Any, caplog: Any) -> None:
    caplog.set_level(logging.DEBUG)
    ana = await people("ana")
    canary = "kanarienvogel"
    await ana.post("/journal", data={"mood": "3", "note": canary, "emotions": [canary], "tags": [canary]})
    await ana.get("/journal/search", params={"q": canary})
    await ana.post(
        "/journal", data={"mood": canary, "note": canary, "tz": canary, "id": canary, "felt_at": canary}
    )
    await ana.post("/account/enter", data={"name": canary, "passphrase": canary})
    await ana.post("/account/recover", data={"name": canary, "code": canary, "passphrase": canary})
    await ana.post("/account/passphrase", data={"old": canary, "passphrase": canary})
    await ana.get(f"/journal/{canary}")
    logged = "\n".join(
        r.getMessage()
        for r in caplog.records
        if r.name.startswith(("beside", "litestar", "piccolo", "uvicorn", "root"))
    )
    assert "/journal" in logged
    assert canary not in logged
    assert "127.0.0.1" not in logged


FIELDS = [
    "name",
    "passphrase",
    "old",
    "code",
    "note",
    "q",
    "own",
    "word",
    "words",
    "text",
    "say",
    "reply",
    "title",
    "question",
    "prompt",
    "emotions",
    "tags",
    "tag",
    "topic",
    "mood",
    "energy",
    "felt_at",
    "tz",
    "kind",
    "id",
    "day",
    "time",
    "country",
    "birth_month",
    "birth_year",
    "next",
    "suggested",
    "notes",
    "rules",
    "rule",
    "reason",
    "verdict",
    "endpoint",
    "p256dh",
    "auth",
    "person",
    "topics",
    "where",
    "span",
    "hours",
    "days",
    "to",
    "action",
    "mark",
    "situation",
    "now",
    "angles",
    "angle",
    "wanted",
    "took",
    "view",
]


async def test_a_canary_through_every_form_never_reaches_the_log(app: Any, people: Any, caplog: Any) -> None:
    """As a member, every POST but the two that end the session, the canary in every field and address."""
    caplog.set_level(logging.DEBUG)
    ana, canary = await people("ana"), "kanarienvogel"
    paths = {route.path for route in app.routes if "POST" in getattr(route, "methods", ())}
    assert len(paths) > 30, "Not every form was found."
    fields = dict.fromkeys(FIELDS, canary)
    for path in sorted(paths - {"/account/leave", "/account/delete"}):
        for place in (canary, "0198f4f0-0000-7000-8000-000000000000"):
            address = re.sub(r"\{[^}]+\}", place, path)
            answer = await ana.post(f"{address}?q={canary}", data=fields, follow_redirects=False)
            assert answer.status_code < 500, address
    logged = "\n".join(r.getMessage() for r in caplog.records if not r.name.startswith(("httpx", "httpcore")))
    assert "POST /journal" in logged
    assert canary not in logged
