"""What is due for accounts without anyone asking: birthdays, leaving, forgetting."""

from datetime import datetime
from uuid import UUID

from care import ages
from care.clock import now
from db import codes, devices, limits, shredding
from db.engine import transaction
from db.tables import Person, Shredded

BATCH = 200  # people in one round; the next round comes soon


async def due_to_leave(at: datetime) -> list[UUID]:
    due = Person.leaving_at <= at
    rows = await Person.select(Person.id).where(due).order_by(Person.leaving_at).limit(BATCH)
    return [row["id"] for row in rows]


async def purge(person: UUID) -> bool:
    """Deletes everything of theirs for good; False when they chose to stay at the last moment.

    The rows and the note that this person is shredded go in one step, so that the next start
    finishes the key if the process dies between the two databases.
    """
    at = now()
    async with transaction():
        due = (Person.id == person) & (Person.leaving_at <= at)
        gone = await Person.delete().where(due).returning(Person.id)
        if gone:
            await Shredded.insert(Shredded(person_hash=shredding.person_hash(person), at=at))
    if gone:
        await shredding.shred(person)
    return bool(gone)


async def due_for_next_band(at: datetime) -> list[UUID]:
    due = Person.next_band_on <= ages.today(at)
    rows = await Person.select(Person.id).where(due).order_by(Person.next_band_on).limit(BATCH)
    return [row["id"] for row in rows]


async def move_band(person: UUID) -> None:
    """To the next band, once, even when two processes find them due."""
    found = await Person.select(Person.band, Person.next_band_on).where(Person.id == person).first()
    if not found or not found["next_band_on"] or found["next_band_on"] > ages.today(now()):
        return
    band, until = ages.after(found["band"], found["next_band_on"])
    same = (Person.id == person) & (Person.band == found["band"])
    await Person.update({Person.band: band, Person.next_band_on: until}).where(same)


async def forget_old(at: datetime) -> None:
    """Sessions that ended, codes that were shown for a day, tries that no longer count."""
    await devices.forget_old(at)
    await codes.forget_shown(at)
    await limits.tidy(at)
