"""What the one statement that recognises a viewer also asks about staff, so that it stays one for anybody."""

from care.staff import BITS

_BITS = " ".join(f"WHEN '{role}' THEN {bit}" for role, bit in BITS.items())

HELD = (
    f"(SELECT COALESCE(SUM(CASE staff_role.role {_BITS} END), 0) FROM staff_role"  # noqa: S608 - our own words
    ' WHERE staff_role.person = "session".person AND staff_role.removed_at IS NULL)'
)
"""The roles somebody holds as one number; care.staff.roles reads it."""

CHECKED = (
    'EXISTS (SELECT 1 FROM staff_check WHERE staff_check.session = "session".id AND staff_check.until > {})'
)
"""Whether a right code was given in this session and its shift is not over; takes the moment."""
