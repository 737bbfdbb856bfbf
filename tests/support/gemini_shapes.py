"""Gemini's wire shapes: `generateContent`, its stream, embeddings, models, errors.

Written from the published reference and checked against Google's own SDK in
`tests/unit/support/test_gemini_shapes.py`. Requests are read as strictly as its types are.
"""

import base64
import json
from collections.abc import Mapping
from typing import Any
from urllib.parse import unquote

from support.answers import Answer, Asked, Call
from support.openai_shapes import vector_of
from support.reply import Exchange
from support.shapes import ErrorSaid, Frame, Refused, dump, event

_ERRORS = {
    "requests": (429, "RESOURCE_EXHAUSTED"),
    "server_error": (500, "INTERNAL"),
    "service_unavailable": (503, "UNAVAILABLE"),
    "invalid_api_key": (401, "UNAUTHENTICATED"),
    "model_not_found": (404, "NOT_FOUND"),
}
_FINISH = {"length": "MAX_TOKENS", "content_filter": "SAFETY"}
_CHOICES = {"NONE": "none", "ANY": "required"}
RETRY_AFTER_S = 7


class _Gemini:
    """What all its operations share."""

    stream_media_type = "text/event-stream"
    ping = b": still here\r\n\r\n"

    def error(self, said: ErrorSaid) -> bytes:
        code, status = _ERRORS.get(said.code or "") or _ERRORS.get(said.type) or (400, _INVALID)
        error: dict[str, Any] = {"code": code, "message": said.message, "status": status}
        if code == 429:
            kind = "type.googleapis.com/google.rpc.RetryInfo"
            error["details"] = [{"@type": kind, "retryDelay": f"{RETRY_AFTER_S}s"}]
        return dump({"error": error})

    def error_frame(self, said: ErrorSaid) -> bytes:
        return b"data: " + self.error(said) + b"\r\n\r\n"

    def broken_frame(self) -> bytes:
        return b'data: {"candidates":[{"content":{"par\r\n\r\n'


class GeminiShape(_Gemini):
    """`generateContent`; whether it streams stands in the path."""

    def heard(self, exchange: Exchange) -> Mapping[str, Any] | Refused:
        """What is asked, in OpenAI's words."""
        body = exchange.json
        if refused := _refused_key(exchange):
            return refused
        if exchange.path.endswith(":streamGenerateContent") != ("alt=sse" in exchange.query):
            return Refused(400, ErrorSaid(message="Only alt=sse is imitated", type=""))
        checked(body)
        model = _model(exchange)
        if model.startswith("gemini-3") and _lacks_proof(body["contents"]):
            message = "Function call is missing a thought_signature in functionCall parts."
            return Refused(400, ErrorSaid(message=message, type=""))
        config = (body.get("toolConfig") or {}).get("functionCallingConfig") or {}
        generation = body.get("generationConfig") or {}
        return {
            "model": model,
            "messages": [_message(content) for content in body["contents"]],
            "tools": [_tool(d) for t in body.get("tools", ()) for d in t["functionDeclarations"]],
            "tool_choice": _choice(config),
            "n": generation.get("candidateCount", 1),
            "response_format": _format(generation),
            "stream": ":stream" in exchange.path,
        }

    def body(self, asked: Asked, answer: Answer) -> bytes:
        parts = [{"text": piece, "thought": True} for piece in answer.reasoning[:1]]
        if parts:
            parts[0]["text"] = "".join(answer.reasoning)
        said: dict[str, Any] = {"text": answer.text}
        if answer.reasoning and not answer.calls:
            said["thoughtSignature"] = signature_of(asked)
        parts += [said] if answer.text else []
        parts += [_call(asked, n, call) for n, call in enumerate(answer.calls)]
        every = [_candidate(parts, n, _finish(answer)) for n in range(asked.choices)]
        return dump({"candidates": every, **_tail(asked, answer)})

    def frames(self, asked: Asked, answer: Answer) -> list[Frame]:
        head = {"modelVersion": asked.model, "responseId": _identity(asked)}
        pieces: list[dict[str, Any]] = [{"text": p, "thought": True} for p in answer.reasoning]
        pieces += [{"text": piece} for piece in answer.pieces]
        pieces += [_call(asked, n, call) for n, call in enumerate(answer.calls)]
        usage = {"promptTokenCount": answer.prompt_tokens, "totalTokenCount": answer.prompt_tokens}
        found = [
            Frame(
                "content",
                event({"candidates": [_candidate([p], 0)], "usageMetadata": usage, **head}),
            )
            for p in pieces
        ]
        last: dict[str, Any] = {"text": ""}
        if answer.reasoning and not answer.calls:
            last["thoughtSignature"] = signature_of(asked)
        end = {"candidates": [_candidate([last], 0, _finish(answer))], **_tail(asked, answer)}
        return [*found, Frame("end", event(end))]


class GeminiEmbeddings(_Gemini):
    """`batchEmbedContents`: one vector for each request in it."""

    def heard(self, exchange: Exchange) -> Mapping[str, Any] | Refused:
        """What is asked, as it is."""
        if refused := _refused_key(exchange):
            return refused
        for request in exchange.json["requests"]:
            checked({"contents": [{"role": "user", **request["content"]}]})
            assert request["model"] == f"models/{_model(exchange)}"
        return {**exchange.json, "model": _model(exchange)}

    def body(self, asked: Asked, answer: Answer) -> bytes:
        embeddings = [
            {"values": vector_of(json.dumps(each["content"]), each.get("outputDimensionality", 8))}
            for each in asked.body["requests"]
        ]
        usage = {"promptTokenCount": answer.prompt_tokens}
        return dump({"embeddings": embeddings, "usageMetadata": usage})

    def frames(self, asked: Asked, answer: Answer) -> list[Frame]:
        raise AssertionError("embeddings are never streamed")


def gemini_models(names: tuple[str, ...]) -> bytes:
    """`/v1beta/models`."""
    return dump({"models": [{"name": f"models/{n}", "inputTokenLimit": 1048576} for n in names]})


def checked(body: Mapping[str, Any]) -> None:
    """Fails unless everything in a request is of the types that the SDK publishes."""
    # Only here: it takes long to import, and most tests never ask for it.
    from google.genai import types

    known = {"contents", "systemInstruction", "tools", "toolConfig", "generationConfig"}
    assert body.keys() <= known | {"safetySettings", "cachedContent", "labels"}, body.keys()
    for content in body["contents"]:
        parsed = types.Content.model_validate(content)
        assert parsed.parts
        assert parsed.role in {"user", "model"}
    if instruction := body.get("systemInstruction"):
        assert types.Content.model_validate(instruction).parts
    for tool in body.get("tools", ()):
        types.Tool.model_validate(tool)
    if config := body.get("toolConfig"):
        types.ToolConfig.model_validate(config)
    if generation := body.get("generationConfig"):
        types.GenerationConfig.model_validate(generation)


def signature_of(asked: Asked) -> str:
    """The proof of a thought: different in every answer, and valid base64."""
    return base64.b64encode(f"thought {asked.number}".encode()).decode()


_INVALID = "INVALID_ARGUMENT"


def _refused_key(exchange: Exchange) -> Refused | None:
    if exchange.headers.get("x-goog-api-key"):
        return None
    error = ErrorSaid(message="Method doesn't allow unregistered callers", type="")
    return Refused(403, error)


def _model(exchange: Exchange) -> str:
    return unquote(exchange.path.rpartition("/")[2].partition(":")[0])


def _lacks_proof(contents: list[dict[str, Any]]) -> bool:
    """Whether the first call of some step has none."""
    steps = [[p for p in c["parts"] if "functionCall" in p] for c in contents]
    return any(calls and not calls[0].get("thoughtSignature") for calls in steps)


def _message(content: Mapping[str, Any]) -> dict[str, Any]:
    if any("functionResponse" in part for part in content["parts"]):
        return {"role": "tool"}
    role = "assistant" if content["role"] == "model" else "user"
    return {"role": role, "content": "".join(part.get("text", "") for part in content["parts"])}


def _tool(declaration: Mapping[str, Any]) -> dict[str, Any]:
    schema = declaration.get("parametersJsonSchema") or {}
    return {"type": "function", "function": {"name": declaration["name"], "parameters": schema}}


def _choice(config: Mapping[str, Any]) -> Any:
    if names := config.get("allowedFunctionNames"):
        return {"type": "function", "function": {"name": names[0]}}
    return _CHOICES.get(config.get("mode", "AUTO"), "auto")


def _format(generation: Mapping[str, Any]) -> dict[str, Any]:
    if generation.get("responseMimeType") != "application/json":
        return {}
    schema = generation.get("responseJsonSchema")
    return (
        {"type": "json_schema", "json_schema": {"schema": schema}}
        if schema
        else {"type": "json_object"}
    )


def _candidate(parts: list[Any], index: int, finish: str | None = None) -> dict[str, Any]:
    content = {"parts": parts, "role": "model"}
    return {"content": content, "index": index, **({"finishReason": finish} if finish else {})}


def _finish(answer: Answer) -> str:
    return _FINISH.get(answer.finish, "STOP")


def _call(asked: Asked, position: int, call: Call) -> dict[str, Any]:
    """Arguments that are no JSON cannot be said in this API; they raise here."""
    made = {"name": call.name, "args": json.loads(call.arguments)}
    if not asked.model.startswith("gemini-2"):
        made["id"] = f"fc_{asked.number}_{position}"
    proof = {"thoughtSignature": signature_of(asked)} if position == 0 else {}
    return {"functionCall": made, **proof}


def _tail(asked: Asked, answer: Answer) -> dict[str, Any]:
    thought = len(answer.reasoning)
    said = answer.output_tokens - thought
    usage = {
        "promptTokenCount": answer.prompt_tokens,
        "candidatesTokenCount": said,
        "totalTokenCount": answer.prompt_tokens + answer.output_tokens,
        "promptTokensDetails": [{"modality": "TEXT", "tokenCount": answer.prompt_tokens}],
        **({"thoughtsTokenCount": thought} if thought else {}),
        **({"cachedContentTokenCount": answer.cached_tokens} if answer.cached_tokens else {}),
    }
    return {"usageMetadata": usage, "modelVersion": asked.model, "responseId": _identity(asked)}


def _identity(asked: Asked) -> str:
    return f"resp{asked.number:06d}"
