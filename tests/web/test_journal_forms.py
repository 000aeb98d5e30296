"""Whatever is sent, nobody sees a broken page: properties of every form of the journal."""

from urllib.parse import quote_plus
from uuid import uuid4

import pytest
from httpx import AsyncClient
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

Client = AsyncClient
FORM = {"Content-Type": "application/x-www-form-urlencoded"}
KIND = {200, 303, 400, 401, 404, 405, 409, 413, 422}

NAMES = st.sampled_from(
    [
        *("id", "mood", "energy", "emotions", "tags", "note", "felt_at", "tz", "kind", "prompt"),
        *("edited_at", "sent_at", "day", "time", "mood\x00", "\u202e", ""),
    ]
)
KNOWN = st.sampled_from(
    [
        *("1", "3", "5", "6", "-1", "checkin", "note", "letter", "prompt", "friend", "tired", "school"),
        *("0001-01-01T00:00:00Z", "9999-12-31T23:59:59Z", "0001-01-01", "9999-12-31", "2026-11-22", "23:59"),
        *(
            "Mars/Olympus",
            "America",
            "Europe/Berlin",
            "+14:00",
            "\x00",
            "\u202eabc\u2066",
            "👩‍👩‍👧",
            "ｆｕｌｌ",
        ),
    ]
)
TYPES = [
    *("application/x-www-form-urlencoded", "multipart/form-data; boundary=x", "multipart/form-data"),
    *("application/json", "", "text/plain; charset=nope"),
]
VALUES = KNOWN | st.text(max_size=80) | st.integers().map(str)


@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@given(st.lists(st.tuples(NAMES, VALUES), max_size=12), st.booleans())
async def test_any_fields_get_an_answer(ana: Client, pairs: list[tuple[str, str]], outbox: bool) -> None:
    body = "&".join(f"{quote_plus(k, errors='replace')}={quote_plus(v, errors='replace')}" for k, v in pairs)
    headers = FORM | ({"X-Outbox": "x"} if outbox else {})
    answer = await ana.post("/journal", content=body, headers=headers, follow_redirects=False)
    assert answer.status_code in {200, 303, 422}
    assert (await ana.get("/journal")).status_code == 200


@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@given(
    st.binary(max_size=300),
    st.sampled_from(
        [
            "application/x-www-form-urlencoded",
            "multipart/form-data; boundary=x",
            "multipart/form-data",
            "application/json",
            "",
            "text/plain; charset=nope",
        ]
    ),
)
async def test_any_bytes_get_an_answer(ana: Client, body: bytes, kind: str) -> None:
    answer = await ana.post("/journal", content=body, headers={"Content-Type": kind}, follow_redirects=False)
    assert answer.status_code in {303, 400, 422}
    assert "text/html" in answer.headers.get("content-type", "text/html")


@pytest.mark.parametrize(
    "body",
    [
        "mood=3&note=" + "x" * 1_000_000,
        "mood=3&" + "&".join(f"emotions=w{i}" for i in range(10_000)),
        "&".join(f"f{i}=1" for i in range(30_000)),
        "mood=3&note=%ED%A0%80%00%FF%80",
        "mood=3&id=" + "0" * 5000,
        "mood=3&felt_at=0001-01-01T00:00:00%2B14:00",
        "mood=3&felt_at=9999-12-31T23:59:59-14:00",
        "mood=3&sent_at=0001-01-01T00:00:00Z&felt_at=9999-12-31T23:59:59Z",
        "mood=3&tz=" + "A/" * 500,
        "mood=3&note=%E2%80%AE%E2%81%A6gnp.exe",
        "mood",
        "%",
        "",
    ],
)
async def test_the_worst_forms_get_their_words_back(ana: Client, body: str) -> None:
    answer = await ana.post("/journal", content=body, headers=FORM | {"X-Outbox": "x"})
    assert answer.status_code in {200, 422}
    assert (await ana.get("/journal")).status_code == 200


async def test_more_than_two_megabytes_is_refused_kindly(ana: Client) -> None:
    answer = await ana.post("/journal", content="note=" + "x" * 2_100_000, headers=FORM)
    assert answer.status_code == 413
    assert "/help" in answer.text


@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@given(
    st.sampled_from(["GET", "POST", "PUT", "DELETE", "PATCH"]),
    st.lists(
        st.sampled_from(
            ["new", "write", "skies", "search", "removed", "own", "edit", "remove", "restore", "skip"]
        )
        | st.text(min_size=1, max_size=20),
        max_size=3,
    ),
    st.dictionaries(st.sampled_from(["before", "day", "year", "q", "turn", "removed", "skipped"]), VALUES),
)
async def test_any_address_gets_a_page(
    ana: Client, method: str, parts: list[str], query: dict[str, str]
) -> None:
    path = "/".join(["/journal", *(quote_plus(part, errors="replace") for part in parts)])
    asked = {key: value.encode("utf-8", "replace") for key, value in query.items()}
    answer = await ana.request(method, path, params=asked, follow_redirects=False)
    assert answer.status_code in KIND | {204}


async def test_wrong_methods_say_so(ana: Client) -> None:
    cid = str(uuid4())
    for method, path in (
        ("PUT", "/journal"),
        ("GET", f"/journal/{cid}/remove"),
        ("DELETE", f"/journal/{cid}"),
    ):
        answer = await ana.request(method, path)
        assert answer.status_code == 405
        assert "/help" in answer.text
