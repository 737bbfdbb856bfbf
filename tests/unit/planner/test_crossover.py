"""Every change of the cheapest is found, none is invented."""

from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from headgate.planner.bill import Staircase
from headgate.planner.crossover import changes, cheapest_at, grid
from support.plans import powers_of_ten

LOW, HIGH = 1e6, 1e12
FINE = grid(LOW, HIGH, 173)
"""Of its own, not the one that the search goes over."""
TIE = 1e-7


def line(fixed, per_million):
    return Staircase(fixed, per_million / 1e6, 0.0, 0.0, None, 0)


def stairs(fixed, per_unit, unit, per_million=0.0, beyond=0.0, spare=0):
    return Staircase(fixed, per_million / 1e6, per_unit, beyond, unit, spare)


lines = st.builds(line, powers_of_ten(1, 1e5), powers_of_ten(0.01, 100))
staircases = st.builds(
    stairs,
    powers_of_ten(1, 1e5),
    powers_of_ten(10, 1e5),
    powers_of_ten(1e10, 1e13),
    powers_of_ten(1e-4, 1),
    st.sampled_from([0.0, 1000.0]),
    st.integers(0, 2),
)
"""Up to a hundred steps in the range: beyond, the search promises nothing."""


def named(costs):
    return {str(index): cost for index, cost in enumerate(costs)}


def winner_by(found, costs, volume):
    """The cheapest as the changes tell it."""
    passed = [change for change in found if change.tokens <= volume]
    if passed:
        return passed[-1].above
    return found[0].below if found else cheapest_at(costs, LOW)


def is_clear(costs, volume):
    """Whether the cheapest is so by more than rounding."""
    usd = sorted(cost.usd(volume) for cost in costs.values())
    return len(usd) < 2 or usd[1] - usd[0] > TIE * usd[1]


def assert_told_everywhere(costs, found):
    for volume in FINE:
        if is_clear(costs, volume):
            assert winner_by(found, costs, volume) == cheapest_at(costs, volume), volume


@settings(max_examples=60)
@given(st.lists(lines | staircases, min_size=1, max_size=5).map(named))
def test_the_changes_tell_the_cheapest_at_every_volume(costs):
    assert_told_everywhere(costs, changes(costs, LOW, HIGH))


@settings(max_examples=60)
@given(st.lists(lines | staircases, min_size=1, max_size=5).map(named))
def test_two_volumes_differ_iff_a_change_lies_between(costs):
    found = changes(costs, LOW, HIGH)
    clear = [volume for volume in FINE if is_clear(costs, volume)]
    for low, high in pairwise(clear):
        between = [change for change in found if low < change.tokens <= high]
        differs = cheapest_at(costs, low) != cheapest_at(costs, high)
        moved = bool(between) and between[0].below != between[-1].above
        assert differs == moved


@settings(max_examples=60)
@given(st.lists(lines | staircases, min_size=1, max_size=5).map(named))
def test_changes_ascend_and_each_begins_where_the_last_ended(costs):
    found = changes(costs, LOW, HIGH)
    assert [each.tokens for each in found] == sorted(each.tokens for each in found)
    assert all(LOW <= each.tokens <= HIGH and each.below != each.above for each in found)
    for one, following in pairwise(found):
        assert one.above == following.below


@settings(max_examples=60)
@given(st.lists(lines, min_size=2, max_size=2).map(named))
def test_two_lines_cross_at_most_once_where_they_cost_the_same(costs):
    found = changes(costs, LOW, HIGH)
    assert len(found) <= 1
    for change in found:
        below, above = costs[change.below], costs[change.above]
        assert below.usd(change.tokens) == pytest.approx(above.usd(change.tokens), rel=1e-6)


def test_a_line_crosses_another_where_the_arithmetic_says():
    # 1000 + 0.1 per million = 10 + 1 per million at 1,100 million
    [change] = changes({"own": line(1000, 0.1), "api": line(10, 1.0)}, LOW, HIGH)
    assert (change.below, change.above) == ("api", "own")
    assert change.tokens == pytest.approx(1.1e9, rel=1e-6)


def test_a_staircase_may_be_crossed_several_times():
    # $100 for each 1e9 tokens, against $0.15 per million: the API wins again after each step
    # until it costs more than two units at once.
    costs = {"api": line(0, 0.15), "own": stairs(0, 100.0, 1e9)}
    found = changes(costs, LOW, 1e10)
    assert [(each.below, each.above) for each in found] == [
        ("api", "own"),
        ("own", "api"),
        ("api", "own"),
    ]
    # 100 / 0.15, the step, 200 / 0.15; the next step costs 300 at 2e9, the API 300 as well.
    assert [each.tokens for each in found] == pytest.approx([1e9 / 1.5, 1e9, 2e9 / 1.5], rel=1e-6)


def test_a_third_that_is_cheapest_only_for_a_moment_is_found():
    costs = {"a": line(0, 1.0), "b": line(1000, 0.5), "c": line(499.9, 0.7499)}
    # a and b meet at $2,000; c costs $1,999.7 there, and is the cheapest just around it.
    found = changes(costs, LOW, HIGH)
    assert [(each.below, each.above) for each in found] == [("a", "c"), ("c", "b")]


def test_one_option_or_none_changes_nothing():
    assert changes({"a": line(1, 1)}, LOW, HIGH) == []
    assert changes({"a": line(1, 1), "b": line(2, 2)}, LOW, HIGH) == []
    assert changes({"a": line(1, 1), "b": line(1, 1)}, LOW, HIGH) == []


def test_a_grid_has_equal_ratios_and_both_ends():
    points = grid(1e6, 1e8, 10)
    assert (points[0], points[-1], len(points)) == (1e6, 1e8, 21)
    ratios = [high / low for low, high in pairwise(points)]
    assert ratios == pytest.approx([10**0.1] * 20)
