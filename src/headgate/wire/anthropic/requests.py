"""Clients' requests, read as far as routing and checking need; the rest stays bytes."""

from collections.abc import Iterable, Mapping
from typing import Any

import msgspec
from msgspec import UNSET, Raw, Struct, UnsetType

from headgate.core.chat import OutputFormat
from headgate.core.errors import InvalidRequest
from headgate.core.inbound import Inbound, Need, Operation
from headgate.wire.complaints import complaint
from headgate.wire.members import UNREADABLE, split

DIALECT_NAME = "anthropic"

_ANY_OBJECT = Raw(b"{}")
_TEXT_SOURCES = frozenset({"text", "content"})
"""Documents that need no reader of files."""


class _Source(Struct, gc=False):
    type: str = ""
    content: "str | list[_Block] | None" = None


class _Block(Struct, gc=False):
    type: str = ""
    text: str | None = None
    source: _Source | str | None = None
    content: "str | list[_Block] | dict[str, Raw] | None" = None


class _Message(Struct, gc=False):
    role: str | None = None
    content: str | list[_Block] | None = None


class _Tool(Struct, gc=False):
    name: str = ""
    input_schema: Raw = _ANY_OBJECT


class _Thinking(Struct, gc=False):
    type: str = ""


class _Format(Struct, gc=False):
    type: str = ""
    schema: dict[str, Any] | None = None


class _OutputConfig(Struct, gc=False):
    format: _Format | None = None


class _Request(Struct, gc=False):
    model: str | None = None
    messages: list[_Message] | UnsetType = UNSET
    max_tokens: int | None = None
    stream: bool | None = None
    tools: list[_Tool] | None = None
    thinking: _Thinking | None = None
    output_config: _OutputConfig | None = None
    output_format: _Format | None = None
    """Where the format stood in the beta of it."""


_request = msgspec.json.Decoder(_Request)


def decode_request(operation: Operation, body: bytes) -> Inbound:
    """Read a client's request.

    Raises:
        InvalidRequest: With the field at fault.
    """
    if operation not in {"chat", "count_tokens"}:
        raise InvalidRequest(f"this API has no {operation}")
    try:
        fields = split(body)
        view = _request.decode(body)
    except UNREADABLE as error:
        raise complaint(error, body) from error
    if not view.model:
        raise InvalidRequest("model: it is needed", param="model", hint="`auto` lets us choose")
    if not view.messages:
        raise InvalidRequest("messages: at least one is needed", param="messages")
    limit = _limit(view.max_tokens) if operation == "chat" else 0
    _check_roles(view.messages)
    found = _Found()
    for message in view.messages:
        found.read(message.content)
    wanted = _wanted_format(view)
    return Inbound(
        dialect=DIALECT_NAME,
        operation=operation,
        body=body,
        fields=fields,
        model=view.model,
        stream=bool(view.stream) and operation == "chat",
        wants_usage=True,
        max_output_tokens=limit,
        needs=frozenset(found.needs | _needs(view, wanted)),
        message_count=len(view.messages),
        turn_text=_turn_text(view.messages),
        output_format=wanted,
        tool_schemas={tool.name: tool.input_schema for tool in view.tools or ()},
        has_image_urls=found.has_image_urls,
    )


class _Found:
    """What the blocks of a conversation ask of a target."""

    __slots__ = ("has_image_urls", "needs")

    def __init__(self) -> None:
        self.needs: set[Need] = set()
        self.has_image_urls = False

    def read(self, content: Any) -> None:
        """Blocks, and those inside of tool results and documents."""
        if not isinstance(content, list):
            return
        for block in content:
            source = block.source if isinstance(block.source, _Source) else None
            if block.type == "image":
                self.needs.add("vision")
                self.has_image_urls |= source is not None and source.type == "url"
            elif block.type == "document" and source is not None:
                if source.type not in _TEXT_SOURCES:
                    self.needs.add("file")
                self.read(source.content)
            self.read(block.content)


def _limit(tokens: int | None) -> int:
    if tokens is None:
        raise InvalidRequest(
            "max_tokens: it is needed",
            param="max_tokens",
            hint="say how many tokens the answer may have at most",
        )
    if tokens < 0:
        raise InvalidRequest(f"max_tokens: expected at least 0, got {tokens}", param="max_tokens")
    return tokens


def _check_roles(messages: Iterable[_Message]) -> None:
    for index, message in enumerate(messages):
        if not message.role:
            place = f"messages[{index}].role"
            raise InvalidRequest(f"{place}: it is needed", param=place)


def _turn_text(messages: list[_Message]) -> str:
    """What the user said last; results of tools are nothing that a user says."""
    for message in reversed(messages):
        if message.role != "user" or message.content is None:
            continue
        if isinstance(message.content, str):
            return message.content
        if texts := [block.text for block in message.content if block.text]:
            return "\n".join(texts)
    return ""


def _needs(view: _Request, wanted: OutputFormat | None) -> set[Need]:
    needs: set[Need] = set()
    if view.tools:
        needs.add("tools")
    if wanted is not None:
        needs.add("json_schema")
    if view.thinking is not None and view.thinking.type == "enabled":
        needs.add("reasoning")
    return needs


def _wanted_format(view: _Request) -> OutputFormat | None:
    config = view.output_config
    wanted = (config.format if config is not None else None) or view.output_format
    return output_format(wanted.type, wanted.schema) if wanted is not None else None


def output_format(kind: str, schema: Mapping[str, Any] | None) -> OutputFormat | None:
    """The shape asked of the answer; this API knows schemas only."""
    if kind != "json_schema" or schema is None:
        return None
    return OutputFormat(kind="schema", schema=schema)
