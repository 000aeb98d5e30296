"""The instance's own keys: `kek.json` in the data folder, 0600, made once and replaced whole.

`keys` wrap the people's data keys; `current` names the one in use. `root` never changes: the
secrets for signing and hashing come from it, so that rotating the others signs nobody out.
Whoever has this file and keys.db can read everything: back the two up apart from beside.db.
"""

import asyncio
import base64
import fcntl
import json
import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, replace
from pathlib import Path


@dataclass(frozen=True)
class Ring:
    current: str
    keys: dict[str, bytes]
    root: bytes

    def with_new(self) -> "Ring":
        name = os.urandom(4).hex()
        return replace(self, current=name, keys={**self.keys, name: os.urandom(32)})

    def keeping(self, names: set[str]) -> "Ring":
        return replace(self, keys={n: key for n, key in self.keys.items() if n in names or n == self.current})


def read(path: Path) -> Ring:
    """Makes the file when there is none. ValueError when it is not one of ours."""
    with suppress(FileNotFoundError):
        return _parse(path.read_text())
    draft = _draft(path, Ring("", {}, os.urandom(32)).with_new())
    try:
        # Unlike a rename, a link never replaces: of two processes starting at once, one wins,
        # and both read what the winner wrote.
        with suppress(FileExistsError):
            os.link(draft, path)
    finally:
        draft.unlink()
    _flush_folder(path)
    return _parse(path.read_text())


def write(path: Path, ring: Ring) -> None:
    _draft(path, ring).replace(path)
    _flush_folder(path)


@asynccontextmanager
async def lock(path: Path, alone: bool) -> AsyncIterator[None]:
    """Between processes: many may use the keys of the file at once, one may change it."""
    descriptor = os.open(path.with_suffix(".lock"), os.O_RDWR | os.O_CREAT, 0o600)
    try:
        while True:
            try:
                fcntl.flock(descriptor, (fcntl.LOCK_EX if alone else fcntl.LOCK_SH) | fcntl.LOCK_NB)
                break
            except BlockingIOError:
                await asyncio.sleep(0.02)
        yield
    finally:
        os.close(descriptor)


def _draft(path: Path, ring: Ring) -> Path:
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    draft = path.with_name(f".{path.name}.{os.getpid()}.{os.urandom(4).hex()}")
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w") as file:
        keys = {name: _text(key) for name, key in ring.keys.items()}
        json.dump({"current": ring.current, "keys": keys, "root": _text(ring.root)}, file, indent=1)
        file.flush()
        os.fsync(file.fileno())
    return draft


def _parse(text: str) -> Ring:
    try:
        value = json.loads(text)
        keys = {name: base64.b64decode(key, validate=True) for name, key in value["keys"].items()}
        ring = Ring(value["current"], keys, base64.b64decode(value["root"], validate=True))
    except (ValueError, KeyError, TypeError, AttributeError):
        # From None: the cause would carry the keys into a log.
        raise ValueError("kek.json is damaged: restore it from its backup.") from None
    if ring.current not in keys or any(len(key) != 32 for key in (*keys.values(), ring.root)):
        raise ValueError("kek.json is damaged: restore it from its backup.")
    return ring


def _flush_folder(path: Path) -> None:
    descriptor = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _text(key: bytes) -> str:
    return base64.b64encode(key).decode()
