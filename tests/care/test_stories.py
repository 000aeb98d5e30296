"""The forms of stories and answers, and the second look at an answer."""

import json
from pathlib import Path
from uuid import uuid4

import pytest

import care
from care import matching, replying, stories
from care.controls import NOTES, TOPICS
from care.shared import INTENTS
from care.stories import Problems, Story
from web.forms import Form

LONG = "It was raining and I was late, and nobody had told me that it would get better by itself. " * 5


def form(**fields: str) -> Form:
    return Form([*{"title": "Rain", "was": LONG, "helped": "A bus driver.", **fields}.items()])


def test_a_story_keeps_its_boxes_in_their_places() -> None:
    found = stories.read_story(form(intent="ideas", after="months"))
    assert isinstance(found, Story)
    assert found.draft.words.parts == ("Rain", LONG.strip(), "A bus driver.", "", "")
    assert (found.draft.intent, found.facts.after) == ("ideas", "months")


def test_what_nobody_knows_is_left_out_of_a_story() -> None:
    fields = [
        ("was", LONG),
        ("intent", "fame"),
        ("after", "soon"),
        ("topics", "money<script>"),
        ("situations", "x"),
    ]
    found = stories.read_story(Form(fields))
    assert isinstance(found, Story)
    assert (found.draft.intent, found.facts.after, found.draft.topics) == ("listen", "", ())
    assert not found.facts.likes


@pytest.mark.parametrize(
    ("fields", "name"),
    [
        ({"was": "Too short."}, "was"),
        ({"was": "x" * 6001}, "was"),
        ({"title": "x" * 81}, "title"),
        ({"note_own": "x" * 31}, "note_own"),
    ],
)
def test_what_must_be_mended_is_said_by_its_box(fields: dict[str, str], name: str) -> None:
    found = stories.read_story(form(**fields))
    assert isinstance(found, Problems)
    assert name in found


@pytest.mark.parametrize("text", ["", " \n ", "x" * 1001])
def test_an_answer_has_words_and_not_too_many(text: str) -> None:
    assert isinstance(stories.read_reply(Form([("text", text)]), uuid4()), Problems)


def test_a_story_without_a_title_is_called_by_its_first_words() -> None:
    assert stories.title(("", "", "A bus driver nodded.", "", "")) == "A bus driver nodded."
    long = stories.title(("", LONG, "", "", ""))
    assert len(long) <= stories.TITLE_LONGEST and long.endswith("…")
    assert stories.title(("", "", "", "", "")) == ""


def test_a_teaser_is_cut_at_a_word_and_has_one_mark_behind_it() -> None:
    assert stories.teaser(("", "A bag I hated. Then it was mine.", "", "", ""), 17) == "A bag I hated…"
    assert stories.teaser(("", "A bag I hated.", "", "", ""), 20) == "A bag I hated."


@pytest.mark.parametrize(
    ("text", "intent", "hints"),
    [
        ("You should just try yoga.", "ideas", 2),
        ("Have you tried sleeping more?", "listen", 1),
        ("Have you tried sleeping more?", "ideas", 0),
        ("At least you have a bed.", "", 1),
        ("I know exactly how you feel", "", 1),
        ("I just read this twice. Thank you.", "listen", 0),
        ("You said it so well.", "listen", 0),
        ("Tienes que hablar con alguien", "", 1),
    ],
)
def test_the_second_look_finds_a_push_and_leaves_warm_words_alone(text: str, intent: str, hints: int) -> None:
    found = replying.look(text, intent)
    assert len(found) == hints
    assert all(hint.found.casefold() in text.casefold() for hint in found)


def test_support_is_one_bit_each_and_openers_exist_for_every_intent() -> None:
    assert sorted(stories.SUPPORT) == [1, 2, 4, 8, 16]
    assert sorted(stories.SUPPORT_KEYS.values()) == sorted(stories.SUPPORT)
    assert stories.kinds(5) == [1, 4]
    for each in (stories.OPENERS, stories.ASKED, stories.WANTS):
        assert set(each) == set(INTENTS)
    assert all(len(three) == 3 for three in stories.OPENERS.values())


def test_the_demonstration_has_at_least_twenty_stories_that_pass_our_own_rules() -> None:
    data = json.loads((Path(care.__file__).parent / "data" / "demo_stories.json").read_text("utf-8"))
    assert len(data["stories"]) >= 20
    assert "Nobody in them is real" in data["note"]
    names = {name for side in data["writers"].values() for name in side}
    assert {reply["by"] for one in data["members"] for reply in one["replies"]} <= names
    for one in data["stories"] + data["members"]:
        fields = [("title", one["title"]), *zip(stories.BOXES, one["parts"], strict=True)]
        found = stories.read_story(Form([*fields, ("intent", one["intent"])]))
        assert isinstance(found, Story), one["title"]
        assert set(one["topics"]) <= set(TOPICS) and set(one["notes"]) <= set(NOTES)
        assert set(one["situations"]) <= set(matching.SITUATIONS)
        older = set(data["writers"]["y"])
        answered = {
            reply["by"] in older if "by" in reply else reply["band"] == "c" for reply in one["replies"]
        }
        sides = answered | {one["band"] == "c"}
        assert len(sides) == 1, "Nobody answers across the sides."
        assert all(len(reply["text"]) <= stories.REPLY_LONGEST for reply in one["replies"])
