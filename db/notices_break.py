"""What a break from people holds back: what they did waits outside the inbox, and no phone is told."""

from datetime import datetime
from uuid import UUID

from piccolo.columns.combination import WhereRaw

from care.clock import now
from care.notices import KINDS, NOTE, PAGE
from db import controls

_PEOPLE = ", ".join(f"'{name}'" for name, kind in KINDS.items() if kind.people)
_BREAK = "EXISTS (SELECT 1 FROM choice b WHERE b.person = {} AND b.kind = 'break' AND b.until > {{}})"
"""Its one value is now."""

COUNTED = f"NOT (n.kind IN ({_PEOPLE}) AND {_BREAK.format('n.person')})"
"""For the notice `n`: whether its person sees it. Asked with every list and number, so that what was
held back is simply there when the break is over."""
SILENT = f"(o.face = '{NOTE}' AND {_BREAK.format('o.person')})"
"""For the push `o`: asked again when it is about to leave, since the break may have begun after it was
queued. The person's own reminders come as ever, and so do calls to somebody on duty."""


def seen() -> WhereRaw:
    """For a query of Notice."""
    return WhereRaw(COUNTED.replace("n.kind", "notice.kind").replace("n.person", "notice.person"), now())


async def silent(person: UUID, kind: str, at: datetime) -> bool:
    """Whether nothing is pushed about it: it comes in their break, or a meeting's `at` lies in it."""
    told = KINDS[kind]
    if told.face == PAGE and not told.people:
        return False  # somebody on duty is called: they said when, and a break does not end a shift
    back = await controls.back_at(person)
    return back is not None and at < back
