"""The operator's commands, and the catalog of words."""

import argparse
import os
import subprocess
import sys
from datetime import date
from pathlib import Path

import pytest

from bin import beside, doctor, words

ROOT = Path(__file__).parents[1]
DAY = date(2026, 11, 23)


def line(as_of: str, confidence: str = "A") -> dict[str, object]:
    return {"as_of": as_of, "confidence": confidence}


@pytest.fixture
def data(tmp_path: Path) -> Path:
    folder = tmp_path / "var"
    folder.mkdir(mode=0o700)
    for name in ("beside.db", "keys.db", "kek.json"):
        (folder / name).touch(mode=0o600)
    return folder


def problems(folder: Path) -> list[str]:
    found = doctor.data_folder(folder)
    return [said for kind, said in found if kind == doctor.PROBLEM and "GB free" not in said]


def test_a_folder_for_one_person_alone_is_well(data: Path) -> None:
    assert problems(data) == []


@pytest.mark.parametrize("name", ["", "keys.db"])
def test_what_others_can_read_is_a_problem(data: Path, name: str) -> None:
    (data / name).chmod(0o755 if not name else 0o640)
    assert [str(data / name) in said for said in problems(data)] == [True]


@pytest.mark.parametrize("name", ["keys.db", "kek.json"])
def test_a_database_without_its_keys_is_a_problem(data: Path, name: str) -> None:
    (data / name).unlink()
    assert [name in said for said in problems(data)] == [True]


def test_a_folder_not_made_yet_is_only_a_note(tmp_path: Path) -> None:
    assert [kind for kind, _ in doctor.data_folder(tmp_path / "never")] == [doctor.NOTE]


@pytest.mark.parametrize(
    ("as_of", "kind"),
    [("2026-08-25", "ok"), ("2026-08-24", "note"), ("2026-11", "note"), ("undated", "note")],
)
def test_crisis_lines_are_checked_every_ninety_days(as_of: str, kind: str) -> None:
    assert doctor.crisis_lines([line("2026-11-22"), line(as_of)], DAY)[0] == kind


def test_a_line_nobody_is_shown_needs_no_check() -> None:
    assert doctor.crisis_lines([line("2026-11-22"), line("undated", "C")], DAY)[0] == doctor.OK


def test_a_command_is_one_function(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(beside, "COMMANDS", {})
    heard: list[argparse.Namespace] = []

    @beside.command("sky paint", "colour", "--twice")
    async def paint(args: argparse.Namespace) -> int:
        """Paints the sky."""
        heard.append(args)
        return 7

    @beside.command("hand on", beside.REST)
    def hand_on(args: argparse.Namespace) -> int:
        """Hands on what follows."""
        heard.append(args)
        return 0

    assert beside.main(["sky", "paint", "blue", "--twice"]) == 7
    assert (heard[0].colour, heard[0].twice) == ("blue", True)
    assert beside.main(["sky", "paint", "blue", "--thrice"]) == 2
    assert beside.main(["hand", "on", "--help", "x"]) == 0
    assert heard[-1].rest == ["--help", "x"]


def test_every_command_says_what_it_does() -> None:
    assert beside.COMMANDS
    assert all(function.__doc__ for function, _ in beside.COMMANDS.values())


def test_words_are_collected_from_code_and_templates(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "web/templates/home").mkdir(parents=True)
    (tmp_path / "web/locale").mkdir()
    (tmp_path / "care").mkdir()
    (tmp_path / "web/templates/home/index.html").write_text("<p>{{ _('From a page') }}</p>")
    (tmp_path / "care/sky.py").write_text("N_('From a list'), ngettext('One', 'Many', n), _('Said')")
    (tmp_path / words.MAPPING).write_bytes((ROOT / words.MAPPING).read_bytes())
    for floor in words.FLOORS:
        (tmp_path / floor).mkdir(exist_ok=True)
    monkeypatch.chdir(tmp_path)
    words.collect()
    catalog = words.CATALOG.read_text()
    assert all(f'"{each}"' in catalog for each in ("From a page", "From a list", "One", "Many", "Said"))
    (tmp_path / "web/templates/home/index.html").write_text("{{ _('never ended }}")
    with pytest.raises(subprocess.CalledProcessError):
        words.collect()


def test_nothing_to_set_up_is_seen_without_python(tmp_path: Path) -> None:
    """The quick path of `bin/_setup`: a lock equal to the installed one starts nothing."""
    (tmp_path / "bin").mkdir()
    (tmp_path / "bin/_setup").write_bytes((ROOT / "bin/_setup").read_bytes())
    (tmp_path / "bin/_setup.py").write_text("raise SystemExit('asked to set up')")
    (tmp_path / ".venv/bin").mkdir(parents=True)
    (tmp_path / ".venv/bin/python").symlink_to(sys.executable)
    for folder in (tmp_path, tmp_path / ".venv"):
        (folder / "some.lock").write_text("one")
    command = ["bash", "-c", '. "$0" some.lock && pwd && echo "$BESIDE_DATA"', str(tmp_path / "bin/_setup")]
    environment = {"PATH": os.environ["PATH"], "BESIDE_DATA": "mine"}

    def source() -> subprocess.CompletedProcess[str]:
        return subprocess.run(command, cwd="/", env=environment, capture_output=True, text=True, check=False)

    assert source().stdout.split() == [str(tmp_path), "//mine"]
    (tmp_path / "some.lock").write_text("two")
    changed = source()
    assert changed.returncode != 0
    assert "asked to set up" in changed.stderr
