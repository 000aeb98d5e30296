"""Pseudonyms: what a name may be, what makes two the same, and kind suggestions."""

import json
import re
import unicodedata
from collections.abc import Callable, Sequence
from functools import lru_cache
from pathlib import Path
from typing import Any

from care.words import N_

WORDS: dict[str, Any] = json.loads((Path(__file__).parent / "data" / "names.json").read_text("utf-8"))
SHORTEST, LONGEST = 3, 20
SEPARATORS = " ._-"
LOOKS = {look: plain for plain, looks in WORDS["looks_like"].items() for look in looks}
UNSEEN = frozenset("\u115f\u1160\u17b4\u17b5\u3164\uffa0")
"""Letters and marks that draw nothing: with them two names would look the same."""

BOUNDARY = re.compile(r"[ ._\-]+|(?<=[^\W\d])(?=\d)|(?<=\d)(?=[^\W\d])|(?<=[a-zß-ÿ])(?=[A-ZÀ-Þ])")
"""Between two words of a name: a separator, a digit beside a letter, a capital in the middle."""
ADDRESS = re.compile(r"\.(com|net|org|info|io|me|app|gg|co|uk|de|fr|es|it)$", re.IGNORECASE)
CLASS = re.compile(r"\b(year|grade|class)( of)? ?\d", re.IGNORECASE)

Pick = Callable[[Sequence[Any]], Any]


def tidy(raw: str) -> str:
    """As it will be shown: compatibility forms folded, spaces single, none at the ends."""
    return " ".join(unicodedata.normalize("NFKC", raw[:200]).split())


def key(name: str) -> str:
    """The name folded so that look-alikes meet. Stored and unique: a change to it needs a migration."""
    folded = _plain(name)
    for pair, one in WORDS["looks_like_pairs"]:
        folded = folded.replace(pair, one)
    return folded[:80]


def problem(name: str) -> str | None:
    """Why this tidied name cannot be used, in words for the person; None when it can."""
    return _length(name) or _contact(name) or _shape(name) or _meaning(name) or _identity(name)


def suggest(count: int, pick: Pick) -> list[str]:
    """Names from gentle words. The number is never one that could be an age or a year of birth."""
    found: list[str] = []
    while len(found) < count:
        words = pick(WORDS["gentle_first"]), pick(WORDS["gentle_second"])
        name = f"{' '.join(words).title()} {pick(range(30, 60))}"
        if problem(name) is None and name not in found:
            found.append(name)
    return found


def _length(name: str) -> str | None:
    if len(name) < SHORTEST:
        return N_("Please choose a name with at least 3 letters.")
    if len(name) > LONGEST:
        return N_("That is a little long. A name can have up to 20 letters.")
    return None


def _contact(name: str) -> str | None:
    if "@" in name:
        return N_("Please leave out e-mail addresses and @names: other people could find you by them.")
    digits = sum(c.isdigit() for c in name)
    if digits >= 6:
        return N_("That could be a phone number. Please leave it out, so that nobody can find you by it.")
    if re.search(r"(?<!\d)(19[5-9]|20[0-4])\d(?!\d)", name):
        return N_("That could be the year you were born. Please leave it out.")
    if ADDRESS.search(name) or _holds(name, "contact"):
        return N_("Please leave out other apps and addresses: people could find you by them.")
    return None


def _shape(name: str) -> str | None:
    if any(not _allowed(c) for c in name) or _stacked(name):
        return N_("A name can have letters, numbers, spaces, and . _ - inside.")
    if name[0] in SEPARATORS or name[-1] in SEPARATORS or unicodedata.category(name[0])[0] == "M":
        return N_("A name starts and ends with a letter or a number.")
    if sum(unicodedata.category(c)[0] == "L" for c in name) < 2:
        return N_("Please use at least two letters.")
    return None


def _allowed(c: str) -> bool:
    if c in SEPARATORS:
        return True
    return unicodedata.category(c) in {"Lu", "Ll", "Lt", "Lm", "Lo", "Mn", "Mc", "Nd"} and c not in UNSEEN


def _stacked(name: str) -> bool:
    """More than two marks on one letter: no script needs it, and towers of them cover other lines."""
    return bool(re.search("MMM", "".join(unicodedata.category(c)[0] for c in name)))


def _meaning(name: str) -> str | None:
    if _holds(name, "reserved"):
        return N_("That name could look like someone on the team. Please choose another.")
    if _holds(name, "heavy"):
        return N_(
            "That name could be hard for others to read. How you feel is welcome here: "
            "in your journal, or with someone on the Help now page."
        )
    if _holds(name, "unkind"):
        return N_("That name could hurt someone. Please choose a kinder one.")
    return None


def _identity(name: str) -> str | None:
    if CLASS.search(name) or _folded("school_words") & _words(name):
        return N_("That could say where you study. Please leave it out.")
    parts = [part for part in BOUNDARY.split(name) if part and not part.isdigit()]
    if len(parts) < 2:
        return None
    first, last = parts[0], parts[-1]
    if first.casefold() in WORDS["titles"]:
        return N_("That looks like a real name. Here it is safer to be someone only you know.")
    given, family = first.casefold() in WORDS["given_names"], last.casefold() in WORDS["surnames"]
    if given and (family or len(last) == 1 or (last[0].isupper() and first[0].isupper())):
        return N_("That looks like a first and last name. Here it is safer to be someone only you know.")
    return None


def _holds(name: str, kind: str) -> bool:
    """Long words are found anywhere; short ones only whole, since they stand inside harmless names."""
    # "rn" for "m" matters where somebody poses as the team; elsewhere it would refuse harmless names.
    whole = {_plain(name), key(name)} if kind == "reserved" else {_plain(name)}
    if any(word in text for word in _folded(f"{kind}_anywhere") for text in whole):
        return True
    return bool(_folded(f"{kind}_words") & _words(name))


def _words(name: str) -> set[str]:
    """Each word of the name, the whole of it, and the whole without digits at its ends, all folded."""
    bare = name.strip("0123456789" + SEPARATORS)
    return {_plain(part) for part in [name, bare, *re.split(r"[ ._\-]+", name), *BOUNDARY.split(name)]}


@lru_cache
def _folded(list_name: str) -> frozenset[str]:
    return frozenset(_plain(word) for word in WORDS[list_name])


def _plain(text: str) -> str:
    """Lower case, without accents and separators, look-alike letters made one."""
    letters = unicodedata.normalize("NFKD", tidy(text).casefold())
    return "".join(LOOKS.get(c, c) for c in letters if not "\u0300" <= c <= "\u036f" and c not in SEPARATORS)
