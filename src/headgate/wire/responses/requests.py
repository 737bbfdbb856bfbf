"""Clients' requests, read as far as routing and checking need; the rest stays bytes."""

from collections.abc import Mapping, Sequence
from typing import Any

import msgspec
from msgspec import Raw, Struct

from headgate.core.chat import OutputFormat
from headgate.core.errors import InvalidRequest
from headgate.core.inbound import Inbound, Need, Operation
from headgate.wire.complaints import complaint
from headgate.wire.members import UNREADABLE, split
from headgate.wire.responses.inputs import (
    ANY_OBJECT,
    NULL,
    TEXTS,
    Content,
    Format,
    Item,
    Part,
    Reasoning,
    Text,
    Thinking,
    Tool,
    read_input,
)

DIALECT_NAME = "openai_responses"
LOGPROBS = "message.output_text.logprobs"
_NEEDS_OF_PARTS: Mapping[str, Need] = {
    "input_image": "vision",
    "input_audio": "audio",
    "input_file": "file",
}
_FREE_TEXT = Raw(b"")
"""Stands for the schema of a custom tool, whose input is no JSON."""


class _Request(Struct, gc=False):
    model: str | None = None
    input: str | list[Raw] | None = None
    stream: bool | None = None
    background: bool | None = None
    max_output_tokens: int | None = None
    tools: list[Tool] | None = None
    text: Text | None = None
    reasoning: Thinking | None = None
    include: list[str] | None = None
    top_logprobs: int | None = None
    prompt: Any = None
    previous_response_id: Any = None
    conversation: Any = None


_request = msgspec.json.Decoder(_Request)


def decode_request(operation: Operation, body: bytes) -> Inbound:
    """Read a client's request.

    Raises:
        InvalidRequest: With the field at fault.
    """
    if operation != "chat":
        raise InvalidRequest(f"this API has no {operation}")
    try:
        fields = split(body)
        view = _request.decode(body)
    except UNREADABLE as error:
        raise complaint(error, body) from error
    if not view.model:
        raise InvalidRequest("model: it is needed", param="model", hint="`auto` lets us choose")
    _check(view)
    items = read_input(view.input) if view.input else []
    parts = [part for item in items for part in _parts(item)]
    return Inbound(
        dialect=DIALECT_NAME,
        operation="chat",
        body=body,
        fields=fields,
        model=view.model,
        stream=bool(view.stream),
        wants_usage=bool(view.stream),
        max_output_tokens=view.max_output_tokens,
        needs=_needs(view, parts),
        message_count=len(items),
        turn_text=_turn_text(items),
        output_format=output_format(view.text.format if view.text else None),
        tool_schemas=_tool_schemas(view.tools or ()),
        has_image_urls=any(_is_address(part.image_url) for part in parts),
    )


def output_format(wanted: Format | None) -> OutputFormat | None:
    """The shape asked of the answer, where one is."""
    if wanted is None or wanted.type not in {"json_object", "json_schema"}:
        return None
    if wanted.schema is None or wanted.type == "json_object":
        return OutputFormat(kind="json")
    schema = wanted.schema
    if wanted.description:
        schema = {"description": wanted.description, **schema}
    return OutputFormat(kind="schema", schema=schema, name=wanted.name, strict=wanted.strict)


def _check(view: _Request) -> None:
    if view.background:
        raise InvalidRequest(
            "background: Headgate answers while the client waits, and keeps nothing running",
            param="background",
            hint="leave it out, and ask for a stream where the answer takes long",
        )
    limit = view.max_output_tokens
    if limit is not None and limit < 0:
        raise InvalidRequest(
            f"max_output_tokens: expected at least 0, got {limit}",
            param="max_output_tokens",
            hint="leave it out for no limit",
        )
    goes_on = view.prompt or view.previous_response_id or view.conversation
    if not view.input and not goes_on:
        raise InvalidRequest("input: text or items are needed", param="input")


def _parts(item: Item | Reasoning | str) -> Sequence[Part]:
    if not isinstance(item, Item):
        return ()
    return [part for content in (item.content, item.output) for part in _listed(content)]


def _listed(content: Content) -> Sequence[Part]:
    return content if isinstance(content, list) else ()


def _is_address(image_url: str | None) -> bool:
    return image_url is not None and not image_url.startswith("data:")


def _turn_text(items: Sequence[Item | Reasoning | str]) -> str:
    for item in reversed(items):
        if isinstance(item, Item) and item.kind == "message" and item.role == "user":
            if isinstance(item.content, str):
                return item.content
            texts = [part.text for part in _listed(item.content) if part.type in TEXTS]
            return "\n".join(text for text in texts if text)
    return ""


def _needs(view: _Request, parts: Sequence[Part]) -> frozenset[Need]:
    needs = {_NEEDS_OF_PARTS[part.type] for part in parts if part.type in _NEEDS_OF_PARTS}
    wanted = view.text.format if view.text else None
    if wanted is not None and wanted.type == "json_object":
        needs.add("json")
    elif wanted is not None and wanted.type == "json_schema":
        needs.add("json_schema")
    if view.tools:
        needs.add("tools")
    if view.reasoning is not None and view.reasoning.effort not in (None, "none"):
        needs.add("reasoning")
    if view.top_logprobs or LOGPROBS in (view.include or ()):
        needs.add("logprobs")
    return frozenset(needs)


def _tool_schemas(tools: Sequence[Tool]) -> Mapping[str, Raw]:
    return {
        tool.name: _FREE_TEXT if tool.type == "custom" else _or_any(tool.parameters)
        for tool in tools
        if tool.name and tool.type in {"function", "custom"}
    }


def _or_any(parameters: Raw) -> Raw:
    return ANY_OBJECT if parameters == NULL else parameters
