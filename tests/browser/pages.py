"""Every page there is: whoever adds one adds it here, and it is held to the same promises."""

import re
from collections.abc import Callable

from playwright.sync_api import expect

from tests.browser.phone import Phone

FOR_ANYONE = [
    "/",
    "/help",
    "/help/world",
    "/help/in/us",
    "/help/now",
    "/help/someone",
    "/help/missed",
    "/help/in/zz",
    "/journal",
    "/journal/new",
    "/journal/write",
    "/journal/write/note",
    "/journal/write/letter",
    "/stories",
    "/groups",
    "/account",
    "/account/join",
    "/account/enter",
    "/account/recover",
    "/offline",
    "/report/blank",
    "/nowhere",
]
"""As somebody sees them who has no account."""

FOR_A_MEMBER = [
    "/",
    "/journal",
    "/journal/{entry}",
    "/journal/{entry}/edit",
    "/journal/skies",
    "/journal/search",
    "/journal/search?q=words",
    "/journal/removed",
    "/journal/write",
    "/account",
    "/account/codes",
    "/account/devices",
    "/account/passphrase",
    "/account/consents",
    "/account/delete",
    "/account/leave",
    "/reminders",
    "/notices",
    "/stories",
    "/stories/new",
    "/stories/kept",
    "/stories/topics",
    "/stories/about/bullied",
    "/stories/search",
    "/stories/me",
    "/account/safety",
    "/moderation/mine",
    "/perspectives",
    "/perspectives?own=all",
    "/perspectives/new",
    "/stories/write",
    "/stories/write/phone",
    "/stories/kept/phone",
    "/stories/withdrawn",
    "/groups",
    "/groups/join",
]
"""As somebody sees them who has written twice. `{entry}` is the newest of the two."""

IN_A_TALK = [
    "/moderation/mine",
    "/moderation/mine/{item}",
    "/moderation/mine/{careful}",
    "/account/safety",
    "/account/safety/talk/{case}",
    "/account/safety/talk/{case}?card=calm",
    "/account/safety/talk/{ended}",
]
"""As somebody sees them who was in danger, talks with a lead, has a warning and a pause."""

FOR_A_LEAD = [
    "/groups/new",
    "/groups",
    "/moderation",
    "/moderation/{hold}",
    "/moderation/{fresh}",
    "/moderation/{appeal}",
    "/moderation/talk",
    "/moderation/talk/{case}",
    "/moderation/talk/{ended}",
]
"""As the safeguarding lead sees them."""

FOR_WHO_MAKES_CODES = ["/groups/{full}/codes", "/groups/{full}/care", "/groups/{fresh}/codes"]
"""As staff see a group with codes, and one without."""


def _saved(phone: Phone) -> None:
    phone.open("/")
    phone.check_in("Low")


def _waiting(phone: Phone) -> None:
    phone.write("waiting words")
    expect(phone.page.locator(".entry.pending")).to_have_count(1)


def _refused(phone: Phone) -> None:
    phone.open("/account/join")
    phone.page.evaluate("document.querySelector('form[action=\"/account/join\"]').noValidate = true")
    phone.page.get_by_role("button", name="Make my account").click()
    phone.page.wait_for_load_state()
    expect(phone.page.locator(".problem").first).to_be_visible()


def _too_long(phone: Phone) -> None:
    phone.open("/journal/write/note")
    phone.page.locator("textarea[name=note]").fill("x" * 2001)
    phone.save()


def _opened(phone: Phone) -> None:
    phone.open("/journal/new")
    phone.page.evaluate("document.querySelectorAll('main details').forEach(found => found.open = true)")
    expect(phone.page.get_by_text(re.compile("what they mean"))).to_be_visible()


STATES: dict[str, Callable[[Phone], None]] = {
    "a check-in just saved": _saved,
    "an entry waiting on the phone": _waiting,
    "a form that was not taken": _refused,
    "words that are too many": _too_long,
    "everything folded out": _opened,
}
"""What a page can look like besides as it opens; shown to somebody without an account."""

OF_MEETINGS = [
    "/groups/{group}",
    "/groups/{group}/meetings",
    "/groups/{empty}/meetings",
    "/groups/{group}/meetings/{open}",
    "/groups/{group}/meetings/{full}",
    "/groups/{group}/meetings/{mine}",
    "/groups/{group}/meetings/{place}",
    "/groups/{group}/meetings/{off}",
    "/groups/{group}/meetings/{over}",
    "/groups/{group}/meetings/{now}",
    "/groups/{group}/meetings/{now}/room",
    "/groups/{group}/meetings/{still}/room",
    "/groups/{group}/meetings/{over}/room",
]
"""As a member of the group sees them: nothing planned, free, full, with a place, with an address, cancelled,
over and asked how it was; and rooms: in the middle of it, nobody has come yet, over."""

FOR_WHO_LEADS_MEETINGS = [
    "/groups/{group}/meetings",
    "/groups/{group}/meetings/new",
    "/groups/{group}/meetings/{open}",
    "/groups/{group}/meetings/{waits}",
    "/groups/{group}/meetings/{waits}/edit",
    "/groups/{group}/meetings/{full}/people",
    "/groups/{group}/meetings/{over}/people",
    "/groups/{group}/meetings/{open}/people",
    "/groups/{group}/meetings/{now}/room",
]
"""As a member sees them who looks after the group; one waits for the team."""
