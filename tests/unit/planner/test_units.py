"""Numbers as people write them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from headgate.planner.units import dollars, read_number, tokens_in_words, value_in_words


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("2.5M", 2_500_000),
        ("2.5m", 2_500_000),
        ("10B", 10**10),
        ("1T", 10**12),
        ("250k", 250_000),
        ("1e6", 1_000_000),
        ("10,000", 10_000),
        ("10_000", 10_000),
        (" 7 ", 7),
        ("2 M", 2_000_000),
        ("-3", -3),
    ],
)
def test_numbers_are_read_as_people_type_them(text, number):
    assert read_number(text) == pytest.approx(number)


@pytest.mark.parametrize("text", ["", "M", "ten", "2.5X", "1.2.3", "2MM", "--1"])
def test_what_is_no_number_is_none(text):
    assert read_number(text) is None


@pytest.mark.parametrize(
    ("tokens", "words"),
    [(0, "0"), (999, "999"), (1_000, "1k"), (2_500_000, "2.5M"), (10**10, "10B"), (10**12, "1T")],
)
def test_tokens_are_said_with_their_scale(tokens, words):
    assert tokens_in_words(tokens) == words


@given(st.floats(1, 1e15))
def test_tokens_said_and_read_again_are_right_to_three_digits(tokens):
    assert read_number(tokens_in_words(tokens)) == pytest.approx(tokens, rel=0.006, abs=0.5)


def test_dollars_have_cents_below_a_hundred_only():
    assert dollars(2.85) == "$2.85"
    assert dollars(1234.5) == "$1,234"
    assert dollars(0) == "$0.00"


@pytest.mark.parametrize(
    ("value", "unit", "has"),
    [
        (1.1, "factor", "1.10"),
        (0.125, "share_of_spend", "12.5%"),
        (0.146, "usd_per_kwh", "$0.146"),
        (2.1, "usd_per_hour", "$2.10"),
        (50, "usd_per_month", "$50.00"),
        (50, "hours_per_month", "50 hours per month"),
    ],
)
def test_a_value_is_said_with_its_unit(value, unit, has):
    assert has in value_in_words(value, unit)
