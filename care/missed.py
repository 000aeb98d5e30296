"""What is heard when a card missed the mark: which rules raised it, as what, and not a word of the text."""

from collections.abc import Iterable
from functools import cache

from care.safety import LANGUAGES, language
from care.weights import RULE

VERDICTS = ("distress", "self_harm", "imminent", "other")
"""What the reader took it for: a tier about the writer, or somebody else in danger."""
MOST = 12
"""More rules than this never hold in one sentence; whoever sends more is not our page."""


def heard(rules: Iterable[str], verdict: str) -> list[str]:
    """The rules there are, each once. Nothing else that was sent is kept, so nothing can be smuggled in."""
    if verdict not in VERDICTS:
        return []
    return [rule for rule in dict.fromkeys(rules) if rule in _known()][:MOST]


@cache
def _known() -> frozenset[str]:
    rules = (rule.id for name in LANGUAGES for rule in language(name).rules)
    return frozenset(rules) | {f"{name}.{RULE}" for name in LANGUAGES}
