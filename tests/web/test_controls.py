"""What I see here: it works, it is for those signed in, theirs alone, and not for other sites."""

import re
from collections.abc import Awaitable, Callable
from typing import Any
from uuid import uuid4

import pytest

from care.controls import NOTES
from care.muting import MOST_WORDS
from db.control_tables import Block, Choice
from db.tables import Person
from tests.people import CAST
from web.render import environment

from .conftest import Client

pytestmark = pytest.mark.usefixtures("database")
People = Callable[[str], Awaitable[Client]]

HERE = "/account/controls"
FORMS: dict[str, dict[str, Any]] = {
    f"{HERE}/break": {"days": "3"},
    f"{HERE}/back": {},
    f"{HERE}/lighter": {"tz": "Asia/Kolkata"},
    f"{HERE}/usual": {},
    f"{HERE}/words": {"word": "exam"},
    f"{HERE}/topics": {"topics": ["family"]},
    f"{HERE}/people": {"name": "Ben", "how": "block"},
}


async def kept() -> int:
    return int(await Choice.count() + await Block.count())


@pytest.mark.parametrize("path", FORMS)
async def test_every_form_answers_with_a_way_back(people: People, path: str) -> None:
    ana, _ = await people("ana"), await people("ben")
    answer = await ana.post(path, data=FORMS[path], follow_redirects=False)
    assert answer.status_code == 303 and answer.headers["location"].startswith(f"{HERE}?open=")
    again = await ana.post(path, data=FORMS[path] | {"next": "/stories"}, follow_redirects=False)
    assert again.headers["location"] == "/stories"
    away = await ana.post(path, data=FORMS[path] | {"next": "//evil.example"}, follow_redirects=False)
    assert away.headers["location"] == "/"


@pytest.mark.parametrize("path", [*FORMS, f"{HERE}/mutes/x/remove", f"{HERE}/blocks/x/remove"])
async def test_nobody_signed_out_and_no_other_site(client: Client, people: People, path: str) -> None:
    assert (await client.post(path, data=FORMS.get(path))).status_code == 401
    ana, _ = await people("ana"), await people("ben")
    elsewhere = {"Sec-Fetch-Site": "cross-site", "Origin": "https://evil.example"}
    assert (await ana.post(path, data=FORMS.get(path), headers=elsewhere)).status_code == 403
    assert await kept() == 0


async def test_the_page_is_for_those_signed_in(client: Client) -> None:
    answer = await client.get(HERE, follow_redirects=False)
    assert answer.headers["location"] == f"/account/enter?next={HERE}"


async def test_a_word_is_muted_shown_and_taken_off(people: People) -> None:
    ana = await people("ana")
    page = await ana.post(f"{HERE}/words", data={"word": "  Finals <b> "})
    assert "Finals &lt;b&gt;" in page.text and '<details class="card part" id="words" open>' in page.text
    where = re.search(rf'action="({HERE}/mutes/[^"]+)"', page.text)
    assert where
    page = await ana.post(where[1], data={"open": "words"})
    assert "Finals" not in page.text and await kept() == 0


@pytest.mark.parametrize("word", ["", "…", "x" * 41, "\x00"])
async def test_what_is_no_word_comes_back_to_be_mended(people: People, word: str) -> None:
    ana = await people("ana")
    answer = await ana.post(f"{HERE}/words", data={"word": word})
    assert answer.status_code == 422 and 'id="word-problem"' in answer.text
    assert word[:1] != "x" or word in answer.text
    assert await kept() == 0


async def test_after_fifty_words_the_next_is_kept_in_the_form(people: People) -> None:
    ana = await people("ana")
    for number in range(MOST_WORDS):
        await ana.post(f"{HERE}/words", data={"word": f"w{number}"}, follow_redirects=False)
    answer = await ana.post(f"{HERE}/words", data={"word": "onemore"})
    assert answer.status_code == 422 and 'value="onemore"' in answer.text and "Fifty" in answer.text


@pytest.mark.parametrize(("how", "table"), [("mute", Choice), ("block", Block), ("", Choice)])
async def test_somebody_is_muted_or_blocked_by_name_and_back(people: People, how: str, table: Any) -> None:
    ana, ben = await people("ana"), await people("ben")
    page = await ana.post(f"{HERE}/people", data={"name": " ben ", "how": how})
    assert "Ben" in page.text and await table.count() == await kept() == 1
    assert "Ana" not in re.sub(r"<header.*?</header>", "", (await ben.get(HERE)).text, flags=re.S)
    where = re.search(rf'action="({HERE}/(?:mutes|blocks)/[^"]+)"', page.text)
    assert where
    assert (await ben.post(where[1])).status_code == 404, "What Ana chose is not Ben's to change."
    assert (await (await people("stranger")).post(where[1])).status_code == 404
    assert await kept() == 1
    await ana.post(where[1], data={"open": "people"})
    assert await kept() == 0


async def test_a_page_may_name_the_person(people: People) -> None:
    ana, _ = await people("ana"), await people("ben")
    ben = await Person.select(Person.id).where(Person.name == CAST["ben"].name).first()
    form = {"person": str(ben["id"]), "how": "block", "next": "/stories"}
    answer = await ana.post(f"{HERE}/people", data=form, follow_redirects=False)
    assert answer.headers["location"] == "/stories" and await Block.count() == 1


@pytest.mark.parametrize(
    "form", [{"name": "Nobody"}, {"name": "Ana"}, {"name": ""}, {"person": "x"}, {"name": "N" * 9000}]
)
async def test_nobody_of_that_name_is_said_with_the_name_kept(people: People, form: dict[str, str]) -> None:
    ana = await people("ana")
    answer = await ana.post(f"{HERE}/people", data=form)
    assert answer.status_code == 422 and "nobody of that name" in answer.text
    assert form.get("name", "")[:200] in answer.text and await kept() == 0


async def test_names_cannot_be_tried_one_after_the_other(people: People) -> None:
    ana = await people("ana")
    said = [(await ana.post(f"{HERE}/people", data={"name": f"Try {n}"})).status_code for n in range(21)]
    assert said == [422] * 20 + [429]


async def test_topics_are_saved_as_ticked(people: People) -> None:
    ana = await people("ana")
    page = await ana.post(f"{HERE}/topics", data={"topics": ["family", "death", "nonsense"]})
    ticked = re.findall(r'name="topics" value="([^"]+)" checked', page.text)
    assert ticked == ["death", "family"]
    page = await ana.post(f"{HERE}/topics", data={})
    assert " checked" not in page.text.split('id="topics"')[1].split("</details>")[0]


async def test_a_break_and_a_lighter_day_are_shown_and_ended(people: People) -> None:
    ana = await people("ana")
    page = await ana.post(f"{HERE}/break", data={"days": "7"})
    assert "You’re taking a break" in page.text
    page = await ana.post(f"{HERE}/lighter", data={"tz": "Nowhere/At/All" * 50})
    assert "Less heavy until midnight" in page.text
    await ana.post(f"{HERE}/usual")
    page = await ana.post(f"{HERE}/back")
    assert "taking a break" not in page.text and "until midnight:" not in page.text


@pytest.mark.parametrize("days", ["0", "31", "", "soon"])
async def test_a_break_is_not_longer_than_thirty_days(people: People, days: str) -> None:
    answer = await (await people("ana")).post(f"{HERE}/break", data={"days": days})
    assert answer.status_code == 422 and "between 1 and 30 days" in answer.text and await kept() == 0


async def test_muted_words_stay_out_of_their_own_search_until_asked(people: People) -> None:
    ana, ben = await people("ana"), await people("ben")
    for who in (ana, ben):
        for note in ("the exam went badly", "the examiner smiled"):
            form = {"id": str(uuid4()), "kind": "note", "note": note, "tz": "UTC"}
            assert (await who.post("/journal", data=form, follow_redirects=False)).status_code == 303
    await ana.post(f"{HERE}/words", data={"word": "Exam"})
    page = (await ana.get("/journal/search?q=exam")).text
    assert "examiner smiled" in page and "went badly" not in page and "1 entry hidden" in page
    shown = (await ana.get("/journal/search?q=exam&hidden=show")).text
    assert "went badly" in shown and "entry hidden" not in shown
    assert "went badly" in (await ben.get("/journal/search?q=exam")).text


def drawn(source: str, **values: Any) -> str:
    return environment().from_string(source).render(here="/stories", problems={}, **values)


def test_what_is_folded_is_not_in_the_page() -> None:
    item = (
        '{% from "controls/notes.html" import folded with context %}'
        "{% if words is none %}{{ folded(notes, names, '/stories/7?unfold=yes') }}"
        "{% else %}<p>{{ words }}</p>{% endif %}"
    )
    shut = drawn(item, words=None, notes=["death", "<i>"], names=NOTES)
    assert "Before you read:" in shut and "death and loss · &lt;i&gt;" in shut
    assert "/stories/7?unfold=yes" in shut
    assert drawn(item, words="how it was", notes=["death"], names=NOTES) == "<p>how it was</p>"


def test_the_writer_chooses_from_all_notes_and_one_of_their_own() -> None:
    page = drawn(
        '{% from "controls/notes.html" import choose with context %}'
        '{{ choose(names, ("death",), "spi<ders") }}',
        names=NOTES,
    )
    assert page.count('name="notes"') == len(NOTES) and page.count(" checked") == 1
    assert 'value="death" checked' in page and 'value="spi&lt;ders"' in page


@pytest.mark.parametrize(("hidden", "said"), [(0, ""), (1, "1 post hidden"), (3, "3 posts hidden")])
def test_what_choices_hid_is_counted_and_can_be_shown(hidden: int, said: str) -> None:
    page = drawn('{% include "controls/_hidden.html" %}', hidden=hidden)
    assert (said in page and "?hidden=show" in page and "?hidden=keep" in page) if said else not page.strip()
