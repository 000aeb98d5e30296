"""Members and staff straight from the verbs' side of the door, for tests that need many of them."""

from datetime import timedelta
from uuid import UUID, uuid4

from care import clock
from care.shared import Draft, Words
from care.staff import INCLUDES
from db.devices import Viewer


async def member(name: str, band: str = "a", role: str = "", days: int = 30) -> Viewer:
    """Joined so many days ago, with a yes to the community; with a role, past their second step."""
    from db import keys, staff_tables, tables

    made = tables.Person(name=name, name_key=name, passphrase="x", band=band, country="GB")
    made.created_at = clock.now() - timedelta(days=days)
    await made.save()
    person = UUID(str(made.id))
    await keys.make(person)
    given = tables.Consent(person=person, kind="community", text_version="1", given_at=clock.now())
    await given.save()
    if role:
        at = clock.now()
        await staff_tables.StaffRole(person=person, role=role, granted_by="test", granted_at=at).save()
        second = staff_tables.SecondFactor(person=person, made_at=at, confirmed_at=at)
        secret = b"JBSWY3DPEHPK3PXP"
        second.sealed = await keys.seal(person, "second_factor", "sealed", second.id, secret)
        await second.save()
    roles = frozenset([role, *INCLUDES.get(role, ())]) if role else frozenset()
    return Viewer(person, uuid4(), name, band, "GB", None, False, roles, bool(role))


async def opened() -> None:
    """A community that may open: somebody who can moderate it, and rules."""
    from db import instance

    await member("founder", "c", "moderator")
    await instance.adopt()


def post(text: str = "We made soup and fed a heron.", kind: str = "post", **more: object) -> Draft:
    return Draft(kind, Words((text,)), **more)  # type: ignore[arg-type]
