"""Finding one's own words again, whatever the case or accents they were written with."""

import unicodedata

from care import feelings
from care.journal import Entry
from care.prompts import PROMPTS
from care.words import _

LONGEST = 100


def terms(question: str) -> list[str]:
    return fold(question[:LONGEST]).split()


def matches(entry: Entry, wanted: list[str]) -> bool:
    """Whether each term is somewhere in the entry: its note, words, tags, sky or prompt."""
    words = entry.words
    prompt = PROMPTS.get(words.prompt)
    text = fold(
        " ".join(
            [
                words.note,
                feelings.sky(entry.mood),
                _(prompt.title) if prompt else "",
                *(f"{key} {feelings.word(key)}" for key in words.emotions),
                *(f"{key} {feelings.tag(key)}" for key in words.tags),
            ]
        )
    )
    return all(term in text for term in wanted)


def fold(text: str) -> str:
    """Without case, accents and look-alike forms: "Café" and "CAFE" are the same."""
    decomposed = unicodedata.normalize("NFKD", text.casefold())
    return "".join(c for c in decomposed if not unicodedata.combining(c)).casefold()
