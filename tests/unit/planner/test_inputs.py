"""Ranges, draws from them, and what a purchase costs a month."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from headgate.catalog.sources import Range
from headgate.planner.inputs import (
    CAPITAL,
    Input,
    Inputs,
    capital_per_month,
    derived,
    drawn,
    point,
)

ranges = st.lists(st.floats(-1e9, 1e9), min_size=3, max_size=3).map(
    lambda numbers: Range(low=sorted(numbers)[0], usual=sorted(numbers)[1], high=sorted(numbers)[2])
)
shares = st.floats(0, 1)


def years(life=3.0, resale=0.0, interest=0.0):
    return {"life_years": life, "resale_share": resale, "interest_rate_per_year": interest}


def entry(name, low, usual, high):
    return Input(id=name, name=name, unit="usd", range=Range(low=low, usual=usual, high=high))


@given(ranges, shares)
def test_a_draw_lies_in_its_range(span, share):
    slack = 1e-9 * max(1.0, abs(span.low), abs(span.high))
    assert span.low - slack <= drawn(share, span) <= span.high + slack


@given(ranges, shares, shares)
def test_draws_rise_with_their_share(span, one, other):
    low, high = sorted((one, other))
    slack = 1e-9 * max(1.0, abs(span.low), abs(span.high))
    assert drawn(low, span) <= drawn(high, span) + slack


@given(ranges)
def test_half_of_the_draws_lie_below_the_usual_value(span):
    assert drawn(0.5, span) == pytest.approx(span.usual, rel=1e-9, abs=1e-6)
    assert drawn(0.0, span) == pytest.approx(span.low, rel=1e-9, abs=1e-6)
    assert drawn(1.0, span) == pytest.approx(span.high, rel=1e-9, abs=1e-6)


def test_a_draw_is_the_triangles_on_both_sides():
    span = Range(low=0, usual=10, high=100)
    # Below: 0 + 10 × √(2 × 0.125); above: 100 − 90 × √(2 × 0.125).
    assert drawn(0.125, span) == pytest.approx(5)
    assert drawn(0.875, span) == pytest.approx(55)


def test_a_known_figure_is_drawn_as_it_is():
    assert {drawn(share, point(7.0)) for share in (0.0, 0.2, 0.5, 0.9, 1.0)} == {7.0}


def test_without_interest_a_price_is_written_off_in_equal_parts():
    # (1 − 10 %) / (3 × 12)
    assert capital_per_month(years(3, resale=0.1)) == pytest.approx(0.025)


def test_with_interest_it_is_the_annuity_of_the_textbook():
    # $1 at 12 % a year (1 % a month) over 12 months: 0.01 / (1 − 1.01^−12) = 0.0888487887
    assert capital_per_month(years(1, interest=0.12)) == pytest.approx(0.0888487887, abs=1e-9)


def test_a_resale_comes_back_discounted_from_the_end():
    # (1 − 0.5 × 1.01^−12) × 0.0888487887 = (1 − 0.5 × 0.8874492253) × 0.0888487887
    assert capital_per_month(years(1, 0.5, 0.12)) == pytest.approx(0.0494243943, abs=1e-9)


@given(st.floats(0.1, 20), st.floats(0, 0.9), st.floats(1e-18, 0.5))
def test_a_lender_gets_the_price_back_with_interest(life, resale, interest):
    months, monthly = life * 12, interest / 12
    paid = capital_per_month(years(life, resale, interest))
    owed = 1.0
    if months == int(months):
        for _ in range(int(months)):
            owed = owed * (1 + monthly) - paid
        assert owed == pytest.approx(resale, rel=1e-6, abs=1e-6)
    assert paid >= (1 - resale) / months * (1 - 1e-9)


@given(st.floats(0.1, 20), st.floats(0, 0.9))
def test_next_to_no_interest_costs_what_none_does(life, resale):
    assert capital_per_month(years(life, resale, 1e-13)) == pytest.approx(
        capital_per_month(years(life, resale)), rel=1e-3
    )


def test_the_first_to_name_an_input_says_what_it_is():
    inputs = Inputs([entry("a", 1, 2, 3)])
    assert inputs.add(entry("a", 4, 5, 6)) == "a"
    assert inputs["a"].range.usual == 2
    assert "a" in inputs
    assert "b" not in inputs
    assert [each.id for each in inputs.entries] == ["a"]


def test_changing_one_input_leaves_the_others_as_usual():
    inputs = Inputs([entry("a", 1, 2, 3), entry("b", 4, 5, 6)])
    assert inputs.usual() == {"a": 2, "b": 5}
    assert inputs.changed("a", 9) == {"a": 9, "b": 5}


def test_what_is_derived_follows_a_change():
    inputs = Inputs(
        [
            entry("life_years", 2, 3, 5),
            entry("resale_share", 0, 0, 0.5),
            entry("interest_rate_per_year", 0, 0, 0.1),
        ]
    )
    assert inputs.usual()[CAPITAL] == pytest.approx(1 / 36)
    assert inputs.changed("life_years", 2)[CAPITAL] == pytest.approx(1 / 24)
    assert CAPITAL not in derived({"a": 1.0})
