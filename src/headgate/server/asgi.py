"""The few pieces of ASGI the request path uses directly."""

from collections.abc import Awaitable, Callable, Iterable, MutableMapping
from typing import Any, Protocol

from headgate.core.errors import TooLarge

Scope = MutableMapping[str, Any]
Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
Endpoint = Callable[[Scope, Receive, Send], Awaitable[None]]
Headers = list[tuple[bytes, bytes]]


class ClientGone(Exception):
    """The client closed its connection."""


class Responder(Protocol):
    """One answer on its way to the client, over ASGI or straight to the socket."""

    async def whole(self, status: int, headers: Headers, body: bytes) -> None:
        """Send a complete answer."""
        ...

    async def start(self, headers: Headers) -> None:
        """Begin a streamed answer with status 200."""
        ...

    async def write(self, data: bytes) -> None:
        """Send the next piece; waits while the client does not keep up."""
        ...

    async def end(self) -> None:
        """Complete a streamed answer."""
        ...


class AsgiResponder:
    """Over the `send` of any ASGI server."""

    def __init__(self, send: Send) -> None:
        """Answer through `send`."""
        self._send = send

    async def whole(self, status: int, headers: Headers, body: bytes) -> None:
        """Send a complete answer."""
        headers.append((b"content-length", b"%d" % len(body)))
        await self._send({"type": "http.response.start", "status": status, "headers": headers})
        await self._send({"type": "http.response.body", "body": body})

    async def start(self, headers: Headers) -> None:
        """Begin a streamed answer."""
        await self._send({"type": "http.response.start", "status": 200, "headers": headers})

    async def write(self, data: bytes) -> None:
        """Send the next piece."""
        await self._send({"type": "http.response.body", "body": data, "more_body": True})

    async def end(self) -> None:
        """Complete a streamed answer."""
        await self._send({"type": "http.response.body", "body": b""})


def by_name(headers: Iterable[tuple[bytes, bytes]]) -> dict[bytes, bytes]:
    """Headers by lower-case name; the lines of one that was sent more than once are joined."""
    joined: dict[bytes, bytes] = {}
    for name, value in headers:
        joined[name] = joined[name] + b"," + value if name in joined else value
    return joined


async def read_body(headers: dict[bytes, bytes], receive: Receive, limit: int) -> bytes:
    """The request's body.

    Raises:
        TooLarge: Over `limit` bytes; what is left unread is dropped with the connection.
        ClientGone: The client left before it was complete.
    """
    check_declared_length(headers, limit)
    body, more_body = bytearray(), True
    while more_body:
        message = await receive()
        if message["type"] == "http.disconnect":
            raise ClientGone
        body += message.get("body", b"")
        if len(body) > limit:
            raise too_large(limit)
        more_body = message.get("more_body", False)
    return bytes(body)


def check_declared_length(
    headers: dict[bytes, bytes], limit: int, setting: str = "body_mib"
) -> None:
    """Refuse by `content-length`, before any of the body is read."""
    declared = headers.get(b"content-length", b"0")
    if declared.isdigit() and int(declared) > limit:
        raise too_large(limit, setting)


def too_large(limit: int, setting: str = "body_mib") -> TooLarge:
    """The refusal of a body over `limit` bytes, which stand in `server.limits`."""
    return TooLarge(
        f"the body is over {limit / 1_048_576:g} MiB",
        hint=f"the operator may raise `server.limits.{setting}`",
    )
