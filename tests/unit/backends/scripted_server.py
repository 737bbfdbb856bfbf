"""A server on a real socket that does what a test scripts, byte by byte."""

import asyncio
import ssl
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field

from headgate.backends.exchange import Endpoint, Timeouts

PATH = "/chat/completions"
BODY = b'{"model":"m"}'
QUICK = Timeouts(connect_s=5.0, first_token_s=5.0, stall_s=5.0, total_s=5.0)
"""Far beyond what a test takes: a hang fails instead of hanging."""


@dataclass(frozen=True, slots=True)
class Request:
    """What the server read."""

    method: str
    target: str
    headers: dict[str, str]
    body: bytes


class Peer:
    """The server's end of one connection."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._reader = reader
        self._writer = writer

    async def request(self) -> Request:
        """The next request, whole."""
        head = (await self._reader.readuntil(b"\r\n\r\n")).decode("latin-1")
        line, *rest = head.split("\r\n")[:-2]
        method, target, _ = line.split(" ")
        headers = dict(item.split(": ", 1) for item in rest)
        if headers.get("transfer-encoding") == "chunked":
            body = await self._chunks()
        else:
            body = await self._reader.readexactly(int(headers.get("content-length", 0)))
        return Request(method, target, headers, body)

    async def _chunks(self) -> bytes:
        body = b""
        while size := int(await self._reader.readline(), 16):
            body += await self._reader.readexactly(size)
            assert await self._reader.readline() == b"\r\n"
        assert await self._reader.readline() == b"\r\n"
        return body

    async def send(self, data: bytes) -> None:
        """Write, and wait until the network took it."""
        self._writer.write(data)
        await self._writer.drain()

    async def gone(self) -> None:
        """Wait until the other end has closed or reset the connection."""
        with suppress(ConnectionError):
            while await self._reader.read(65536):
                pass

    def close(self) -> None:
        """End the connection in order."""
        self._writer.close()

    def reset(self) -> None:
        """End the connection by force."""
        self._writer.transport.abort()

    async def secure(self, tls: ssl.SSLContext) -> None:
        """Become a TLS server in the middle of the connection."""
        await self._writer.start_tls(tls)


Script = Callable[[Peer], Awaitable[None]]


@dataclass(slots=True)
class Server:
    """What a test knows of a running server."""

    port: int = 0
    peers: list[Peer] = field(default_factory=list)
    done: "asyncio.Queue[int]" = field(default_factory=asyncio.Queue)
    """The number of each connection whose script has ended."""
    uds: str | None = None

    def endpoint(self, url: str = "http://127.0.0.1:{port}/v1", **headers: str) -> Endpoint:
        """How a client reaches it."""
        return Endpoint(base_url=url.format(port=self.port), headers=headers, uds=self.uds)


@asynccontextmanager
async def serving(
    *scripts: Script, uds: str | None = None, tls: ssl.SSLContext | None = None
) -> AsyncIterator[Server]:
    """Run a server: the first connection gets the first script, the last one all others.

    A script that fails, or that has not ended after the test, fails the test.
    """
    server = Server(uds=uds)
    tasks: list[asyncio.Task[None]] = []

    async def run(number: int, peer: Peer) -> None:
        await scripts[min(number, len(scripts) - 1)](peer)
        server.done.put_nowait(number)

    def accept(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        peer = Peer(reader, writer)
        tasks.append(asyncio.ensure_future(run(len(server.peers), peer)))
        server.peers.append(peer)

    if uds is not None:
        listener = await asyncio.start_unix_server(accept, uds, ssl=tls)
    else:
        listener = await asyncio.start_server(accept, "127.0.0.1", 0, ssl=tls)
        server.port = listener.sockets[0].getsockname()[1]
    try:
        yield server
        async with asyncio.timeout(5):
            await asyncio.gather(*tasks)
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        for peer in server.peers:
            peer.reset()
        listener.close()


def answer(body: bytes = b"{}", status: str = "200 OK", headers: tuple[str, ...] = ()) -> bytes:
    """A whole response with a declared length."""
    lines = [f"HTTP/1.1 {status}", f"content-length: {len(body)}", *headers, "", ""]
    return "\r\n".join(lines).encode("latin-1") + body


def chunk(data: bytes) -> bytes:
    """One chunk of a chunked body."""
    return b"%x\r\n%b\r\n" % (len(data), data)


CHUNKED = b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n"
LAST_CHUNK = b"0\r\n\r\n"


def answering(*bodies: bytes) -> Script:
    """A script that answers one request after the other on one connection."""

    async def script(peer: Peer) -> None:
        for body in bodies:
            await peer.request()
            await peer.send(answer(body))
        await peer.gone()

    return script


def sending(*pieces: bytes, then: str = "gone") -> Script:
    """A script that answers one request with exactly these bytes, and then ends so."""

    async def script(peer: Peer) -> None:
        await peer.request()
        for piece in pieces:
            await peer.send(piece)
        if then == "close":
            peer.close()
        elif then == "reset":
            peer.reset()
        else:
            await peer.gone()

    return script
