"""Backends' streams: binary messages to frames.

A message says in its headers what it is. `messageStop` tells why the model ended, and
`metadata` follows with the usage: only that one is the end, so neither is lost.
"""

from collections.abc import Callable, Mapping
from typing import Any

import msgspec
from msgspec import Struct

from headgate.core.errors import UpstreamGarbled
from headgate.core.stream import (
    Failed,
    Finished,
    Frame,
    ReasoningDelta,
    ReasoningSignature,
    SealedReasoning,
    Started,
    StreamEvent,
    TextDelta,
    ToolDelta,
    Used,
)
from headgate.wire.bedrock.answers import (
    CitedSource,
    Tier,
    ToolUse,
    charged_usage,
    citation_events,
    finish_reason_of,
    picture,
)
from headgate.wire.event_stream import Message, MessageDecoder
from headgate.wire.members import UNREADABLE

_STATUSES: Mapping[str, int] = {
    "internalServerException": 500,
    "modelStreamErrorException": 502,
    "modelTimeoutException": 504,
    "serviceUnavailableException": 503,
    "throttlingException": 429,
    "validationException": 400,
}


class _Start(Struct, gc=False, rename="camel"):
    tool_use: ToolUse | None = None
    image: Any = None


class _Called(Struct, gc=False):
    input: str = ""


class _Thought(Struct, gc=False, rename="camel"):
    text: str | None = None
    signature: str | None = None
    redacted_content: str | None = None


class _Delta(Struct, gc=False, rename="camel"):
    text: str | None = None
    tool_use: _Called | None = None
    reasoning_content: _Thought | None = None
    citation: CitedSource | None = None
    image: Any = None


class _Said(Struct, gc=False, rename="camel"):
    """The payload of any message, errors included."""

    content_block_index: int = 0
    start: _Start | None = None
    delta: _Delta | None = None
    stop_reason: str | None = None
    usage: dict[str, Any] | None = None
    service_tier: Tier | None = None
    message: str | None = None
    original_status_code: int | None = None


_said = msgspec.json.Decoder(_Said)


class _Block:
    """What a block has said so far, where something is to be told at its end."""

    __slots__ = ("call", "citations", "has_input", "text")

    def __init__(self) -> None:
        self.call: int | None = None
        """The position of the call that it is."""
        self.has_input = False
        self.text: list[str] = []
        self.citations: list[CitedSource] = []


class MessagesDecoder:
    """One stream. What follows its end is left out."""

    __slots__ = ("_blocks", "_calls", "_has_ended", "_messages", "_readers")

    def __init__(self) -> None:
        self._messages = MessageDecoder()
        self._calls = 0
        self._blocks: dict[int, _Block] = {}
        """Those that are open."""
        self._has_ended = False
        self._readers: Mapping[str, Callable[[_Said], list[StreamEvent]]] = {
            "contentBlockStart": self._start,
            "contentBlockDelta": self._delta,
            "contentBlockStop": self._stop,
            "messageStop": self._message_stop,
            "metadata": self._metadata,
        }

    def feed(self, chunk: bytes) -> list[Frame]:
        """Take the next bytes; return the frames they complete.

        Raises:
            UpstreamGarbled: A message that is broken, too large, or not of this API.
        """
        if self._has_ended:
            return []
        frames: list[Frame] = []
        for message in self._messages.feed(chunk):
            frames.append(self._frame(message))
            if self._has_ended:
                break
        return frames

    def _frame(self, message: Message) -> Frame:
        kind = message.headers.get(":message-type")
        if kind == "exception":
            return Frame(message.raw, (_failed(message),))
        if kind == "error":
            said = message.headers.get(":error-message") or "the backend reported an error"
            return Frame(message.raw, (Failed(said),))
        events = self._read(message.headers.get(":event-type", ""), message.payload)
        return Frame(message.raw, tuple(events), is_last=self._has_ended)

    def _read(self, event: str, payload: bytes) -> list[StreamEvent]:
        if event == "messageStart":
            return [Started()]
        read = self._readers.get(event)
        return read(_decode(payload)) if read else []

    def _message_stop(self, said: _Said) -> list[StreamEvent]:
        return [Finished(finish_reason_of(said.stop_reason or ""))]

    def _metadata(self, said: _Said) -> list[StreamEvent]:
        self._has_ended = True
        return [Used(charged_usage(said.usage, said.service_tier))] if said.usage else []

    def _start(self, said: _Said) -> list[StreamEvent]:
        block = self._blocks[said.content_block_index] = _Block()
        start = said.start or _Start()
        if start.image is not None:
            raise picture()
        use = start.tool_use
        if use is None or use.type is not None:
            return []
        position = block.call = self._calls
        self._calls += 1
        return [ToolDelta(position=position, id=use.tool_use_id, name=use.name)]

    def _delta(self, said: _Said) -> list[StreamEvent]:
        delta = said.delta or _Delta()
        block = self._blocks.setdefault(said.content_block_index, _Block())
        if delta.image is not None:
            raise picture()
        events: list[StreamEvent] = []
        if delta.text:
            block.text.append(delta.text)
            events.append(TextDelta(delta.text))
        if delta.tool_use is not None and block.call is not None and delta.tool_use.input:
            block.has_input = True
            events.append(ToolDelta(position=block.call, arguments=delta.tool_use.input))
        if delta.reasoning_content is not None:
            events += _thought(delta.reasoning_content)
        if delta.citation is not None:
            block.citations.append(delta.citation)
        return events

    def _stop(self, said: _Said) -> list[StreamEvent]:
        block = self._blocks.pop(said.content_block_index, None)
        if block is None:
            return []
        events = citation_events("".join(block.text), block.citations)
        if block.call is not None and not block.has_input:
            # A call of a tool without parameters.
            events.append(ToolDelta(position=block.call, arguments="{}"))
        return events


def _thought(piece: _Thought) -> list[StreamEvent]:
    events: list[StreamEvent] = []
    if piece.redacted_content is not None:
        events.append(SealedReasoning(piece.redacted_content))
    if piece.text:
        events.append(ReasoningDelta(piece.text))
    if piece.signature:
        events.append(ReasoningSignature(piece.signature))
    return events


def _failed(message: Message) -> Failed:
    said = _decode(message.payload)
    status = _STATUSES.get(message.headers.get(":exception-type", ""), 502)
    original = said.original_status_code
    if original is not None and (original == 429 or 500 <= original < 600):
        status = original
    return Failed(said.message or "the backend reported an error", status)


def _decode(payload: bytes) -> _Said:
    try:
        return _said.decode(payload)
    except UNREADABLE as error:
        raise UpstreamGarbled("a message of the backend's stream is not of its API") from error
