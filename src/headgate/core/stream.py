"""What a model says, as events, and as the whole they add up to."""

from typing import Literal

from msgspec import Struct

from headgate.core.chat import Thought
from headgate.core.usage import Usage

FinishReason = Literal["stop", "length", "tool_calls", "content_filter", "error"]


class Started(Struct, frozen=True, gc=False, kw_only=True):
    """The backend began to answer; says nothing about content."""

    id: str = ""
    model: str = ""
    created: int = 0
    """Unix seconds."""


class TextDelta(Struct, frozen=True, gc=False):
    """A piece of the answer."""

    text: str
    choice: int = 0


class ReasoningDelta(Struct, frozen=True, gc=False):
    """A piece of what the model thought aloud."""

    text: str
    choice: int = 0


class ReasoningSignature(Struct, frozen=True, gc=False):
    """The proof of the thought that ends here; what thinking follows is another thought."""

    signature: str
    choice: int = 0


class SealedReasoning(Struct, frozen=True, gc=False):
    """A whole thought that only its provider can read."""

    data: str
    choice: int = 0


class Source(Struct, frozen=True, gc=False, kw_only=True):
    """What a citation points at."""

    id: str | None = None
    title: str | None = None
    url: str | None = None
    text: str | None = None


class Citation(Struct, frozen=True, gc=False, kw_only=True):
    """Words of the answer, and what they rest on; `start` and `end` count its characters."""

    text: str
    start: int | None = None
    end: int | None = None
    sources: tuple[Source, ...] = ()


class Cited(Struct, frozen=True, gc=False):
    """What has just been said rests on sources."""

    citation: Citation
    choice: int = 0


class RefusalDelta(Struct, frozen=True, gc=False):
    """A piece of the model's own refusal (OpenAI's `refusal` field)."""

    text: str
    choice: int = 0


class ToolDelta(Struct, frozen=True, gc=False, kw_only=True):
    """A piece of a tool call; `id` and `name` come once, on its first piece."""

    position: int
    id: str | None = None
    name: str | None = None
    arguments: str = ""
    signature: str | None = None
    """See `core.chat.ToolCall`."""
    choice: int = 0


class Finished(Struct, frozen=True, gc=False):
    """One choice is complete."""

    reason: FinishReason
    choice: int = 0
    stop_sequence: str | None = None
    """Which of the request's stop sequences ended it, where the backend says."""


class Used(Struct, frozen=True, gc=False):
    """The backend's own count; the last one wins."""

    usage: Usage


class Failed(Struct, frozen=True, gc=False):
    """The backend reported an error inside its stream."""

    message: str
    status: int = 502


ContentDelta = TextDelta | ReasoningDelta | SealedReasoning | RefusalDelta | ToolDelta
"""Events that carry model output: the first of them commits the gateway to a target."""
StreamEvent = Started | ContentDelta | ReasoningSignature | Cited | Finished | Used | Failed


class Frame(Struct, frozen=True, gc=False):
    """One framed piece of a backend's stream: its bytes and what they mean.

    Relaying within a dialect forwards `raw`; translating encodes `events`.
    """

    raw: bytes
    events: tuple[StreamEvent, ...] = ()
    usage_only: bool = False
    """An extra piece that carries usage and nothing else: dropped unless asked for."""
    is_last: bool = False
    """The dialect's terminator: a stream that ends without one was cut."""


class ToolCallMade(Struct, frozen=True, gc=False):
    """A complete tool call."""

    id: str
    name: str
    arguments: str
    signature: str | None = None


class Choice(Struct, frozen=True, gc=False, kw_only=True):
    """One complete answer."""

    text: str = ""
    thoughts: tuple[Thought, ...] = ()
    refusal: str = ""
    tool_calls: tuple[ToolCallMade, ...] = ()
    citations: tuple[Citation, ...] = ()
    finish_reason: FinishReason | None = None
    stop_sequence: str | None = None

    @property
    def reasoning(self) -> str:
        """All readable thoughts, joined."""
        return "".join(thought.text for thought in self.thoughts)


class Timing(Struct, frozen=True, gc=False, kw_only=True):
    """How long an answer took, as measured here; in nanoseconds."""

    total_ns: int
    """From the client's request to the end of the answer."""
    first_output_ns: int | None = None
    """From asking the backend to its first output; unknown of an answer that came whole."""
    output_ns: int
    """From there to its end; of an answer that came whole, all the time the backend took."""


class Answer(Struct, frozen=True, gc=False, kw_only=True):
    """A whole reply: what a non-streamed body says, or a stream folded up."""

    id: str = ""
    model: str = ""
    created: int = 0
    choices: tuple[Choice, ...] = ()
    usage: Usage | None = None
    timing: Timing | None = None
    """For clients that are told; no decoder fills it in."""
