"""Signals as numbers."""

import math

from hypothesis import given
from hypothesis import strategies as st

from headgate.policy.cascade.columns import columns
from headgate.policy.cascade.estimate import GUESS
from headgate.policy.cascade.signals import Signals

any_signals = st.builds(
    Signals,
    member=st.just("a"),
    chars=st.integers(0, 10**7),
    other_chars=st.floats(0, 10**7),
    agreeing=st.integers(0, 5),
    others=st.integers(5, 9),
    magnitude=st.floats(0, 12),
    value_chars=st.integers(0, 4000),
    question_chars=st.integers(0, 10**7),
    mean_logprob=st.none() | st.floats(-50, 0),
    judge=st.none() | st.floats(0, 1),
)


@given(any_signals)
def test_a_row_fits_the_guess_and_stays_small(signals):
    row = columns(signals)
    assert len(row) == len(GUESS)
    assert all(math.isfinite(value) and abs(value) < 15 for value in row)


def test_without_others_their_length_is_the_own_one():
    alone = columns(Signals(member="a", chars=900))
    beside = columns(Signals(member="a", chars=900, other_chars=900, others=1))
    assert alone[5:16] == beside[5:16]
