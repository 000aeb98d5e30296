"""Learns care/rules/weights.json from the tuning corpora: `.venv/bin/python -m tests.care.train`, about a minute.

The same corpora give the same table. What it prints is measured on texts each set of weights had not seen.
"""

import json
import math
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

# The rules were written on the first two parts: only on the others do they show what they are worth.
FRESH = ("safety_tune_c", "safety_tune_d", "safety_tune_e")
COST = 0.03
LEAST = 2
"""Texts a sign must be in to be learned."""
SCALE = 24
"""Whole numbers in the table for one unit of log odds."""
MOST = 5000
# How often a tier may be wrongly given to a harmless text of the corpora, out of fold.
LIMITS = {"distress": 0.10, "self_harm": 0.05, "imminent": 0.02}


@dataclass(frozen=True, slots=True)
class Example:
    row: dict[str, Any]
    signs: frozenset[str]
    evidence: frozenset[str]
    ruled: tuple[int, int]
    said: frozenset[str]
    fresh: bool

    @property
    def tier(self) -> int:
        return safety.TIERS.index(self.row["tier"])

    def wants(self, head: int) -> bool:
        return self.tier > head if head < 3 else self.row["about"] == "other"


def examples() -> Iterator[Example]:
    for path in sorted(CORPUS.glob("safety_tune*.jsonl")):
        for line in path.read_text("utf-8").splitlines():
            yield example(json.loads(line), path.stem in FRESH)


def example(row: dict[str, Any], fresh: bool) -> Example:
    passage = Passage(safety.language(row["lang"]), despace(normalise(row["text"])))
    hits = list(passage.hits())
    mine, theirs = (safety._weigh([hit for hit in hits if hit.other is other], passage) for other in (False, True))
    language, clauses, marks, evidence = safety.signs(row["lang"], passage, hits, max(mine, theirs))
    found = {sign for words in clauses for sign, _, _ in weights.ideas(language).signs(words)}
    found |= {mark for clause in marks for mark in clause}
    named = frozenset(f"{weights.section(sign, language)}:{sign}" for sign in found)
    said = frozenset(hit.family for hit in hits if not hit.capped)
    return Example(row, named, frozenset(evidence), (mine, theirs), said, fresh)


def bags(rows: Sequence[Example]) -> tuple[list[str], list[list[int]]]:
    """The signs worth learning (nothing, at 0, is in every text) and those of each example."""
    times = Counter(sign for row in rows for sign in row.signs)
    names = ["", *sorted(sign for sign, count in times.items() if count >= LEAST)]
    number = {sign: at for at, sign in enumerate(names)}
    return names, [[0, *sorted(number[sign] for sign in row.signs if sign in number)] for row in rows]


def joined(scores: Sequence[float], rows: Sequence[Example], head: int) -> tuple[float, dict[str, float]]:
    """How far to trust the words, and each thing the rules say: logistic regression on texts new to both."""
    fresh = [(score, sorted(row.evidence), row.wants(head)) for score, row in zip(scores, rows, strict=True) if row.fresh]
    times = Counter(sign for _, evidence, _ in fresh for sign in evidence)
    trust, base = 1.0, 0.0
    said = {sign: 0.0 for sign, count in sorted(times.items()) if count >= 8}
    seen = [(score, [sign for sign in evidence if sign in said], want) for score, evidence, want in fresh]
    for turn in range(400):
        pace = 4.0 / (1 + turn / 50)
        d_trust, d_base, d_said = 0.0, 0.0, dict.fromkeys(said, 0.0)
        for score, evidence, want in seen:
            logit = base + trust * score + sum([said[sign] for sign in evidence])
            error = want - 1 / (1 + math.exp(-logit))
            d_trust += error * score
            d_base += error
            for sign in evidence:
                d_said[sign] += error
        count = len(seen)
        trust += pace * d_trust / count
        base += pace * d_base / count
        for sign in said:
            said[sign] += pace * (d_said[sign] - 2.0 * said[sign]) / count
    return trust, {"": base, **said}


def main() -> None:
    rows = list(examples())
    fold = learn.folds([row.row["text"] for row in rows])
    names, bag = bags(rows)
    columns: list[dict[str, int]] = []
    sums: list[list[float]] = []
    for head, title in enumerate(weights.HEADS):
        wanted = [row.wants(head) for row in rows]
        costs = [COST * (2 if head == 1 and row.tier == 3 else 1) for row in rows]
        held_out = learn.out_of_fold(bag, wanted, costs, len(names), fold)
        trust, said = joined(held_out, rows, head)
        final = learn.fit(bag, wanted, costs, len(names))
        total = [
            trust * score + said[""] + sum(said.get(sign, 0.0) for sign in row.evidence)
            for score, row in zip(held_out, rows, strict=True)
        ]
        edge = threshold(total, rows, head)
        column = {name: round(SCALE * trust * weight) for name, weight in zip(names, final, strict=True)}
        column.update({f"both:{sign}": round(SCALE * weight) for sign, weight in said.items() if sign})
        column[""] = round(SCALE * (trust * final[0] + said[""] - edge))
        columns.append(column)
        sums.append([one - edge for one in total])
        print(f"{title:<10} trust {trust:.2f} edge {edge:+.2f}")
    report(rows, sums)
    write(columns)


def threshold(total: Sequence[float], rows: Sequence[Example], head: int) -> float:
    """Where to draw the line: as low as the limit for harmless texts allows, on texts new to rules and weights."""
    if head == 3:
        return 0.0
    harmless = sorted((one for one, row in zip(total, rows, strict=True) if row.fresh and not row.tier), reverse=True)
    return harmless[int(len(harmless) * LIMITS[weights.HEADS[head]])] + 1e-6


def report(rows: Sequence[Example], sums: Sequence[Sequence[float]]) -> None:
    """What rules say alone, and rules and weights together, of texts new to both."""
    fresh = [(row, tuple(round(SCALE * one[at]) for one in sums)) for at, row in enumerate(rows) if row.fresh]
    before = [(row.row, max(row.ruled), "self" if row.ruled[0] >= row.ruled[1] else "other") for row, _ in fresh]
    after = [
        (row.row, *safety._settled(*row.ruled, weights.Opinion(said, ()), set(row.said))) for row, said in fresh
    ]
    alone, together = crisis(before), crisis(after)
    print(f"{len(fresh)} texts new to both{'':<12} rules  with weights")
    for name, value in together.items():
        print(f"  {name:<28} {alone[name]:.3f}  {value:.3f}")


def write(columns: Sequence[dict[str, int]]) -> None:
    """Heaviest first. Only the signs that weigh most are kept; what is left out weighs next to nothing."""
    names = {name for column in columns for name in column if name}
    table = {name: [column.get(name, 0) for column in columns] for name in names}
    kept = sorted(table, key=lambda name: (-max(map(abs, table[name])), name))[:MOST]
    sections: dict[str, list[str]] = {"both": [], **{name: [] for name in safety.LANGUAGES}}
    for name in sorted(kept, key=lambda name: (-table[name][1], name)):
        if any(table[name]):
            section, sign = name.split(":", 1)
            sections[section].append(f"  {json.dumps(sign)}: {json.dumps(table[name])}")
    parts = ",\n".join(f'"{name}": {{\n' + ",\n".join(lines) + "\n}" for name, lines in sections.items())
    base = [column[""] for column in columns]
    TABLE.write_text(f'{{"base": {json.dumps(base)}, "doubt": 24,\n{parts}\n}}\n', "utf-8")
    print({name: len(lines) for name, lines in sections.items()}, f"{TABLE.stat().st_size} bytes")


if __name__ == "__main__":
    main()
