"""The operator's commands for staff and rules, as they are typed."""

import asyncio
import getpass
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pyotp
import pytest

from bin import beside, doctor
from bin import staff as commands
from care import clock
from care.account import Draft
from care.clock import now
from care.community import RULES
from db import account, devices, engine, second_factor, staff, unwrapped
from db.devices import Caller

WORDS = "lantern otter gravy violin"


@pytest.fixture(autouse=True)
def instance(template: Path, engine_kind: str, tmp_path: Path) -> Iterator[None]:
    """A database that is there and closed, as a command finds it."""
    if engine_kind != "sqlite":
        pytest.skip("The commands are the same; their verbs are tested on both.")
    engine.DB.path, engine.KEYS.path = str(tmp_path / "beside.db"), str(tmp_path / "keys.db")  # type: ignore[union-attr]
    unwrapped.use(tmp_path / "kek.json")
    yield
    clock.move(timedelta())


def run(work: Any) -> Any:
    async def inside() -> Any:
        async with commands.database():
            return await work

    return asyncio.run(inside())


async def join(name: str) -> None:
    await account.create(Draft(name, WORDS, "c", (now() + timedelta(days=900)).date(), "GB", ("journal",)))


async def set_up(name: str) -> pyotp.TOTP:
    viewer = await devices.recognise(await account.enter(name, WORDS, Caller()))
    assert viewer
    await second_factor.begin(viewer, WORDS)
    totp = pyotp.TOTP(await second_factor.offered(viewer) or "")
    await second_factor.check(viewer, totp.at(now()))
    return totp


def test_roles_are_added_listed_and_removed(capsys: pytest.CaptureFixture[str]) -> None:
    run(join("Mo"))
    assert beside.main(["staff", "add", "mo", "--role", "moderator"]) == 0
    assert beside.main(["staff", "add", "mo", "--role", "moderator"]) == 0
    assert "already" in capsys.readouterr().out
    assert beside.main(["staff", "list"]) == 0
    said = capsys.readouterr().out
    assert "Mo" in said and "moderator" in said and getpass.getuser() in said and "NO second step" in said
    assert said.count("The community is closed") == 2
    assert beside.main(["staff", "remove", "mo", "--role", "supporter"]) == 1
    assert beside.main(["staff", "remove", "mo"]) == 0
    assert run(staff.held()) == []


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        (["staff", "add", "Nobody", "--role", "moderator"], "join first"),
        (["staff", "add", "Nobody", "--role", "king"], "no role 'king'"),
        (["staff", "remove", "Nobody"], "join first"),
    ],
)
def test_what_cannot_be_is_said(typed: list[str], said: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert beside.main(typed) == 1
    assert said in capsys.readouterr().err


def test_a_role_has_to_be_named() -> None:
    with pytest.raises(SystemExit):
        beside.main(["staff", "add", "Mo"])


def test_rules_are_adopted_ours_or_their_own(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert beside.main(["rules", "show"]) == 1
    assert capsys.readouterr().out.splitlines() == list(RULES)
    assert beside.main(["rules", "adopt"]) == 0 and beside.main(["rules", "show"]) == 0
    own = tmp_path / "rules.txt"
    own.write_text("Be kind\n\n Be  kinder \nBe kindest\n")
    assert beside.main(["rules", "adopt", str(own)]) == 0
    capsys.readouterr()
    assert beside.main(["rules", "show"]) == 0
    assert capsys.readouterr().out.splitlines() == ["Be kind", "Be kinder", "Be kindest"]
    own.write_text("Only one")
    assert beside.main(["rules", "adopt", str(own)]) == 1
    assert beside.main(["rules", "adopt", str(tmp_path / "never.txt")]) == 1


def test_a_lost_device_takes_two_operators_who_prove_it(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    async def cast() -> dict[str, pyotp.TOTP]:
        for name, role in (("Mo", "moderator"), ("Oli", "operator"), ("Pat", "operator")):
            await join(name)
            await staff.add(name, role, "a test")
        return {name: await set_up(name) for name in ("Mo", "Oli", "Pat")}

    codes = run(cast())
    clock.move(timedelta(minutes=5))

    def reset(who: str, words: str = WORDS, whose: str = "Mo") -> int:
        answers = iter([words, codes[who].at(now())])
        monkeypatch.setattr("builtins.input", lambda _prompt: who)
        monkeypatch.setattr(getpass, "getpass", lambda _prompt: next(answers))
        return beside.main(["staff", "reset", whose])

    assert reset("Mo") == 1, "Nobody resets their own, and a moderator nobody's."
    assert reset("Oli", "not the passphrase") == 1 and reset("Oli", whose="Nobody") == 1
    assert reset("Oli") == 0 and "A second operator" in capsys.readouterr().out
    assert reset("Oli") == 1, "The same code does not work twice."
    assert reset("Pat") == 0 and "can set up a new second step" in capsys.readouterr().out
    assert [one.second_factor for one in run(staff.held())] == [False, True, True]


def test_a_demonstration_code_is_printed_for_its_own_people_only(capsys: pytest.CaptureFixture[str]) -> None:
    from db import people_demo
    from jobs import demo

    run(join("Mo"))
    run(staff.add("Mo", "moderator", "a test"))
    run(set_up("Mo"))
    run(people_demo.at_desk(*demo.MODERATOR))
    larch = run(devices.recognise(run(account.enter("larch", demo.MODERATOR[2], Caller()))))
    capsys.readouterr()
    for name in ("Mo", "nobody"):
        assert beside.main(["demo", "code", name]) == 1
        told = capsys.readouterr()
        assert told.out == "" and "demonstration" in told.err
    assert beside.main(["demo", "code", "larch"]) == 0
    assert run(second_factor.check(larch, capsys.readouterr().out.strip()))


def test_the_doctor_says_who_is_there_for_what_is_urgent(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(doctor, "config", replace(doctor.config, data=tmp_path))
    assert asyncio.run(doctor.desk()) == [], "There is no database yet."
    run(join("Mo"))
    ((kind, said),) = asyncio.run(doctor.desk())
    assert kind == doctor.NOTE and "Nobody can moderate" in said
    run(staff.add("Mo", "moderator", "a test"))
    run(set_up("Mo"))
    ((kind, said),) = asyncio.run(doctor.desk())
    assert kind == doctor.NOTE and "Nobody leads on safety" in said
    run(staff.add("Mo", "safeguarding", "a test"))
    assert asyncio.run(doctor.desk())[0][0] == doctor.OK
