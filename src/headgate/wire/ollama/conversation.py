"""A client's chat or prompt as a conversation in no dialect in particular."""

from collections.abc import Mapping
from typing import Any

import msgspec
from msgspec import Raw, Struct

from headgate.core.chat import (
    ChatRequest,
    Message,
    Part,
    Role,
    TextPart,
    Thought,
    Tool,
    ToolCall,
)
from headgate.core.errors import InvalidRequest
from headgate.core.inbound import Inbound
from headgate.wire.complaints import complaint
from headgate.wire.members import UNREADABLE, extra_fields
from headgate.wire.ollama.pictures import picture
from headgate.wire.ollama.results import Answered
from headgate.wire.ollama.settings import Asked, other_options, sampling

_ROLES: Mapping[str, Role] = {
    "system": "system",
    "developer": "developer",
    "user": "user",
    "assistant": "assistant",
    "tool": "tool",
}
_NO_ARGUMENTS = Raw(b"{}")


class _CalledFunction(Struct):
    name: str
    arguments: Raw = _NO_ARGUMENTS


class _Call(Struct):
    function: _CalledFunction
    id: str | None = None


class _Message(Struct):
    role: str
    content: str | None = None
    thinking: str | None = None
    images: list[str] | None = None
    tool_calls: list[_Call] | None = None
    tool_call_id: str | None = None
    tool_name: str | None = None


class _Function(Struct):
    name: str
    description: str | None = None
    parameters: dict[str, Any] | None = None


class _Tool(Struct):
    function: _Function | None = None
    type: str = "function"


class _Chat(Asked):
    messages: list[_Message] | None = None
    tools: list[_Tool] | None = None


class _Prompt(Asked):
    prompt: str | None = None
    system: str | None = None
    images: list[str] | None = None


_chat = msgspec.json.Decoder(_Chat)
_prompt = msgspec.json.Decoder(_Prompt)
_KNOWN_IN_CHATS = frozenset(field.name for field in msgspec.structs.fields(_Chat))
_KNOWN_IN_PROMPTS = frozenset(field.name for field in msgspec.structs.fields(_Prompt))
_UNTRANSLATABLE = ("suffix", "template", "raw", "context")
"""They say how the engine writes the prompt, which only an engine of this API can do."""


def conversation(inbound: Inbound) -> ChatRequest:
    """The chat of a request that goes to a backend of another dialect.

    Raises:
        InvalidRequest: Something in it that only this dialect can say.
    """
    chat: _Chat = _decoded(_chat, inbound)
    if not chat.messages:
        raise _needed("messages")
    answered = Answered()
    return ChatRequest(
        messages=tuple(_message(m, n, answered) for n, m in enumerate(chat.messages)),
        tools=tuple(_tool(tool, index) for index, tool in enumerate(chat.tools or ())),
        extra={**extra_fields(inbound, _KNOWN_IN_CHATS), **other_options(inbound)},
        **sampling(chat),
    )


def prompted(inbound: Inbound) -> ChatRequest:
    """The one turn of a prompt.

    Raises:
        InvalidRequest: Something in it that only this dialect can say.
    """
    prompt: _Prompt = _decoded(_prompt, inbound)
    extra = dict(extra_fields(inbound, _KNOWN_IN_PROMPTS))
    for name in _UNTRANSLATABLE:
        if extra.pop(name, None):
            raise InvalidRequest(
                f"{name}: only a backend of Ollama's own API can be told that", param=name
            )
    if not prompt.prompt and not prompt.images:
        raise _needed("prompt")
    system = (Message(role="system", parts=(TextPart(prompt.system),)),) if prompt.system else ()
    asked = Message(role="user", parts=_parts(prompt.prompt, prompt.images, "images"))
    return ChatRequest(
        messages=(*system, asked), extra={**extra, **other_options(inbound)}, **sampling(prompt)
    )


def _decoded(decoder: msgspec.json.Decoder[Any], inbound: Inbound) -> Any:
    try:
        return decoder.decode(inbound.body)
    except UNREADABLE as error:
        raise complaint(error, inbound.body) from error


def _needed(param: str) -> InvalidRequest:
    return InvalidRequest(f"{param}: it is needed", param=param)


def _message(message: _Message, index: int, answered: Answered) -> Message:
    place = f"messages[{index}]"
    role = _ROLES.get(message.role)
    if role is None:
        raise InvalidRequest(
            f"{place}.role: expected `system`, `user`, `assistant` or `tool`, got `{message.role}`",
            param=f"{place}.role",
        )
    calls = tuple(
        _call(call, call.id or f"call_{index}_{n}", f"{place}.tool_calls[{n}]")
        for n, call in enumerate(message.tool_calls or ())
    )
    answered.note(calls)
    call_id, name = None, None
    if role == "tool":
        call_id, name = answered.of(message.tool_call_id, message.tool_name)
    return Message(
        role=role,
        parts=_parts(message.content, message.images, f"{place}.images"),
        thoughts=(Thought(message.thinking),) if message.thinking else (),
        tool_calls=calls,
        tool_call_id=call_id,
        name=name,
    )


def _parts(text: str | None, images: list[str] | None, place: str) -> tuple[Part, ...]:
    texts = (TextPart(text),) if text else ()
    pictures = (picture(data, f"{place}[{n}]") for n, data in enumerate(images or ()))
    return (*texts, *pictures)


def _call(call: _Call, identity: str, place: str) -> ToolCall:
    arguments = bytes(call.function.arguments)
    if arguments in {b"null", b""}:
        arguments = b"{}"
    if not arguments.startswith(b"{"):
        where = f"{place}.function.arguments"
        raise InvalidRequest(f"{where}: expected an object", param=where)
    return ToolCall(identity, call.function.name, arguments.decode())


def _tool(tool: _Tool, index: int) -> Tool:
    if tool.function is None:
        place = f"tools[{index}].function"
        raise InvalidRequest(f"{place}: it is needed", param=place)
    function = tool.function
    return Tool(
        name=function.name,
        description=function.description or None,
        parameters=function.parameters,
    )
