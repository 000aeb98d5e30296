"""What a community stands on: its rules, and what is missing before it may open."""

from care.words import N_

VERSION = "2026-11"
RULES = (
    N_("Be kind. Everyone here is going through something."),
    N_("Speak from your own life. Share what helped you, and leave choices to others."),
    N_("Keep yourself and others unknown: no full names, schools, places, numbers or accounts."),
    N_("Don’t ask anyone to meet, to talk somewhere else, or to keep a secret."),
    N_("Talk about hard things without saying how, with what or how much. Add a note first."),
    N_("No hate, no threats, no teasing, nothing sexual, nothing for sale."),
    N_("If someone may be in danger, press Help now or report it. You will never be in trouble for that."),
)
"""Plain on purpose, and few enough to be read. An instance may adopt its own in their place."""
MOST_RULES, LONGEST_RULE = 12, 200

MISSING = {
    "moderator": N_("A moderator: someone with that role who has set up their second step."),
    "rules": N_("Rules: the operator has to say yes to the rules members will read."),
    "crisis": N_("Help lines: there are none yet for the country of this Beside."),
}


def read_rules(text: str) -> tuple[str, ...]:
    """An instance's own rules, one a line. Raises ValueError, for the operator who typed them."""
    lines = tuple(" ".join(line.split()) for line in text.splitlines() if line.strip())
    if not 3 <= len(lines) <= MOST_RULES:
        raise ValueError(f"Rules are 3 to {MOST_RULES} lines, one rule a line; these are {len(lines)}.")
    if long := next((line for line in lines if len(line) > LONGEST_RULE), ""):
        raise ValueError(f"A rule has at most {LONGEST_RULE} characters: {long[:40]}…")
    return lines
