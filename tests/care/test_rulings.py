"""The machine and its queue as pure rules: every move, who is read first, what comes next."""

from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from itertools import combinations
from random import Random
from uuid import UUID, uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from care import ladder, queue, reports, rulings
from care.ladder import Person
from care.queue import AGEING, AMBER, DANGER, GREEN, RED, Place
from care.reports import Flag
from care.rulings import AUTHOR, LEAD, MODERATOR, READER, SECOND, STATES, NotAllowed

AT = datetime(2026, 11, 23, 12, tzinfo=UTC)
WHO = (READER, AUTHOR, MODERATOR, LEAD, SECOND)
ACTIONS = sorted({one.action for one in rulings.MOVES})

ALLOWED = {
    READER: {
        "pass": {"draft": "published", "published": "published"},
        "hold": dict.fromkeys(("draft", "held", "published", "returned"), "held"),
        "raise": dict.fromkeys(("draft", "held", "published", "returned"), "safeguarding"),
        "hide": {"published": "hidden"},
    },
    AUTHOR: {
        "withdraw": dict.fromkeys(
            ("held", "published", "returned", "removed", "safeguarding", "hidden"), "withdrawn"
        )
    },
    MODERATOR: {
        "publish": {"held": "published", "hidden": "published"},
        "keep": {"published": "published"},
        "return": dict.fromkeys(("held", "hidden", "published"), "returned"),
        "remove": dict.fromkeys(("held", "hidden", "published"), "removed"),
        "escalate": dict.fromkeys(("held", "hidden", "published"), "safeguarding"),
    },
    SECOND: {
        "reverse": {"removed": "published", "returned": "published"},
        "uphold": {"removed": "removed", "returned": "returned"},
    },
}
ALLOWED[LEAD] = {
    **ALLOWED[MODERATOR],
    "return": {**ALLOWED[MODERATOR]["return"], "safeguarding": "returned"},
    "remove": {**ALLOWED[MODERATOR]["remove"], "safeguarding": "removed"},
    "settle": {"safeguarding": "held"},
}
"""Written out by hand, so that a move nobody meant is seen."""


@pytest.mark.parametrize("who", WHO)
@pytest.mark.parametrize("action", ACTIONS)
@pytest.mark.parametrize("state", STATES)
def test_each_move_is_allowed_or_refused_as_written(who: str, action: str, state: str) -> None:
    expected = ALLOWED[who].get(action, {}).get(state)
    if expected:
        assert rulings.move(state, action, who) == expected
    else:
        with pytest.raises(NotAllowed):
            rulings.move(state, action, who)


def test_nothing_leaves_what_its_author_took_back_and_nobody_publishes_from_safeguarding() -> None:
    assert not [one for one in rulings.MOVES if "withdrawn" in one.before]
    assert not [one for one in rulings.MOVES if "safeguarding" in one.before and one.after == "published"]


@pytest.mark.parametrize(
    ("band", "published", "days", "kind", "reason"),
    [
        ("a", 99, 999, "post", "band"),
        ("b", 99, 999, "reply", "band"),
        ("c", 0, 0, "post", "new"),
        ("c", 4, 30, "post", "new"),
        ("c", 5, 6, "post", "new"),
        ("c", 5, 7, "post", ""),
        ("c", 5, 7, "story", "kind"),
    ],
)
def test_who_is_read_first(band: str, published: int, days: int, kind: str, reason: str) -> None:
    assert rulings.read_first(band, kind, AT - timedelta(days=days), published, AT) == reason


@dataclass(frozen=True)
class Waits:
    risk: int
    since: datetime
    id: UUID


@given(st.data())
def test_pages_of_the_queue_are_the_queue(data: st.DataObject) -> None:
    minutes = data.draw(st.lists(st.tuples(st.sampled_from(queue.TIERS), st.integers(0, 3000)), max_size=40))
    waits = [Waits(risk, AT - timedelta(minutes=m), UUID(int=n)) for n, (risk, m) in enumerate(minutes)]
    whole = queue.ordered(waits, AT)
    size, place, read = data.draw(st.integers(1, 7)), None, []
    while True:
        bounds = queue.bounds(place)
        heads = []
        for risk in queue.TIERS:
            mine = sorted((w for w in waits if w.risk == risk), key=lambda w: (w.since, w.id))
            heads += [w for w in mine if (w.since, w.id) > bounds[risk]][:size]
        page = queue.ordered(heads, AT)[:size]
        if not page:
            break
        read += page
        last = page[-1]
        place = Place(AT, queue.tier(last.risk, last.since, AT), last.since, last.id)
    assert read == whole


def test_amber_ages_into_red_and_never_past_danger() -> None:
    old = AT - AGEING
    assert queue.tier(AMBER, old + timedelta(seconds=1), AT) == AMBER
    assert queue.tier(AMBER, old, AT) == RED
    assert queue.tier(GREEN, AT - 2 * AGEING, AT) == RED
    assert queue.tier(GREEN, AT - 500 * AGEING, AT) == RED
    fresh, aged = Waits(DANGER, AT, UUID(int=1)), Waits(AMBER, AT - 9 * AGEING, UUID(int=2))
    red = Waits(RED, AT - timedelta(hours=1), UUID(int=3))
    assert queue.ordered([red, aged, fresh], AT) == [fresh, aged, red]


def test_how_long_it_usually_takes_is_said_rounded_up_and_only_from_enough() -> None:
    assert queue.usual([timedelta(minutes=1)] * 4) is None
    assert queue.usual([timedelta(minutes=m) for m in (1, 2, 12, 300, 900)]) == timedelta(minutes=15)
    assert queue.usual([timedelta(minutes=61)] * 5) == timedelta(hours=2)


def test_when_the_desk_opens_next() -> None:
    hours = queue.hours("16:00-22:00 Europe/London")
    assert hours is not None
    assert hours.next(AT) == AT.replace(hour=16)
    assert hours.next(AT.replace(hour=16)) == AT.replace(day=24, hour=16)
    for wrong in ("", "16-22", "16:00-22:00", "16:00-22:00 Mars/One", "x-y UTC"):
        assert queue.hours(wrong) is None


GROWN = Person("c", AT - timedelta(days=99), 99)


@pytest.mark.parametrize(
    ("text", "state", "card", "page"),
    [
        ("The heron stood in the rain.", "published", "", False),
        ("I feel so worthless and hopeless and alone", "published", "gentle", False),
        ("I want to die", "held", "careful", False),
        ("my friend told me she wants to die", "held", "guide", False),
        ("I'm going to kill myself tonight, I have the pills here", "safeguarding", "calm", True),
        ("my number is 07700 900123 text me", "held", "", False),
    ],
)
def test_the_ladder(text: str, state: str, card: str, page: bool) -> None:
    response = ladder.respond(ladder.read(text), "post", GROWN, AT)
    assert (response.state, response.card, response.page) == (state, card, page)
    young = ladder.respond(ladder.read(text), "post", Person("a", GROWN.joined, 99), AT)
    assert young.state != "published"
    assert young.card == card


def test_help_is_not_lost_beside_another_finding() -> None:
    both = ladder.respond(ladder.read("I want to die. snap me at heron_99"), "post", GROWN, AT)
    assert both.card == "careful"
    assert "contact_info" in both.labels
    assert both.risk == RED


def test_crisis_costs_nobody_anything_unless_it_attacks_somebody() -> None:
    assert not ladder.may_cost("self_harm", [])
    assert not ladder.may_cost("imminent", ["contact_info", "method_info"])
    assert ladder.may_cost("none", ["spam"])
    assert ladder.may_cost("distress", ["harassment"])


@given(st.text(max_size=60), st.lists(st.tuples(st.integers(-3, 70), st.integers(-3, 70)), max_size=6))
def test_cut_into_pieces_nothing_is_lost(text: str, spans: list[tuple[int, int]]) -> None:
    found = sorted((ladder.Mark(max(0, a), b, "r", "w") for a, b in spans), key=lambda m: m.start)
    assert "".join(piece for piece, _ in ladder.pieces(text, found)) == text


HERE, THERE, ELSEWHERE = (UUID(int=n) for n in (1, 2, 3))


def told(*minutes: int, places: frozenset[UUID] = frozenset({HERE})) -> list[Flag]:
    """One flag for each minute, each from somebody else; the last comes first in the list."""
    return [Flag(uuid4(), AT + timedelta(minutes=m), True, places) for m in reversed(minutes)]


def test_three_people_hide_and_a_pile_on_does_not() -> None:
    assert reports.hides(told(0, 10, 20))
    assert not reports.hides(told(0, 1, 2, 3, 4, 5, 6))
    assert not reports.hides(told(0, 9, 10, 19))
    late = Flag(uuid4(), AT + timedelta(hours=1), False)
    assert not reports.hides([*told(0, 10), late])
    assert reports.hides([*told(0, 10), replace(late, counts=True)])


def test_strangers_at_the_same_minute_are_three_and_friends_with_one_stranger_are_two() -> None:
    nowhere: frozenset[UUID] = frozenset()
    assert reports.hides(told(0, 1, 2, places=nowhere)), "They share no place, so nobody called them."
    assert reports.hides([*told(0), *told(0, places=frozenset({THERE})), *told(0, places=nowhere)])
    assert not reports.hides([*told(0, 1, 2, 3), *told(1, places=frozenset({THERE}))])
    # One who writes in both places ties them together; the two whom nothing ties are not enough.
    both = told(1, places=frozenset({HERE, THERE}))
    assert not reports.hides([*told(0), *both, *told(2, places=frozenset({THERE}))])
    assert reports.hides([*told(0), *both, *told(2, places=frozenset({THERE})), *told(11, places=nowhere)])


def test_one_person_twice_is_one() -> None:
    first, second, third = told(0, 30, 60)
    assert reports.hides([first, second, third])
    assert not reports.hides([first, second, replace(third, reporter=first.reporter)])


FLAGS = st.lists(
    st.builds(
        Flag,
        st.uuids(version=4),
        st.integers(0, 40).map(lambda minutes: AT + timedelta(minutes=minutes)),
        st.integers(0, 4).map(bool),
        st.frozensets(st.sampled_from([HERE, THERE, ELSEWHERE]), max_size=2),
    ),
    max_size=9,
)


@given(FLAGS, st.randoms(use_true_random=False))
def test_the_order_in_which_they_came_changes_nothing(flags: list[Flag], chance: Random) -> None:
    found = reports.hides(flags)
    mixed = chance.sample(flags, len(flags))
    assert reports.hides(mixed) == found
    assert found == any(all(map(_apart, combinations(three, 2))) for three in combinations(flags, 3))


@given(FLAGS, FLAGS)
def test_another_voice_never_brings_back_what_was_hidden(flags: list[Flag], more: list[Flag]) -> None:
    assert reports.hides([*flags, *more]) or not reports.hides(flags)


def _apart(two: tuple[Flag, Flag]) -> bool:
    """The sentence of the rule, once more and without its arithmetic."""
    one, other = two
    soon = abs(one.at - other.at) < timedelta(minutes=10)
    friends = soon and bool(one.places & other.places)
    return one.counts and other.counts and one.reporter != other.reporter and not friends


def test_whose_report_helps_to_hide() -> None:
    old = AT - timedelta(days=99)
    assert reports.counts(old, AT, 0, 0)
    assert reports.counts(old, AT, 0, 2)
    assert not reports.counts(old, AT, 2, 3)
    assert reports.counts(old, AT, 4, 3)
    assert not reports.counts(AT - timedelta(days=2), AT, 9, 0)
