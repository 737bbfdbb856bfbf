"""A stream for a client: events to named events, in the one order this API knows.

Blocks come one after the other, each with its index, and a tool's block only once the tool
has a name. What belongs into another block than the open call waits until the call is
whole: backends may send the pieces of several calls in turn.
"""

from collections.abc import Mapping
from typing import Any

import msgspec

from headgate.core.chat import Thought
from headgate.core.errors import UpstreamCut, UpstreamGarbled
from headgate.core.stream import (
    Cited,
    ContentDelta,
    Failed,
    Finished,
    ReasoningDelta,
    ReasoningSignature,
    RefusalDelta,
    SealedReasoning,
    Source,
    Started,
    StreamEvent,
    TextDelta,
    ToolDelta,
    Used,
)
from headgate.core.usage import Usage
from headgate.wire.anthropic.answers import (
    location_object,
    message_head,
    stop_reason,
    thought_block,
    usage_object,
)
from headgate.wire.anthropic.problems import encode_stream_error
from headgate.wire.anthropic.unsigned import UNSIGNED
from headgate.wire.members import UNREADABLE, split

_Said = ContentDelta | ReasoningSignature | Cited
_THOUGHT: Mapping[str, Any] = {"type": "thinking", "thinking": "", "signature": ""}
_NOT_IN_A_DELTA = frozenset({"cache_creation"})
"""Members of a usage object that only whole messages have."""

_encoder = msgspec.json.Encoder()


class _OpenCall:
    """The call whose block is open."""

    __slots__ = ("arguments", "position")

    def __init__(self, position: int) -> None:
        self.position = position
        self.arguments: list[str] = []

    @property
    def is_whole(self) -> bool:
        """Its arguments are a complete object."""
        try:
            split("".join(self.arguments).encode())
        except UNREADABLE:
            return False
        return True


class MessageEncoder:
    """One stream for one client."""

    def __init__(self, started: Started) -> None:
        """`started` names the message."""
        self._started = started
        self._has_begun = False
        self._block: str | None = None
        """The type of the open block."""
        self._index = -1
        self._call: _OpenCall | None = None
        self._waiting: list[_Said] = []
        self._unnamed: dict[int, list[str]] = {}
        """Arguments of calls that have no name yet."""
        self._called: set[int] = set()
        self._sources: dict[Source, int] = {}
        self._is_cited = False
        self._has_refused = False
        self._finish: Finished | None = None
        self._usage: Usage | None = None
        self._has_failed = False

    def encode(self, event: StreamEvent) -> bytes:
        """Bytes for one event; may be empty."""
        if getattr(event, "choice", 0):
            # This API has one answer, and its clients cannot have asked for more.
            return b""
        match event:
            case Used():
                self._usage = event.usage
            case Failed():
                # The reader of the stream says it, in the words it has for it.
                self._has_failed = True
            case Finished(reason="error"):
                self._has_failed = True
                return encode_stream_error(UpstreamCut("the backend broke its answer off"))
            case Finished():
                self._finish = event
            case Started():
                return self._begin()
            case _:
                return self._begin() + self._say(event)
        return b""

    def end(self) -> bytes:
        """Everything that is still held back, why it ended, the usage, and the terminator."""
        if self._has_failed:
            return b""
        data = self._begin()
        while self._waiting:
            data += self._say_waiting()
        data += self._stop()
        if self._unnamed:
            problem = UpstreamGarbled("the backend called a tool without naming it")
            return data + encode_stream_error(problem)
        finish = self._finish or Finished("stop")
        reason = stop_reason(
            finish.reason,
            has_calls=bool(self._called),
            has_refused=self._has_refused,
            stop_sequence=finish.stop_sequence,
        )
        usage = usage_object(self._usage or Usage())
        last = {
            "delta": {"stop_reason": reason, "stop_sequence": finish.stop_sequence},
            "usage": {n: value for n, value in usage.items() if n not in _NOT_IN_A_DELTA},
        }
        return data + _event("message_delta", last) + _event("message_stop", {})

    def _begin(self) -> bytes:
        if self._has_begun:
            return b""
        self._has_begun = True
        message = {
            **message_head(self._started.id, self._started.model),
            "content": [],
            "stop_reason": None,
            "stop_sequence": None,
            "usage": {"input_tokens": 0, "output_tokens": 0},
        }
        return _event("message_start", {"message": message})

    def _say(self, event: _Said) -> bytes:
        call = self._call
        if call is None or (isinstance(event, ToolDelta) and event.position == call.position):
            return self._write(event)
        self._waiting.append(event)
        return self._say_waiting() if call.is_whole else b""

    def _say_waiting(self) -> bytes:
        waiting, self._waiting = self._waiting, []
        return self._stop() + b"".join([self._say(event) for event in waiting])

    def _write(self, event: _Said) -> bytes:
        match event:
            case ToolDelta():
                return self._tool(event)
            case TextDelta() | RefusalDelta():
                self._has_refused |= isinstance(event, RefusalDelta)
                return self._text(event.text)
            case ReasoningDelta():
                return self._think(event.text)
            case ReasoningSignature():
                begun = b"" if self._block == "thinking" else self._start(_THOUGHT)
                return begun + self._stop(event.signature)
            case SealedReasoning():
                return self._start(thought_block(Thought(sealed=event.data))) + self._stop()
            case Cited():
                return self._cite(event)

    def _text(self, text: str) -> bytes:
        if not text:
            return b""
        begun = b""
        if self._block != "text" or self._is_cited:
            begun = self._start({"type": "text", "text": ""})
        head = b'event: content_block_delta\ndata: {"type":"content_block_delta","index":%d'
        return b"%b%b,%b%b}}\n\n" % (
            begun,
            head % self._index,
            b'"delta":{"type":"text_delta","text":',
            _encoder.encode(text),
        )

    def _think(self, text: str) -> bytes:
        if not text:
            return b""
        begun = b"" if self._block == "thinking" else self._start(_THOUGHT)
        return begun + self._delta({"type": "thinking_delta", "thinking": text})

    def _cite(self, event: Cited) -> bytes:
        if self._block != "text":
            # Nothing that was said is left to point from.
            return b""
        self._is_cited = True
        locations = [
            location_object(source, self._sources.setdefault(source, len(self._sources)))
            for source in event.citation.sources
        ]
        return b"".join(
            [self._delta({"type": "citations_delta", "citation": each}) for each in locations]
        )

    def _tool(self, event: ToolDelta) -> bytes:
        begun = b""
        if event.position not in self._called:
            held = self._unnamed.setdefault(event.position, [])
            held.append(event.arguments)
            if not event.name:
                return b""
            del self._unnamed[event.position]
            begun = self._start_call(event)
            arguments = "".join(held)
        else:
            arguments = event.arguments
        # A late piece of a call that was whole can only be white space.
        if not arguments or self._call is None or self._call.position != event.position:
            return begun
        self._call.arguments.append(arguments)
        return begun + self._delta({"type": "input_json_delta", "partial_json": arguments})

    def _start_call(self, event: ToolDelta) -> bytes:
        self._called.add(event.position)
        block: dict[str, Any] = {
            "type": "tool_use",
            "id": event.id or f"toolu_{event.position}",
            "name": event.name,
            "input": {},
        }
        begun = self._start(block)
        self._call = _OpenCall(event.position)
        return begun

    def _start(self, block: Mapping[str, Any]) -> bytes:
        stopped = self._stop()
        self._index += 1
        self._block = block["type"]
        said = {"index": self._index, "content_block": block}
        return stopped + _event("content_block_start", said)

    def _stop(self, signature: str = UNSIGNED) -> bytes:
        """End the open block, if there is one; a thought ends with its signature."""
        if self._block is None:
            return b""
        is_thought = self._block == "thinking"
        self._block = self._call = None
        self._is_cited = False
        signed = {"type": "signature_delta", "signature": signature}
        ended = _event("content_block_stop", {"index": self._index})
        return self._delta(signed) + ended if is_thought else ended

    def _delta(self, delta: Mapping[str, Any]) -> bytes:
        return _event("content_block_delta", {"index": self._index, "delta": delta})


def _event(name: str, said: Mapping[str, Any]) -> bytes:
    return b"event: %b\ndata: %b\n\n" % (name.encode(), _encoder.encode({"type": name, **said}))
