"""What is sealed opens for its own place only, and once shredded it never opens again."""

import asyncio
import json
import shutil
import sqlite3
import stat
from collections.abc import Awaitable, Callable
from contextlib import closing
from datetime import UTC, date, datetime
from pathlib import Path
from uuid import UUID, uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from db import engine, keyring, keys, unwrapped
from db.engine import DB, KEYS
from db.shredding import person_hash
from db.tables import Entry, KeyShredded, Person, PersonKey, Revision, Session, Shredded

NOW = datetime(2026, 11, 23, tzinfo=UTC)
CANARY = b"the quick purple canary flew over the pond"


async def someone(name: str = "ana") -> UUID:
    person = Person(name=name, name_key=name, passphrase="-", band="a", country="GB", created_at=NOW)
    await keys.make(person.id)
    await person.save()
    return person.id


async def an_entry(person: UUID, note: bytes = CANARY) -> Entry:
    entry = Entry(
        person=person, cid=uuid4(), kind="note", felt_at=NOW, local_date=date(2026, 11, 23), tz="UTC",
        edited_at=NOW, created_at=NOW,
    )  # fmt: skip
    entry.sealed = await keys.seal(person, "entry", "sealed", entry.id, note)
    await entry.save()
    return entry


@given(notes=st.lists(st.binary(max_size=3000), max_size=40))
async def test_everything_sealed_opens_again(database: Path, notes: list[bytes]) -> None:
    person = uuid4()
    await keys.make(person)
    rows = [(str(n), await keys.seal(person, "t", "c", str(n), note)) for n, note in enumerate(notes)]
    assert await keys.open_many(person, "t", "c", rows) == notes
    for (row, sealed), note in zip(rows, notes, strict=True):
        assert await keys.open(person, "t", "c", row, sealed) == note
        assert len(note) < 8 or note not in sealed


async def test_a_page_too_big_for_the_loop_opens_in_order(database: Path) -> None:
    person = await someone()
    notes = [bytes([n]) * 8000 for n in range(60)]
    assert sum(map(len, notes)) > keys.INLINE
    rows = [(str(n), await keys.seal(person, "t", "c", str(n), note)) for n, note in enumerate(notes)]
    assert await keys.open_many(person, "t", "c", rows) == notes


async def test_the_same_words_never_look_the_same_twice(database: Path) -> None:
    person = await someone()
    assert len({await keys.seal(person, "t", "c", "r", b"same") for _ in range(50)}) == 50


async def test_a_value_opens_in_its_own_place_only(database: Path) -> None:
    ana, ben, row = await someone(), await someone("ben"), uuid4()
    sealed = await keys.seal(ana, "entry", "sealed", row, CANARY)
    for place in [
        (ben, "entry", "sealed", row), (ana, "revision", "sealed", row),
        (ana, "entry", "other", row), (ana, "entry", "sealed", uuid4()),
    ]:  # fmt: skip
        with pytest.raises(keys.Tampered):
            await keys.open(*place, sealed)
        with pytest.raises(keys.Tampered):
            await keys.open_many(place[0], place[1], place[2], [(place[3], sealed)])
    assert await keys.open(ana, "entry", "sealed", row, sealed) == CANARY


async def test_no_bit_of_a_value_may_change(database: Path) -> None:
    person = await someone()
    sealed = await keys.seal(person, "t", "c", "r", b"note")
    for position in range(len(sealed)):
        changed = bytearray(sealed)
        changed[position] ^= 1
        with pytest.raises(keys.Tampered):
            await keys.open(person, "t", "c", "r", bytes(changed))
    for length in range(len(sealed)):
        with pytest.raises(keys.Tampered):
            await keys.open(person, "t", "c", "r", sealed[:length])


async def test_a_wrapped_key_opens_for_its_own_person_only(database: Path) -> None:
    ana, ben = await someone(), await someone("ben")
    row = await PersonKey.objects().get(PersonKey.person == ana)
    await PersonKey.update({PersonKey.wrapped: row.wrapped}).where(PersonKey.person == ben)
    unwrapped.use(unwrapped.path())
    with pytest.raises(keys.Tampered):
        await keys.seal(ben, "t", "c", "r", b"note")


async def test_making_a_key_again_keeps_the_first(database: Path) -> None:
    person = await someone()
    sealed = await keys.seal(person, "t", "c", "r", CANARY)
    await asyncio.gather(*(keys.make(person) for _ in range(5)))
    unwrapped.use(unwrapped.path())
    assert await keys.open(person, "t", "c", "r", sealed) == CANARY


async def test_a_person_without_a_key_is_said_to_be_shredded(database: Path) -> None:
    with pytest.raises(keys.Shredded):
        await keys.seal(uuid4(), "t", "c", "r", b"note")


async def test_rotating_keeps_everything_readable_and_drops_the_old_key(database: Path) -> None:
    people = [await someone(f"p{n}") for n in range(7)]
    sealed = [await keys.seal(person, "t", "c", "r", CANARY) for person in people]
    before, secret = json.loads((database / "kek.json").read_text()), keys.secret("cookies")
    reading = True

    async def read() -> int:
        count = 0
        while reading:
            unwrapped._memory.people.clear()
            for person, value in zip(people, sealed, strict=True):
                assert await keys.open(person, "t", "c", "r", value) == CANARY
                count += 1
        return count

    reader = asyncio.create_task(read())
    await asyncio.sleep(0)
    joined = asyncio.create_task(keys.make(uuid4()))
    assert await keys.rotate() >= 7
    reading = False
    assert await reader > 0
    await joined
    after = json.loads((database / "kek.json").read_text())
    assert before["current"] not in after["keys"] and list(after["keys"]) == [after["current"]]
    assert stat.S_IMODE((database / "kek.json").stat().st_mode) == 0o600
    unwrapped.use(database / "kek.json")
    for person, value in zip(people, sealed, strict=True):
        assert await keys.open(person, "t", "c", "r", value) == CANARY
    assert keys.secret("cookies") == secret != keys.secret("addresses")


async def test_a_rotation_that_was_interrupted_is_finished_by_the_next(
    database: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    people = [await someone(f"p{n}") for n in range(5)]
    sealed = [await keys.seal(person, "t", "c", "r", CANARY) for person in people]
    calls = 0

    def dies(*args: object) -> PersonKey:
        nonlocal calls
        calls += 1
        if calls == 4:
            raise KeyboardInterrupt
        return wrap_row(*args)

    wrap_row = unwrapped.wrap_row
    monkeypatch.setattr("db.shredding.BATCH", 2)
    with monkeypatch.context() as patch:
        patch.setattr(unwrapped, "wrap_row", dies)
        with pytest.raises(KeyboardInterrupt):
            await keys.rotate()
    unwrapped.use(database / "kek.json")
    assert len(keyring.read(database / "kek.json").keys) == 2, "Both keys must still be there."
    for person, value in zip(people, sealed, strict=True):
        assert await keys.open(person, "t", "c", "r", value) == CANARY
    assert await keys.rotate() == 5
    assert len(keyring.read(database / "kek.json").keys) == 1
    unwrapped.use(database / "kek.json")
    for person, value in zip(people, sealed, strict=True):
        assert await keys.open(person, "t", "c", "r", value) == CANARY


async def test_another_process_rotating_is_noticed(database: Path, tmp_path: Path) -> None:
    """It knows the old key only; it must read the new one, and never wrap with the dropped one."""
    person = await someone()
    sealed = await keys.seal(person, "t", "c", "r", CANARY)
    known = unwrapped.ring()
    await keys.rotate()
    unwrapped._memory.ring = known
    unwrapped._memory.people.clear()
    assert await keys.open(person, "t", "c", "r", sealed) == CANARY
    unwrapped._memory.ring = known
    other = await someone("ben")
    unwrapped.use(database / "kek.json")
    await keys.seal(other, "t", "c", "r", b"note")


async def test_shredding_ends_reading_at_once(database: Path) -> None:
    ana, ben = await someone(), await someone("ben")
    entry, kept = await an_entry(ana), await an_entry(ben)
    await keys.shred(ana)
    with pytest.raises(keys.Shredded):
        await keys.open(ana, "entry", "sealed", entry.id, entry.sealed)
    with pytest.raises(keys.Shredded):
        await keys.seal(ana, "entry", "sealed", entry.id, b"more")
    assert await keys.open(ben, "entry", "sealed", kept.id, kept.sealed) == CANARY
    assert await Shredded.count() == await KeyShredded.count() == 1
    await keys.shred(ana)
    assert await Shredded.count() == await KeyShredded.count() == 1


async def test_a_read_that_overlaps_a_shred_leaves_no_key_behind(database: Path) -> None:
    for _ in range(20):
        person = await someone(uuid4().hex[:12])
        sealed = await keys.seal(person, "t", "c", "r", CANARY)
        unwrapped._memory.people.clear()
        reads = [asyncio.create_task(keys.open(person, "t", "c", "r", sealed)) for _ in range(5)]
        await asyncio.sleep(0)
        await keys.shred(person)
        await asyncio.gather(*reads, return_exceptions=True)
        assert person not in unwrapped._memory.people
        with pytest.raises(keys.Shredded):
            await keys.open(person, "t", "c", "r", sealed)


@pytest.mark.parametrize("older", ["content", "keys"])
async def test_restoring_one_old_database_brings_nobody_back(
    database: Path, older: str, restore: Callable[[str], Callable[[], Awaitable[None]]]
) -> None:
    ana, ben = await someone(), await someone("ben")
    entry, kept = await an_entry(ana), await an_entry(ben)
    await Session(person=ana, token_hash="x", device="", created_at=NOW, seen_at=NOW, expires_at=NOW).save()
    await Revision(entry=entry.id, sealed=entry.sealed, edited_at=NOW, kept_at=NOW).save()
    put_back = await restore(older)
    await keys.shred(ana)
    await Person.delete().where(Person.id == ana)
    await put_back()

    back = await (Person.exists().where(Person.id == ana) if older == "content" else _has_key(ana))
    assert back, "The backup must have brought something back."
    assert await keys.reapply_shreds() == 1
    assert not await Person.exists().where(Person.id == ana)
    assert await Entry.count() == 1 and await Session.count() == 0 and await Revision.count() == 0
    assert not await _has_key(ana)
    assert await Shredded.count() == await KeyShredded.count() == 1
    with pytest.raises(keys.Shredded):
        await keys.open(ana, "entry", "sealed", entry.id, entry.sealed)
    assert await keys.open(ben, "entry", "sealed", kept.id, kept.sealed) == CANARY
    assert await keys.reapply_shreds() == 0


async def test_the_two_lists_are_made_equal_even_when_nobody_came_back(database: Path) -> None:
    ana, ben = await someone(), await someone("ben")
    for person in (ana, ben):
        await keys.shred(person)
        await Person.delete().where(Person.id == person)
    await Shredded.delete().where(Shredded.person_hash == person_hash(ana))
    await KeyShredded.delete().where(KeyShredded.person_hash == person_hash(ben))
    assert await keys.reapply_shreds() == 0
    wanted = {person_hash(ana), person_hash(ben)}
    for table in (Shredded, KeyShredded):
        assert {row["person_hash"] for row in await table.select(table.person_hash)} == wanted


async def test_a_shred_that_died_half_way_is_finished_at_the_start(
    database: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    ana, ben = await someone(), await someone("ben")
    await an_entry(ana)
    with monkeypatch.context() as patch:
        patch.setattr(KEYS, "transaction", None)
        with pytest.raises(TypeError):
            await keys.shred(ana)
    assert await _has_key(ana)
    assert await keys.reapply_shreds() == 1
    assert not await _has_key(ana) and await Entry.count() == 0
    assert await Person.exists().where(Person.id == ben)


async def test_no_plain_word_and_no_deleted_key_is_in_any_file(database: Path, engine_kind: str) -> None:
    person = await someone()
    entry = await an_entry(person)
    wrapped = (await PersonKey.objects().get(PersonKey.person == person)).wrapped
    if engine_kind == "sqlite":
        assert _files_with(database, entry.sealed[15:40]), "The search must find what is there."
        assert _files_with(database, wrapped)
    assert not _files_with(database, CANARY)
    await keys.shred(person)
    await Person.delete().where(Person.id == person)
    assert not _files_with(database, wrapped)
    if engine_kind == "sqlite":
        await DB.run("PRAGMA wal_checkpoint(TRUNCATE)")
    assert not _files_with(database, entry.sealed[15:40])


async def test_nobody_else_may_read_the_files(database: Path, engine_kind: str, tmp_path: Path) -> None:
    await an_entry(await someone())
    modes = _modes(database)
    assert set(modes.values()) == {0o600}, modes
    names = set(modes)
    assert {"kek.json", "kek.lock"} <= names
    if engine_kind == "sqlite":
        assert {"beside.db", "beside.db-wal", "keys.db", "keys.db-wal", "keys.db-shm"} <= names
    keyring.read(tmp_path / "new" / "kek.json")
    assert stat.S_IMODE((tmp_path / "new").stat().st_mode) == 0o700


def test_the_first_of_two_starts_makes_the_keys(tmp_path: Path) -> None:
    path = tmp_path / "kek.json"
    first = keyring.read(path)
    assert keyring.read(path) == first
    assert [file.name for file in tmp_path.iterdir()] == ["kek.json"]


@pytest.mark.parametrize("text", ["", "{}", "[]", '{"current": "a", "keys": {}, "root": ""}', "null"])
def test_a_damaged_key_file_is_refused_and_left_alone(tmp_path: Path, text: str) -> None:
    path = tmp_path / "kek.json"
    path.write_text(text)
    with pytest.raises(ValueError, match="damaged"):
        keyring.read(path)
    assert path.read_text() == text


@pytest.fixture
def restore(database: Path, engine_kind: str) -> Callable[[str], Awaitable[Callable[[], Awaitable[None]]]]:
    """Copies one database now; the function it gives puts that copy back, with a restart between."""

    async def copy(which: str) -> Callable[[], Awaitable[None]]:
        source, tables = (DB, [Person, Session, Entry, Revision, Shredded]) if which == "content" else (
            KEYS, [PersonKey, KeyShredded],
        )  # fmt: skip
        if engine_kind == "sqlite":
            backup = database / "copy"
            with closing(sqlite3.connect(source.path)) as live, closing(sqlite3.connect(backup)) as file:
                live.backup(file)
        else:
            rows = [(table, await table.objects()) for table in tables]

        async def put_back() -> None:
            await engine.stop()
            if engine_kind == "sqlite":
                shutil.copy(backup, source.path)
                backup.unlink()
            await engine.start()
            unwrapped.use(unwrapped.path())
            if engine_kind == "postgres":
                for table in reversed(tables):
                    await table.delete(force=True)
                for table, found in rows:
                    if found:
                        await table.insert(*[table(**row.to_dict()) for row in found])

        return put_back

    return copy


async def _has_key(person: UUID) -> bool:
    return await PersonKey.exists().where(PersonKey.person == person)


def _modes(folder: Path) -> dict[str, int]:
    return {file.name: stat.S_IMODE(file.stat().st_mode) for file in folder.iterdir()}


def _files_with(folder: Path, words: bytes) -> list[str]:
    return [file.name for file in folder.iterdir() if words in file.read_bytes()]
