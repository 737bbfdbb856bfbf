"""A stream for a client: events to server-sent chunks."""

from collections.abc import Mapping
from typing import Any

import msgspec

from headgate.core.chat import Thought
from headgate.core.errors import UpstreamCut
from headgate.core.stream import (
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
from headgate.wire.openai.answers import (
    citation_object,
    signature_object,
    thought_object,
    usage_object,
)
from headgate.wire.openai.problems import encode_stream_error

_Said = TextDelta | ReasoningDelta | RefusalDelta | ReasoningSignature | SealedReasoning | Cited

_encoder = msgspec.json.Encoder()


class ChunkEncoder:
    """One stream for one client.

    Every chunk has the same id and time. The role stands in the first delta of a choice
    only, a tool call's id and name in its first piece only: SDKs join what is repeated.
    """

    def __init__(self, started: Started, *, include_usage: bool) -> None:
        head = {
            "id": started.id,
            "object": "chat.completion.chunk",
            "created": started.created,
            "model": started.model,
        }
        self._head = b"data: " + _encoder.encode(head)[:-1] + b',"choices":'
        self._tail = b',"usage":null}\n\n' if include_usage else b"}\n\n"
        self._include_usage = include_usage
        self._usage: Usage | None = None
        self._begun: set[int] = set()
        self._named: set[tuple[int, int]] = set()
        self._has_failed = False

    def encode(self, event: StreamEvent) -> bytes:
        """Bytes for one event; may be empty."""
        match event:
            case ToolDelta():
                return self._delta(event.choice, {"tool_calls": [self._call(event)]})
            case Finished():
                return self._finish(event)
            case Used():
                self._usage = event.usage
            case Failed():
                # The reader of the stream says it, in the words it has for it.
                self._has_failed = True
            case Started():
                # The reply already has its name.
                pass
            case _:
                return self._delta(event.choice, _words(event))
        return b""

    def end(self) -> bytes:
        """The terminator, usage before it when it was asked for and is known."""
        if self._has_failed:
            return b""
        if not self._include_usage or self._usage is None:
            return b"data: [DONE]\n\n"
        usage = _encoder.encode(usage_object(self._usage))
        return self._head + b'[],"usage":' + usage + b"}\n\ndata: [DONE]\n\n"

    def _delta(self, choice: int, delta: Mapping[str, Any]) -> bytes:
        if choice not in self._begun:
            self._begun.add(choice)
            delta = {"role": "assistant", **delta}
        return self._chunk(choice, delta, None)

    def _finish(self, event: Finished) -> bytes:
        if event.reason == "error":
            self._has_failed = True
            return encode_stream_error(UpstreamCut("the backend broke its answer off"))
        beginning = (
            b"" if event.choice in self._begun else self._delta(event.choice, {"content": ""})
        )
        return beginning + self._chunk(event.choice, {}, event.reason)

    def _call(self, event: ToolDelta) -> Mapping[str, Any]:
        place = (event.choice, event.position)
        if place in self._named:
            return {"index": event.position, "function": {"arguments": event.arguments}}
        self._named.add(place)
        return {
            "index": event.position,
            "id": event.id or f"call_{event.choice}_{event.position}",
            "type": "function",
            "function": {"name": event.name or "", "arguments": event.arguments},
            **signature_object(event.signature),
        }

    def _chunk(self, index: int, delta: Mapping[str, Any], finish_reason: str | None) -> bytes:
        choice = {"index": index, "delta": delta, "logprobs": None, "finish_reason": finish_reason}
        return self._head + _encoder.encode([choice]) + self._tail


def _words(event: _Said) -> Mapping[str, Any]:
    """The delta of an event that is no more than words."""
    match event:
        case TextDelta():
            return {"content": event.text}
        case ReasoningDelta():
            return {"reasoning_content": event.text}
        case RefusalDelta():
            return {"refusal": event.text}
        case ReasoningSignature():
            detail = {"type": "reasoning.text", "signature": event.signature}
            return {"reasoning_details": [detail]}
        case SealedReasoning():
            return {"reasoning_details": [thought_object(Thought(sealed=event.data))]}
        case Cited():
            return {"citations": [citation_object(event.citation)]}
