"""The request path over HTTP: one endpoint per dialect and operation.

No framework sits between the socket and the gateway here: a middleware would hide that
the client has left, and every layer costs each request. `answer` is reached over plain
ASGI or, on our own server, straight from the socket (`server.protocol`).
"""

import asyncio
import logging
import re
from collections.abc import Mapping
from dataclasses import dataclass

import anyio

from headgate.backends.upstream import limit_headers
from headgate.core.errors import HeadgateError
from headgate.core.inbound import Operation
from headgate.gateway.attempts import Whole
from headgate.gateway.conversations import Handler, Streamed
from headgate.gateway.count_tokens import Estimated
from headgate.gateway.handle import Call, Caller
from headgate.gateway.job import Attempt
from headgate.gateway.loading import Loaded
from headgate.server.asgi import (
    AsgiResponder,
    ClientGone,
    Headers,
    Receive,
    Responder,
    Scope,
    Send,
    by_name,
    read_body,
)
from headgate.server.auth import Keys
from headgate.server.compression import unpacked
from headgate.server.problem import problem_headers
from headgate.server.said import said_in
from headgate.server.waiting import Waiting
from headgate.wire.dialect import ClientDialect

log = logging.getLogger("headgate.server")
LONGEST_HEADER_VALUE = 500
_ESTIMATE = ((b"x-headgate-estimate", b"true"), (b"content-type", b"application/json"))
Reply = Whole | Streamed | Estimated | Loaded
_UNSAFE_IN_HEADERS = re.compile(rb"[^\x20-\x7e]")


class Bug(HeadgateError):
    """Something we did not foresee; the log has the traceback, the client a sentence."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DialectEndpoint:
    """An ASGI application for one operation in one dialect."""

    gateway: Handler
    keys: Keys
    dialect: ClientDialect
    operation: Operation
    body_limit_bytes: int
    keep_alive_s: float | None = None
    """How often a client hears something while a model is loaded; `None` for never."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request; when the client leaves, everything under way is dropped at once."""
        responder = AsgiResponder(send)
        headers = by_name(scope["headers"])
        with anyio.CancelScope() as while_client_is_here:
            try:
                body = await read_body(headers, receive, self.body_limit_bytes)
            except ClientGone:
                return
            except HeadgateError as error:
                await self.problem(responder, error)
                return
            watcher = asyncio.ensure_future(receive())
            watcher.add_done_callback(lambda _: while_client_is_here.cancel())
            try:
                await self.answer(headers, body, responder)
            finally:
                watcher.cancel()

    async def answer(self, headers: dict[bytes, bytes], body: bytes, out: Responder) -> None:
        """Serve one request that has been read; only cancellation is raised."""
        waiting = self._waiting(out)
        try:
            reply = await self._reply(headers, body, waiting)
            if isinstance(reply, Whole):
                answer_headers = reply_headers(reply.attempt)
                answer_headers.append((b"content-type", b"application/json"))
                await out.whole(200, answer_headers, reply.body)
            elif isinstance(reply, Estimated):
                await out.whole(200, list(_ESTIMATE), reply.body)
            elif isinstance(reply, Loaded):
                await out.whole(200, [(b"content-type", b"application/json")], reply.body)
            else:
                await self._stream(reply, out, has_begun=waiting is not None and waiting.has_begun)
        except HeadgateError as error:
            await self._failed(out, error, waiting)
        except Exception:
            await self._failed(out, _bug(), waiting)

    async def problem(self, out: Responder, error: HeadgateError) -> None:
        """Answer with `error`, in the client's dialect."""
        headers = problem_headers(error, self.gateway.clock.now())
        status = self.dialect.status_of(error)
        await out.whole(status, headers, self.dialect.encode_error(error))

    async def _reply(
        self, headers: dict[bytes, bytes], body: bytes, waiting: Waiting | None
    ) -> Reply:
        caller = self.keys.caller(headers)
        if (coding := headers.get(b"content-encoding")) is not None:
            body = await unpacked(coding, body, self.body_limit_bytes)
        call = self._call(headers, body, caller)
        if waiting is None:
            return await self.gateway.handle(call)
        call.on_loading = waiting.begin
        try:
            return await self.gateway.handle(call)
        finally:
            waiting.end()

    def _waiting(self, out: Responder) -> Waiting | None:
        if self.keep_alive_s is None or not self.dialect.keep_alive:
            return None
        return Waiting(out, self._stream_headers, self.dialect.keep_alive, self.keep_alive_s)

    async def _failed(self, out: Responder, error: HeadgateError, waiting: Waiting | None) -> None:
        if waiting is None or not waiting.has_begun:
            await self.problem(out, error)
            return
        await out.write(self.dialect.encode_stream_error(error))
        await out.end()

    def _call(self, headers: dict[bytes, bytes], body: bytes, caller: Caller) -> Call:
        return Call(
            operation=self.operation,
            dialect=self.dialect,
            body=body,
            caller=caller,
            forwarded=self._forwarded(headers),
            **said_in(headers),
        )

    def _forwarded(self, headers: dict[bytes, bytes]) -> Mapping[str, str] | None:
        names = self.dialect.forwarded_headers
        if not names:
            return None
        given = {name: headers.get(name.encode()) for name in names}
        return {name: value.decode("latin-1") for name, value in given.items() if value}

    def _stream_headers(self) -> Headers:
        return [
            (b"content-type", self.dialect.stream_media_type.encode()),
            (b"cache-control", b"no-cache"),
            (b"x-accel-buffering", b"no"),
        ]

    async def _stream(self, relay: Streamed, out: Responder, *, has_begun: bool) -> None:
        try:
            if not has_begun:
                await out.start([*reply_headers(relay.attempt), *self._stream_headers()])
            try:
                while data := await relay.next():
                    await out.write(data)
            except Exception:
                # The status is out: as with a backend's failure, the stream itself says so.
                await out.write(self.dialect.encode_stream_error(_bug()))
            await out.end()
        finally:
            relay.close()


def _bug() -> Bug:
    """For the exception that is being handled, which only the log shows."""
    log.exception("a request failed through a fault of Headgate's own")
    return Bug("Headgate failed inside; its log says how")


def reply_headers(attempt: Attempt) -> Headers:
    """What every answer says about the way it was made."""
    job = attempt.job
    identity = job.id.encode()
    headers: Headers = [
        (b"x-headgate-decision", identity),
        (b"x-request-id", identity),
        # The name that Anthropic's SDK looks for.
        (b"request-id", identity),
        (b"x-headgate-target", attempt.target.name.encode()),
        (b"x-headgate-model", _header_value(attempt.model)),
        (b"x-headgate-attempts", b"%d" % job.tries),
    ]
    if job.cascade is not None:
        headers.append((b"x-headgate-cascade", job.cascade.encode()))
    if attempt.masked is not None and (told := attempt.masked.told()):
        headers.append((b"x-headgate-masked", told.encode()))
    if attempt.dropped:
        headers.append((b"x-headgate-dropped", _header_value(",".join(attempt.dropped))))
    headers.extend(limit_headers(attempt.headers))
    return headers


def _header_value(text: str) -> bytes:
    """Text that a client may have chosen, safe to stand in a header."""
    return _UNSAFE_IN_HEADERS.sub(b"?", text[:LONGEST_HEADER_VALUE].encode())
