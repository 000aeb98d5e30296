"""Demonstration people, plainly marked: `bin/run --demo` fills an instance with them, once."""

from care.names import key
from db import groups_demo, instance, journal_demo, moderation_demo, people_demo, shifts, stories_demo
from db.tables import Person

WHO = (
    ("willow", "c", "meadow lantern quiet river", 300),
    ("pebble", "a", "harbour gentle rain kettle", 12),
)
"""Name, band, passphrase and days of entries: printed at start, since nobody's words are behind them."""
MODERATOR = ("larch", "moderator", "kettle orchard violet stone")
LEAD = ("beacon", "safeguarding", "anchor maple window drum")
"""Name, role and passphrase. Their second step is on no device: `bin/beside demo code NAME` says the code."""
HOURS = "16:00-22:00 Europe/London"


async def fill() -> list[str]:
    """Makes the people that are missing, with their entries, and the community; the lines to show."""
    alone = not await people_demo.real() or await people_demo.find(MODERATOR[0]) is not None
    lines = []
    for name, band, words, days in WHO:
        if not await Person.exists().where(Person.name_key == key(name)):
            who = await people_demo.somebody(name, band, words, days=days + 1)
            await journal_demo.fill(who.person, days=days)
        lines.append(f"Demonstration: enter as {name} with the passphrase: {words}")
    return lines + (await _community() if alone else [APART])


APART = (
    "No demonstration community: people who are real may live here, and its staff could read them. "
    "Start it in an empty data folder: BESIDE_DATA=demo bin/run --demo"
)


async def _community() -> list[str]:
    mo, lead = [await people_demo.at_desk(*who) for who in (MODERATOR, LEAD)]
    if await instance.adopted() is None:
        await instance.adopt()
    if await shifts.staffed() is None:
        await shifts.set_staffed(HOURS)
    for name, *_ in WHO:
        if who := await people_demo.find(name):
            await people_demo.agree(who.person)
    if mo.checked and lead.checked:
        await stories_demo.fill(mo)
        await groups_demo.fill(mo, lead)
        await moderation_demo.fill(mo, lead)
    return [
        f"Demonstration: enter as {name}, {role}, with the passphrase: {words}; "
        f"for the code: bin/beside demo code {name}"
        for name, role, words in (MODERATOR, LEAD)
    ]
