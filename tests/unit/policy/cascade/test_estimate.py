"""How far answers are trusted, before and after labels."""

from random import Random
from time import perf_counter

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from headgate.core.stream import Answer, Choice
from headgate.policy.cascade.estimate import (
    DEFAULT_THRESHOLD,
    P_FLAWED,
    AcceptModel,
    Estimate,
    best_answer,
    judge_answers,
)
from headgate.policy.cascade.signals import Signals, question_of, signals_of

LONG = question_of("How many eggs does the farmer sell, " * 100)


def asked(*texts: str, question=LONG) -> tuple[Signals, ...]:
    answers = [Answer(choices=(Choice(text=text, finish_reason="stop"),)) for text in texts]
    return signals_of(question, answers, members=list("abcdef")[: len(texts)])


def lessons(generator, count):
    """Member b is always right, member a half of the time; the strong one nine times of ten."""
    for _ in range(count):
        a_is_right = generator.random() < 0.5
        texts = ("18" if a_is_right else str(generator.randint(19, 90)), "18")
        yield asked(*texts), (float(a_is_right), 1.0), float(generator.random() < 0.9)


@given(st.integers(0, 4), st.integers(0, 4))
def test_without_labels_more_agreement_is_more_trust(one, other):
    few, many = sorted((one, other))
    estimates = [
        AcceptModel.prior().predict([Signals(member="a", agreeing=each, others=4)])[0]
        for each in (few, many)
    ]
    assert estimates[0].trust <= estimates[1].trust
    assert (estimates[0].trust < estimates[1].trust) == (few < many)


@pytest.mark.parametrize(
    ("texts", "accepts", "chosen"),
    [
        (("18", "18.0"), True, 0),
        (("18", "17"), False, 0),
        (("18",), False, 0),
        (("17", "18", "18"), False, 1),
        (("17", "18", "18", "18", "$18"), True, 1),
        (("", "18", "18"), True, 1),
    ],
)
def test_without_labels_the_majority_is_the_candidate(texts, accepts, chosen):
    verdict = judge_answers(asked(*texts), AcceptModel.prior())
    assert (verdict.accepts, verdict.chosen) == (accepts, chosen)
    assert f"{verdict.trust:.2f}" in verdict.reason


def test_an_answer_with_a_problem_is_never_accepted():
    verdict = judge_answers(asked("", ""), AcceptModel.prior(), threshold=-5)
    assert not verdict.accepts
    assert verdict.p_good == P_FLAWED
    assert verdict.reason == "the best cheap answer fails the check `empty`"


def test_a_judge_and_a_log_probability_move_trust():
    (plain, *_) = asked("18", "17")
    replace = msgspec.structs.replace
    model = AcceptModel.prior()
    trusts = [
        model.predict([each])[0].trust
        for each in (replace(plain, judge=0.0), plain, replace(plain, judge=1.0))
    ]
    assert trusts == sorted(set(trusts))
    sure, unsure = (replace(plain, mean_logprob=value) for value in (-0.01, -3.0))
    assert model.predict([sure])[0].trust > model.predict([unsure])[0].trust


def test_labels_teach_which_member_to_believe():
    model = AcceptModel.prior()
    before = judge_answers(asked("17", "18"), model)
    model.fit(list(lessons(Random(1), 60)))
    after = judge_answers(asked("17", "18"), model)
    assert (before.chosen, after.chosen) == (0, 1)
    assert after.accepts
    assert after.p_good > 0.9
    assert model.labels == 60


def test_a_weak_strong_target_is_not_worth_asking():
    hopeful, sober = AcceptModel.prior(), AcceptModel.prior()
    for signals, good, _ in lessons(Random(1), 80):
        bad = tuple(0.3 * value for value in good)
        hopeful.learn(signals, bad, strong=1.0)
        sober.learn(signals, bad, strong=0.1)
    signals = asked("17", "18")
    assert not judge_answers(signals, hopeful, 0.8).accepts
    assert judge_answers(signals, sober, 0.8).accepts


def test_unknown_labels_teach_nothing():
    model = AcceptModel.prior()
    before = model.predict(asked("18", "17"))
    model.learn(asked("18", "17"), (None, None))
    assert model.predict(asked("18", "17")) == before


def test_a_model_survives_being_stored():
    model = AcceptModel.prior()
    model.fit(list(lessons(Random(2), 30)))
    again = AcceptModel.loads(model.dumps())
    assert again.labels == model.labels
    assert again.predict(asked("18", "17")) == model.predict(asked("18", "17"))
    again.fit(list(lessons(Random(3), 5)))
    assert again.predict(asked("18", "17")) != model.predict(asked("18", "17"))


def test_a_stranger_among_the_members_is_judged_by_the_guess():
    model = AcceptModel.prior()
    model.fit(list(lessons(Random(2), 30)))
    stranger = [msgspec.structs.replace(each, member="new") for each in asked("18", "18")]
    assert model.predict(stranger) == AcceptModel.prior().predict(stranger)


def test_a_verdict_takes_less_than_a_millisecond():
    model = AcceptModel.prior()
    model.fit(list(lessons(Random(2), 30)))
    signals = asked("18", "17")
    took = []
    for _ in range(50):
        started = perf_counter()
        judge_answers(signals, model, DEFAULT_THRESHOLD)
        took.append(perf_counter() - started)
    assert min(took) < 0.001


def test_of_equals_the_first_is_best():
    assert best_answer([Estimate(0.5), Estimate(0.7), Estimate(0.7)]) == 1
