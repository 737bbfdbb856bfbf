"""A conversation's messages as `contents`, and what stands beside them.

Instructions stand apart, wherever they were said. Turns of one speaker that follow each
other are one. What tools returned is a turn of its own, because this API counts answers
against the calls right before them.
"""

from collections.abc import Mapping
from typing import Any, Literal

import msgspec
from msgspec import Struct

from headgate.core.chat import (
    AudioPart,
    FilePart,
    ImagePart,
    Message,
    OtherPart,
    Part,
    TextPart,
    ToolCall,
)
from headgate.core.errors import InvalidRequest
from headgate.wire.gemini.models import UNSIGNED_CALL
from headgate.wire.losses import Losses
from headgate.wire.members import UNREADABLE

_Kind = Literal["user", "model", "results"]
_MEDIA_TYPES: Mapping[str, str] = {
    "pdf": "application/pdf",
    "txt": "text/plain",
    "md": "text/markdown",
    "csv": "text/csv",
    "html": "text/html",
    "json": "application/json",
    "xml": "text/xml",
}
"""By the ending of a name, where nobody says what a file is."""
_OWN_FILES = "https://generativelanguage.googleapis.com/v1beta/"


class Conversation(Struct, frozen=True):
    """What is said, and what the model is told beforehand."""

    contents: list[Mapping[str, Any]]
    instruction: Mapping[str, Any] | None


def conversation(
    messages: tuple[Message, ...], losses: Losses, *, signs_calls: bool
) -> Conversation:
    """Everything that was said; `signs_calls`: the model wants its calls back with proof.

    Raises:
        InvalidRequest: Something that has no word here, or nobody who says anything.
    """
    writer = _Writer(losses, signs_calls)
    for index, message in enumerate(messages):
        writer.add(message, f"messages[{index}]")
    if not writer.contents:
        raise InvalidRequest(
            "messages: Gemini wants at least one that is no instruction", param="messages"
        )
    instruction = {"parts": writer.instructions} if writer.instructions else None
    return Conversation(writer.contents, instruction)


class _Writer:
    def __init__(self, losses: Losses, signs_calls: bool) -> None:
        self.contents: list[Mapping[str, Any]] = []
        self.instructions: list[Mapping[str, Any]] = []
        self._losses = losses
        self._signs_calls = signs_calls
        self._names: dict[str, str] = {}
        """Of the tools called, by the call's id."""
        self._last: _Kind | None = None

    def add(self, message: Message, place: str) -> None:
        """The next message."""
        if message.name is not None and message.role != "tool":
            self._losses.drop(f"{place}.name")
        match message.role:
            case "system" | "developer":
                self.instructions += self._parts(message.parts, place)
            case "user":
                self._say("user", "user", self._parts(message.parts, place))
            case "tool":
                self._say("results", "user", [self._result(message, place)])
            case "assistant":
                self._say("model", "model", self._spoken(message, place))

    def _say(self, kind: _Kind, role: str, parts: list[Mapping[str, Any]]) -> None:
        if not parts:
            return
        if self._last == kind:
            self.contents[-1]["parts"].extend(parts)
        else:
            self.contents.append({"role": role, "parts": parts})
        self._last = kind

    def _spoken(self, message: Message, place: str) -> list[Mapping[str, Any]]:
        parts: list[Mapping[str, Any]] = []
        signature = None
        for thought in message.thoughts:
            if thought.sealed is not None:
                self._losses.drop(f"{place}.reasoning")
            if thought.text:
                parts.append({"text": thought.text, "thought": True})
            signature = thought.signature or signature
        parts += self._parts(message.parts, place)
        if signature is not None:
            # The proof of what was thought came, and goes back, with the end of what was said.
            parts.append({"text": "", "thoughtSignature": signature})
        is_proven = any(call.signature for call in message.tool_calls)
        for number, call in enumerate(message.tool_calls):
            self._names[call.id] = call.name
            wants_proof = self._signs_calls and not is_proven and number == 0
            proof = call.signature or (UNSIGNED_CALL if wants_proof else None)
            parts.append(_call(call, proof, f"{place}.tool_calls[{number}]"))
            self._note_cache(call.cache)
        return parts

    def _result(self, message: Message, place: str) -> Mapping[str, Any]:
        identity = message.tool_call_id or ""
        name = message.name or self._names.get(identity)
        if not name:
            raise InvalidRequest(
                f"{place}.tool_call_id: no call before it has this id",
                param=f"{place}.tool_call_id",
            )
        shown = tuple(part for part in message.parts if not isinstance(part, TextPart))
        for part in message.parts:
            if isinstance(part, TextPart):
                self._note_cache(part.cache)
        said = {"error" if message.is_error else "output": message.text}
        response: dict[str, Any] = {"name": name, "response": said}
        if identity:
            response["id"] = identity
        inline = [part for part in self._parts(shown, place) if "inlineData" in part]
        if inline:
            response["parts"] = inline
        return {"functionResponse": response}

    def _parts(self, parts: tuple[Part, ...], place: str) -> list[Mapping[str, Any]]:
        encoded = [self._part(part, f"{place}.content[{n}]") for n, part in enumerate(parts)]
        return [part for part in encoded if part is not None]

    def _part(self, part: Part, place: str) -> Mapping[str, Any] | None:
        match part:
            case TextPart():
                self._note_cache(part.cache)
                return {"text": part.text} if part.text else None
            case ImagePart():
                self._note_cache(part.cache)
                return self._image(part, place)
            case AudioPart():
                return _inline(part.data, f"audio/{part.format}")
            case FilePart():
                self._note_cache(part.cache)
                return self._file(part, place)
            case OtherPart():
                self._losses.unsayable(place, f"Gemini takes no `{part.kind}` part")
                return None

    def _image(self, part: ImagePart, place: str) -> Mapping[str, Any]:
        if part.data is None:
            raise InvalidRequest(
                f"{place}: Gemini takes images inline",
                param=place,
                hint="send it as a `data:` URL in base64",
            )
        if part.detail not in {None, "auto"}:
            self._losses.drop(f"{place}.detail")
        return _inline(part.data, part.media_type or "image/png")

    def _file(self, part: FilePart, place: str) -> Mapping[str, Any]:
        if part.wants_citations:
            self._losses.unsayable(f"{place}.citations", "Gemini does not cite what it is given")
        if part.text is not None:
            heading = f"{part.name}\n\n" if part.name else ""
            return {"text": heading + part.text}
        media_type = part.media_type or _media_type(part.name or part.url)
        if part.data is not None:
            return _inline(part.data, media_type or "application/pdf")
        uri = part.url or _own_file(part.file_id or "", place)
        return {"fileData": {"fileUri": uri, **({"mimeType": media_type} if media_type else {})}}

    def _note_cache(self, lifetime: str | None) -> None:
        if lifetime is not None:
            # Gemini caches by itself.
            self._losses.drop("cache_control")


def _call(call: ToolCall, signature: str | None, place: str) -> Mapping[str, Any]:
    where = f"{place}.function.arguments"
    try:
        arguments = msgspec.json.decode(call.arguments or "{}")
    except UNREADABLE as error:
        raise InvalidRequest(f"{where}: not valid JSON", param=where) from error
    if not isinstance(arguments, dict):
        raise InvalidRequest(f"{where}: Gemini takes an object", param=where)
    identity = {"id": call.id} if call.id else {}
    proof = {"thoughtSignature": signature} if signature else {}
    return {"functionCall": {**identity, "name": call.name, "args": arguments}, **proof}


def _inline(data: str, media_type: str) -> Mapping[str, Any]:
    return {"inlineData": {"mimeType": media_type, "data": data}}


def _media_type(name: str | None) -> str | None:
    return _MEDIA_TYPES.get((name or "").rpartition(".")[2].lower())


def _own_file(file_id: str, place: str) -> str:
    """The address of a file that was uploaded to Gemini itself."""
    if file_id.startswith("files/"):
        return _OWN_FILES + file_id
    if file_id.startswith(_OWN_FILES):
        return file_id
    raise InvalidRequest(
        f"{place}: Gemini does not know the file `{file_id}`",
        param=place,
        hint="send the file in base64",
    )
