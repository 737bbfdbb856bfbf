"""OpenAI's wire shapes: chat, completions, embeddings, models, errors.

Written from the published schema and checked against the official SDK in
`tests/unit/support/test_upstream.py`. Same id and time on every chunk, the role on the
first only, an empty delta on the last, `usage` in its own chunk and only when asked for.
"""

import base64
import struct
from collections.abc import Iterator, Mapping
from typing import Any

from support.answers import Answer, Asked, Call
from support.shapes import CREATED, ErrorSaid, Frame, dump, event

_FILTERED = {
    name: {"filtered": False, "severity": "safe"}
    for name in ("hate", "self_harm", "sexual", "violence")
}


class OpenAiErrors:
    """What all of this API shares: how a stream is kept alive, and errors."""

    stream_media_type = "text/event-stream; charset=utf-8"
    ping = b": still here\n\n"

    def error(self, said: ErrorSaid) -> bytes:
        return dump({"error": _error_of(said)})

    def error_frame(self, said: ErrorSaid) -> bytes:
        return event({"error": _error_of(said)})

    def broken_frame(self) -> bytes:
        return b'data: {"id":"chatcmpl-broken","object":"chat.comp\n\n'


class ChatShape(OpenAiErrors):
    """`/v1/chat/completions`, and Azure's deployments."""

    def body(self, asked: Asked, answer: Answer) -> bytes:
        azure = {"content_filter_results": _FILTERED} if asked.is_azure else {}
        choices = [
            {
                "index": index,
                "message": _message(asked, answer, index),
                "logprobs": _logprobs(asked, answer.pieces),
                "finish_reason": answer.finish,
                **azure,
            }
            for index in range(asked.choices)
        ]
        return dump(
            {
                **_chat_head(asked, "chat.completion"),
                "choices": choices,
                "usage": _usage(answer, asked),
                **_prompt_filter(asked),
            }
        )

    def frames(self, asked: Asked, answer: Answer) -> list[Frame]:
        head = _chat_head(asked, "chat.completion.chunk")
        tail = {"usage": None} if asked.wants_usage else {}

        def chunk(choices: list[dict[str, Any]], **more: Any) -> bytes:
            return event({**head, "choices": choices, **tail, **more})

        def choice(index: int, delta: Any, *, finish: str | None, said: str = "") -> dict[str, Any]:
            logprobs = _logprobs(asked, (said,)) if said else None
            return {"index": index, "delta": delta, "logprobs": logprobs, "finish_reason": finish}

        found = []
        if asked.is_azure:
            found.append(Frame("start", event({**head, "choices": [], **_prompt_filter(asked)})))
        role = {"role": "assistant", "content": None if answer.calls else "", "refusal": None}
        every = range(asked.choices)
        found += [Frame("start", chunk([choice(i, role, finish=None)])) for i in every]
        for delta in _deltas(asked, answer):
            said = delta.get("content", "")
            pieces = [choice(i, delta, finish=None, said=said) for i in every]
            found += [Frame("content", chunk([piece])) for piece in pieces]
        found += [Frame("finish", chunk([choice(i, {}, finish=answer.finish)])) for i in every]
        if asked.wants_usage:
            found.append(Frame("usage", chunk([], usage=_usage(answer, asked))))
        return [*found, Frame("end", b"data: [DONE]\n\n")]


class CompletionShape(OpenAiErrors):
    """`/v1/completions`."""

    def body(self, asked: Asked, answer: Answer) -> bytes:
        choices = [
            _text_choice(index, answer.text, answer.finish) for index in range(asked.choices)
        ]
        return dump({**_text_head(asked), "choices": choices, "usage": _usage(answer, asked)})

    def frames(self, asked: Asked, answer: Answer) -> list[Frame]:
        head = {**_text_head(asked), **({"usage": None} if asked.wants_usage else {})}
        found = [
            Frame("content", event({**head, "choices": [_text_choice(index, piece, None)]}))
            for piece in answer.pieces
            for index in range(asked.choices)
        ]
        for index in range(asked.choices):
            last = _text_choice(index, "", answer.finish)
            found.append(Frame("finish", event({**head, "choices": [last]})))
        if asked.wants_usage:
            usage = {**head, "choices": [], "usage": _usage(answer, asked)}
            found.append(Frame("usage", event(usage)))
        return [*found, Frame("end", b"data: [DONE]\n\n")]


class EmbeddingShape(OpenAiErrors):
    """`/v1/embeddings`: deterministic vectors, as floats or as base64 little-endian floats."""

    def body(self, asked: Asked, answer: Answer) -> bytes:
        given = asked.body.get("input", "")
        inputs = [given] if isinstance(given, str) or _is_tokens(given) else given
        size = int(asked.body.get("dimensions") or 8)
        in_base64 = asked.body.get("encoding_format") == "base64"
        data = [
            {
                "object": "embedding",
                "index": index,
                "embedding": packed(vector) if in_base64 else vector,
            }
            for index, vector in enumerate(vector_of(text, size) for text in inputs)
        ]
        tokens = answer.prompt_tokens
        usage = {"prompt_tokens": tokens, "total_tokens": tokens}
        return dump({"object": "list", "data": data, "model": asked.model, "usage": usage})

    def frames(self, asked: Asked, answer: Answer) -> list[Frame]:
        raise AssertionError("embeddings are never streamed")


def models_body(names: tuple[str, ...]) -> bytes:
    """`/v1/models`."""
    data = [
        {"id": name, "object": "model", "created": CREATED, "owned_by": "stand-in"}
        for name in names
    ]
    return dump({"object": "list", "data": data})


def _error_of(said: ErrorSaid) -> dict[str, str | None]:
    return {"message": said.message, "type": said.type, "param": said.param, "code": said.code}


def _chat_head(asked: Asked, kind: str) -> dict[str, Any]:
    return {
        "id": f"chatcmpl-{asked.number:08d}",
        "object": kind,
        "created": CREATED,
        "model": asked.model,
        "service_tier": "default",
        "system_fingerprint": "fp_standin",
    }


def _text_head(asked: Asked) -> dict[str, Any]:
    identity = f"cmpl-{asked.number:08d}"
    return {"id": identity, "object": "text_completion", "created": CREATED, "model": asked.model}


def _text_choice(index: int, text: str, finish: str | None) -> dict[str, Any]:
    return {"text": text, "index": index, "logprobs": None, "finish_reason": finish}


def _message(asked: Asked, answer: Answer, choice: int) -> dict[str, Any]:
    message: dict[str, Any] = {
        "role": "assistant",
        "content": None if answer.calls or answer.refusal else answer.text,
        "refusal": "".join(answer.refusal) or None,
        "annotations": [],
    }
    if answer.reasoning:
        message["reasoning_content"] = "".join(answer.reasoning)
    if answer.calls:
        message["tool_calls"] = [
            _call_head(asked, position, call, choice) | _function(call.name, call.arguments)
            for position, call in enumerate(answer.calls)
        ]
    return message


def _deltas(asked: Asked, answer: Answer) -> Iterator[dict[str, Any]]:
    for piece in answer.reasoning:
        yield {"reasoning_content": piece}
    for piece in answer.refusal:
        yield {"refusal": piece}
    for piece in answer.pieces:
        yield {"content": piece}
    for position, call in enumerate(answer.calls):
        named = _call_head(asked, position, call) | _function(call.name, "")
        yield {"tool_calls": [{"index": position, **named}]}
        # In three fragments, cut without regard to JSON, as models do.
        third = max(1, len(call.arguments) // 3)
        for cut in range(0, len(call.arguments), third):
            fragment = {"arguments": call.arguments[cut : cut + third]}
            yield {"tool_calls": [{"index": position, "function": fragment}]}


def _call_head(asked: Asked, position: int, call: Call, choice: int = 0) -> dict[str, Any]:
    return {"id": f"call_{asked.number:06d}_{choice}_{position}", "type": "function"}


def _function(name: str, arguments: str) -> dict[str, Any]:
    return {"function": {"name": name, "arguments": arguments}}


def _logprobs(asked: Asked, pieces: tuple[str, ...]) -> dict[str, Any] | None:
    if not asked.body.get("logprobs"):
        return None
    best = int(asked.body.get("top_logprobs") or 0)
    return {
        "content": [
            {**_token(piece), "top_logprobs": [_token(piece)] * min(best, 1)} for piece in pieces
        ],
        "refusal": None,
    }


def _token(piece: str) -> dict[str, Any]:
    return {"token": piece, "logprob": -0.25, "bytes": list(piece.encode())}


def _usage(answer: Answer, asked: Asked) -> dict[str, Any]:
    output = answer.output_tokens * asked.choices
    return {
        "prompt_tokens": answer.prompt_tokens,
        "completion_tokens": output,
        "total_tokens": answer.prompt_tokens + output,
        "prompt_tokens_details": {"cached_tokens": answer.cached_tokens, "audio_tokens": 0},
        "completion_tokens_details": {
            "reasoning_tokens": len(answer.reasoning),
            "audio_tokens": 0,
            "accepted_prediction_tokens": 0,
            "rejected_prediction_tokens": 0,
        },
    }


def _prompt_filter(asked: Asked) -> Mapping[str, Any]:
    if not asked.is_azure:
        return {}
    return {
        "prompt_filter_results": [{"prompt_index": 0, "content_filter_results": _FILTERED}],
    }


def _is_tokens(given: Any) -> bool:
    return bool(given) and isinstance(given[0], int)


def vector_of(given: Any, size: int) -> list[float]:
    """Exact in 32 bits, so that base64 and JSON carry the same numbers."""
    seed = sum(given) if _is_tokens(given) else sum(str(given).encode())
    return [((seed * (i + 1)) % 251 - 125) / 128 for i in range(size)]


def packed(vector: list[float]) -> str:
    return base64.b64encode(struct.pack(f"<{len(vector)}f", *vector)).decode()
