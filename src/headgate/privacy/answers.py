"""An answer on its way to the client, with the values back where their placeholders stand.

One object for one answer, whole or streamed, in the dialect it came in or in none. What a
client gets as frames is restored as frames, what an encoder or a check reads, as events.
"""

from msgspec.structs import replace

from headgate.core.chat import Thought
from headgate.core.stream import (
    Answer,
    Choice,
    Frame,
    ReasoningDelta,
    RefusalDelta,
    TextDelta,
    ToolDelta,
)
from headgate.privacy.bodies import WholeTexts
from headgate.privacy.events import Events, restored_citation
from headgate.privacy.frames import RawFrames
from headgate.privacy.pseudonyms import Pseudonyms
from headgate.privacy.restore import Lane
from headgate.wire.speech import Speech

_WORDS = (TextDelta, ReasoningDelta, RefusalDelta, ToolDelta)


class AnswerRestorer:
    """Restores one answer."""

    __slots__ = ("_events", "_is_json_asked", "_names", "_raw", "_whole")

    def __init__(
        self, names: Pseudonyms, speech: Speech | None = None, *, is_json_asked: bool = False
    ) -> None:
        """Of a request masked with `names`.

        Args:
            names: What stands for what; read, never changed.
            speech: Of the dialect in which frames are passed on; `None` where they are
                translated, and their bytes read by nobody.
            is_json_asked: The request's output format is JSON: values are put into the
                answer as its strings need them.
        """
        self._names = names
        self._is_json_asked = is_json_asked
        self._whole = WholeTexts(names, is_json_asked=is_json_asked)
        self._events = Events(names, is_json_asked=is_json_asked)
        self._raw = RawFrames(names, speech, is_json_asked=is_json_asked) if speech else None

    @property
    def unrestored(self) -> int:
        """Placeholders the client was given: changed beyond recognition, cut off, or made up."""
        return self._whole.unrestored + self._events.unrestored

    def frames(self, frames: list[Frame]) -> list[Frame]:
        """The next frames of a stream; those that hold nothing masked are the very same."""
        if not len(self._names):
            return frames
        return [each for frame in frames for each in self._frame(frame)]

    def end(self) -> list[Frame]:
        """A stream was cut: frames with what was still kept back, as the model wrote it."""
        events = tuple(self._events.end())
        raws = self._raw.end() if self._raw is not None else [b""]
        if not raws or not events:
            return [Frame(raw) for raw in raws if raw] or [Frame(b"", events)] * bool(events)
        return [*map(Frame, raws[:-1]), Frame(raws[-1], events)]

    def body(self, body: bytes) -> bytes:
        """A whole reply or an error in any dialect; the very same if it holds nothing masked.

        Not for vectors, which hold no text, only many numbers.
        """
        return self._whole.body(body) if len(self._names) else body

    def answer(self, answer: Answer) -> Answer:
        """A whole answer, decoded from a body that was not restored."""
        if not len(self._names):
            return answer
        return replace(answer, choices=tuple(map(self._choice, answer.choices)))

    def _frame(self, frame: Frame) -> list[Frame]:
        events = self._events.restored(frame.events)
        if frame.is_last and (kept := self._events.end()):
            events = (*kept, *events)
        if self._raw is None:
            return [frame] if events is frame.events else [replace(frame, events=events)]
        if events is frame.events and not self._raw.holds and _is_words_only(frame):
            return [frame]
        *before, raw = self._raw.restored(frame.raw, is_last=frame.is_last)
        if raw is frame.raw and events is frame.events and not before:
            return [frame]
        return [*map(Frame, before), replace(frame, raw=raw, events=events)]

    def _choice(self, choice: Choice) -> Choice:
        whole = self._whole
        lane = Lane(self._names, "json" if self._is_json_asked else "text")
        text = lane.feed(choice.text) + lane.end()
        whole.unrestored += lane.unrestored
        return replace(
            choice,
            text=text,
            thoughts=tuple(
                Thought(whole.text(each.text), each.signature, each.sealed)
                for each in choice.thoughts
            ),
            refusal=whole.text(choice.refusal),
            tool_calls=tuple(
                replace(
                    call,
                    name=whole.text(call.name),
                    arguments=whole.text(call.arguments, "json"),
                )
                for call in choice.tool_calls
            ),
            citations=tuple(restored_citation(each, whole, lane) for each in choice.citations),
        )


def _is_words_only(frame: Frame) -> bool:
    """Whether all it says is in its events."""
    return bool(frame.events) and all(isinstance(event, _WORDS) for event in frame.events)
