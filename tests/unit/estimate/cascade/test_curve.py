"""APGR, CPT and dollars."""

from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from headgate.estimate.cascade.curve import Outcome, apgr, curve, quality_at, share_to_recover


def outcome(worth, cheap, strong, cheap_usd=0.0, extra_usd=1.0):
    return Outcome(
        worth=worth, cheap=cheap, strong=strong, cheap_usd=cheap_usd, extra_usd=extra_usd
    )


unit = st.sampled_from([0.0, 1.0])
outcomes = st.lists(
    st.builds(outcome, st.floats(-1, 1), unit, unit, st.floats(0, 1), st.floats(0, 1)),
    min_size=1,
    max_size=20,
)


@given(outcomes)
def test_it_begins_with_all_cheap_and_ends_with_all_strong(given_outcomes):
    points = curve(given_outcomes)
    count = len(given_outcomes)
    assert len(points) == count + 1
    assert points[0].quality == pytest.approx(sum(each.cheap for each in given_outcomes) / count)
    assert points[-1].quality == pytest.approx(sum(each.strong for each in given_outcomes) / count)
    spent = sum(each.cheap_usd + each.extra_usd for each in given_outcomes) / count
    assert points[-1].usd == pytest.approx(spent)


@given(outcomes, st.randoms(use_true_random=False))
def test_equals_have_no_order(given_outcomes, generator):
    mixed = list(given_outcomes)
    generator.shuffle(mixed)
    for one, other in zip(curve(given_outcomes), curve(mixed), strict=True):
        assert one.quality == pytest.approx(other.quality)
        assert one.usd == pytest.approx(other.usd)


def test_chance_recovers_half_and_an_oracle_nearly_all():
    generator = Random(1)
    rows = [(generator.random() < 0.5, generator.random() < 0.8) for _ in range(2000)]
    weak = sum(cheap for cheap, _ in rows) / len(rows)
    strong = sum(best for _, best in rows) / len(rows)
    chance = curve([outcome(0, cheap, best) for cheap, best in rows])
    oracle = curve([outcome(best - cheap, cheap, best) for cheap, best in rows])
    assert apgr(chance, weak, strong) == pytest.approx(0.5)
    assert share_to_recover(0.5, chance, weak, strong) == pytest.approx(0.5, abs=0.01)
    assert apgr(oracle, weak, strong) > 0.9
    assert share_to_recover(0.8, oracle, weak, strong) < 0.35


def test_by_hand():
    points = curve([outcome(2, 0, 1), outcome(1, 1, 1)])
    assert [point.quality for point in points] == [0.5, 1.0, 1.0]
    assert apgr(points, 0.5, 1.0) == 0.75
    assert share_to_recover(1.0, points, 0.5, 1.0) == 0.5
    assert share_to_recover(1.2, points, 0.5, 1.0) is None


def test_dollars_buy_quality_in_between_and_nothing_before_the_first_calls():
    points = curve([outcome(2, 0, 1, cheap_usd=1), outcome(1, 0, 1, cheap_usd=1)])
    assert quality_at(0.9, points) is None
    assert quality_at(1.0, points) == 0
    assert quality_at(1.25, points) == pytest.approx(0.25)
    assert quality_at(99, points) == 1
