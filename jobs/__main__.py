"""The loop on its own, beside many web processes: `python -m jobs`."""

import asyncio
import signal

from db import engine
from jobs import loop


async def main() -> None:
    stop = asyncio.Event()
    for name in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(name, stop.set)
    await engine.start()
    try:
        await loop.run(stop)
    finally:
        await engine.stop()


asyncio.run(main())
