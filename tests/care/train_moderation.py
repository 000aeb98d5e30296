"""Learns care/rules/weights_moderation.json: `.venv/bin/python -m tests.care.train_moderation`, 3 minutes.

The same corpora give the same table. What it prints is out of fold: said by weights that had not
seen the text.
"""

import json
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

from bin.read import lines
from care import moderation
from care import moderation_weights as weights
from care.reading import RULES, despace, normalise
from care.safety import LANGUAGES, spoken
from care.weights import Known, section
from tests.care import learn

CORPUS = Path(__file__).parent / "corpus"
TABLE = RULES / "weights_moderation.json"
OLD = ("moderation_tune", "moderation_tune_b")
"""The rules were tuned on these; what they hear is told in one text of three, lest it count too much."""
NEW = tuple(sorted(path.stem for path in CORPUS.glob("moderation_next*.jsonl")))
EVERY = Known.every()
COST, DEAR, TALK = 0.015, 2.0, 0.3
"""How dear a mistake is, how much dearer one label that is not heard, and one of somebody's own pain."""
RAISED = {
    **{"contact_info": 0.005, "link": 0.0025, "harassment": 0.012, "grooming": 0.0025},
    **{"ed_numbers": 0.006, "spam": 0.003},
}
"""The share of other messages of NEW that the weights alone may raise, for each label, out of fold."""
MANY, THIN = "safety_tune_l", 4
"""Of so many texts of people's own pain, one in four is enough."""
DOUBTED = {"contact_info": -0.5, "link": -0.5}
USUALLY = -0.2
"""Below this sum, where 0 is what the machine itself would call the border, rules are not believed."""
LEAST, MOST, SCALE = 2, 4000, 100


@dataclass(frozen=True, slots=True)
class Example:
    text: str
    part: str
    labels: frozenset[str]
    ruled: frozenset[str]
    signs: frozenset[str]


def examples() -> Iterator[Example]:
    for part in (*OLD, *NEW):
        for nth, row in enumerate(lines(CORPUS / f"{part}.jsonl")):
            yield example(row["text"], part, frozenset(row["labels"]), part in NEW or nth % 3 == 0)
    for path in sorted(CORPUS.glob("safety_tune*.jsonl")):
        for row in islice(lines(path), None, None, THIN if path.stem == MANY else 1):
            own = example(row["text"], path.stem, frozenset(), told=False)
            if own.ruled.isdisjoint(weights.LABELS):
                yield own


def example(text: str, part: str, labels: frozenset[str], told: bool) -> Example:
    normal = normalise(text)
    found = moderation.ruled(text)
    plain = despace(normal)
    name = spoken(plain)[0]
    placed, whole = weights.signs(name, plain, moderation.heard(found) if told else set(), EVERY)
    named = frozenset(f"{section(sign, name)}:{sign}" for sign in {*placed, *whole})
    return Example(text, part, labels, frozenset(found.labels), named)


def task(rows: Sequence[Example]) -> tuple[list[str], learn.Task]:
    times = Counter(sign for row in rows for sign in row.signs)
    names = ["", *sorted(sign for sign, count in times.items() if count >= LEAST)]
    number = {sign: at for at, sign in enumerate(names)}
    bags = [[0, *sorted(number[sign] for sign in row.signs if sign in number)] for row in rows]
    wanted = [[label in row.labels for row in rows] for label in weights.LABELS]
    worth = [1.0 if row.part in (*OLD, *NEW) else TALK for row in rows]
    costs = [
        [COST * share * (DEAR if want else 1) for share, want in zip(worth, column, strict=True)]
        for column in wanted
    ]
    return names, learn.Task(bags, wanted, costs, len(names))


def main() -> None:
    rows = list(examples())
    names, given = task(rows)
    unseen = learn.out_of_fold(given, learn.folds([row.text for row in rows]), MOST)
    columns = learn.few(given, MOST)
    edges = [edge(rows, said, label) for said, label in zip(unseen, weights.LABELS, strict=True)]
    for label, said, line in zip(weights.LABELS, unseen, edges, strict=True):
        report(label, rows, said, line)
    write(names, columns, edges)


def edge(rows: Sequence[Example], said: Sequence[float], label: str) -> float:
    """Where the line is drawn: as low as the messages without the label allow."""
    other = (one for one, row in zip(said, rows, strict=True) if row.part in NEW and label not in row.labels)
    ranked = sorted(other, reverse=True)
    at, part = divmod(len(ranked) * RAISED[label], 1)
    above, below = ranked[int(at)], ranked[int(at) + 1]
    return above + (below - above) * part + 1e-6


def report(label: str, rows: Sequence[Example], said: Sequence[float], line: float) -> None:
    for title, weighed in (("rules", False), ("and weights", True)):
        found = [
            (label in row.labels, label in row.ruled or (weighed and one > line))
            for row, one in zip(rows, said, strict=True)
            if row.part in NEW
        ]
        right = sum(want and got for want, got in found)
        precision, recall = right / sum(got for _, got in found), right / sum(want for want, _ in found)
        print(f"{label:<12} {title:<12} precision {precision:.3f} recall {recall:.3f}")


def write(names: list[str], columns: list[list[float]], edges: list[float]) -> None:
    """One sign in a line, the gravest first."""
    sections: dict[str, list[str]] = {"both": [], **{name: [] for name in LANGUAGES}}
    table = {name: [round(SCALE * column[at]) for column in columns] for at, name in enumerate(names) if at}
    for name in sorted(table, key=lambda one: (-max(table[one]), one)):
        if any(table[name]):
            section, sign = name.split(":", 1)
            sections[section].append(f"  {json.dumps(sign)}: {json.dumps(table[name])}")
    base = [round(SCALE * (column[0] - line)) for column, line in zip(columns, edges, strict=True)]
    parts = ",\n".join(f'"{name}": {{\n' + ",\n".join(found) + "\n}" for name, found in sections.items())
    far = [
        round(SCALE * (DOUBTED.get(label, USUALLY) - line))
        for label, line in zip(weights.LABELS, edges, strict=True)
    ]
    TABLE.write_text(f'{{"base": {json.dumps(base)}, "far": {json.dumps(far)},\n{parts}\n}}\n', "utf-8")
    print({name: len(found) for name, found in sections.items()}, f"{TABLE.stat().st_size} bytes")


if __name__ == "__main__":
    main()
