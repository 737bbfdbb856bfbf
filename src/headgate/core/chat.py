"""A conversation in no dialect in particular.

Only translation between dialects builds these values; a request that leaves in the
dialect it came in is relayed as bytes (see `core.inbound`).
"""

from collections.abc import Mapping
from typing import Any, Literal

from msgspec import Struct

Role = Literal["system", "developer", "user", "assistant", "tool"]
CacheLifetime = Literal["5m", "1h"]
"""How long the prompt up to and with a piece is asked to stay cached."""


class TextPart(Struct, frozen=True, tag="text"):
    """Plain text."""

    text: str
    cache: CacheLifetime | None = None


class ImagePart(Struct, frozen=True, tag="image"):
    """A picture, by `url` (http, https) or as base64 `data` of `media_type`."""

    url: str | None = None
    data: str | None = None
    media_type: str | None = None
    detail: str | None = None
    cache: CacheLifetime | None = None


class AudioPart(Struct, frozen=True, tag="audio"):
    """Sound as base64 `data`; `format` is `wav`, `mp3`, …"""

    data: str
    format: str


class FilePart(Struct, frozen=True, kw_only=True, tag="file"):
    """A document: exactly one of `data` (base64), `text`, `url` and `file_id` is there."""

    data: str | None = None
    text: str | None = None
    url: str | None = None
    file_id: str | None = None
    """A name that only the backend where it was uploaded knows."""
    media_type: str | None = None
    name: str | None = None
    wants_citations: bool = False
    cache: CacheLifetime | None = None


class OtherPart(Struct, frozen=True, tag="other"):
    """A part this version has no word for; `kind` names it."""

    kind: str


Part = TextPart | ImagePart | AudioPart | FilePart | OtherPart


class Thought(Struct, frozen=True):
    """What the model thought before it spoke.

    `signature` is the provider's proof that the text is its own, `sealed` a thought that
    only the provider can read. Both go back byte for byte in the next turn.
    """

    text: str = ""
    signature: str | None = None
    sealed: str | None = None


class ToolCall(Struct, frozen=True):
    """A call the model made; `arguments` is JSON text as the model wrote it."""

    id: str
    name: str
    arguments: str
    signature: str | None = None
    """Gemini's proof of the thought behind the call; it goes back with it."""
    cache: CacheLifetime | None = None


class Message(Struct, frozen=True, kw_only=True):
    """One turn; a tool's result is a turn of role `tool`."""

    role: Role
    parts: tuple[Part, ...] = ()
    thoughts: tuple[Thought, ...] = ()
    tool_calls: tuple[ToolCall, ...] = ()
    tool_call_id: str | None = None
    is_error: bool = False
    """The tool failed."""
    name: str | None = None

    @property
    def text(self) -> str:
        """All text parts, joined."""
        return "".join(part.text for part in self.parts if isinstance(part, TextPart))

    @property
    def reasoning(self) -> str:
        """All readable thoughts, joined."""
        return "".join(thought.text for thought in self.thoughts)


class Tool(Struct, frozen=True, kw_only=True):
    """A function the model may call; `parameters` is a JSON Schema."""

    name: str
    description: str | None = None
    parameters: Mapping[str, Any] | None = None
    strict: bool | None = None
    cache: CacheLifetime | None = None


class ToolChoice(Struct, frozen=True):
    """How free the model is to call; `name` only with `named`."""

    mode: Literal["auto", "none", "required", "named"]
    name: str | None = None


class OutputFormat(Struct, frozen=True, kw_only=True):
    """The shape asked of the answer; `schema` only with `schema`."""

    kind: Literal["text", "json", "schema"]
    schema: Mapping[str, Any] | None = None
    name: str | None = None
    strict: bool | None = None


class ChatRequest(Struct, frozen=True, kw_only=True):
    """Everything a chat asks, for a backend that speaks another dialect.

    `extra` holds the top-level fields that have no place here, decoded, so that an
    encoder can map them or refuse them by name; none is lost silently.
    """

    messages: tuple[Message, ...]
    tools: tuple[Tool, ...] = ()
    tool_choice: ToolChoice | None = None
    parallel_tool_calls: bool | None = None
    output_format: OutputFormat | None = None
    max_output_tokens: int | None = None
    temperature: float | None = None
    top_p: float | None = None
    top_k: int | None = None
    stop: tuple[str, ...] = ()
    seed: int | None = None
    frequency_penalty: float | None = None
    presence_penalty: float | None = None
    logprobs: bool | None = None
    top_logprobs: int | None = None
    reasoning_effort: str | None = None
    """`none`, `minimal`, `low`, `medium`, `high`, `xhigh` or `max`."""
    thinking_tokens: int | None = None
    """Most tokens to think with, where the client counts instead of naming an effort."""
    user: str | None = None
    """The client's name for its own user."""
    choices: int = 1
    extra: Mapping[str, Any] = {}
