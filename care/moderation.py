"""Moderation: what in a message must be held, or mended, before other members see it, and why.

It does not decide alone: it says what it found and where, the writer is told and can mend it, people decide.
What somebody did or said to a member is theirs to tell: reported words are not held against the teller.
"""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from itertools import pairwise
from typing import Literal

from care import contact, links, moderation_weights
from care.flat import Flat, flatten
from care.patterns import Book, load
from care.reading import Normal, normalise
from care.words import N_

LABELS = ("contact_info", "link", "harassment", "grooming", "method_info", "ed_numbers", "spam")

Verdict = Literal["go_on", "nudge", "freeze"]

WHY = {
    "contact_info": N_("This looks like a way to reach people elsewhere. We keep contact details out."),
    "contact.ask": N_("This asks people to talk somewhere else. We cannot look after you there."),
    "contact.phone": N_("This looks like a phone number. We keep contact details out, to keep people safe."),
    "contact.mail": N_("This looks like an email address. We keep contact details out, to keep people safe."),
    "contact.address": N_("This looks like a place where somebody can be found. We keep those out."),
    "link": N_("This is a link. Only links to places that help can be shared here."),
    "harassment": N_("This could hurt the person who reads it."),
    "harassment.threat": N_("This sounds like a threat."),
    "harassment.exclude": N_("This pushes somebody out. Everybody may be here."),
    "grooming": N_("This asks for something that is not safe to ask of people here."),
    "grooming.secret": N_("This asks somebody to keep a secret. Safe people do not need that."),
    "grooming.image": N_("This asks for a picture, or about somebody's body. That is not safe here."),
    "grooming.meet": N_("This asks to meet, or where somebody is. That is not safe here."),
    "method_info": N_("This tells how, with what, how much or where. That can put others in danger."),
    "ed_numbers": N_("Numbers about weight, sizes or eating can make it harder for others."),
    "spam": N_("This looks like advertising, or the same thing many times."),
}

# The same words again and again from somebody in pain are not a line that fills the page.
_HEARTFELT = frozenset(links.DATA["heartfelt"])

_PLACES = ("contact_info", "link")
_ASKED = (".contact.add", ".contact.ask", ".contact.mine", ".contact.veiled", ".contact.sideways")
"""Rules that hear how people ask to talk elsewhere; numbers and addresses are what they are."""

_REACH = 14  # words: further than this no pattern reaches


@dataclass(frozen=True, slots=True, order=True)
class Finding:
    """One thing found. `start` and `end` are places in the text as it was written."""

    start: int
    end: int
    label: str
    rule: str
    why: str


@dataclass(frozen=True, slots=True)
class Findings:
    """All that was found, in the order of the text; false when nothing was."""

    found: tuple[Finding, ...]
    signals: frozenset[str] = frozenset()

    def __bool__(self) -> bool:
        return bool(self.found)

    def __iter__(self) -> Iterator[Finding]:
        return iter(self.found)

    @property
    def labels(self) -> tuple[str, ...]:
        here = {finding.label for finding in self.found}
        return tuple(label for label in LABELS if label in here)


def read(text: str) -> Findings:
    """Every contact detail, link, attack, unsafe ask, method, eating number and advert in a text.

    Rules say most; what hurts, lures or leads elsewhere is weighed as well, since it is seldom said as it
    usually is. The weights add, and take back what rules took from a few words of an everyday message: never
    a number, an address, a link or a method.
    """
    said, normal = ruled(text), normalise(text)
    found = set(said.found)
    for language, label, total, start, end in moderation_weights.weigh(normal, heard(said)):
        if total >= 0 and label not in said.labels and not (label in _PLACES and contact.helps(normal.text)):
            found.add(Finding(start, end, label, f"{language}.{label}.words", WHY[label]))
        elif total < moderation_weights.far(label):
            found -= {one for one in found if one.label == label and _may_err(one, text)}
    return Findings(tuple(sorted(found)), said.signals)


def _may_err(one: Finding, text: str) -> bool:
    """In a long text an insult is soon outweighed by all the rest, so there rules have the last word."""
    if one.label in _PLACES:
        return one.rule.endswith(_ASKED)
    return one.label != "harassment" or len(text.split()) <= moderation_weights.BRIEF


def heard(said: Findings) -> set[str]:
    """What rules found, as signs for the weights."""
    rules = {"=" + one.rule for one in said.found if one.label in ("contact_info", "link")}
    return rules | {"=" + label for label in said.labels} | {"~" + signal for signal in said.signals}


def ruled(text: str) -> Findings:
    """What the rules alone find."""
    found: dict[tuple[str, str, int], Finding] = {}
    signals: dict[str, tuple[int, int]] = {}
    normal = normalise(text)
    base: frozenset[str] = frozenset()
    for nth, variant in enumerate(normal.variants()):
        flat = flatten(variant)
        if nth == 0:
            for rule, label, start, end in contact.find(flat):
                _keep(found, rule, label, *normal.span(start, end))
            for start, end in _repeated(flat):
                _keep(found, "spam.repeated", "spam", *flat.span(start, end))
        else:
            _disguised(found, variant)
        for phrase, start, end in _book().search(flat, *_changed(flat, base)):
            span = flat.span(start, end)
            if phrase.label:
                _keep(found, phrase.rule, phrase.label, *span)
            if phrase.signal:
                signals.setdefault(phrase.signal, span)
        base |= frozenset(flat.words)
    if len(signals) > 1 and not any(finding.label == "grooming" for finding in found.values()):
        _keep(found, "grooming.signals", "grooming", *min(signals.values()))
    return Findings(tuple(sorted(found.values())), frozenset(signals))


def grooming_signals(text: str) -> frozenset[str]:
    """Which signs of grooming a message carries, for `conversation`."""
    return read(text).signals


def conversation(signals_so_far: frozenset[str], new: frozenset[str]) -> Verdict:
    """What to do with a conversation of two, given one side's signs before and in the new message.

    Two different signs freeze it and call the safeguarding lead; an age ask alone nudges both people.
    """
    seen = signals_so_far | new
    if len(seen) > 1 and new:
        return "freeze"
    return "nudge" if new else "go_on"


def _changed(flat: Flat, known: frozenset[str]) -> tuple[int, int]:
    """The stretch of a variant that can say something new: its new words, and some on either side."""
    new = [at for at, word in enumerate(flat.words) if word not in known]
    return (max(0, new[0] - _REACH), min(len(flat.words), new[-1] + _REACH)) if new else (0, 0)


@cache
def _book() -> Book:
    return load("moderation_en", "moderation_es")


def _keep(found: dict[tuple[str, str, int], Finding], rule: str, label: str, start: int, end: int) -> None:
    family = rule.removeprefix("en.").removeprefix("es.")
    why = WHY.get(family) or WHY[label]
    found.setdefault((rule, label, start), Finding(start, end, label, rule, why))


def _disguised(found: dict[tuple[str, str, int], Finding], variant: Normal) -> None:
    """Addresses said in words and in disguise: n3ws d0t ex4mple."""
    mails = [(one.start, one.end) for one in found.values() if one.label == "contact_info"]
    for start, end in links.find(variant.text):
        first, last = variant.span(start, end)
        if " " in variant.text[start:end] and not any(first < to and since < last for since, to in mails):
            _keep(found, "link.disguised", "link", first, last)


def _repeated(flat: Flat) -> Iterator[tuple[int, int]]:
    """Runs of two to eight words said three times or more, one after the other."""
    if max(Counter(pairwise(flat.words)).values(), default=0) < 3:
        return
    words = [(word, at) for at, word in enumerate(flat.words) if word != "|"]
    for size in range(2, min(9, len(words) // 3 + 1)):
        same = 0
        for at in range(size, len(words)):
            same = same + 1 if words[at][0] == words[at - size][0] else 0
            if same == 2 * size and _fills_the_page({word for word, _ in words[at - size + 1 : at + 1]}):
                last = words[at][1]
                yield flat.at[words[at - 3 * size + 1][1]], flat.at[last] + len(flat.words[last])
                return


def _fills_the_page(line: set[str]) -> bool:
    counted = sum(word.isdigit() or word in contact.NUMBERS for word in line)
    return len(line) > 1 and line.isdisjoint(_HEARTFELT) and counted * 2 < len(line)
