"""A second look at an answer before it goes: words that often land as advice or as smaller than meant,
and what would lead elsewhere.

It only ever suggests, once; whoever sends it again sends it as it is.
"""

import re
from dataclasses import dataclass

from care import moderation
from care.words import N_


@dataclass(frozen=True, slots=True)
class Hint:
    """What was found, as written, and what might be kinder."""

    found: str
    why: str


_JUST = re.compile(
    r"\b(?:just|simply|solo)\s+(?:try|think|stop|get|be|relax|calm|do|go|ignore|forget|talk|intenta|deja|piensa|olvida)\b",
    re.I,
)
_SHOULD = re.compile(
    r"\b(?:you|u|ya)\s+(?:should|shoud|must|need to|have to|ought to|gotta)\b|\btienes que\b|\bdeber[ií]as\b",
    re.I,
)
_LEAST = re.compile(
    r"\bat least\b|\bothers? have it worse\b|\beverything happens for a reason\b|\bal menos\b", re.I
)
_KNOW = re.compile(r"\bi know exactly how you feel\b|\bs[eé] exactamente c[oó]mo te sientes\b", re.I)
_ADVICE = re.compile(
    r"\b(?:have you tried|why don'?t you|try (?:to|not to)|my advice|has probado|por qu[eé] no)\b", re.I
)
_HINTS = (
    (_JUST, N_("“Just” can make it sound easy. How was it for you?")),
    (_SHOULD, N_("“You should” can feel like a push. “What helped me was…” says the same from your side.")),
    (_LEAST, N_("Comparing can make somebody feel small. “That sounds hard” is enough.")),
    (_KNOW, N_("Nobody knows exactly. “Something like this happened to me” is nearer.")),
)
_ELSEWHERE = ("contact_info", "link")
_LISTEN = N_("They asked not to get advice. Could you say what you hear instead?")


def look(text: str, intent: str = "") -> tuple[Hint, ...]:
    """In the order found; what somebody asked for (`ideas`) is no fault, and each hint is given once."""
    plain = text.replace("’", "'")
    hints = [Hint(match[0], why) for pattern, why in _HINTS if (match := pattern.search(plain))]
    if intent == "listen" and (match := _ADVICE.search(plain)):
        hints.append(Hint(match[0], _LISTEN))
    for one in moderation.read(text):
        if one.label in _ELSEWHERE and all(one.why != hint.why for hint in hints):
            hints.append(Hint(text[one.start : one.end], one.why))
    return tuple(hints)
