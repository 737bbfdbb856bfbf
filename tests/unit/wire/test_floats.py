"""Vectors as text: the bytes the world agreed on, whatever machine we run on."""

import base64
import struct

import pytest
from hypothesis import given
from hypothesis import strategies as st

from headgate.wire.floats import pack, unpack

numbers = st.lists(st.floats(width=32, allow_nan=False, allow_infinity=False), max_size=20)


@given(numbers)
def test_numbers_of_32_bits_come_back_and_the_lowest_byte_is_first(vector):
    packed = pack(vector)
    assert base64.b64decode(packed) == struct.pack(f"<{len(vector)}f", *vector)
    assert unpack(packed) == tuple(vector)


@pytest.mark.parametrize(
    "text",
    [
        "AAA=",
        "not base64!",
        "é",
        base64.b64encode(struct.pack("<f", float("nan"))).decode(),
        base64.b64encode(struct.pack("<f", float("inf"))).decode(),
    ],
)
def test_what_holds_no_numbers_is_an_error_of_value(text):
    with pytest.raises(ValueError, match=r".+"):
        unpack(text)
