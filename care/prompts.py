"""Questions to write from, offered by the last sky, three at a time."""

from collections.abc import Collection
from dataclasses import dataclass

from care.words import N_


@dataclass(frozen=True)
class Prompt:
    key: str
    title: str
    questions: tuple[str, ...]
    moods: tuple[int, ...]
    """The skies after which it is worth offering."""


_ALL = (1, 2, 3, 4, 5)
_PROMPTS = (
    Prompt(
        "friend",
        N_("What a friend would say"),
        (N_("What happened?"), N_("What did I tell myself?"), N_("What would a kind friend say?")),
        (1, 2, 3),
    ),
    Prompt(
        "next-hour",
        N_("Just the next hour"),
        (N_("What would make the next hour a little easier?"), N_("What can wait?")),
        (1, 2),
    ),
    Prompt(
        "still-true",
        N_("Things that are still true"),
        (N_("What is still true, even today?"), N_("Who or what has stayed?")),
        (1, 2),
    ),
    Prompt(
        "not-saying",
        N_("What I am not saying"),
        (N_("What do I keep to myself?"), N_("What would I like somebody to know?")),
        (1, 2, 3),
    ),
    Prompt(
        "body",
        N_("Where I feel it"),
        (N_("Where in my body is it?"), N_("If it could talk, what would it ask for?")),
        (1, 2, 3),
    ),
    Prompt(
        "my-part",
        N_("Mine and not mine"),
        (N_("What part of this can I change?"), N_("What part is not mine to carry?")),
        (1, 2, 3),
    ),
    Prompt(
        "before",
        N_("I got through before"),
        (N_("When was it hard before?"), N_("What helped, even a little?")),
        (1, 2, 3),
    ),
    Prompt(
        "small-thing",
        N_("One small thing"),
        (N_("What small thing was all right today?"), N_("What made it so?")),
        (2, 3, 4),
    ),
    Prompt(
        "rose-thorn",
        N_("Sun and cloud"),
        (N_("What was a bit of sun today?"), N_("What was a cloud?")),
        (3, 4),
    ),
    Prompt("learned", N_("Something about me"), (N_("What did I notice about myself lately?"),), (3, 4, 5)),
    Prompt(
        "keep-this",
        N_("Keep this for later"),
        (N_("What would I like to remember on a heavy day?"),),
        (4, 5),
    ),
    Prompt(
        "helped-me",
        N_("Somebody who helped"),
        (N_("Who made something lighter?"), N_("How did they do it?")),
        (4, 5),
    ),
    Prompt("look-ahead", N_("Looking ahead"), (N_("What do I look forward to, however small?"),), (3, 4, 5)),
    Prompt("free", N_("Whatever comes"), (N_("What is on my mind right now?"),), _ALL),
)
PROMPTS = {prompt.key: prompt for prompt in _PROMPTS}


def offer(mood: int | None, skipped: Collection[str], turn: int = 0, count: int = 3) -> list[Prompt]:
    """Some prompts that fit the last sky, never a skipped one; each `turn` brings the next ones."""
    fitting = [p for p in _PROMPTS if p.key not in skipped and (mood is None or mood in p.moods)]
    if len(fitting) <= count:
        return fitting
    start = turn * count % len(fitting)
    return (fitting + fitting)[start : start + count]
