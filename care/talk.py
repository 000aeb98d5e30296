"""The private talk of whoever leads on safety with one person: what may be said, and when it is looked at."""

from datetime import datetime, timedelta

from care.words import N_

LONGEST = 4_000
"""Characters of one message, or of one note."""

LEAD, PERSON = "lead", "person"

ANSWERS = {"yes": N_("Yes"), "unsure": N_("Not sure"), "no": N_("No")}
"""To "are you safe right now?"."""
CALLS = frozenset({"unsure", "no"})
"""Answers after which somebody on duty is called at once. Who is not sure is not safe."""

OUTCOMES = {
    "safer": N_("They say they are safer now"),
    "someone": N_("Somebody they trust, or a line, is with them"),
    "care": N_("A doctor, a service or a guardian looks after them"),
    "emergency": N_("Emergency services were called"),
    "silent": N_("No answer came"),
    "mistaken": N_("There was no danger"),
}
"""For the leads only. None of it counts against anybody."""

AGAIN = (24, 36, 48)
"""Hours until a lead looks in again."""
KEPT = timedelta(days=365)
"""So long after its end a talk is kept, then destroyed (SAFETY.md 7.1: case record, one year)."""


def tidy(text: str) -> str:
    """A message or a note as it is kept. Raises ValueError for none, and for too much."""
    said = text.strip()
    if not said or len(said) > LONGEST:
        raise ValueError("There must be words, and at most LONGEST characters of them.")
    return said


def again_at(hours: int, at: datetime) -> datetime:
    """Raises ValueError for another number of hours than offered."""
    if hours not in AGAIN:
        raise ValueError("A follow-up comes after one to two days.")
    return at + timedelta(hours=hours)
