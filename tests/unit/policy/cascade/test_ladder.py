"""Which check comes next, and when no more are worth it."""

from headgate.policy.cascade.estimate import Estimate
from headgate.policy.cascade.ladder import LADDER, next_step
from headgate.policy.cascade.signals import Signals

PLAIN = Signals(member="a")
EVERY = frozenset(check.name for check in LADDER)


def step(p_good, done=(), offered=EVERY, signals=PLAIN):
    return next_step(signals, Estimate(p_good), 0.7, done=done, offered=offered)


def test_the_cheapest_check_comes_first():
    order = []
    while (check := step(0.6, done=order).check) is not None:
        order.append(check.name)
    assert order == [check.name for check in LADDER]
    assert step(0.6, done=order).reason == "every check was made"


def test_only_what_is_offered_is_asked():
    assert step(0.6, offered={"judge"}).check.name == "judge"
    assert step(0.6, offered=()).check is None


def test_a_check_that_cannot_change_the_verdict_is_not_paid_for():
    sure = step(0.2, done={"form"})
    assert sure.check is None
    assert sure.reason == "no check that is left could change the verdict"


def test_a_problem_settles_it():
    flawed = step(0.6, signals=Signals(member="a", problem="refusal"))
    assert flawed.check is None
    assert flawed.reason == "the answer fails the check `refusal`"
