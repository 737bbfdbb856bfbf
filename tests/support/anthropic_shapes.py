"""Anthropic's wire shapes: messages, counts of tokens, models, errors.

Written from the published reference and checked against the official SDK in
`tests/unit/support/test_anthropic_shapes.py`. Every event has its name beside and inside
its data; usage is cumulative, and counts cached tokens apart.
"""

import json
from collections.abc import Iterator
from typing import Any

from support.answers import Answer, Asked, Call
from support.shapes import ErrorSaid, Frame, dump

SIGNATURE = "EqQBCgIYAhIM1gbcDa9GJwZA2b3hGgxBdjrkzLoky3dl1pki+/="
"""What proves a thought of the stand-in; it has the characters that break careless code."""
_STOP = {"stop": "end_turn", "length": "max_tokens", "tool_calls": "tool_use"}
_ERRORS = {
    "requests": "rate_limit_error",
    "server_error": "api_error",
    "service_unavailable": "overloaded_error",
    "invalid_api_key": "authentication_error",
    "model_not_found": "not_found_error",
}


class _Anthropic:
    """What its operations share."""

    stream_media_type = "text/event-stream; charset=utf-8"
    ping = b'event: ping\ndata: {"type": "ping"}\n\n'

    def error(self, said: ErrorSaid) -> bytes:
        kind = _ERRORS.get(said.code or "") or _ERRORS.get(said.type) or "invalid_request_error"
        error = {"details": None, "type": kind, "message": said.message}
        return dump({"type": "error", "error": error, "request_id": "req_standin"})

    def error_frame(self, said: ErrorSaid) -> bytes:
        return b"event: error\ndata: " + self.error(said) + b"\n\n"

    def broken_frame(self) -> bytes:
        return b'event: content_block_delta\ndata: {"type":"content_block_delta","ind\n\n'


class MessageShape(_Anthropic):
    """`/v1/messages`."""

    def body(self, asked: Asked, answer: Answer) -> bytes:
        return dump(
            {
                **_head(asked),
                "content": [block for block, _ in _blocks(asked, answer, is_whole=True)],
                **_end(answer),
                "usage": _usage(answer, answer.output_tokens),
            }
        )

    def frames(self, asked: Asked, answer: Answer) -> list[Frame]:
        start = {
            **_head(asked),
            "content": [],
            "stop_reason": None,
            "stop_sequence": None,
            "usage": _usage(answer, 1),
        }
        found = [Frame("start", named("message_start", message=start) + self.ping)]
        stop = b""
        for index, (block, deltas) in enumerate(_blocks(asked, answer, is_whole=False)):
            lead = stop + named("content_block_start", index=index, content_block=block)
            for delta in deltas:
                piece = named("content_block_delta", index=index, delta=delta)
                found.append(Frame("content", lead + piece))
                lead = b""
            stop = lead + named("content_block_stop", index=index)
        usage = _usage(answer, answer.output_tokens)
        cumulative = {n: v for n, v in usage.items() if n not in {"cache_creation", "service_tier"}}
        last = named("message_delta", delta=_end(answer), usage=cumulative)
        return [*found, Frame("finish", stop + last), Frame("end", named("message_stop"))]


class CountShape(_Anthropic):
    """`/v1/messages/count_tokens`."""

    def body(self, asked: Asked, answer: Answer) -> bytes:
        return dump({"input_tokens": answer.prompt_tokens})

    def frames(self, asked: Asked, answer: Answer) -> list[Frame]:
        raise AssertionError("counts are never streamed")


def models_page(names: tuple[str, ...]) -> bytes:
    """`/v1/models`, for whoever sends `anthropic-version`."""
    data = [
        {
            "type": "model",
            "id": name,
            "display_name": name,
            "created_at": "2026-10-07T00:00:00Z",
            "lifecycle": "active",
        }
        for name in names
    ]
    ends = {"first_id": names[0], "last_id": names[-1]} if names else {}
    return dump({"data": data, "has_more": False, **ends})


def named(name: str, **data: Any) -> bytes:
    """One event."""
    return f"event: {name}\ndata: ".encode() + dump({"type": name, **data}) + b"\n\n"


def _head(asked: Asked) -> dict[str, Any]:
    identity = f"msg_{asked.number:08d}"
    return {"id": identity, "type": "message", "role": "assistant", "model": asked.model}


def _end(answer: Answer) -> dict[str, Any]:
    reason = "refusal" if answer.refusal else _STOP[answer.finish]
    return {"stop_reason": reason, "stop_sequence": None}


def _usage(answer: Answer, output_tokens: int) -> dict[str, Any]:
    return {
        "input_tokens": answer.prompt_tokens - answer.cached_tokens,
        "cache_creation_input_tokens": 0,
        "cache_read_input_tokens": answer.cached_tokens,
        "cache_creation": {"ephemeral_5m_input_tokens": 0, "ephemeral_1h_input_tokens": 0},
        "output_tokens": output_tokens,
        "output_tokens_details": {"thinking_tokens": min(len(answer.reasoning), output_tokens)},
        "service_tier": "standard",
    }


def _blocks(
    asked: Asked, answer: Answer, *, is_whole: bool
) -> Iterator[tuple[dict[str, Any], list[dict[str, Any]]]]:
    """Blocks as they are whole, or as they start, and what they then gain."""
    if answer.reasoning:
        said = {"thinking": "".join(answer.reasoning), "signature": SIGNATURE}
        begun = {"thinking": "", "signature": ""}
        thoughts = [{"type": "thinking_delta", "thinking": piece} for piece in answer.reasoning]
        signed = {"type": "signature_delta", "signature": SIGNATURE}
        yield {"type": "thinking", **(said if is_whole else begun)}, [*thoughts, signed]
    if pieces := answer.pieces or answer.refusal:
        text = {"type": "text", "text": "".join(pieces) if is_whole else ""}
        yield text, [{"type": "text_delta", "text": piece} for piece in pieces]
    for position, call in enumerate(answer.calls):
        yield _call(asked, position, call, is_whole=is_whole)


def _call(
    asked: Asked, position: int, call: Call, *, is_whole: bool
) -> tuple[dict[str, Any], list[dict[str, Any]]]:
    """Arguments that are no JSON can be streamed, but not said in a whole message."""
    # In three fragments, cut without regard to JSON, as models do.
    third = max(1, len(call.arguments) // 3)
    cuts = range(0, len(call.arguments), third)
    fragments = ["", *(call.arguments[cut : cut + third] for cut in cuts)]
    block = {
        "type": "tool_use",
        "id": f"toolu_{asked.number:06d}_{position}",
        "name": call.name,
        "input": json.loads(call.arguments) if is_whole else {},
    }
    return block, [{"type": "input_json_delta", "partial_json": text} for text in fragments]
