"""What `bin/beside demo` does: the second step of the people of a demonstration."""

import sys

from bin.staff import database
from db import second_factor


async def code(name: str) -> int:
    async with database():
        try:
            print(await second_factor.demo_code(name))
        except second_factor.Refused:
            print(f"{name!r} is nobody of the demonstration with a second step.", file=sys.stderr)
            return 1
    return 0
