"""The words a person can pick from: five skies, emotions with a meaning, what was around, prompts.

Emotions stand on two axes, pleasantness and energy, each from -4 to 4 (after Russell's
circumplex), so that the words nearest to a chosen sky can be offered first. Order and
positions are ours, for offering words; they measure nothing.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache

from care.words import N_, _


@dataclass(frozen=True)
class Emotion:
    key: str
    word: str
    meaning: str
    pleasant: int
    energy: int


SKIES = {1: N_("Heavy"), 2: N_("Low"), 3: N_("So-so"), 4: N_("Okay"), 5: N_("Bright")}
ENERGIES = {0: N_("none"), 1: N_("a little"), 2: N_("enough"), 3: N_("lots")}

_EMOTIONS = (
    Emotion("excited", N_("excited"), N_("Something good is coming and I can feel it."), 4, 4),
    Emotion("joyful", N_("joyful"), N_("Happy all the way through."), 4, 3),
    Emotion("playful", N_("playful"), N_("In the mood to joke and mess about."), 3, 3),
    Emotion("proud", N_("proud"), N_("Glad about something I did or am."), 4, 2),
    Emotion("inspired", N_("inspired"), N_("Full of ideas and wanting to start."), 3, 3),
    Emotion("confident", N_("confident"), N_("I trust myself with this."), 3, 2),
    Emotion("brave", N_("brave"), N_("Scared, and doing it anyway."), 2, 3),
    Emotion("curious", N_("curious"), N_("I want to know more."), 2, 2),
    Emotion("hopeful", N_("hopeful"), N_("It could get better."), 3, 1),
    Emotion("loved", N_("loved"), N_("Someone cares about me, and I feel it."), 4, 0),
    Emotion("connected", N_("connected"), N_("Close to somebody, or part of something."), 3, 1),
    Emotion("thankful", N_("thankful"), N_("Glad that someone or something is there."), 3, 0),
    Emotion("relieved", N_("relieved"), N_("It is over, or not as bad as I feared."), 3, -1),
    Emotion("content", N_("content"), N_("This is enough. I need nothing more right now."), 3, -2),
    Emotion("calm", N_("calm"), N_("Quiet inside. My breath is easy."), 3, -3),
    Emotion("safe", N_("safe"), N_("Nothing can hurt me here."), 3, -2),
    Emotion("rested", N_("rested"), N_("I slept or stopped, and it helped."), 2, -1),
    Emotion("tender", N_("tender"), N_("Soft, and easy to move to tears or a smile."), 1, -1),
    Emotion("surprised", N_("surprised"), N_("I did not see that coming."), 1, 3),
    Emotion("okay", N_("okay"), N_("Not great, not bad. Getting by."), 1, 0),
    Emotion("quiet", N_("quiet"), N_("I do not want to talk, and that is fine."), 0, -3),
    Emotion("unsure", N_("unsure"), N_("I do not know what I think or want yet."), 0, 0),
    Emotion("mixed", N_("mixed up"), N_("Two or more feelings at the same time."), 0, 1),
    Emotion("wistful", N_("wistful"), N_("Missing something good that has passed."), 0, -2),
    Emotion("restless", N_("restless"), N_("I cannot sit still or settle on anything."), -1, 3),
    Emotion("bored", N_("bored"), N_("Nothing holds me."), -1, -2),
    Emotion("tired", N_("tired"), N_("My body or my head wants to stop."), -1, -4),
    Emotion("distracted", N_("distracted"), N_("My thoughts keep running off."), -1, 1),
    Emotion("annoyed", N_("annoyed"), N_("Small things are getting to me."), -2, 2),
    Emotion("disappointed", N_("disappointed"), N_("I hoped for something and it did not happen."), -2, -2),
    Emotion("embarrassed", N_("embarrassed"), N_("I wish nobody had seen that."), -2, 2),
    Emotion("jealous", N_("jealous"), N_("Someone has what I want, or might take it."), -2, 2),
    Emotion("confused", N_("confused"), N_("It does not make sense to me."), -1, 1),
    Emotion("stressed", N_("stressed"), N_("Too much to do and too little time."), -2, 3),
    Emotion("anxious", N_("anxious"), N_("Worried about what might happen."), -3, 3),
    Emotion("frustrated", N_("frustrated"), N_("I try and it does not work."), -3, 3),
    Emotion("angry", N_("angry"), N_("Something is not fair and I feel it burn."), -3, 4),
    Emotion("scared", N_("scared"), N_("I feel in danger, or somebody is."), -4, 4),
    Emotion("overwhelmed", N_("overwhelmed"), N_("All of it at once. I cannot take more in."), -3, 4),
    Emotion("hurt", N_("hurt"), N_("Somebody's words or acts went deep."), -3, 0),
    Emotion("left-out", N_("left out"), N_("They are together and I am not with them."), -3, -1),
    Emotion("lonely", N_("lonely"), N_("I want somebody near and nobody is."), -3, -2),
    Emotion("guilty", N_("guilty"), N_("I did something I wish I had not."), -3, 1),
    Emotion("ashamed", N_("ashamed"), N_("I feel wrong as a person, not only for what I did."), -4, -1),
    Emotion("sad", N_("sad"), N_("Heavy, and close to tears."), -3, -3),
    Emotion("numb", N_("numb"), N_("I feel nothing much, or far away."), -3, -4),
    Emotion("empty", N_("empty"), N_("As if something is missing inside."), -4, -3),
    Emotion("hopeless", N_("hopeless"), N_("I cannot see it getting better right now."), -4, -4),
)
EMOTIONS = {emotion.key: emotion for emotion in _EMOTIONS}

FIRST = tuple(
    EMOTIONS[key].key
    for key in (
        *("calm", "hopeful", "proud", "loved", "relieved", "okay", "tired", "bored"),
        *("restless", "lonely", "anxious", "numb", "sad", "angry", "overwhelmed"),
    )
)
"""Offered before a sky is chosen: a little of everything."""

TAGS: dict[str, tuple[str, dict[str, str]]] = {
    "whom": (
        N_("With whom"),
        {
            "alone": N_("on my own"),
            "friends": N_("friends"),
            "family": N_("family"),
            "partner": N_("partner"),
            "classmates": N_("class or team"),
            "online-friends": N_("online friends"),
            "pet": N_("an animal"),
            "helper": N_("someone who helps me"),
        },
    ),
    "doing": (
        N_("Doing"),
        {
            "school": N_("school"),
            "work": N_("work"),
            "walk": N_("walk"),
            "sport": N_("sport"),
            "online": N_("online"),
            "music": N_("music"),
            "games": N_("games"),
            "making": N_("making things"),
            "reading": N_("reading"),
            "outside": N_("outside"),
            "chores": N_("chores"),
            "resting": N_("resting"),
        },
    ),
    "body": (
        N_("My body"),
        {
            "slept-badly": N_("slept badly"),
            "slept-well": N_("slept well"),
            "ill": N_("ill"),
            "pain": N_("in pain"),
            "period": N_("period"),
            "tense": N_("tense"),
            "moved": N_("moved my body"),
        },
    ),
    "trigger": (
        N_("What set it off"),
        {
            "argument": N_("an argument"),
            "exam": N_("a test"),
            "news": N_("the news"),
            "memory": N_("a memory"),
            "change": N_("a change"),
            "money": N_("money"),
            "waiting": N_("waiting"),
            "comparing": N_("comparing myself"),
            "kind-word": N_("a kind word"),
            "went-well": N_("it went well"),
            "talked": N_("talked to someone"),
            "no-reason": N_("no reason I know"),
        },
    ),
}
COMMON_TAGS = ("school", "friends", "family", "walk", "slept-badly", "online", "alone")
_TAG_WORDS = {key: word for _title, tags in TAGS.values() for key, word in tags.items()}


def near(mood: int) -> tuple[str, ...]:
    """About twelve words close to a sky (1-5), lively and still ones, and always two that fit any day."""
    target = (mood - 3) * 1.6
    by_distance = sorted(_EMOTIONS, key=lambda e: (round(abs(e.pleasant - target)), -abs(e.energy)))
    lively = [e.key for e in by_distance if e.energy > 0][:5]
    still = [e.key for e in by_distance if e.energy <= 0][:5]
    return tuple(e.key for e in _EMOTIONS if e.key in {*lively, *still, "tired", "hopeful"})


@cache
def skies_near(key: str) -> tuple[int, ...]:
    """The skies a word is offered with; 0 stands for none chosen yet."""
    return (*((0,) if key in FIRST else ()), *(mood for mood in SKIES if key in near(mood)))


def word(key: str) -> str:
    """A word of the list in the reader's language; anyone's own word as they wrote it."""
    known = EMOTIONS.get(key)
    return _(known.word) if known else key


def tag(key: str) -> str:
    known = _TAG_WORDS.get(key)
    return _(known) if known else key


def sky(mood: int | None) -> str:
    return _(SKIES[mood]) if mood in SKIES else ""


def is_own_tag(key: str) -> bool:
    return key not in _TAG_WORDS


def rare(keys: Iterable[str]) -> bool:
    """Whether any of these stands behind "More"."""
    return any(key in _TAG_WORDS and key not in COMMON_TAGS for key in keys)
