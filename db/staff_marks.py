"""What the one query that recognises a viewer also asks about staff: no statement more for anybody."""

from datetime import datetime

from piccolo.querystring import QueryString

from care.staff import BITS

_BITS = " ".join(f"WHEN '{role}' THEN {bit}" for role, bit in BITS.items())

HELD = QueryString(
    f"(SELECT COALESCE(SUM(CASE staff_role.role {_BITS} END), 0) FROM staff_role"  # noqa: S608 - our own words
    ' WHERE staff_role.person = "session".person AND staff_role.removed_at IS NULL)',
    alias="roles",
)
"""The roles somebody holds as one number; care.staff.roles reads it."""


def checked(at: datetime) -> QueryString:
    """Whether a right code was given in this session, and its shift is not over."""
    return QueryString(
        "EXISTS (SELECT 1 FROM staff_check"
        ' WHERE staff_check.session = "session".id AND staff_check.until > {})',
        at,
        alias="checked",
    )
