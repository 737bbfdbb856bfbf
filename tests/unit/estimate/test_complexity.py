import pytest
from hypothesis import given
from hypothesis import strategies as st

from headgate.estimate.complexity import CHARACTERS_AT_HALF, Scorer, score

pieces = st.sampled_from([*"ab ,.?\n-1", "def ", "\n- ", "`", "``", "func", "tion"])
prompts = st.lists(pieces).map("".join)


def test_the_score_is_a_scorer():
    scorer: Scorer = score
    assert scorer("hello") == score("hello")


@given(prompts)
def test_a_score_lies_between_0_and_1(text):
    assert 0 <= score(text) < 1


@given(prompts, prompts)
def test_more_text_never_lowers_it(text, more):
    assert score(text + more) >= score(text)


@given(st.integers(0, 50_000), st.integers(1, 50_000))
def test_of_plain_prompts_the_longer_is_the_harder(length, more):
    assert score("a" * (length + more)) > score("a" * length)


def test_nothing_is_simple_and_a_long_prompt_is_hard():
    assert score("") == 0
    assert score("a" * CHARACTERS_AT_HALF) == 0.5
    assert score("a" * 10_000) > 0.9


@pytest.mark.parametrize(
    "harder",
    [
        "Please fix this: ```x = 1```",
        "Write a function that is its own",
        "Take these:\n- one\n- two\n- three",
        "When it rains, or snows, or hails,",
    ],
)
def test_signals_count_for_more_than_their_length(harder):
    assert score(harder) > score("a" * len(harder))
