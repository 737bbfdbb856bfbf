"""Vectors as APIs pack them: floats of 32 bits, the lowest byte first, in base64."""

import math
import sys
from array import array
from base64 import b64decode, b64encode
from collections.abc import Iterable

_IS_BIG_ENDIAN = sys.byteorder == "big"


def pack(vector: Iterable[float]) -> str:
    """A vector as text; of each number, as much as 32 bits hold."""
    numbers = array("f", vector)
    if _IS_BIG_ENDIAN:
        numbers.byteswap()
    return b64encode(numbers.tobytes()).decode()


def unpack(text: str) -> tuple[float, ...]:
    """A vector from its text.

    Raises:
        ValueError: It holds none, or one of what are no numbers.
    """
    numbers = array("f")
    numbers.frombytes(b64decode(text, validate=True))
    if _IS_BIG_ENDIAN:
        numbers.byteswap()
    if not all(map(math.isfinite, numbers)):
        raise ValueError("a vector holds what is no number")
    return tuple(numbers)
