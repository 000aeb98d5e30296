"""What a member shares with others, before it is anywhere: the draft and its words."""

import json
from dataclasses import dataclass
from uuid import UUID

from care.controls import NOTES, TOPICS
from care.words import N_

LONGEST = 20_000
"""Characters in all: as far as the readers read. Each kind asks for less by itself."""
INTENTS = {
    "listen": N_("Listen"),
    "ideas": N_("Ideas"),
    "perspectives": N_("Perspectives"),
    "celebrate": N_("Celebrate"),
    "hello": N_("Say hello"),
}


@dataclass(frozen=True, slots=True)
class Words:
    """`parts` keep their places (a story has boxes, some empty); `own_note` is an author's own."""

    parts: tuple[str, ...]
    own_note: str = ""

    @property
    def text(self) -> str:
        """What everyone reads, and what marks and sentences are counted in."""
        return "\n\n".join(part for part in self.parts if part.strip())


@dataclass(frozen=True, slots=True)
class Draft:
    """`notes` and `topics` are keys of care.controls; `place` a group, or the item this answers."""

    kind: str
    words: Words
    intent: str = ""
    notes: tuple[str, ...] = ()
    topics: tuple[str, ...] = ()
    place: UUID | None = None
    cid: UUID | None = None

    def __post_init__(self) -> None:
        if not self.words.text or len(self.words.text) > LONGEST:
            raise ValueError("There must be words, and at most LONGEST characters of them.")
        if not (set(self.notes) <= set(NOTES) and set(self.topics) <= set(TOPICS)):
            raise ValueError("A note or a topic that nobody knows.")

    @property
    def read(self) -> str:
        """All that others could read, with the author's own note: no words go round the readers."""
        return f"{self.words.text}\n\n{self.words.own_note}".rstrip()


def pack(words: Words) -> bytes:
    packed = json.dumps([list(words.parts), words.own_note], ensure_ascii=False, separators=(",", ":"))
    return packed.encode("utf-8", "replace")


def unpack(packed: bytes) -> Words:
    parts, own_note = json.loads(packed)
    return Words(tuple(parts), own_note)
