"""Stories and what people answer them: boxes and limits, kinds of support, and forms read without fuss."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import timedelta
from typing import Protocol
from uuid import UUID

from care import controls, matching
from care.matching import NOBODY, Likes
from care.shared import INTENTS, Draft, Words
from care.words import N_

STORY, REPLY = "story", "reply"
BOXES = ("was", "helped", "hard", "tell")
"""The four steps of the guided writer, all optional; with the title before them they are a story's parts."""
TITLE_LONGEST, SHORTEST, LONGEST, REPLY_LONGEST = 80, 300, 6_000, 1_000
REPLY_TOO_LONG = N_("An answer has at most 1,000 letters. Could you say it shorter?")
"""Characters."""
EDIT_FOR = timedelta(minutes=15)
"""So long an answer may be changed."""
PACE = 1_000
"""Characters read in a minute, a little slower than most people read."""

QUESTIONS = {
    "was": N_("What was it like?"),
    "helped": N_("What changed, or helped?"),
    "hard": N_("What do you still find hard?"),
    "tell": N_("What would you tell somebody in it now?"),
}
AFTER = {
    "now": N_("I’m still in it"),
    "weeks": N_("some weeks later"),
    "months": N_("some months later"),
    "year": N_("about a year later"),
    "years": N_("years later"),
}
"""Written how long after."""
FRESH = frozenset({"now"})
"""So soon, a private letter first may be kinder to its writer; it is offered, never asked."""

HEAR, METOO, STRENGTH, HELPED, THINKING, THANKS = 1, 2, 4, 8, 16, 32
SUPPORT = {
    HEAR: N_("I hear you"),
    METOO: N_("Me too"),
    STRENGTH: N_("Sending strength"),
    HELPED: N_("This helped me"),
    THINKING: N_("Thinking of you"),
}
"""One of each reader for each text, as bits: which kinds there were is one number."""
SUPPORT_KEYS = {
    "hear": HEAR,
    "metoo": METOO,
    "strength": STRENGTH,
    "helped": HELPED,
    "thinking": THINKING,
}

OPENERS = {
    "listen": (N_("It sounds like…"), N_("Thank you for telling us about…"), N_("I’m reading this and…")),
    "ideas": (N_("What helped me was…"), N_("Would it help if…?"), N_("When I was in something like this…")),
    "perspectives": (
        N_("Another way to see it…"),
        N_("When I was in something like this…"),
        N_("I wonder if…"),
    ),
    "celebrate": (N_("That is such good news, because…"), N_("I love that you…"), N_("You must have…")),
    "hello": (N_("Hello, I’m glad that you…"), N_("Welcome! Me too, I…"), N_("What do you like about…?")),
}
ASKED = {
    "listen": N_("They asked not to get advice. Being heard is what helps now."),
    "ideas": N_("They would like ideas: what helped you, or what you would try."),
    "perspectives": N_("They would like to hear how others see it."),
    "celebrate": N_("They have something good to share."),
    "hello": N_("They would like to say hello."),
}
WANTS = {
    "listen": N_("wants to be heard"),
    "ideas": N_("would like ideas"),
    "perspectives": N_("wants perspectives"),
    "celebrate": N_("has good news"),
    "hello": N_("says hello"),
}
"""The intents, as a list and a story say them."""


class Form(Protocol):
    def text(self, name: str) -> str: ...
    def all(self, name: str) -> list[str]: ...


class Problems(dict[str, str]):
    """What to mend, by field, in words still to be translated."""


@dataclass(frozen=True, slots=True)
class Facts:
    """What stands beside a story's words."""

    likes: Likes = NOBODY
    after: str = ""
    lang: str = "en"


@dataclass(frozen=True, slots=True)
class Story:
    draft: Draft
    facts: Facts


def read_story(form: Form, lang: str = "en", cid: UUID | None = None) -> Story | Problems:
    """Fields `title`, one for each of BOXES, `intent`, `topics`, `notes`, `note_own`, `situations`,
    `interests` and `after`."""
    parts = tuple(form.text(name).strip() for name in ("title", *BOXES))
    problems = Problems()
    letters = sum(len(part) for part in parts[1:])
    if letters < SHORTEST:
        problems["was"] = N_("A little more, please: a story has at least 300 letters over its boxes.")
    if letters > LONGEST:
        problems["was"] = N_("That is more than 6,000 letters. Could it be two stories?")
    if len(parts[0]) > TITLE_LONGEST:
        problems["title"] = N_("A title has at most 80 letters.")
    notes = controls.read_notes(form)
    if isinstance(notes, controls.Problems):
        problems.update(notes)
    if problems or isinstance(notes, controls.Problems):
        return problems
    known = tuple(note for note in notes if note in controls.NOTES)
    own = next((note for note in notes if note not in controls.NOTES), "")
    draft = Draft(
        STORY,
        Words(parts, own),
        intent=_one(form.text("intent"), INTENTS, "listen"),
        notes=known,
        topics=tuple(topic for topic in controls.TOPICS if topic in form.all("topics"))[:4],
        cid=cid,
    )
    likes = matching.read(form.all("situations"), form.all("interests"))
    return Story(draft, Facts(likes, _one(form.text("after"), AFTER, ""), lang))


def read_reply(form: Form, place: UUID, cid: UUID | None = None) -> Draft | Problems:
    text = form.text("text").strip()
    if not text:
        return Problems(text=N_("Please write a line first. A short one is fine."))
    if len(text) > REPLY_LONGEST:
        return Problems(text=REPLY_TOO_LONG)
    return Draft(REPLY, Words((text,)), place=place, cid=cid)


def minutes(letters: int) -> int:
    """To read it."""
    return max(1, round(letters / PACE))


def kinds(mask: int) -> list[int]:
    """Which kinds of support there were."""
    return [bit for bit in SUPPORT if mask & bit]


def title(parts: tuple[str, ...]) -> str:
    """A story without a title is called by its first words."""
    if parts[0]:
        return parts[0]
    first = next((part for part in parts[1:] if part), "")
    return first if len(first) <= TITLE_LONGEST else _cut(first[: TITLE_LONGEST - 1])


def teaser(parts: tuple[str, ...], longest: int = 160) -> str:
    said = " ".join(part for part in parts[1:] if part)
    return said if len(said) <= longest else _cut(said[:longest])


def _cut(said: str) -> str:
    """Cut at a word, with one mark of what is left out, not one behind a full stop."""
    return said.rsplit(" ", 1)[0].rstrip(" .,;:–—-…") + "…"


def _one(value: str, known: Collection[str], otherwise: str) -> str:
    return value if value in known else otherwise
