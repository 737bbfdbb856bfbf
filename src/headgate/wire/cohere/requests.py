"""Clients' requests, read as far as routing and checking need; the rest stays bytes."""

from collections.abc import Callable, Mapping
from typing import Any, TypeVar

import msgspec
from msgspec import Raw, Struct

from headgate.core.chat import OutputFormat
from headgate.core.errors import InvalidRequest
from headgate.core.inbound import Inbound, Need, Operation
from headgate.wire.complaints import complaint
from headgate.wire.members import UNREADABLE, split

DIALECT_NAME = "cohere"

_ANY_OBJECT = Raw(b"{}")
_View = TypeVar("_View", bound=Struct)


class _Url(Struct, gc=False):
    url: str = ""


class _Part(Struct, gc=False):
    type: str = ""
    text: str | None = None
    image_url: _Url | None = None


class _Message(Struct, gc=False):
    role: str | None = None
    content: str | list[_Part] | None = None


class _Function(Struct, gc=False):
    name: str = ""
    parameters: Raw = _ANY_OBJECT


class _Tool(Struct, gc=False):
    function: _Function | None = None


class _ResponseFormat(Struct, gc=False):
    type: str = "text"
    json_schema: dict[str, Any] | None = None
    schema: dict[str, Any] | None = None
    """The older name of the same."""


class _Chat(Struct, gc=False):
    messages: list[_Message] = []
    model: str | None = None
    stream: bool | None = None
    max_tokens: int | None = None
    tools: list[_Tool] | None = None
    response_format: _ResponseFormat | None = None
    logprobs: bool | None = None


class _Embedding(Struct, gc=False):
    model: str | None = None
    texts: list[str] | None = None
    images: list[str] | None = None
    inputs: list[Raw] | None = None


class _Ranking(Struct, gc=False):
    model: str | None = None
    query: str | None = None
    documents: list[Raw] | None = None


_chat = msgspec.json.Decoder(_Chat)
_embedding = msgspec.json.Decoder(_Embedding)
_ranking = msgspec.json.Decoder(_Ranking)


def decode_request(operation: Operation, body: bytes) -> Inbound:
    """Read a client's request.

    Raises:
        InvalidRequest: With the field at fault.
    """
    match operation:
        case "chat":
            return _decode_chat(body)
        case "embedding":
            return _decode_embedding(body)
        case "rerank":
            return _decode_ranking(body)
        case _:
            raise InvalidRequest(f"this API has no {operation}")


def _decode_chat(body: bytes) -> Inbound:
    fields, view = _read(_chat.decode, body)
    model = _model(view.model)
    if not view.messages:
        raise InvalidRequest("messages: at least one is needed", param="messages")
    images = _images(view.messages)
    return Inbound(
        dialect=DIALECT_NAME,
        operation="chat",
        body=body,
        fields=fields,
        model=model,
        stream=bool(view.stream),
        wants_usage=bool(view.stream),
        max_output_tokens=_limit(view.max_tokens),
        needs=_needs(view, has_images=bool(images)),
        message_count=len(view.messages),
        turn_text=_turn_text(view.messages),
        output_format=_output_format(view.response_format),
        tool_schemas={
            tool.function.name: tool.function.parameters
            for tool in view.tools or ()
            if tool.function is not None
        },
        has_image_urls=any(not url.startswith("data:") for url in images),
    )


def _decode_embedding(body: bytes) -> Inbound:
    fields, view = _read(_embedding.decode, body)
    model = _model(view.model)
    given = [name for name in ("texts", "images", "inputs") if getattr(view, name)]
    if len(given) != 1:
        raise InvalidRequest(
            "texts: texts, images or inputs to embed are needed, one of them", param="texts"
        )
    needs: frozenset[Need] = frozenset({"vision"}) if given == ["images"] else frozenset()
    return Inbound(
        dialect=DIALECT_NAME,
        operation="embedding",
        body=body,
        fields=fields,
        model=model,
        needs=needs,
    )


def _decode_ranking(body: bytes) -> Inbound:
    fields, view = _read(_ranking.decode, body)
    model = _model(view.model)
    if not view.query:
        raise InvalidRequest("query: it is needed", param="query")
    if not view.documents:
        raise InvalidRequest("documents: at least one is needed", param="documents")
    return Inbound(dialect=DIALECT_NAME, operation="rerank", body=body, fields=fields, model=model)


def _read(decode: Callable[[bytes], _View], body: bytes) -> tuple[Mapping[str, Raw], _View]:
    try:
        return split(body), decode(body)
    except UNREADABLE as error:
        raise complaint(error, body) from error


def _model(model: str | None) -> str:
    if not model:
        raise InvalidRequest("model: it is needed", param="model", hint="`auto` lets us choose")
    return model


def _limit(tokens: int | None) -> int | None:
    if tokens is not None and tokens < 0:
        raise InvalidRequest(
            f"max_tokens: expected at least 0, got {tokens}",
            param="max_tokens",
            hint="leave it out for no limit",
        )
    return tokens


def _images(messages: list[_Message]) -> list[str]:
    """Where pictures are; also checks that everyone who speaks has a role."""
    urls: list[str] = []
    for index, message in enumerate(messages):
        if not message.role:
            place = f"messages[{index}].role"
            raise InvalidRequest(f"{place}: it is needed", param=place)
        if isinstance(message.content, list):
            urls.extend(
                part.image_url.url if part.image_url else ""
                for part in message.content
                if part.type == "image_url"
            )
    return urls


def _turn_text(messages: list[_Message]) -> str:
    last = next((each for each in reversed(messages) if each.role == "user"), None)
    if last is None or last.content is None:
        return ""
    if isinstance(last.content, str):
        return last.content
    return "\n".join(part.text for part in last.content if part.text)


def _needs(view: _Chat, *, has_images: bool) -> frozenset[Need]:
    wanted = view.response_format
    is_json = wanted is not None and wanted.type == "json_object"
    has_schema = wanted is not None and bool(wanted.json_schema or wanted.schema)
    found: dict[Need, bool] = {
        "tools": bool(view.tools),
        "vision": has_images,
        "json": is_json and not has_schema,
        "json_schema": is_json and has_schema,
        "logprobs": bool(view.logprobs),
    }
    return frozenset(need for need, is_there in found.items() if is_there)


def _output_format(wanted: _ResponseFormat | None) -> OutputFormat | None:
    if wanted is None or wanted.type != "json_object":
        return None
    schema = wanted.json_schema or wanted.schema
    return OutputFormat(kind="schema", schema=schema) if schema else OutputFormat(kind="json")
