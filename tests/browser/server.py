"""The real server in a process of its own, on data of its own; and what its database holds."""

import os
import signal
import sqlite3
import subprocess
import sys
import time
import urllib.request
from dataclasses import dataclass
from pathlib import Path

from tests.browser.line import free_port

ROOT = Path(__file__).parents[2]
ELSEWHERE = {"DATABASE_URL", "KEYS_DATABASE_URL", "ORIGIN", "BESIDE_DEMO", "BESIDE_DEV", "BEHIND_PROXY"}
QUERY = """
SELECT e.cid, e.local_date, e.mood, e.tz, e.felt_at, e.removed_at, p.name
FROM entry e JOIN person p ON p.id = e.person ORDER BY e.rowid
"""


@dataclass(frozen=True)
class Row:
    """One entry, as far as it can be read without its owner's key."""

    cid: str
    local_date: str
    mood: int | None
    tz: str
    felt_at: str
    removed: bool


class Server:
    def __init__(self, data: Path) -> None:
        self.data, self.port = data, free_port()
        self._settings: dict[str, str] = {}
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def set(self, **settings: str) -> None:
        """Environment variables for the next start."""
        self._settings |= settings

    def start(self) -> None:
        """Returns once it answers."""
        env = {name: value for name, value in os.environ.items() if name not in ELSEWHERE}
        env |= {"BESIDE_DATA": str(self.data), "HOST": "127.0.0.1", "PORT": str(self.port)}
        env |= {"BESIDE_FAST_HASHING": "1", **self._settings}
        self.data.parent.mkdir(parents=True, exist_ok=True)
        with self.log.open("ab") as log:
            self._process = subprocess.Popen(
                [sys.executable, "-m", "web"], cwd=ROOT, env=env, stdout=log, stderr=log
            )
        deadline = time.monotonic() + 30
        while not self.answers():
            if self._process.poll() is not None or time.monotonic() > deadline:
                raise RuntimeError(f"The server did not start:\n{self.log.read_text()[-3000:]}")
            time.sleep(0.05)

    @property
    def log(self) -> Path:
        return self.data.parent / "server.log"

    def answers(self) -> bool:
        try:
            with urllib.request.urlopen(f"{self.address}/healthz", timeout=2) as reply:  # noqa: S310
                return bool(reply.status == 200)
        except OSError:
            return False

    def kill(self) -> None:
        """As a power cut would: nothing is flushed, nobody is told."""
        self._end(signal.SIGKILL)

    def stop(self) -> None:
        self._end(signal.SIGTERM)

    def _end(self, how: signal.Signals) -> None:
        if self._process is not None:
            self._process.send_signal(how)
            self._process.wait(20)
            self._process = None

    def rows(self, name: str) -> list[Row]:
        """Every entry of this person, in the order in which the server took them; removed ones too."""
        with sqlite3.connect(f"file:{self.data / 'beside.db'}?mode=ro", uri=True) as database:
            found = database.execute(QUERY).fetchall()
        database.close()
        return [
            Row(str(cid), str(day), mood, tz, str(felt), removed is not None)
            for cid, day, mood, tz, felt, removed, owner in found
            if owner == name
        ]
