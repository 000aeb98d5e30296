"""Meetings that come: whoever said yes is reminded, a place nobody holds any more goes to who waits, and
whoever no longer looks after the group leads none."""

from db import meetings_due, meetings_hosts, meetings_places


async def remind() -> None:
    await meetings_places.let_go()
    await meetings_hosts.step_out()
    await meetings_due.remind()


async def forget_old() -> None:
    await meetings_due.forget_old()
