"""Backends' streams: named events to frames. `message-end` is the terminator."""

import msgspec

from headgate.core.errors import UpstreamGarbled
from headgate.core.stream import (
    Cited,
    Failed,
    Finished,
    Frame,
    ReasoningDelta,
    Started,
    StreamEvent,
    TextDelta,
    ToolDelta,
    Used,
)
from headgate.wire import sse
from headgate.wire.cohere.shapes import (
    Call,
    Content,
    Delta,
    Event,
    Words,
    finish_reason_of,
    reported_usage,
    several,
)
from headgate.wire.members import UNREADABLE

_event = msgspec.json.Decoder(Event)


class EventsDecoder:
    """One stream of a chat. What follows its end is left out."""

    __slots__ = ("_events", "_has_ended")

    def __init__(self) -> None:
        self._events = sse.EventDecoder()
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

    def _frame(self, framed: sse.Event) -> Frame:
        if framed.data is None or framed.data.startswith(b"[DONE]"):
            # Not what ends a stream here: one without its `message-end` was cut.
            return Frame(framed.raw)
        try:
            event = _event.decode(framed.data)
        except UNREADABLE as error:
            raise UpstreamGarbled("an event of the backend's stream is not one") from error
        if event.type == "message-end":
            events = _ended(event.delta or Delta())
            self._has_ended = True
            return Frame(framed.raw, events, is_last=not _has_failed(events))
        return Frame(framed.raw, _meaning(event))


def _meaning(event: Event) -> tuple[StreamEvent, ...]:
    if event.type == "message-start":
        return (Started(id=event.id or ""),)
    if not event.type and event.message is not None:
        said = event.message if isinstance(event.message, str) else ""
        return (Failed(said or "the backend reported an error"),)
    message = event.delta.message if event.delta else None
    # An end of a block, a debug event, or one that is newer than this, means nothing.
    return _added(event, message) if message is not None else ()


def _added(event: Event, message: Words) -> tuple[StreamEvent, ...]:
    match event.type:
        case "content-start" | "content-delta":
            return _said(message)
        case "tool-plan-delta":
            # The plan is what the model thinks of its tools before it calls them.
            return (ReasoningDelta(message.tool_plan),) if message.tool_plan else ()
        case "tool-call-start" | "tool-call-delta":
            return _calls(message, event.index or 0)
        case "citation-start":
            return tuple(Cited(words.citation) for words in several(message.citations))
        case _:
            return ()


def _said(message: Words) -> tuple[StreamEvent, ...]:
    content = message.content
    if isinstance(content, str):
        return (TextDelta(content),) if content else ()
    return tuple(event for piece in several(content) for event in _piece(piece))


def _piece(piece: Content) -> list[StreamEvent]:
    events: list[StreamEvent] = []
    if piece.thinking:
        events.append(ReasoningDelta(piece.thinking))
    if piece.text:
        events.append(TextDelta(piece.text))
    return events


def _calls(message: Words, index: int) -> tuple[StreamEvent, ...]:
    calls = several(message.tool_calls)
    return tuple(_call(call, index + place) for place, call in enumerate(calls))


def _call(call: Call, position: int) -> ToolDelta:
    function = call.function
    return ToolDelta(
        position=position,
        id=call.id or None,
        name=(function.name or None) if function else None,
        arguments=(function.arguments or "") if function else "",
    )


def _ended(delta: Delta) -> tuple[StreamEvent, ...]:
    usage = reported_usage(delta.usage)
    used: tuple[StreamEvent, ...] = (Used(usage),) if usage else ()
    reason = finish_reason_of(delta.finish_reason)
    if delta.finish_reason == "TIMEOUT":
        return (*used, Failed(delta.error or "the backend ran out of time", 504))
    if delta.error or reason == "error":
        return (*used, Failed(delta.error or "the backend broke its answer off"))
    return (*used, Finished(reason))


def _has_failed(events: tuple[StreamEvent, ...]) -> bool:
    return any(isinstance(event, Failed) for event in events)
