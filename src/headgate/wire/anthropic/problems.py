"""Errors for a client: one envelope, in a body or as an event of a stream."""

from collections.abc import Mapping
from typing import Any

import msgspec

from headgate.core.errors import HeadgateError, UpstreamRejected
from headgate.wire.members import UNREADABLE

OVERLOADED = 529
TYPES: Mapping[int, str] = {
    401: "authentication_error",
    402: "billing_error",
    403: "permission_error",
    404: "not_found_error",
    408: "timeout_error",
    409: "conflict_error",
    413: "request_too_large",
    429: "rate_limit_error",
    504: "timeout_error",
    OVERLOADED: "overloaded_error",
}
"""The `type` of an error, by its status."""

_encoder = msgspec.json.Encoder()


def status_of(error: HeadgateError) -> int:
    """The status by which this API says it: it has a word of its own for overload."""
    return OVERLOADED if error.http_status == 503 else error.http_status


def encode_error(error: HeadgateError) -> bytes:
    """An error body."""
    said = {"type": "error", "error": _described(error), "request_id": error.decision_id}
    return _encoder.encode(said)


def encode_stream_error(error: HeadgateError) -> bytes:
    """The event that ends a stream with an error; no `message_stop` follows it."""
    return b"event: error\ndata: " + encode_error(error) + b"\n\n"


def _described(error: HeadgateError) -> Mapping[str, Any]:
    message = f"{error.message}. Hint: {error.hint}" if error.hint else error.message
    described = {"type": _type_of(status_of(error)), "message": message}
    if isinstance(error, UpstreamRejected):
        described.update(_upstream_words(error.body))
    return described


def _type_of(status: int) -> str:
    return TYPES.get(status) or ("invalid_request_error" if status < 500 else "api_error")


def _upstream_words(body: bytes) -> Mapping[str, Any]:
    """The error of a backend of this same API, whole: its details say more than a sentence."""
    try:
        content = msgspec.json.decode(body)
    except UNREADABLE:
        return {}
    error = content.get("error") if isinstance(content, dict) else None
    if not isinstance(error, dict) or content.get("type") != "error":
        return {}
    has_words = isinstance(error.get("type"), str) and isinstance(error.get("message"), str)
    return error if has_words else {}
