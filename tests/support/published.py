"""What each provider's own SDK says its answers look like, as checks of bytes.

`check_answer` and `check_stream` raise where a body or stream that we wrote for a client
of a dialect is not what the published types promise.
"""

import json
from collections.abc import Callable
from typing import Any

import anthropic.types
import cohere
import ollama
import openai.types.chat
import openai.types.responses
from pydantic import BaseModel, TypeAdapter

from headgate.wire.ndjson import LineDecoder
from headgate.wire.sse import EventDecoder

_CHUNK = openai.types.chat.ChatCompletionChunk
_RESPONSE_EVENT: TypeAdapter[Any] = TypeAdapter(openai.types.responses.ResponseStreamEvent)
_MESSAGE_EVENT: TypeAdapter[Any] = TypeAdapter(anthropic.types.RawMessageStreamEvent)
_COHERE_EVENT: TypeAdapter[Any] = TypeAdapter(cohere.V2ChatStreamResponse)


def _model(kind: type[BaseModel], *, strict: bool = True) -> Callable[[bytes], Any]:
    def check(body: bytes) -> Any:
        return kind.model_validate_json(body, strict=strict)

    return check


ANSWERS: dict[str, Callable[[bytes], Any]] = {
    "openai_chat": _model(openai.types.chat.ChatCompletion),
    "openai_responses": _model(openai.types.responses.Response),
    "anthropic": _model(anthropic.types.Message),
    "ollama": _model(ollama.ChatResponse, strict=False),
    "ollama_prompt": _model(ollama.GenerateResponse, strict=False),
    "cohere": _model(cohere.V2ChatResponse),
}


def check_answer(dialect: str, body: bytes) -> Any:
    """The whole answer, as the SDK's own type."""
    return ANSWERS[dialect](body)


def check_stream(dialect: str, stream: bytes) -> list[Any]:
    """Every event of a stream, as the SDK's own types; an unfinished rest is an error."""
    return _STREAMS[dialect](stream)


def _events(stream: bytes) -> list[tuple[str | None, bytes]]:
    events = EventDecoder().feed(stream)
    assert b"".join(event.raw for event in events) == stream, "the last event is not complete"
    return [
        (event.event.decode() if event.event else None, event.data)
        for event in events
        if event.data is not None
    ]


def _chunks(stream: bytes) -> list[Any]:
    found = []
    for _, data in _events(stream):
        if data == b"[DONE]":
            found.append("[DONE]")
        elif b'"error"' in data[:10]:
            found.append(json.loads(data))
        else:
            found.append(_CHUNK.model_validate_json(data, strict=True))
    return found


def _named(adapter: TypeAdapter[Any], *, strict: bool) -> Callable[[bytes], list[Any]]:
    """Events that carry their name both beside and inside their data."""

    def check(stream: bytes) -> list[Any]:
        found: list[Any] = []
        for name, data in _events(stream):
            kind = json.loads(data).get("type")
            assert name == kind, f"an event is called `{name}` and says `{kind}`"
            # The types leave out Anthropic's `ping`, which its documents describe.
            if kind in {"error", "ping"}:
                found.append(json.loads(data))
            else:
                found.append(adapter.validate_json(data, strict=strict))
        return found

    return check


def _cohere(stream: bytes) -> list[Any]:
    return [_COHERE_EVENT.validate_json(data) for _, data in _events(stream)]


def _lines(kind: type[BaseModel]) -> Callable[[bytes], list[Any]]:
    def check(stream: bytes) -> list[Any]:
        lines = LineDecoder().feed(stream)
        assert b"".join(line.raw for line in lines) == stream, "the last line is not complete"
        found: list[Any] = []
        for line in lines:
            assert line.data is not None, "clients of this API decode every line"
            said = json.loads(line.data)
            found.append(said if "error" in said else kind.model_validate(said))
        return found

    return check


_STREAMS: dict[str, Callable[[bytes], list[Any]]] = {
    "openai_chat": _chunks,
    "openai_responses": _named(_RESPONSE_EVENT, strict=True),
    "anthropic": _named(_MESSAGE_EVENT, strict=True),
    "ollama": _lines(ollama.ChatResponse),
    "ollama_prompt": _lines(ollama.GenerateResponse),
    "cohere": _cohere,
}
