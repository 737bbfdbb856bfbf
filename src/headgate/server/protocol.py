"""HTTP/1.1 for the request path, straight from the socket.

uvicorn owns the sockets, the parser, keep-alive, draining and every other path. For a
POST to a dialect endpoint this subclass of its protocol skips the ASGI layer: no scope,
no message dictionaries, no watcher for a client that leaves; a lost connection cancels
the request's task at once. What that is worth stands in docs/performance.md.

Anything unusual (a pipelined request, HTTP/1.0, `expect: 100-continue`) takes uvicorn's
own way to the same endpoint.
"""

import asyncio
import re
from collections.abc import Mapping
from typing import Any, ClassVar

from httptools import HttpParserError, HttpParserUpgrade, HttpRequestParser
from typing_extensions import override
from uvicorn.protocols.http.httptools_impl import STATUS_LINE, HttpToolsProtocol

from headgate.core.errors import TooLarge
from headgate.server.asgi import Headers, by_name, too_large
from headgate.server.dialect_routes import DialectEndpoint

DISCARDED_BODIES = 4
"""A body over the limit is read to its end, so that the client gets to see the answer;
past this many times the limit the connection is simply closed."""
HEAD_BYTES = 65_536
"""Most of a request's line and headers that may follow their first packet."""
_HOST = re.compile(rb"[A-Za-z0-9._~%!$&'()*+,;=:\[\]-]*")
PIPELINED_REQUESTS = 16
"""More are not read before those have been answered."""


class DirectCycle:
    """One request and its `Responder`; stands where uvicorn keeps a cycle of its own."""

    def __init__(self, protocol: "DirectProtocol", endpoint: DialectEndpoint) -> None:
        """Begin once the head of the request is here."""
        self.keep_alive: bool = protocol.parser.should_keep_alive()
        self.response_complete = False
        self.disconnected = False
        self._protocol = protocol
        self._endpoint = endpoint
        self._headers: dict[bytes, bytes] = by_name(protocol.headers)
        self._body = bytearray()
        self._discarded_bytes = 0
        self._task: asyncio.Task[None] | None = None

    def feed(self, data: bytes) -> None:
        """More of the body."""
        limit = self._endpoint.body_limit_bytes
        if self._discarded_bytes or len(self._body) + len(data) > limit:
            self._discarded_bytes += len(self._body) + len(data)
            self._body.clear()
            if self._discarded_bytes > DISCARDED_BODIES * limit:
                self._protocol.transport.abort()
        else:
            self._body += data

    def run(self) -> None:
        """The request is complete: answer it in a task of its own."""
        protocol = self._protocol
        self._task = protocol.loop.create_task(self._answer())
        protocol.tasks.add(self._task)
        self._task.add_done_callback(protocol.tasks.discard)

    def lost(self) -> None:
        """The client has gone."""
        self.disconnected = True
        if self._task is not None and not self.response_complete:
            self._task.cancel()

    async def whole(self, status: int, headers: Headers, body: bytes) -> None:
        """Send a complete answer."""
        headers.append((b"content-length", b"%d" % len(body)))
        # With the next turn of the loop, together with the other answers of this one.
        self._protocol.loop.call_soon(self._finish, self._head(status, headers) + body)

    async def start(self, headers: Headers) -> None:
        """Begin a streamed answer."""
        headers.append((b"transfer-encoding", b"chunked"))
        self._protocol.transport.write(self._head(200, headers))

    async def write(self, data: bytes) -> None:
        """Send the next piece; waits while the client does not keep up."""
        protocol = self._protocol
        protocol.transport.write(b"%x\r\n%b\r\n" % (len(data), data))
        if protocol.flow.write_paused:
            await protocol.flow.drain()

    async def end(self) -> None:
        """Complete a streamed answer."""
        self._finish(b"0\r\n\r\n")

    async def _answer(self) -> None:
        if self._discarded_bytes:
            error: TooLarge = too_large(self._endpoint.body_limit_bytes)
            await self._endpoint.problem(self, error)
        else:
            await self._endpoint.answer(self._headers, bytes(self._body), self)

    def _head(self, status: int, headers: Headers) -> bytes:
        lines = [STATUS_LINE[status]]
        for name, value in (*self._protocol.server_state.default_headers, *headers):
            lines.append(b"%b: %b\r\n" % (name, value))
        if not self.keep_alive:
            lines.append(b"connection: close\r\n")
        lines.append(b"\r\n")
        return b"".join(lines)

    def _finish(self, data: bytes) -> None:
        if not self.disconnected:
            self._protocol.transport.write(data)
        self.response_complete = True
        if not self.keep_alive:
            self._protocol.transport.close()
        self._protocol.on_response_complete()


class DirectProtocol(HttpToolsProtocol):
    """uvicorn's protocol with a short way for the paths in `endpoints`."""

    endpoints: ClassVar[Mapping[bytes, DialectEndpoint]] = {}
    direct: DirectCycle | None = None
    """The newest one; `cycle` is already the next request's when that was pipelined."""
    is_in_head = False
    head_bytes = 0
    read_s: ClassVar[float] = 60.0
    """How long the head of a request may take, and a pause in its body."""
    is_in_request = False
    _patience: asyncio.TimerHandle | None = None

    @override
    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """A client is here, and has to say something."""
        super().connection_made(transport)
        self._await_more()

    @override
    def data_received(self, data: bytes) -> None:
        """Bytes of one request, of several, or of none."""
        self._unset_keepalive_if_required()
        was_in_head = self.is_in_head
        try:
            self.parser.feed_data(data)
        except HttpParserUpgrade as upgrade:
            self._decline_upgrade(data[upgrade.args[0] :])
        except HttpParserError:
            self.send_400_response("Invalid HTTP request received.")
        if was_in_head and self.is_in_head:
            self._head_goes_on(len(data))
        if self._patience is not None and not self.is_in_head:
            self._patience.cancel()
            self._patience = None
        # Most requests come in one packet, and need no clock.
        if self.is_in_request and self._patience is None:
            self._await_more()

    @override
    def on_message_begin(self) -> None:
        """A request begins: uvicorn's scope is only built when it is needed."""
        self.is_in_head, self.head_bytes = True, 0
        self.is_in_request = True
        self.url = b""
        self.expect_100_continue = False
        self.headers = []

    @override
    def on_headers_complete(self) -> None:
        """Choose the way the request takes."""
        self.is_in_head = False
        self._check_host()
        if self.parser.should_upgrade():
            return
        endpoint = self.endpoints.get(self.url)
        if endpoint is not None and self._is_plain():
            self.direct = DirectCycle(self, endpoint)
            self.cycle = self.direct  # type: ignore[assignment]
            return
        url, headers, expects = self.url, self.headers, self.expect_100_continue
        super().on_message_begin()
        self.url, self.expect_100_continue = url, expects
        self.headers.extend(headers)
        super().on_headers_complete()
        if len(self.pipeline) <= PIPELINED_REQUESTS:
            # Or it would not be noticed that the client has left.
            self.flow.resume_reading()

    @override
    def on_body(self, body: bytes) -> None:
        """More of the request's body."""
        if isinstance(self.cycle, DirectCycle):
            self.cycle.feed(body)
        else:
            super().on_body(body)

    @override
    def on_message_complete(self) -> None:
        """The request is complete."""
        self.is_in_request = False
        if self.parser.should_upgrade():
            return
        if isinstance(self.cycle, DirectCycle):
            self.cycle.run()
        else:
            super().on_message_complete()

    @override
    def connection_lost(self, exc: Exception | None) -> None:
        """The client has gone."""
        if self._patience is not None:
            self._patience.cancel()
        if self.direct is not None:
            self.direct.lost()
        if isinstance(self.cycle, DirectCycle):
            self.cycle = None  # type: ignore[assignment]
        self.direct = None
        super().connection_lost(exc)

    def _await_more(self) -> None:
        self._patience = self.loop.call_later(self.read_s, self._lose_patience)

    def _lose_patience(self) -> None:
        """A client that holds a connection and says no more, or far too slowly, loses it."""
        if self.flow.read_paused:
            # It is us who do not read.
            self._await_more()
            return
        if self.is_in_request and self._has_answered_the_others():
            ending = b"content-length: 0\r\nconnection: close\r\n\r\n"
            self.transport.write(STATUS_LINE[408] + ending)
        self.transport.close()

    def _has_answered_the_others(self) -> bool:
        """Whether what is written now is about the request that is being read."""
        if self.is_in_head:
            return self._is_free()
        return not self.pipeline and not getattr(self.cycle, "response_started", False)

    def _check_host(self) -> None:
        """Two readers of a request must not take it to be for different hosts.

        Raises:
            HttpParserError: It names none, several, or what is no host.
        """
        hosts = [value for name, value in self.headers if name == b"host"]
        is_old = not hosts and self.parser.get_http_version() == "1.0"
        if not is_old and (len(hosts) != 1 or _HOST.fullmatch(hosts[0]) is None):
            raise HttpParserError("a request has one host")

    def _head_goes_on(self, size: int) -> None:
        """A packet held nothing but more of a head; the parser itself has no limit."""
        self.head_bytes += size
        if self.head_bytes > HEAD_BYTES:
            ending = b"content-length: 0\r\nconnection: close\r\n\r\n"
            self.transport.write(STATUS_LINE[431] + ending)
            self.transport.close()

    def _decline_upgrade(self, rest: bytes) -> None:
        """Read a request that offers another protocol again, as if it did not.

        Java's client offers HTTP/2 with every request. The parser takes such a request to
        end with its head; `rest` is what followed, so in truth its body.
        """
        method = self.parser.get_method()
        if method == b"CONNECT":
            self.send_400_response("Headgate is no proxy for CONNECT.")
            return
        head = [b"%b %b HTTP/1.1\r\n" % (method, self.url)]
        head += [b"%b: %b\r\n" % line for line in self.headers if line[0] != b"upgrade"]
        self.parser = HttpRequestParser(self)
        self.data_received(b"%b\r\n%b" % (b"".join(head), rest))

    def _is_plain(self) -> bool:
        """POST over HTTP/1.1, nothing else under way on the connection."""
        return (
            self.parser.get_method() == b"POST"
            and self.parser.get_http_version() == "1.1"
            and not self.expect_100_continue
            and self._is_free()
            and self.limit_concurrency is None
        )

    def _is_free(self) -> bool:
        cycle: Any = self.cycle
        return cycle is None or cycle.response_complete


def protocol_for(
    endpoints: Mapping[str, DialectEndpoint], *, read_s: float = DirectProtocol.read_s
) -> type[DirectProtocol]:
    """A protocol class with its own endpoints, by path."""
    by_url = {path.encode(): endpoint for path, endpoint in endpoints.items()}
    return type("BoundProtocol", (DirectProtocol,), {"endpoints": by_url, "read_s": read_s})
