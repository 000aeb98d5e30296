"""When a lead wanted to look in again, the leads are called. The person is not: that is for a human to do."""

from care.clock import now
from db import talk


async def come_due() -> None:
    await talk.come_due(now())
