"""What a writer is told before a story is sent: what is marked, in which box, and that nothing is lost."""

from care import rulings
from care.ladder import CARDS
from care.moderation import LABELS
from care.shared import Draft, Words
from care.stories_advice import GRAVEST, RULE_OF, Advised, advise


def told(*boxes: str, title: str = "", note: str = "") -> Advised:
    parts = (title, *boxes, *("",) * (4 - len(boxes)))
    return advise(Draft("story", Words(parts, note)))


def rules(advised: Advised) -> list[str]:
    return [one.rule for one in advised.advice]


def marked(advised: Advised) -> list[str]:
    pieces = [*advised.title, *(piece for _, box in advised.boxes for piece in box)]
    return [text for text, mark in pieces if mark]


def test_every_label_has_words_for_it() -> None:
    assert set(RULE_OF) == set(LABELS)
    assert set(GRAVEST) <= {*rulings.RULES, "language"}


def test_a_quiet_story_is_left_alone() -> None:
    first = "I was new in my class, and I ate lunch with a book."
    advised = told(first, "Then a girl asked what I was reading.")
    assert (advised.advice, advised.card, marked(advised)) == ([], "", [])


def test_each_mark_stands_in_its_own_box() -> None:
    advised = told(
        "I weighed 41 kg then and my friend Anna saw it.",
        "",
        "",
        "Write to me: moth@example.com",
        title="In Leeds",
    )
    assert rules(advised) == ["numbers", "contact", "personal"]
    assert advised.title[1][0] == "Leeds"
    assert marked(advised)[0] == "Leeds" and "Anna" in marked(advised)
    assert [question for question, _ in advised.boxes] == [
        "What was it like?",
        "What would you tell somebody in it now?",
    ]
    personal = advised.advice[-1]
    assert {said.words: said.instead for said in personal.said} == {
        "Leeds": "my town",
        "Anna": "a friend, my sister, a teacher",
    }


def test_no_word_is_lost_or_doubled() -> None:
    boxes = (
        "My friend Anna said: “É así…” \n\n and 41 kg.",
        "  ",
        "He committed suicide in 2019.",
        "x" * 5_000,
    )
    advised = told(*boxes, title="T")
    shown = ["".join(text for text, _ in box) for _, box in advised.boxes]
    assert shown == [boxes[0], boxes[2], boxes[3]]


def test_words_that_weigh_less_are_a_suggestion() -> None:
    advised = told("My uncle committed suicide. Me too, a failed attempt.")
    assert [one.gentle for one in advised.advice if one.rule == "language"] == [True]
    assert "committed suicide" in marked(advised) and "failed attempt" in marked(advised)
    assert "language" in rules(told("Mi tío cometió suicidio."))


def test_own_danger_and_somebody_else_s_lead_to_their_cards() -> None:
    assert told("I'm going to kill myself tonight, I have the pills here").card == "calm"
    assert told("I want to die and I don't want to be here any more").card == "careful"
    assert told("My friend says she wants to kill herself").card in {"guide", "steps"}
    assert {told("a").card, told("a", note="I want to die").card} == {"", "careful"} <= set(CARDS)


def test_a_note_of_one_s_own_is_read_too() -> None:
    assert rules(told("Quiet words.", note="call 07700 900123")) == ["contact"]
