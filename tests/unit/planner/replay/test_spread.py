"""Percentiles of counts."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from headgate.planner.replay.spread import Spread


@given(st.lists(st.floats(0.01, 1e9), min_size=1, max_size=200), st.floats(0, 1))
def test_a_percentile_is_within_half_a_per_cent(values: list[float], share: float) -> None:
    spread = Spread()
    for value in values:
        spread.add(value)
    exact = sorted(values)[round(share * (len(values) - 1))]
    assert spread.percentile(share) == pytest.approx(exact, rel=0.0051)


def test_of_nothing_there_is_none() -> None:
    assert Spread().percentile(0.5) is None


def test_nothing_is_too_small() -> None:
    spread = Spread()
    spread.add(0.0)
    assert spread.percentile(0.5) == pytest.approx(0.001, rel=0.01)
