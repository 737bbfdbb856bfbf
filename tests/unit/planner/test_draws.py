"""Draws are the same numbers however they are read."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from headgate.catalog.sources import Range
from headgate.planner.bill import Bill, Part
from headgate.planner.draws import DRAWS, Draws
from headgate.planner.inputs import CAPITAL, Input, Inputs, capital_per_month
from headgate.runtime.planning import column

NAMES = ("life_years", "resale_share", "interest_rate_per_year", "wage", "speed")
SPANS = ((3, 4, 6), (0.1, 0.2, 0.3), (0.0, 0.05, 0.1), (50, 90, 140), (0.5, 1, 1.5))


def drawn() -> Draws:
    entries = (
        Input(id=name, name=name, unit="usd", range=Range(low=low, usual=usual, high=high))
        for name, (low, usual, high) in zip(NAMES, SPANS, strict=True)
    )
    return Draws(Inputs(entries), column)


def rows(draws: Draws) -> list[dict[str, float]]:
    columns = {name: draws.column(name) for name in (*NAMES, CAPITAL)}
    return [{name: each[index] for name, each in columns.items()} for index in range(DRAWS)]


def test_what_is_derived_follows_from_its_own_draw() -> None:
    for row in rows(drawn()):
        assert row[CAPITAL] == capital_per_month(row)


def test_a_product_is_that_of_each_draw() -> None:
    draws = drawn()
    expected = [row["wage"] * row["speed"] for row in rows(draws)]
    assert draws.product(("wage", "speed")) == expected
    assert draws.product(()) == [1.0] * DRAWS


amounts = st.floats(0, 1e6)
part = st.builds(
    Part,
    id=st.just("part"),
    name=st.just("part"),
    formula=st.just(""),
    inputs=st.lists(st.sampled_from((*NAMES, CAPITAL)), max_size=3).map(tuple),
    fixed=amounts,
    per_token=amounts,
    per_unit=amounts,
    per_unit_beyond_first=amounts,
)


@given(st.lists(part, max_size=5), st.sampled_from([None, "speed"]))
def test_a_bill_at_each_draw_is_the_bill_at_its_values(
    parts: list[Part], speed: str | None
) -> None:
    bill = Bill(parts=tuple(parts), unit_tokens=1e6, speed_input=speed, spare_units=1)
    draws = drawn()
    for cost, row in zip(bill.at_each(draws), rows(draws), strict=True):
        assert cost.usd(3.5e6) == pytest.approx(bill.at(row).usd(3.5e6))
        assert cost.units(3.5e6) == bill.at(row).units(3.5e6)
