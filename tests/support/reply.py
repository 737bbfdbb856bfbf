"""What a behaviour may do with one request: write, wait, hang, drop the connection."""

import asyncio
import socket
import struct
from collections.abc import Mapping
from dataclasses import dataclass, field
from http import HTTPStatus
from time import monotonic
from typing import Any

import msgspec

from support.answers import Answer, Asked
from support.gate import Gate
from support.shapes import Frame, Shape

_RESET = struct.pack("ii", 1, 0)
_PHRASES = {status.value: status.phrase for status in HTTPStatus}
"""Some APIs (Cohere's) have statuses of their own."""
_HEADERS = {
    "server": "stand-in",
    "openai-processing-ms": "7",
    "x-ratelimit-limit-requests": "500",
    "x-ratelimit-remaining-requests": "499",
}


@dataclass(slots=True, kw_only=True)
class Exchange:
    """One request as it arrived, and what became of it. Times are `time.monotonic()`."""

    number: int
    """1 for the first request of this upstream."""
    connection: int
    """1 for the first connection; equal numbers mean it was reused."""
    method: str
    path: str
    query: str
    headers: Mapping[str, str] = field(repr=False)
    """Lower-case names."""
    body: bytes = field(repr=False)
    behaviour: str = ""
    arrived_at: float
    finished_at: float | None = None
    aborted_at: float | None = None
    """When the peer was noticed to have left before the reply was complete."""
    bytes_sent: int = 0

    @property
    def json(self) -> dict[str, Any]:
        """The body, decoded."""
        found = msgspec.json.decode(self.body)
        assert isinstance(found, dict)
        return found


class Reply:
    """The stand-in's side of one exchange. A peer that leaves cancels whatever waits here."""

    def __init__(
        self, exchange: Exchange, transport: asyncio.Transport, drained: asyncio.Event
    ) -> None:
        self.exchange = exchange
        self.is_stream = False
        self.keeps_alive = True
        self._transport = transport
        self._drained = drained
        self._is_chunked = False
        self._asked: Asked | None = None
        self._shape: Shape | None = None

    def about(self, shape: Shape, asked: Asked, *, is_stream: bool) -> None:
        """What is asked, once the request has been understood."""
        self._shape, self._asked, self.is_stream = shape, asked, is_stream

    @property
    def asked(self) -> Asked:
        assert self._asked is not None
        return self._asked

    @property
    def shape(self) -> Shape:
        assert self._shape is not None
        return self._shape

    def error_headers(self, status: int) -> Mapping[str, str]:
        """Headers of an error of this status, where an API says in them what it is."""
        named = getattr(self.shape, "error_headers", None)
        found: Mapping[str, str] = named(status) if named else {}
        return found

    def frames(self, answer: Answer) -> list[Frame]:
        """The stream that says `answer`."""
        return self.shape.frames(self.asked, answer)

    def start(self, *, length: int | None = None) -> None:
        """Send good headers; the body follows in chunks unless it has a `length`."""
        self._is_chunked = length is None
        framing = {"content-length": str(length)} if length is not None else {}
        kind = self.shape.stream_media_type if self.is_stream else "application/json"
        self._head(200, {"content-type": kind, **framing})

    async def piece(self, data: bytes) -> None:
        """Send a piece of the body."""
        await self.raw(b"%x\r\n%b\r\n" % (len(data), data) if self._is_chunked else data)

    async def raw(self, data: bytes) -> None:
        """Send bytes as they are, and wait while the peer takes none."""
        self._transport.write(data)
        self.exchange.bytes_sent += len(data)
        await self._drained.wait()
        await asyncio.sleep(0)

    def end(self) -> None:
        """The proper end of a chunked body."""
        self._transport.write(b"0\r\n\r\n")

    async def whole(
        self, status: int, body: bytes, headers: Mapping[str, str] | None = None
    ) -> None:
        """A complete response."""
        self._head(
            status,
            {
                "content-type": "application/json",
                "content-length": str(len(body)),
                **(headers or {}),
            },
        )
        await self.raw(body)

    def drop(self, *, reset: bool) -> None:
        """Close the connection, in order (FIN) or by reset (RST)."""
        self.keeps_alive = False
        self.exchange.finished_at = monotonic()
        if reset:
            peer: socket.socket = self._transport.get_extra_info("socket")
            peer.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _RESET)
            self._transport.abort()
        else:
            self._transport.close()

    async def hang(self) -> None:
        """Do nothing until the peer leaves."""
        await asyncio.get_running_loop().create_future()

    async def pause(self, seconds: float) -> None:
        """Let time pass: only for faults that are made of it."""
        await asyncio.sleep(seconds)

    async def wait_for(self, gate: Gate) -> None:
        """Wait until the test lets us go on."""
        await gate.passed()

    def _head(self, status: int, headers: Mapping[str, str]) -> None:
        framing = {"transfer-encoding": "chunked"} if self._is_chunked else {}
        every = {**_HEADERS, "x-request-id": f"req_{self.exchange.number:06d}", **framing}
        lines = [f"HTTP/1.1 {status} {_PHRASES.get(status, 'Said')}"]
        lines += [f"{name}: {value}" for name, value in {**every, **headers}.items()]
        self._transport.write("\r\n".join([*lines, "", ""]).encode("latin-1"))
