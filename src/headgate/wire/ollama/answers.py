"""What `/api/chat` and `/api/generate` answer: lines of a stream, or the one object of a reply.

They differ in where the words stand: in a `message`, or at the top as `response`.
"""

import re
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

import msgspec
from msgspec import Struct

from headgate.core.errors import UpstreamGarbled
from headgate.core.stream import (
    Answer,
    Failed,
    Finished,
    FinishReason,
    Frame,
    ReasoningDelta,
    Started,
    StreamEvent,
    TextDelta,
    ToolDelta,
    Used,
)
from headgate.core.usage import Usage
from headgate.wire.counts import token_count
from headgate.wire.fold import Folder
from headgate.wire.members import UNREADABLE
from headgate.wire.ndjson import Line, LineDecoder

_NOT_DIGITS = re.compile(r"\D+")


class _Function(Struct, gc=False):
    name: str = ""
    arguments: dict[str, Any] | None = None


class _Call(Struct, gc=False):
    id: str | None = None
    function: _Function | None = None


class _Message(Struct, gc=False):
    content: str | None = None
    thinking: str | None = None
    tool_calls: list[_Call] | None = None


class _Reply(Struct, gc=False):
    model: str | None = None
    created_at: str | None = None
    message: _Message | None = None
    response: str | None = None
    thinking: str | None = None
    tool_calls: list[_Call] | None = None
    done: bool = False
    done_reason: str | None = None
    prompt_eval_count: Any = None
    eval_count: Any = None
    error: Any = None

    @property
    def words(self) -> _Message | None:
        """What it says, wherever it stands."""
        if self.message is not None or self.response is None:
            return self.message
        return _Message(self.response, self.thinking, self.tool_calls)


_reply = msgspec.json.Decoder(_Reply)
_encoder = msgspec.json.Encoder()


class _Reader:
    """Turns the objects of one reply, in order, into events."""

    __slots__ = ("_calls", "_has_started", "_moment")

    def __init__(self) -> None:
        self._calls = 0
        self._has_started = False
        self._moment = ""

    def read(self, reply: _Reply) -> list[StreamEvent]:
        """The events of one object."""
        if reply.error:
            said = reply.error if isinstance(reply.error, str) else "the backend reported an error"
            return [Failed(said)]
        events: list[StreamEvent] = []
        if not self._has_started:
            self._has_started = True
            self._moment = _NOT_DIGITS.sub("", reply.created_at or "")
            events.append(
                Started(
                    id=f"ollama-{self._moment}",
                    model=reply.model or "",
                    created=_unix_seconds(reply.created_at),
                )
            )
        if (words := reply.words) is not None:
            self._read_message(words, events)
        if reply.done:
            events.append(Finished(self._finish_reason(reply.done_reason)))
            if reply.eval_count is not None and reply.prompt_eval_count is not None:
                events.append(Used(usage_of(msgspec.structs.asdict(reply))))
        return events

    def _read_message(self, message: _Message, events: list[StreamEvent]) -> None:
        if message.thinking:
            events.append(ReasoningDelta(message.thinking))
        if message.content:
            events.append(TextDelta(message.content))
        for call in message.tool_calls or ():
            function = call.function or _Function()
            events.append(
                ToolDelta(
                    position=self._calls,
                    id=call.id or self._identity(),
                    name=function.name,
                    arguments=_encoder.encode(function.arguments or {}).decode(),
                )
            )
            self._calls += 1

    def _identity(self) -> str:
        """A name for a call that has none: the same each time, but not in every answer alike."""
        return f"call_{self._moment}_{self._calls}" if self._moment else f"call_{self._calls}"

    def _finish_reason(self, reason: str | None) -> FinishReason:
        if reason == "length":
            return "length"
        if reason == "content_filter":
            # Not Ollama's own: what Headgate says where another API has said it.
            return "content_filter"
        return "tool_calls" if self._calls else "stop"


class ChatLines:
    """One stream. What follows its last line is left out."""

    __slots__ = ("_has_ended", "_lines", "_reader")

    def __init__(self) -> None:
        self._lines = LineDecoder()
        self._reader = _Reader()
        self._has_ended = False

    def feed(self, chunk: bytes) -> list[Frame]:
        """Take the next bytes; return the frames they complete.

        Raises:
            UpstreamGarbled: A line that is no answer, or too large to hold.
        """
        frames: list[Frame] = []
        for line in self._lines.feed(chunk):
            if self._has_ended:
                break
            frames.append(self._frame(line))
        return frames

    def _frame(self, line: Line) -> Frame:
        if line.data is None:
            return Frame(line.raw)
        reply = _decode(line.data)
        self._has_ended = reply.done and not reply.error
        return Frame(line.raw, tuple(self._reader.read(reply)), is_last=self._has_ended)


def decode_answer(body: bytes) -> Answer:
    """Read a complete reply.

    Raises:
        UpstreamGarbled: It is not one.
    """
    reply = _decode(body)
    if reply.error:
        raise UpstreamGarbled("the backend sent an error under a good status")
    if reply.words is None or not reply.done:
        raise UpstreamGarbled("the backend's reply is not complete")
    folder = Folder()
    for event in _Reader().read(reply):
        folder.add(event)
    return folder.answer()


def usage_of(raw: Mapping[str, Any]) -> Usage:
    """The counts of a last line, normalised."""
    return Usage(
        input_tokens=token_count(raw.get("prompt_eval_count")),
        output_tokens=token_count(raw.get("eval_count")),
    )


def _decode(data: bytes) -> _Reply:
    try:
        return _reply.decode(data)
    except UNREADABLE as error:
        raise UpstreamGarbled("the backend's reply is not what its API promises") from error


def _unix_seconds(moment: str | None) -> int:
    try:
        at = datetime.fromisoformat(moment or "")
        return int((at if at.tzinfo else at.replace(tzinfo=UTC)).timestamp())
    except (ValueError, OverflowError):
        return 0
