"""Who looks after this Beside: roles as rows, granted and removed on the machine itself.

What a role allows is asked of the Viewer (`viewer.acts_as("moderator")`), which costs no query.
"""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from care import names
from care.clock import now
from care.staff import INCLUDES, ROLES
from db.engine import transaction
from db.staff_tables import SecondFactor, StaffCheck, StaffRole
from db.tables import Person, Session


class Unknown(Exception):
    """No such person, or no such role."""


@dataclass(frozen=True, slots=True)
class Held:
    """One role of one person, as the operator's list shows it."""

    person: UUID
    name: str
    role: str
    granted_by: str
    granted_at: datetime
    second_factor: bool


async def add(name: str, role: str, by: str) -> bool:
    """False when they hold it already. Raises Unknown."""
    if role not in ROLES:
        raise Unknown(role)
    row = StaffRole(person=await find(name), role=role, granted_by=by[:80], granted_at=now())
    # The index on roles that are held decides, so that of two commands at once one grants.
    granted = StaffRole.insert(row).on_conflict(action="DO NOTHING").returning(StaffRole.id)
    return bool(await granted)


async def remove(name: str, by: str, role: str = "") -> int:
    """Takes one role back, or all of them, and says how many. Works at once, wherever they are signed in."""
    person = await find(name)
    held = (StaffRole.person == person) & StaffRole.removed_at.is_null()
    if role:
        held &= StaffRole.role == role
    async with transaction():
        gone = await (
            StaffRole.update({StaffRole.removed_at: now(), StaffRole.removed_by: by[:80]})
            .where(held)
            .returning(StaffRole.id)
        )
        if not await StaffRole.exists().where(StaffRole.person == person, StaffRole.removed_at.is_null()):
            theirs = Session.select(Session.id).where(Session.person == person)
            await StaffCheck.delete().where(StaffCheck.session.is_in(theirs))
    return len(gone)


async def held() -> list[Held]:
    """Everybody with a role, by name."""
    rows = await StaffRole.select(
        StaffRole.person.id.as_alias("person"),
        StaffRole.person.name.as_alias("name"),
        StaffRole.role,
        StaffRole.granted_by,
        StaffRole.granted_at,
    ).where(StaffRole.removed_at.is_null())
    ready = await with_second_factor({row["person"] for row in rows})
    found = [Held(**row, second_factor=row["person"] in ready) for row in rows]
    return sorted(found, key=lambda each: (each.name.casefold(), list(ROLES).index(each.role)))


async def ready(role: str) -> set[UUID]:
    """Who can act in this role: second factor set up, and not about to leave."""
    grants = [role, *(wider for wider, narrower in INCLUDES.items() if role in narrower)]
    rows = await StaffRole.select(StaffRole.person.id.as_alias("person")).where(
        StaffRole.role.is_in(grants), StaffRole.removed_at.is_null(), StaffRole.person.leaving_at.is_null()
    )
    return await with_second_factor({row["person"] for row in rows})


_MODERATE = ", ".join(
    f"'{role}'" for role in ROLES if role == "moderator" or "moderator" in INCLUDES.get(role, ())
)
READY = f"""EXISTS (SELECT 1 FROM staff_role s JOIN person p ON p.id = s.person
        JOIN second_factor f ON f.person = s.person AND f.confirmed_at IS NOT NULL
        WHERE s.removed_at IS NULL AND p.leaving_at IS NULL AND s.role IN ({_MODERATE}))"""  # noqa: S608
"""Whether `ready("moderator")` names anybody, as part of a statement."""


async def with_second_factor(people: set[UUID]) -> set[UUID]:
    if not people:
        return set()
    set_up = SecondFactor.person.is_in(list(people)) & SecondFactor.confirmed_at.is_not_null()
    return {row["person"] for row in await SecondFactor.select(SecondFactor.person).where(set_up)}


async def find(name: str) -> UUID:
    """Raises Unknown."""
    found = await Person.select(Person.id).where(Person.name_key == names.key(name)).first()
    if found is None:
        raise Unknown(name)
    return UUID(str(found["id"]))
