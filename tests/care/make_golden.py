"""Writes golden.jsonl: texts and what care.safety says of them. The reader in the browser must say the same.

Run it when a rule changes on purpose: `.venv/bin/python -m tests.care.make_golden`, and read the difference.
"""

import json
from dataclasses import asdict
from pathlib import Path

from care import safety

CORPUS = Path(__file__).parent / "corpus"
ODD = (
    "",
    "   ",
    "I’m not ok… I want—to—die",
    "ｉ ｗａｎｔ ｔｏ ｄｉｅ",
    "і wаnt tо dіе",
    "i wa\u200bnt to d\u200die",
    "🅸 🆆🅰🅽🆃 to 🅳🅸🅴",
    "😀😀 i want to die 😂 today",
    "k.i.l.l  m.y.s.e.l.f",
    "flesym llik ot tnaw i",
    "s**cide is all i think about",
    "iwanttodie and noonecares",
    "diiiiiie i want to diiiiie",
    "مرحبا i want to die שלום",
    "e\u0301l quie\u0301re morirse",
    "my parents' house is loud. my friend said 'i want to die'",
    "\u0000 i want to die \u0007",
    "i want to die " * 30,
    "a" * 500,
)


def main() -> None:
    texts = [*ODD, *_some("safety_tune", 2)]
    for part in ("safety_tune_c", "safety_tune_d", "safety_tune_e"):
        texts += _some(part, 12)
    texts.append(" ".join(_some("safety_tune_c", 30)))  # longer than what is weighed at once
    with (CORPUS / "golden.jsonl").open("w", encoding="utf-8") as file:
        for text in texts:
            file.write(json.dumps({"text": text, "reading": told(text)}, ensure_ascii=False) + "\n")


def _some(part: str, step: int) -> list[str]:
    """Every `step`th text of a part."""
    lines = (CORPUS / f"{part}.jsonl").read_text("utf-8").splitlines()
    return [json.loads(line)["text"] for line in lines[::step]]


def told(text: str) -> dict[str, object]:
    """A reading as both readers tell it; the reasons in plain words stay on the server."""
    reading = asdict(safety.read(text))
    reading["matched"] = [[one["rule"], one["start"], one["end"]] for one in reading["matched"]]
    reading["modifiers"] = list(reading["modifiers"])
    return reading


if __name__ == "__main__":
    main()
