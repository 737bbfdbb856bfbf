"""Errors for a client: one object of four keys, whoever was at fault."""

from collections.abc import Mapping
from typing import Any

import msgspec

from headgate.core.errors import HeadgateError, InvalidRequest, UpstreamRejected
from headgate.wire.members import UNREADABLE
from headgate.wire.openai.shapes import sentence_of

_TYPES: Mapping[int, str] = {
    401: "authentication_error",
    403: "permission_error",
    404: "not_found_error",
    408: "timeout_error",
    409: "conflict_error",
    429: "rate_limit_error",
    504: "timeout_error",
}

_encoder = msgspec.json.Encoder()


def encode_error(error: HeadgateError) -> bytes:
    """An error body."""
    return _encoder.encode({"error": _described(error)})


def encode_stream_error(error: HeadgateError) -> bytes:
    """The event that ends a stream with an error; no terminator follows it."""
    return b"data: " + encode_error(error) + b"\n\n"


def _described(error: HeadgateError) -> Mapping[str, Any]:
    described = {
        "message": f"{error.message}. Hint: {error.hint}" if error.hint else error.message,
        "type": _type_of(error.http_status),
        "param": error.param if isinstance(error, InvalidRequest) else None,
        "code": error.code,
    }
    if isinstance(error, UpstreamRejected):
        described.update(_upstream_words(error.body))
    return described


def _type_of(status: int) -> str:
    return _TYPES.get(status) or ("invalid_request_error" if status < 500 else "api_error")


def _upstream_words(body: bytes) -> Mapping[str, Any]:
    """What an upstream's own error says, where it says it in a way a client can read."""
    try:
        content = msgspec.json.decode(body)
    except UNREADABLE:
        return {}
    # `{"error": {…}}`, `{"error": "…"}` of Ollama, or the bare object of older servers.
    error = content.get("error", content) if isinstance(content, dict) else None
    message = sentence_of(error)
    if message is None:
        return {}
    if not isinstance(error, dict):
        return {"message": message}
    words = {**error, "message": message}
    words |= {name: _word(error.get(name)) for name in ("type", "param", "code")}
    if words["type"] is None:
        del words["type"]
    return words


def _word(value: Any) -> str | None:
    """A key of the error object, as the string that clients are promised."""
    if value is None or isinstance(value, str):
        return value
    return str(value) if isinstance(value, int) else None
