"""Phrases: one language's rule file, and the means to read a text with it, clause by clause."""

import re
import tomllib
from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cached_property
from itertools import accumulate
from typing import Any

from care.grammar import Tree, parse, source
from care.reading import EMOJI, RULES, Normal
from care.spelling import mend

# A token is [method], a word (signs allowed inside), the end of a clause, a quotation mark or an emoji.
TOKEN_SOURCE = (
    r"\[[a-z][a-z ]{2,14}\]|[$@]?[a-z0-9](?:[a-z0-9@$|*]|['!](?=[a-z0-9]))*|\.(?![.])|[?!;\n]+|["
    + "'\"]|["
    + "".join(EMOJI)
    + "]"
)
LONGEST = 80
"""Words in a clause. Nobody holds more in mind, and it keeps the time to read in proportion to the text."""
_TOKEN = re.compile(TOKEN_SOURCE)
_SLOT = re.compile(r"<(\w+)>")
# What a word weighs when the rarest part of a pattern is looked for: most texts have "i", few have "bridge".
_COMMONEST, _COMMON, _RARE, _NEVER = 60, 8, 1, 9999


@dataclass(slots=True)
class Clause:
    """Words as rules see them; `spans` says where each stands in the folded text."""

    words: list[str] = field(default_factory=list)
    spans: list[tuple[int, int]] = field(default_factory=list)
    quoted: list[bool] = field(default_factory=list)
    humour: bool = False
    frames: frozenset[str] | None = None
    """What `Language.framing` found; both readers ask."""

    @property
    def text(self) -> str:
        return " " + " ".join(self.words) + " "

    @property
    def places(self) -> list[int]:
        """Where each word's leading space stands in `text`."""
        return [0, *accumulate(len(word) + 1 for word in self.words[:-1])]

    def reach(self, first: int, last: int) -> tuple[int, int]:
        """Where the words from `first` to before `last` stand, also when they were written backwards."""
        spans = self.spans[first:last]
        return min(one[0] for one in spans), max(one[1] for one in spans)


class Rule:
    """One way of saying something: an id, a family, a reason in plain words, and its patterns."""

    def __init__(self, data: dict[str, Any], language: "Language") -> None:
        self.id: str = data["id"]
        self.family: str = data.get("family", "")
        self.gloss: str = data.get("gloss", "")
        self.patterns = [Pattern(say, language) for say in data["say"]]


class Pattern:
    """One line of a rule. Any text it can match has a word of its `gate`, one of `second`, one of `third`."""

    def __init__(self, say: str, language: "Language") -> None:
        tree = language.folded(parse(say))
        self.source = source(tree) + "(?= )"
        self.gate, self.second, self.third = language.needed(tree)
        self._language = language

    @cached_property
    def regex(self) -> re.Pattern[str]:
        return re.compile(self._language.expand(self.source))


class Language:
    """A rule file, ready to use. Every list in it is told in docs/READER.md."""

    def __init__(self, name: str) -> None:
        data: dict[str, Any] = tomllib.loads((RULES / f"safety_{name}.toml").read_text("utf-8"))
        self.data = data
        self.same: dict[str, list[str]] = {}
        for plain, typed in data["same"].items():
            self.same.update(dict.fromkeys(typed.split(), plain.split()))
        for plain in ("drop", "articles", "humour", "breaks", "commonest", "common", "not_typos"):
            setattr(self, plain, frozenset(data[plain].split()))
        self.core: list[str] = data["core"].split()
        self.glue = frozenset(data["glue"].split()) | frozenset(self.core)
        self.stems = re.compile(data["stems"])
        self.marks = {name: frozenset(words.split()) for name, words in data["marks"].items()}
        self.person = {name: frozenset(words) for name, words in data["person"].items()}
        self.persons = self.person["other"] | self.person["general"]
        self.swap: dict[str, str] = data["swap"]
        self.trees = {slot: self.folded(parse(text)) for slot, text in data["slots"].items()}
        self.slots = {slot: f"(?:{source(tree)})" for slot, tree in self.trees.items()}
        self.rules = [Rule(rule, self) for rule in data["rule"]]
        self.frames = {name: Rule({"id": name, "say": say}, self) for name, say in data["frames"].items()}
        self.known = self._known()
        self.lines = [(at, line) for at, rule in enumerate(self.rules) for line in rule.patterns]
        self.gates = self._gates()
        self.marked: dict[str, list[tuple[str, Pattern]]] = {}
        self._last: tuple[str, list[Clause]] = ("", [])
        for frame in self.frames.values():
            for line in frame.patterns:
                for word in line.gate:
                    self.marked.setdefault(word, []).append((frame.id, line))

    drop: frozenset[str]
    articles: frozenset[str]
    humour: frozenset[str]
    breaks: frozenset[str]
    commonest: frozenset[str]
    common: frozenset[str]
    not_typos: frozenset[str]

    def _known(self) -> frozenset[str]:
        patterns = [line for rule in [*self.rules, *self.frames.values()] for line in rule.patterns]
        sources = [*self.slots.values(), *(line.source for line in patterns)]
        words = {word for one in sources for word in re.findall(r"[a-z]+", one)}
        lists = (self.drop, self.humour, self.breaks, self.common, self.glue, self.not_typos)
        return frozenset(words.union(self.same, *lists))

    def _gates(self) -> dict[str, list[int]]:
        gates: dict[str, list[int]] = {}
        for at, (_rule, line) in enumerate(self.lines):
            for word in line.gate:
                gates.setdefault(word, []).append(at)
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
            # An article among what may repeat would leave an empty round, which engines count differently.
            what, parts = self.folded(inner)
            return kind, (what, [part for part in parts if not _is_empty(part)] if what == "alt" else parts)
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

    def needed(self, tree: Tree) -> list[frozenset[str]]:
        """What the three least common parts of a pattern ask for; the first again where there are fewer."""
        parts = [self.rarest(part) for part in (tree[1] if tree[0] == "seq" else [tree])]
        found = sorted((one for one in parts if one[1]), key=lambda one: one[0])
        sets = [words for _, words in found[:3]] or [frozenset[str]()]
        return sets + sets[:1] * (3 - len(sets))

    def rarest(self, tree: Tree) -> tuple[int, frozenset[str]]:
        """The words of which one must be there for a pattern to match: its least common element."""
        kind, inner = tree
        cost, words = _NEVER, frozenset[str]()
        if kind == "word":
            cost = _COMMONEST if inner in self.commonest else _COMMON if inner in self.common else _RARE
            words = frozenset([inner])
        elif kind == "ends":
            cost, words = _RARE, frozenset([inner, inner[:-1]])
        elif kind == "slot":
            cost, words = self.rarest(self.trees[inner])
        elif kind == "many":
            cost, words = self.rarest(inner)
        elif kind == "seq":
            found = [one for one in map(self.rarest, inner) if one[1]]
            cost, words = min(found, key=lambda one: one[0], default=(cost, words))
        elif kind == "alt":
            found = [self.rarest(part) for part in inner]
            # Where one choice may be nothing at all, no word of the others has to be there.
            if all(one[1] for one in found):
                cost = sum(one[0] for one in found)
                words = frozenset(word for one in found for word in one[1])
        return cost, words

    def familiar(self, words: list[str]) -> int:
        """How many of the words are everyday words of this language."""
        return sum(word in self.common for word in words)

    def clauses(self, normal: Normal) -> list[Clause]:
        """The text as clauses of plain words: text-speak spelled out, fillers dropped, typos mended.

        Both readers ask for those of one text, one after the other: the second is given the same again.
        """
        text, found = self._last
        if text != normal.text:
            found = self._clauses(normal)
            self._last = normal.text, found
        return found

    def _clauses(self, normal: Normal) -> list[Clause]:
        found = [Clause()]
        opened = ""
        for token in _TOKEN.finditer(normal.text):
            raw, at = token.group(), token.start()
            if raw in "\"'":
                # An apostrophe opens a quotation only before a word, so that "my parents' house" opens none.
                opens = raw == '"' or at == 0 or normal.text[at - 1].isspace()
                opened = "" if raw == opened else raw if opens and not opened else opened
            elif raw[0] in ".?!;\n":
                self._close(found)
            else:
                for word in self.plain(raw):
                    self._add(found, word, token.span(), opened != "")
        return [self._unmirrored(clause) for clause in found if clause.words or clause.humour]

    def _add(self, found: list[Clause], word: str, span: tuple[int, int], quoted: bool) -> None:
        if word in self.humour:
            found[-1].humour = True
        elif word not in self.drop:
            if word in self.breaks or len(found[-1].words) == LONGEST:
                self._close(found)
            found[-1].words.append(word)
            found[-1].spans.append(span)
            found[-1].quoted.append(quoted)

    def _close(self, found: list[Clause]) -> None:
        # One word alone is no clause: i. want. to. die.
        if len(found[-1].words) > 1:
            found.append(Clause())

    def plain(self, raw: str) -> list[str]:
        """One token as the words it stands for."""
        word = raw.replace("'", "")
        if raw in EMOJI:
            return [EMOJI[raw]]
        if raw[0] == "[":
            return ["x" + raw[1:-1].replace(" ", "")]
        if word in self.same:
            return self.same[word]
        if raw.endswith("'s") and (word not in self.known or raw[:-2] in self.persons):
            return [*self.plain(raw[:-2]), "is"]
        return [word] if word in self.known else mend(word, self)

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
        words, text = set(clause.words), clause.text
        places: list[int] = []
        for at in sorted(set().union(*[self.gates[word] for word in words & self.gates.keys()])):
            rule, line = self.lines[at]
            if line.second.isdisjoint(words) or line.third.isdisjoint(words):
                continue
            for hit in line.regex.finditer(text):
                places = places or clause.places
                yield rule, bisect_right(places, hit.start()) - 1, bisect_right(places, hit.end() - 1)

    def compiled(self) -> dict[str, Any]:
        """The lists as the rule file has them, the patterns as sources with their slots still named."""
        lists = ("same", "drop", "humour", "breaks", "common", "commonest", "core", "glue", "stems")
        return {
            **{name: self.data[name] for name in (*lists, "not_typos", "person", "swap", "marks")},
            "slots": self.slots,
            "rules": [[rule.id, rule.family, [line.source for line in rule.patterns]] for rule in self.rules],
            "frames": {name: [line.source for line in rule.patterns] for name, rule in self.frames.items()},
        }

    def framing(self, clause: Clause) -> frozenset[str]:
        """The frames a clause stands in: a time, a game, a memory."""
        if clause.frames is None:
            clause.frames = frozenset(self._framing(set(clause.words), clause.text))
        return clause.frames

    def _framing(self, words: set[str], text: str) -> set[str]:
        found = set[str]()
        for word in words & self.marked.keys():
            for name, line in self.marked[word]:
                if name not in found and not line.second.isdisjoint(words) and line.regex.search(text):
                    found.add(name)
        return found

    def place(self, clause: Clause, name: str) -> int | None:
        """The first word of what marks the frame."""
        for line in self.frames[name].patterns:
            hit = line.regex.search(clause.text)
            if hit is not None:
                return bisect_right(clause.places, hit.start()) - 1
        return None

    def framed(self, clause: Clause, name: str) -> bool:
        """Whether the clause has the marks of one frame."""
        words, text = set(clause.words), clause.text
        return any(
            not line.gate.isdisjoint(words) and not line.second.isdisjoint(words) and line.regex.search(text)
            for line in self.frames[name].patterns
        )


def _is_empty(tree: Tree) -> bool:
    return tree[0] == "seq" and all(_is_empty(part) for part in tree[1])
