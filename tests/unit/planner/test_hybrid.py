"""A hybrid is never dearer than one of its halves, and the best of all divisions."""

from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from headgate.estimate.traffic import LoadStep
from headgate.planner.bill import Bill, Part
from headgate.planner.hybrid import Curve, HybridBill
from support.plans import powers_of_ten

MOST_UNITS = 60


@st.composite
def curves(draw):
    weights = draw(
        st.lists(st.tuples(st.floats(0.01, 1), st.floats(0, 10)), min_size=1, max_size=6)
    )
    weights.append((0.5, 1.0))
    time = sum(share for share, _ in weights)
    mean = sum(share / time * load for share, load in weights)
    return [LoadStep(share=share / time, load=load / mean) for share, load in weights]


def bill(unit=None, spare=0, **costs):
    parts = tuple(
        Part(id=kind, name=kind, formula="", **{kind: usd}) for kind, usd in costs.items()
    )
    return Bill(parts=parts, unit_tokens=unit, spare_units=spare)


@st.composite
def hybrids(draw, *, is_desk=False):
    curve = draw(curves())
    per_unit = draw(powers_of_ten(10, 1e4))
    beyond = draw(powers_of_ten(10, 1e4)) if is_desk else 0.0
    own = bill(
        unit=draw(powers_of_ten(1e8, 1e11)),
        spare=draw(st.integers(0, 2)),
        fixed=draw(powers_of_ten(1, 1e4)),
        per_token=draw(powers_of_ten(1e-9, 1e-6)),
        per_unit=per_unit,
        per_unit_beyond_first=beyond,
    )
    api = bill(fixed=draw(powers_of_ten(1, 1e4)), per_token=draw(powers_of_ten(1e-8, 1e-5)))
    peak = max(1.0, *(step.load for step in curve))
    return HybridBill(own=own, api=api, curve=Curve(curve), peak=peak)


def kept_by_hand(steps, tokens, most):
    return sum(step.share * min(step.load * tokens, most) for step in steps)


def by_brute_force(hybrid, steps, tokens):
    """The cheapest of the API alone, the machines alone, and every number of them with it."""
    own, api = hybrid.own.at({}), hybrid.api.at({})
    flat_out = own.unit_tokens * hybrid.peak
    found = [own.usd(tokens), api.usd(tokens)]
    for units in range(1, MOST_UNITS):
        kept = kept_by_hand(steps, tokens, units * flat_out)
        machines = own.fixed + own.per_unit * units + own.per_unit_beyond_first * (units - 1)
        both = own.per_token * kept + api.fixed + api.per_token * (tokens - kept)
        found.append(machines + both)
    return min(found)


def steps_of(hybrid):
    curve = hybrid.curve
    shares = [high - low for low, high in pairwise(curve.shares)]
    loads = [-load for load in curve.loads]
    return [LoadStep(share=s, load=load) for s, load in zip(shares, loads, strict=True)]


few_units = st.floats(0.01, MOST_UNITS / 4)
"""Volume in units of a machine: so few that brute force looks at all of them."""


@given(curves(), powers_of_ten(1e6, 1e12), powers_of_ten(1e3, 1e13))
def test_what_is_kept_is_the_load_up_to_what_the_machines_serve(steps, tokens, most):
    kept = Curve(steps).kept(tokens, most)
    assert kept == pytest.approx(kept_by_hand(steps, tokens, most), rel=1e-9)
    assert 0 <= kept <= tokens * (1 + 1e-9)


@given(hybrids() | hybrids(is_desk=True), powers_of_ten(1e6, 1e13))
def test_it_is_never_dearer_than_either_half(hybrid, tokens):
    cost = hybrid.at({})
    assert cost.usd(tokens) <= min(hybrid.own.at({}).usd(tokens), hybrid.api.at({}).usd(tokens))


@settings(max_examples=100)
@given(hybrids(), few_units)
def test_it_is_the_cheapest_of_all_divisions(hybrid, volume):
    tokens = volume * hybrid.own.unit_tokens
    best = by_brute_force(hybrid, steps_of(hybrid), tokens)
    assert hybrid.at({}).usd(tokens) == pytest.approx(best, rel=1e-9)


@settings(max_examples=100)
@given(hybrids(is_desk=True), few_units)
def test_it_is_the_cheapest_of_all_divisions_with_a_machine_that_is_there(hybrid, volume):
    tokens = volume * hybrid.own.unit_tokens
    best = by_brute_force(hybrid, steps_of(hybrid), tokens)
    assert hybrid.at({}).usd(tokens) == pytest.approx(best, rel=1e-9)


@given(hybrids() | hybrids(is_desk=True), powers_of_ten(1e6, 1e13), powers_of_ten(1e6, 1e13))
def test_its_cost_never_falls_when_the_volume_rises(hybrid, one, other):
    low, high = sorted((one, other))
    cost = hybrid.at({})
    assert cost.usd(low) <= cost.usd(high) * (1 + 1e-12)


@given(hybrids() | hybrids(is_desk=True), powers_of_ten(1e6, 1e12))
def test_the_split_costs_what_the_hybrid_costs(hybrid, tokens):
    cost, split = hybrid.at({}), hybrid.at({}).split(tokens)
    lines = hybrid.lines(tokens, {})
    assert float(sum(line.usd for line in lines)) == pytest.approx(
        cost.usd(tokens), rel=1e-9, abs=1e-4
    )
    assert 0 <= split.kept_tokens <= tokens * (1 + 1e-9)
    assert (split.units == 0) == (split.kept_tokens == 0)


def test_a_peak_that_is_seldom_is_spilled():
    # Nine tenths of the time half the mean, one tenth 5.5 times: 1e9 tokens a month.
    curve = [LoadStep(share=0.1, load=5.5), LoadStep(share=0.9, load=0.5)]
    # A unit serves 1e9 tokens flat out and costs $100; alone it takes 6 for the peak.
    own = bill(unit=1e9 / 5.5, per_unit=100.0)
    api = bill(per_token=0.4e-6)
    hybrid = HybridBill(own=own, api=api, curve=Curve(curve), peak=5.5)
    split = hybrid.at({}).split(1e9)
    # One unit keeps 0.9 × 0.5 + 0.1 × 1 = 0.55 of it: 100 + 0.45e9 × 0.4e-6 = $280.
    # The API alone is $400, six units are $600; a second unit would keep only 0.1 more ($40).
    assert (split.units, split.kept_tokens) == (1, pytest.approx(0.55e9))
    assert hybrid.at({}).usd(1e9) == pytest.approx(280)
    assert {line.part.name.partition(":")[0] for line in hybrid.lines(1e9, {})} == {"Own", "API"}


def test_the_machine_on_the_desk_is_used_even_where_a_second_would_not_pay():
    # It is there, so it costs nothing; a further one is $10,000. The API is $1 a million.
    own = bill(unit=1e9, per_unit_beyond_first=10_000.0)
    api = bill(per_token=1e-6)
    flat = [LoadStep(share=1.0, load=1.0)]
    hybrid = HybridBill(own=own, api=api, curve=Curve(flat), peak=1.0)
    # The first thousand million stay, the other two cost $2,000.
    assert hybrid.at({}).usd(3e9) == pytest.approx(2000)
    assert hybrid.at({}).split(3e9).units == 1


def test_halves_that_are_not_used_have_no_lines():
    curve = Curve([LoadStep(share=1.0, load=1.0)])
    dear, cheap = bill(unit=1e9, per_unit=1e6), bill(unit=1e9, per_unit=1.0)
    api = bill(per_token=1e-6)
    only_api = HybridBill(own=dear, api=api, curve=curve, peak=1.0).lines(1e9, {})
    only_own = HybridBill(own=cheap, api=api, curve=curve, peak=1.0).lines(1e9, {})
    assert {line.part.id for line in only_api} == {"api_per_token"}
    assert {line.part.id for line in only_own} == {"own_per_unit"}
