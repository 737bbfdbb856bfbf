"""Ollama's own API: `/api/chat` and what clients probe first."""

import json
from typing import Any

from support.answers import Answer, Asked
from support.shapes import ErrorSaid, Frame, dump

_AT = "2026-11-23T20:00:00.000000Z"


class OllamaShape:
    """`/api/chat`: one JSON object a line, tool arguments as an object, times in nanoseconds."""

    stream_media_type = "application/x-ndjson"
    ping = b"\n"

    def body(self, asked: Asked, answer: Answer) -> bytes:
        return dump(_line(asked, _message(answer)) | _last(answer))

    def frames(self, asked: Asked, answer: Answer) -> list[Frame]:
        said: list[dict[str, Any]] = [
            {"content": "", "thinking": piece} for piece in answer.reasoning
        ]
        said += [{"content": piece} for piece in answer.pieces]
        if answer.calls:
            said.append({"content": "", "tool_calls": _calls(answer)})
        found = [Frame("content", _ended(_line(asked, message))) for message in said]
        return [*found, Frame("end", _ended(_line(asked, {"content": ""}) | _last(answer)))]

    def error(self, said: ErrorSaid) -> bytes:
        return dump({"error": said.message})

    def error_frame(self, said: ErrorSaid) -> bytes:
        return self.error(said) + b"\n"

    def broken_frame(self) -> bytes:
        return b'{"model":"broken","mess\n'


def version_body() -> bytes:
    """`/api/version`."""
    return dump({"version": "0.33.0"})


def tags_body(names: tuple[str, ...]) -> bytes:
    """`/api/tags`."""
    details = {"format": "gguf", "family": "llama", "parameter_size": "1.6M"}
    models = [
        {"name": n, "model": n, "modified_at": _AT, "size": 6_317_056, "details": details}
        for n in names
    ]
    return dump({"models": models})


def _line(asked: Asked, message: dict[str, Any]) -> dict[str, Any]:
    whole = {"role": "assistant", **message}
    return {"model": asked.model, "created_at": _AT, "message": whole, "done": False}


def _ended(line: dict[str, Any]) -> bytes:
    return dump(line) + b"\n"


def _message(answer: Answer) -> dict[str, Any]:
    message: dict[str, Any] = {"content": answer.text}
    if answer.reasoning:
        message["thinking"] = "".join(answer.reasoning)
    if answer.calls:
        message["tool_calls"] = _calls(answer)
    return message


def _calls(answer: Answer) -> list[dict[str, Any]]:
    """Arguments that are no JSON cannot be said in this API; they raise here."""
    return [
        {"function": {"index": i, "name": call.name, "arguments": json.loads(call.arguments)}}
        for i, call in enumerate(answer.calls)
    ]


def _last(answer: Answer) -> dict[str, Any]:
    return {
        "done": True,
        "done_reason": "length" if answer.finish == "length" else "stop",
        "total_duration": 900_000_000,
        "load_duration": 100_000_000,
        "prompt_eval_count": answer.prompt_tokens,
        "prompt_eval_duration": 200_000_000,
        "eval_count": answer.output_tokens,
        "eval_duration": 600_000_000,
    }
