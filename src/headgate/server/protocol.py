"""HTTP/1.1 for the request path, straight from the socket.

uvicorn owns the sockets, the parser, keep-alive, draining and every other path. For a
POST to a dialect endpoint this subclass of its protocol skips the ASGI layer: no scope,
no message dictionaries, no watcher for a client that leaves; a lost connection cancels
the request's task at once. What that is worth stands in docs/performance.md.

Anything unusual (a pipelined request, HTTP/1.0, `expect: 100-continue`) takes uvicorn's
own way to the same endpoint.
"""

import asyncio
from collections.abc import Mapping
from typing import Any, ClassVar

from typing_extensions import override
from uvicorn.protocols.http.httptools_impl import STATUS_LINE, HttpToolsProtocol

from headgate.core.errors import TooLarge
from headgate.server.asgi import Headers, too_large
from headgate.server.dialect_routes import DialectEndpoint

DISCARDED_BODIES = 4
"""A body over the limit is read to its end, so that the client gets to see the answer;
past this many times the limit the connection is simply closed."""


class DirectCycle:
    """One request and its `Responder`; stands where uvicorn keeps a cycle of its own."""

    def __init__(self, protocol: "DirectProtocol", endpoint: DialectEndpoint) -> None:
        """Begin once the head of the request is here."""
        self.keep_alive: bool = protocol.parser.should_keep_alive()
        self.response_complete = False
        self.disconnected = False
        self._protocol = protocol
        self._endpoint = endpoint
        self._headers: dict[bytes, bytes] = dict(protocol.headers)
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
        self._protocol.transport.write(self._head(status, headers) + body)
        self._complete()

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
        self._protocol.transport.write(b"0\r\n\r\n")
        self._complete()

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

    def _complete(self) -> None:
        self.response_complete = True
        if not self.keep_alive:
            self._protocol.transport.close()
        self._protocol.on_response_complete()


class DirectProtocol(HttpToolsProtocol):
    """uvicorn's protocol with a short way for the paths in `endpoints`."""

    endpoints: ClassVar[Mapping[bytes, DialectEndpoint]] = {}

    @override
    def on_message_begin(self) -> None:
        """A request begins: uvicorn's scope is only built when it is needed."""
        self.url = b""
        self.expect_100_continue = False
        self.headers = []

    @override
    def on_headers_complete(self) -> None:
        """Choose the way the request takes."""
        endpoint = self.endpoints.get(self.url)
        if endpoint is not None and self._is_plain():
            self.cycle = DirectCycle(self, endpoint)  # type: ignore[assignment]
            return
        url, headers, expects = self.url, self.headers, self.expect_100_continue
        super().on_message_begin()
        self.url, self.expect_100_continue = url, expects
        self.headers.extend(headers)
        super().on_headers_complete()

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
        if isinstance(self.cycle, DirectCycle):
            self.cycle.run()
        else:
            super().on_message_complete()

    @override
    def connection_lost(self, exc: Exception | None) -> None:
        """The client has gone."""
        cycle: Any = self.cycle
        if isinstance(cycle, DirectCycle):
            cycle.lost()
            self.cycle = None  # type: ignore[assignment]
        super().connection_lost(exc)

    def _is_plain(self) -> bool:
        """POST over HTTP/1.1, nothing else under way on the connection."""
        return (
            self.parser.get_method() == b"POST"
            and self.parser.get_http_version() == "1.1"
            and not self.expect_100_continue
            and not self.parser.should_upgrade()
            and self._is_free()
            and self.limit_concurrency is None
        )

    def _is_free(self) -> bool:
        cycle: Any = self.cycle
        return cycle is None or cycle.response_complete


def protocol_for(endpoints: Mapping[str, DialectEndpoint]) -> type[DirectProtocol]:
    """A protocol class with its own endpoints, by path."""
    by_url = {path.encode(): endpoint for path, endpoint in endpoints.items()}
    return type("BoundProtocol", (DirectProtocol,), {"endpoints": by_url})
