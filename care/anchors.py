"""Anchors: which words a pattern cannot do without, so that most patterns need not be tried at all.

Understands the regular expressions of the rule files: words with one space between, groups, choices.
What it does not understand it leaves out; a set it names is always one of which a word must be there.
"""

import re

_PLAIN = re.compile(r"[a-z0-9_:@£👻📸]\??")
_STOP = frozenset(" |")
_MAYBE_SPACE = re.compile(r" \?[\w\\]")

NUMBER = "#"  # stands for whatever begins with a digit


def branches(pattern: str) -> list[str]:
    """A pattern's choices, parted at the `|` that stand in no group."""
    found, depth, start, at = [], 0, 0, 0
    while at < len(pattern):
        sign = pattern[at]
        if sign == "\\":
            at += 1
        elif sign == "[":
            at = pattern.index("]", at + 2)
        elif sign in "()":
            depth += 1 if sign == "(" else -1
        elif sign == "|" and not depth:
            found.append(pattern[start:at])
            start = at + 1
        at += 1
    return [*found, pattern[start:]]


def needs(branch: str) -> list[frozenset[str]]:
    """Sets of words; a text that this branch matches has at least one word of every set."""
    found: list[frozenset[str]] = []
    for piece, whole in _pieces(branch):
        if not whole:
            continue
        if piece.startswith("(?:"):
            choice = _choice(piece[3:-1])
            if choice:
                found.append(choice)
        else:
            found.append(frozenset(_forms(piece)))
    return found


def _choice(inside: str) -> frozenset[str]:
    """One word of which is in whatever this group matches; empty when a choice can do without any."""
    words: set[str] = set()
    for branch in branches(inside):
        sets = needs(branch)
        if not sets:
            return frozenset()
        words |= min(sets, key=len)
    return frozenset(words)


def _pieces(branch: str) -> list[tuple[str, bool]]:
    """Words and groups at the top of a branch, each with whether it must be there, as whole words."""
    found: list[tuple[str, bool]] = []
    at, word, spoiled = 0, "", False
    while at <= len(branch):
        sign = branch[at] if at < len(branch) else " "
        plain = _PLAIN.match(branch, at) if at < len(branch) else None
        if sign == "(":
            end = _closing(branch, at) + 1
            group, tail = branch[at:end], _tail(branch, end)
            at = end + len(tail)
            if group.startswith("(?:"):
                if word:
                    found.append((word, _spaced(group) and not spoiled))
                alone = not spoiled and (not word or _spaced(group)) and not _glues(group, branch[at:])
                found.append((group, tail in ("", "+") and alone))
                word, spoiled = "", not _ends_word(group)
            continue
        if _MAYBE_SPACE.match(branch, at):
            word, spoiled, at = "", True, at + 2  # "no ?one" is one word or two
            continue
        if sign in _STOP or (plain is None and sign == "$"):
            if word:
                found.append((word, not spoiled))
            word, spoiled = "", False
        elif plain:
            word += plain.group()
            at += len(plain.group()) - 1
        elif branch.startswith("\\d", at) and not word and not spoiled:
            found.append((NUMBER, not _tail(branch, at + 2).startswith(("?", "*", "{0"))))
            spoiled, at = True, at + 1
        else:
            spoiled = True
            at = branch.index("]", at + 2) if sign == "[" else at + (sign == "\\")
        at += 1
    return found


def _closing(text: str, at: int) -> int:
    depth = 0
    while True:
        sign = text[at]
        if sign == "\\":
            at += 1
        elif sign == "[":
            at = text.index("]", at + 2)
        elif sign == "(":
            depth += 1
        elif sign == ")":
            depth -= 1
            if not depth:
                return at
        at += 1


def _tail(text: str, at: int) -> str:
    found = re.compile(r"(?:[?*+]|\{\d+(?:,\d*)?\})\??").match(text, at)
    return found.group() if found else ""


def _spaced(group: str) -> bool:
    """Whether every choice of a group begins with a space, so that a word before it ends there."""
    return all(branch.startswith((" ", "(?=", "(?!")) or not branch for branch in branches(group[3:-1]))


def _ends_word(group: str) -> bool:
    return all(branch.endswith(" ") or branch.startswith(("^", "(?<=")) for branch in branches(group[3:-1]))


def _glues(group: str, rest: str) -> bool:
    """Whether what follows a group runs on in the same word."""
    if _MAYBE_SPACE.match(rest):
        return True
    if not rest or rest[0] in " |" or _ends_word(group):
        return False
    if rest.startswith(("(?=", "(?!", "(?<")):
        return False
    if rest.startswith("(?:"):
        return not _spaced(rest[: _closing(rest, 0) + 1])
    return True


def _forms(word: str) -> list[str]:
    """`pills?` as `pill` and `pills`; whatever begins with a digit as NUMBER."""
    if word[0].isdigit():
        return [NUMBER]
    forms = [""]
    for part in re.findall(r"[^?]\??", word):
        longer = [form + part[0] for form in forms]
        forms = longer + forms if part.endswith("?") else longer
    return forms
