"""What is new in a group, told to who asked for it; and codes that are long over."""

from care.clock import now
from db import groups_codes, groups_news


async def tell_news() -> None:
    await groups_news.tell()


async def forget_codes() -> None:
    await groups_codes.forget_old(now())
