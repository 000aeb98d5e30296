"""The words on offer: enough of them, each explained, and some for every sky."""

from care import feelings, prompts
from care.journal_form import MOST_WORD


def test_forty_eight_words_each_with_a_meaning() -> None:
    assert len(feelings.EMOTIONS) == 48
    meanings = {emotion.meaning for emotion in feelings.EMOTIONS.values()}
    assert len(meanings) == 48
    assert all(meaning.endswith(".") for meaning in meanings)


def test_about_a_dozen_words_near_every_sky() -> None:
    for mood in feelings.SKIES:
        near = feelings.near(mood)
        assert 10 <= len(near) <= 12
        assert {"tired", "hopeful"} <= set(near)
    assert "joyful" not in feelings.near(1)
    assert "hopeless" not in feelings.near(5)


def test_every_key_would_pass_as_a_word() -> None:
    keys = [*feelings.EMOTIONS, *(key for _title, tags in feelings.TAGS.values() for key in tags)]
    assert len(keys) == len(set(keys))
    assert all(len(key) <= MOST_WORD for key in keys)
    assert all(not feelings.is_own_tag(key) for key in feelings.COMMON_TAGS)


def test_prompts_fit_the_sky_and_skipped_ones_stay_away() -> None:
    for mood in feelings.SKIES:
        offered = prompts.offer(mood, ())
        assert len(offered) == 3
        assert all(mood in prompt.moods for prompt in offered)
    first = prompts.offer(1, ())[0]
    assert first not in prompts.offer(1, {first.key})
    assert prompts.offer(1, set(prompts.PROMPTS)) == []


def test_asking_for_others_brings_every_fitting_prompt() -> None:
    fitting = {key for key, prompt in prompts.PROMPTS.items() if 2 in prompt.moods}
    seen = {prompt.key for turn in range(len(fitting)) for prompt in prompts.offer(2, (), turn)}
    assert seen == fitting
