"""What `bin/beside staff` and `bin/beside rules` do: who looks after this Beside, and by which rules."""

import asyncio
import getpass
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from uuid import UUID

from care import community
from care.staff import ROLES
from db import account, devices, engine, instance, limits, migrate, second_factor, shifts, staff
from db.devices import Caller


@asynccontextmanager
async def database() -> AsyncIterator[None]:
    await engine.start()
    try:
        await migrate.migrate()
        yield
    finally:
        await engine.stop()


async def set_hours(text: str) -> int:
    async with database():
        if await shifts.set_staffed(text):
            print(f"The desk is staffed {text}, every day. Members are told when it opens.")
            return 0
    print('Not understood. Write it like this: "16:00-22:00 Europe/London"', file=sys.stderr)
    return 1


async def add(name: str, role: str) -> int:
    async with database():
        try:
            new = await staff.add(name, role, _me())
        except staff.Unknown:
            return _refuse(name, role)
    print(f"{name} is now {role}." if new else f"{name} is {role} already.")
    print("They set up a second step at /account/second-factor; until then the role opens nothing.")
    return 0


async def remove(name: str, role: str) -> int:
    async with database():
        try:
            gone = await staff.remove(name, _me(), role)
        except staff.Unknown:
            return _refuse(name)
    print(f"Took {gone} role{'' if gone == 1 else 's'} from {name}.")
    return 0 if gone else 1


async def show() -> int:
    async with database():
        held, missing = await staff.held(), await instance.missing()
    for one in held:
        step = "second step set up" if one.second_factor else "NO second step yet"
        print(f"{one.name:<20} {one.role:<13} since {one.granted_at:%Y-%m-%d} by {one.granted_by}, {step}")
    if not held:
        print("Nobody has a role yet: bin/beside staff add NAME --role moderator")
    for why in missing:
        print(f"The community is closed. It needs: {community.MISSING[why]}")
    return 0


def reset(name: str) -> int:
    """An operator proves who they are here, since whoever sits at this machine might be anyone."""
    who = input("Operator's name: ")
    words, code = getpass.getpass("Their passphrase: "), getpass.getpass("Their code: ")
    return asyncio.run(_reset(name, who, words, code))


async def show_rules() -> int:
    async with database():
        adopted, lines = await instance.adopted(), await instance.rules()
    print("\n".join(lines))
    print(
        "Adopted." if adopted else "Not adopted yet: bin/beside rules adopt",
        file=sys.stderr,
    )
    return 0 if adopted else 1


def adopt_rules(file: str) -> int:
    try:
        lines = community.read_rules(Path(file).read_text(encoding="utf-8")) if file else ()
    except (OSError, ValueError) as problem:
        print(problem, file=sys.stderr)
        return 1
    asyncio.run(_adopt(lines))
    print("Adopted. Members read them at /moderation/rules.")
    return 0


async def _adopt(lines: tuple[str, ...]) -> None:
    async with database():
        await instance.adopt(lines)


async def _reset(name: str, who: str, words: str, code: str) -> int:
    async with database():
        try:
            done = await _agree(await staff.find(name), who, words, code)
        except staff.Unknown:
            return _refuse(name)
    if done is None:
        print("That did not fit: an operator's own name, passphrase and code, and not for oneself.")
        return 1
    print(
        f"{name} can set up a new second step now." if done else "One yes. A second operator, within a day."
    )
    return 0


async def _agree(person: UUID, who: str, words: str, code: str) -> bool | None:
    """None when it was no operator who could."""
    cookie = ""
    try:
        cookie = await account.enter(who, words, Caller(device="bin/beside"))
        operator = await devices.recognise(cookie)
        return await second_factor.reset(person, operator, code) if operator else None
    except (account.Wrong, second_factor.Refused, second_factor.WrongCode, limits.TooMany):
        return None
    finally:
        await devices.end(cookie)


def _me() -> str:
    """The machine knows them by this; it is in the records."""
    return f"{getpass.getuser()} on this machine"


def _refuse(name: str, role: str = "moderator") -> int:
    if role not in ROLES:
        print(f"There is no role {role!r}. There are: {', '.join(ROLES)}.", file=sys.stderr)
    else:
        print(f"There is nobody called {name!r} here. They join first.", file=sys.stderr)
    return 1
