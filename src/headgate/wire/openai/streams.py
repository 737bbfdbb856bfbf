"""Backends' streams: server-sent events to frames."""

from typing import Any

from headgate.core.errors import UpstreamGarbled
from headgate.core.stream import (
    Failed,
    Finished,
    Frame,
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
from headgate.wire.members import UNREADABLE
from headgate.wire.openai.shapes import (
    Call,
    Choice,
    Reply,
    Words,
    finish_reason_of,
    reply_decoder,
    reported_usage,
    sentence_of,
    text_of,
)
from headgate.wire.sse import Event, EventDecoder


class ChunkDecoder:
    """One stream of chat or completion chunks. What follows the terminator is left out."""

    __slots__ = ("_events", "_has_ended", "_has_started")

    def __init__(self) -> None:
        self._events = EventDecoder()
        self._has_started = False
        self._has_ended = False

    def feed(self, chunk: bytes) -> list[Frame]:
        """Take the next bytes; return the frames they complete.

        Raises:
            UpstreamGarbled: An event that is no chunk, or too large to hold.
        """
        frames: list[Frame] = []
        for event in self._events.feed(chunk):
            if self._has_ended:
                break
            frames.append(self._frame(event))
        return frames

    def _frame(self, event: Event) -> Frame:
        data = event.data
        if data is None:
            return Frame(event.raw)
        if data.startswith(b"[DONE]"):
            self._has_ended = True
            return Frame(event.raw, is_last=True)
        try:
            chunk = reply_decoder.decode(data)
        except UNREADABLE as error:
            raise UpstreamGarbled("an event of the backend's stream is not a chunk") from error
        events: list[StreamEvent] = []
        if not self._has_started and (chunk.id or chunk.model):
            self._has_started = True
            events.append(_started(chunk))
        if chunk.error:
            events.append(_failed(chunk.error))
        for choice in chunk.choices or ():
            _read_choice(choice, events)
        if chunk.usage is None:
            return Frame(event.raw, tuple(events))
        if usage := reported_usage(chunk.usage, chunk.service_tier):
            events.append(Used(usage))
        return Frame(event.raw, tuple(events), usage_only=not chunk.choices and not chunk.error)


def _started(chunk: Reply) -> Started:
    return Started(id=chunk.id or "", model=chunk.model or "", created=int(chunk.created or 0))


def _read_choice(choice: Choice, events: list[StreamEvent]) -> None:
    index = choice.index or 0
    if choice.text:
        events.append(TextDelta(choice.text, index))
    elif choice.delta is not None:
        _read_delta(choice.delta, index, events)
    if choice.finish_reason:
        reason = finish_reason_of(choice.finish_reason)
        if reason == "error":
            events.append(Failed("the backend broke its answer off"))
        else:
            events.append(Finished(reason, index))


def _read_delta(delta: Words, index: int, events: list[StreamEvent]) -> None:
    # An empty text is no output: many servers send the role with one.
    if delta.reasoning_details:
        _read_details(delta, index, events)
    elif reasoning := delta.reasoning_content or delta.reasoning:
        events.append(ReasoningDelta(reasoning, index))
    if content := delta.content:
        text, thinking = (content, "") if isinstance(content, str) else text_of(content)
        if thinking:
            events.append(ReasoningDelta(thinking, index))
        if text:
            events.append(TextDelta(text, index))
    if delta.refusal:
        events.append(RefusalDelta(delta.refusal, index))
    if delta.tool_calls:
        events.extend(
            _tool_delta(call, position, index) for position, call in enumerate(delta.tool_calls)
        )
    if delta.function_call is not None:
        events.append(_tool_delta(Call(function=delta.function_call), 0, index))
    if delta.audio is not None:
        # Sound is output even where it has no words.
        events.append(TextDelta(delta.audio.transcript or "", index))


def _read_details(delta: Words, index: int, events: list[StreamEvent]) -> None:
    """Thoughts with their signatures; the plain text beside them says the same again."""
    for detail in delta.reasoning_details or ():
        if detail.data is not None:
            events.append(SealedReasoning(detail.data, index))
        if text := detail.text or detail.summary:
            events.append(ReasoningDelta(text, index))
        if detail.signature is not None:
            events.append(ReasoningSignature(detail.signature, index))


def _tool_delta(call: Call, position: int, index: int) -> ToolDelta:
    callee = call.callee
    return ToolDelta(
        position=position if call.index is None else call.index,
        id=call.id or None,
        name=callee.name or None,
        arguments=callee.argument_text,
        signature=call.signature,
        choice=index,
    )


def _failed(error: Any) -> Failed:
    return Failed(sentence_of(error) or "the backend reported an error", _status_of(error))


def _status_of(error: Any) -> int:
    """The HTTP status that an error inside a stream stands for."""
    if isinstance(error, dict):
        for name in ("code", "status", "status_code"):
            value = error.get(name)
            if type(value) is int and 400 <= value < 600:
                return value
    return 502
