"""The operator's commands. A command is one function; what it answers with is the exit code."""

import argparse
import asyncio
import os
import sys
from collections.abc import Callable, Coroutine
from typing import Any

Command = Callable[[argparse.Namespace], int | Coroutine[Any, Any, int]]
COMMANDS: dict[str, tuple[Command, tuple[str, ...]]] = {}
REST = "rest…"
"""In place of arguments: whatever follows is handed on as `args.rest`."""


def command(name: str, *arguments: str) -> Callable[[Command], Command]:
    """`@command("keys rotate", "--all")`: words to type, then arguments ("--x" is a switch, "x" a value,
    "--x=" a value by name, and "--x=?" and "x?" may be left out: then it is empty).

    The docstring is the help. The function may be async.
    """

    def keep(function: Command) -> Command:
        COMMANDS[name] = (function, arguments)
        return function

    return keep


@command("doctor")
async def examine(args: argparse.Namespace) -> int:
    """Looks at this machine and its data; answers 1 when something is wrong."""
    from bin import doctor

    found = [*doctor.findings(), *await doctor.desk()]
    for kind, said in found:
        print(f"{kind:<8} {said}")
    return int(any(kind == doctor.PROBLEM for kind, _said in found))


@command("words")
def collect_words(args: argparse.Namespace) -> int:
    """Writes the catalog of all words to translate."""
    from bin import words

    words.collect()
    print(f"Wrote {words.CATALOG}")
    return 0


@command("keys rotate")
async def rotate(args: argparse.Namespace) -> int:
    """Makes a new key of keys and wraps every person's key with it; safe to run while Beside serves."""
    from db import engine, keys

    await engine.start()
    try:
        print(f"Wrapped {await keys.rotate()} key(s) anew. Back up kek.json and the keys database again.")
    finally:
        await engine.stop()
    return 0


@command("read", REST)
def read(args: argparse.Namespace) -> int:
    """Reads a text the way the safety rules do; --help after it says more."""
    os.execv(sys.executable, [sys.executable, "-m", "bin.read", *args.rest])  # noqa: S606


@command("staff add", "name", "--role=")
async def staff_add(args: argparse.Namespace) -> int:
    """Gives somebody a role: supporter, moderator, safeguarding or operator."""
    from bin import staff

    return await staff.add(args.name, args.role)


@command("staff remove", "name", "--role=?")
async def staff_remove(args: argparse.Namespace) -> int:
    """Takes a role back, or with no --role all of them; it works at once."""
    from bin import staff

    return await staff.remove(args.name, args.role)


@command("staff list")
async def staff_list(args: argparse.Namespace) -> int:
    """Who has which role, since when, by whom; and what the community still needs to open."""
    from bin import staff

    return await staff.show()


@command("staff reset", "name")
def staff_reset(args: argparse.Namespace) -> int:
    """Lets somebody who lost their device set up their second step again. It takes two operators."""
    from bin import staff

    return staff.reset(args.name)


@command("demo code", "name")
async def demo_code(args: argparse.Namespace) -> int:
    """Prints the second-step code of somebody of the demonstration, and of nobody else."""
    from bin import demo

    return await demo.code(args.name)


@command("rules show")
async def rules_show(args: argparse.Namespace) -> int:
    """Prints the rules of the community, and whether this Beside has adopted them."""
    from bin import staff

    return await staff.show_rules()


@command("rules adopt", "file?")
def rules_adopt(args: argparse.Namespace) -> int:
    """Says yes to Beside's own rules, or to those in a file, one rule a line."""
    from bin import staff

    return staff.adopt_rules(args.file)


@command("hours", "text")
def staffed_hours(args: argparse.Namespace) -> int:
    """Says when the desk is staffed, every day: bin/beside hours "16:00-22:00 Europe/London"."""
    from bin import staff

    return asyncio.run(staff.set_hours(args.text))


def main(argv: list[str]) -> int:
    args, rest = _parser().parse_known_args(argv)
    if args.takes_rest:
        args.rest = argv[len(args.words) :]
    elif rest:
        print(f"Not understood: {' '.join(rest)}. Try bin/beside --help.", file=sys.stderr)
        return 2
    function: Command = args.function
    answer = function(args)
    return answer if isinstance(answer, int) else asyncio.run(answer)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="bin/beside", description="The operator's commands.")
    first = parser.add_subparsers(required=True, metavar="COMMAND")
    groups: dict[str, Any] = {}
    for name, (function, arguments) in sorted(COMMANDS.items()):
        group, _, last = name.rpartition(" ")
        if group and group not in groups:
            groups[group] = first.add_parser(group).add_subparsers(required=True, metavar="COMMAND")
        takes_rest = arguments == (REST,)
        under = groups[group] if group else first
        about = function.__doc__
        one = under.add_parser(last, help=about, description=about, add_help=not takes_rest)
        one.set_defaults(function=function, takes_rest=takes_rest, words=name.split())
        for argument in () if takes_rest else arguments:
            _add(one, argument)
    return parser


def _add(parser: argparse.ArgumentParser, argument: str) -> None:
    name, optional = argument.removesuffix("?"), argument.endswith("?")
    if name.endswith("="):
        parser.add_argument(name[:-1], required=not optional, default="")
    elif name.startswith("--"):
        parser.add_argument(name, action="store_true")
    else:
        parser.add_argument(name, nargs="?" if optional else None, default="")


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
