"""Accounts in the database: who gets in, who is remembered, and that gone means gone."""

import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest

from care import ages, clock
from care.account import Draft
from care.clock import now
from db import account, codes, consents, devices, duties, keys, limits, passphrase
from db.account import Caller, Refused, Stopped, Viewer, Wrong
from db.engine import count_queries
from db.tables import (
    Consent,
    KeyShredded,
    Person,
    PersonKey,
    RecoveryCode,
    Session,
    Shredded,
)
from tests.people import CAST

HOME = Caller("203.0.113.7", "Firefox/Android")
NEW = "otter pencil bridge moon"


class Form(dict[str, str]):
    def text(self, name: str) -> str:
        return self.get(name, "")

    def has(self, name: str) -> bool:
        return name in self


@pytest.fixture(autouse=True)
async def today(database: Path) -> AsyncIterator[None]:
    yield
    clock.move(timedelta())


async def join(who: str = "ana", caller: Caller = HOME, **other: str) -> tuple[str, Viewer]:
    token = await account.join(Form(CAST[who].form | other), caller)
    viewer = await account.recognise(token)
    assert viewer is not None
    return token, viewer


async def enter(name: str = "Ana", words: str = CAST["ana"].passphrase, caller: Caller = HOME) -> str:
    return await account.enter(name, words, caller)


async def row(person: UUID) -> Any:
    return await Person.objects().where(Person.id == person).first()


async def test_who_joins_is_recognised_and_only_the_band_is_kept() -> None:
    token, ana = await join()
    assert (ana.name, ana.band, ana.country, ana.leaving_at, ana.demo) == ("Ana", "a", "GB", None, False)
    kept = await Person.select().where(Person.id == ana.person).first()
    assert "birth" not in str(kept)
    assert kept is not None and kept["next_band_on"] > ages.today(now())
    stored = [str(r) for r in await Session.select()]
    assert stored and not any(token in r for r in stored)
    assert not any(CAST["ana"].passphrase in str(r) for r in await Person.select())


async def test_recognising_asks_once_and_writes_at_most_hourly() -> None:
    token, _ = await join()
    with count_queries() as asked:
        await account.recognise(token)
    assert asked.n == 1
    clock.move(timedelta(hours=2))
    with count_queries() as later:
        await account.recognise(token)
    assert later.n == 2
    with count_queries() as again:
        await account.recognise(token)
    assert again.n == 1


@pytest.mark.parametrize("token", ["", "x", "x" * 5000, "\ud800", "'; DROP TABLE person"])
async def test_a_cookie_that_is_not_ours_is_nobody(token: str) -> None:
    await join()
    assert await account.recognise(token) is None


async def test_sessions_end_after_30_idle_days_and_after_90_in_any_case() -> None:
    token, _ = await join()
    clock.move(timedelta(days=29))
    assert await account.recognise(token)
    clock.move(timedelta(days=58))
    assert await account.recognise(token)
    clock.move(timedelta(days=87))
    assert await account.recognise(token)
    clock.move(timedelta(days=91))
    assert await account.recognise(token) is None
    fresh = await enter()
    clock.move(timedelta(days=91 + 31))
    assert await account.recognise(fresh) is None
    await duties.forget_old(now())
    assert await Session.count() == 0


async def test_entering_needs_both_and_says_neither() -> None:
    await join()
    assert await account.recognise(await enter("ana"))
    assert await account.recognise(await enter("A.N.A"))
    with pytest.raises(Wrong) as wrong:
        await enter(words="lantern otter gravy violet")
    with pytest.raises(Wrong) as unknown:
        await enter("Nobody Here")
    assert str(wrong.value) == str(unknown.value)


async def test_an_unknown_name_costs_the_same_work(monkeypatch: pytest.MonkeyPatch) -> None:
    await join()
    checked: list[str] = []
    real = passphrase._verify
    monkeypatch.setattr(passphrase, "_verify", lambda w, s: checked.append(w) or real(w, s))
    for name in ("Ana", "Nobody Here"):
        with pytest.raises(Wrong):
            await enter(name, "never the right words")
    assert checked == ["never the right words"] * 2


async def test_a_cookie_brought_along_is_replaced_never_adopted() -> None:
    old, _ = await join()
    fresh = await enter(caller=Caller("203.0.113.7", "", old))
    assert fresh != old
    assert await account.recognise(old) is None
    chosen = await enter(caller=Caller("203.0.113.7", "", "chosen-by-somebody-else"))
    assert chosen != "chosen-by-somebody-else"
    assert await account.recognise("chosen-by-somebody-else") is None


async def test_of_two_who_want_one_name_at_once_one_gets_it() -> None:
    async def attempt(name: str) -> str | Refused:
        try:
            return await account.join(Form(CAST["ana"].form | {"name": name}), HOME)
        except Refused as refused:
            return refused

    both = await asyncio.gather(*(attempt(name) for name in ("Moss", "M0SS", "moss", "m.o.s.s")))
    assert sum(isinstance(one, str) for one in both) == 1
    assert all("name" in one.problems for one in both if isinstance(one, Refused))
    assert await Person.count() == 1
    assert await PersonKey.count() == 1, "who lost the race leaves no key behind"


async def test_suggested_names_are_free_and_pass_our_own_rules() -> None:
    offered = await account.free_names(3)
    assert len(set(offered)) == 3
    for name in offered:
        await join(name=name)


async def test_the_passphrase_must_be_hard_to_guess() -> None:
    for weak in ("passwordpassword", "aaaaaaaaaaaaaaaaaaaa", "beside beside beside", "123456789012345"):
        with pytest.raises(Refused) as refused:
            await join(passphrase=weak)
        assert "passphrase" in refused.value.problems
    with pytest.raises(Refused):
        await join(name="Marmalade", passphrase="marmalademarmalade")
    assert await Person.count() == 0


async def test_a_suggested_passphrase_is_long_strong_and_kind() -> None:
    for _ in range(50):
        words = passphrase.suggest()
        assert len(words.split()) == 4 and len(words) >= 15
        assert not await passphrase.guessable(words, [])
    assert not {"suffocate", "skinny", "starving", "poison"} & set(passphrase._words())
    assert len(passphrase._words()) > 7_600


async def test_letters_composed_differently_are_the_same_passphrase() -> None:
    await join(passphrase="Ze\u0301bra lamp orchard nine ")
    assert await account.recognise(await enter(words="Z\u00e9bra lamp orchard nine"))


async def test_an_outdated_hash_is_renewed_on_entering(monkeypatch: pytest.MonkeyPatch) -> None:
    _, ana = await join()
    before = (await row(ana.person)).passphrase
    from argon2 import PasswordHasher

    monkeypatch.setattr(
        passphrase, "_hasher", lambda: PasswordHasher(time_cost=2, memory_cost=16, parallelism=1)
    )
    await enter()
    after = (await row(ana.person)).passphrase
    assert before != after and "m=16,t=2" in after


async def test_too_many_waiting_is_busy_and_costs_nobody_a_try(monkeypatch: pytest.MonkeyPatch) -> None:
    await join()
    monkeypatch.setattr(passphrase._line, "length", passphrase.WORKERS + passphrase.LONGEST_LINE)
    for _ in range(limits.ENTER_HERE.tries + 2):
        with pytest.raises(passphrase.Busy):
            await enter()
    monkeypatch.setattr(passphrase._line, "length", 0)
    assert await account.recognise(await enter())
    assert passphrase._line.length == 0


async def test_changing_the_passphrase_signs_every_other_device_out() -> None:
    here, ana = await join()
    there = await enter(caller=Caller("198.51.100.9"))
    with pytest.raises(Wrong):
        await account.change(ana, "not the old one at all", NEW, HOME)
    fresh = await account.change(ana, CAST["ana"].passphrase, NEW, HOME)
    assert await account.recognise(here) is None
    assert await account.recognise(there) is None
    assert await account.recognise(fresh)
    with pytest.raises(Wrong):
        await enter()
    assert await enter(words=NEW)


async def test_a_code_opens_the_account_once_and_signs_everyone_out() -> None:
    old, ana = await join()
    ten = await codes.shown(ana.person)
    assert len(set(ten)) == 10 and all(len(c.replace("-", "")) == 16 for c in ten)
    stored = str(await RecoveryCode.select()) + str(await Person.select())
    assert not any(code in stored or code.replace("-", "") in stored for code in ten)
    fresh = await account.recover("ana", ten[3].upper().replace("-", " "), NEW, HOME)
    assert await account.recognise(fresh)
    assert await account.recognise(old) is None
    assert await codes.left(ana.person) == 9
    assert await codes.shown(ana.person) == ten[:3] + ten[4:], "a used code is not offered as one to keep"
    with pytest.raises(Wrong):
        await account.recover("ana", ten[3], NEW, HOME)
    with pytest.raises(Wrong):
        await account.recover("Nobody Here", ten[4], NEW, HOME)
    assert await enter(words=NEW)


async def test_a_code_used_twice_at_once_works_once() -> None:
    _, ana = await join()
    code = (await codes.shown(ana.person))[0]
    results = await asyncio.gather(
        *(account.recover("ana", code, f"{NEW} {n}", HOME) for n in range(4)), return_exceptions=True
    )
    assert sorted(isinstance(r, str) for r in results) == [False, False, False, True]


async def test_somebody_elses_code_opens_nothing() -> None:
    _, ana = await join("ana")
    await join("ben")
    with pytest.raises(Wrong):
        await account.recover("Ben", (await codes.shown(ana.person))[0], NEW, HOME)


async def test_a_weak_new_passphrase_does_not_use_the_code_up() -> None:
    _, ana = await join()
    code = (await codes.shown(ana.person))[0]
    for weak in ("short", "passwordpassword"):
        with pytest.raises(Refused):
            await account.recover("ana", code, weak, HOME)
    assert await account.recover("ana", code, NEW, HOME)


async def test_codes_are_shown_until_kept_or_for_a_day() -> None:
    _, ana = await join()
    clock.move(timedelta(hours=23))
    await duties.forget_old(now())
    assert len(await codes.shown(ana.person)) == 10
    clock.move(timedelta(hours=25))
    assert await codes.shown(ana.person) == []
    await duties.forget_old(now())
    assert (await row(ana.person)).codes_sealed is None
    _, ben = await join("ben")
    await codes.hide(ben.person)
    assert await codes.shown(ben.person) == []
    assert await codes.left(ben.person) == 10


async def test_new_codes_end_the_old_ones() -> None:
    _, ana = await join()
    old = await codes.shown(ana.person)
    await codes.renew(ana.person)
    new = await codes.shown(ana.person)
    assert not set(old) & set(new) and await codes.left(ana.person) == 10
    with pytest.raises(Wrong):
        await account.recover("ana", old[0], NEW, HOME)


async def test_devices_are_listed_and_signed_out_one_by_one() -> None:
    here, ana = await join()
    there = await enter(caller=Caller("198.51.100.9", "Safari/iPhone"))
    listed = await devices.seen_by(ana)
    assert [(d.label, d.here) for d in listed] == [("Firefox/Android", True), ("Safari/iPhone", False)]
    _, ben = await join("ben")
    assert not await devices.sign_out(ben, listed[1].id), "only one's own"
    assert await account.recognise(there)
    assert await devices.sign_out(ana, listed[1].id)
    assert await account.recognise(there) is None
    await enter()
    await devices.sign_out_others(ana)
    assert [d.here for d in await devices.seen_by(ana)] == [True]
    assert await account.recognise(here)


async def test_consents_are_dated_and_a_withdrawal_is_kept_as_a_fact() -> None:
    _, ana = await join()
    assert {s.kind for s in await consents.of(ana.person) if s.on} == {"journal", "community"}
    await consents.choose(ana.person, ["reminders", "nonsense"])
    standing = {s.kind: s for s in await consents.of(ana.person)}
    assert {k for k, s in standing.items() if s.on} == {"journal", "reminders"}, "the journal's stays"
    assert standing["community"].since and standing["research"].since is None
    assert await Consent.count() == 3, "nothing is overwritten"
    await consents.choose(ana.person, ["community"])
    assert {s.kind for s in await consents.of(ana.person) if s.on} == {"journal", "community"}
    assert {r["text_version"] for r in await Consent.select()} != {""}


async def test_leaving_waits_14_days_and_can_be_taken_back() -> None:
    _, ana = await join()
    with pytest.raises(Wrong):
        await account.go(ana, "not the right words")
    await account.go(ana, CAST["ana"].passphrase)
    first = (await row(ana.person)).leaving_at
    assert timedelta(days=13, hours=23) < first - now() <= timedelta(days=14)
    clock.move(timedelta(days=3))
    await account.go(ana, CAST["ana"].passphrase)
    assert (await row(ana.person)).leaving_at == first, "asking again does not start again"
    clock.move(timedelta(days=13))
    assert await duties.due_to_leave(now()) == []
    assert not await account.purge(ana.person), "not a day early"
    clock.move(timedelta(days=15))
    assert await duties.due_to_leave(now()) == [ana.person]
    await account.stay(ana)
    assert not await account.purge(ana.person), "they chose to stay in the last moment"
    assert await row(ana.person)


async def test_gone_means_no_row_no_key_and_no_way_back() -> None:
    token, ana = await join()
    _, ben = await join("ben")
    sealed = await keys.seal(ana.person, "entry", "sealed", ana.person, b"words")
    await account.go(ana, CAST["ana"].passphrase)
    clock.move(timedelta(days=15))
    assert await account.purge(ana.person)
    for table in (Session, RecoveryCode, Consent):
        assert await table.count().where(table.person == ana.person) == 0
        assert await table.count().where(table.person == ben.person) > 0, "and nobody else's"
    assert await row(ana.person) is None and await row(ben.person)
    assert not await PersonKey.exists().where(PersonKey.person == ana.person)
    assert await Shredded.count() == await KeyShredded.count() == 1
    with pytest.raises(keys.Shredded):
        await keys.open(ana.person, "entry", "sealed", ana.person, sealed)
    assert await account.recognise(token) is None
    assert not await account.purge(ana.person), "twice is harmless"
    assert (await join())[1].person != ana.person, "the name is free again"


async def test_bands_change_on_their_day_and_once() -> None:
    _, ana = await join()
    for band, following in (("a", "b"), ("b", "c"), ("c", "d")):
        person = await row(ana.person)
        assert person.band == band
        days = (person.next_band_on - ages.today(clock.now())).days
        moved = now() - CLOCK()
        clock.move(moved + timedelta(days=days - 1))
        assert await duties.due_for_next_band(now()) == []
        await duties.move_band(ana.person)
        assert (await row(ana.person)).band == band, "not a day early"
        clock.move(moved + timedelta(days=days))
        assert await duties.due_for_next_band(now()) == [ana.person]
        await asyncio.gather(duties.move_band(ana.person), duties.move_band(ana.person))
        assert (await row(ana.person)).band == following
    assert (await row(ana.person)).next_band_on is None
    assert await duties.due_for_next_band(now()) == []


def CLOCK() -> Any:
    from datetime import UTC, datetime

    return datetime.now(UTC)


@pytest.mark.parametrize(("age", "why"), [(12, "child"), (26, "older"), (4, "child"), (119, "older")])
async def test_who_may_not_join_leaves_nothing_behind(age: int, why: str) -> None:
    year = ages.today(now()).year - age - (1 if age > 20 else 0)
    with pytest.raises(Stopped) as stopped:
        await join(birth_year=str(year), birth_month="1" if age > 20 else "12")
    assert stopped.value.stop.why == why
    for table in (Person, Session, PersonKey, Consent):
        assert await table.count() == 0


async def test_where_consent_begins_later_there_is_no_account_yet() -> None:
    with pytest.raises(Stopped) as stopped:
        await join(country="DE")
    assert (stopped.value.stop.why, stopped.value.stop.country) == ("country", "DE")
    assert (await join(country="AT"))[1].country == "AT"


async def test_a_demonstration_person_is_marked() -> None:
    draft = Draft("River", NEW, "b", None, "GB", ("journal",))
    person = await account.create(draft, demo=True)
    assert (await row(person)).demo
