"""The sky of a group: what may be said of the skies its people put in today, so that it never tells whose.

What is drawn is a picture in words, and it stands still. It is drawn anew only when FEWEST people have put
in a sky that is in no drawing yet. Whoever watches the page can therefore never set a drawing with one person
beside one without them: between two drawings lie five people at least, counted by membership and not by
visits, so that taking one's own back and putting it in again moves nothing. Words instead of numbers, and no
word for a sky that one person alone has, keep even five from being counted out; a sky that is not named may
be there all the same, so that nothing is ever said of all. What stays possible: who holds four of the five
can guess the fifth, as with every number like this one.

Taken back, a sky is gone from what we keep at once. The drawing stands until the next: to redraw it for one
person is to show which sky was theirs.
"""

from collections import Counter
from collections.abc import Sequence

from care.feelings import SKIES
from care.groups import Form, Problems
from care.words import N_

FEWEST = 5
"""People in a drawing, and people between one drawing and the next."""
NAMED = 2
"""A sky that fewer people have is not named."""
MANY, SOME = "m", "s"
MUCH = {MANY: N_("many"), SOME: N_("some")}
NO_SKY = N_("There is no sky in your journal today. You can choose one here.")


def due(fresh: int) -> bool:
    """Whether to draw: `fresh` people have a sky in that is in no drawing of today."""
    return fresh >= FEWEST


def draw(moods: Sequence[int]) -> str:
    """Such as `1m 4s`: which skies, the heaviest first, and how much of each. Empty when all differ."""
    found = sorted(Counter(moods).items())
    named = ((mood, n) for mood, n in found if n >= NAMED)
    return " ".join(f"{mood}{MANY if n * 2 >= len(moods) else SOME}" for mood, n in named)


def seen(mix: str) -> list[tuple[int, str]]:
    """Each sky that is named in what `draw` gave, and a key of MUCH."""
    return [(int(one[0]), one[1]) for one in mix.split()]


def read_sky(form: Form) -> int | Problems | None:
    """Field `mood`, 1 to 5, or `journal` for the one in there, which is None."""
    if form.text("journal") == "yes":
        return None
    if form.text("mood") in map(str, SKIES):
        return int(form.text("mood"))
    return Problems(mood=N_("Choose a sky first. Any of the five."))
