"""Stories through their doors, with plain forms: they work, refuse whom they must, and lose no words."""

from collections.abc import AsyncIterator, Awaitable, Callable
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from httpx import AsyncClient

from care import clock
from care.matching import MOST, SITUATIONS, Likes
from care.shared import Draft, Words
from care.stories import Facts, Story
from db import blocks, controls, decisions, moderation, shifts, stories_reading, stories_weighed
from db import stories as verbs
from db.decisions import Decision
from db.devices import Viewer
from db.engine import count_queries
from db.moderation_tables import Hold
from db.tables import Consent
from tests.members import member, opened
from tests.web.test_moderation import viewer
from web import again, fragments

Client = AsyncClient
People = Callable[[str], Awaitable[Client]]
OTHER_SITE = {"Sec-Fetch-Site": "cross-site", "Origin": "https://elsewhere.example"}
LONG = "The bus was late and I watched the rain on the glass, and for once nobody asked me anything at all. "
HARD = "I want to kill myself tonight. "
SECRET = "the canal lock behind the old mill"


@pytest.fixture(autouse=True)
async def mo(app: Any) -> AsyncIterator[Viewer]:
    """An open community, and somebody at its desk."""
    fragments.forget()
    again.forget()
    stories_weighed.forget(counts=True)
    await opened()
    who = await member("desk", "c", "moderator")
    await shifts.begin(who)
    yield who
    clock.move(timedelta())


async def publish(mo: Viewer, item: UUID, notes: tuple[str, ...] = ()) -> None:
    row = await Hold.select(Hold.id).where(Hold.subject == item, Hold.ended_at.is_null()).first()
    assert row
    await decisions.decide(mo, row["id"], Decision("publish", 1, notes=notes))


async def told(mo: Viewer, who: Viewer, title: str = "The late bus", notes: tuple[str, ...] = ()) -> UUID:
    parts = (title, LONG * 3, f"What helped was {SECRET}.", "", "")
    draft = Draft("story", Words(parts), intent="listen")
    shared = await verbs.share(who, Story(draft, Facts(Likes(frozenset({"bullied"})), "months")))
    await publish(mo, shared.id, notes)
    return shared.id


async def test_a_story_is_read_supported_answered_kept_and_thanked_without_a_script(
    ana: Client, ben: Client, mo: Viewer
) -> None:
    story = await told(mo, await viewer(ana))
    page = await ben.get("/stories")
    assert "The late bus" in page.text
    assert "1 minute to read" in page.text
    page = await ben.get(f"/stories/{story}")
    assert SECRET in page.text
    assert "They asked not to get advice" in page.text
    given = await ben.post(f"/stories/{story}/support", data={"kind": "hear"}, follow_redirects=False)
    assert given.status_code == 303
    answer = await ben.post(f"/stories/{story}/reply", data={"text": "I know that bus."})
    assert answer.status_code == 200
    assert "Only you see this for now" in answer.text
    reply = (await stories_reading.thread(await viewer(ben), story)).replies[0].shown.id  # type: ignore[union-attr]
    assert "I know that bus" not in (await ana.get(f"/stories/{story}")).text
    await publish(mo, reply)
    mine = (await ana.get(f"/stories/{story}")).text
    assert "I know that bus." in mine
    assert "I hear you (1)" in mine
    assert "One person answered" in mine
    assert (await ana.post(f"/stories/{reply}/thank")).status_code == 200
    assert "Ana said thank you" in (await ben.get(f"/stories/{story}")).text
    assert (await ben.post(f"/stories/{story}/keep", data={"keep": "yes"})).status_code == 200
    assert "The late bus" in (await ben.get("/stories/kept")).text
    assert "hear from a second. Somebody kept this." in (await ana.get(f"/stories/{story}")).text
    assert "Do you feel heard" in (await ana.post(f"/stories/{story}/heard", data={"much": "4"})).text
    closed = await ana.post(f"/stories/{story}/close")
    assert "Open for answers again" in closed.text and "hear from a second" not in closed.text
    refused = await ben.post(f"/stories/{story}/reply", data={"text": "One more line."})
    assert refused.status_code == 409
    assert "One more line." in refused.text and "wants no further answers" in refused.text


async def test_nobody_of_the_other_side_finds_any_of_it_by_any_address(
    ana: Client, people: People, mo: Viewer
) -> None:
    story = await told(mo, await viewer(ana))
    cho, stranger = await people("cho"), await people("stranger")
    await blocks.block(await viewer(ana), (await viewer(stranger)).person)
    for other in (cho, stranger):
        for path in ("/stories", "/stories/new", "/stories/kept", "/stories/about/bullied"):
            page = await other.get(path)
            assert page.status_code == 200
            assert "The late bus" not in page.text
        assert "The late bus" not in (await other.post("/stories/search", data={"q": "bus"})).text
        for path in (
            f"/stories/{story}",
            f"/stories/{story}?read=1",
            f"/stories/{story}/like",
            f"/report/{story}",
        ):
            assert (await other.get(path)).status_code == 404
        for end in ("reply", "support", "keep", "close", "heard", "thank"):
            form = {"text": "hello there", "kind": "hear", "much": "3"}
            assert (await other.post(f"/stories/{story}/{end}", data=form)).status_code == 404, end


async def test_signed_out_and_from_another_site_nothing_is_shown_or_changed(
    ana: Client, ben: Client, client: Client, mo: Viewer
) -> None:
    story = await told(mo, await viewer(ana))
    assert "Join" in (await client.get("/stories")).text
    assert (await client.get(f"/stories/{story}", follow_redirects=False)).status_code == 303
    for end in ("reply", "support", "keep", "close", "heard", "thank"):
        form = {"text": "hello there", "kind": "hear"}
        assert (await client.post(f"/stories/{story}/{end}", data=form)).status_code == 401
        forged = await ben.post(f"/stories/{story}/{end}", data=form, headers=OTHER_SITE)
        assert forged.status_code == 403
    thread = await stories_reading.thread(await viewer(ben), story)
    assert thread is not None and thread.replies == [] and thread.story.given == 0


async def test_a_sign_that_cannot_be_sent_is_refused_in_words_of_its_own(
    ana: Client, ben: Client, mo: Viewer
) -> None:
    story = await told(mo, await viewer(ana))
    await Consent.update({Consent.withdrawn_at: clock.now()}).where(
        Consent.person == (await viewer(ben)).person
    )
    refused = await ben.post(f"/stories/{story}/support", data={"kind": "hear"})
    assert refused.status_code == 403
    assert "For that, first say yes to the community" in refused.text
    assert "still in the box" not in refused.text, "No words were sent."


async def test_more_like_this_says_what_each_has_in_common(ana: Client, ben: Client, mo: Viewer) -> None:
    story = await told(mo, await viewer(ana))
    await told(mo, await member("dee", "a"))
    page = await ben.get(f"/stories/{story}/like")
    assert page.text.count("Also about") == 1
    assert "Because you both know" not in page.text, "It is the story that is alike, not the reader."


async def test_what_is_behind_a_note_is_not_in_the_page_until_asked_for(
    ana: Client, ben: Client, mo: Viewer
) -> None:
    story = await told(mo, await viewer(ana), notes=("death",))
    for path in ("/stories", "/stories/new", f"/stories/{story}"):
        page = (await ben.get(path)).text
        assert "death and loss" in page
        assert "The bus was late" not in page
    assert SECRET in (await ben.get(f"/stories/{story}?read=1")).text
    assert "The bus was late" not in (await ben.get(f"/stories/{story}")).text, "Nor after somebody asked."


async def test_one_reader_s_view_never_turns_up_in_another_s(
    ana: Client, ben: Client, people: People, mo: Viewer
) -> None:
    """Pieces of pages are kept between requests: whoever asks first must leave nothing of theirs in them."""
    story = await told(mo, await viewer(ana))
    stranger = await people("stranger")
    await controls.like(await viewer(ben), Likes(frozenset({"bullied"})))
    await ben.post(f"/stories/{story}/support", data={"kind": "strength"})
    await ben.post(f"/stories/{story}/keep", data={"keep": "yes"})
    await ana.post(f"/stories/{story}/heard", data={"much": "5"})
    first = {
        path: [(await one.get(path)).text for one in (ana, ben)] for path in ("/stories", f"/stories/{story}")
    }
    assert "Because you both know" in first["/stories"][1], (
        "The premise: there is something of Ben's to leak."
    )
    assert "yours" in first["/stories"][0]
    for path in first:
        page = (await stranger.get(path)).text
        assert "The late bus" in page
        for theirs in (
            "Because you both know",
            ">yours<",
            ">kept<",
            "Kept: let it go",
            'aria-pressed="true"',
            "Only you see this",
            "Signs you got",
        ):
            assert theirs not in page, (path, theirs)
    spanish = (await stranger.get("/stories", headers={"Accept-Language": "es"})).text
    assert "The late bus" in spanish


async def test_an_answer_is_looked_at_once_more_and_sent_as_it_is_when_wanted(
    ana: Client, ben: Client, mo: Viewer
) -> None:
    story = await told(mo, await viewer(ana))
    form = {"text": "You should just try yoga.", "id": str(uuid4())}
    first = await ben.post(f"/stories/{story}/reply", data=form)
    assert first.status_code == 422
    for words in ("You should just try yoga.", "can feel like a push", "Send it anyway"):
        assert words in first.text
    for _ in range(2):
        assert (await ben.post(f"/stories/{story}/reply", data={**form, "sure": "yes"})).status_code == 200
    thread = await stories_reading.thread(await viewer(ben), story)
    assert thread is not None and len(thread.replies) == 1, "A second tap is the same answer."


async def test_two_taps_without_a_script_are_one_answer(ana: Client, ben: Client, mo: Viewer) -> None:
    story = await told(mo, await viewer(ana))
    for text in ("I know that bus.", "I know that bus.", "I know that bus, too."):
        assert (await ben.post(f"/stories/{story}/reply", data={"text": text, "id": ""})).status_code == 200
    thread = await stories_reading.thread(await viewer(ben), story)
    said = [one.shown.words for one in thread.replies] if thread else []
    assert sorted(said) == ["I know that bus, too.", "I know that bus."]
    back = (
        next(one.shown.id for one in thread.replies if one.shown.words == "I know that bus.")
        if thread
        else story
    )
    await moderation.withdraw(await viewer(ben), back)
    await ben.post(f"/stories/{story}/reply", data={"text": "I know that bus.", "id": ""})
    thread = await stories_reading.thread(await viewer(ben), story)
    assert thread is not None and len(thread.replies) == 2, "taken back and sent anew, it is there again"


async def test_contact_details_are_pointed_out_before_an_answer_goes_or_is_changed(
    ana: Client, ben: Client, mo: Viewer
) -> None:
    story = await told(mo, await viewer(ana))
    form = {"text": "Call me on 07700 900123 if you like."}
    first = await ben.post(f"/stories/{story}/reply", data=form)
    assert first.status_code == 422
    assert "07700 900123</mark>" in first.text and "Send it anyway" in first.text
    await ben.post(f"/stories/{story}/reply", data={"text": "I know that bus."})
    reply = (await stories_reading.thread(await viewer(ben), story)).replies[0].shown.id  # type: ignore[union-attr]
    changed = await ben.post(f"/stories/answers/{reply}/edit", data=form)
    assert changed.status_code == 422 and "Keep it anyway" in changed.text and form["text"] in changed.text
    assert (await ben.post(f"/stories/answers/{reply}/edit", data={**form, "sure": "yes"})).status_code == 200


async def test_words_nobody_can_take_any_more_stand_on_the_page_to_keep(
    ana: Client, ben: Client, client: Client, mo: Viewer
) -> None:
    story = await told(mo, await viewer(ana))
    form = {"text": "Thank <you> for telling it.", "id": str(uuid4())}
    outside = await client.post(f"/stories/{story}/reply", data=form)
    await moderation.withdraw(await viewer(ana), story)
    gone = await ben.post(f"/stories/{story}/reply", data=form)
    talk = await ben.post(f"/account/safety/talk/{story}/say", data=form)
    for answer, status in ((outside, 401), (gone, 404), (talk, 404)):
        assert answer.status_code == status
        assert "Your words, to keep" in answer.text and "Thank &lt;you&gt; for telling it." in answer.text
        assert form["id"] not in answer.text and "no-store" in answer.headers["cache-control"]
    secret = {"passphrase": "meadow lantern quiet river", "text": "meadow lantern quiet river"}
    refused = await client.post("/account/passphrase", data=secret)
    assert refused.status_code in {401, 404} and "lantern" not in refused.text


async def test_a_closed_story_says_so_whatever_the_answer_was(ana: Client, ben: Client, mo: Viewer) -> None:
    story = await told(mo, await viewer(ana))
    await ana.post(f"/stories/{story}/close")
    for text in ("You should just try yoga.", "I know that bus.", ""):
        answer = await ben.post(f"/stories/{story}/reply", data={"text": text})
        assert answer.status_code in {409, 422} and "wants no further answers" in answer.text
        assert text in answer.text


async def test_an_answer_that_is_too_long_is_read_for_help_all_the_same(
    ana: Client, ben: Client, mo: Viewer
) -> None:
    story = await told(mo, await viewer(ana))
    page = await ben.post(f"/stories/{story}/reply", data={"text": HARD * 50})
    assert page.status_code == 422 and "at most 1,000 letters" in page.text
    assert 'data-care="self_harm"' in page.text
    assert page.text.count('id="answer"') == 1
    page = await ben.post(f"/stories/{story}/reply", data={"text": f"{HARD} You should just pray."})
    assert page.status_code == 422 and "Send it anyway" in page.text
    assert 'data-care="self_harm"' in page.text, "Nothing is sent yet, and help does not wait for it."
    page = await ben.post(f"/stories/{story}/reply", data={"text": HARD * 50})
    assert page.text.index('id="answer"') < page.text.index('data-care="self_harm"'), "The page opens there."


async def test_no_other_door_changes_an_answer_later_or_longer(ana: Client, ben: Client, mo: Viewer) -> None:
    story = await told(mo, await viewer(ana))
    await ben.post(f"/stories/{story}/reply", data={"text": "I know that bus."})
    reply = (await stories_reading.thread(await viewer(ben), story)).replies[0].shown.id  # type: ignore[union-attr]
    await publish(mo, reply)
    again = f"/moderation/mine/{reply}/again"
    page = await ben.post(again, data={"part0": "x" * 1001})
    assert page.status_code == 422 and "at most 1,000 letters" in page.text
    clock.move(timedelta(minutes=16))
    page = await ben.post(again, data={"part0": "Something else."})
    assert page.status_code == 403 and "fifteen minutes" in page.text and "Something else." in page.text
    page = await ben.get(f"/moderation/mine/{reply}")
    assert "I know that bus." in page.text and "Save the change" not in page.text


@pytest.mark.parametrize("text", ["", "   ", "x" * 1001, "\x00"])
async def test_a_bad_answer_comes_back_with_what_to_mend(
    ana: Client, ben: Client, mo: Viewer, text: str
) -> None:
    story = await told(mo, await viewer(ana))
    answer = await ben.post(f"/stories/{story}/reply", data={"text": text})
    assert answer.status_code == 422
    assert text.strip("\x00 ")[:900] in answer.text
    assert "Please write a line" in answer.text or "at most 1,000" in answer.text


async def test_an_answer_that_waited_on_a_phone_arrives_once_and_only_as_its_own_writer(
    ana: Client, ben: Client, mo: Viewer
) -> None:
    story, id = await told(mo, await viewer(ana)), str(uuid4())
    ours = str((await viewer(ben)).person)
    form, headers = {"text": "You should know I read it.", "id": id}, {"X-Outbox": id, "X-Uid": ours}
    for _ in range(2):
        sent = await ben.post(f"/stories/{story}/reply", data=form, headers=headers, follow_redirects=False)
        assert (sent.status_code, sent.headers["X-Saved"]) == (200, id)
    thread = await stories_reading.thread(await viewer(ben), story)
    assert thread is not None and len(thread.replies) == 1
    other = await ben.post(f"/stories/{story}/reply", data=form, headers={**headers, "X-Uid": str(uuid4())})
    assert other.status_code == 409
    assert "X-Saved" not in other.headers
    await verbs.close(await viewer(ana), story)
    late = {**form, "id": str(uuid4())}
    closed = await ben.post(f"/stories/{story}/reply", data=late, headers=headers)
    assert closed.status_code == 422, "The phone keeps the words, and does not take it for a sign-out."
    await moderation.withdraw(await viewer(ana), story)
    assert (await ben.post(f"/stories/{story}/reply", data=late, headers=headers)).status_code == 422


async def test_words_that_show_danger_are_held_and_answered_with_help(
    ana: Client, ben: Client, mo: Viewer
) -> None:
    story = await told(mo, await viewer(ana))
    answer = await ben.post(f"/stories/{story}/reply", data={"text": "I want to die too", "sure": "yes"})
    assert "Are you safe right now?" in answer.text
    assert "I want to die too" not in (await ana.get(f"/stories/{story}")).text


async def test_an_answer_may_be_changed_and_only_by_who_wrote_it(
    ana: Client, ben: Client, mo: Viewer
) -> None:
    story = await told(mo, await viewer(ana))
    await ben.post(f"/stories/{story}/reply", data={"text": "I know that bus."})
    reply = (await stories_reading.thread(await viewer(ben), story)).replies[0].shown.id  # type: ignore[union-attr]
    await publish(mo, reply)
    assert "I know that bus." in (await ben.get(f"/stories/answers/{reply}/edit")).text
    assert (await ana.get(f"/stories/answers/{reply}/edit")).status_code == 404
    assert (await ana.post(f"/stories/answers/{reply}/edit", data={"text": "Mine."})).status_code == 404
    changed = await ben.post(f"/stories/answers/{reply}/edit", data={"text": "I know that bus well."})
    assert "I know that bus well." in changed.text
    clock.move(timedelta(minutes=20))
    late = await ben.post(f"/stories/answers/{reply}/edit", data={"text": "Later words."})
    assert late.status_code in {200, 409}
    assert (await ben.post(f"/stories/answers/{uuid4()}/edit", data={"text": "x"})).status_code == 404


@pytest.mark.parametrize(
    "path",
    ["/stories/about/nothing", f"/stories/{uuid4()}", "/stories/not-an-id", f"/stories/{uuid4()}/like"],
)
async def test_what_is_not_there_is_a_kind_404(ben: Client, path: str) -> None:
    assert (await ben.get(path)).status_code == 404


@pytest.mark.parametrize(
    "before", ["x", "9" * 300, "~~", "2026-01-01~1~", "\x00", "2026-01-01T00:00:00+00:00.zz"]
)
async def test_a_broken_place_in_a_list_begins_at_its_beginning(
    ana: Client, ben: Client, mo: Viewer, before: str
) -> None:
    await told(mo, await viewer(ana))
    await controls.like(await viewer(ben), Likes(frozenset({"bullied"})))
    for path in ("/stories", "/stories/new", "/stories/kept", "/stories/about/bullied"):
        assert (await ben.get(path, params={"before": before})).status_code == 200
    assert (await ben.post("/stories/search", data={"q": "bus", "before": before})).status_code == 200


async def test_what_somebody_says_of_themselves_is_kept_for_them_alone(ben: Client) -> None:
    form = {"situations": ["bullied", "nonsense"], "interests": ["music"]}
    page = await ben.post("/stories/me", data=form)
    assert page.status_code == 200
    assert page.text.count(" checked") == 2
    assert "nonsense" not in page.text and "Stories like these come first" in page.text


async def test_who_chooses_more_than_five_is_told_that_not_all_are_kept(ben: Client) -> None:
    page = await ben.post("/stories/me", data={"situations": list(SITUATIONS)[: MOST + 1]})
    assert page.text.count(" checked") == MOST
    assert "more than five" in page.text and "come first now" not in page.text


async def test_a_page_costs_three_statements(ana: Client, ben: Client, mo: Viewer) -> None:
    story = await told(mo, await viewer(ana))
    await controls.like(await viewer(ben), Likes(frozenset({"bullied"})))
    paths = ("/stories", "/stories/new", "/stories/kept", "/stories/about/bullied", f"/stories/{story}")
    for path in paths:
        await ben.get(path)
        with count_queries() as counted:
            page = await ben.get(path)
        assert page.status_code == 200
        assert counted.n <= 3, path
    with count_queries() as counted:
        await ben.post("/stories/search", data={"q": "bus"})
    assert counted.n <= 3


async def test_from_a_story_its_writer_can_be_muted_blocked_or_told_of(
    ana: Client, ben: Client, people: People, mo: Viewer
) -> None:
    who = await viewer(ana)
    story = await told(mo, who)
    page = (await ben.get(f"/report/{story}")).text
    assert f'href="/report/person/{who.person}"' in page and "Mute Ana" in page
    form = {"person": str(who.person), "next": "/stories"}
    muted = await ben.post("/account/controls/people", data={**form, "how": "mute"})
    assert "The late bus" not in muted.text and "hidden by your choices" in muted.text
    stranger = await people("stranger")
    await stranger.post("/account/controls/people", data={**form, "how": "block"})
    assert (await stranger.get(f"/stories/{story}")).status_code == 404


async def test_a_moderator_s_paused_author_keeps_the_words(ana: Client, ben: Client, mo: Viewer) -> None:
    from db import sanctions

    story = await told(mo, await viewer(ana))
    await sanctions.pause(mo, (await viewer(ben)).person, timedelta(hours=2), "unkind")
    answer = await ben.post(f"/stories/{story}/reply", data={"text": "Still here with words."})
    assert answer.status_code == 403
    assert "Still here with words." in answer.text
    assert await moderation.find(await viewer(ben), story)
