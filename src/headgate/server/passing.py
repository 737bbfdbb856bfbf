"""Bodies that are passed on as they come, from a client to a backend and back.

Neither is ever held here as a whole, both may be so many bytes at most, and a client that
leaves takes the backend's connection with it.
"""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping

import anyio
from starlette.requests import ClientDisconnect, Request
from starlette.responses import StreamingResponse
from starlette.types import Receive, Scope, Send
from typing_extensions import override

from headgate.backends.exchange import Exchange, Upload
from headgate.core.errors import HeadgateError, InvalidRequest, UpstreamGarbled
from headgate.server.asgi import ClientGone, Message, by_name, check_declared_length, too_large
from headgate.server.compression import UNSUPPORTED_MEDIA_TYPE, is_packed

SETTING = "file_mib"


async def passed_on(
    request: Request, limit: int, send: Callable[[Upload | None], Awaitable[Exchange]]
) -> Exchange:
    """What `send` is answered, given the request's body.

    Raises:
        InvalidRequest: The body is packed, which a backend would not be told.
        TooLarge: It is more than `limit` bytes.
        ClientGone: The client left before there was an answer.
    """
    watchers: list[asyncio.Future[Message]] = []
    with anyio.CancelScope() as while_client_is_here:

        def watch() -> None:
            """All of the body is read: what the client does next is leave."""
            watcher = asyncio.ensure_future(request.receive())
            watcher.add_done_callback(lambda _: while_client_is_here.cancel())
            watchers.append(watcher)

        pieces = _limited(request.stream(), limit, then=watch)
        headers = by_name(request.scope["headers"])
        upload = _upload(headers, pieces, limit) if request.method == "POST" else None
        try:
            if upload is None:
                async for _ in pieces:
                    pass
            return await send(upload)
        except ClientDisconnect as error:
            raise ClientGone from error
        finally:
            for watcher in watchers:
                watcher.cancel()
    raise ClientGone


class PassedBack(StreamingResponse):
    """An answer as it comes; its connection is let go whatever becomes of the client."""

    def __init__(
        self, exchange: Exchange, headers: Mapping[str, str], *, limit: int, stall_s: float | None
    ) -> None:
        """Pass on what `exchange` brings, under these headers.

        Raises:
            UpstreamGarbled: It says itself that it is more than `limit` bytes.
        """
        declared = exchange.headers.get("content-length", "")
        if declared.isdigit() and int(declared) > limit:
            exchange.close()
            raise _too_much(limit)
        self._exchange = exchange
        super().__init__(_answered(exchange, limit, stall_s), exchange.status, headers)

    @override
    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        try:
            await super().__call__(scope, receive, send)
        finally:
            self._exchange.close()


def _upload(headers: dict[bytes, bytes], pieces: AsyncIterator[bytes], limit: int) -> Upload | None:
    length = headers.get(b"content-length")
    if length == b"0" or (length is None and b"transfer-encoding" not in headers):
        return None
    if is_packed(headers):
        error = InvalidRequest("what is passed on is not unpacked here", hint="send it plain")
        error.http_status = UNSUPPORTED_MEDIA_TYPE
        raise error
    check_declared_length(headers, limit, SETTING)
    return Upload(
        pieces=pieces,
        length=int(length) if length is not None and length.isdigit() else None,
        content_type=headers.get(b"content-type", b"application/json").decode("latin-1"),
    )


async def _limited(
    pieces: AsyncIterator[bytes], limit: int, *, then: Callable[[], None]
) -> AsyncIterator[bytes]:
    """The pieces, as long as they are not too many, and `then` what follows them.

    Raises:
        TooLarge: They are.
    """
    total = 0
    async for piece in pieces:
        total += len(piece)
        if total > limit:
            raise too_large(limit, SETTING)
        yield piece
    then()


async def _answered(exchange: Exchange, limit: int, stall_s: float | None) -> AsyncIterator[bytes]:
    total = 0
    try:
        exchange.expect("stall", stall_s)
        while piece := await exchange.chunk():
            total += len(piece)
            if total > limit:
                raise _too_much(limit)
            yield piece
            exchange.expect("stall", stall_s)
    except HeadgateError as error:
        # The status is out: an answer that breaks off is all that can still tell.
        raise ConnectionError(error.message) from error


def _too_much(limit: int) -> UpstreamGarbled:
    return UpstreamGarbled(
        f"the backend sends more than {limit / 1_048_576:g} MiB",
        hint=f"the operator may raise `server.limits.{SETTING}`",
    )
