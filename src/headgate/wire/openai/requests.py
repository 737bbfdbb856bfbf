"""Clients' requests, read as far as routing and checking need; the rest stays bytes."""

from collections.abc import Mapping
from typing import Any

import msgspec
from msgspec import UNSET, Raw, Struct, UnsetType

from headgate.core.chat import OutputFormat
from headgate.core.errors import InvalidRequest
from headgate.core.inbound import Inbound, Need, Operation
from headgate.wire.complaints import complaint
from headgate.wire.members import UNREADABLE, split
from headgate.wire.openai.moderations import decode_moderation
from headgate.wire.openai.rerank import decode_ranking

DIALECT_NAME = "openai_chat"
MAX_EMBEDDING_INPUTS = 2048

_NEEDS_OF_PARTS: Mapping[str, Need] = {
    "image_url": "vision",
    "input_audio": "audio",
    "file": "file",
}
_NO_REASONING = frozenset({None, "none"})
_NO_NEEDS: frozenset[Need] = frozenset()
_ANY_OBJECT = Raw(b"{}")
_NOTHING = Raw(b"")
_FREE_TEXT = Raw(b"")
"""Stands for the schema of a custom tool, whose input is no JSON."""


class _Part(Struct, gc=False):
    type: str = ""
    text: str | None = None
    image_url: Raw = _NOTHING
    """Not read unless there is need: it may hold the whole picture."""


class _Image(Struct, gc=False):
    url: Raw = _NOTHING


class _Message(Struct, gc=False):
    role: str | None = None
    content: str | list[_Part] | None = None


class _Function(Struct, gc=False):
    name: str = ""
    parameters: Raw = _ANY_OBJECT


class _Tool(Struct, gc=False):
    type: str = "function"
    function: _Function | None = None
    custom: _Function | None = None


class _Schema(Struct, gc=False):
    name: str | None = None
    schema: dict[str, Any] | None = None
    strict: bool | None = None


class _ResponseFormat(Struct, gc=False):
    type: str = "text"
    json_schema: _Schema | None = None
    schema: dict[str, Any] | None = None
    """Beside `json_object`: the older way, which llama.cpp and Together still take."""


class _StreamOptions(Struct, gc=False):
    include_usage: bool | None = None


class _Sampled(Struct, gc=False):
    """What chat and completions share."""

    model: str | None = None
    stream: bool | None = None
    stream_options: _StreamOptions | None = None
    n: int | None = None
    max_tokens: int | None = None
    response_format: _ResponseFormat | None = None


class _Chat(_Sampled, gc=False):
    messages: list[_Message] | UnsetType = UNSET
    max_completion_tokens: int | None = None
    tools: list[_Tool] | None = None
    functions: list[_Function] | None = None
    modalities: list[str] | None = None
    logprobs: bool | None = None
    reasoning_effort: str | None = None


class _Completion(_Sampled, gc=False):
    prompt: str | list[str | int | list[int]] | None = None
    logprobs: int | bool | None = None


class _Embedding(Struct, gc=False):
    model: str | None = None
    input: str | list[Raw] | UnsetType = UNSET
    encoding_format: str | None = None


_chat = msgspec.json.Decoder(_Chat)
_completion = msgspec.json.Decoder(_Completion)
_embedding = msgspec.json.Decoder(_Embedding)
_image = msgspec.json.Decoder(_Image)
_options = msgspec.json.Decoder(dict[str, Any] | None)


def decode_request(operation: Operation, body: bytes) -> Inbound:
    """Read a client's request.

    Raises:
        InvalidRequest: With the field at fault.
    """
    match operation:
        case "chat":
            return _decode_chat(body)
        case "completion":
            return _decode_completion(body)
        case "embedding":
            return _decode_embedding(body)
        case "rerank":
            return decode_ranking(DIALECT_NAME, body)
        case "moderation":
            return decode_moderation(DIALECT_NAME, body)
        case _:
            raise InvalidRequest(f"this API has no {operation}")


def usage_changes(inbound: Inbound) -> Mapping[str, Any]:
    """Changes that make a stream report its usage, where the client has not asked for it."""
    if not inbound.stream or inbound.wants_usage:
        return {}
    given = inbound.fields.get("stream_options")
    options = (_options.decode(given) if given else None) or {}
    return {"stream_options": {**options, "include_usage": True}}


def _decode_chat(body: bytes) -> Inbound:
    try:
        fields = split(body)
        view = _chat.decode(body)
    except UNREADABLE as error:
        raise complaint(error, body) from error
    model = _model(view.model)
    if not view.messages:
        raise InvalidRequest("messages: at least one is needed", param="messages")
    turn_text, part_kinds = _read_messages(view.messages)
    needs = _needs(view)
    for kind in part_kinds:
        if kind in _NEEDS_OF_PARTS:
            needs.add(_NEEDS_OF_PARTS[kind])
    limit = view.max_completion_tokens
    return Inbound(
        dialect=DIALECT_NAME,
        operation="chat",
        body=body,
        fields=fields,
        model=model,
        stream=bool(view.stream),
        wants_usage=_wants_usage(view),
        choices=_choices(view.n),
        max_output_tokens=(
            _limit(view.max_tokens, "max_tokens")
            if limit is None
            else _limit(limit, "max_completion_tokens")
        ),
        needs=frozenset(needs) if needs else _NO_NEEDS,
        message_count=len(view.messages),
        turn_text=turn_text,
        output_format=_output_format(view.response_format),
        tool_schemas=_tool_schemas(view),
        has_image_urls="image_url" in part_kinds and _names_images(view.messages),
    )


def _decode_completion(body: bytes) -> Inbound:
    try:
        fields = split(body)
        view = _completion.decode(body)
    except UNREADABLE as error:
        raise complaint(error, body) from error
    prompt = view.prompt
    texts = [prompt] if isinstance(prompt, str) else prompt or ()
    needs = _needs(view)
    return Inbound(
        dialect=DIALECT_NAME,
        operation="completion",
        body=body,
        fields=fields,
        model=_model(view.model),
        stream=bool(view.stream),
        wants_usage=_wants_usage(view),
        choices=_choices(view.n),
        max_output_tokens=_limit(view.max_tokens, "max_tokens"),
        needs=frozenset(needs) if needs else _NO_NEEDS,
        turn_text="\n".join(text for text in texts if isinstance(text, str)),
        output_format=_output_format(view.response_format),
    )


def _decode_embedding(body: bytes) -> Inbound:
    try:
        fields = split(body)
        view = _embedding.decode(body)
    except UNREADABLE as error:
        raise complaint(error, body) from error
    model = _model(view.model)
    if not view.input:
        raise InvalidRequest("input: text or tokens to embed are needed", param="input")
    if isinstance(view.input, list):
        _check_inputs([bytes(each) for each in view.input])
    if view.encoding_format not in {None, "float", "base64"}:
        raise InvalidRequest(
            f"encoding_format: expected `float` or `base64`, got `{view.encoding_format}`",
            param="encoding_format",
        )
    return Inbound(
        dialect=DIALECT_NAME, operation="embedding", body=body, fields=fields, model=model
    )


def _check_inputs(inputs: list[bytes]) -> None:
    """A list of strings, of tokens, or of lists of tokens; never a mixture."""
    kinds = {_kind(each) for each in inputs}
    if len(kinds) > 1 or None in kinds:
        raise InvalidRequest(
            "input: expected a string, or a list of strings, of tokens or of lists of tokens",
            param="input",
        )
    # A flat list of tokens is one text, whatever its length.
    if kinds != {"token"} and len(inputs) > MAX_EMBEDDING_INPUTS:
        raise InvalidRequest(
            f"input: {len(inputs)} texts are more than the {MAX_EMBEDDING_INPUTS} allowed",
            param="input",
            hint="send them in several requests",
        )


def _kind(element: bytes) -> str | None:
    if element.startswith(b'"'):
        return "text"
    if element.startswith(b"["):
        return "tokens"
    return "token" if element.isdigit() else None


def _model(model: str | None) -> str:
    if not model:
        raise InvalidRequest("model: it is needed", param="model", hint="`auto` lets us choose")
    return model


def _choices(n: int | None) -> int:
    if n is None:
        return 1
    if n < 1:
        raise InvalidRequest(f"n: expected at least 1, got {n}", param="n")
    return n


def _limit(tokens: int | None, param: str) -> int | None:
    if tokens is not None and tokens < 0:
        raise InvalidRequest(
            f"{param}: expected at least 0, got {tokens}",
            param=param,
            hint="leave it out for no limit",
        )
    return tokens


def _wants_usage(view: _Sampled) -> bool:
    options = view.stream_options
    return bool(view.stream and options is not None and options.include_usage)


def _read_messages(messages: list[_Message]) -> tuple[str, set[str]]:
    """What the user said last, and the kinds of parts in all messages."""
    last: _Message | None = None
    kinds: set[str] = set()
    for index, message in enumerate(messages):
        role = message.role
        if role == "user":
            last = message
        elif not role:
            place = f"messages[{index}].role"
            raise InvalidRequest(f"{place}: it is needed", param=place)
        if type(message.content) is list:
            kinds.update(part.type for part in message.content)
    if last is None or last.content is None:
        return "", kinds
    if isinstance(last.content, str):
        return last.content, kinds
    return "\n".join(part.text for part in last.content if part.text), kinds


def _names_images(messages: list[_Message]) -> bool:
    """Whether a picture is given by an address that is not the picture itself."""
    return any(
        part.type == "image_url" and _is_address(part.image_url)
        for message in messages
        if type(message.content) is list
        for part in message.content
    )


def _is_address(image: Raw) -> bool:
    # A string, or an object with one. Only its beginning is looked at: it may be megabytes.
    if _beginning(image) == b"{":
        try:
            image = _image.decode(image).url
        except UNREADABLE:
            return False
    return _beginning(image) == b'"' and _beginning(image, 6) != b'"data:'


def _beginning(value: Raw, size: int = 1) -> bytes:
    return bytes(memoryview(value)[:size])


def _needs(view: _Chat | _Completion) -> set[Need]:
    needs: set[Need] = set()
    wanted = view.response_format
    if wanted is not None and wanted.type == "json_object":
        needs.add("json")
    elif wanted is not None and wanted.type == "json_schema":
        needs.add("json_schema")
    if view.n is not None and view.n > 1:
        needs.add("choices")
    if isinstance(view, _Completion):
        # 0 asks for the probability of the chosen token.
        if view.logprobs is not None and view.logprobs is not False:
            needs.add("logprobs")
        return needs
    if view.logprobs:
        needs.add("logprobs")
    if view.tools or view.functions:
        needs.add("tools")
    if view.modalities and "audio" in view.modalities:
        needs.add("audio")
    if view.reasoning_effort not in _NO_REASONING:
        needs.add("reasoning")
    return needs


def _output_format(wanted: _ResponseFormat | None) -> OutputFormat | None:
    if wanted is None or wanted.type not in {"json_object", "json_schema"}:
        return None
    described = wanted.json_schema
    if wanted.type == "json_object":
        described = _Schema(schema=wanted.schema)
    if described is None or described.schema is None:
        return OutputFormat(kind="json")
    return OutputFormat(
        kind="schema",
        schema=described.schema,
        name=described.name,
        strict=described.strict,
    )


def _tool_schemas(view: _Chat) -> Mapping[str, Raw]:
    if not view.tools and not view.functions:
        return {}
    schemas: dict[str, Raw] = {}
    for tool in view.tools or ():
        if tool.function is not None:
            schemas[tool.function.name] = tool.function.parameters
        elif tool.custom is not None:
            schemas[tool.custom.name] = _FREE_TEXT
    for function in view.functions or ():
        schemas[function.name] = function.parameters
    return schemas
