"""Phrases: one language's rule file, read into words, patterns and the means to find them in a text."""

import re
import tomllib
from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from care.reading import EMOJI, LEET, RULES, Normal

# A token is [method], a word (signs allowed inside), the end of a clause, a quotation mark or an emoji.
TOKEN_SOURCE = (
    r"\[[a-z][a-z ]{2,14}\]|[$@]?[a-z0-9](?:[a-z0-9@$|*]|['!](?=[a-z0-9]))*|\.(?![.])|[?!;\n]+|[\"']|["
    + "".join(EMOJI)
    + "]"
)
_TOKEN = re.compile(TOKEN_SOURCE)
_RUN = re.compile(r"(.)\1{2,}")
_DOUBLE = re.compile(r"(.)\1+")
_PART = re.compile(r"<\w+>|\(|\)[?*+]?|\||\.{2,3}|#|[^\s()|<>?*+]+\??")
_SLOT = re.compile(r"<(\w+)>")


@dataclass(slots=True)
class Clause:
    """Words as rules see them; `spans` says where each stands in the folded text."""

    words: list[str] = field(default_factory=list)
    spans: list[tuple[int, int]] = field(default_factory=list)
    quoted: list[bool] = field(default_factory=list)
    humour: bool = False

    def swapped(self, words: list[str]) -> "Clause":
        return Clause(words, self.spans, self.quoted, self.humour)

    @property
    def text(self) -> str:
        return " " + " ".join(self.words) + " "

    @property
    def places(self) -> list[int]:
        """Where each word's leading space stands in `text`."""
        places, at = [], 0
        for word in self.words:
            places.append(at)
            at += len(word) + 1
        return places


class Rule:
    """One way of saying something: an id, a family, a reason in plain words, and its patterns."""

    def __init__(self, data: dict[str, Any], language: "Language") -> None:
        self.id: str = data["id"]
        self.family: str = data.get("family", "")
        self.gloss: str = data.get("gloss", "")
        self.patterns = [Pattern(say, language) for say in data["say"]]


class Pattern:
    """One line of a rule. `gate` holds words of which at least one stands in any text it can match."""

    def __init__(self, say: str, language: "Language") -> None:
        tree = language.folded(parse(say))
        self.source = source(tree) + "(?= )"
        self.gate = language.rarest(tree)[1]
        self._language = language

    @cached_property
    def regex(self) -> re.Pattern[str]:
        return re.compile(self._language.expand(self.source))


class Language:
    """A rule file, ready to use. Every list in it is told in docs/READER.md."""

    negators: frozenset[str]
    filler: frozenset[str]
    hinges: frozenset[str]
    ends: frozenset[str]
    present: frozenset[str]
    past: frozenset[str]
    reports: frozenset[str]
    done: frozenset[str]

    def __init__(self, name: str) -> None:
        data: dict[str, Any] = tomllib.loads((RULES / f"safety_{name}.toml").read_text("utf-8"))
        self.name = name
        self.data = data
        self.same: dict[str, list[str]] = {}
        for plain, typed in data["same"].items():
            self.same.update(dict.fromkeys(typed.split(), plain.split()))
        self.drop = frozenset(data["drop"].split())
        self.articles = frozenset(data["articles"].split())
        self.humour = frozenset(data["humour"].split())
        self.breaks = frozenset(data["breaks"].split())
        self.commonest = frozenset(data["commonest"].split())
        self.common = frozenset(data["common"].split())
        self.trees = {slot: self.folded(parse(text)) for slot, text in data["slots"].items()}
        self.slots = {slot: "(?:" + source(tree) + ")" for slot, tree in self.trees.items()}
        self.rules = [Rule(rule, self) for rule in data["rule"]]
        self.frames = {name: Rule({"id": name, "say": say}, self) for name, say in data["frames"].items()}
        self.core = data["core"].split()
        self.glue = frozenset(data["glue"].split()) | frozenset(self.core)
        self.mirrored = {word[::-1]: word for word in self.core if len(word) > 3}
        self.stems = re.compile(data["stems"])
        self.not_typos = frozenset(data["not_typos"].split())
        marks: dict[str, str] = data["marks"]
        for mark in ("ends", "negators", "filler", "hinges", "present", "past", "reports", "done"):
            setattr(self, mark, frozenset(marks[mark].split()))
        self.known = self._known()
        self.gates = self._gates()

    def _known(self) -> frozenset[str]:
        patterns = [line for rule in [*self.rules, *self.frames.values()] for line in rule.patterns]
        sources = [*self.slots.values(), *(line.source for line in patterns)]
        words = {word for one in sources for word in re.findall(r"[a-z]+", one)}
        for listed in (self.same, self.drop, self.humour, self.breaks, self.common, self.glue, self.not_typos):
            words.update(listed)
        return frozenset(words)

    def _gates(self) -> dict[str, list[tuple[int, int]]]:
        gates: dict[str, list[tuple[int, int]]] = {}
        for at, rule in enumerate(self.rules):
            for nth, line in enumerate(rule.patterns):
                for word in line.gate:
                    gates.setdefault(word, []).append((at, nth))
        return gates

    def folded(self, tree: "Tree") -> "Tree":
        """A pattern read the way texts are: contractions spelled out, fillers gone."""
        kind, inner = tree
        if kind == "word" and inner in self.same:
            return "seq", [("word", word) for word in self.same[inner] if word not in self.drop]
        if kind == "word" and inner in self.drop:
            return "seq", []
        if kind in ("seq", "alt"):
            # A filler that was one choice of several goes; an article there leaves "or nothing" behind.
            kept = [part for part in inner if kind == "seq" or not self._is_filler(part)]
            return kind, [self.folded(part) for part in kept]
        if kind in ("opt", "some", "many"):
            return kind, self.folded(inner)
        return tree

    def _is_filler(self, tree: "Tree") -> bool:
        kind, inner = tree
        if kind == "seq":
            return bool(inner) and all(self._is_filler(part) for part in inner)
        return kind == "word" and inner in self.drop and inner not in self.articles

    def expand(self, source: str) -> str:
        """Slots are written into a pattern when it is first used."""
        while _SLOT.search(source):
            source = _SLOT.sub(lambda hit: self.slots[hit[1]], source)
        return source

    def rarest(self, tree: "Tree") -> tuple[int, frozenset[str]]:
        """The words of which one must be there for a pattern to match: its least common element."""
        kind, inner = tree
        if kind == "word":
            return (60 if inner in self.commonest else 8 if inner in self.common else 1), frozenset([inner])
        if kind == "slot":
            return self.rarest(self.trees[inner])
        if kind == "many":
            return self.rarest(inner)
        if kind == "ends":
            return 2, frozenset([inner, inner[:-1]])
        if kind == "alt":
            found = [self.rarest(part) for part in inner]
            # Where one choice may be nothing at all, no word of the others has to be there.
            if not all(words for _, words in found):
                return 9999, frozenset()
            return sum(cost for cost, _ in found), frozenset(word for _, words in found for word in words)
        if kind == "seq":
            found = [self.rarest(part) for part in inner]
            return min((one for one in found if one[1]), key=lambda one: one[0], default=(9999, frozenset()))
        return 9999, frozenset()

    def clauses(self, normal: Normal) -> list[Clause]:
        """The text as clauses of plain words: text-speak spelled out, fillers dropped, typos mended."""
        found = [Clause()]
        opened = ""
        for token in _TOKEN.finditer(normal.text):
            raw, span = token.group(), token.span()
            if raw in "\"'":
                # An apostrophe opens a quotation only before a word, so that "my parents' house" opens none.
                at = token.start()
                opens = raw == '"' or at == 0 or normal.text[at - 1].isspace()
                opened = "" if raw == opened else raw if opens and not opened else opened
            elif raw[0] in ".?!;\n":
                if len(found[-1].words) > 1:
                    found.append(Clause())
            else:
                for word in self.plain(raw):
                    if word in self.humour:
                        found[-1].humour = True
                    elif word not in self.drop:
                        if word in self.breaks and len(found[-1].words) > 1:
                            found.append(Clause())
                        found[-1].words.append(word)
                        found[-1].spans.append(span)
                        found[-1].quoted.append(opened != "")
        return [self._unmirrored(clause) for clause in found if clause.words or clause.humour]

    def plain(self, raw: str) -> list[str]:
        """One token as the words it stands for."""
        if raw in EMOJI:
            return [EMOJI[raw]]
        if raw[0] == "[":
            return ["x" + raw[1:-1].replace(" ", "")]
        word = raw.replace("'", "")
        if word in self.same:
            return self.same[word]
        if raw.endswith("'s") and (word not in self.known or raw[:-2] in self.data["person"]["other"]):
            return [*self.plain(raw[:-2]), "is"]
        if word in self.known:
            return [word]
        return self._mended(word)

    def _mended(self, word: str) -> list[str]:
        if not any(letter.isalpha() for letter in word):
            return [word]
        tries = [_RUN.sub(r"\1\1", word), _DOUBLE.sub(r"\1", word)] if _RUN.search(word) else []
        bare = word.strip("*$@|")
        tries.append(bare)
        if not bare.isalpha():
            tries.append("".join(LEET.get(sign, sign) for sign in bare))
            tries.extend(core for core in self.core if "*" in bare and _starred(bare, core))
        for guess in tries:
            if guess in self.same:
                return self.same[guess]
            if guess in self.known:
                return [guess]
        guess = tries[-1]
        if not guess.isalpha() or len(guess) > 40:
            return [bare or word]
        if guess in self.mirrored:
            return ["<" + self.mirrored[guess]]
        if len(guess) > 4:
            for core in self.core:
                if core[0] == guess[0] and len(core) > 5 and one_edit(guess, core):
                    return [core]
            if self.stems.search(guess):
                return self._parted(guess) or [guess]
        return [guess]

    def _parted(self, run: str) -> list[str]:
        """A run-on (iwanttodie) as its words, fewest first; nothing when it does not come apart whole."""
        best: list[list[str] | None] = [[]] + [None] * len(run)
        for end in range(1, len(run) + 1):
            for start in range(max(0, end - 10), end):
                head = best[start]
                if head is not None and run[start:end] in self.glue:
                    here = best[end]
                    if here is None or len(head) + 1 < len(here):
                        best[end] = [*head, run[start:end]]
        return [plain for word in best[-1] or [] for plain in self.same.get(word, [word])]

    def _unmirrored(self, clause: Clause) -> Clause:
        """Words written backwards are marked with "<"; the clause they stand in is then read backwards."""
        if not any(word[0] == "<" for word in clause.words):
            return clause
        words = [word[1:] if word[0] == "<" else self._mirror(word) for word in clause.words[::-1]]
        return Clause(words, clause.spans[::-1], clause.quoted[::-1], clause.humour)

    def _mirror(self, word: str) -> str:
        return word[::-1] if word[::-1] in self.known else word

    def find(self, clause: Clause) -> Iterator[tuple[int, int, int]]:
        """Every rule that holds in a clause, with the first and the last-but-one word it stands on."""
        lines = sorted({line for word in set(clause.words) for line in self.gates.get(word, ())})
        text, places = clause.text, clause.places
        for rule, nth in lines:
            for hit in self.rules[rule].patterns[nth].regex.finditer(text):
                yield rule, bisect_right(places, hit.start()) - 1, bisect_right(places, hit.end() - 1)

    def framed(self, clause: Clause, name: str) -> bool:
        """Whether the clause has the marks of a frame: a time, a game, a memory."""
        words, text = set(clause.words), clause.text
        return any(
            not line.gate.isdisjoint(words) and line.regex.search(text) for line in self.frames[name].patterns
        )


def _starred(typed: str, core: str) -> bool:
    same_size = len(typed) == len(core) and typed.strip("*") != ""
    return same_size and all(a in ("*", b) for a, b in zip(typed, core, strict=True))


def one_edit(typed: str, core: str) -> bool:
    """Whether one letter added, left out, changed or swapped with its neighbour makes the one of the other."""
    if abs(len(typed) - len(core)) > 1:
        return False
    at = 0
    while at < min(len(typed), len(core)) and typed[at] == core[at]:
        at += 1
    a, b = typed[at:], core[at:]
    return a[1:] == b[1:] or a[1:] == b or a == b[1:] or (a[:2] == b[:2][::-1] and a[2:] == b[2:])


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
            row.append({")": inner, ")?": ("opt", inner), ")*": ("some", inner), ")+": ("many", inner)}[closing])
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
    if kind in ("word", "ends"):
        return f" {inner}" + "?" * (kind == "ends")
    if kind == "slot":
        return f"<{inner}>"
    if kind == "gap":
        return "(?: [^ ]+){0,%d}?" % inner
    if kind == "num":
        return " [0-9]+[a-z]*"
    if kind == "edge":
        return "(?= $)" if inner == "$" else "^"
    if kind == "alt":
        return "(?:" + "|".join(source(part) for part in inner) + ")"
    if kind == "seq":
        return "".join(source(part) for part in inner)
    return f"(?:{source(inner)})" + {"opt": "?", "some": "{0,4}", "many": "{1,5}"}[kind]
