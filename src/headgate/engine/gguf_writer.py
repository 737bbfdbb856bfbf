"""Write a GGUF file (version 3): named values, then named arrays of numbers.

The layout is llama.cpp's: a header, the metadata, the list of tensors, and their data,
every tensor aligned. Tensor dimensions are stored fastest first, so a matrix of `rows`
by `columns` says `columns, rows`.
"""

import struct
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Final, Literal

MAGIC: Final = b"GGUF"
VERSION: Final = 3
ALIGNMENT: Final = 32

UINT32, INT32, FLOAT32, BOOL, STRING, ARRAY = 4, 5, 6, 7, 8, 9
"""Numbers of the metadata types this file writes."""

Number = Literal["f32", "f16"]
_NUMBER_CODES: Final[Mapping[Number, int]] = {"f32": 0, "f16": 1}

MetadataValue = str | bool | int | float | list[str] | list[int]


@dataclass(frozen=True, slots=True)
class Tensor:
    """Numbers in row order, little endian; a vector has `rows` 1."""

    name: str
    rows: int
    columns: int
    number: Number
    data: bytes | bytearray

    @property
    def dimensions(self) -> tuple[int, ...]:
        """Fastest first."""
        return (self.columns,) if self.rows == 1 else (self.columns, self.rows)


def gguf_bytes(metadata: Mapping[str, MetadataValue], tensors: Iterable[Tensor]) -> bytes:
    """A complete file."""
    listed = list(tensors)
    head = bytearray(MAGIC + struct.pack("<IQQ", VERSION, len(listed), len(metadata)))
    for key, value in metadata.items():
        head += _string(key) + _typed(value)
    offset = 0
    for tensor in listed:
        dimensions = tensor.dimensions
        head += _string(tensor.name) + struct.pack("<I", len(dimensions))
        head += struct.pack(f"<{len(dimensions)}Q", *dimensions)
        head += struct.pack("<IQ", _NUMBER_CODES[tensor.number], offset)
        offset += _aligned(len(tensor.data))
    return b"".join([_padded(head), *(_padded(tensor.data) for tensor in listed)])


def _typed(value: MetadataValue) -> bytes:
    match value:
        case bool():
            return struct.pack("<I?", BOOL, value)
        case int():
            return struct.pack("<II", UINT32, value)
        case float():
            return struct.pack("<If", FLOAT32, value)
        case str():
            return struct.pack("<I", STRING) + _string(value)
        case list():
            return struct.pack("<I", ARRAY) + _array(value)


def _array(values: list[str] | list[int]) -> bytes:
    texts = [_string(value) for value in values if isinstance(value, str)]
    if texts:
        return struct.pack("<IQ", STRING, len(texts)) + b"".join(texts)
    return struct.pack(f"<IQ{len(values)}i", INT32, len(values), *values)


def _string(text: str) -> bytes:
    encoded = text.encode()
    return struct.pack("<Q", len(encoded)) + encoded


def _aligned(size: int) -> int:
    return -(-size // ALIGNMENT) * ALIGNMENT


def _padded(data: bytes | bytearray) -> bytes:
    return bytes(data).ljust(_aligned(len(data)), b"\0")
