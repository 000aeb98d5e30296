"""Small facts about this Beside: the rules its members agreed on, and whether its community may open."""

import json

from care import help
from care.clock import now
from care.community import RULES, VERSION
from config import config
from db import staff
from db.tables import Instance

ADOPTED = "rules"


async def missing() -> list[str]:
    """Why the community is closed, as keys of care.community.MISSING; empty when it may open."""
    return [
        what
        for what, there in (
            ("moderator", bool(await staff.ready("moderator"))),
            ("rules", await adopted() is not None),
            ("crisis", crisis_set()),
        )
        if not there
    ]


def crisis_set() -> bool:
    return config.default_country in help.covered()


async def rules() -> tuple[str, ...]:
    """Those adopted here, else those Beside comes with; to be translated when shown."""
    return await adopted() or RULES


async def adopted() -> tuple[str, ...] | None:
    found = await Instance.select(Instance.value).where(Instance.name == ADOPTED).first()
    # Beside's own rules are kept as nothing, so that they stay translated and current.
    return (tuple(json.loads(found["value"])["lines"]) or RULES) if found else None


async def adopt(lines: tuple[str, ...] = ()) -> None:
    """The operator's yes: to Beside's own rules, or with `lines` to theirs."""
    value = json.dumps({"lines": lines, "version": VERSION, "at": now().isoformat()})
    row = Instance(name=ADOPTED, value=value)
    await Instance.insert(row).on_conflict(
        target=Instance.name, action="DO UPDATE", values=[(Instance.value, value)]
    )
