"""A conversation in no dialect in particular.

Only translation between dialects builds these values; a request that leaves in the
dialect it came in is relayed as bytes (see `core.inbound`).
"""

from collections.abc import Mapping
from typing import Any, Literal

from msgspec import Struct

Role = Literal["system", "developer", "user", "assistant", "tool"]


class TextPart(Struct, frozen=True, tag="text"):
    """Plain text."""

    text: str


class ImagePart(Struct, frozen=True, tag="image"):
    """A picture, by `url` (http, https) or as base64 `data` of `media_type`."""

    url: str | None = None
    data: str | None = None
    media_type: str | None = None
    detail: str | None = None


class OtherPart(Struct, frozen=True, tag="other"):
    """A part this version has no word for (audio, file); `kind` names it."""

    kind: str


Part = TextPart | ImagePart | OtherPart


class ToolCall(Struct, frozen=True):
    """A call the model made; `arguments` is JSON text as the model wrote it."""

    id: str
    name: str
    arguments: str


class Message(Struct, frozen=True, kw_only=True):
    """One turn."""

    role: Role
    parts: tuple[Part, ...] = ()
    tool_calls: tuple[ToolCall, ...] = ()
    tool_call_id: str | None = None
    name: str | None = None
    reasoning: str | None = None

    @property
    def text(self) -> str:
        """All text parts, joined."""
        return "".join(part.text for part in self.parts if isinstance(part, TextPart))


class Tool(Struct, frozen=True, kw_only=True):
    """A function the model may call; `parameters` is a JSON Schema."""

    name: str
    description: str | None = None
    parameters: Mapping[str, Any] | None = None
    strict: bool | None = None


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
    stop: tuple[str, ...] = ()
    seed: int | None = None
    frequency_penalty: float | None = None
    presence_penalty: float | None = None
    logprobs: bool | None = None
    top_logprobs: int | None = None
    reasoning_effort: str | None = None
    choices: int = 1
    extra: Mapping[str, Any] = {}
