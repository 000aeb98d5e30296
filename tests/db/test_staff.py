"""Roles are rows, the second step cannot be replayed, and a lost device takes two operators."""

import asyncio
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pyotp
import pytest

from care import clock
from care.account import Draft
from care.clock import now
from care.community import MISSING, RULES
from config import config
from db import account, devices, instance, limits, second_factor, staff
from db.devices import Caller, Viewer
from db.engine import count_queries
from db.limits import TooMany
from db.second_factor import Refused, WrongCode
from db.staff_tables import FactorReset, SecondFactor, StaffCheck, StaffRole
from db.tables import Person
from tests.db.test_controls import same_columns

pytestmark = pytest.mark.usefixtures("database")
NOON = datetime(2026, 11, 23, 12, tzinfo=UTC)
WORDS = "lantern otter gravy violin"
HALF_MINUTE = timedelta(seconds=30)


@pytest.fixture(autouse=True)
def noon() -> Iterator[None]:
    _at(NOON)
    yield
    clock.move(timedelta())


def _at(moment: datetime) -> None:
    clock.move(moment - datetime.now(UTC))


async def enter(name: str, *roles: str) -> str:
    """The cookie of a new person with these roles."""
    draft = Draft(name, WORDS, "c", (now() + timedelta(days=900)).date(), "GB", ("journal",))
    person = await account.create(draft)
    for role in roles:
        await staff.add(name, role, "a test")
    return await devices.begin(person, Caller(device="A test"))


async def viewer(cookie: str) -> Viewer:
    found = await devices.recognise(cookie)
    assert found is not None
    return found


async def set_up(cookie: str) -> tuple[str, pyotp.TOTP]:
    """The renewed cookie, and the device that makes the codes."""
    who = await viewer(cookie)
    await second_factor.begin(who, WORDS)
    secret = await second_factor.offered(who)
    assert secret is not None
    totp = pyotp.TOTP(secret)
    return await second_factor.check(who, totp.at(now())), totp


def later(by: timedelta = HALF_MINUTE * 3) -> None:
    _at(now() + by)


@pytest.mark.parametrize("table", [StaffRole, SecondFactor, StaffCheck, FactorReset])
async def test_the_database_has_the_columns_the_tables_name(table: Any, engine_kind: str) -> None:
    await same_columns(table, engine_kind)


async def test_a_role_is_granted_once_and_listed_with_who_and_when() -> None:
    cookie = await enter("Mo", "moderator")
    assert not await staff.add("MO", "moderator", "again")
    assert await staff.add("Mo", "supporter", "x" * 200)
    supporter, moderator = await staff.held()
    assert (moderator.name, moderator.role, moderator.granted_by) == ("Mo", "moderator", "a test")
    assert (moderator.granted_at - NOON) < timedelta(minutes=1) and not moderator.second_factor
    assert len(supporter.granted_by) == 80
    assert (await viewer(cookie)).roles == {"moderator", "supporter"}
    for name, role in (("Nobody", "moderator"), ("Mo", "member"), ("Mo", "")):
        with pytest.raises(staff.Unknown):
            await staff.add(name, role, "a test")


async def test_who_is_staff_costs_no_statement_more() -> None:
    plain, mo = await enter("Ana"), await enter("Mo", "moderator", "operator")
    for cookie, roles in ((plain, set()), (mo, {"moderator", "operator"})):
        with count_queries() as count:
            found = await viewer(cookie)
        assert (count.n, found.roles, found.checked) == (1, roles, False)


async def test_a_role_alone_opens_nothing_before_the_second_step() -> None:
    cookie = await enter("Mo", "safeguarding")
    assert not (await viewer(cookie)).acts_as("safeguarding")
    renewed, _ = await set_up(cookie)
    who = await viewer(renewed)
    assert who.acts_as("safeguarding") and who.acts_as("moderator") and not who.acts_as("operator")
    assert await devices.recognise(cookie) is None, "The cookie from before must not have become more."
    elsewhere = await devices.begin(who.person, Caller())
    assert not (await viewer(elsewhere)).checked, "Another device is not checked with this one."


async def test_a_role_taken_back_is_gone_at_once_and_stays_in_the_records() -> None:
    cookie, _ = await set_up(await enter("Mo", "moderator", "supporter"))
    assert await staff.remove("Mo", "the operator", "moderator") == 1
    who = await viewer(cookie)
    assert not who.acts_as("moderator") and who.acts_as("supporter")
    assert await staff.remove("Mo", "the operator") == 1 and await staff.remove("Mo", "again") == 0
    who = await viewer(cookie)
    assert who.roles == set() and not who.checked
    assert [row["removed_by"] for row in await StaffRole.select()] == ["the operator"] * 2
    assert await staff.add("Mo", "moderator", "back again")
    assert await StaffRole.count() == 3 and not (await viewer(cookie)).acts_as("moderator")


async def test_a_code_works_once_even_for_two_at_the_same_moment() -> None:
    cookie, totp = await set_up(await enter("Mo", "moderator"))
    who = await viewer(cookie)
    with pytest.raises(WrongCode):
        await second_factor.check(who, totp.at(now()))
    later()
    code = totp.at(now())
    said = await asyncio.gather(*(second_factor.check(who, code) for _ in range(3)), return_exceptions=True)
    assert sorted(type(each).__name__ for each in said) == ["WrongCode", "WrongCode", "str"]
    later(HALF_MINUTE)
    with pytest.raises(WrongCode):
        await second_factor.check(who, code)
    for text in ("", "12345", "abcdef", "١٢٣٤٥٦", "9" * 10_000):
        with pytest.raises((WrongCode, TooMany)):
            await second_factor.check(who, text)


@pytest.mark.parametrize(
    ("half_minutes", "fits"), [(-2, False), (-1, True), (0, True), (1, True), (2, False)]
)
async def test_a_clock_half_a_minute_off_is_right_enough(half_minutes: int, fits: bool) -> None:
    cookie, totp = await set_up(await enter("Mo", "moderator"))
    later(HALF_MINUTE * 10)
    who, code = await viewer(cookie), totp.at(now() + HALF_MINUTE * half_minutes)
    if fits:
        assert await second_factor.check(who, f" {code[:3]} {code[3:]} ")
    else:
        with pytest.raises(WrongCode):
            await second_factor.check(who, code)


async def test_a_shift_ends_and_can_be_ended() -> None:
    cookie, totp = await set_up(await enter("Mo", "moderator"))
    _at(NOON + second_factor.LASTS + timedelta(minutes=1))
    who = await viewer(cookie)
    assert not who.checked
    await second_factor.forget_old(now())
    assert await StaffCheck.count() == 0
    cookie = await second_factor.check(who, totp.at(now()))
    assert (await viewer(cookie)).checked
    await second_factor.close(who)
    assert not (await viewer(cookie)).checked


async def test_guessing_has_to_wait() -> None:
    cookie, totp = await set_up(await enter("Mo", "moderator"))
    who = await viewer(cookie)
    later()
    wrong = f"{(int(totp.at(now())) + 7) % 1_000_000:06}"
    for _ in range(limits.SECOND_FACTOR.tries):
        with pytest.raises(WrongCode):
            await second_factor.check(who, wrong)
    with pytest.raises(TooMany):
        await second_factor.check(who, totp.at(now()))


async def test_a_secret_is_offered_to_staff_who_know_their_passphrase_and_not_for_long() -> None:
    ana, mo = await viewer(await enter("Ana")), await viewer(await enter("Mo", "moderator"))
    with pytest.raises(Refused):
        await second_factor.begin(ana, WORDS)
    with pytest.raises(account.Wrong):
        await second_factor.begin(mo, "not my passphrase")
    assert await second_factor.offered(mo) is None
    await second_factor.begin(mo, WORDS)
    first = await second_factor.offered(mo)
    await second_factor.begin(mo, WORDS)
    second = await second_factor.offered(mo)
    assert first and second and first != second
    with pytest.raises(WrongCode):
        await second_factor.check(mo, pyotp.TOTP(first).at(now()))
    assert second not in str(await SecondFactor.select())
    assert pyotp.parse_uri(second_factor.address(mo, second)).secret == second
    _at(now() + second_factor.OFFERED_FOR + timedelta(minutes=1))
    assert await second_factor.offered(mo) is None
    with pytest.raises(WrongCode):
        await second_factor.check(mo, pyotp.TOTP(second).at(now()))


async def test_a_secret_in_use_is_never_shown_or_replaced() -> None:
    cookie, _ = await set_up(await enter("Mo", "moderator"))
    who = await viewer(cookie)
    assert await second_factor.is_set_up(who) and await second_factor.offered(who) is None
    with pytest.raises(Refused):
        await second_factor.begin(who, WORDS)


async def test_a_lost_device_takes_two_operators() -> None:
    mo, _ = await set_up(await enter("Mo", "moderator"))
    oli, olis = await set_up(await enter("Oli", "operator"))
    pat, pats = await set_up(await enter("Pat", "operator"))
    who, one, two = await viewer(mo), await viewer(oli), await viewer(pat)
    later()
    for _ in range(2):
        assert not await second_factor.reset(who.person, one, olis.at(now()))
        later()
    assert await second_factor.is_set_up(who), "Twice the same operator is one."
    with pytest.raises(Refused):
        await second_factor.reset(one.person, one, olis.at(now()))
    with pytest.raises(Refused):
        await second_factor.reset(one.person, who, "000000")
    with pytest.raises(WrongCode):
        await second_factor.reset(who.person, two, "000000")
    assert await second_factor.reset(who.person, two, pats.at(now()))
    assert not await second_factor.is_set_up(who) and not (await viewer(mo)).checked
    assert await FactorReset.count() == 0
    await set_up(mo)


async def test_two_operators_at_once_are_two_but_not_one_of_yesterday_or_one_who_left() -> None:
    mo, _ = await set_up(await enter("Mo", "moderator"))
    oli, olis = await set_up(await enter("Oli", "operator"))
    pat, pats = await set_up(await enter("Pat", "operator"))
    who, one, two = await viewer(mo), await viewer(oli), await viewer(pat)
    later()
    assert not await second_factor.reset(who.person, one, olis.at(now()))
    later(second_factor.AGREE_WITHIN)
    assert not await second_factor.reset(who.person, two, pats.at(now()))
    await staff.remove("Pat", "a test")
    assert not await second_factor.reset(who.person, one, olis.at(now())), "Pat is no operator now."
    await staff.add("Pat", "operator", "a test")
    await FactorReset.delete(force=True)
    later()
    both = [(one, olis.at(now())), (two, pats.at(now()))]
    said = await asyncio.gather(*(second_factor.reset(who.person, op, code) for op, code in both))
    assert sorted(said) == [False, True]


async def test_the_community_says_what_is_missing(monkeypatch: pytest.MonkeyPatch) -> None:
    assert await instance.missing() == ["moderator", "rules"]
    assert await instance.rules() == RULES and await instance.adopted() is None
    await instance.adopt()
    assert await instance.adopted() == RULES
    cookie = await enter("Mo", "moderator")
    assert await instance.missing() == ["moderator"], "A role without a second step is not enough."
    await set_up(cookie)
    assert await instance.missing() == []
    monkeypatch.setattr("db.instance.config", type(config)(default_country="AQ"))
    assert await instance.missing() == ["crisis"]
    assert set(MISSING) == {"moderator", "rules", "crisis"}


async def test_a_moderator_who_leaves_is_none() -> None:
    await instance.adopt(("Be kind", "Be kinder", "Be kindest"))
    assert await instance.rules() == ("Be kind", "Be kinder", "Be kindest")
    cookie, _ = await set_up(await enter("Mo", "safeguarding"))
    assert await instance.missing() == []
    await account.go(await viewer(cookie), WORDS)
    assert await instance.missing() == ["moderator"]


async def test_everything_of_staff_goes_with_them() -> None:
    cookie, _ = await set_up(await enter("Mo", "moderator"))
    await Person.delete().where(Person.id == (await viewer(cookie)).person)
    for table in (StaffRole, SecondFactor, StaffCheck):
        assert await table.count() == 0
