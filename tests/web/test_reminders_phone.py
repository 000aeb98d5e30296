"""A phone says yes, comes back, is tried out and stopped: what the server answers it."""

from collections.abc import Awaitable, Callable
from typing import Any
from uuid import uuid4

from litestar.testing import AsyncTestClient

from care.notices import MINUTE
from db import notices, notices_keys
from db.reminder_tables import Outgoing, Subscription
from db.tables import Person

Client = AsyncTestClient[Any]
People = Callable[[str], Awaitable[Client]]
EVENING = {"time": "20:30", "days": ["0", "1"], "tz": "Europe/London"}


def phone(name: str = "x") -> dict[str, str]:
    return {"endpoint": f"https://fcm.googleapis.com/{name}", "p256dh": "B" + "A" * 86, "auth": "C" * 22}


async def post(client: Client, path: str, data: Any = None, **more: Any) -> Any:
    return await client.post(path, data=data or {}, follow_redirects=False, **more)


async def test_the_phone_is_asked_only_after_a_time_was_set(people: People) -> None:
    ana = await people("ana")
    assert "beside-push" not in (await ana.get("/reminders")).text
    await post(ana, "/reminders", EVENING)
    page = (await ana.get("/reminders")).text
    assert f'data-key="{notices_keys.public()}"' in page
    assert "js/push." in page


async def test_a_phone_comes_back_with_the_yes_it_was_given(people: People) -> None:
    ana = await people("ana")
    yes = (await post(ana, "/reminders/phone", phone())).text
    assert yes
    again = await post(ana, "/reminders/phone", phone("renewed") | {"yes": yes})
    assert (again.status_code, again.text) == (200, yes)
    assert await Subscription.count() == 2


async def test_stopping_on_all_keeps_the_other_phones_from_coming_back(people: People) -> None:
    ana = await people("ana")
    yes = (await post(ana, "/reminders/phone", phone())).text
    await post(ana, "/reminders/phone/forget")
    assert (await post(ana, "/reminders/phone", phone() | {"yes": yes})).status_code == 410
    assert await Subscription.count() == 0
    # A new yes on one phone is no yes of the other.
    assert (await post(ana, "/reminders/phone", phone("two"))).status_code == 200
    assert (await post(ana, "/reminders/phone", phone() | {"yes": yes})).status_code == 410
    assert await Subscription.count() == 1
    assert "community" in (await ana.get("/account/consents")).text


async def test_a_yes_taken_back_in_the_account_is_not_given_again_by_opening_the_app(people: People) -> None:
    ana = await people("ana")
    yes = (await post(ana, "/reminders/phone", phone())).text
    await post(ana, "/account/consents", {"consent_community": "on"})
    assert (await post(ana, "/reminders/phone", phone() | {"yes": yes})).status_code == 410


async def test_one_persons_phone_is_never_told_for_another(people: People) -> None:
    ana = await people("ana")
    answer = await post(ana, "/reminders/phone", phone(), headers={"X-Uid": str(uuid4())})
    assert answer.status_code == 409
    assert await Subscription.count() == 0


async def test_trying_queues_one_for_each_phone_and_has_an_end(people: People) -> None:
    ana = await people("ana")
    await post(ana, "/reminders/phone", phone("one"))
    await post(ana, "/reminders/phone", phone("two"))
    assert (await post(ana, "/reminders/phone/test")).status_code == 303
    assert [row["face"] for row in await Outgoing.select(Outgoing.face)] == [MINUTE, MINUTE]
    codes = [(await post(ana, "/reminders/phone/test")).status_code for _ in range(notices.TRIES.tries)]
    assert codes[:-1] == [303] * (notices.TRIES.tries - 1) and codes[-1] == 429


async def test_a_stranger_may_try_nothing_of_anas(people: People, client: Client) -> None:
    ana, stranger = await people("ana"), await people("stranger")
    await post(ana, "/reminders/phone", phone())
    await post(stranger, "/reminders/phone/test")
    assert (await post(client, "/reminders/phone/test")).status_code == 401
    elsewhere = {"Sec-Fetch-Site": "cross-site", "Origin": "https://elsewhere.example"}
    assert (await post(ana, "/reminders/phone/test", headers=elsewhere)).status_code == 403
    assert await Outgoing.count() == 0
    assert await Person.count() == 2
