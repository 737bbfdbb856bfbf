"""JSON taken apart and put together with every number as it was written."""

from typing import Any

import msgspec
from msgspec import Raw


def _as_written(number: str) -> Raw:
    return Raw(number.encode())


_decoder = msgspec.json.Decoder(float_hook=_as_written)
_encoder = msgspec.json.Encoder()


def decode(data: bytes | str) -> Any:
    """A JSON value; what is no whole number in it becomes a `Raw`, which `encode` writes back.

    Raises:
        One of `members.UNREADABLE`: It is not JSON.
    """
    return _decoder.decode(data)


def encode(value: Any) -> bytes:
    """A value as JSON."""
    return _encoder.encode(value)
