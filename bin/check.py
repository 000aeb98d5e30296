"""The gate: named steps, all of them run, and the answer is whether every one passed."""

import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from bin import words

HABITS = {"*.py": 200, "*.html": 80, "*.js": 60}
"""Lines a file stays under as a habit; `sizes` tells and never refuses."""

BUILT = {".git", ".venv", "var", "node_modules", "vendor", "migrations"}


def main(chosen: list[str]) -> int:
    unknown = set(chosen) - set(STEPS)
    if unknown:
        sys.exit(f"No such step: {', '.join(sorted(unknown))}. There are: {', '.join(STEPS)}.")
    failed = [name for name in STEPS if (not chosen or name in chosen) and not step(name)]
    print(f"Failed: {', '.join(failed)}." if failed else "All passed.")
    return len(failed)


def step(name: str) -> bool:
    started = time.monotonic()
    passed, said = STEPS[name]()
    print(f"{'pass' if passed else 'FAIL'}  {name:<8} {time.monotonic() - started:5.1f} s", flush=True)
    if said and (not passed or name == "sizes"):
        print("      " + said.strip().replace("\n", "\n      "), flush=True)
    return passed


def tool(*command: str) -> Callable[[], tuple[bool, str]]:
    def run() -> tuple[bool, str]:
        done = subprocess.run([sys.executable, "-m", *command], capture_output=True, text=True, check=False)
        return done.returncode == 0, done.stdout + done.stderr

    return run


def catalog() -> tuple[bool, str]:
    with tempfile.TemporaryDirectory() as folder:
        fresh = Path(folder) / "beside.pot"
        try:
            words.collect(fresh)
        except subprocess.CalledProcessError:
            return False, "The words could not be collected; pybabel says above why."
        if words.CATALOG.exists() and fresh.read_bytes() == words.CATALOG.read_bytes():
            return True, ""
    return False, f"{words.CATALOG} is not what the code says. Run bin/beside words, and commit it."


def sizes() -> tuple[bool, str]:
    long = []
    for pattern, most in HABITS.items():
        for path in sorted(Path().rglob(pattern)):
            lines = 0 if BUILT & set(path.parts) else path.read_bytes().count(b"\n")
            if lines > most:
                long.append(f"{path}: {lines} lines, {most} is the habit")
    return True, "\n".join(long)


STEPS: dict[str, Callable[[], tuple[bool, str]]] = {
    "lint": tool("ruff", "check", "."),
    "types": tool("mypy"),
    "words": catalog,
    "house": tool("pytest", "tests/test_floors.py", "tests/test_house.py"),
    "read": tool("bin.read", "--score"),
    "sizes": sizes,
}


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
