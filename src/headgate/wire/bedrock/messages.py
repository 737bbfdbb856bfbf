"""A conversation's messages as Converse wants them, and the instructions beside them.

Instructions stand apart, wherever they were said. Turns of one speaker that follow each
other are one, and what tools returned is said by the user.
"""

import re
from collections.abc import Mapping
from hashlib import sha256
from typing import Any

import msgspec
from msgspec import Struct

from headgate.core.chat import (
    AudioPart,
    CacheLifetime,
    FilePart,
    ImagePart,
    Message,
    OtherPart,
    Part,
    TextPart,
    ToolCall,
)
from headgate.core.errors import InvalidRequest
from headgate.wire.losses import Losses
from headgate.wire.members import UNREADABLE

_IMAGES: Mapping[str | None, str] = {
    None: "png",
    "image/png": "png",
    "image/jpeg": "jpeg",
    "image/jpg": "jpeg",
    "image/gif": "gif",
    "image/webp": "webp",
}
_SOUNDS = frozenset({"mp3", "opus", "wav", "aac", "flac", "mp4", "ogg", "m4a", "webm", "pcm"})
_DOCUMENTS: Mapping[str, str] = {
    "application/pdf": "pdf",
    "text/csv": "csv",
    "application/msword": "doc",
    "application/vnd.openxmlformats-officedocument.wordprocessingml.document": "docx",
    "application/vnd.ms-excel": "xls",
    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet": "xlsx",
    "text/html": "html",
    "text/plain": "txt",
    "text/markdown": "md",
}
_CALL_ID = re.compile(r"[a-zA-Z0-9_.:-]{1,64}")
_NOT_IN_A_NAME = re.compile(r"[^0-9A-Za-z\-()\[\]]+")
_MOST_NAME = 190
"""Characters of a document's name, so that a number after it still fits."""

Block = Mapping[str, Any]


class Conversation(Struct, frozen=True):
    """What is said, what the model is told beforehand, and the tools that have been called."""

    messages: list[Mapping[str, Any]]
    system: list[Block]
    called: tuple[str, ...]


def conversation(messages: tuple[Message, ...], losses: Losses) -> Conversation:
    """Everything that was said.

    Raises:
        InvalidRequest: Something that has no word here, or nobody who says anything.
    """
    writer = _Writer(losses)
    for index, message in enumerate(messages):
        writer.add(message, f"messages[{index}]")
    if not writer.messages:
        raise InvalidRequest(
            "messages: Bedrock wants at least one that is no instruction", param="messages"
        )
    return Conversation(writer.messages, writer.system, tuple(writer.called))


def cache_point(lifetime: CacheLifetime | None) -> list[Block]:
    """The block that ends what is to be kept; none where nothing is."""
    if lifetime is None:
        return []
    longer = {"ttl": lifetime} if lifetime != "5m" else {}
    return [{"cachePoint": {"type": "default", **longer}}]


class _Writer:
    def __init__(self, losses: Losses) -> None:
        self.messages: list[Mapping[str, Any]] = []
        self.system: list[Block] = []
        self.called: dict[str, None] = {}
        self._losses = losses
        self._documents: set[str] = set()

    def add(self, message: Message, place: str) -> None:
        """The next message."""
        if message.name is not None and message.role != "tool":
            self._losses.drop(f"{place}.name")
        match message.role:
            case "system" | "developer":
                self._instruct(message, place)
            case "user":
                self._say("user", self._blocks(message.parts, place))
            case "tool":
                self._say("user", [self._result(message, place)])
            case "assistant":
                self._say("assistant", self._spoken(message, place))

    def _instruct(self, message: Message, place: str) -> None:
        for number, part in enumerate(message.parts):
            if isinstance(part, TextPart):
                self.system += [{"text": part.text}] if part.text else []
                self.system += cache_point(part.cache) if self.system else []
            else:
                where = f"{place}.content[{number}]"
                self._losses.unsayable(where, "instructions are text only here")

    def _say(self, role: str, blocks: list[Block]) -> None:
        if not blocks:
            return
        if self.messages and self.messages[-1]["role"] == role:
            self.messages[-1]["content"].extend(blocks)
        else:
            self.messages.append({"role": role, "content": blocks})

    def _spoken(self, message: Message, place: str) -> list[Block]:
        blocks = self._thoughts(message, place) + self._blocks(message.parts, place)
        for number, call in enumerate(message.tool_calls):
            self.called[call.name] = None
            blocks.append(_call(call, f"{place}.tool_calls[{number}]"))
            blocks += cache_point(call.cache)
            if call.signature is not None:
                # Only its maker, another API, could read it.
                self._losses.drop("thought_signature")
        return blocks

    def _thoughts(self, message: Message, place: str) -> list[Block]:
        blocks: list[Block] = []
        for thought in message.thoughts:
            if thought.sealed is not None:
                blocks.append({"reasoningContent": {"redactedContent": thought.sealed}})
            elif thought.signature is not None:
                proven = {"text": thought.text, "signature": thought.signature}
                blocks.append({"reasoningContent": {"reasoningText": proven}})
            elif thought.text:
                # Models take back only what they can prove to be their own.
                self._losses.drop(f"{place}.reasoning")
        return blocks

    def _result(self, message: Message, place: str) -> Block:
        result: dict[str, Any] = {
            "toolUseId": _call_id(message.tool_call_id or ""),
            "content": [
                block
                for block in self._blocks(message.parts, place, is_result=True)
                if "cachePoint" not in block
            ],
        }
        if message.is_error:
            result["status"] = "error"
        return {"toolResult": result}

    def _blocks(
        self, parts: tuple[Part, ...], place: str, *, is_result: bool = False
    ) -> list[Block]:
        blocks: list[Block] = []
        for number, part in enumerate(parts):
            where = f"{place}.content[{number}]"
            block = self._block(part, where, is_result=is_result)
            if block is not None:
                blocks.append(block)
            if not isinstance(part, AudioPart | OtherPart) and part.cache is not None:
                if is_result:
                    self._losses.drop("cache_control")
                elif blocks:
                    blocks += cache_point(part.cache)
        return blocks

    def _block(self, part: Part, place: str, *, is_result: bool) -> Block | None:
        match part:
            case TextPart():
                return {"text": part.text} if part.text else None
            case ImagePart():
                return self._image(part, place)
            case FilePart():
                return self._document(part, place)
            case AudioPart() if not is_result and part.format in _SOUNDS:
                return {"audio": {"format": part.format, "source": {"bytes": part.data}}}
            case AudioPart():
                self._losses.unsayable(place, f"Bedrock takes no `{part.format}` audio here")
            case OtherPart():
                self._losses.unsayable(place, f"Bedrock takes no `{part.kind}` part")
        return None

    def _image(self, part: ImagePart, place: str) -> Block | None:
        if part.data is None:
            raise InvalidRequest(
                f"{place}: Bedrock takes images inline",
                param=place,
                hint="send it as a `data:` URL in base64",
            )
        if part.detail not in {None, "auto"}:
            self._losses.drop(f"{place}.detail")
        kind = _IMAGES.get(part.media_type)
        if kind is None:
            self._losses.unsayable(place, f"Bedrock takes no images of type `{part.media_type}`")
            return None
        return {"image": {"format": kind, "source": {"bytes": part.data}}}

    def _document(self, part: FilePart, place: str) -> Block | None:
        ending = (part.name or "").rpartition(".")[2].lower()
        kind = _DOCUMENTS.get(part.media_type or "")
        if kind is None and part.media_type is None:
            kind = ending if ending in _DOCUMENTS.values() else "pdf"
        if part.text is not None:
            kind, source = kind or "txt", {"text": part.text}
            kind = "txt" if kind == "pdf" else kind
        elif part.data is not None:
            source = {"bytes": part.data}
        else:
            raise InvalidRequest(
                f"{place}: Bedrock takes files inline",
                param=place,
                hint="send the file in base64",
            )
        if kind is None:
            self._losses.unsayable(place, f"Bedrock takes no files of type `{part.media_type}`")
            return None
        document: dict[str, Any] = {"format": kind, "name": self._name(part), "source": source}
        if part.wants_citations:
            document["citations"] = {"enabled": True}
        return {"document": document}

    def _name(self, part: FilePart) -> str:
        """One that this API allows, and no other document of the conversation has."""
        stem = (part.name or "document").rpartition(".")
        plain = _NOT_IN_A_NAME.sub(" ", stem[0] or stem[2]).strip()[:_MOST_NAME] or "document"
        name, number = plain, 1
        while name in self._documents:
            number += 1
            name = f"{plain} {number}"
        self._documents.add(name)
        return name


def _call(call: ToolCall, place: str) -> Block:
    where = f"{place}.function.arguments"
    try:
        arguments = msgspec.json.decode(call.arguments or "{}")
    except UNREADABLE as error:
        raise InvalidRequest(f"{where}: not valid JSON", param=where) from error
    if not isinstance(arguments, dict):
        raise InvalidRequest(f"{where}: Bedrock takes an object", param=where)
    use = {"toolUseId": _call_id(call.id), "name": call.name, "input": arguments}
    return {"toolUse": use}


def _call_id(identity: str) -> str:
    """The id, or one made of it where other APIs allow more; the same for a call and its result."""
    if _CALL_ID.fullmatch(identity):
        return identity
    return f"call_{sha256(identity.encode()).hexdigest()[:40]}"
