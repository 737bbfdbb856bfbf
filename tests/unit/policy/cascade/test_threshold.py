"""Thresholds from what people can say: a share, a quality, a price."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from headgate.estimate.cascade.curve import Outcome
from headgate.policy.cascade.threshold import ALWAYS, NEVER, for_dollars, for_quality, for_share

trusts = st.lists(st.floats(-0.5, 1.5), min_size=1, max_size=60, unique=True)


def escalated(values, threshold):
    return sum(value < threshold for value in values)


@given(trusts, st.floats(0, 1))
def test_the_share_is_the_share_that_is_escalated(values, share):
    wanted = round(share * len(values))
    # Neighbours closer than a float can part are escalated together.
    ranked = sorted(values)
    if all(other - one > 1e-9 for one, other in pairwise(ranked)):
        assert escalated(values, for_share(values, share)) == wanted


def test_nothing_and_everything():
    assert for_share([0.1, 0.9], 0) == NEVER
    assert for_share([0.1, 0.9], 1) == ALWAYS


def test_a_share_of_nothing_is_refused():
    with pytest.raises(ValueError, match="no traffic"):
        for_share([], 0.3)


def test_a_quality_is_reached_with_as_few_escalations_as_it_takes():
    cheap = [0, 0, 1, 0, 1, 1, 1, 1, 1, 1]
    outcomes = [
        Outcome(worth=-number / 10, cheap=good, strong=1, cheap_usd=0, extra_usd=1)
        for number, good in enumerate(cheap)
    ]
    values = [-each.worth for each in outcomes]
    assert escalated(values, for_quality(outcomes, 0.7)) == 0
    assert escalated(values, for_quality(outcomes, 0.8)) == 1
    assert escalated(values, for_quality(outcomes, 1.0)) == 4
    assert for_quality(outcomes, 1.1) is None


def test_dollars_escalate_where_the_gain_is_worth_the_call():
    assert for_dollars(0.10, 0.01) == pytest.approx(0.9)
    assert for_dollars(0.01, 0.05) < 0
    assert for_dollars(0, 0.05) == NEVER
