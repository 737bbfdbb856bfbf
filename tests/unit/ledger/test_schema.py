"""Money in the database."""

from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from headgate.ledger.schema import from_pico_usd, to_pico_usd


@given(st.decimals(0, 1_000_000, places=12))
def test_money_comes_back_as_it_went_in(amount: Decimal) -> None:
    assert from_pico_usd(to_pico_usd(amount)) == amount


def test_what_is_finer_than_the_unit_is_rounded() -> None:
    assert to_pico_usd(Decimal("0.0000000000015")) == 2
    assert to_pico_usd(Decimal(1) / 3) == 333_333_333_333


def test_money_is_read_without_trailing_zeros() -> None:
    assert str(from_pico_usd(1_500_000_000_000)) == "1.5"
    assert str(from_pico_usd(20 * 10**12)) == "20"
    assert str(from_pico_usd(0)) == "0"
