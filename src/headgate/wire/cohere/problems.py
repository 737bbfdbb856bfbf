"""Errors for a client: a `message`, with an `id` where a decision was made."""

from collections.abc import Mapping
from typing import Any

import msgspec

from headgate.core.errors import HeadgateError, Timeout, UpstreamRejected
from headgate.wire.members import UNREADABLE

_encoder = msgspec.json.Encoder()


def encode_error(error: HeadgateError) -> bytes:
    """An error body; a backend of this API is repeated with all it said."""
    said = _own_words(error.body) if isinstance(error, UpstreamRejected) else {}
    described = {"id": error.decision_id, "message": _sentence(error), **said}
    return _encoder.encode({name: value for name, value in described.items() if value is not None})


def encode_stream_error(error: HeadgateError) -> bytes:
    """The event that ends a stream with an error: its reason to finish is no clean one."""
    is_late = isinstance(error, Timeout) or error.http_status == 504
    return event(
        "message-end",
        {
            "delta": {
                "finish_reason": "TIMEOUT" if is_late else "ERROR",
                "error": _sentence(error),
            }
        },
    )


def event(name: str, members: Mapping[str, Any]) -> bytes:
    """One event of a stream; its name stands before and in the data."""
    data = _encoder.encode({"type": name, **members})
    return b"event: " + name.encode() + b"\ndata: " + data + b"\n\n"


def _sentence(error: HeadgateError) -> str:
    return f"{error.message}. Hint: {error.hint}" if error.hint else error.message


def _own_words(body: bytes) -> Mapping[str, Any]:
    """An error body of this same API; any other's sentence is the error's already."""
    try:
        content = msgspec.json.decode(body)
    except UNREADABLE:
        return {}
    if isinstance(content, dict) and isinstance(content.get("message"), str):
        return content
    return {}
