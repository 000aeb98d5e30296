"""Learns care/rules/weights.json from our sentences: `.venv/bin/python -m tests.care.train`, 6 minutes.

The same corpora give the same table. `--but safety_tune_c` leaves a part out, writes nothing and measures on
that part: what to expect of people whose words the weights have never seen.
"""

import argparse
import json
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bin.read import crisis
from care import safety, weights
from care.context import Passage
from care.reading import despace, normalise
from tests.care import learn

CORPUS = Path(__file__).parent / "corpus"
TABLE = weights.RULES / "weights.json"

# The rules were tuned on the first two parts: only on the others do they show what they are worth.
EVERY = weights.Known.every()
TALK = "moderation_tune"
"""Messages as people write them to each other all day; those of no label, where the rules hear nothing."""
OLD = ("safety_tune", "safety_tune_b", TALK)
COST = 0.03
DEAR = 1.5
"""How many mistakes one imminent text that is not heard is worth."""
LEAST = 2
"""Texts a sign must be in to be learned."""
SCALE = 100
"""Whole numbers in the table for the distance of the nearest texts from the line."""
MOST, COMMON = 20000, 0.3
"""Signs that are kept, rare ones too: with fewer the same texts were told apart less well."""
# How many harmless texts, of a hundred in parts new to the rules, the weights alone may raise, out of fold.
RAISED = {"distress": 0.13, "self_harm": 0.09, "imminent": 0.045}
DOUBTED, CALM, NEAR = 0.08, 0.33, 0.15
"""Rules are doubted below the line that so many of them lie above, an alert and distress; and so many may be
near the greatest danger, where help is offered, lest one in it hears nothing."""
# What speaks for distress, and for the greatest danger, speaks a little for the tier between them.
LENT = (0.3, 1.0, 0.2, 0.0)


@dataclass(frozen=True, slots=True)
class Example:
    row: dict[str, Any]
    signs: frozenset[str]
    ruled: tuple[int, int]
    said: frozenset[str]
    words: int
    part: str

    @property
    def tier(self) -> int:
        return safety.TIERS.index(self.row["tier"])

    def wants(self, head: int) -> bool:
        return self.tier > head if head < 3 else self.row["about"] == "other"


def examples() -> Iterator[Example]:
    for path in sorted(CORPUS.glob("safety_tune*.jsonl")):
        for nth, line in enumerate(path.read_text("utf-8").splitlines()):
            # On the texts they were tuned on the rules shine: two in three must do without them, or too much
            # would be made of what they say.
            yield example(json.loads(line), path.stem, path.stem not in OLD or nth % 3 == 0)
    for path in sorted(CORPUS.glob(f"{TALK}*.jsonl")):
        for line in path.read_text("utf-8").splitlines():
            row = {"tier": "none", "about": "none", "person": "none"} | json.loads(line)
            talk = example(row, TALK, heard=True)
            if not row["labels"] and talk.ruled == (0, 0):
                yield talk


def example(row: dict[str, Any], part: str, heard: bool) -> Example:
    passage = Passage(safety.language(row["lang"]), despace(normalise(row["text"])))
    hits = list(passage.hits())
    mine = safety._weigh([hit for hit in hits if not hit.other], passage)
    theirs = safety._weigh([hit for hit in hits if hit.other], passage)
    language, clauses, marks, rules = safety.signs(row["lang"], passage, hits)
    known = weights.ideas(language)
    found = {sign for words in clauses for (sign, _), _, _ in known.signs(words, EVERY)}
    found |= {mark for clause in marks for mark in clause} | (rules if heard else set())
    named = frozenset(f"{weights.section(sign, language)}:{sign}" for sign in found)
    said = frozenset(hit.family for hit in hits if not hit.capped)
    return Example(row, named, (mine, theirs), said, sum(map(len, clauses)), part)


@dataclass(frozen=True, slots=True)
class Learned:
    """Weights for each of weights.HEADS, and what was said of each text by weights that had not seen it."""

    names: list[str]
    columns: list[list[float]]
    edges: list[float]
    marks: dict[str, int]
    unseen: list[list[float]]


def learn_from(rows: Sequence[Example]) -> Learned:
    names, bags = _bags(rows)
    wanted = [[row.wants(head) for row in rows] for head in range(len(weights.HEADS))]
    costs = [[COST * _worth(row, head) for row in rows] for head in range(len(weights.HEADS))]
    task = learn.Task(bags, wanted, costs, len(names), COMMON)
    unseen = _lent(learn.out_of_fold(task, learn.folds([row.row["text"] for row in rows]), MOST))
    edges = [_edge(said, rows, head) for head, said in enumerate(unseen)]
    shares = {"doubt": (1, DOUBTED), "calm": (0, CALM), "near": (2, NEAR)}
    marks = {name: _mark(unseen, rows, head, share, edges) for name, (head, share) in shares.items()}
    return Learned(names, _lent(learn.few(task, MOST)), edges, marks, unseen)


def _worth(row: Example, head: int) -> float:
    """How much one text counts. Talk may hold some sadness nobody labelled; of harmless texts nobody can say
    whom they are about.
    """
    if row.part == TALK:
        return 0.3 if head == 0 else 1.0
    if head == 3 and not row.tier:
        return 0.1
    return DEAR if row.tier == 3 else 1.0


def _lent(columns: list[list[float]]) -> list[list[float]]:
    """The columns of weights.HEADS, that of self-harm with a share of those beside it."""
    rows = zip(*columns, strict=True)
    mixed = [sum(share * one for share, one in zip(LENT, row, strict=True)) for row in rows]
    return [columns[0], mixed, *columns[2:]]


def _bags(rows: Sequence[Example]) -> tuple[list[str], list[list[int]]]:
    """The signs worth learning (nothing, at 0, is in every text) and those of each example."""
    times = Counter(sign for row in rows for sign in row.signs)
    names = ["", *sorted(sign for sign, count in times.items() if count >= LEAST)]
    number = {sign: at for at, sign in enumerate(names)}
    return names, [[0, *sorted(number[sign] for sign in row.signs if sign in number)] for row in rows]


def _edge(unseen: Sequence[float], rows: Sequence[Example], head: int) -> float:
    """Where the line is drawn: as low as the harmless texts allow."""
    if head == 3:
        return 0.0
    return _above(unseen, rows, RAISED[weights.HEADS[head]]) + 1e-6


def _above(unseen: Sequence[float], rows: Sequence[Example], share: float) -> float:
    """The line that this share of the harmless texts lies above, out of fold."""
    said = zip(unseen, rows, strict=True)
    harmless = sorted((one for one, row in said if row.part not in OLD and not row.tier), reverse=True)
    return harmless[int(len(harmless) * share)]


def _mark(
    unseen: Sequence[Sequence[float]],
    rows: Sequence[Example],
    head: int,
    share: float,
    edges: Sequence[float],
) -> int:
    """Another line of a head, as far from where its sums are nothing as the table counts."""
    return round(SCALE * (_above(unseen[head], rows, share) - edges[head]))


def tables(learned: Learned) -> dict[str, list[int]]:
    """The weights as whole numbers, the gravest sign first."""
    table = {
        name: [round(SCALE * column[at]) for column in learned.columns]
        for at, name in enumerate(learned.names)
        if at
    }
    order = sorted(table, key=lambda name: (-table[name][1], name))
    return {name: table[name] for name in order if any(table[name])}


def base(learned: Learned) -> list[int]:
    pairs = zip(learned.columns, learned.edges, strict=True)
    return [round(SCALE * (column[0] - edge)) for column, edge in pairs]


def write(learned: Learned) -> None:
    """One sign in a line, the gravest first."""
    sections: dict[str, list[str]] = {"both": [], **{name: [] for name in safety.LANGUAGES}}
    for name, numbers in tables(learned).items():
        section, sign = name.split(":", 1)
        sections[section].append(f"  {json.dumps(sign)}: {json.dumps(numbers)}")
    parts = ",\n".join(f'"{name}": {{\n' + ",\n".join(lines) + "\n}" for name, lines in sections.items())
    head = json.dumps({"base": base(learned), **learned.marks})[1:-1]
    TABLE.write_text(f"{{{head},\n{parts}\n}}\n", "utf-8")
    print({name: len(lines) for name, lines in sections.items()}, f"{TABLE.stat().st_size} bytes")


def report(title: str, rows: Sequence[Example], sums: Sequence[tuple[int, ...]], learned: Learned) -> None:
    """What rules say alone, and rules and weights together."""
    weights.table().update(learned.marks)
    before = [(row.row, max(row.ruled), "self" if row.ruled[0] >= row.ruled[1] else "other") for row in rows]
    after = [
        (row.row, *safety._settled(*row.ruled, weights.Opinion(said, ()), set(row.said), row.words))
        for row, said in zip(rows, sums, strict=True)
    ]
    alone, together = crisis(before), crisis(after)
    print(f"{title}: {len(rows)} texts{'':<10} rules  with weights")
    for name, value in together.items():
        if not name.endswith(("_en", "_es", "_en_max", "_es_max")):
            print(f"  {name:<28} {alone[name]:.3f}  {value:.3f}")


def strangers(learned: Learned, rows: Sequence[Example]) -> list[tuple[int, ...]]:
    table, start = tables(learned), base(learned)
    none = [0] * len(start)
    said = [[table.get(sign, none) for sign in row.signs] for row in rows]
    return [tuple(map(sum, zip(start, *one, strict=True))) for one in said]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--but", help="leave this part out and measure on it")
    given = parser.parse_args()
    rows = list(examples())
    kept = [row for row in rows if row.part != given.but]
    learned = learn_from(kept)
    sums = [
        tuple(
            round(SCALE * (said[at] - edge)) for said, edge in zip(learned.unseen, learned.edges, strict=True)
        )
        for at in range(len(kept))
    ]
    new = [at for at, row in enumerate(kept) if row.part not in OLD]
    report("parts new to the rules, out of fold", [kept[at] for at in new], [sums[at] for at in new], learned)
    if given.but:
        left = [row for row in rows if row.part == given.but]
        report(f"{given.but}, never seen", left, strangers(learned, left), learned)
    else:
        write(learned)


if __name__ == "__main__":
    main()
