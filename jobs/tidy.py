"""What is due to go, goes: removed entries after 7 days, people who left after 14, old sessions."""

from datetime import timedelta

from care.clock import now
from db import account, controls, groups_sky, journal, moderation, safe, second_factor, talk

REMOVED_FOR = timedelta(days=7)


async def forget_removed() -> None:
    await journal.purge_removed(now() - REMOVED_FOR)


async def let_people_leave() -> None:
    for person in await account.due_to_leave(now()):
        await account.purge(person)


async def move_bands() -> None:
    for person in await account.due_for_next_band(now()):
        await account.move_band(person)


async def end_sessions() -> None:
    await account.forget_old(now())
    await second_factor.forget_old(now())
    await controls.forget_old(now())
    await moderation.forget_old(now())


async def end_days() -> None:
    await groups_sky.forget_old(now())


async def end_talks() -> None:
    await talk.forget_old(now())
    await safe.forget_old(now())
