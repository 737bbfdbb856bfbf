"""Ollama's own API: what is asked of models, what clients probe first, models kept."""

import json
from hashlib import sha256
from typing import Any

from typing_extensions import override

from support.answers import Answer, Asked
from support.openai_shapes import vector_of
from support.shapes import ErrorSaid, Frame, dump

_AT = "2026-11-23T20:00:00.000000Z"
_DETAILS = {
    "parent_model": "",
    "format": "gguf",
    "family": "llama",
    "families": ["llama"],
    "parameter_size": "1.6M",
    "quantization_level": "F32",
}


class OllamaShape:
    """`/api/chat`: one JSON object a line, tool arguments as an object, times in nanoseconds."""

    stream_media_type = "application/x-ndjson"
    ping = b"\n"

    def body(self, asked: Asked, answer: Answer) -> bytes:
        if _asks_nothing(asked):
            return dump(self._loaded(asked))
        return dump(self._line(asked, _message(answer)) | _last(answer))

    def frames(self, asked: Asked, answer: Answer) -> list[Frame]:
        if _asks_nothing(asked):
            return [Frame("end", _ended(self._loaded(asked)))]
        said: list[dict[str, Any]] = [
            {"content": "", "thinking": piece} for piece in answer.reasoning
        ]
        said += [{"content": piece} for piece in answer.pieces]
        if answer.calls:
            said.append({"content": "", "tool_calls": _calls(answer)})
        found = [Frame("content", _ended(self._line(asked, message))) for message in said]
        last = self._line(asked, {"content": ""}) | _last(answer)
        return [*found, Frame("end", _ended(last))]

    def error(self, said: ErrorSaid) -> bytes:
        return dump({"error": said.message})

    def error_frame(self, said: ErrorSaid) -> bytes:
        return self.error(said) + b"\n"

    def broken_frame(self) -> bytes:
        return b'{"model":"broken","mess\n'

    def _line(self, asked: Asked, message: dict[str, Any]) -> dict[str, Any]:
        head = {"model": asked.model, "created_at": _AT}
        return {**head, **self._words(message), "done": False}

    def _words(self, message: dict[str, Any]) -> dict[str, Any]:
        return {"message": {"role": "assistant", **message}}

    def _loaded(self, asked: Asked) -> dict[str, Any]:
        reason = "unload" if asked.body.get("keep_alive") == 0 else "load"
        return self._line(asked, {"content": ""}) | {"done": True, "done_reason": reason}


class OllamaPromptShape(OllamaShape):
    """`/api/generate`: the same, the words at the top; numbers stand for the conversation."""

    @override
    def _words(self, message: dict[str, Any]) -> dict[str, Any]:
        thinking = {"thinking": message["thinking"]} if "thinking" in message else {}
        return {"response": message["content"], **thinking}


class OllamaEmbedShape(OllamaShape):
    """`/api/embed`."""

    @override
    def body(self, asked: Asked, answer: Answer) -> bytes:
        given = asked.body["input"]
        size = int(asked.body.get("dimensions") or 8)
        vectors = [vector_of(text, size) for text in ([given] if isinstance(given, str) else given)]
        return dump(
            {
                "model": asked.model,
                "embeddings": vectors,
                "total_duration": 14_000_000,
                "load_duration": 1_000_000,
                "prompt_eval_count": answer.prompt_tokens,
            }
        )


class OllamaEmbeddingsShape(OllamaShape):
    """`/api/embeddings`."""

    @override
    def body(self, asked: Asked, answer: Answer) -> bytes:
        return dump({"embedding": vector_of(asked.body["prompt"], 8)})


def version_body() -> bytes:
    """`/api/version`."""
    return dump({"version": "0.33.0"})


def tags_body(names: tuple[str, ...]) -> bytes:
    """`/api/tags`."""
    models = [
        {"name": n, "model": n, "modified_at": _AT, "size": 6_317_056, "digest": _digest(n)}
        | {"details": _DETAILS}
        for n in names
    ]
    return dump({"models": models})


def ps_body(names: tuple[str, ...]) -> bytes:
    """`/api/ps`."""
    models = [
        {"name": n, "model": n, "size": 7_000_000, "digest": _digest(n), "details": _DETAILS}
        | {"expires_at": _AT, "size_vram": 0, "context_length": 4096}
        for n in names
    ]
    return dump({"models": models})


def show_body() -> bytes:
    """`/api/show`, of any model."""
    return dump(
        {
            "modelfile": "FROM ./model.gguf",
            "parameters": 'stop "<end>"',
            "template": "{{ .Prompt }}",
            "details": _DETAILS,
            "model_info": {"general.architecture": "llama", "llama.context_length": 4096},
            "capabilities": ["completion", "tools"],
            "modified_at": _AT,
        }
    )


def pull_lines(model: str) -> list[bytes]:
    """`/api/pull`: a line for each step. There is no model whose name begins with `no-`."""
    steps: list[dict[str, Any]] = [{"status": "pulling manifest"}]
    if model.startswith("no-"):
        steps.append({"error": "pull model manifest: file does not exist"})
    else:
        digest = f"sha256:{_digest(model)}"
        progress = {"status": f"pulling {digest[7:19]}", "digest": digest, "total": 100}
        steps += [progress, progress | {"completed": 100}, {"status": "success"}]
    return [_ended(step) for step in steps]


def _digest(name: str) -> str:
    return sha256(name.encode()).hexdigest()


def _asks_nothing(asked: Asked) -> bool:
    given = asked.body
    return "model" in given and not given.get("messages") and not given.get("prompt")


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
