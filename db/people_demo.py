"""Demonstration people: invented, marked in their rows, with passphrases that everybody may know."""

from dataclasses import replace
from datetime import timedelta
from uuid import UUID

from care import clock, names
from care.account import Draft
from care.clock import now
from db import account, consents, devices, second_factor, staff
from db.devices import Caller, Viewer
from db.ids import uuid7
from db.staff_tables import StaffRole
from db.tables import Person

PHRASE = "harbour gentle rain kettle"
LIVE_ON = timedelta(days=700)
"""Until the next birthday that moves them; far off, so that they stay on their side."""
JOINED = 60
"""Days ago, unless something else is said: nobody here is new, and their reports count."""
BY = "the demonstration"


async def find(name: str) -> Viewer | None:
    """Somebody of the demonstration; never somebody real who happens to have the name."""
    theirs = (Person.name_key == names.key(name)) & Person.demo.eq(True)
    row = await Person.select(Person.id, Person.name, Person.band).where(theirs).first()
    return Viewer(row["id"], uuid7(), row["name"], row["band"], "GB", None, True) if row else None


async def somebody(name: str, band: str, words: str = PHRASE, days: int = JOINED) -> Viewer:
    """Made if missing, with a yes to the community. Raises account.Refused when the name is taken."""
    if (found := await find(name)) is not None:
        return found
    later = (now() + LIVE_ON).date()
    with clock.ago(timedelta(days=days)):
        draft = Draft(name, words, band, later, "GB", ("journal", "community"))
        person = await account.create(draft, demo=True)
    return Viewer(person, uuid7(), name, band, "GB", None, True)


async def at_desk(name: str, role: str, words: str) -> Viewer:
    """Somebody with a role and a second step, as if past it: only the filling itself holds this viewer.

    A role that was taken back stays taken back.
    """
    person = (await somebody(name, "c", words)).person
    with clock.ago(timedelta(days=JOINED)):
        if not await StaffRole.exists().where(StaffRole.person == person):
            await staff.add(name, role, BY)
        who = await _enter(person)
        if who.roles and not await second_factor.is_set_up(who):
            await second_factor.begin(who, words)
            await second_factor.check(who, await second_factor.demo_code(name))
        await devices.sign_out(who, who.session)
    return replace(who, checked=bool(who.roles))


async def agree(person: UUID) -> None:
    """To the community, if they were never asked: who took their yes back is not asked again."""
    asked = {standing.kind for standing in await consents.of(person) if standing.since}
    if "community" not in asked:
        await consents.give(person, ["community"])


async def real() -> bool:
    """Whether anybody lives here who is not of the demonstration."""
    return bool(await Person.exists().where(Person.demo.eq(False)))


async def here() -> bool:
    return bool(await Person.exists().where(Person.demo.eq(True)))


async def _enter(person: UUID) -> Viewer:
    found = await devices.recognise(await devices.begin(person, Caller(device=BY)))
    if found is None:
        raise LookupError(person)
    return found
