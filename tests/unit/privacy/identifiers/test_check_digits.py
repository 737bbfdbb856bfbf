import pytest
from hypothesis import given
from hypothesis import strategies as st

from headgate.privacy.identifiers.check_digits import (
    base58_payload,
    passes_bech32,
    passes_luhn,
    passes_mrz,
    passes_vin,
    passes_weights,
    ripple_payload,
)

digits = st.text("0123456789", min_size=2, max_size=20)


@given(digits, st.data())
def test_luhn_notices_every_single_wrong_digit(number, data):
    right = next(f"{number}{last}" for last in range(10) if passes_luhn(f"{number}{last}"))
    place = data.draw(st.integers(0, len(right) - 1))
    wrong = str((int(right[place]) + data.draw(st.integers(1, 9))) % 10)
    assert not passes_luhn(right[:place] + wrong + right[place + 1 :])


def test_published_examples_pass():
    assert passes_luhn("79927398713")
    assert passes_weights("9434765919", (10, 9, 8, 7, 6, 5, 4, 3, 2, 1), 11)
    assert passes_vin("1M8GDM9AXKP042788")
    assert passes_mrz("L898902C3", "6")
    assert passes_mrz("740812", "2")


def test_changed_ones_fail():
    assert not passes_weights("9434765918", (10, 9, 8, 7, 6, 5, 4, 3, 2, 1), 11)
    assert not passes_vin("1M8GDM9AXKP042789")
    assert not passes_vin("1M8GDM9AXKPO42788")
    assert not passes_mrz("L898902C4", "6")


@pytest.mark.parametrize(
    ("address", "version"),
    [("1A1zP1eP5QGefi2DMPTfTL5SLmv7DivfNa", 0), ("3J98t1WpEZ73CNmQviecrnyiWrnqRhWNLy", 5)],
)
def test_a_base58_address_has_its_version(address, version):
    payload = base58_payload(address)
    assert payload is not None
    assert (payload[0], len(payload)) == (version, 21)
    assert base58_payload(address[:-1] + "z") is None
    assert base58_payload(address[:-1] + "0") is None


def test_a_ripple_address_is_read_in_its_own_alphabet():
    payload = ripple_payload("rHb9CJAWyB4rj91VRWn96DkukG4bwdtyTh")
    assert payload is not None
    assert payload[0] == 0


@pytest.mark.parametrize(
    "address",
    [
        "bc1qw508d6qejxtdg4y5r3zarvary0c5xw7kv8f3t4",
        "BC1QW508D6QEJXTDG4Y5R3ZARVARY0C5XW7KV8F3T4",
        "bc1p0xlxvlhemja6c4dqv22uapctqupfhlxm9h8z3k2e72q4k9hcz7vqzk5jj0",
    ],
)
def test_a_segregated_witness_address_passes_until_it_is_changed(address):
    assert passes_bech32(address)
    assert not passes_bech32(address[:-1] + ("q" if address[-1].lower() != "q" else "p"))


@pytest.mark.parametrize("text", ["", "1", "bc1", "bc1b", "plain", "abc1qqqqq"])
def test_other_text_is_no_such_address(text):
    assert not passes_bech32(text)
