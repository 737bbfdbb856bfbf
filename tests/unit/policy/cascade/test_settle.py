"""When cheap answers are accepted: by number, by trust, or by both."""

from hypothesis import given
from hypothesis import strategies as st

from headgate.core.stream import Answer, Choice
from headgate.policy.cascade.estimate import AcceptModel
from headgate.policy.cascade.settle import can_still_agree, settle
from headgate.policy.cascade.signals import Signals, question_of, signals_of

MODEL = AcceptModel.prior()


def signals(*texts: str) -> tuple[Signals, ...]:
    answers = [Answer(choices=(Choice(text=text, finish_reason="stop"),)) for text in texts]
    return signals_of(question_of("6 * 7?"), answers, members=[f"m{i}" for i in range(len(texts))])


def test_the_largest_group_is_served_by_its_first_member() -> None:
    verdict = settle(signals("41", "42", "It is 42. The answer is 42"), MODEL, agree=2, accept=None)
    assert (verdict.chosen, verdict.accepts) == (1, True)
    assert verdict.reason == "2 of 3 answers say the same, 2 are asked for"


def test_too_few_that_agree_are_not_enough_however_high_the_trust() -> None:
    verdict = settle(signals("42", "42"), MODEL, agree=3, accept=0.1)
    assert not verdict.accepts


def test_agreement_without_the_trust_that_is_asked_for_is_not_enough() -> None:
    verdict = settle(signals("42", "42"), MODEL, agree=2, accept=0.95)
    assert not verdict.accepts
    assert "less than the 0.95 asked for" in verdict.reason


def test_answers_with_a_fault_agree_with_nobody() -> None:
    refusal = "I'm sorry, but I can't help with that."
    verdict = settle(signals(refusal, refusal), MODEL, agree=2, accept=None)
    assert not verdict.accepts
    assert verdict.reason == "0 of 2 answers say the same, 2 are asked for"


@given(st.lists(st.sampled_from(["41", "42", "43"]), min_size=1, max_size=5), st.integers(2, 5))
def test_accepted_means_that_so_many_say_the_same_and_never_more_than_there_are(
    texts: list[str], agree: int
) -> None:
    verdict = settle(signals(*texts), MODEL, agree=agree, accept=None)
    most = max(texts.count(text) for text in texts)
    assert verdict.accepts == (most >= agree)
    if verdict.accepts:
        assert texts.count(texts[verdict.chosen]) == most


@given(
    st.lists(st.sampled_from(["41", "42"]), min_size=1, max_size=4),
    st.lists(st.sampled_from(["41", "42"]), max_size=3),
    st.integers(2, 4),
)
def test_giving_up_early_never_gives_up_an_agreement(
    here: list[str], late: list[str], agree: int
) -> None:
    later = settle(signals(*here, *late), MODEL, agree=agree, accept=None)
    if later.accepts:
        assert can_still_agree(signals(*here), len(late), agree)
