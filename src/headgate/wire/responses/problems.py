"""Errors of this API: bodies as in OpenAI's other APIs, events of its own in a stream."""

from collections.abc import Mapping
from typing import Any

import msgspec

from headgate.core.errors import HeadgateError
from headgate.wire.openai.problems import encode_error
from headgate.wire.openai.shapes import sentence_of

_STATUSES: Mapping[str, int] = {
    "rate_limit_exceeded": 429,
    "insufficient_quota": 429,
    "invalid_prompt": 400,
    "context_length_exceeded": 400,
    "content_filter": 400,
    "invalid_request_error": 400,
}
"""What the codes of failed responses stand for; images that cannot be read are the caller's."""

_encoder = msgspec.json.Encoder()
_members = msgspec.json.Decoder(dict[str, Any])


def encode_stream_error(error: HeadgateError) -> bytes:
    """The event that ends a stream with an error; no other follows it.

    It says everything twice: at the top, where the API's types have it, and in `error`,
    without which the SDK hands it on as one more event that nobody has to look at. The
    sequence number is 0, for the place in the stream is not known here.
    """
    described = _members.decode(encode_error(error))["error"]
    data = {
        "type": "error",
        "sequence_number": 0,
        "code": described["code"],
        "message": described["message"],
        "param": described["param"],
        "error": described,
    }
    return b"event: error\ndata: " + _encoder.encode(data) + b"\n\n"


def failure_of(error: Any) -> tuple[str, int]:
    """The sentence of a backend's error object, and the HTTP status that it stands for."""
    code = error.get("code") if isinstance(error, dict) else None
    if isinstance(error, dict) and not isinstance(code, (str, int)):
        code = error.get("type")
    if type(code) is int and 400 <= code < 600:
        status = code
    elif isinstance(code, str) and "image" in code:
        status = 400
    else:
        status = _STATUSES.get(str(code), 502)
    return sentence_of(error) or "the backend reported an error", status


def failure_code(status: int) -> str:
    """The code of a failed response, of the few that the API's types allow."""
    if status == 429:
        return "rate_limit_exceeded"
    return "invalid_prompt" if 400 <= status < 500 else "server_error"
