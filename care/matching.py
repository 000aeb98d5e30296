"""What a story and its reader have in common: which weighs how much, and the one line that says why.

No views, no reactions, nothing of what others did: only what both chose to say, and how rare it is.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from care.words import N_

SITUATIONS = {
    "exam-stress": N_("exam stress"),
    "new-school": N_("starting somewhere new"),
    "left-university": N_("leaving a course"),
    "first-job": N_("a first job"),
    "money-trouble": N_("too little money"),
    "parents-split": N_("parents splitting up"),
    "young-carer": N_("looking after somebody at home"),
    "drinking-at-home": N_("drinking at home"),
    "moving-country": N_("moving to another country"),
    "losing-someone": N_("losing somebody"),
    "friend-moved-on": N_("a friend who moved on"),
    "break-up": N_("a break-up"),
    "lonely-in-crowd": N_("being lonely among people"),
    "bullied": N_("being bullied"),
    "online-hate": N_("hate online"),
    "racism": N_("racism"),
    "coming-out": N_("coming out"),
    "religion-at-home": N_("faith at home"),
    "body-feelings": N_("feelings about my body"),
    "cant-sleep": N_("not sleeping"),
    "panic-attacks": N_("panic attacks"),
    "waiting-list": N_("being on a waiting list"),
    "hospital-stay": N_("a stay in hospital"),
    "long-illness": N_("a long illness"),
    "neurodivergent": N_("a brain that works differently"),
    "self-harm-past": N_("having hurt myself before"),
    "eating-past": N_("trouble with eating"),
    "low-for-long": N_("feeling low for a long time"),
}
DIAGNOSES = frozenset({"long-illness", "neurodivergent", "self-harm-past", "eating-past"})
"""Nobody is shown a story for one of these alone: a person is more than that."""

INTERESTS = {
    "music": N_("music"),
    "football": N_("football"),
    "drawing": N_("drawing"),
    "gaming": N_("games"),
    "reading": N_("books"),
    "writing": N_("writing"),
    "animals": N_("animals"),
    "cooking": N_("cooking"),
    "nature": N_("being outside"),
    "dancing": N_("dancing"),
    "coding": N_("coding"),
    "films": N_("films and series"),
    "sport": N_("sport"),
    "making": N_("making things"),
    "faith": N_("faith"),
    "skating": N_("skating and riding"),
}
MOST = 5
"""Of each, that one reader or one story may name."""

SHARED_SITUATION, SHARED_INTEREST = 30, 20
"""A common situation weighs more than a common interest; the rarest twice as much as the commonest."""


@dataclass(frozen=True, slots=True)
class Likes:
    """What a reader says of themselves, and a story of itself; keys of SITUATIONS and INTERESTS."""

    situations: frozenset[str] = frozenset()
    interests: frozenset[str] = frozenset()

    @property
    def tags(self) -> frozenset[str]:
        return self.situations | self.interests

    def __bool__(self) -> bool:
        return bool(self.tags)


NOBODY = Likes()
"""Of whom nothing is known."""


def weights(likes: Likes, counts: Mapping[str, int]) -> dict[str, int]:
    """What each tag of this reader counts. `counts` says how many stories carry a tag, as far as it was
    counted; the same counts always give the same weights, in whole numbers."""
    most = max((counts.get(tag, 0) for tag in likes.tags), default=0) or 1
    found = {}
    for tag in sorted(likes.tags):
        base = SHARED_SITUATION if tag in SITUATIONS else SHARED_INTEREST
        found[tag] = base + base * (most - min(counts.get(tag, 0), most)) // most
    return found


def score(shared: Collection[str], weighed: Mapping[str, int]) -> int:
    """What a story weighs for a reader: nothing, when all they share is a diagnosis."""
    common = [tag for tag in shared if tag in weighed]
    return sum(weighed[tag] for tag in common) if set(common) - DIAGNOSES else 0


def ranked(weighed: Mapping[str, int]) -> list[str]:
    """A reader's tags, the one to name first in front."""
    return sorted(weighed, key=lambda tag: (tag in DIAGNOSES, -weighed[tag], tag))


def why(story: Likes, first: Sequence[str]) -> str:
    """The weightiest thing in common, as a key to say in one line; "" when there is none to say. `first` as
    `ranked` gives it."""
    return next((tag for tag in first if tag in story.situations or tag in story.interests), "")


def label(tag: str) -> str:
    """Still to be translated."""
    return SITUATIONS.get(tag) or INTERESTS.get(tag) or tag


def read(situations: Sequence[str], interests: Sequence[str]) -> Likes:
    """From a form: what nobody knows, and what is beyond MOST, is left out."""
    return Likes(
        frozenset([key for key in SITUATIONS if key in situations][:MOST]),
        frozenset([key for key in INTERESTS if key in interests][:MOST]),
    )
