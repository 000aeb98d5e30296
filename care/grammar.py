"""Grammar: the small language the rule files are written in, read into trees and turned into patterns."""

import re
from typing import Any

_PART = re.compile(r"<\w+>|\(|\)[?*+]?|\||\.{2,3}|#|[^\s()|<>?*+]+\??")

_REPEATS = {")?": "opt", ")*": "some", ")+": "many"}
_TIMES = {"opt": "?", "some": "{0,4}", "many": "{1,5}"}

# A pattern as a tree: a kind ("word", "slot", "seq", "alt", "opt", …) and what it holds.
Tree = tuple[str, Any]


def parse(say: str) -> Tree:
    """Read the small language of the rule files: <slot> (a|b c) (a)? (a)* (a)+ letters? .. ... # ^ $"""
    parts = _PART.findall(say)
    tree, rest = _alternatives(parts)
    if rest:
        raise ValueError(f"unbalanced pattern: {say}")
    return tree


def _alternatives(parts: list[str]) -> tuple[Tree, list[str]]:
    branches: list[Tree] = []
    row: list[Tree] = []
    while parts and not parts[0].startswith(")"):
        part, *parts = parts
        if part == "|":
            branches.append(("seq", row))
            row = []
        elif part == "(":
            inner, parts = _alternatives(parts)
            closing, *parts = parts
            row.append((_REPEATS[closing], inner) if closing in _REPEATS else inner)
        else:
            row.append(_leaf(part))
    branches.append(("seq", row))
    return (("alt", branches) if len(branches) > 1 else branches[0]), parts


def _leaf(part: str) -> Tree:
    if part[0] == "<":
        return "slot", part[1:-1]
    if part in ("..", "..."):
        return "gap", 2 * len(part) - 2
    if part == "#":
        return "num", 0
    if part in "^$":
        return "edge", part
    return ("ends", part[:-1]) if part.endswith("?") else ("word", part)


def source(tree: Tree) -> str:
    """The tree as a pattern both Python and a browser read alike; every repeat has a bound."""
    kind, inner = tree
    if kind == "seq":
        return "".join(source(part) for part in inner)
    if kind == "alt":
        return "(?:" + "|".join(source(part) for part in inner) + ")"
    if kind in _TIMES:
        return f"(?:{source(inner)})" + _TIMES[kind]
    leaves = {
        "word": f" {inner}",
        "ends": f" {inner}?",
        "slot": f"<{inner}>",
        "gap": f"(?: [^ ]+){{0,{inner}}}?",
        "num": " [0-9]+[a-z]*",
        "edge": "^" if inner == "^" else "(?= $)",
    }
    return leaves[kind]
