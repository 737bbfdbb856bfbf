"""Request bodies that come compressed, unpacked up to the limit that plain ones have.

What unpacking costs is bounded, whatever was sent: it stops at the limit, so that a small body
that would become a huge one costs no more than a large one, and a body may consist of so many
parts only. It happens in a thread, so that nobody waits for it, unless it is over before a
thread would have begun.
"""

import asyncio
import sys
import zlib
from collections.abc import Callable, Mapping
from contextlib import suppress
from typing import Any

from headgate.core.errors import InvalidRequest, TooLarge
from headgate.server.asgi import Receive, read_body, too_large

if sys.version_info >= (3, 14):
    from compression.zstd import ZstdDecompressor, ZstdError
else:
    from backports.zstd import ZstdDecompressor, ZstdError

UNSUPPORTED_MEDIA_TYPE = 415
AT_ONCE_BYTES = 64 * 1024
"""A body that stays below this, packed and unpacked, is unpacked in the event loop."""
MOST_PARTS = 512
"""Enough for packers that begin anew every 64 KiB; each costs time, even an empty one."""
_PIECE_BYTES = 64 * 1024
"""What is left over of a piece when a part ends is copied, so pieces are small."""
_PLAIN = frozenset({b"", b"identity"})
_GZIP_OR_ZLIB = zlib.MAX_WBITS | 32
"""zlib's own way to say: whichever of the two headers is there."""
_UNPACKERS: Mapping[bytes, Callable[[], Any]] = {
    b"gzip": lambda: zlib.decompressobj(_GZIP_OR_ZLIB),
    b"x-gzip": lambda: zlib.decompressobj(_GZIP_OR_ZLIB),
    b"deflate": lambda: zlib.decompressobj(_GZIP_OR_ZLIB),
    b"zstd": ZstdDecompressor,
}


async def read_unpacked(headers: dict[bytes, bytes], receive: Receive, limit: int) -> bytes:
    """The request's body, without the packing that its headers tell of.

    Raises:
        InvalidRequest: It is packed in a way that is none of ours, or is not packed so.
        TooLarge: Over `limit` bytes, packed or unpacked.
        ClientGone: The client left before it was complete.
    """
    body = await read_body(headers, receive, limit)
    coding = headers.get(b"content-encoding")
    return body if coding is None else await unpacked(coding, body, limit)


def is_packed(headers: Mapping[bytes, bytes]) -> bool:
    """Whether the body has to be unpacked before it is what `content-type` says."""
    return headers.get(b"content-encoding", b"").strip().lower() not in _PLAIN


async def unpacked(coding: bytes, body: bytes, limit: int) -> bytes:
    """What `coding` (the value of `content-encoding`) packed into `body`.

    Raises:
        InvalidRequest: The coding is none of ours, or the body is not of it.
        TooLarge: It would be more than `limit` bytes.
    """
    name = coding.strip().lower()
    if name in _PLAIN:
        return body
    if name not in _UNPACKERS:
        error = InvalidRequest(
            f"bodies encoded as `{coding.decode('latin-1')[:40]}` are not understood",
            hint="send `gzip`, `zstd` or `deflate`, or leave it plain",
        )
        error.http_status = UNSUPPORTED_MEDIA_TYPE
        raise error
    if len(body) <= AT_ONCE_BYTES:
        with suppress(TooLarge):
            return _unpack(name, body, min(limit, AT_ONCE_BYTES))
    return await asyncio.to_thread(_unpack, name, body, limit)


def _unpack(coding: bytes, body: bytes, limit: int) -> bytes:
    """Every part of the body: both formats allow several, one after the other."""
    whole, packed = bytearray(), memoryview(body)
    for _ in range(MOST_PARTS):
        try:
            taken = _unpack_part(_UNPACKERS[coding](), packed, whole, limit)
        except (zlib.error, ZstdError, EOFError) as error:
            raise _broken(coding) from error
        packed = packed[taken:]
        if not packed:
            return bytes(whole)
    raise InvalidRequest(
        f"the body is {coding.decode()} in more than {MOST_PARTS} parts",
        hint="pack it in one",
    )


def _unpack_part(unpacker: Any, packed: memoryview, whole: bytearray, limit: int) -> int:
    """Add what one part holds to `whole`; returns how many bytes the part has.

    Raises:
        EOFError: There is no end to it.
        TooLarge: There would be more than `limit` bytes.
    """
    read = 0
    while not unpacker.eof:
        piece = packed[read : read + _PIECE_BYTES]
        if not piece:
            raise EOFError
        # One byte more than there may be tells a body at the limit from one beyond it.
        whole += unpacker.decompress(piece, limit + 1 - len(whole))
        if len(whole) > limit:
            raise too_large(limit)
        read += len(piece)
    return read - len(unpacker.unused_data)


def _broken(coding: bytes) -> InvalidRequest:
    return InvalidRequest(f"the body is not valid {coding.decode()}, or not all of it")
