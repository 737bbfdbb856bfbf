"""A client's chat as a conversation in no dialect in particular."""

import re
from collections.abc import Mapping
from typing import Any

import msgspec
from msgspec import Struct
from msgspec.structs import replace

from headgate.core.chat import (
    ChatRequest,
    FilePart,
    ImagePart,
    Message,
    OtherPart,
    Part,
    Role,
    TextPart,
    Thought,
    Tool,
    ToolCall,
    ToolChoice,
)
from headgate.core.errors import InvalidRequest
from headgate.core.inbound import Inbound
from headgate.wire.cohere.shapes import document_text
from headgate.wire.complaints import complaint
from headgate.wire.members import UNREADABLE, extra_fields

_DATA_URL = re.compile(r"data:(?P<media_type>[^;,]*)(?:;[^;,]*)*?;base64,(?P<data>.*)", re.DOTALL)
_ROLES: Mapping[str, Role] = {
    "system": "system",
    "user": "user",
    "assistant": "assistant",
    "tool": "tool",
}
_UNCITED = frozenset({"OFF", "DISABLED"})
_USUAL_SAFETY = frozenset({"CONTEXTUAL", "OFF", "NONE"})
"""What is the case without asking: other APIs add no instruction of their own."""


class _ImageUrl(Struct):
    url: str
    detail: str | None = None


class _Document(Struct):
    data: dict[str, Any] | str
    id: str | None = None


class _Part(Struct):
    type: str = ""
    text: str | None = None
    thinking: str | None = None
    image_url: _ImageUrl | None = None
    document: _Document | None = None


class _CalledFunction(Struct):
    name: str = ""
    arguments: str | None = None


class _Call(Struct):
    id: str = ""
    function: _CalledFunction | None = None


class _Message(Struct):
    role: str
    content: str | list[_Part] | None = None
    tool_plan: str | None = None
    tool_calls: list[_Call] | None = None
    tool_call_id: str | None = None


class _Function(Struct):
    name: str
    description: str | None = None
    parameters: dict[str, Any] | None = None


class _Tool(Struct):
    type: str = "function"
    function: _Function | None = None


class _Thinking(Struct):
    type: str
    token_budget: int | None = None


class _CitationOptions(Struct):
    mode: str | None = None


class _Format(Struct):
    type: str = "text"


class _Chat(Struct):
    """Every field with a place in `ChatRequest`, or that does not concern a translator."""

    messages: list[_Message]
    model: str
    stream: bool | None = None
    max_tokens: int | None = None
    documents: list[str | _Document] | None = None
    citation_options: _CitationOptions | None = None
    response_format: _Format | None = None
    tools: list[_Tool] | None = None
    strict_tools: bool | None = None
    tool_choice: str | None = None
    temperature: float | None = None
    p: float | None = None
    k: int | None = None
    stop_sequences: list[str] | None = None
    seed: int | None = None
    frequency_penalty: float | None = None
    presence_penalty: float | None = None
    thinking: _Thinking | None = None


_chat = msgspec.json.Decoder(_Chat)
_KNOWN = frozenset(field.name for field in msgspec.structs.fields(_Chat))


def conversation(inbound: Inbound) -> ChatRequest:
    """The chat of a request that goes to a backend of another dialect.

    Raises:
        InvalidRequest: Something in it that only this dialect can say.
    """
    try:
        chat = _chat.decode(inbound.body)
    except UNREADABLE as error:
        raise complaint(error, inbound.body) from error
    if chat.response_format is not None and chat.response_format.type not in {
        "text",
        "json_object",
    }:
        raise _untranslatable("response_format", f"`{chat.response_format.type}`")
    thinking = chat.thinking
    return ChatRequest(
        messages=_with_documents(chat),
        tools=tuple(
            _tool(tool, index, is_strict=chat.strict_tools)
            for index, tool in enumerate(chat.tools or ())
        ),
        tool_choice=_tool_choice(chat.tool_choice),
        output_format=inbound.output_format,
        max_output_tokens=inbound.max_output_tokens,
        temperature=chat.temperature,
        top_p=chat.p,
        # 0 asks for no limit, as its absence does.
        top_k=chat.k or None,
        stop=tuple(chat.stop_sequences or ()),
        seed=chat.seed,
        frequency_penalty=chat.frequency_penalty,
        presence_penalty=chat.presence_penalty,
        reasoning_effort=_effort(thinking),
        thinking_tokens=thinking.token_budget if _is_on(thinking) and thinking else None,
        extra=_extra(inbound),
    )


def _extra(inbound: Inbound) -> Mapping[str, Any]:
    """Fields without a place of their own; `logprobs`, whose numbers no translation carries."""
    extra = dict(extra_fields(inbound, _KNOWN))
    if extra.get("safety_mode") in _USUAL_SAFETY:
        del extra["safety_mode"]
    return extra


def _with_documents(chat: _Chat) -> tuple[Message, ...]:
    """The messages; what they are to be answered from stands before the last question."""
    messages = [_message(message, f"messages[{n}]") for n, message in enumerate(chat.messages)]
    if not chat.documents:
        return tuple(messages)
    mode = chat.citation_options.mode if chat.citation_options else None
    is_cited = mode not in _UNCITED
    documents = [_document(each, is_cited=is_cited) for each in chat.documents]
    for place in reversed(range(len(messages))):
        if messages[place].role == "user":
            parts = (*documents, *messages[place].parts)
            messages[place] = replace(messages[place], parts=parts)
            return tuple(messages)
    raise InvalidRequest("documents: there is no question to answer from them", param="documents")


def _message(message: _Message, place: str) -> Message:
    role = _ROLES.get(message.role)
    if role is None:
        raise _untranslatable(f"{place}.role", f"the role `{message.role}`")
    content = message.content
    blocks = content if isinstance(content, list) else []
    parts = tuple(_part(block) for block in blocks if block.type != "thinking")
    if isinstance(content, str) and content:
        parts = (TextPart(content),)
    thinking = "".join(block.thinking or "" for block in blocks if block.type == "thinking")
    thoughts = thinking + (message.tool_plan or "")
    return Message(
        role=role,
        parts=parts,
        thoughts=(Thought(thoughts),) if thoughts else (),
        tool_calls=tuple(
            _call(call, f"{place}.tool_calls[{number}]")
            for number, call in enumerate(message.tool_calls or ())
        ),
        tool_call_id=message.tool_call_id,
    )


def _part(block: _Part) -> Part:
    match block.type:
        case "text" if block.text is not None:
            return TextPart(block.text)
        case "image_url" if block.image_url is not None:
            return image_of(block.image_url.url, block.image_url.detail)
        case "document" if block.document is not None:
            return _document(block.document, is_cited=False)
        case kind:
            return OtherPart(kind)


def image_of(url: str, detail: str | None = None) -> ImagePart:
    """A picture, by its address or what a `data:` address holds."""
    inline = _DATA_URL.fullmatch(url)
    if inline is None:
        return ImagePart(url=url, detail=detail)
    return ImagePart(data=inline["data"], media_type=inline["media_type"] or None, detail=detail)


def _document(document: str | _Document, *, is_cited: bool) -> FilePart:
    if isinstance(document, str):
        return FilePart(text=document, wants_citations=is_cited)
    data = document.data
    if isinstance(data, str):
        return FilePart(text=data, name=document.id, wants_citations=is_cited)
    title = data.get("title")
    name = title if isinstance(title, str) and title else document.id
    return FilePart(text=document_text(data), name=name, wants_citations=is_cited)


def _call(call: _Call, place: str) -> ToolCall:
    if call.function is None:
        raise _untranslatable(place, "a call of no function")
    return ToolCall(call.id, call.function.name, call.function.arguments or "")


def _tool(tool: _Tool, index: int, *, is_strict: bool | None) -> Tool:
    if tool.function is None:
        raise _untranslatable(f"tools[{index}]", f"a `{tool.type}` tool")
    function = tool.function
    return Tool(
        name=function.name,
        description=function.description,
        parameters=function.parameters,
        strict=True if is_strict else None,
    )


def _tool_choice(choice: str | None) -> ToolChoice | None:
    match choice:
        case None:
            return None
        case "REQUIRED":
            return ToolChoice("required")
        case "NONE":
            return ToolChoice("none")
        case _:
            raise InvalidRequest(
                f"tool_choice: expected `REQUIRED` or `NONE`, got `{choice}`", param="tool_choice"
            )


def _is_on(thinking: _Thinking | None) -> bool:
    return thinking is not None and thinking.type != "disabled"


def _effort(thinking: _Thinking | None) -> str | None:
    """Thinking without a budget goes as far as it likes; one with a budget says so itself."""
    if thinking is None:
        return None
    if not _is_on(thinking):
        return "none"
    return "high" if thinking.token_budget is None else None


def _untranslatable(param: str, what: str) -> InvalidRequest:
    return InvalidRequest(
        f"{param}: {what} is known to backends of the Cohere API only", param=param
    )
