"""Reads streams as a program on the load's core: `python -m bench.stream_client URL N COUNT`.

The upstream writes the moment of sending into every chunk. Both clocks are the machine's
one monotonic clock, so each chunk tells how long it took on its way, whatever its pace.
"""

import asyncio
import json
import re
import sys
import time
from functools import partial
from statistics import median, quantiles
from typing import cast
from urllib.parse import urlsplit

import uvloop
from typing_extensions import override

from bench.load import request_body
from bench.upstream import STREAM_CHUNKS

_CONTENT = re.compile(rb'"content": ?"(\d{10,})"')
_END = b"0\r\n\r\n"


class StreamReader(asyncio.Protocol):
    """One connection that asks for one stream after the other."""

    def __init__(self, request: bytes, streams: int, done: asyncio.Future[None]) -> None:
        self._request = request
        self._left = streams
        self.done = done
        self._buffer = b""
        self._seen = 0
        self._sent_at = 0
        self.first_tokens: list[float] = []
        self.transits: list[float] = []

    @override
    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast(asyncio.Transport, transport)
        self._ask()

    @override
    def connection_lost(self, exc: Exception | None) -> None:
        if not self.done.done():
            self.done.set_exception(
                RuntimeError(f"connection lost: {exc}; {self._buffer[-500:]!r}")
            )

    @override
    def data_received(self, data: bytes) -> None:
        now = time.monotonic_ns()
        self._buffer += data
        end = 0
        for found in _CONTENT.finditer(self._buffer):
            end = found.end()
            if not self._seen:
                self.first_tokens.append((now - self._sent_at) / 1e6)
            self._seen += 1
            self.transits.append((now - int(found[1])) / 1e6)
        self._buffer = self._buffer[end:]
        if self._buffer.endswith(_END):
            self._finish()

    def _finish(self) -> None:
        if self._seen != STREAM_CHUNKS or b"data: [DONE]" not in self._buffer:
            self.done.set_exception(RuntimeError(f"{self._seen} chunks, then {self._buffer!r}"))
            return
        self._left -= 1
        if self._left:
            self._ask()
        else:
            self.done.set_result(None)
            self._transport.close()

    def _ask(self) -> None:
        self._buffer, self._seen = b"", 0
        self._sent_at = time.monotonic_ns()
        self._transport.write(self._request)


async def read(url: str, at_once: int, streams: int) -> dict[str, float | int]:
    """Figures over all chunks of all streams."""
    place = urlsplit(url)
    body = request_body(stream=True)
    head = (
        f"POST /v1/chat/completions HTTP/1.1\r\nhost: {place.netloc}\r\n"
        f"content-type: application/json\r\ncontent-length: {len(body)}\r\n\r\n"
    ).encode()
    loop = asyncio.get_running_loop()
    each = -(-streams // at_once)
    readers = [StreamReader(head + body, each, loop.create_future()) for _ in range(at_once)]
    for reader in readers:
        await loop.create_connection(
            partial(_same, reader), str(place.hostname), int(place.port or 80)
        )
    await asyncio.gather(*(reader.done for reader in readers))
    transits = [transit for reader in readers for transit in reader.transits]
    return {
        "first_token_ms": median(first for reader in readers for first in reader.first_tokens),
        "transit_p50_ms": median(transits),
        "transit_p99_ms": quantiles(transits, n=100)[98],
        "streams": each * at_once,
    }


def _same(reader: StreamReader) -> StreamReader:
    return reader


if __name__ == "__main__":
    print(json.dumps(uvloop.run(read(sys.argv[1], int(sys.argv[2]), int(sys.argv[3])))))
