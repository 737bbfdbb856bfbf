"""Request bodies that come compressed, unpacked up to the limit that plain ones have.

Unpacking stops at the limit, so that a small body that would become a huge one costs no
more than a large one; and it happens in a thread, so that nobody waits for it.
"""

import asyncio
import sys
import zlib
from collections.abc import Callable, Mapping
from typing import Any

from headgate.core.errors import InvalidRequest
from headgate.server.asgi import too_large

if sys.version_info >= (3, 14):
    from compression.zstd import ZstdDecompressor, ZstdError
else:
    from backports.zstd import ZstdDecompressor, ZstdError

UNSUPPORTED_MEDIA_TYPE = 415
_GZIP_OR_ZLIB = zlib.MAX_WBITS | 32
"""zlib's own way to say: whichever of the two headers is there."""
_UNPACKERS: Mapping[bytes, Callable[[], Any]] = {
    b"gzip": lambda: zlib.decompressobj(_GZIP_OR_ZLIB),
    b"x-gzip": lambda: zlib.decompressobj(_GZIP_OR_ZLIB),
    b"deflate": lambda: zlib.decompressobj(_GZIP_OR_ZLIB),
    b"zstd": ZstdDecompressor,
}


async def unpacked(coding: bytes, body: bytes, limit: int) -> bytes:
    """What `coding` (the value of `content-encoding`) packed into `body`.

    Raises:
        InvalidRequest: The coding is none of ours, or the body is not of it.
        TooLarge: It would be more than `limit` bytes.
    """
    name = coding.strip().lower()
    if name == b"identity":
        return body
    if name not in _UNPACKERS:
        error = InvalidRequest(
            f"bodies encoded as `{coding.decode('latin-1')[:40]}` are not understood",
            hint="send `gzip`, `zstd` or `deflate`, or leave it plain",
        )
        error.http_status = UNSUPPORTED_MEDIA_TYPE
        raise error
    return await asyncio.to_thread(_unpack, name, body, limit)


def _unpack(coding: bytes, body: bytes, limit: int) -> bytes:
    """Every part of the body: both formats allow several, one after the other."""
    whole = bytearray()
    while True:
        unpacker = _UNPACKERS[coding]()
        try:
            # One byte more than there may be tells a body at the limit from one beyond it.
            whole += unpacker.decompress(body, limit + 1 - len(whole))
        except (zlib.error, ZstdError) as error:
            raise _broken(coding) from error
        if len(whole) > limit:
            raise too_large(limit)
        if not unpacker.eof:
            raise _broken(coding)
        body = unpacker.unused_data
        if not body:
            return bytes(whole)


def _broken(coding: bytes) -> InvalidRequest:
    return InvalidRequest(f"the body is not valid {coding.decode()}, or not all of it")
