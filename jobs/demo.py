"""Demonstration people, plainly marked: `bin/run --demo` fills an instance with them, once."""

from datetime import timedelta

from care.account import Draft
from care.clock import now
from care.names import key
from db import account, journal_demo
from db.tables import Person

WHO = (
    ("willow", "c", "meadow lantern quiet river", 300),
    ("pebble", "a", "harbour gentle rain kettle", 12),
)
"""Name, band, passphrase and days of entries: printed at start, since nobody's words are behind them."""


async def fill() -> list[str]:
    """Makes the people that are missing, with their entries; the lines to show."""
    lines = []
    for name, band, words, days in WHO:
        if not await Person.exists().where(Person.name_key == key(name)):
            later = (now() + timedelta(days=700)).date()
            person = await account.create(Draft(name, words, band, later, "GB", ("journal",)), demo=True)
            await journal_demo.fill(person, days=days)
        lines.append(f"Demonstration: enter as {name} with the passphrase: {words}")
    return lines
