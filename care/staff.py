"""The roles of those who look after a Beside, and what each may do."""

from care.words import N_

ROLES = {
    "supporter": N_("Peer supporter"),
    "moderator": N_("Moderator"),
    "safeguarding": N_("Safeguarding lead"),
    "operator": N_("Operator"),
}
"""Everybody is a member. An operator runs the machine and by that alone reads nothing of anyone's."""

BITS = {role: 1 << place for place, role in enumerate(ROLES)}
"""So that all roles of a person come back from the database as one number."""

INCLUDES = {"safeguarding": ("moderator",)}
"""Who leads on safety also works at the desk."""


def roles(bits: int) -> frozenset[str]:
    held = {role for role, bit in BITS.items() if bits & bit}
    return frozenset(held.union(*(INCLUDES.get(role, ()) for role in held)))
