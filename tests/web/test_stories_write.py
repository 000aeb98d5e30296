"""The guided writer through its doors: it works without a script, loses no word, and refuses whom it must."""

import re
from collections.abc import AsyncIterator, Awaitable, Callable
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from httpx import AsyncClient

from care import clock
from db.devices import Viewer
from tests.members import member, opened

Client = AsyncClient
People = Callable[[str], Awaitable[Client]]
OTHER_SITE = {"Sec-Fetch-Site": "cross-site", "Origin": "https://elsewhere.example"}
LONG = "The bus was late and I watched the rain on the glass, and nobody asked me anything at all. "
STAIRS = "I sat on the stairs for a long time and counted them, and then I counted them again. " * 3
FORM: dict[str, Any] = {
    "title": "The late bus",
    "was": LONG * 2,
    "helped": LONG * 2,
    "intent": "ideas",
    "after": "months",
    "topics": ["school", "lonely"],
    "situations": ["exam-stress"],
    "interests": ["music"],
    "notes": ["death"],
    "note_own": "rain",
}
DANGER = "I'm going to kill myself tonight, I have the pills here. "


@pytest.fixture(autouse=True)
async def an_open_community(app: Any) -> AsyncIterator[None]:
    await opened()
    yield
    clock.move(timedelta())


async def test_without_a_script_it_goes_from_the_boxes_over_the_preview_to_the_desk(ana: Client) -> None:
    page = await ana.get("/stories/write")
    for words in (
        "What was it like?",
        "What would you tell somebody in it now?",
        "For example",
        "a first job",
    ):
        assert words in page.text
    looked = await ana.post("/stories/write", data={**FORM, "do": "look"})
    assert looked.status_code == 200
    for words in ("As readers will see it", "The late bus", "What changed, or helped?", "some months later"):
        assert words in looked.text
    assert "What do you still find hard?" not in looked.text, "An empty box is not shown."
    assert await mine(ana) == [], "Nothing is kept before it is sent."
    carried = hidden(looked.text)
    back = await ana.post("/stories/write", data={**carried, "do": "change"})
    assert back.status_code == 200
    assert hidden_again(back.text) == {
        **{k: v for k, v in FORM.items() if isinstance(v, str)},
        "id": carried["id"],
    }
    for key in ("school", "lonely", "exam-stress", "music", "death"):
        assert f'value="{key}" checked' in back.text
    assert 'data-at="0"' in back.text, "Nothing asks to be changed."
    done = await ana.post("/stories/write", data={**carried, "do": "send"}, follow_redirects=False)
    assert (done.status_code, done.headers["location"]) == (303, f"/stories/sent/{carried['id']}")
    told = await ana.get(done.headers["location"])
    assert "Thank you for writing it down." in told.text
    assert "Nobody here is on duty right now" in told.text
    (story,) = await mine(ana)
    assert story.said.parts == ("The late bus", (LONG * 2).strip(), (LONG * 2).strip(), "", "")
    assert (story.intent, story.topics, story.notes, story.state) == (
        "ideas",
        ("school", "lonely"),
        ("death", "rain"),
        "held",
    )


async def test_what_could_hurt_or_tell_is_marked_and_never_stops_anybody(ana: Client) -> None:
    form = {
        **FORM,
        "was": LONG + "I weighed 41 kg. My friend Anna knew.",
        "hard": "He committed suicide. " + LONG,
    }
    looked = (await ana.post("/stories/write", data={**form, "do": "look"})).text
    for words in (
        "No numbers about bodies",
        "Nothing that shows who",
        "a friend, my sister",
        "died by suicide",
        "<mark>Anna</mark>",
        "Send it as it is",
    ):
        assert words in looked
    await ana.post("/stories/write", data={**hidden(looked), "do": "send"})
    assert len(await mine(ana)) == 1


async def test_words_about_one_s_own_danger_come_first_and_stop_nothing(ana: Client) -> None:
    looked = (await ana.post("/stories/write", data={**FORM, "hard": DANGER, "do": "look"})).text
    assert "Stay with us for a moment." in looked
    assert looked.index("Stay with us") < looked.index("The late bus")
    sent = await ana.post("/stories/write", data={**hidden(looked), "do": "private"})
    assert "You wrote something that sounds like danger" in sent.text
    assert (await mine(ana))[0].private
    careful = {**FORM, "hard": "I want to die and I don't want to be here any more.", "do": "look"}
    looked = (await ana.post("/stories/write", data=careful)).text
    assert "Are you safe right now?" in looked
    sent = await ana.post("/stories/write", data={**hidden(looked), "do": "send"})
    assert "Are you safe right now?" in sent.text
    assert "This missed the mark" in sent.text
    other = {**FORM, "hard": "My friend says she wants to kill herself.", "do": "look"}
    assert "Are you worried about someone?" in (await ana.post("/stories/write", data=other)).text


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"was": "Short.", "helped": ""}, "at least 300"),
        ({"was": "x" * 6_001}, "more than 6,000"),
        ({"title": "t" * 81}, "at most 80"),
        ({"note_own": "n" * 31}, "at most 30"),
        ({"notes": ["death", "sex", "abuse", "eating"]}, "Four notes"),
    ],
)
@pytest.mark.parametrize("do", ["look", "send"])
async def test_what_was_not_taken_comes_back_whole(ana: Client, change: Any, says: str, do: str) -> None:
    form = {**FORM, **change}
    answer = await ana.post("/stories/write", data={**form, "do": do})
    assert answer.status_code == 422
    assert says in answer.text
    for name in ("title", "was", "helped", "note_own"):
        assert hidden_again(answer.text).get(name, "") == form[name]
    assert await mine(ana) == []


async def test_the_same_story_again_and_again_is_one(ana: Client) -> None:
    form: dict[str, Any] = {**FORM, "id": str(uuid4()), "do": "send"}
    for _ in range(5):
        assert (await ana.post("/stories/write", data=form)).status_code == 200
    assert len(await mine(ana)) == 1
    outbox = {"X-Outbox": form["id"], "X-Uid": str((await viewer(ana)).person)}
    saved = await ana.post("/stories/write", data=form, headers=outbox)
    assert (saved.status_code, saved.headers["X-Saved"], saved.content) == (200, form["id"], b"")
    # Its writer never heard that it arrived, and went on writing: the later words count.
    later = {**form, "helped": LONG * 2 + "And then it stopped."}
    assert (await ana.post("/stories/write", data=later, headers=outbox)).headers["X-Saved"] == form["id"]
    (story,) = await mine(ana)
    assert story.said.parts[2].endswith("And then it stopped.")
    wrong = await ana.post("/stories/write", data=form, headers={**outbox, "X-Uid": str(uuid4())})
    assert wrong.status_code == 409


async def test_every_no_gives_the_words_back(ana: Client) -> None:
    from db import sanctions
    from db.tables import Consent, Instance

    for nth in range(3):
        assert (await ana.post("/stories/write", data={**FORM, "do": "send"})).status_code == 200, nth
    fourth = await ana.post("/stories/write", data={**FORM, "do": "send"})
    assert fourth.status_code == 429
    assert "Three stories an hour" in fourth.text
    assert hidden_again(fourth.text)["was"] == FORM["was"]
    clock.move(timedelta(hours=2))
    who = await viewer(ana)
    await sanctions.pause(await member("mo", "c", "moderator"), who.person, timedelta(hours=1), "unkind")
    paused = await ana.post("/stories/write", data={**FORM, "do": "send"})
    assert (paused.status_code, "on a pause" in paused.text) == (403, True)
    assert hidden_again(paused.text)["was"] == FORM["was"]
    clock.move(timedelta(hours=4))
    await Consent.update({Consent.withdrawn_at: clock.now()}).where(Consent.person == who.person)
    for do, status in (("send", 403), ("look", 200)):
        answer = await ana.post("/stories/write", data={**FORM, "do": do})
        assert answer.status_code == status
        assert "say yes to the community" in answer.text
        assert "The late bus" in answer.text
    await Instance.delete(force=True)
    closed = await ana.post("/stories/write", data={**FORM, "do": "send"})
    assert closed.status_code == 403
    assert "closed at the moment" in closed.text
    letter = await ana.post("/stories/write", data={**FORM, "do": "letter"})
    assert letter.status_code == 200, "The journal is never closed."


async def test_a_letter_keeps_every_word_once(ana: Client) -> None:
    from db import journal

    form = {**FORM, "was": " ".join(f"word{n}" for n in range(700)), "id": str(uuid4()), "do": "letter"}
    for _ in range(2):
        done = await ana.post("/stories/write", data=form, follow_redirects=False)
        assert done.status_code == 303
        assert done.headers["location"].startswith("/journal#e-")
    entries = (await journal.page((await viewer(ana)).person, "", None)).entries
    letters = [entry for entry in entries if entry.kind == "letter"]
    assert all(len(entry.words.note) <= 2_000 for entry in letters)
    said = " ".join(entry.words.note for entry in letters).split()
    assert said == f"{form['title']} {form['was']} {form['helped']}".split()
    assert await mine(ana) == []
    assert (await ana.post("/stories/write", data={"do": "letter"})).status_code == 422


async def test_changing_one_s_own(ana: Client, people: People) -> None:
    item = await told(ana)
    page = await ana.get(f"/stories/{item}/edit")
    assert hidden_again(page.text)["was"] == FORM["was"].strip()
    for key in ("school", "exam-stress", "music", "death", "months", "ideas"):
        assert f'value="{key}" checked' in page.text
    looked = await ana.post(f"/stories/{item}/edit", data={**FORM, "title": "Another bus", "do": "look"})
    assert f'action="/stories/{item}/edit"' in looked.text
    refused = await ana.post(f"/stories/{item}/edit", data={**FORM, "title": "t" * 99, "do": "send"})
    assert (refused.status_code, "t" * 99 in refused.text) == (422, True)
    await ana.post(f"/stories/{item}/edit", data={**hidden(looked.text), "do": "send"})
    (story,) = await mine(ana)
    assert (story.id, story.said.parts[0], story.version) == (item, "Another bus", 2)
    ben = await people("ben")
    for answer in (
        await ben.get(f"/stories/{item}/edit"),
        await ben.post(f"/stories/{item}/edit", data={**FORM, "do": "send"}),
        await ben.get(f"/stories/{item}/withdraw"),
        await ben.post(f"/stories/{item}/withdraw"),
        await ben.get(f"/stories/sent/{item}"),
        await ben.get(f"/stories/{item}/phone"),
    ):
        assert answer.status_code == 404
    assert len(await mine(ana)) == 1


async def test_what_may_not_be_changed_any_more_gives_the_words_back(ana: Client) -> None:
    await ana.post("/stories/write", data={**FORM, "hard": DANGER, "do": "send"})
    (story,) = await mine(ana)
    assert story.state == "safeguarding"
    assert (await ana.get(f"/stories/{story.id}/edit")).status_code == 404
    answer = await ana.post(f"/stories/{story.id}/edit", data={**FORM, "do": "send"})
    assert (answer.status_code, "kept here" in answer.text) == (409, True)
    assert hidden_again(answer.text)["was"] == FORM["was"]


async def test_taking_it_back_asks_first_and_then_is_at_once(ana: Client) -> None:
    item = await told(ana)
    statement = (await ana.get(f"/moderation/mine/{item}")).text
    assert f'href="/stories/{item}/withdraw"' in statement and "for good" not in statement, "It warns first."
    asked = (await ana.get(f"/stories/{item}/withdraw")).text
    assert "answers under it" in asked
    assert len(await mine(ana)) == 1
    done = await ana.post(f"/stories/{item}/withdraw")
    assert "It is gone." in done.text
    assert await mine(ana) == []
    for path in (f"/stories/{item}/edit", f"/stories/{item}/withdraw", f"/stories/sent/{item}"):
        assert (await ana.get(path)).status_code == 404


async def test_somebody_signed_out_keeps_their_words_and_other_sites_are_refused(
    client: Client, ana: Client
) -> None:
    item = await told(ana)
    entered = await client.get("/stories/write", follow_redirects=False)
    assert (entered.status_code, entered.headers["location"]) == (303, "/account/enter?next=/stories/write")
    for path in ("/stories/write", f"/stories/{item}/edit"):
        answer = await client.post(path, data={**FORM, "do": "send"})
        assert answer.status_code == 401
        assert hidden_again(answer.text)["was"] == FORM["was"]
        assert (await ana.post(path, data=FORM, headers=OTHER_SITE)).status_code == 403
    assert (await client.post(f"/stories/{item}/withdraw")).status_code == 401
    assert (await ana.post(f"/stories/{item}/withdraw", headers=OTHER_SITE)).status_code == 403
    assert (await client.post("/stories/kept/check", data={"id": str(item)})).status_code == 401
    assert len(await mine(ana)) == 1


async def test_any_body_at_all_is_answered(ana: Client) -> None:
    for body, kind in (
        (b"\x00\xff\xfe" * 5_000, "application/x-www-form-urlencoded"),
        (b"was=" + b"%F0%28%8C%28" * 1_000, "application/x-www-form-urlencoded"),
        (b"--x\r\nbroken", "multipart/form-data; boundary=x"),
        (b"was=" + b"a" * 1_900_000, "application/x-www-form-urlencoded"),
        (b"&".join([b"topics=school"] * 15_000), "application/x-www-form-urlencoded"),
        (b"id=" + b"9" * 5_000 + b"&do=letter&tz=%00&was=a", "application/x-www-form-urlencoded"),
    ):
        answer = await ana.post("/stories/write", content=body, headers={"Content-Type": kind})
        assert answer.status_code in {200, 422}, body[:20]
    huge = await ana.post("/stories/write", content=b"was=" + b"a" * 2_100_000)
    assert huge.status_code == 413
    assert await mine(ana) == []


async def test_kept_stories_go_to_the_phone_of_who_may_see_them(people: People) -> None:
    from db import moderation, stories
    from db.moderation_tables import Item

    ana, ben = await people("ana"), await people("ben")
    item = await told(ana)
    await Item.update({Item.state: "published", Item.published_at: clock.now()}).where(Item.id == item)
    ids = {"id": [str(item), str(uuid4()), "nonsense"]}
    assert (await ben.get(f"/stories/{item}/phone")).status_code == 404, "Not kept yet."
    assert (await ben.post("/stories/kept/check", data=ids)).json() == {"kept": {}}
    await stories.keep(await viewer(ben), item)
    words = (await ben.get(f"/stories/{item}/phone")).json()
    assert (words["title"], words["name"], words["after"]) == ("The late bus", "Ana", "some months later")
    assert words["boxes"][0] == ["What was it like?", FORM["was"].strip()]
    assert words["notes"] == ["death and loss", "rain"]
    assert (await ben.post("/stories/kept/check", data=ids)).json() == {"kept": {str(item): 1}}
    stranger = await people("cho")
    assert (await stranger.post("/stories/kept/check", data=ids)).json() == {"kept": {}}
    other = await ben.post("/stories/kept/check", data=ids, headers={"X-Uid": str(uuid4())})
    assert other.status_code == 409
    many = await ben.post("/stories/kept/check", data={"id": [str(uuid4()) for _ in range(51)]})
    assert many.status_code == 422
    await moderation.withdraw(await viewer(ana), item)
    assert (await ben.post("/stories/kept/check", data=ids)).json() == {"kept": {}}
    assert (await ben.get(f"/stories/{item}/phone")).status_code == 404


async def test_what_phones_keep_of_these_pages_knows_nobody(ana: Client) -> None:
    for path in ("/stories/write/phone", "/stories/kept/phone"):
        page = await ana.get(path)
        assert page.status_code == 200
        assert str((await viewer(ana)).person) not in page.text
        assert page.headers["cache-control"] == "no-cache"


async def test_a_page_of_the_writer_asks_little(ana: Client) -> None:
    from db.engine import count_queries

    item = await told(ana)
    for path in ("/stories/write", f"/stories/{item}/edit", f"/stories/{item}/withdraw"):
        await ana.get(path)
        with count_queries() as counted:
            assert (await ana.get(path)).status_code == 200
        assert 1 <= counted.n <= 3, path


async def viewer(client: Client) -> Viewer:
    from db import account

    found = await account.recognise(client.cookies["beside"])
    assert found
    return found


async def mine(client: Client) -> list[Any]:
    from db import moderation

    return list(await moderation.mine(await viewer(client), "story"))


async def told(client: Client) -> UUID:
    """A story of theirs, sent."""
    await client.post("/stories/write", data={**FORM, "do": "send"})
    (story,) = await mine(client)
    return UUID(str(story.id))


def hidden(page: str) -> dict[str, Any]:
    """What the preview's own form sends."""
    form = page[page.index("data-send") :]
    found: dict[str, Any] = {}
    for name, value in re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)">', form):
        found.setdefault(name, []).append(plain(value))
    return {name: values[0] if len(values) == 1 else values for name, values in found.items()}


def hidden_again(page: str) -> dict[str, str]:
    """What stands in the fields of the writer's form."""
    form = page[page.index("data-story") :]
    found = dict(re.findall(r'<textarea id="(\w+)"[^>]*>\n(.*?)</textarea>', form, re.DOTALL))
    found |= dict(re.findall(r'<input [^>]*?name="(title|note_own|id|tz)"[^>]*? value="([^"]*)"', form))
    found |= dict(re.findall(r'type="radio" name="(intent|after)" value="(\w+)" checked', form))
    return {name: plain(value) for name, value in found.items() if value}


def plain(text: str) -> str:
    for sign, written in (("&#39;", "'"), ("&#34;", '"'), ("&lt;", "<"), ("&gt;", ">"), ("&amp;", "&")):
        text = text.replace(sign, written)
    return text


@pytest.mark.parametrize(
    ("fields", "step"),
    [
        ({"helped": LONG * 2 + " Write to me at [handle] on 07700 900123."}, "1"),
        ({"title": "Ring me, 07700 900123"}, "4"),
        ({"was": STAIRS + "I want to kill myself.", "helped": STAIRS, "notes": [], "note_own": ""}, "5"),
        ({"step": "99"}, "0"),
        ({"step": "\x00"}, "0"),
    ],
)
async def test_change_something_leads_to_what_there_is_to_change(
    ana: Client, fields: dict[str, Any], step: str
) -> None:
    looked = await ana.post("/stories/write", data={**FORM, **fields, "do": "look"})
    asked = {**hidden(looked.text), **({"step": fields["step"]} if "step" in fields else {})}
    back = await ana.post("/stories/write", data={**asked, "do": "change"})
    assert f'data-at="{step}"' in back.text
