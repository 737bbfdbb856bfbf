"""Weighted targets."""

from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from headgate.policy.split import places

weights = st.dictionaries(st.sampled_from("abcdef"), st.floats(0, 100), min_size=1)
draws = st.integers(0, 2**32 - 1)


@given(draws, weights)
def test_every_target_has_a_place_of_its_own_and_the_same_again(draw, given_weights) -> None:
    found = places(draw, given_weights)
    assert sorted(found.values()) == list(range(len(given_weights)))
    assert found == places(draw, dict(reversed(given_weights.items())))


@given(draws, weights)
def test_what_weighs_nothing_comes_last(draw, given_weights) -> None:
    found = places(draw, given_weights)
    weighty = [found[name] for name, weight in given_weights.items() if weight > 0]
    assert all(place < len(weighty) for place in weighty)


@pytest.mark.parametrize(
    "given_weights", [{"a": 90, "b": 10}, {"a": 1, "b": 1, "c": 2}, {"a": 0.001, "b": 0.003}]
)
def test_the_first_places_are_shared_by_weight(given_weights: dict[str, float]) -> None:
    firsts: Counter[str] = Counter()
    for draw in range(6000):
        found = places(draw, given_weights)
        firsts[min(found, key=found.__getitem__)] += 1
    total = sum(given_weights.values())
    for name, weight in given_weights.items():
        assert firsts[name] / 6000 == pytest.approx(weight / total, abs=0.02)


def test_a_target_that_joins_moves_no_more_than_its_share() -> None:
    before = {"a": 45.0, "b": 45.0}
    after = {**before, "new": 10.0}
    moved = 0
    for draw in range(4000):
        one, other = places(draw, before), places(draw, after)
        first = min(other, key=other.__getitem__)
        moved += first != min(one, key=one.__getitem__)
        assert first in {"new", min(one, key=one.__getitem__)}
    assert moved / 4000 == pytest.approx(0.10, abs=0.02)
