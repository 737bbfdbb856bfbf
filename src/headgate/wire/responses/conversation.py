"""A client's request as a conversation in no dialect in particular.

Items stand one after the other here; elsewhere what the model said in one turn, its
thoughts and its calls are one message. A thought belongs to what follows it.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import msgspec
from msgspec import Raw, Struct

from headgate.core.chat import (
    AudioPart,
    ChatRequest,
    FilePart,
    ImagePart,
    Message,
    OtherPart,
    Part,
    Role,
    TextPart,
    Thought,
    ToolCall,
)
from headgate.core.errors import InvalidRequest
from headgate.core.inbound import Inbound
from headgate.wire.complaints import complaint
from headgate.wire.members import UNREADABLE, extra_fields
from headgate.wire.responses.foreign import secret_in
from headgate.wire.responses.inputs import (
    TEXTS,
    Content,
    Item,
    Reasoning,
    Text,
    Thinking,
    Tool,
    read_input,
)
from headgate.wire.responses.inputs import Part as ClientPart
from headgate.wire.responses.requests import LOGPROBS
from headgate.wire.responses.shapes import PARAGRAPH, call_signature
from headgate.wire.responses.tools import chosen, untranslatable

_DATA_URL = re.compile(r"data:(?P<media_type>[^;,]*)(?:;[^;,]*)*?;base64,(?P<data>.*)", re.DOTALL)
_ROLES: Mapping[str, Role] = {
    "system": "system",
    "developer": "developer",
    "user": "user",
    "assistant": "assistant",
}
_FORMATS = {"text", "json_object", "json_schema"}
_STATE: Mapping[str, str] = {
    "previous_response_id": "set `server.responses.store` so that Headgate keeps responses, or "
    "send the earlier items in `input`",
    "conversation": "send the earlier items in `input`",
    "prompt": "send what the template says in `instructions` and `input`",
}
"""Fields that stand for what is stored elsewhere, and the way out of each."""
_CHANGES_NO_WORDS = frozenset({"include", "max_tool_calls", "store", "stream_options"})
"""About tools that are refused by name, and about what is kept and how it is padded."""


class _Request(Struct):
    """Every field with a place in `ChatRequest`, or that does not concern a translator."""

    model: str
    input: str | list[Raw] | None = None
    instructions: str | None = None
    stream: bool | None = None
    tools: list[Tool] | None = None
    tool_choice: Any = None
    parallel_tool_calls: bool | None = None
    text: Text | None = None
    reasoning: Thinking | None = None
    include: list[str] | None = None
    top_logprobs: int | None = None
    max_output_tokens: int | None = None
    temperature: float | None = None
    top_p: float | None = None
    user: str | None = None
    background: bool | None = None
    previous_response_id: Any = None
    conversation: Any = None
    prompt: Any = None


_request = msgspec.json.Decoder(_Request)
_KNOWN = frozenset(field.name for field in msgspec.structs.fields(_Request)) | _CHANGES_NO_WORDS


def conversation(inbound: Inbound) -> ChatRequest:
    """The chat of a request that goes to a backend of another dialect.

    Raises:
        InvalidRequest: Something in it that only this dialect can say.
    """
    try:
        request = _request.decode(inbound.body)
    except UNREADABLE as error:
        raise complaint(error, inbound.body) from error
    _check(request)
    tools, choice = chosen(request.tools or (), request.tool_choice)
    turns = _Turns()
    if request.instructions:
        turns.messages.append(Message(role="system", parts=(TextPart(request.instructions),)))
    for index, item in enumerate(read_input(request.input or [])):
        turns.add(item, f"input[{index}]")
    thinking = request.reasoning or Thinking()
    return ChatRequest(
        messages=turns.ended(),
        tools=tools,
        tool_choice=choice,
        parallel_tool_calls=request.parallel_tool_calls,
        output_format=inbound.output_format,
        max_output_tokens=inbound.max_output_tokens,
        temperature=request.temperature,
        top_p=request.top_p,
        reasoning_effort=thinking.effort,
        user=request.user,
        extra=_extra(inbound, request),
    )


def _check(request: _Request) -> None:
    for name, hint in _STATE.items():
        if getattr(request, name):
            raise InvalidRequest(
                f"{name}: what it stands for is kept where only a backend of OpenAI's "
                "Responses API finds it",
                param=name,
                hint=hint,
            )
    if request.top_logprobs:
        raise untranslatable("top_logprobs", "the probability of other words")
    if LOGPROBS in (request.include or ()):
        raise untranslatable("include", f"`{LOGPROBS}`")
    wanted = request.text.format if request.text else None
    if wanted is not None and wanted.type not in _FORMATS:
        raise untranslatable("text.format", f"`{wanted.type}`")
    thinking = request.reasoning or Thinking()
    for name, value, usual in (
        ("mode", thinking.mode, "standard"),
        ("context", thinking.context, "auto"),
    ):
        if value not in (None, usual):
            raise untranslatable(f"reasoning.{name}", f"`{value}`")


def _extra(inbound: Inbound, request: _Request) -> Mapping[str, Any]:
    """Fields without a place of their own; one that is null asks for nothing."""
    extra = dict(extra_fields(inbound, _KNOWN))
    if extra.get("truncation") == "disabled":
        # What happens without it, too.
        del extra["truncation"]
    verbosity = request.text.verbosity if request.text else None
    return extra if verbosity is None else {**extra, "verbosity": verbosity}


@dataclass(slots=True)
class _Turns:
    """Items gathered into messages."""

    messages: list[Message] = field(default_factory=list)
    _thoughts: list[Thought] = field(default_factory=list)
    """Of the item that is to come."""
    _open: dict[str, Any] | None = None
    """The model's turn that may still go on."""

    def add(self, item: Item | Reasoning | str, place: str) -> None:
        """The next item."""
        if isinstance(item, Reasoning):
            self._thoughts += _thoughts(item)
        elif isinstance(item, str):
            raise _only_here(item, place)
        elif item.kind == "function_call":
            turn = self._turn()
            turn["tool_calls"] += (_call(item, place),)
        elif item.kind == "function_call_output":
            self._close()
            self.messages.append(_result(item, place))
        elif item.role == "assistant":
            self._say(_parts(item.content, f"{place}.content"))
        else:
            self._close()
            self.messages.append(_message(item, place))

    def ended(self) -> tuple[Message, ...]:
        """All of them."""
        self._close()
        return tuple(self.messages)

    def _say(self, parts: tuple[Part, ...]) -> None:
        if self._open is not None and (self._open["parts"] or self._open["tool_calls"]):
            thoughts, self._thoughts = self._thoughts, []
            self._close()
            self._thoughts = thoughts
        self._turn()["parts"] = parts

    def _turn(self) -> dict[str, Any]:
        """The model's turn, with the thoughts that led here."""
        if self._open is None:
            self._open = {"thoughts": (), "parts": (), "tool_calls": ()}
        self._open["thoughts"] += tuple(self._thoughts)
        self._thoughts = []
        return self._open

    def _close(self) -> None:
        if self._thoughts:
            self._turn()
        if self._open is not None:
            self.messages.append(Message(role="assistant", **self._open))
        self._open = None


def _only_here(kind: str, place: str) -> InvalidRequest:
    if kind == "item_reference":
        return InvalidRequest(
            f"{place}: a reference stands for an item that only the backend which made it keeps",
            param=place,
            hint="send the item itself",
        )
    return untranslatable(place, f"a `{kind}` item")


def _thoughts(item: Reasoning) -> list[Thought]:
    text = PARAGRAPH.join(part.text or "" for part in item.summary or item.content or ())
    readable = [Thought(text)] if text else []
    # OpenAI's own secrets are of no use to a backend of another API, which may refuse them.
    match secret_in(item.encrypted_content or ""):
        case ("signature", signature):
            return [Thought(text, signature)]
        case ("sealed", sealed):
            return [*readable, Thought(sealed=sealed)]
        case _:
            return readable


def _call(item: Item, place: str) -> ToolCall:
    if not item.name or not item.call_id:
        missing = "call_id" if item.name else "name"
        raise InvalidRequest(f"{place}.{missing}: it is needed", param=f"{place}.{missing}")
    signature = call_signature(item.extra_content)
    return ToolCall(item.call_id, item.name, item.arguments or "", signature)


def _result(item: Item, place: str) -> Message:
    if not item.call_id:
        raise InvalidRequest(f"{place}.call_id: it is needed", param=f"{place}.call_id")
    parts = _parts(item.output, f"{place}.output")
    return Message(role="tool", parts=parts, tool_call_id=item.call_id)


def _message(item: Item, place: str) -> Message:
    role = _ROLES.get(item.role or "")
    if role is None:
        raise untranslatable(f"{place}.role", f"the role `{item.role}`")
    return Message(role=role, parts=_parts(item.content, f"{place}.content"))


def _parts(content: Content, place: str) -> tuple[Part, ...]:
    if isinstance(content, str):
        return (TextPart(content),) if content else ()
    return tuple(_part(part, f"{place}[{n}]") for n, part in enumerate(content or ()))


def _part(part: ClientPart, place: str) -> Part:
    match part.type:
        case kind if kind in TEXTS and part.text is not None:
            return TextPart(part.text)
        case "refusal" if part.refusal is not None:
            return TextPart(part.refusal)
        case "input_image":
            return _image(part, place)
        case "input_audio" if part.input_audio is not None:
            return AudioPart(part.input_audio.data, part.input_audio.format)
        case "input_file":
            return _file(part)
        case kind:
            return OtherPart(kind)


def _image(part: ClientPart, place: str) -> ImagePart:
    if part.image_url is None:
        raise untranslatable(place, "an image by `file_id`")
    detail = None if part.detail == "auto" else part.detail
    inline = _DATA_URL.fullmatch(part.image_url)
    if inline is None:
        return ImagePart(url=part.image_url, detail=detail)
    return ImagePart(data=inline["data"], media_type=inline["media_type"] or None, detail=detail)


def _file(part: ClientPart) -> FilePart:
    inline = _DATA_URL.fullmatch(part.file_data or "")
    return FilePart(
        data=inline["data"] if inline else part.file_data,
        media_type=(inline["media_type"] or None) if inline else None,
        url=part.file_url,
        file_id=part.file_id,
        name=part.filename,
    )
