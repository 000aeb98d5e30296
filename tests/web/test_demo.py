"""The demonstration's staff enter as the start says: through the real forms, with the real code."""

import html
from typing import Any

import pytest

from db import second_factor
from jobs import demo

from .conftest import Client, door

pytestmark = pytest.mark.usefixtures("database")


async def enter(client: Client, name: str, words: str) -> None:
    answer = await client.post("/account/enter", data={"name": name, "passphrase": words})
    assert answer.status_code == 200 and answer.url.path == "/", answer.text


async def test_who_is_printed_can_enter_and_work(app: Any) -> None:
    said = await demo.fill()
    for name, _, words in (demo.MODERATOR, demo.LEAD):
        assert any(name in line and words in line and f"bin/beside demo code {name}" in line for line in said)
        async with door(app) as client:
            await enter(client, name, words)
            asked = await client.get("/moderation")
            assert asked.url.path == "/account/second-factor"
            code = await second_factor.demo_code(name)
            data = {"code": code, "next": "/moderation"}
            page = await client.post("/account/second-factor", data=data)
            assert page.url.path == "/moderation" and "26 waiting" in page.text
            talk = await client.get("/moderation/talk")
            assert talk.status_code == (200 if name == demo.LEAD[0] else 404)


async def test_the_others_read_their_side_and_no_desk(app: Any) -> None:
    await demo.fill()
    for name, other in (("willow", "The seat next to the window"), ("pebble", "Six months of Tuesdays")):
        words = next(each[2] for each in demo.WHO if each[0] == name)
        async with door(app) as client:
            await enter(client, name, words)
            page = html.unescape((await client.get("/stories/new")).text)
            own = {"willow": "Six months of Tuesdays", "pebble": "The seat next to the window"}[name]
            assert own in page and other not in page
            assert (await client.get("/moderation")).status_code == 404
            mine = html.unescape((await client.get("/moderation/mine")).text)
            assert ("she has biscuits" in mine) == (name == "pebble")
