"""A stream for a client: events to this API's named ones."""

from collections.abc import Mapping
from typing import Any, Literal

from headgate.core.errors import UpstreamCut
from headgate.core.stream import (
    Citation,
    Cited,
    Failed,
    Finished,
    ReasoningDelta,
    ReasoningSignature,
    RefusalDelta,
    SealedReasoning,
    Started,
    StreamEvent,
    TextDelta,
    ToolDelta,
    Used,
)
from headgate.core.usage import Usage
from headgate.wire.cohere.answers import (
    citation_object,
    finish_reason,
    tool_call_object,
)
from headgate.wire.cohere.problems import encode_stream_error, event
from headgate.wire.cohere.shapes import usage_object

_Kind = Literal["text", "thinking"]


class EventEncoder:
    """One stream for one client.

    What is said lies in blocks, each of one kind and with a number of its own; calls and
    citations are numbered apart. The end waits for the usage, which stands in it.
    """

    def __init__(self, started: Started) -> None:
        self._started = started
        self._has_begun = False
        self._blocks = 0
        self._open_block: _Kind | None = None
        self._text_block = 0
        self._open_call: int | None = None
        self._named_calls: set[int] = set()
        self._citations = 0
        self._finished: Finished | None = None
        self._usage: Usage | None = None
        self._has_failed = False

    def encode(self, said: StreamEvent) -> bytes:
        """Bytes for one event; may be empty."""
        match said:
            case TextDelta() | RefusalDelta():
                return self._begin() + self._piece("text", said.text)
            case ReasoningDelta():
                return self._begin() + self._piece("thinking", said.text)
            case ToolDelta():
                return self._begin() + self._close_block() + self._call(said)
            case Cited():
                return self._begin() + self._cite(said.citation)
            case Finished():
                return self._finish(said)
            case Used():
                self._usage = said.usage
            case Failed():
                # The reader of the stream says it, in the words it has for it.
                self._has_failed = True
            case Started() | ReasoningSignature() | SealedReasoning():
                # The reply has its name, and this API no place for a proof or a sealed thought.
                pass
        return b""

    def end(self) -> bytes:
        """The terminator, usage in it where it is known."""
        if self._has_failed:
            return b""
        finished = self._finished or Finished("tool_calls" if self._named_calls else "stop")
        delta: dict[str, Any] = {"finish_reason": finish_reason(finished)}
        if self._usage is not None:
            delta["usage"] = usage_object(self._usage)
        last = event("message-end", {"id": self._started.id, "delta": delta})
        return self._begin() + self._close_block() + self._close_call() + last

    def _begin(self) -> bytes:
        if self._has_begun:
            return b""
        self._has_begun = True
        empty = {"content": [], "tool_plan": "", "tool_calls": [], "citations": []}
        message = {"role": "assistant", **empty}
        return event("message-start", {"id": self._started.id, "delta": {"message": message}})

    def _piece(self, kind: _Kind, text: str) -> bytes:
        opening = b""
        if self._open_block != kind:
            opening = self._close_block() + self._close_call()
            self._open_block = kind
            if kind == "text":
                self._text_block = self._blocks
            opening += self._in_block("content-start", {"type": kind, kind: ""})
        return opening + self._in_block("content-delta", {kind: text})

    def _in_block(self, name: str, content: Mapping[str, str]) -> bytes:
        return event(name, {"index": self._blocks, "delta": {"message": {"content": content}}})

    def _close_block(self) -> bytes:
        if self._open_block is None:
            return b""
        self._open_block = None
        closing = event("content-end", {"index": self._blocks})
        self._blocks += 1
        return closing

    def _call(self, piece: ToolDelta) -> bytes:
        position = piece.position
        if position in self._named_calls:
            return self._arguments(position, piece.arguments)
        opening = self._close_call()
        self._named_calls.add(position)
        self._open_call = position
        call = tool_call_object(piece.id or f"call_{position}", piece.name or "", "")
        members = {"index": position, "delta": {"message": {"tool_calls": call}}}
        opening += event("tool-call-start", members)
        return opening + self._arguments(position, piece.arguments)

    def _arguments(self, position: int, arguments: str) -> bytes:
        if not arguments:
            return b""
        message = {"tool_calls": {"function": {"arguments": arguments}}}
        return event("tool-call-delta", {"index": position, "delta": {"message": message}})

    def _close_call(self) -> bytes:
        if self._open_call is None:
            return b""
        closing = event("tool-call-end", {"index": self._open_call})
        self._open_call = None
        return closing

    def _cite(self, citation: Citation) -> bytes:
        number, self._citations = self._citations, self._citations + 1
        message = {"citations": citation_object(citation, self._text_block)}
        start = event("citation-start", {"index": number, "delta": {"message": message}})
        return start + event("citation-end", {"index": number})

    def _finish(self, finished: Finished) -> bytes:
        if finished.reason == "error":
            self._has_failed = True
            return encode_stream_error(UpstreamCut("the backend broke its answer off"))
        self._finished = finished
        return b""
