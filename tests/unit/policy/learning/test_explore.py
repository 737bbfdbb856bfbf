"""Which requests to learn from."""

from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from headgate.estimate.learning.gain import Prediction
from headgate.policy.learning.explore import MOST_EARNED, SAFE_LOSS, Explorer, may_go_down


def prediction(width: float, gain: float = 0.1) -> Prediction:
    return Prediction(gain, gain - width / 2, gain + width / 2, 0.0)


@settings(deadline=None)
@given(st.floats(0, 0.5), st.lists(st.tuples(st.floats(0, 2), st.floats(0, 0.999)), max_size=300))
def test_never_more_than_the_share_whatever_the_estimate_says(
    share: float, requests: list[tuple[float, float]]
) -> None:
    explorer = Explorer(share)
    taken = 0
    for count, (width, draw) in enumerate(requests, 1):
        taken += explorer.wants(prediction(width), draw)
        assert taken <= share * count + 1e-6


def test_it_uses_what_it_may() -> None:
    generator, explorer = Random(1), Explorer(0.1)
    taken = sum(explorer.wants(prediction(0.3), generator.random()) for _ in range(5000))
    assert taken == pytest.approx(500, abs=MOST_EARNED)


def test_it_asks_sooner_where_the_estimate_is_unsure() -> None:
    generator, explorer = Random(1), Explorer(0.1)
    taken = {0.1: 0, 0.9: 0}
    for n in range(5000):
        width = 0.9 if n % 2 else 0.1
        taken[width] += explorer.wants(prediction(width), generator.random())
    assert taken[0.9] > 2 * taken[0.1]


def test_the_weaker_tier_is_only_tried_where_little_can_be_lost() -> None:
    assert may_go_down(Prediction(-0.1, -0.2, SAFE_LOSS, 0.0))
    assert not may_go_down(Prediction(-0.1, -0.2, SAFE_LOSS + 0.01, 0.0))
