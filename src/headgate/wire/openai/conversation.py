"""A client's chat as a conversation in no dialect in particular."""

import re
from collections.abc import Mapping
from typing import Any

import msgspec
from msgspec import Struct

from headgate.core.chat import (
    AudioPart,
    CacheLifetime,
    ChatRequest,
    FilePart,
    ImagePart,
    Message,
    OtherPart,
    Part,
    Role,
    TextPart,
    Tool,
    ToolCall,
    ToolChoice,
)
from headgate.core.errors import InvalidRequest
from headgate.core.inbound import Inbound
from headgate.wire.complaints import complaint
from headgate.wire.members import UNREADABLE, extra_fields
from headgate.wire.openai.shapes import Detail, thoughts_of

_DATA_URL = re.compile(r"data:(?P<media_type>[^;,]*)(?:;[^;,]*)*?;base64,(?P<data>.*)", re.DOTALL)
_ROLES: Mapping[str, Role] = {
    "system": "system",
    "developer": "developer",
    "user": "user",
    "assistant": "assistant",
    "tool": "tool",
}
_FORMATS = {"text", "json_object", "json_schema"}


class _ImageUrl(Struct):
    url: str
    detail: str | None = None


class _Audio(Struct):
    data: str
    format: str


class _File(Struct):
    file_data: str | None = None
    file_id: str | None = None
    filename: str | None = None


class _CacheControl(Struct):
    """Anthropic's, which OpenRouter and others take in this dialect, too."""

    ttl: str | None = None


class _Part(Struct):
    type: str = ""
    text: str | None = None
    refusal: str | None = None
    image_url: _ImageUrl | str | None = None
    input_audio: _Audio | None = None
    file: _File | None = None
    cache_control: _CacheControl | None = None


class _CalledFunction(Struct):
    name: str
    arguments: str = ""


class _Call(Struct):
    id: str = ""
    function: _CalledFunction | None = None
    extra_content: dict[str, Any] | None = None


class _Message(Struct):
    role: str
    content: str | list[_Part] | None = None
    name: str | None = None
    refusal: str | None = None
    reasoning_content: str | None = None
    reasoning: str | None = None
    reasoning_details: list[Detail] | None = None
    tool_calls: list[_Call] | None = None
    tool_call_id: str | None = None


class _Function(Struct):
    name: str
    description: str | None = None
    parameters: dict[str, Any] | None = None
    strict: bool | None = None


class _Tool(Struct):
    type: str = "function"
    function: _Function | None = None
    cache_control: _CacheControl | None = None


class _Named(Struct):
    name: str


class _ToolChoice(Struct):
    type: str
    function: _Named | None = None


class _Format(Struct):
    type: str = "text"


class _Chat(Struct):
    """Every field with a place in `ChatRequest`, or that does not concern a translator."""

    messages: list[_Message]
    model: str
    stream: bool | None = None
    stream_options: dict[str, Any] | None = None
    n: int | None = None
    tools: list[_Tool] | None = None
    tool_choice: str | _ToolChoice | None = None
    parallel_tool_calls: bool | None = None
    response_format: _Format | None = None
    max_tokens: int | None = None
    max_completion_tokens: int | None = None
    temperature: float | None = None
    top_p: float | None = None
    top_k: int | None = None
    stop: str | list[str] | None = None
    seed: int | None = None
    frequency_penalty: float | None = None
    presence_penalty: float | None = None
    logprobs: bool | None = None
    top_logprobs: int | None = None
    reasoning_effort: str | None = None
    user: str | None = None


_chat = msgspec.json.Decoder(_Chat)
_KNOWN = frozenset(field.name for field in msgspec.structs.fields(_Chat))


def conversation(inbound: Inbound) -> ChatRequest:
    """The chat of a request that goes to a backend of another dialect.

    Raises:
        InvalidRequest: Something in it that only this dialect can say.
    """
    if inbound.operation != "chat":
        raise InvalidRequest(f"only chats can be translated, not {inbound.operation}s")
    try:
        chat = _chat.decode(inbound.body)
    except UNREADABLE as error:
        raise complaint(error, inbound.body) from error
    if chat.response_format is not None and chat.response_format.type not in _FORMATS:
        raise _untranslatable("response_format", f"`{chat.response_format.type}`")
    return ChatRequest(
        messages=tuple(_message(message, index) for index, message in enumerate(chat.messages)),
        tools=tuple(_tool(tool, index) for index, tool in enumerate(chat.tools or ())),
        tool_choice=_tool_choice(chat.tool_choice),
        parallel_tool_calls=chat.parallel_tool_calls,
        output_format=inbound.output_format,
        max_output_tokens=inbound.max_output_tokens,
        temperature=chat.temperature,
        top_p=chat.top_p,
        top_k=chat.top_k,
        stop=(chat.stop,) if isinstance(chat.stop, str) else tuple(chat.stop or ()),
        seed=chat.seed,
        frequency_penalty=chat.frequency_penalty,
        presence_penalty=chat.presence_penalty,
        logprobs=chat.logprobs,
        top_logprobs=chat.top_logprobs,
        reasoning_effort=chat.reasoning_effort,
        user=chat.user,
        choices=inbound.choices,
        extra=_extra(inbound),
    )


def _extra(inbound: Inbound) -> Mapping[str, Any]:
    """Fields without a place of their own; one that is null asks for nothing."""
    return extra_fields(inbound, _KNOWN)


def _message(message: _Message, index: int) -> Message:
    place = f"messages[{index}]"
    role = _ROLES.get(message.role)
    if role is None:
        raise _untranslatable(f"{place}.role", f"the role `{message.role}`")
    content = message.content
    if isinstance(content, str):
        parts: tuple[Part, ...] = (TextPart(content),) if content else ()
    else:
        parts = tuple(_part(part) for part in content or ())
    if not parts and message.refusal:
        parts = (TextPart(message.refusal),)
    return Message(
        role=role,
        parts=parts,
        tool_calls=tuple(
            _call(call, f"{place}.tool_calls[{number}]")
            for number, call in enumerate(message.tool_calls or ())
        ),
        tool_call_id=message.tool_call_id,
        name=message.name,
        thoughts=thoughts_of(
            message.reasoning_details or (), message.reasoning_content or message.reasoning or ""
        ),
    )


def _part(part: _Part) -> Part:
    match part.type:
        case "text" if part.text is not None:
            return TextPart(part.text, _cache(part.cache_control))
        case "refusal" if part.refusal is not None:
            return TextPart(part.refusal)
        case "image_url" if part.image_url is not None:
            return _image(part.image_url, _cache(part.cache_control))
        case "input_audio" if part.input_audio is not None:
            return AudioPart(part.input_audio.data, part.input_audio.format)
        case "file" if part.file is not None:
            return _file(part.file, _cache(part.cache_control))
        case kind:
            return OtherPart(kind)


def _image(image: _ImageUrl | str, cache: CacheLifetime | None) -> ImagePart:
    url, detail = (image, None) if isinstance(image, str) else (image.url, image.detail)
    inline = _DATA_URL.fullmatch(url)
    if inline is None:
        return ImagePart(url=url, detail=detail, cache=cache)
    media_type = inline["media_type"] or None
    return ImagePart(data=inline["data"], media_type=media_type, detail=detail, cache=cache)


def _file(file: _File, cache: CacheLifetime | None) -> FilePart:
    inline = _DATA_URL.fullmatch(file.file_data or "")
    return FilePart(
        data=inline["data"] if inline else file.file_data,
        media_type=(inline["media_type"] or None) if inline else None,
        file_id=file.file_id,
        name=file.filename,
        cache=cache,
    )


def _cache(control: _CacheControl | None) -> CacheLifetime | None:
    if control is None:
        return None
    return "1h" if control.ttl == "1h" else "5m"


def _call(call: _Call, place: str) -> ToolCall:
    if call.function is None:
        raise _untranslatable(place, "a call of a custom tool")
    google = (call.extra_content or {}).get("google")
    signature = google.get("thought_signature") if isinstance(google, dict) else None
    return ToolCall(
        call.id,
        call.function.name,
        call.function.arguments,
        signature if isinstance(signature, str) else None,
    )


def _tool(tool: _Tool, index: int) -> Tool:
    if tool.function is None:
        raise _untranslatable(f"tools[{index}]", f"a `{tool.type}` tool")
    function = tool.function
    return Tool(
        name=function.name,
        description=function.description,
        parameters=function.parameters,
        strict=function.strict,
        cache=_cache(tool.cache_control),
    )


def _tool_choice(choice: str | _ToolChoice | None) -> ToolChoice | None:
    match choice:
        case None:
            return None
        case "auto" | "none" | "required":
            return ToolChoice(choice)
        case _ToolChoice(type="function", function=_Named(name=name)):
            return ToolChoice("named", name)
        case _ToolChoice(type=kind):
            raise _untranslatable("tool_choice", f"`{kind}`")
        case _:
            raise InvalidRequest(
                f"tool_choice: expected `auto`, `none`, `required` or a function, got `{choice}`",
                param="tool_choice",
            )


def _untranslatable(param: str, what: str) -> InvalidRequest:
    return InvalidRequest(
        f"{param}: {what} is known to backends of the OpenAI API only", param=param
    )
