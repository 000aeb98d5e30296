"""Shifts, breaks and lighter days that are over are forgotten by the jobs."""

from collections.abc import Iterator
from datetime import timedelta

import pytest

from care import clock
from care.clock import now
from db import controls
from db.control_tables import Choice
from db.devices import Viewer
from db.ids import uuid7
from db.staff_tables import FactorReset, StaffCheck
from db.tables import Person, Session
from jobs import tidy

pytestmark = pytest.mark.usefixtures("database")


@pytest.fixture(autouse=True)
def clock_back() -> Iterator[None]:
    yield
    clock.move(timedelta())


async def member(name: str) -> Viewer:
    viewer = Viewer(uuid7(), uuid7(), name, "c", "GB", None, False)
    row = Person(id=viewer.person, name=name, name_key=name, passphrase="-", band="c", country="GB")
    row.created_at = now()
    await Person.insert(row)
    session = Session(id=viewer.session, person=viewer.person, token_hash=name, device="")
    session.created_at = session.seen_at = now()
    session.expires_at = now() + timedelta(days=90)
    await Session.insert(session)
    return viewer


async def test_what_is_over_is_forgotten_and_what_is_not_stays() -> None:
    ana, mo = await member("ana"), await member("mo")
    await controls.lighten(ana)
    await controls.take_break(ana, 30)
    await controls.mute_topics(ana, ["family"])
    await StaffCheck(session=mo.session, until=now() + timedelta(hours=12)).save()
    await FactorReset(person=ana.person, operator=mo.person, at=now()).save()
    await tidy.end_sessions()
    assert (await Choice.count(), await StaffCheck.count(), await FactorReset.count()) == (3, 1, 1)
    clock.move(timedelta(hours=25))
    await tidy.end_sessions()
    assert (await Choice.count(), await StaffCheck.count(), await FactorReset.count()) == (2, 0, 0)
    clock.move(timedelta(days=29, hours=25))
    await tidy.end_sessions()
    assert [row["kind"] for row in await Choice.select(Choice.kind)] == ["topic"]
