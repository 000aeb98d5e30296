"""Who may import whom: the floors of the house, read from the code itself."""

import ast
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]

MAY_USE = {
    "care": {"care"},
    "config": set(),
    "db": {"db", "care", "config"},
    "jobs": {"jobs", "db", "care", "config"},
    "web": {"web", "db", "care", "config"},
}
"""Of our own; everything else below is about other people's packages."""

STARTS_THE_LOOP = {"web/app.py", "web/__main__.py"}

PACKAGES = {
    "care": set(),
    "config": set(),
    "db": {
        "piccolo",
        "aiosqlite",
        "asyncpg",
        "argon2",
        "cryptography",
        "zxcvbn",
        "xkcdpass",
        "pyotp",
        "snowballstemmer",
    },
    "jobs": {"webpush", "aiohttp", "yarl"},
    "web": {"litestar", "jinja2", "markupsafe", "babel", "brotli", "uvicorn", "icalendar", "segno", "rjsmin"},
}

HOMES = {
    "cryptography": {"db/cipher.py", "db/notices_keys.py"},
    "pyotp": {"db/second_factor.py"},
    "snowballstemmer": {"db/stories_search.py"},
    "webpush": {"jobs/push.py"},
    "aiohttp": {"jobs/push.py"},
    "yarl": {"jobs/push.py"},
    "uvicorn": {"web/__main__.py"},
}
"""The only modules that may import it."""

NOT_IN_CARE = {"asyncio", "socket", "sqlite3", "subprocess", "http", "ssl", "smtplib", "urllib.request"}
"""In the standard library, but not rules: plain values in, plain values out."""


def imports(source: str, package: str) -> Iterator[str]:
    """Dotted names, wherever in the source they stand; `package` is what a relative import starts from."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            parts = package.split(".")
            start = parts[: len(parts) + 1 - node.level] if node.level else []
            base = ".".join([*start, *([node.module] if node.module else [])])
            yield from (f"{base}.{alias.name}" for alias in node.names)


def broken(path: str, source: str) -> list[str]:
    """`path` is relative to the root, as in 'web/routes/home.py'."""
    *folders, file = path.split("/")
    floor, package = [*folders, file.removesuffix(".py")][0], ".".join(folders)
    return [f"{path}: {name}" for name in imports(source, package) if not _allowed(path, floor, name)]


def _allowed(path: str, floor: str, name: str) -> bool:
    top = name.partition(".")[0]
    if top in MAY_USE:
        tables = floor == "web" and name.startswith("db.tables")
        return not tables and (top in MAY_USE[floor] or (top == "jobs" and path in STARTS_THE_LOOP))
    if top in sys.stdlib_module_names:
        return floor != "care" or not any(name == no or name.startswith(f"{no}.") for no in NOT_IN_CARE)
    return top in PACKAGES[floor] and path in HOMES.get(top, {path})


def modules() -> list[str]:
    found = [path for floor in ("care", "db", "jobs", "web") for path in (ROOT / floor).rglob("*.py")]
    return sorted(str(path.relative_to(ROOT)) for path in [*found, ROOT / "config.py"])


def test_there_are_modules_to_read_on_every_floor() -> None:
    assert {path.split("/")[0].removesuffix(".py") for path in modules()} == set(MAY_USE)


def test_nobody_imports_from_a_floor_they_may_not() -> None:
    found = [line for path in modules() for line in broken(path, (ROOT / path).read_text(encoding="utf-8"))]
    assert not found, "\n".join(found)


def test_passphrases_are_hashed_in_one_module() -> None:
    homes = [path for path in modules() if _uses(path, "argon2")]
    assert len(homes) <= 1, homes


def _uses(path: str, package: str) -> bool:
    source = (ROOT / path).read_text(encoding="utf-8")
    return any(name.split(".")[0] == package for name in imports(source, ""))


@pytest.mark.parametrize(
    ("path", "source"),
    [
        ("web/routes/home.py", "from piccolo.columns import UUID"),
        ("web/routes/home.py", "def show():\n    import jobs.loop"),
        ("web/routes/home.py", "from jobs import loop"),
        ("web/routes/home.py", "from db.tables import Person"),
        ("web/routes/home.py", "from db import tables"),
        ("web/routes/home.py", "from ... import jobs"),
        ("web/routes/home.py", "import uvicorn"),
        ("db/journal.py", "from web.render import page"),
        ("db/journal.py", "import jobs"),
        ("db/journal.py", "from cryptography.hazmat.primitives import hashes"),
        ("db/journal.py", "import httpx"),
        ("jobs/loop.py", "from web import app"),
        ("jobs/loop.py", "import aiohttp"),
        ("jobs/tidy.py", "from webpush import WebPush"),
        ("care/safety.py", "import db"),
        ("care/safety.py", "from config import config"),
        ("care/safety.py", "import yaml"),
        ("care/safety.py", "if True:\n    import asyncio.events"),
        ("care/safety.py", "from urllib import request"),
        ("config.py", "from dotenv import load_dotenv"),
        ("config.py", "import care"),
    ],
)
def test_a_planted_import_is_caught(path: str, source: str) -> None:
    assert len(broken(path, source)) == 1


@pytest.mark.parametrize(
    ("path", "source"),
    [
        ("web/app.py", "from jobs import loop"),
        ("web/routes/home.py", "from db import journal\nimport litestar\nfrom .account import router"),
        ("db/cipher.py", "from cryptography.hazmat.primitives.ciphers.aead import AESGCM"),
        ("jobs/push.py", "import aiohttp\nfrom webpush import WebPush"),
        ("care/safety.py", "import unicodedata\nfrom care.words import _\nfrom urllib.parse import quote"),
        ("config.py", "import os"),
    ],
)
def test_an_honest_import_is_let_through(path: str, source: str) -> None:
    assert broken(path, source) == []
