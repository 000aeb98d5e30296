"""The rules of groups: what staff may make, what somebody ticks, who may write when."""

from datetime import UTC, date, datetime, timedelta
from uuid import uuid4

import pytest

from care import groups as rules
from care.groups import Plan, Problems
from care.rulings import side
from care.shared import Draft

AT = datetime(2026, 11, 25, 12, tzinfo=UTC)
GOOD = {"name": "Night owls", "purpose": "For when sleep does not come.", "bands": "ab"}
RULES = "Be kind.\nNo names.\nStep out when you need to."


class Form:
    def __init__(self, **fields: str | list[str]) -> None:
        self.fields = fields

    def text(self, name: str) -> str:
        value = self.fields.get(name, "")
        return value if isinstance(value, str) else value[0]

    def all(self, name: str) -> list[str]:
        value = self.fields.get(name, [])
        return [value] if isinstance(value, str) else value

    def has(self, name: str) -> bool:
        return name in self.fields


def plan(**more: str | list[str]) -> Plan | Problems:
    return rules.read_plan(Form(**{**GOOD, "rules": RULES, **more}))


def test_a_plan_is_taken_as_it_is_meant() -> None:
    made = plan(pace="live", slow="10", starts_on="2026-01-01", topics=["sleep", "nonsense"])
    assert isinstance(made, Plan)
    assert (made.bands, made.side, made.cap, made.slow, made.type) == ("ab", "t", 15, 10, "open")
    assert made.starts_on is None, "Only a programme has days."
    assert len(made.rules) == 3


@pytest.mark.parametrize(
    ("field", "value"),
    [
        *(("name", ""), ("name", "x" * 41), ("purpose", ""), ("purpose", "x" * 201)),
        *(
            ("rules", "One.\nTwo."),
            ("rules", "\n".join(["r"] * 8)),
            ("rules", ""),
            ("rules", f"a\nb\n{'x' * 161}"),
        ),
        *(("bands", "abc"), ("bands", "bc"), ("bands", ""), ("cap", "41"), ("cap", "1"), ("cap", "many")),
        *(("slow", "-1"), ("slow", "1441"), ("hours", "x" * 61), ("lang", "x" * 31)),
    ],
)
def test_what_cannot_stand_is_named_by_its_field(field: str, value: str) -> None:
    found = plan(**{field: value})
    assert isinstance(found, Problems) and set(found) == {field}


def test_a_live_group_is_smaller_and_a_programme_has_days() -> None:
    assert isinstance(plan(pace="live", cap="16"), Problems)
    assert isinstance(plan(type="programme", starts_on="2026-02-01", ends_on="2026-01-01"), Problems)
    made = plan(type="programme", starts_on="2026-01-01", ends_on="2026-02-01")
    assert isinstance(made, Plan) and made.ends_on == date(2026, 2, 1)


def test_no_group_is_for_two_sides() -> None:
    assert {len({side(band) for band in bands}) for bands in rules.BANDS} == {1}


def test_each_rule_is_ticked_and_a_way_chosen() -> None:
    assert rules.read_join(Form(rule=["0", "1", "2"], way="reading"), 3) == "reading"
    missing = rules.read_join(Form(rule=["0", "2"], way="shouting"), 3)
    assert isinstance(missing, Problems) and set(missing) == {"rule", "way"}


def test_a_post_has_words_and_not_too_many() -> None:
    group, cid = uuid4(), uuid4()
    draft = rules.read_post(
        Form(text=" hello ", intent="listen", notes=["death"], note_own="dogs"), group, cid
    )
    assert isinstance(draft, Draft)
    assert (draft.place, draft.cid, draft.words.text) == (group, cid, "hello")
    assert (draft.notes, draft.words.own_note, draft.intent) == (("death",), "dogs", "listen")
    assert isinstance(rules.read_post(Form(text=" "), group), Problems)
    assert isinstance(rules.read_post(Form(text="x" * 1201), group), Problems)


def test_a_group_nobody_looks_after_for_two_weeks_can_only_be_read() -> None:
    def why(days: float, closed: bool = False, ends_on: date | None = None) -> str:
        seen = AT - timedelta(days=days)
        return rules.stopped(looked_after=seen, closed=closed, ends_on=ends_on, at=AT)

    assert why(13.99) == "" and why(14) == rules.QUIET_HERE
    assert why(0, closed=True) == rules.CLOSED
    assert why(0, ends_on=date(2026, 11, 24)) == rules.ENDED and why(0, ends_on=date(2026, 11, 25)) == ""
    assert all(rules.STOPS[each] for each in (rules.QUIET_HERE, rules.CLOSED, rules.ENDED))


@pytest.mark.parametrize(
    ("hour", "before", "after"),
    [(-15, True, False), (-13, False, False), (12, False, False), (35, False, False), (37, False, True)],
)
def test_a_day_of_a_programme_is_there_as_long_as_it_is_somewhere(
    hour: int, before: bool, after: bool
) -> None:
    day = date(2026, 11, 25)
    at = datetime(2026, 11, 25, tzinfo=UTC) + timedelta(hours=hour)
    assert (rules.early(day, at), rules.ended(day, at)) == (before, after)
    why = rules.stopped(looked_after=at, closed=False, starts_on=day, ends_on=day, at=at)
    assert why == (rules.EARLY if before else rules.ENDED if after else "")
    assert not rules.early(None, at) and not rules.ended(None, at)


def test_slow_mode_says_when() -> None:
    assert rules.next_post(None, 10, AT) is None
    assert rules.next_post(AT, 0, AT) is None
    assert rules.next_post(AT, 10, AT) == AT + timedelta(minutes=10)
    assert rules.next_post(AT, 10, AT + timedelta(minutes=10)) is None
