"""Whoever waits too long: supporters are told, then the desk is called, then it has to answer."""

from db import unheard_alerts


async def alert() -> None:
    await unheard_alerts.close_answered()
    await unheard_alerts.hand_over()
    await unheard_alerts.call_desk()
    await unheard_alerts.tell_supporters()
