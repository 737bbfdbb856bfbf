"""What a model says, as events, and as the whole they add up to."""

from typing import Literal

from msgspec import Struct

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
    choice: int = 0


class Finished(Struct, frozen=True, gc=False):
    """One choice is complete."""

    reason: FinishReason
    choice: int = 0


class Used(Struct, frozen=True, gc=False):
    """The backend's own count; the last one wins."""

    usage: Usage


class Failed(Struct, frozen=True, gc=False):
    """The backend reported an error inside its stream."""

    message: str
    status: int = 502


StreamEvent = (
    Started | TextDelta | ReasoningDelta | RefusalDelta | ToolDelta | Finished | Used | Failed
)
ContentDelta = TextDelta | ReasoningDelta | RefusalDelta | ToolDelta
"""Events that carry model output: the first of them commits the gateway to a target."""


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


class Choice(Struct, frozen=True, gc=False, kw_only=True):
    """One complete answer."""

    text: str = ""
    reasoning: str = ""
    refusal: str = ""
    tool_calls: tuple[ToolCallMade, ...] = ()
    finish_reason: FinishReason | None = None


class Answer(Struct, frozen=True, gc=False, kw_only=True):
    """A whole reply: what a non-streamed body says, or a stream folded up."""

    id: str = ""
    model: str = ""
    created: int = 0
    choices: tuple[Choice, ...] = ()
    usage: Usage | None = None
