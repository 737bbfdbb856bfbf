"""Backends' streams: named server-sent events to frames.

What an event means stands in its data's `type`; the name beside it says the same. The
deltas of an item come first and the whole item after them, so an item tells only what
its deltas have not.
"""

from typing import Any

import msgspec
from msgspec import Raw, Struct

from headgate.core.errors import UpstreamGarbled
from headgate.core.stream import (
    Failed,
    Finished,
    Frame,
    ReasoningDelta,
    RefusalDelta,
    Started,
    StreamEvent,
    TextDelta,
    ToolDelta,
    Used,
)
from headgate.wire.members import UNREADABLE
from headgate.wire.responses.problems import failure_of
from headgate.wire.responses.shapes import (
    CALLS,
    PARAGRAPH,
    Item,
    Response,
    events_of_item,
    finish_reason_of,
    read_item,
    reported_usage,
    response_decoder,
)
from headgate.wire.sse import Event, EventDecoder

_NOTHING = Raw(b"null")
_BEGINS = frozenset({"response.created", "response.in_progress", "response.queued"})
_ENDS = frozenset({"response.completed", "response.incomplete"})
_SUMMARY = "response.reasoning_summary_text.delta"
_THINKING = frozenset({_SUMMARY, "response.reasoning_text.delta"})
_ARGUMENTS = frozenset(
    {"response.function_call_arguments.delta", "response.custom_tool_call_input.delta"}
)


class _Said(Struct, gc=False):
    """An event's data; of unforeseen events even the types are unforeseen."""

    type: str = ""
    response: Raw = _NOTHING
    item: Raw = _NOTHING
    output_index: Any = None
    summary_index: Any = None
    delta: Any = None
    error: Any = None
    message: Any = None
    code: Any = None


_said = msgspec.json.Decoder(_Said)


class ResponseDecoder:
    """One stream of a response's events. What follows the terminator is left out."""

    __slots__ = (
        "_events",
        "_has_ended",
        "_has_failed",
        "_has_output",
        "_has_started",
        "_positions",
        "_thinks_in",
        "_told",
    )

    def __init__(self) -> None:
        self._events = EventDecoder()
        self._has_started = False
        self._has_ended = False
        self._has_failed = False
        self._has_output = False
        self._positions: dict[object, int] = {}
        """Of calls among the calls, by their place in the output."""
        self._thinks_in: dict[object, str] = {}
        """Which kind of event tells a thought: only one of them, where both are sent."""
        self._told: set[object] = set()
        """Places of items with deltas."""

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
        if event.data is None or event.data.startswith(b"[DONE]"):
            return Frame(event.raw)
        try:
            said = _said.decode(event.data)
            events = self._read(said)
        except (*UNREADABLE, TypeError) as error:
            raise UpstreamGarbled("an event of the backend's stream is not of its API") from error
        self._has_ended = said.type in _ENDS
        return Frame(event.raw, tuple(events), is_last=self._has_ended)

    def _read(self, said: _Said) -> list[StreamEvent]:
        kind, place = said.type, said.output_index
        events: list[StreamEvent] = []
        if kind == "response.output_text.delta":
            events = self._words(TextDelta(_text(said)), place)
        elif kind in _ARGUMENTS:
            self._told.add(place)
            events = [ToolDelta(position=self._position(place), arguments=_text(said))]
        elif kind in _THINKING or kind == "response.reasoning_summary_part.added":
            events = self._thinking(said)
        elif kind == "response.refusal.delta":
            events = self._words(RefusalDelta(_text(said)), place)
        elif kind in {"response.output_item.added", "response.output_item.done"}:
            events = self._item(said, is_done=kind.endswith("done"))
        elif kind in _BEGINS:
            events = self._started(response_decoder.decode(said.response))
        elif kind in _ENDS:
            events = self._ended(response_decoder.decode(said.response))
        elif kind in {"error", "response.failed"} or (not kind and said.error):
            events = self._failed(said)
        return events

    def _words(self, words: TextDelta | RefusalDelta, place: object) -> list[StreamEvent]:
        self._told.add(place)
        return [words] if words.text else []

    def _thinking(self, said: _Said) -> list[StreamEvent]:
        place = said.output_index
        if said.type not in _THINKING:
            is_further = type(said.summary_index) is int and said.summary_index > 0
            is_told = self._thinks_in.get(place) == _SUMMARY
            return [ReasoningDelta(PARAGRAPH)] if is_further and is_told else []
        self._told.add(place)
        if self._thinks_in.setdefault(place, said.type) != said.type:
            return []
        text = _text(said)
        return [ReasoningDelta(text)] if text else []

    def _item(self, said: _Said, *, is_done: bool) -> list[StreamEvent]:
        item = read_item(said.item) if said.item != _NOTHING else None
        if item is None:
            return []
        self._has_output = True
        place = said.output_index
        is_named = place in self._positions
        position = self._position(place) if item.type in CALLS else 0
        if is_done:
            is_told = place in self._told
            return events_of_item(item, position, is_told=is_told, is_named=is_named)
        if item.type not in CALLS:
            return []
        return [ToolDelta(position=position, id=item.call_id or item.id, name=item.name)]

    def _position(self, place: object) -> int:
        return self._positions.setdefault(place, len(self._positions))

    def _started(self, response: Response) -> list[StreamEvent]:
        if self._has_started:
            return []
        self._has_started = True
        created = int(response.created_at or 0)
        return [Started(id=response.id or "", model=response.model or "", created=created)]

    def _ended(self, response: Response) -> list[StreamEvent]:
        events = self._started(response)
        if not self._has_output and not self._told:
            events += self._untold(response)
        reason = finish_reason_of(response, has_calls=bool(self._positions))
        events.append(Finished(reason))
        if usage := reported_usage(response):
            events.append(Used(usage))
        return events

    def _untold(self, response: Response) -> list[StreamEvent]:
        """The output of a server that streams nothing but its first and last events."""
        events: list[StreamEvent] = []
        for place, raw in enumerate(response.output or ()):
            item: Item | None = read_item(raw)
            if item is not None:
                position = self._position(place) if item.type in CALLS else 0
                events += events_of_item(item, position, is_told=False, is_named=False)
        return events

    def _failed(self, said: _Said) -> list[StreamEvent]:
        if self._has_failed:
            return []
        self._has_failed = True
        error: Any = said.error or {"message": said.message, "code": said.code}
        if said.type == "response.failed":
            error = response_decoder.decode(said.response).error
        message, status = failure_of(error)
        return [Failed(message, status)]


def _text(said: _Said) -> str:
    if not isinstance(said.delta, str):
        raise TypeError("a delta is text")
    return said.delta
