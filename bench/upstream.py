"""A backend that costs next to nothing, so that what is measured is the gateway.

`python -m bench.upstream` serves `POST /v1/chat/completions` on a free loopback port:
0.7 KB of answer, or a stream of `STREAM_CHUNKS` chunks `STREAM_PACE_S` apart, each with
the moment it was sent (`time.monotonic_ns`) as its text. Requests are cut apart by hand:
an HTTP parser would take more time than everything else here.
"""

import asyncio
import json
import re
import time
from typing import Any, cast

import uvloop
from typing_extensions import override

from bench import MODEL

STREAM_CHUNKS = 50
STREAM_PACE_S = 0.02
ANSWER_BYTES = 700
_LENGTH = re.compile(rb"\r\ncontent-length: *(\d+)", re.IGNORECASE)
_STREAMS = (b'"stream":true', b'"stream": true')
_WANTS_USAGE = (b'"include_usage":true', b'"include_usage": true')
_HEAD = {"id": "chatcmpl-bench", "created": 1_795_000_000, "model": MODEL}
_USAGE = {"prompt_tokens": 400, "completion_tokens": STREAM_CHUNKS, "total_tokens": 450}


def answer() -> bytes:
    """A complete HTTP response, `ANSWER_BYTES` of body."""

    def body(text: str) -> bytes:
        message: dict[str, Any] = {
            "role": "assistant",
            "content": text,
            "refusal": None,
            "annotations": [],
        }
        choice = {"index": 0, "message": message, "logprobs": None, "finish_reason": "stop"}
        said = {"object": "chat.completion", "choices": [choice], "usage": _USAGE}
        return json.dumps({**_HEAD, **said}).encode()

    text = "Lorem ipsum dolor sit amet. " * 40
    whole = body(text[: ANSWER_BYTES - len(body(""))])
    head = "HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: %d\r\n\r\n"
    return (head % len(whole)).encode() + whole


STREAM_HEAD = (
    b"HTTP/1.1 200 OK\r\ncontent-type: text/event-stream; charset=utf-8\r\n"
    b"cache-control: no-cache\r\ntransfer-encoding: chunked\r\n\r\n"
)
ANSWER = answer()


def chunk(delta: dict[str, str], *, finish: str | None = None) -> bytes:
    """One server-sent event as one HTTP chunk."""
    choice = {"index": 0, "delta": delta, "logprobs": None, "finish_reason": finish}
    said = {**_HEAD, "object": "chat.completion.chunk", "choices": [choice]}
    return framed(b"data: " + json.dumps(said).encode() + b"\n\n")


def usage_chunk() -> bytes:
    """The chunk that counts tokens."""
    said = {**_HEAD, "object": "chat.completion.chunk", "choices": [], "usage": _USAGE}
    return framed(b"data: " + json.dumps(said).encode() + b"\n\n")


def framed(data: bytes) -> bytes:
    """One chunk of a chunked body."""
    return b"%x\r\n%b\r\n" % (len(data), data)


class UpstreamConnection(asyncio.Protocol):
    """Answers one request after the other."""

    def __init__(self) -> None:
        self._received = b""
        self._need = 0
        self._timer: asyncio.TimerHandle | None = None

    @override
    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        # uvloop's transports are no subclasses of asyncio's.
        self._transport = cast(asyncio.Transport, transport)

    @override
    def connection_lost(self, exc: Exception | None) -> None:
        if self._timer is not None:
            self._timer.cancel()

    @override
    def data_received(self, data: bytes) -> None:
        self._received = self._received + data if self._received else data
        if not self._need:
            end = self._received.find(b"\r\n\r\n")
            if end < 0:
                return
            found = _LENGTH.search(self._received, 0, end)
            self._need = end + 4 + (int(found[1]) if found else 0)
        if len(self._received) >= self._need:
            # Nobody here sends a request before the last one is answered.
            request, self._received, self._need = self._received, b"", 0
            self._answer(request)

    def _answer(self, request: bytes) -> None:
        if any(mark in request for mark in _STREAMS):
            wants_usage = any(mark in request for mark in _WANTS_USAGE)
            tail = usage_chunk() if wants_usage else b""
            self._transport.write(STREAM_HEAD + chunk({"role": "assistant", "content": ""}))
            self._next_chunk(STREAM_CHUNKS, tail)
        else:
            self._transport.write(ANSWER)

    def _next_chunk(self, left: int, tail: bytes) -> None:
        if left == 0:
            end = framed(b"data: [DONE]\n\n") + b"0\r\n\r\n"
            self._transport.write(chunk({}, finish="stop") + tail + end)
            return
        self._transport.write(chunk({"content": str(time.monotonic_ns())}))
        loop = asyncio.get_running_loop()
        self._timer = loop.call_later(STREAM_PACE_S, self._next_chunk, left - 1, tail)


async def serve() -> None:
    """Serve until killed; the first line of output says where."""
    loop = asyncio.get_running_loop()
    server = await loop.create_server(UpstreamConnection, "127.0.0.1", 0, backlog=1024)
    print(f"listening on http://127.0.0.1:{server.sockets[0].getsockname()[1]}", flush=True)
    await server.serve_forever()


if __name__ == "__main__":
    uvloop.run(serve())
