"""Placeholders in a stream's events, lane by lane: each choice's words, thoughts, and calls."""

from typing import Literal

from msgspec.structs import replace

from headgate.core.stream import (
    Citation,
    Cited,
    Failed,
    Finished,
    ReasoningDelta,
    ReasoningSignature,
    RefusalDelta,
    SealedReasoning,
    Source,
    StreamEvent,
    TextDelta,
    ToolDelta,
)
from headgate.privacy.bodies import WholeTexts
from headgate.privacy.pseudonyms import Pseudonyms
from headgate.privacy.restore import Lane

_Kind = Literal["text", "reasoning", "refusal", "call"]
_Words = TextDelta | ReasoningDelta | RefusalDelta
_Key = tuple[_Kind, int, int]
"""Also the choice, and which of its calls."""


class Events:
    """The events of one stream."""

    __slots__ = ("_holding", "_is_json_asked", "_lanes", "_names", "_whole")

    def __init__(self, names: Pseudonyms, *, is_json_asked: bool = False) -> None:
        """See `bodies.WholeTexts`."""
        self._names = names
        self._is_json_asked = is_json_asked
        self._lanes: dict[_Key, Lane] = {}
        self._holding: set[_Key] = set()
        self._whole = WholeTexts(names)

    @property
    def unrestored(self) -> int:
        """See `restore.Lane`."""
        return self._whole.unrestored + sum(lane.unrestored for lane in self._lanes.values())

    def restored(self, events: tuple[StreamEvent, ...]) -> tuple[StreamEvent, ...]:
        """Events with nothing masked in them; the very same if that changes nothing."""
        out: list[StreamEvent] = []
        is_same = True
        for event in events:
            if self._holding and (ended := self._ended_by(event)):
                out += ended
                is_same = False
            new = self._restored(event)
            is_same = is_same and new is event
            out.append(new)
        return events if is_same else tuple(out)

    def end(self) -> list[StreamEvent]:
        """The stream is over: what was still kept back."""
        return self._given_out(list(self._holding))

    def _restored(self, event: StreamEvent) -> StreamEvent:
        match event:
            case TextDelta():
                return self._words(event, "text")
            case ReasoningDelta():
                return self._words(event, "reasoning")
            case RefusalDelta():
                return self._words(event, "refusal")
            case ToolDelta():
                return self._call(event)
            case _:
                return self._whole_event(event)

    def _whole_event(self, event: StreamEvent) -> StreamEvent:
        """One that is no piece of anything."""
        if isinstance(event, Cited):
            citation = self._citation(event.citation, event.choice)
            return event if citation == event.citation else Cited(citation, event.choice)
        if isinstance(event, Failed):
            message = self._whole.text(event.message)
            return event if message is event.message else Failed(message, event.status)
        return event

    def _words(self, event: _Words, kind: _Kind) -> StreamEvent:
        text = self._fed((kind, event.choice, 0), event.text)
        return event if text is event.text else type(event)(text, event.choice)

    def _fed(self, key: _Key, text: str) -> str:
        lane = self._lanes.get(key)
        if lane is None:
            is_json = key[0] == "call" or (key[0] == "text" and self._is_json_asked)
            lane = self._lanes[key] = Lane(self._names, "json" if is_json else "text")
        new = lane.feed(text)
        if lane.held:
            self._holding.add(key)
        elif self._holding:
            self._holding.discard(key)
        return new

    def _call(self, event: ToolDelta) -> ToolDelta:
        arguments = self._fed(("call", event.choice, event.position), event.arguments)
        name = self._whole.text(event.name) if event.name else event.name
        if arguments is event.arguments and name is event.name:
            return event
        return replace(event, arguments=arguments, name=name)

    def _citation(self, citation: Citation, choice: int) -> Citation:
        lane = self._lanes.get(("text", choice, 0))
        return restored_citation(citation, self._whole, lane)

    def _ended_by(self, event: StreamEvent) -> list[StreamEvent]:
        """What was kept back of texts that the model has left off or finished."""
        match event:
            case TextDelta(text, choice) if text:
                kept = ("text", "call")
            case ReasoningDelta(text, choice) if text:
                kept = ("reasoning", "call")
            case RefusalDelta(text, choice) if text:
                kept = ("refusal", "call")
            case ToolDelta(choice=choice):
                # The JSON of a call ends where nothing is kept back; calls may be interleaved.
                kept = ("call", "call")
            case ReasoningSignature(choice=choice) | SealedReasoning(choice=choice):
                kept = ("text", "call")
            case Finished(choice=choice):
                kept = ("", "")
            case Failed():
                return self.end()
            case _:
                return []
        ended = [key for key in self._holding if key[1] == choice and key[0] not in kept]
        return self._given_out(ended)

    def _given_out(self, keys: list[_Key]) -> list[StreamEvent]:
        given: list[StreamEvent] = []
        for key in sorted(keys):
            self._holding.discard(key)
            text = self._lanes[key].end()
            kind, choice, position = key
            match kind:
                case "text":
                    given.append(TextDelta(text, choice))
                case "reasoning":
                    given.append(ReasoningDelta(text, choice))
                case "refusal":
                    given.append(RefusalDelta(text, choice))
                case "call":
                    given.append(ToolDelta(position=position, arguments=text, choice=choice))
        return given


def restored_citation(citation: Citation, whole: WholeTexts, lane: Lane | None) -> Citation:
    """A citation of a text that `lane` has restored: its places are moved, too."""
    start, end = citation.start, citation.end
    if lane is not None:
        start = None if start is None else lane.place_of(start)
        end = None if end is None else lane.place_of(end)
    sources = tuple(
        Source(
            id=source.id,
            title=source.title and whole.text(source.title),
            url=source.url and whole.text(source.url),
            text=source.text and whole.text(source.text),
        )
        for source in citation.sources
    )
    return Citation(text=whole.text(citation.text), start=start, end=end, sources=sources)
