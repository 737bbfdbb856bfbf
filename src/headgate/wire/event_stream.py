"""AWS's binary event streams, as they arrive.

A message is a prelude of three big-endian numbers (its length, that of its headers, a CRC
of these two), then headers, payload, and a CRC of all before it. The prelude is checked
before anything is waited for, so a broken length cannot make us hold what never ends.
"""

import struct
from binascii import crc32
from collections.abc import Mapping

from msgspec import Struct

from headgate.core.errors import UpstreamGarbled

MAX_MESSAGE = 16 * 1024 * 1024
"""Most bytes of one message that we hold for a peer."""

_PRELUDE = struct.Struct(">III")
_CRC = struct.Struct(">I")
_SMALLEST = _PRELUDE.size + _CRC.size
_TEXT = 7
_SIZES: Mapping[int, int] = {0: 0, 1: 0, 2: 1, 3: 2, 4: 4, 5: 8, 8: 8, 9: 16}
"""Bytes of a header's value by its type; types 6 and 7 have a length of their own."""
_SIZED = (6, _TEXT)


class Message(Struct, frozen=True, gc=False):
    """One message: its bytes, the text headers and what it says."""

    raw: bytes
    headers: Mapping[str, str]
    payload: bytes


class MessageDecoder:
    """Split a byte stream into messages; chunks may end anywhere."""

    __slots__ = ("_rest",)

    def __init__(self) -> None:
        self._rest = bytearray()

    def feed(self, chunk: bytes) -> list[Message]:
        """Take the next bytes; return the messages they complete.

        Raises:
            UpstreamGarbled: A message whose checksums or lengths are wrong, or over
                `MAX_MESSAGE`.
        """
        rest = self._rest
        rest += chunk
        messages = []
        start = 0
        while len(rest) - start >= _PRELUDE.size:
            length, header_length = _prelude(rest, start)
            if len(rest) - start < length:
                break
            messages.append(_message(bytes(rest[start : start + length]), header_length))
            start += length
        del rest[:start]
        return messages


def _prelude(data: bytearray, start: int) -> tuple[int, int]:
    length, header_length, checksum = _PRELUDE.unpack_from(data, start)
    if crc32(data[start : start + 8]) != checksum:
        raise UpstreamGarbled("a message of the backend's stream has a wrong checksum")
    if length > MAX_MESSAGE:
        raise UpstreamGarbled(f"one message of the stream is over {MAX_MESSAGE} bytes")
    if length < _SMALLEST + header_length:
        raise UpstreamGarbled("a message of the backend's stream is shorter than its headers")
    return length, header_length


def _message(raw: bytes, header_length: int) -> Message:
    end = len(raw) - _CRC.size
    if crc32(raw[:end]) != _CRC.unpack_from(raw, end)[0]:
        raise UpstreamGarbled("a message of the backend's stream has a wrong checksum")
    headers_end = _PRELUDE.size + header_length
    try:
        headers = _headers(raw[_PRELUDE.size : headers_end])
    except (struct.error, UnicodeDecodeError, KeyError, IndexError) as error:
        raise UpstreamGarbled("a header of the backend's stream cannot be read") from error
    return Message(raw, headers, raw[headers_end:end])


def _headers(data: bytes) -> dict[str, str]:
    """The text ones; others are stepped over."""
    found: dict[str, str] = {}
    place = 0
    while place < len(data):
        name_end = place + 1 + data[place]
        name, kind = data[place + 1 : name_end].decode(), data[name_end]
        place = name_end + 1
        if kind in _SIZED:
            (size,) = struct.unpack_from(">H", data, place)
            place += 2
        else:
            size = _SIZES[kind]
        value = data[place : place + size]
        if len(value) < size:
            raise IndexError(name)
        if kind == _TEXT:
            found[name] = value.decode()
        place += size
    return found
