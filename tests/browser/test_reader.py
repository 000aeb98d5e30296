"""The reader on the device says what the reader on the server says, word for word."""

import json
import subprocess
import sys
from pathlib import Path

from playwright.sync_api import Browser

ROOT = Path(__file__).parents[2]
GOLDEN = ROOT / "tests" / "care" / "corpus" / "golden.jsonl"
TOLD = """text => {
  const { tier, about, confidence, matched, modifiers, version } = Reader.read(text);
  return { tier, about, confidence, matched: matched.map(m => [m.rule, m.start, m.end]), modifiers, version };
}"""
COMPILED = "import json; from care import safety; print(json.dumps(safety.compiled()))"


def test_both_readers_say_the_same(chromium: Browser) -> None:
    rules = subprocess.run([sys.executable, "-c", COMPILED], cwd=ROOT, capture_output=True, check=True).stdout
    page = chromium.new_page()
    page.add_script_tag(path=ROOT / "web" / "static" / "js" / "reader.js")
    page.evaluate("rules => Reader.load(rules)", json.loads(rules))
    rows = [json.loads(line) for line in GOLDEN.read_text("utf-8").splitlines()]
    assert len(rows) > 300, "the premise: there is something to compare"
    said = page.evaluate(f"texts => texts.map({TOLD})", [row["text"] for row in rows])
    page.close()
    differing = [row["text"] for row, mine in zip(rows, said, strict=True) if mine != row["reading"]]
    assert differing == []
