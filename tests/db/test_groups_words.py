"""What a group says of itself, who may change it, rules asked again; and handing it over."""

from collections.abc import AsyncIterator

import pytest

from care import groups as rules
from care.groups import Text
from db import groups as verbs
from db import groups_care, groups_words, shifts
from db.devices import Viewer
from db.engine import fetch
from db.groups_tables import Membership
from db.moderation import Unknown
from db.moderation_tables import Ruling
from db.reminder_tables import Notice
from tests.db.test_groups import made, room, words
from tests.members import member, opened

pytestmark = pytest.mark.usefixtures("database")
OLD = ("Be kind.", "No names.", "Step out when you need to.")
NEW = ("Be kind.", "No names.", "Ask before you give advice.")


@pytest.fixture(autouse=True)
async def an_open_community(database: object) -> AsyncIterator[None]:
    await opened()
    yield


@pytest.fixture
async def mo() -> Viewer:
    who = await member("mo", "c", "moderator")
    await shifts.begin(who)
    return who


async def acts(of: object) -> list[tuple[str, object]]:
    rows = await Ruling.select(Ruling.action, Ruling.by).where(Ruling.item == of).order_by(Ruling.at)
    return [(row["action"], row["by"]) for row in rows]


async def test_changed_rules_are_asked_again_before_somebody_writes(mo: Viewer) -> None:
    ana = await member("ana", "a")
    group = await made(mo, ana)
    await groups_words.write(mo, group, Text("For longer nights.", OLD))
    assert not (await room(ana, group)).rules_changed, "Only what it is for changed."
    await groups_words.write(mo, group, Text("For longer nights.", NEW))
    here = await room(ana, group)
    assert (here.purpose, here.rules, here.rules_changed) == ("For longer nights.", NEW, True)
    assert not (await room(mo, group)).rules_changed, "Whoever wrote them knows them."
    with pytest.raises(verbs.Stopped) as no:
        await verbs.say(ana, words(group))
    assert no.value.why == rules.CHANGED
    assert here.reads, "Reading goes on."
    await groups_words.agree(ana, group, here.rules_n)
    assert not (await room(ana, group)).rules_changed
    await verbs.say(ana, words(group))
    assert await acts(group) == [("words", mo.person)] * 2


async def test_a_yes_is_to_the_rules_that_were_read(mo: Viewer) -> None:
    ana, ben = await member("ana", "a"), await member("ben", "b")
    group = await made(mo, ana)
    read = (await room(ana, group)).rules_n
    await groups_words.write(mo, group, Text("Nights.", NEW))
    await groups_words.agree(ana, group, read)
    assert (await room(ana, group)).rules_changed, "They ticked the ones before."
    for n in (read + 2, 999_999):
        with pytest.raises(Unknown):
            await groups_words.agree(ana, group, n)
    with pytest.raises(Unknown):
        await groups_words.agree(ben, group, read + 1)


async def test_only_staff_and_trained_grown_ups_change_the_words(mo: Viewer) -> None:
    ana, ben = await member("ana", "a"), await member("ben", "b", "supporter")
    teens = await made(mo, ana, ben)
    for who in (ana, ben):
        await groups_care.appoint(mo, teens, who.person)
        with pytest.raises(Unknown):
            await groups_words.write(who, teens, Text("Mine.", NEW))
    cho, dot = await member("cho", "c"), await member("dot", "c", "supporter")
    group = await made(mo, cho, dot, bands="c")
    for who in (cho, dot):
        with pytest.raises(Unknown):
            await groups_words.write(who, group, Text("Mine.", NEW))
        await groups_care.appoint(mo, group, who.person)
    with pytest.raises(Unknown):
        await groups_words.write(cho, group, Text("Mine.", NEW))
    await groups_words.write(dot, group, Text("For long days.", NEW))
    for purpose in ("Add me on insta @dot_xx", "I want to kill myself tonight"):
        with pytest.raises(groups_words.Refused):
            await groups_words.write(dot, group, Text(purpose, NEW))
    assert (await room(cho, group)).purpose == "For long days."


async def test_who_looks_after_it_hands_it_to_somebody_trained_and_steps_back(mo: Viewer) -> None:
    cho, dot, eve = [
        await member("cho", "c"),
        await member("dot", "c", "supporter"),
        await member("eve", "c"),
    ]
    group = await made(mo, cho, dot, eve, bands="c")
    for who in (cho, dot):  # neither looks after it yet
        with pytest.raises(Unknown):
            await groups_care.appoint(who, group, dot.person)
        with pytest.raises(Unknown):
            await groups_care.step_back(who, group)
    await groups_care.appoint(mo, group, cho.person)
    with pytest.raises(Unknown):
        await groups_care.appoint(cho, group, eve.person)
    await groups_care.appoint(cho, group, dot.person)
    told = await Notice.select(Notice.person, Notice.path).where(Notice.person == dot.person)
    assert [row["path"] for row in told] == [f"/groups/{group}/care"]
    with pytest.raises(Unknown):
        await groups_care.appoint(cho, group, dot.person, False)
    await groups_care.step_back(cho, group)
    here = await room(cho, group)
    assert here.inside and not here.leads and (await room(dot, group)).leads
    assert await acts(group) == [
        ("appoint", mo.person),
        ("appoint", cho.person),
        ("step down", cho.person),
    ]
    _, listed = await groups_care.members(dot, group)
    assert {one.name: one.trained for one in listed} == {"mo": True, "cho": False, "dot": True, "eve": False}


async def test_when_nobody_is_left_in_it_whoever_made_it_is_told(mo: Viewer) -> None:
    cho = await member("cho", "c")
    group = await made(mo, cho, bands="c")
    await groups_care.appoint(mo, group, cho.person)
    await Membership.update({Membership.facilitator: False}).where(Membership.person == mo.person)
    assert await Notice.count().where(Notice.person == mo.person) == 0
    await groups_care.step_back(cho, group)
    assert await Notice.count().where(Notice.person == mo.person, Notice.kind == "group") == 1
    rows = await fetch("SELECT person FROM membership WHERE grp = {} AND facilitator", group)
    assert rows == []
