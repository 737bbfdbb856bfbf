"""How a stand-in upstream behaves: well, or wrong in one exact way.

A behaviour is a value; `Upstream(RATE_LIMITED, OK)` fails the first request and answers
the rest. Each works for streams and for whole bodies, in every API the upstream imitates.
"""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from itertools import count
from typing import Literal

from typing_extensions import override

from support.answers import Answer, Asked, Call, called, calling, obedient, said
from support.gate import Gate
from support.reply import Reply
from support.shapes import ErrorSaid, FrameKind

Cut = Literal["close", "reset"]
PACE_S = 0.01
"""Between two bytes or pings of a peer that trickles for ever."""
APART_S = 0.1
"""Before a fault that must not share a packet with the content before it."""


@dataclass(frozen=True, slots=True)
class Behaviour:
    """A named way to treat one request."""

    name: str
    respond: Callable[[Reply], Awaitable[None]]

    @override
    def __str__(self) -> str:
        return self.name


def answers(name: str, choose: Callable[[Asked], Answer]) -> Behaviour:
    """A complete, well-formed reply saying what `choose` gives."""

    async def respond(reply: Reply) -> None:
        answer = choose(reply.asked)
        if not reply.is_stream:
            await reply.whole(200, reply.shape.body(reply.asked, answer))
            return
        reply.start()
        for frame in reply.frames(answer):
            await reply.piece(frame.data)
        reply.end()

    return Behaviour(name, respond)


def says(answer: Answer, name: str = "says") -> Behaviour:
    """A complete, well-formed reply saying exactly this."""
    return answers(name, lambda _: answer)


def fails(
    name: str, status: int, error: ErrorSaid, *, headers: dict[str, str] | None = None
) -> Behaviour:
    """An error status, with the body the API would send."""

    async def respond(reply: Reply) -> None:
        said = {**reply.error_headers(status), **(headers or {})}
        await reply.whole(status, reply.shape.error(error), said)

    return Behaviour(name, respond)


def rate_limited(retry_after: str | None = None, retry_after_ms: str | None = None) -> Behaviour:
    """429; `retry_after` in seconds or as an HTTP date."""
    asked = {"retry-after": retry_after, "retry-after-ms": retry_after_ms}
    headers = {key: value for key, value in asked.items() if value is not None}
    error = ErrorSaid(message="Too many requests", type="requests", code="rate_limit_exceeded")
    return fails("429 with retry-after" if headers else "429", 429, error, headers=headers)


def goes_silent(after: FrameKind | None = None) -> Behaviour:
    """Says nothing more after the headers, or after the frames of kind `after`.

    A whole body stops after its first byte where a stream stops after a frame.
    """

    async def respond(reply: Reply) -> None:
        reply.start()
        if after is not None:
            await _frames_through(reply, after)
        await reply.hang()

    return Behaviour(f"silence after {after or 'headers'}", respond)


def cut(how: Cut, contents: int = 2) -> Behaviour:
    """Drops the connection after some content (or half a body), without an end of the response."""

    async def respond(reply: Reply) -> None:
        if not reply.is_stream:
            body = reply.shape.body(reply.asked, obedient(reply.asked))
            reply.start(length=len(body))
            await reply.piece(body[: len(body) // 2])
            reply.drop(reset=how == "reset")
            return
        reply.start()
        await _frames_through(reply, "content", contents)
        reply.drop(reset=how == "reset")

    return Behaviour(f"cut mid-answer by {how}", respond)


def no_answer(how: Cut) -> Behaviour:
    """Drops the connection instead of answering."""

    async def respond(reply: Reply) -> None:
        reply.drop(reset=how == "reset")

    return Behaviour(f"{how} instead of an answer", respond)


def malformed(contents: int = 0) -> Behaviour:
    """A well-framed answer that is not JSON, after this many good content frames."""

    async def respond(reply: Reply) -> None:
        if not reply.is_stream:
            await reply.whole(200, b'{"id":"chatcmpl-broken","choices":[{"index":')
            return
        reply.start()
        await _frames_through(reply, "content" if contents else "start", contents)
        await reply.pause(APART_S if contents else 0)
        await reply.piece(reply.shape.broken_frame())
        reply.end()

    return Behaviour("malformed JSON", respond)


def error_inside(contents: int = 0) -> Behaviour:
    """An error under status 200, in the body or in the stream after some content."""
    error = ErrorSaid(message="The model crashed", type="server_error", code="internal_error")

    async def respond(reply: Reply) -> None:
        if not reply.is_stream:
            await reply.whole(200, reply.shape.error(error))
            return
        reply.start()
        await _frames_through(reply, "content" if contents else "start", contents)
        await reply.pause(APART_S if contents else 0)
        await reply.piece(reply.shape.error_frame(error))
        reply.end()

    return Behaviour("error inside a 200", respond)


def gated(gate: Gate, choose: Callable[[Asked], Answer] = obedient) -> Behaviour:
    """Waits at `gate` before the headers' successor and before every further frame.

    The headers go out at once; each `gate.release()` lets one frame (or the body) pass.
    """

    async def respond(reply: Reply) -> None:
        answer = choose(reply.asked)
        if not reply.is_stream:
            await reply.wait_for(gate)
            await reply.whole(200, reply.shape.body(reply.asked, answer))
            return
        reply.start()
        for frame in reply.frames(answer):
            await reply.wait_for(gate)
            await reply.piece(frame.data)
        reply.end()

    return Behaviour("gated", respond)


def delayed(seconds: float) -> Behaviour:
    """A good answer whose first token (or body) comes late; headers of a stream come at once."""

    async def respond(reply: Reply) -> None:
        if reply.is_stream:
            reply.start()
        await reply.pause(seconds)
        await OK.respond(reply)

    return Behaviour(f"first token after {seconds} s", respond)


async def _frames_through(reply: Reply, last: FrameKind, contents: int = 2) -> None:
    """Send the frames up to the last of kind `last`, with at most `contents` pieces of content."""
    if not reply.is_stream:
        await reply.piece(b"{")
        return
    order: list[FrameKind] = ["start", "content", "finish", "usage", "end"]
    left = contents
    for frame in reply.frames(obedient(reply.asked)):
        if order.index(frame.kind) > order.index(last):
            return
        if frame.kind == "content":
            if left == 0:
                continue
            left -= 1
        await reply.piece(frame.data)


async def _cut_before_done(reply: Reply) -> None:
    if not reply.is_stream:
        body = reply.shape.body(reply.asked, obedient(reply.asked))
        await reply.whole(200, body[:-1])
        return
    reply.start()
    for frame in reply.frames(obedient(reply.asked)):
        if frame.kind != "end":
            await reply.piece(frame.data)
    reply.end()


async def _pings(reply: Reply) -> None:
    reply.start()
    while True:
        # A whole body is kept alive by white space, as some providers do.
        await reply.piece(reply.shape.ping if reply.is_stream else b"\n")
        await reply.pause(PACE_S)


async def _slow_body(reply: Reply) -> None:
    reply.start()
    begun = b'data: {"id":"slow' if reply.is_stream else b'{"id":"slow'
    for position in count():
        await reply.piece(begun[position : position + 1] or b"o")
        await reply.pause(PACE_S)


async def _slow_headers(reply: Reply) -> None:
    begun = b"HTTP/1.1 200 OK\r\nx-slow: "
    for position in count():
        await reply.raw(begun[position : position + 1] or b"o")
        await reply.pause(PACE_S)


async def _silence(reply: Reply) -> None:
    await reply.hang()


async def _flood(reply: Reply) -> None:
    """As much content as the peer takes; `Exchange.bytes_sent` tells how much that was."""
    reply.start()
    frames = reply.frames(said("flood"))
    for frame in frames:
        if frame.kind == "start":
            await reply.piece(frame.data)
    data = next(frame.data for frame in frames if frame.kind == "content") * 64
    while True:
        await reply.piece(data)


async def _web_page(reply: Reply) -> None:
    """What a captive portal or a wrong base URL answers."""
    page = b"<!doctype html><title>Sign in</title>"
    await reply.whole(200, page, {"content-type": "text/html"})


def _first_tool(asked: Asked) -> str:
    return str(asked.tools[0]["name"]) if asked.tools else "missing_tool"


OK = answers("ok", obedient)
CALLS_TOOL = answers("calls a tool", calling)

REFUSED = Behaviour("connection refused", _silence)
"""`Upstream(REFUSED)` holds its port without listening on it."""
SILENT = Behaviour("accepts and never answers", _silence)
CLOSES = no_answer("close")
RESETS = no_answer("reset")
HEADERS_THEN_SILENCE = goes_silent()
ROLE_THEN_SILENCE = goes_silent("start")
CONTENT_THEN_SILENCE = goes_silent("content")
DONE_THEN_SILENCE = goes_silent("end")
"""Complete, but the response never ends: an answer, whatever the connection does later."""
CUT = cut("close")
CUT_BY_RESET = cut("reset")
CUT_BEFORE_CONTENT = cut("close", contents=0)
CUT_BEFORE_DONE = Behaviour("cut before the terminator", _cut_before_done)
MALFORMED = malformed()
MALFORMED_AFTER_CONTENT = malformed(2)
ERROR_INSIDE = error_inside()
ERROR_AFTER_CONTENT = error_inside(2)
PINGS_ONLY = Behaviour("pings for ever", _pings)
SLOW_BODY = Behaviour("body byte by byte", _slow_body)
SLOW_HEADERS = Behaviour("headers byte by byte", _slow_headers)
FLOOD = Behaviour("content without end", _flood)
WEB_PAGE = Behaviour("a web page", _web_page)

RATE_LIMITED = rate_limited()
RATE_LIMITED_FOR_A_SECOND = rate_limited("1")
SERVER_ERROR = fails("500", 500, ErrorSaid(message="The server failed inside", type="server_error"))
OVERLOADED = fails("503", 503, ErrorSaid(message="No capacity left", type="service_unavailable"))
BAD_REQUEST = fails(
    "400",
    400,
    ErrorSaid(
        message="`temperature` must be at most 2",
        type="invalid_request_error",
        param="temperature",
        code="decimal_above_max_value",
    ),
)
UNAUTHORIZED = fails(
    "401",
    401,
    ErrorSaid(message="Wrong API key", type="invalid_request_error", code="invalid_api_key"),
)
NO_SUCH_MODEL = fails(
    "404",
    404,
    ErrorSaid(message="No such model", type="invalid_request_error", code="model_not_found"),
)
FILTERED = fails(
    "400 content_filter",
    400,
    ErrorSaid(message="The prompt was filtered", type="", param="prompt", code="content_filter"),
)

EMPTY = says(Answer(), "an empty answer")
REFUSAL = says(said("I'm sorry, but I can't help with that request."), "a refusal in words")
REFUSAL_FIELD = says(Answer(refusal=("I can't", " help with that.")), "a refusal by field")
TRUNCATED = says(said("This answer was cut off by the", finish="length"), "finish length")
NOT_JSON = says(said('{"name": "Ada", "age": '), "text that is no JSON")
WRONG_JSON = says(said('{"unexpected": true}'), "JSON outside the schema")
STRAYS = says(
    said("水在标准大气压下加热到一百摄氏度时就会沸腾,而在高山上沸点会更低一些,因为气压更小。"),
    "another script than the question",
)
REPEATS = says(said("round and round it goes. " * 60), "a repetition loop")
BROKEN_ARGUMENTS = answers(
    "tool arguments that are no JSON", lambda asked: called(Call(_first_tool(asked), '{"city": '))
)
WRONG_ARGUMENTS = answers(
    "tool arguments outside the schema",
    lambda asked: called(Call(_first_tool(asked), '{"unexpected": true}')),
)
UNKNOWN_TOOL = answers("a tool nobody offered", lambda _: called(Call("launch_rocket", "{}")))
THINKS = says(Answer(reasoning=("First", " I count."), pieces=("It is", " four.")), "thinks aloud")
