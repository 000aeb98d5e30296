"""What weighs how much between a story and a reader, and that nothing else does."""

from hypothesis import given
from hypothesis import strategies as st

from care import matching
from care.matching import DIAGNOSES, INTERESTS, MOST, SITUATIONS, Likes

TAGS = [*SITUATIONS, *INTERESTS]
likes = st.builds(
    Likes,
    st.frozensets(st.sampled_from(list(SITUATIONS)), max_size=MOST),
    st.frozensets(st.sampled_from(list(INTERESTS)), max_size=MOST),
)
counts = st.dictionaries(st.sampled_from(TAGS), st.integers(0, 1000))


def test_a_rare_situation_weighs_more_than_a_common_one_and_any_more_than_an_interest_as_common() -> None:
    reader = Likes(frozenset({"racism", "exam-stress"}), frozenset({"music"}))
    weighed = matching.weights(reader, {"racism": 3, "exam-stress": 900, "music": 900})
    assert weighed["racism"] > weighed["exam-stress"] > weighed["music"]
    assert weighed["racism"] < 2 * matching.SHARED_SITUATION + 1


def test_a_diagnosis_alone_is_no_match_and_beside_something_else_it_counts() -> None:
    reader = Likes(frozenset({"eating-past", "bullied"}))
    weighed = matching.weights(reader, {})
    assert matching.score({"eating-past"}, weighed) == 0
    assert matching.score({"eating-past", "bullied"}, weighed) > matching.score({"bullied"}, weighed)
    assert matching.why(Likes(frozenset({"eating-past", "bullied"})), matching.ranked(weighed)) == "bullied"


@given(likes, likes, counts)
def test_matching_is_the_same_each_time_and_says_what_is_shared(
    story: Likes, reader: Likes, n: dict[str, int]
) -> None:
    weighed = matching.weights(reader, n)
    total = matching.score(story.tags, weighed)
    assert total == matching.score(sorted(story.tags), matching.weights(reader, dict(reversed(n.items()))))
    assert (total > 0) == bool((story.tags & reader.tags) - DIAGNOSES)
    said = matching.why(story, matching.ranked(weighed))
    assert said in story.tags & reader.tags if story.tags & reader.tags else said == ""
    if total:
        assert said not in DIAGNOSES, "A reason is never a diagnosis while there is another."


@given(likes, likes, counts, st.sampled_from(TAGS))
def test_sharing_more_never_weighs_less(story: Likes, reader: Likes, n: dict[str, int], tag: str) -> None:
    weighed = matching.weights(reader, n)
    assert matching.score(story.tags | {tag}, weighed) >= matching.score(story.tags, weighed)


@given(st.lists(st.text(max_size=12)), st.lists(st.text(max_size=12)))
def test_a_form_gives_only_what_is_known_and_not_too_much(
    situations: list[str], interests: list[str]
) -> None:
    found = matching.read([*situations, *SITUATIONS], [*interests, *INTERESTS])
    assert len(found.situations) == len(found.interests) == MOST
    assert found.situations <= set(SITUATIONS) and found.interests <= set(INTERESTS)


def test_every_tag_has_words_and_none_stands_in_two_lists() -> None:
    assert not set(SITUATIONS) & set(INTERESTS)
    assert set(SITUATIONS) >= DIAGNOSES
    assert all(matching.label(tag) in {*SITUATIONS.values(), *INTERESTS.values()} for tag in TAGS)
