"""What `bin/beside doctor` finds out about this machine and its data."""

import json
import shutil
import sqlite3
import stat
import sys
import zoneinfo
from collections.abc import Iterator
from datetime import date, datetime, timedelta
from pathlib import Path

from care.clock import now
from config import config
from db import engine, staff

LINES = Path("care/data/crisis_lines.json")
CHECK_EVERY = timedelta(days=90)
"""A wrong number is a documented harm, so every line is checked again by a person this often."""

ROOM = 500_000_000
"""Bytes free under which the next backup or migration may not fit."""

OK, NOTE, PROBLEM = "ok", "note", "problem"
Finding = tuple[str, str]


def findings() -> Iterator[Finding]:
    yield OK, f"Python {sys.version.split()[0]}"
    yield _sqlite()
    yield _zones()
    yield from data_folder(config.data)
    if LINES.exists():
        yield crisis_lines(json.loads(LINES.read_text(encoding="utf-8"))["records"], now().date())


async def desk() -> list[Finding]:
    """Whether somebody is there for what is urgent; nothing where there is no database yet."""
    if not config.database_url and not (config.data / "beside.db").exists():
        return []
    await engine.start()
    try:
        leads, desk = await staff.ready("safeguarding"), await staff.ready("moderator")
    finally:
        await engine.stop()
    if not desk:
        return [(NOTE, "Nobody can moderate yet, so the community is closed")]
    if not leads:
        said = "Nobody leads on safety, so what is urgent calls the moderators"
        return [(NOTE, f"{said}: bin/beside staff add NAME --role safeguarding")]
    return [(OK, f"{len(leads)} who lead on safety, {len(desk)} who can work at the desk")]


def _sqlite() -> Finding:
    if sqlite3.sqlite_version_info >= (3, 35):
        return OK, f"SQLite {sqlite3.sqlite_version}"
    return PROBLEM, f"SQLite {sqlite3.sqlite_version}; 3.35 is the oldest that works"


def _zones() -> Finding:
    try:
        zoneinfo.ZoneInfo("Pacific/Auckland")
    except zoneinfo.ZoneInfoNotFoundError:
        return PROBLEM, "No time zones: nobody's day would be right. Run bin/run once, it installs them."
    return OK, "Time zones"


def data_folder(folder: Path) -> Iterator[Finding]:
    if not folder.is_dir():
        yield NOTE, f"{folder} is not there yet; bin/run makes it"
        return
    loose = [path for path in (folder, *folder.rglob("*")) if _others_may_read(path)]
    for path in loose:
        yield PROBLEM, f"Others on this machine can read {path}: chmod go-rwx '{path}'"
    if not loose:
        yield OK, f"{folder} is readable by you alone"
    free = shutil.disk_usage(folder).free
    yield (OK if free >= ROOM else PROBLEM), f"{free / 1e9:.1f} GB free for {folder}"
    if not config.keys_url and (folder / "beside.db").exists():
        for name in ("keys.db", "kek.json"):
            if not (folder / name).exists():
                yield PROBLEM, f"{folder / name} is missing: what people wrote cannot be read without it"


def _others_may_read(path: Path) -> bool:
    try:
        return bool(path.lstat().st_mode & (stat.S_IRWXG | stat.S_IRWXO)) and not path.is_symlink()
    except FileNotFoundError:
        # SQLite's side files come and go while the server runs.
        return False


def crisis_lines(records: list[dict[str, object]], today: date) -> Finding:
    shown = [record for record in records if record["confidence"] != "C"]
    old = [record for record in shown if _overdue(str(record["as_of"]), today)]
    if not old:
        return OK, f"{len(shown)} crisis lines, each checked within {CHECK_EVERY.days} days"
    return NOTE, (
        f"{len(old)} of {len(shown)} crisis lines were not checked within {CHECK_EVERY.days} days. "
        f"Check each against the service's own site and write the day in {LINES}."
    )


def _overdue(as_of: str, today: date) -> bool:
    """Also when the day is not known, or only the month is."""
    try:
        return today - datetime.fromisoformat(as_of).date() > CHECK_EVERY
    except ValueError:
        return True
