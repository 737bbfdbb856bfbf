"""One HTTP/1.1 connection to a backend: requests out, answers in, one at a time.

This file knows HTTP's framing and nothing of pools, clocks or models. An answer ends at
its declared length, its last chunk or, where it declared neither, the end of the
connection; an end anywhere else is a cut. After an answer the connection may be used
again only if nothing but that answer came: a byte nobody asked for closes it, so that no
answer can be taken for another request's.
"""

import asyncio
from collections.abc import AsyncIterator
from typing import Protocol, cast

from httptools import HttpParserError, HttpParserUpgrade, HttpResponseParser
from typing_extensions import override

from headgate.backends.alarm import Alarm
from headgate.backends.reply import HttpExchange, NeverAnswered
from headgate.core.errors import HeadgateError, Timeout, UpstreamCut, UpstreamGarbled

MAX_HEAD_BYTES = 64 * 1024
"""Of an answer's headers; also of anything else that brings no byte of a body."""
MAX_HEADERS = 256
ONE_WRITE_BYTES = 64 * 1024
"""Up to here head and body are joined: a copy is cheaper than a second system call."""


class Owner(Protocol):
    """Who keeps connections between requests."""

    idle_s: float

    def give_back(self, connection: "Connection") -> None:
        """The connection is ready for another request."""
        ...

    def lost(self, connection: "Connection") -> None:
        """The connection is closed."""
        ...


class Connection(asyncio.Protocol):
    """A socket, its parser, and the answer being received. Implements `reply.Line`."""

    __slots__ = (
        "_alarm",
        "_ends_at_close",
        "_excess",
        "_has_bytes",
        "_header_bytes",
        "_headers",
        "_is_interim",
        "_is_reusable",
        "_is_sending",
        "_owner",
        "_parser",
        "_reply",
        "_transport",
        "_write_turn",
        "loop",
        "name",
        "was_used",
    )

    def __init__(self, loop: asyncio.AbstractEventLoop, owner: Owner, name: str) -> None:
        """`name` is the backend's, for messages."""
        self.loop = loop
        self.name = name
        self.was_used = False
        """It has served a request before, so it may have died since."""
        self._owner = owner
        self._alarm = Alarm(loop, self._rang)
        self._transport: asyncio.Transport | None = None
        self._parser = HttpResponseParser(self)
        self._reply: HttpExchange | None = None
        self._write_turn: asyncio.Future[None] | None = None
        """Until it is done, the transport holds enough that is not sent yet."""
        self._start_answer()

    def _start_answer(self) -> None:
        self._headers: dict[str, str] = {}
        self._header_bytes = 0
        self._excess = 0
        self._has_bytes = False
        self._is_interim = False
        self._is_reusable = False
        self._ends_at_close = False
        self._is_sending = False

    # What the client and the pool call.

    @property
    def is_open(self) -> bool:
        """A request can be written."""
        return self._transport is not None and not self._transport.is_closing()

    def send(
        self, head: bytes, body: bytes, total_s: float | None, total_ends: float | None
    ) -> HttpExchange:
        """Write a request; the answer is empty yet."""
        assert self._transport is not None
        self._start_answer()
        reply = self._reply = HttpExchange(self, self.name, total_s, total_ends)
        self._alarm.set(total_ends)
        if len(body) <= ONE_WRITE_BYTES:
            # With the next turn of the loop: what all requests of this turn write goes out
            # together then, and wakes the backend's process once instead of once for each.
            self.loop.call_soon(_write, self._transport, head + body)
        else:
            self._transport.write(head)
            self._transport.write(body)
        return reply

    async def send_more(
        self, pieces: AsyncIterator[bytes], *, is_chunked: bool, stall_s: float | None
    ) -> None:
        """Write the body of the request whose head `send` was given, as fast as it is taken.

        A connection that is lost on the way ends this without an error: its answer knows why.

        Raises:
            Timeout: The backend took nothing for `stall_s`.
        """
        self._is_sending = True
        async for piece in pieces:
            if not self.is_open:
                return
            if piece:
                self._write_piece(piece, is_chunked=is_chunked)
                await self._until_taken(stall_s)
        if self.is_open and is_chunked:
            cast(asyncio.Transport, self._transport).write(b"0\r\n\r\n")
        self._is_sending = False

    def _write_piece(self, piece: bytes, *, is_chunked: bool) -> None:
        transport = cast(asyncio.Transport, self._transport)
        transport.write(b"%x\r\n%b\r\n" % (len(piece), piece) if is_chunked else piece)

    async def _until_taken(self, stall_s: float | None) -> None:
        if self._write_turn is None:
            return
        try:
            async with asyncio.timeout(stall_s):
                await self._write_turn
        except TimeoutError as error:
            raise Timeout(
                f"{self.name} took nothing of the request for {stall_s:g} s", phase="stall"
            ) from error

    # What the answer calls.

    def wake_at(self, moment: float | None) -> None:
        """Call the answer's `rang` then, and not before."""
        self._alarm.set(moment)

    def pause(self) -> None:
        """Stop reading from the socket."""
        if self.is_open:
            cast(asyncio.Transport, self._transport).pause_reading()

    def resume(self) -> None:
        """Read again."""
        if self.is_open:
            cast(asyncio.Transport, self._transport).resume_reading()

    def release(self) -> None:
        """Serve another request, if this answer allows one."""
        self._reply = None
        transport = self._transport
        if (
            transport is None
            or not self._is_reusable
            or self._is_sending
            or transport.is_closing()
            or transport.get_write_buffer_size()
        ):
            self.drop()
            return
        self.was_used = True
        self._alarm.set(self.loop.time() + self._owner.idle_s)
        self._owner.give_back(self)

    def drop(self) -> None:
        """Close at once; the backend sees it now, and whoever still reads is told."""
        reply, self._reply = self._reply, None
        self._alarm.cancel()
        if self._transport is not None:
            self._transport.abort()
        if reply is not None:
            reply.lost(UpstreamCut(f"the exchange with {self.name} was closed by Headgate"))

    # What the event loop calls.

    @override
    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast(asyncio.Transport, transport)

    @override
    def data_received(self, data: bytes) -> None:
        reply = self._reply
        if reply is None:
            self.drop()
            return
        self._has_bytes = True
        self._excess += len(data)
        try:
            self._parser.feed_data(data)
        except HttpParserError as error:
            # A callback's own complaint says more than the parser's word for it.
            self._garbled(str(error.__context__ or error))
            return
        except HttpParserUpgrade:
            self._garbled("it changed the protocol")
            return
        if self._excess > MAX_HEAD_BYTES and not reply.has_ended:
            self._garbled(f"more than {MAX_HEAD_BYTES} bytes and no body")
            return
        reply.received()

    @override
    def eof_received(self) -> None:
        if self._transport is not None:
            self._transport.abort()

    @override
    def pause_writing(self) -> None:
        self._write_turn = self.loop.create_future()

    @override
    def resume_writing(self) -> None:
        turn, self._write_turn = self._write_turn, None
        if turn is not None and not turn.done():
            turn.set_result(None)

    @override
    def connection_lost(self, exc: Exception | None) -> None:
        self._alarm.cancel()
        self.resume_writing()
        self._owner.lost(self)
        reply, self._reply = self._reply, None
        if reply is None:
            return
        if self._ends_at_close and exc is None:
            reply.end()
        else:
            reply.lost(self._loss(exc))

    def _loss(self, exc: Exception | None) -> HeadgateError:
        why = f": {exc}" if exc is not None and str(exc) else ""
        if not self._has_bytes:
            return NeverAnswered(f"{self.name} closed the connection without an answer{why}")
        return UpstreamCut(f"{self.name} closed the connection in the middle of its answer{why}")

    def _rang(self) -> None:
        if self._reply is not None:
            self._reply.rang()
        else:
            self.drop()

    def _garbled(self, why: str) -> None:
        if self._reply is not None:
            self._reply.lost(UpstreamGarbled(f"{self.name} does not answer in HTTP/1.1: {why}"))
        self.drop()

    # What the parser calls.

    def on_message_begin(self) -> None:
        """A status line begins: ours, or one too many."""
        if self._reply is None or self._reply.has_ended:
            raise HttpParserError("a second answer to one request")

    def on_header(self, name: bytes, value: bytes) -> None:
        """A header, or a trailer, which nobody needs."""
        reply = self._reply
        if reply is None or reply.has_head:
            return
        self._header_bytes += len(name) + len(value)
        if self._header_bytes > MAX_HEAD_BYTES or len(self._headers) >= MAX_HEADERS:
            raise HttpParserError("too many headers")
        key, text = name.decode("latin-1").lower(), value.decode("latin-1")
        held = self._headers.get(key)
        self._headers[key] = text if held is None else f"{held}, {text}"

    def on_headers_complete(self) -> None:
        """All headers are here."""
        status = self._parser.get_status_code()
        if status < 200:
            self._is_interim, self._headers = True, {}
            return
        headers, reply = self._headers, self._reply
        coding = headers.get("transfer-encoding", "").lower()
        self._ends_at_close = "content-length" not in headers and not coding.endswith("chunked")
        self._is_reusable = self._parser.should_keep_alive()
        if reply is not None:
            reply.begin(status, headers)

    def on_body(self, data: bytes) -> None:
        """A piece of the body."""
        self._excess = 0
        if self._reply is not None:
            self._reply.add(data)

    def on_message_complete(self) -> None:
        """The answer, or an interim one before it, is complete."""
        if self._is_interim:
            self._is_interim = False
        elif self._reply is not None:
            self._reply.end()


def _write(transport: asyncio.Transport, data: bytes) -> None:
    if not transport.is_closing():
        transport.write(data)
