"""What the repository promises about itself: true documents, pinned packages, nothing of one machine."""

import re
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
BUILT = {".git", ".venv", "var", "dist", "node_modules", "__pycache__"}
CACHES = re.compile(r"\.(\w+_cache|hypothesis|benchmarks)$")

LOCKS = ["requirements.lock", "requirements-dev.lock"]
HISTORY = {"CHANGELOG.md"}
"""It may name what is gone; the other documents speak of what is."""

NAMED = re.compile(r"(?<![\w/.<-])(?:bin|care|db|jobs|web|tests|docs|\.ci)/[\w./*-]*\w")
LINKED = re.compile(r"\]\((?!https?:|mailto:|#)([^)#\s]+)")
CODE = re.compile(r"```.*?```|`[^`\n]+`", re.DOTALL)

# Put together from halves, so that this file does not hold what it forbids.
OF_A_MACHINE = re.compile(
    "|".join(
        [
            r"(?<![\w.-])/" + r"(?:work|root|farm)/",
            r"(?<![\w.-])/" + r"(?:Users|home)/\w+/",
            r"\.\./" + "shared",
            r"\." + "library/",
            "pypi" + r"\.org",
            "python" + "hosted",
            "npm" + r"js\.(?:org|com)",
            "deb" + r"\.debian",
        ]
    )
)


def files() -> Iterator[Path]:
    for path in ROOT.rglob("*"):
        parts = path.relative_to(ROOT).parts
        if path.is_file() and not any(part in BUILT or CACHES.search(part) for part in parts):
            yield path


def text(path: Path) -> str:
    """Empty for what is not text."""
    raw = path.read_bytes()
    return "" if b"\0" in raw else raw.decode("utf-8", errors="replace")


def documents() -> list[Path]:
    return [path for path in files() if path.suffix == ".md" and path.name not in HISTORY]


def missing(document: str, folder: Path) -> list[str]:
    """Paths that a document names in code or links to, and that are not there. Links start from `folder`."""
    named = [name for code in CODE.findall(document) for name in NAMED.findall(code)]
    return [name for name in named if not any(ROOT.glob(name))] + [
        link for link in LINKED.findall(document) if not (folder / link).exists()
    ]


def pins(lock: str) -> dict[str, str]:
    return dict(re.findall(r"^([\w.-]+)==(\S+)", (ROOT / lock).read_text(), re.MULTILINE))


def test_documents_name_only_what_exists() -> None:
    assert documents()
    gone = [f"{doc.name}: {name}" for doc in documents() for name in missing(text(doc), doc.parent)]
    assert not gone, "\n".join(gone)


def test_a_document_that_names_what_is_gone_is_caught() -> None:
    said = "`bin/run --demo`, `care/*.py`, [the look](look/never.png)\n```\nweb/never.py\n```\n"
    assert missing(said, ROOT) == ["web/never.py", "look/never.png"]


def test_nothing_of_one_machine_is_in_the_repository() -> None:
    found = [f"{path}: {hit.group()}" for path in files() for hit in OF_A_MACHINE.finditer(text(path))]
    assert not found, "\n".join(found)


@pytest.mark.parametrize("said", ["in /" + "work/main", "cd ../" + "shared", "https://pypi" + ".org/simple"])
def test_a_planted_machine_path_is_caught(said: str) -> None:
    assert OF_A_MACHINE.search(said)


@pytest.mark.parametrize("lock", LOCKS)
def test_a_lock_holds_names_versions_and_hashes_only(lock: str) -> None:
    allowed = re.compile(r"[\w.-]+==\S+(?: ; [^\\]+)? \\|    --hash=sha256:[0-9a-f]{64}(?: \\)?|\s*#.*|")
    lines = (ROOT / lock).read_text().splitlines()
    assert [line for line in lines if not allowed.fullmatch(line)] == []
    assert "://" not in "".join(lines)


def test_the_locks_hold_what_the_project_asks_for() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    for lock, wanted in (
        (LOCKS[0], project["dependencies"]),
        (LOCKS[1], project["dependencies"] + project["optional-dependencies"]["dev"]),
    ):
        asked = dict(re.sub(r"\[.*\]", "", each).lower().split("==") for each in wanted)
        assert asked.items() <= pins(lock).items()


def test_the_tests_run_on_the_versions_the_server_runs_on() -> None:
    assert pins(LOCKS[0]).items() <= pins(LOCKS[1]).items()


def test_the_licence_is_the_whole_agpl() -> None:
    licence = (ROOT / "LICENSE").read_text()
    assert "GNU AFFERO GENERAL PUBLIC LICENSE" in licence
    assert "13. Remote Network Interaction" in licence
    assert licence.rstrip().endswith("<https://www.gnu.org/licenses/>.")
