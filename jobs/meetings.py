"""Meetings that come: whoever said yes is reminded, and a place nobody holds any more goes to who waits."""

from db import meetings_due, meetings_places


async def remind() -> None:
    await meetings_places.let_go()
    await meetings_due.remind()


async def forget_old() -> None:
    await meetings_due.forget_old()
