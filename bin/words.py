"""The catalog every translation starts from: all the words that `_`, `N_` and `ngettext` mark."""

import subprocess
import sys
from pathlib import Path

CATALOG = Path("web/locale/beside.pot")
MAPPING = Path("web/locale/babel.cfg")
FLOORS = ["care", "db", "jobs", "web"]
STABLE = ["--no-location", "--omit-header", "--sort-output", "--no-wrap"]
"""No dates and no line numbers: the catalog changes only when the words do."""


def collect(to: Path = CATALOG) -> None:
    """Raises CalledProcessError, with pybabel's own words on stderr, when a file cannot be read."""
    to.parent.mkdir(parents=True, exist_ok=True)
    keywords = ["--no-default-keywords", "-k", "_", "-k", "N_", "-k", "ngettext:1,2"]
    pybabel = [sys.executable, "-m", "babel.messages.frontend", "--quiet", "extract"]
    notes = ["--add-comments", "Translators:", "--strip-comments"]
    found = ["--mapping", str(MAPPING), "--output", str(to), *FLOORS]
    subprocess.run([*pybabel, *keywords, *notes, *STABLE, *found], check=True)
