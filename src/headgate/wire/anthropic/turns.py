"""A conversation as turns of this API: instructions on top, user and assistant in turn.

Results of tools belong into the user's turn, before anything the user says; turns of one
speaker that follow each other become one. Texts without a word are left out, as the API
refuses them.
"""

import re
from base64 import b64decode
from binascii import Error as NotBase64
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from msgspec import Raw, Struct

from headgate.core.chat import (
    AudioPart,
    CacheLifetime,
    FilePart,
    ImagePart,
    Message,
    OtherPart,
    Part,
    TextPart,
    Thought,
    ToolCall,
)
from headgate.core.errors import InvalidRequest
from headgate.wire.losses import Losses
from headgate.wire.members import UNREADABLE, split

_Block = Mapping[str, Any]
_INSTRUCTIONS = frozenset({"system", "developer"})
_NO_IDENTIFIER = re.compile(r"[^a-zA-Z0-9_-]")
_DETAILS_WITHOUT_EFFECT = frozenset({None, "auto"})


class Conversation(Struct, frozen=True):
    """What stands in `system` and in `messages`."""

    system: Sequence[_Block]
    turns: Sequence[_Block]


def conversation_of(
    messages: Sequence[Message], losses: Losses, *, takes_late_instructions: bool
) -> Conversation:
    """The turns; instructions that come late stay in their place where the model knows such.

    Raises:
        InvalidRequest: Something that has no word here, or nothing at all is said.
    """
    system: list[_Block] = []
    turns: list[tuple[str, list[_Block]]] = []
    for index, message in enumerate(messages):
        place = f"messages[{index}]"
        if message.name is not None and message.role != "tool":
            losses.drop(f"{place}.name")
        if message.role not in _INSTRUCTIONS:
            _add(
                turns,
                "assistant" if message.role == "assistant" else "user",
                [*_blocks(message, place, losses)],
            )
            continue
        said = [*_texts(message.parts, f"{place}.content", losses)]
        if not turns:
            system.extend(said)
        elif takes_late_instructions and _may_follow(turns, messages, index):
            _add(turns, "system", said)
        elif said:
            # Better heard too early than not at all.
            losses.drop(f"{place}.role")
            system.extend(said)
    if not turns:
        raise InvalidRequest("messages: at least one of the user is needed", param="messages")
    return Conversation(system, [{"role": r, "content": _content(b)} for r, b in turns])


def cache_control(lifetime: CacheLifetime | None) -> _Block:
    """The member that asks to cache the prompt up to here; five minutes are the default."""
    if lifetime is None:
        return {}
    ttl = {"ttl": lifetime} if lifetime == "1h" else {}
    return {"cache_control": {"type": "ephemeral", **ttl}}


def _add(turns: list[tuple[str, list[_Block]]], role: str, blocks: list[_Block]) -> None:
    if not blocks:
        return
    if not turns or turns[-1][0] != role:
        turns.append((role, blocks))
        return
    held = turns[-1][1]
    results = [block for block in blocks if block["type"] == "tool_result"]
    if not results:
        held.extend(blocks)
        return
    # The API wants them first, whenever the user spoke.
    before = [block for block in held if block["type"] == "tool_result"]
    after = [block for block in [*held, *blocks] if block["type"] != "tool_result"]
    held[:] = [*before, *results, *after]


def _may_follow(
    turns: Sequence[tuple[str, list[_Block]]], messages: Sequence[Message], index: int
) -> bool:
    """Late instructions stand after the user, and before the assistant or at the end."""
    after = next((m.role for m in messages[index + 1 :] if m.role not in _INSTRUCTIONS), None)
    return turns[-1][0] in {"user", "system"} and after in {None, "assistant"}


def _content(blocks: list[_Block]) -> Any:
    match blocks:
        case [{"type": "text", "text": text, **more}] if not more:
            return text
        case _:
            return blocks


def _blocks(message: Message, place: str, losses: Losses) -> Iterator[_Block]:
    where = f"{place}.content"
    if message.role == "tool":
        yield _result(message, where, losses)
        return
    if message.role == "user":
        yield from _said(message.parts, where, losses)
        return
    for thought in message.thoughts:
        yield from _thought(thought, place, losses)
    yield from _texts(message.parts, where, losses)
    for number, call in enumerate(message.tool_calls):
        yield _call(call, f"{place}.tool_calls[{number}]")


def _thought(thought: Thought, place: str, losses: Losses) -> Iterator[_Block]:
    if thought.sealed is not None:
        yield {"type": "redacted_thinking", "data": thought.sealed}
    elif thought.signature is not None:
        yield {"type": "thinking", "thinking": thought.text, "signature": thought.signature}
    else:
        # The API takes back only what it can prove to be its own.
        losses.drop(f"{place}.reasoning")


def _texts(parts: Sequence[Part], place: str, losses: Losses) -> Iterator[_Block]:
    for number, part in enumerate(parts):
        if isinstance(part, TextPart):
            yield from _text(part)
        else:
            losses.unsayable(f"{place}[{number}]", "Anthropic's API takes only text here")


def _text(part: TextPart) -> Iterator[_Block]:
    if part.text.strip():
        yield {"type": "text", "text": part.text, **cache_control(part.cache)}


def _said(parts: Sequence[Part], place: str, losses: Losses) -> Iterator[_Block]:
    for number, part in enumerate(parts):
        where = f"{place}[{number}]"
        match part:
            case TextPart():
                yield from _text(part)
            case ImagePart():
                yield _image(part, where, losses)
            case FilePart():
                yield from _file(part, where, losses)
            case AudioPart():
                losses.unsayable(where, "Anthropic's API takes no sound")
            case OtherPart(kind=kind):
                losses.unsayable(where, f"a `{kind}` part cannot be sent to this backend")


def _image(part: ImagePart, place: str, losses: Losses) -> _Block:
    if part.detail not in _DETAILS_WITHOUT_EFFECT:
        losses.drop(f"{place}.detail")
    source: _Block = {"type": "url", "url": part.url}
    if part.data is not None:
        media_type = part.media_type or "image/png"
        source = {"type": "base64", "media_type": media_type, "data": part.data}
    return {"type": "image", "source": source, **cache_control(part.cache)}


def _file(part: FilePart, place: str, losses: Losses) -> Iterator[_Block]:
    kind = part.media_type or ""
    if part.file_id is not None and kind.startswith("image/"):
        source: _Block | None = {"type": "file", "file_id": part.file_id}
        yield {"type": "image", "source": source, **cache_control(part.cache)}
        return
    if kind.startswith("image/") and part.data is not None:
        yield _image(ImagePart(data=part.data, media_type=kind, cache=part.cache), place, losses)
        return
    source = _document_source(part, place)
    if source is None:
        losses.unsayable(place, f"Anthropic's API takes no file of type `{kind}`")
        return
    title = {"title": part.name} if part.name is not None else {}
    cited = {"citations": {"enabled": True}} if part.wants_citations else {}
    yield {
        "type": "document",
        "source": source,
        **title,
        **cited,
        **cache_control(part.cache),
    }


def _document_source(part: FilePart, place: str) -> _Block | None:
    if part.text is not None:
        return {"type": "text", "media_type": "text/plain", "data": part.text}
    if part.url is not None:
        return {"type": "url", "url": part.url}
    if part.file_id is not None:
        return {"type": "file", "file_id": part.file_id}
    kind = part.media_type or "application/pdf"
    if kind.startswith("text/"):
        return {"type": "text", "media_type": "text/plain", "data": _plain(part, place)}
    if kind != "application/pdf":
        return None
    return {"type": "base64", "media_type": kind, "data": part.data}


def _plain(part: FilePart, place: str) -> str:
    try:
        return b64decode(part.data or "", validate=True).decode()
    except (NotBase64, UnicodeDecodeError) as error:
        raise InvalidRequest(f"{place}: it is no UTF-8 text in base64", param=place) from error


def _result(message: Message, place: str, losses: Losses) -> _Block:
    result: dict[str, Any] = {
        "type": "tool_result",
        "tool_use_id": _identifier(message.tool_call_id or ""),
    }
    blocks = [*_said(message.parts, place, losses)]
    last = message.parts[-1] if message.parts else None
    lifetime = None if isinstance(last, AudioPart | OtherPart | None) else last.cache
    if blocks and lifetime is not None:
        # A breakpoint at the end of a result is the result's own.
        blocks[-1] = {n: value for n, value in blocks[-1].items() if n != "cache_control"}
    if blocks:
        result["content"] = _content(blocks)
    if message.is_error:
        result["is_error"] = True
    return {**result, **cache_control(lifetime)}


def _call(call: ToolCall, place: str) -> _Block:
    arguments = (call.arguments.strip() or "{}").encode()
    where = f"{place}.function.arguments"
    try:
        split(arguments)
    except UNREADABLE as error:
        raise InvalidRequest(f"{where}: expected a JSON object", param=where) from error
    return {
        "type": "tool_use",
        "id": _identifier(call.id),
        "name": call.name,
        "input": Raw(arguments),
        **cache_control(call.cache),
    }


def _identifier(given: str) -> str:
    """An id of a call as this API allows it; the same for a call and for its result."""
    return _NO_IDENTIFIER.sub("_", given) or "call"
