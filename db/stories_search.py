"""Looking for stories by their words, without keeping their words: an index of keyed hashes of stems.

A stolen database tells nothing without the instance's own secret. Both engines find the same, since
what they are given is already reduced to stems here.
"""

import hashlib
import re
import unicodedata
from functools import lru_cache

import snowballstemmer

from db import keys

STEMMERS = {"en": snowballstemmer.stemmer("english"), "es": snowballstemmer.stemmer("spanish")}
MOST_TERMS = 8
"""Words of a question that are looked for; what comes after them is left out."""
_WORD = re.compile(r"[^\W_]+")


def index(text: str, lang: str) -> str:
    """What is kept of a story's words, every stem once, in no order that would tell the sentence."""
    stems = {_stem(word, lang) for word in _words(text)}
    return " ".join(sorted(_hashed(stem) for stem in stems))


def terms(question: str) -> list[list[str]]:
    """For each word the hashes it may stand under, one for each language; any of them will do."""
    words = list(dict.fromkeys(_words(question)))[:MOST_TERMS]
    return [sorted({_hashed(_stem(word, lang)) for lang in STEMMERS}) for word in words]


def sqlite(found: list[list[str]]) -> str:
    return " AND ".join("(" + " OR ".join(f'"{term}"' for term in any_of) + ")" for any_of in found)


def postgres(found: list[list[str]]) -> str:
    return " & ".join("(" + " | ".join(any_of) + ")" for any_of in found)


def _words(text: str) -> list[str]:
    plain = unicodedata.normalize("NFKD", text).casefold()
    bare = "".join(c for c in plain.replace("’", "'").replace("'", "") if not unicodedata.combining(c))
    return [word for word in _WORD.findall(bare) if len(word) > 1]


@lru_cache(maxsize=20_000)
def _stem(word: str, lang: str) -> str:
    stemmer = STEMMERS.get(lang, STEMMERS["en"])
    return str(stemmer.stemWord(word))


def _hashed(stem: str) -> str:
    # The leading letter keeps any engine from taking it for a number.
    return "w" + hashlib.blake2b(stem.encode(), digest_size=6, key=keys.secret("search")).hexdigest()
