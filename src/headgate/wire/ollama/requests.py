"""Clients' requests, read as far as routing and checking need; the rest stays bytes."""

from collections.abc import Mapping
from typing import Any

import msgspec
from msgspec import UNSET, Raw, Struct, UnsetType

from headgate.core.errors import InvalidRequest
from headgate.core.inbound import Inbound, Need
from headgate.wire.complaints import complaint
from headgate.wire.members import UNREADABLE, split
from headgate.wire.ollama.settings import Asked, effort_of, format_of, limit_of

CHAT_DIALECT = "ollama"
PROMPT_DIALECT = "ollama_prompt"

_ANY_OBJECT = Raw(b"{}")


class _Message(Struct, gc=False):
    role: str | None = None
    content: str | None = None
    images: list[str] | None = None


class _Function(Struct, gc=False):
    name: str = ""
    parameters: Raw = _ANY_OBJECT


class _Tool(Struct, gc=False):
    function: _Function | None = None


class _Chat(Asked, gc=False):
    messages: list[_Message] | None = None
    tools: list[_Tool] | None = None


class _Prompt(Asked, gc=False):
    prompt: str | None = None
    images: list[str] | None = None


class _Embed(Struct, gc=False):
    model: str | None = None
    input: str | list[str] | UnsetType = UNSET


class _Embeddings(Struct, gc=False):
    model: str | None = None
    prompt: str | UnsetType = UNSET


_chat = msgspec.json.Decoder(_Chat)
_prompt = msgspec.json.Decoder(_Prompt)
_embed = msgspec.json.Decoder(_Embed)
_embeddings = msgspec.json.Decoder(_Embeddings)


def decode_chat(body: bytes) -> Inbound:
    """`/api/chat`. One without messages asks for the model to be loaded.

    Raises:
        InvalidRequest: With the field at fault.
    """
    fields, asked = _read(_chat, body)
    messages = asked.messages or []
    _check_roles(messages)
    spoken = [message for message in messages if message.role == "user"]
    needs = _needs(asked)
    if asked.tools:
        needs.add("tools")
    if any(message.images for message in messages):
        needs.add("vision")
    return Inbound(
        dialect=CHAT_DIALECT,
        operation="chat",
        body=body,
        fields=fields,
        **_shared(asked, needs),
        message_count=len(messages),
        turn_text=(spoken[-1].content or "") if spoken else "",
        tool_schemas={
            t.function.name: t.function.parameters for t in asked.tools or () if t.function
        },
    )


def decode_prompt(body: bytes) -> Inbound:
    """`/api/generate`. One without a prompt asks for the model to be loaded.

    Raises:
        InvalidRequest: With the field at fault.
    """
    fields, asked = _read(_prompt, body)
    needs = _needs(asked)
    if asked.images:
        needs.add("vision")
    return Inbound(
        dialect=PROMPT_DIALECT,
        operation="chat",
        body=body,
        fields=fields,
        **_shared(asked, needs),
        message_count=1 if asked.prompt or asked.images else 0,
        turn_text=asked.prompt or "",
    )


def decode_embed(body: bytes) -> Inbound:
    """`/api/embed`.

    Raises:
        InvalidRequest: With the field at fault.
    """
    fields, asked = _read(_embed, body)
    return _embedding(CHAT_DIALECT, body, fields, asked.model, asked.input, "input")


def decode_embeddings(body: bytes) -> Inbound:
    """`/api/embeddings`, the older way to embed one text.

    Raises:
        InvalidRequest: With the field at fault.
    """
    fields, asked = _read(_embeddings, body)
    return _embedding(PROMPT_DIALECT, body, fields, asked.model, asked.prompt, "prompt")


def _embedding(
    dialect: str,
    body: bytes,
    fields: Mapping[str, Raw],
    model: str | None,
    given: str | list[str] | UnsetType,
    param: str,
) -> Inbound:
    name = _model(model)
    if not given:
        raise InvalidRequest(f"{param}: text to embed is needed", param=param)
    return Inbound(dialect=dialect, operation="embedding", body=body, fields=fields, model=name)


def _read(decoder: msgspec.json.Decoder[Any], body: bytes) -> tuple[Mapping[str, Raw], Any]:
    try:
        return split(body), decoder.decode(body)
    except UNREADABLE as error:
        raise complaint(error, body) from error


def _shared(asked: Asked, needs: set[Need]) -> Mapping[str, Any]:
    return {
        "model": _model(asked.model),
        # Unlike anywhere else, a stream is what comes unless it is refused.
        "stream": asked.stream is not False,
        "wants_usage": True,
        "max_output_tokens": limit_of(asked),
        "needs": frozenset(needs),
        "output_format": format_of(asked.format),
    }


def _needs(asked: Asked) -> set[Need]:
    needs: set[Need] = set()
    wanted = format_of(asked.format)
    if wanted is not None:
        needs.add("json" if wanted.kind == "json" else "json_schema")
    if asked.logprobs or asked.top_logprobs:
        needs.add("logprobs")
    if effort_of(asked.think) not in {None, "none"}:
        needs.add("reasoning")
    return needs


def _model(model: str | None) -> str:
    if not model:
        raise InvalidRequest("model: it is needed", param="model", hint="`auto` lets us choose")
    return model


def _check_roles(messages: list[_Message]) -> None:
    for index, message in enumerate(messages):
        if not message.role:
            place = f"messages[{index}].role"
            raise InvalidRequest(f"{place}: it is needed", param=place)
