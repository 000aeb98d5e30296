"""Read messages for danger: JSON lines in, JSON lines out; `--score` measures it on its own corpus."""

import argparse
import json
import sys
from collections import defaultdict
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from care import moderation, safety

CORPUS = Path(__file__).resolve().parent.parent / "tests" / "care" / "corpus"
TIERS = safety.TIERS
PARTS = {
    "tune": ("safety_tune", "safety_tune_b", "moderation_tune"),
    "learn": (
        "safety_tune_c",
        "safety_tune_d",
        "safety_tune_e",
        "safety_tune_f",
        "safety_tune_g",
        "safety_tune_h",
        "safety_tune_k",
        "moderation_tune_b",
        "moderation_next",
        "moderation_next_b",
    ),
    "hands": ("safety_tune_l", *(f"moderation_next_{letter}" for letter in "cdefgh")),
    "score": ("safety_score", "moderation_score"),
    "blind": ("safety_blind", "moderation_blind"),
    "fresh": ("safety_blind_2", "moderation_blind_2"),
    "third": ("safety_blind_3", "moderation_blind_3"),
    "fourth": ("safety_blind_4", "moderation_blind_4"),
    "fifth": ("safety_blind_5", "moderation_blind_5"),
    "kind": ("safety_kind",),
}
"""Files by what was made of them: rules were tuned on the first, weights learned from the first three.
`kind` is how people here answer each other, learned by nothing: its harmless ones must be left alone.
Nobody who writes rules has read `score`, `blind`, `fresh`, `third`, `fourth` and `fifth`: neither their
sentences nor what held in them are shown. `unread` is all of them together: a label has some thirty messages
in each, too few to tell."""
_UNREAD = ("score", "blind", "fresh", "third", "fourth", "fifth")
PARTS["unread"] = tuple(name for part in _UNREAD for name in PARTS[part])
UNREAD = (*_UNREAD, "unread")
Row = dict[str, Any]


def main() -> int:
    """Exit status: 0, or 1 when a committed floor is broken."""
    parser = argparse.ArgumentParser(prog="beside read", description=__doc__)
    parser.add_argument("--score", action="store_true", help="measure on every part of the corpus")
    parser.add_argument("--show", action="store_true", help="with --score: print the texts that were missed")
    parser.add_argument("--part", choices=tuple(PARTS), help="with --score: only this part")
    given = parser.parse_args()
    if given.score:
        return score([given.part] if given.part else list(PARTS), given.show)
    for line in sys.stdin.buffer:
        answer(line)
    return 0


def answer(line: bytes) -> None:
    """One line in, one line out, whatever the line holds."""
    try:
        row = json.loads(line)
        found = judge(row["id"], str(row["text"]))
    except (ValueError, KeyError, TypeError, RecursionError):
        found = {"id": None, "error": 'expected {"id": …, "text": …}'}
    sys.stdout.write(json.dumps(found) + "\n")


def judge(name: object, text: str) -> Row:
    """What both readers say of one text."""
    reading = safety.read(text)
    return {
        "id": name,
        "tier": reading.tier,
        "about": reading.about,
        "confidence": reading.confidence,
        "rules": sorted({match.rule for match in reading.matched}),
        "labels": sorted(moderation.read(text).labels),
    }


def score(parts: Iterable[str], show: bool) -> int:
    floors: dict[str, dict[str, float]] = json.loads((CORPUS / "floors.json").read_text("utf-8"))
    broken = []
    for part in parts:
        figures = measure(part, show)
        for name, floor in floors.get(part, {}).items():
            value = figures.get(name)
            # A floor whose name ends in "_max" is a ceiling.
            held = value is not None and (value <= floor if name.endswith("_max") else value >= floor)
            if not held:
                broken.append(f"{part}: {name} is {value}, the floor is {floor}")
    print("\n".join(["", *broken] if broken else ["", "every floor holds"]))
    return 1 if broken else 0


def measure(part: str, show: bool) -> dict[str, float]:
    """Print the figures of one part and return those that have a floor."""
    show = show and part not in UNREAD
    texts, messages = sentences(part, "safety"), sentences(part, "moderation")
    found = tiers(part, texts, show) if texts else {}
    return found | (labels(part, messages, show) if messages else {})


def tiers(part: str, texts: list[Row], show: bool) -> dict[str, float]:
    rows = [(row, safety.read(row["text"])) for row in texts]
    figures = crisis([(row, TIERS.index(got.tier), got.about) for row, got in rows])
    print(f"\n== {part}: {len(rows)} crisis sentences")
    for name, value in figures.items():
        print(f"  {name:<28} {value:.3f}")
    if part not in UNREAD:
        by_category(rows, show)
    return figures


def sentences(part: str, reader: str) -> list[Row]:
    """The sentences of one part for one of the two readers."""
    return [row for name in PARTS[part] if name.startswith(reader) for row in lines(CORPUS / f"{name}.jsonl")]


def crisis(rows: list[tuple[Row, int, str]]) -> dict[str, float]:
    figures: dict[str, float] = {}
    for suffix in ("", "_en", "_es"):
        some = [
            (TIERS.index(row["tier"]), got, row)
            for row, got, _ in rows
            if not suffix or row["lang"] == suffix[1:]
        ]
        alert = [(want, got) for want, got, _ in some if want > 1]
        figures[f"alert_recall{suffix}"] = share(got > 1 for _, got in alert)
        figures[f"alert_precision{suffix}"] = share(want > 1 for want, got, _ in some if got > 1)
        figures[f"imminent_as_alert{suffix}"] = share(got > 1 for want, got, _ in some if want == 3)
        figures[f"distress_recall{suffix}"] = share(got > 0 for want, got, _ in some if want > 0)
        figures[f"negatives_raised{suffix}_max"] = share(got > 1 for want, got, _ in some if want == 0)
        figures[f"negatives_not_none{suffix}_max"] = share(got > 0 for want, got, _ in some if want == 0)
        figures[f"first_person_lost{suffix}_max"] = float(
            sum(want == 3 and got == 0 and row["person"] == "first" for want, got, row in some)
        )
    for tier in (1, 2, 3):
        figures[f"exact_{TIERS[tier]}_precision"] = share(
            TIERS.index(row["tier"]) == tier for row, got, _ in rows if got == tier
        )
        figures[f"exact_{TIERS[tier]}_recall"] = share(
            got == tier for row, got, _ in rows if TIERS.index(row["tier"]) == tier
        )
    figures["about_right"] = share(
        about == row["about"] for row, got, about in rows if got and row["tier"] != "none"
    )
    return figures


def by_category(rows: list[tuple[Row, safety.Reading]], show: bool) -> None:
    groups: dict[str, list[tuple[Row, safety.Reading]]] = defaultdict(list)
    for row, got in rows:
        groups[row["category"]].append((row, got))
    print("  by category: sentences, right side of the alert line, right side of none; rules that misled")
    for category, some in sorted(groups.items()):
        alert = sum((TIERS.index(row["tier"]) > 1) == (TIERS.index(got.tier) > 1) for row, got in some)
        some_tier = sum((row["tier"] == "none") == (got.tier == "none") for row, got in some)
        misled = sorted({m.rule for row, got in some if row["tier"] == "none" for m in got.matched})
        right = f"{alert / len(some):.2f} {some_tier / len(some):.2f}"
        print(f"  {category:<24} {len(some):>4} {right} {' '.join(misled)}")
        for row, got in some:
            if show and row["tier"] != got.tier:
                rules = {match.rule: row["text"][match.start : match.end] for match in got.matched}
                print(f"    {row['id']} {row['tier']} read {got.tier} {rules} {got.modifiers}: {row['text']}")


def labels(part: str, rows: list[Row], show: bool) -> dict[str, float]:
    """Precision and recall of every moderation label, and how many clean messages were flagged."""
    figures: dict[str, float] = {}
    read = [(set(row["labels"]), set(moderation.read(row["text"]).labels), row) for row in rows]
    print(f"\n== {part}: {len(rows)} moderation sentences")
    for label in sorted({label for want, _, _ in read for label in want}):
        figures[f"{label}_recall"] = share(label in got for want, got, _ in read if label in want)
        figures[f"{label}_precision"] = share(label in want for want, got, _ in read if label in got)
    figures["clean_flagged_max"] = share(bool(got) for want, got, _ in read if not want)
    for name, value in figures.items():
        print(f"  {name:<28} {value:.3f}")
    for want, got, row in read:
        if show and want != got:
            print(f"    {row['id']} {sorted(want)} read {sorted(got)}: {row['text']}")
    return figures


def share(held: Iterable[bool]) -> float:
    """The share that held; 1 of nothing, so an empty group breaks no floor."""
    marks = list(held)
    return round(sum(marks) / len(marks), 3) if marks else 1.0


def lines(path: Path) -> Iterator[Row]:
    for line in path.read_text("utf-8").splitlines():
        if line.strip():
            yield json.loads(line)


if __name__ == "__main__":
    raise SystemExit(main())
