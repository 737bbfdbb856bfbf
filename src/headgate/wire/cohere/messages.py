"""Turns of a conversation as this API writes them; documents leave them for a place beside."""

from base64 import b64decode
from collections.abc import Mapping
from typing import Any

from msgspec import Struct

from headgate.core.chat import (
    AudioPart,
    FilePart,
    ImagePart,
    Message,
    OtherPart,
    Part,
    TextPart,
)
from headgate.core.errors import InvalidRequest
from headgate.wire.cohere.answers import tool_call_object
from headgate.wire.losses import Losses

_KINDS: Mapping[type, str] = {AudioPart: "audio", FilePart: "file", ImagePart: "image"}


class Written(Struct, frozen=True, kw_only=True):
    """The conversation, and the documents that lay in it."""

    messages: list[Mapping[str, Any]]
    documents: list[Mapping[str, Any]]
    wants_citations: bool


def written(messages: tuple[Message, ...], losses: Losses) -> Written:
    """All turns.

    Raises:
        InvalidRequest: A part that has no word here.
    """
    documents: list[Mapping[str, Any]] = []
    wants_citations = False
    turns = []
    for index, message in enumerate(messages):
        place = f"messages[{index}]"
        content = []
        for number, part in enumerate(message.parts):
            where = f"{place}.content[{number}]"
            if isinstance(part, FilePart) and message.role == "user":
                if document := _document(part, where, losses):
                    documents.append(document)
                    wants_citations = wants_citations or part.wants_citations
            elif block := _block(part, message, where, losses):
                content.append(block)
        turns.append(_turn(message, content, losses))
    return Written(messages=turns, documents=documents, wants_citations=wants_citations)


def _document(part: FilePart, place: str, losses: Losses) -> Mapping[str, Any] | None:
    """A document whose words are at hand."""
    text = part.text if part.text is not None else _decoded(part, place)
    if text is None:
        losses.unsayable(
            place,
            "Cohere takes documents as text only",
            hint="send what the file says as text",
        )
        return None
    title = {"title": part.name} if part.name else {}
    return {"data": {**title, "text": text}}


def _decoded(part: FilePart, place: str) -> str | None:
    if part.data is None or not (part.media_type or "").startswith("text/"):
        return None
    try:
        return b64decode(part.data, validate=True).decode()
    except ValueError as error:
        raise InvalidRequest(
            f"{place}: the file is not text in UTF-8, encoded as base64", param=place
        ) from error


def _turn(message: Message, content: list[Mapping[str, Any]], losses: Losses) -> Mapping[str, Any]:
    role = "system" if message.role == "developer" else message.role
    turn: dict[str, Any] = {"role": role}
    if message.name is not None and role != "tool":
        losses.drop("name")
    if message.tool_calls:
        turn["tool_calls"] = [
            tool_call_object(call.id, call.name, call.arguments) for call in message.tool_calls
        ]
    if message.reasoning and message.tool_calls:
        turn["tool_plan"] = message.reasoning
    elif message.reasoning and role == "assistant":
        content = [{"type": "thinking", "thinking": message.reasoning}, *content]
    if role == "tool":
        turn["tool_call_id"] = message.tool_call_id or ""
    match content:
        case []:
            if not message.tool_calls:
                turn["content"] = ""
        case [{"type": "text", "text": text}]:
            turn["content"] = text
        case _:
            turn["content"] = content
    return turn


def _block(part: Part, message: Message, place: str, losses: Losses) -> Mapping[str, Any] | None:
    match part:
        case TextPart():
            return {"type": "text", "text": part.text}
        case ImagePart() if message.role == "user":
            url = part.url or f"data:{part.media_type or 'image/png'};base64,{part.data}"
            detail = {"detail": part.detail} if part.detail else {}
            return {"type": "image_url", "image_url": {"url": url, **detail}}
        case FilePart() if message.role == "tool":
            document = _document(part, place, losses)
            return {"type": "document", "document": document} if document else None
        case _:
            kind = part.kind if isinstance(part, OtherPart) else _KINDS[type(part)]
            losses.unsayable(place, f"Cohere takes no `{kind}` from the {message.role}")
            return None
