"""Backends' streams: named events to frames.

A message is made of blocks, one after the other; what a block adds up to (its citations,
its signature) is known when it stops. Usage is cumulative: the last word of each of its
numbers counts.
"""

from collections.abc import Callable, Mapping
from typing import Any, ClassVar

from headgate.core.errors import UpstreamGarbled
from headgate.core.stream import (
    Cited,
    Finished,
    Frame,
    ReasoningDelta,
    ReasoningSignature,
    SealedReasoning,
    Started,
    TextDelta,
    ToolDelta,
    Used,
)
from headgate.core.stream import StreamEvent as Meaning
from headgate.wire.anthropic.shapes import (
    FINISH_REASONS,
    Block,
    Delta,
    Location,
    StreamEvent,
    citation_of,
    event_decoder,
    failed,
    reported_usage,
)
from headgate.wire.anthropic.unsigned import signature_of
from headgate.wire.members import UNREADABLE
from headgate.wire.sse import Event, EventDecoder


class _OpenBlock:
    """A block whose pieces are still coming."""

    __slots__ = ("begun", "citations", "has_arguments", "position", "signature", "text")

    def __init__(self, begun: Block, position: int) -> None:
        self.begun = begun
        self.position = position
        self.text: list[str] = []
        self.signature = begun.signature
        self.citations: list[Location] = list(begun.citations or ())
        self.has_arguments = False


class MessageDecoder:
    """One stream. What follows `message_stop` is left out."""

    __slots__ = ("_blocks", "_calls", "_events", "_has_ended", "_said", "_usage", "_usage_is_told")

    def __init__(self) -> None:
        self._events = EventDecoder()
        self._blocks: dict[int, _OpenBlock] = {}
        self._calls = 0
        self._said = 0
        """Characters of text so far."""
        self._usage: dict[str, Any] = {}
        self._usage_is_told = False
        self._has_ended = False

    def feed(self, chunk: bytes) -> list[Frame]:
        """Take the next bytes; return the frames they complete.

        Raises:
            UpstreamGarbled: An event that is none of this API, or too large to hold.
        """
        frames: list[Frame] = []
        for event in self._events.feed(chunk):
            if self._has_ended:
                break
            frames.append(self._frame(event))
        return frames

    def _frame(self, event: Event) -> Frame:
        if event.data is None:
            return Frame(event.raw)
        try:
            said = event_decoder.decode(event.data)
        except UNREADABLE as error:
            raise UpstreamGarbled("an event of the backend's stream is not readable") from error
        if said.type == "message_stop":
            self._has_ended = True
            return Frame(event.raw, self._used(), is_last=True)
        read = self._readers.get(said.type)
        return Frame(event.raw, tuple(read(self, said)) if read else ())

    def _start(self, said: StreamEvent) -> list[Meaning]:
        message = said.message
        if message is None:
            raise UpstreamGarbled("the backend's stream starts without a message")
        self._usage = dict(message.usage or {})
        return [Started(id=message.id or "", model=message.model or "")]

    def _start_block(self, said: StreamEvent) -> list[Meaning]:
        begun = said.content_block
        if begun is None or said.index is None:
            raise UpstreamGarbled("the backend's stream starts a block that is none")
        block = self._blocks[said.index] = _OpenBlock(begun, self._calls)
        match begun.type:
            case "text":
                return self._text(block, begun.text)
            case "thinking":
                return [ReasoningDelta(begun.thinking)] if begun.thinking else []
            case "redacted_thinking":
                return [SealedReasoning(begun.data or "")]
            case "tool_use":
                self._calls += 1
                return [ToolDelta(position=block.position, id=begun.id, name=begun.name)]
            case _:
                # A tool of the provider's own runs: output, though there is no word for it.
                return [TextDelta("")]

    def _add(self, said: StreamEvent) -> list[Meaning]:
        block, delta = self._blocks.get(said.index or 0), said.delta
        if block is None or delta is None:
            raise UpstreamGarbled("the backend's stream goes on with a block that has not begun")
        match delta.type:
            case "text_delta":
                return self._text(block, delta.text)
            case "thinking_delta":
                return [ReasoningDelta(delta.thinking)] if delta.thinking else []
            case "input_json_delta" if block.begun.type == "tool_use":
                return _arguments(block, delta)
            case "signature_delta":
                block.signature = delta.signature
            case "citations_delta" if delta.citation is not None:
                block.citations.append(delta.citation)
        return []

    def _text(self, block: _OpenBlock, text: str | None) -> list[Meaning]:
        if not text:
            return []
        block.text.append(text)
        return [TextDelta(text)]

    def _stop_block(self, said: StreamEvent) -> list[Meaning]:
        block = self._blocks.pop(said.index or 0, None)
        if block is None:
            return []
        match block.begun.type:
            case "text":
                text, start = "".join(block.text), self._said
                self._said += len(text)
                citations = block.citations
                return [Cited(citation_of(text, start, citations))] if citations else []
            case "thinking" if signature := signature_of(block.signature):
                return [ReasoningSignature(signature)]
            case "tool_use" if not block.has_arguments:
                # A call without arguments, or of a server that sends them with its name.
                arguments = block.begun.arguments
                return [ToolDelta(position=block.position, arguments=arguments)]
        return []

    def _end(self, said: StreamEvent) -> list[Meaning]:
        self._usage |= {n: value for n, value in (said.usage or {}).items() if value is not None}
        delta, found = said.delta, list[Meaning]()
        if delta is not None and delta.stop_reason:
            reason = FINISH_REASONS.get(delta.stop_reason, "stop")
            found.append(Finished(reason, stop_sequence=delta.stop_sequence))
        if said.usage:
            found.extend(self._used(again=True))
        return found

    def _fail(self, said: StreamEvent) -> list[Meaning]:
        return [failed(said.error)]

    def _used(self, *, again: bool = False) -> tuple[Meaning, ...]:
        """The usage so far; once, unless there is news of it."""
        usage = reported_usage(self._usage)
        if usage is None or (self._usage_is_told and not again):
            return ()
        self._usage_is_told = True
        return (Used(usage),)

    _readers: ClassVar[Mapping[str, Callable[["MessageDecoder", StreamEvent], list[Meaning]]]] = {
        "message_start": _start,
        "content_block_start": _start_block,
        "content_block_delta": _add,
        "content_block_stop": _stop_block,
        "message_delta": _end,
        "error": _fail,
    }


def _arguments(block: _OpenBlock, delta: Delta) -> list[Meaning]:
    if not delta.partial_json:
        return []
    block.has_arguments = True
    return [ToolDelta(position=block.position, arguments=delta.partial_json)]
