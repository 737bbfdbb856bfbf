"""A bill is a sum of lines, and a staircase over the volume."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from headgate.planner.bill import Bill, Part, Staircase, money

amounts = st.floats(0, 1e6)
tokens = st.floats(0, 1e13)
parts = st.lists(
    st.builds(
        lambda kind, inputs, amount: Part(
            id="p", name="p", formula="{tokens} {units}", inputs=inputs, **{kind: amount}
        ),
        st.sampled_from(["fixed", "per_token", "per_unit", "per_unit_beyond_first"]),
        st.sampled_from([(), ("a",), ("b",), ("a", "b")]),
        amounts,
    ),
    min_size=1,
    max_size=6,
)
bills = st.builds(
    lambda parts, unit, spare: Bill(parts=tuple(parts), unit_tokens=unit, spare_units=spare),
    parts,
    st.none() | st.floats(1e3, 1e12),
    st.integers(0, 3),
)
values = st.fixed_dictionaries({"a": st.floats(0, 100), "b": st.floats(0, 100)})


def stairs(unit=100.0, spare=0, **costs):
    usual = {"fixed": 0.0, "per_token": 0.0, "per_unit": 0.0, "per_unit_beyond_first": 0.0}
    return Staircase(**{**usual, **costs}, unit_tokens=unit, spare_units=spare)


@given(bills, tokens, values)
def test_the_lines_add_up_to_the_cost(bill, volume, known):
    lines = bill.lines(volume, known)
    assert float(sum(line.usd for line in lines)) == pytest.approx(
        bill.at(known).usd(volume), rel=1e-9, abs=1e-5
    )


@given(bills, tokens, tokens, values)
def test_a_cost_never_falls_when_the_volume_rises(bill, one, other, known):
    low, high = sorted((one, other))
    cost = bill.at(known)
    assert cost.usd(low) <= cost.usd(high)


@pytest.mark.parametrize(
    ("volume", "units"), [(0, 1), (1, 1), (100, 1), (100.0001, 2), (200, 2), (300, 3), (1000, 10)]
)
def test_units_are_whole_and_at_least_one(volume, units):
    assert stairs().units(volume) == units
    assert stairs(spare=2).units(volume) == units + 2
    assert stairs(unit=None).units(volume) == 0


def test_a_rounding_error_of_the_volume_buys_no_unit():
    assert stairs().units(300 * (1 + 1e-13)) == 3
    assert stairs(unit=0.1).units(0.3) == 3  # 0.3 / 0.1 is 2.9999999999999996; 0.1 + 0.2 is above
    assert stairs(unit=0.1).units(0.1 + 0.2) == 3


def test_a_rounding_error_of_the_volume_costs_nothing():
    cost = stairs(per_unit=30.0)
    assert cost.usd(300 * (1 + 1e-13)) == cost.usd(300) == 90
    assert cost.usd(300 * (1 + 1e-6)) == 120


def test_a_staircase_costs_its_units_spares_and_all():
    cost = stairs(spare=1, fixed=7.0, per_token=0.5, per_unit=30.0)
    # 7 + 0.5 × 250 + 30 × (3 + 1)
    assert cost.usd(250) == 252


def test_the_first_unit_that_is_already_there_is_free():
    cost = stairs(per_unit_beyond_first=40.0)
    assert [cost.usd(volume) for volume in (50, 100, 150, 250)] == [0, 0, 40, 80]


def test_an_api_has_no_units():
    assert stairs(unit=None, per_token=2.0).usd(50) == 100
    assert stairs(unit=None).steps(1, 1e12, 100) == []


def test_steps_are_where_a_unit_more_is_needed():
    cost = stairs(unit=100.0, per_unit=1.0)
    assert cost.steps(150, 450, 100) == [200, 300, 400]
    assert cost.steps(150, 1e6, 3) == [200, 300, 400]
    for step in cost.steps(1, 1000, 100):
        assert cost.usd(step * 1.0001) == cost.usd(step) + 1


def test_inputs_multiply_and_a_slower_machine_needs_more_units():
    bill = Bill(
        parts=(Part(id="rent", name="Rent", formula="", inputs=("usd", "hours"), per_unit=1.0),),
        unit_tokens=100.0,
        speed_input="speed",
    )
    usual = {"usd": 2.0, "hours": 730.0, "speed": 1.0}
    assert bill.at(usual).usd(150) == 2 * 1460
    assert bill.at({**usual, "speed": 0.5}).usd(150) == 3 * 1460
    assert bill.at({**usual, "speed": 1.5}).usd(150) == 1460


def test_working_units_are_those_without_the_spares():
    assert Bill(parts=(), unit_tokens=100.0, spare_units=2).working_units(250) == 3


def test_a_formula_shows_its_numbers():
    part = Part(
        id="x",
        name="x",
        formula="{units} × {tokens} × {0:.1f} × {wage:g}",
        inputs=("a:b", "wage"),
        per_unit=1.0,
    )
    words = part.in_words(1_500_000, 3, {"a:b": 2.0, "wage": 91.0})
    assert words == "3 × 1,500,000 × 2.0 × 91"


@pytest.mark.parametrize(
    ("usd", "exact"),
    [
        (0.1 + 0.2, "0.3"),
        (2.85, "2.85"),
        (1e-7, "0"),
        (1e-6, "0.000001"),
        (1e15, "1000000000000000"),
        (100.0, "100"),
    ],
)
def test_money_is_exact_to_the_millionth(usd, exact):
    assert money(usd) == Decimal(exact)
    assert "E" not in str(money(usd))
