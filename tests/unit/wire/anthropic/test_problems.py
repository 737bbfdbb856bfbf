"""Errors in Anthropic's envelope."""

import json

import pytest
from anthropic.types import ErrorResponse

from headgate.core.errors import (
    Forbidden,
    HeadgateError,
    InvalidRequest,
    ModelNotFound,
    NoTarget,
    NotAuthenticated,
    Timeout,
    TooLarge,
    UpstreamCut,
    UpstreamRejected,
    UpstreamUnavailable,
)
from headgate.wire.anthropic.problems import encode_error, encode_stream_error, status_of


def rejected(status: int, body: bytes = b"") -> UpstreamRejected:
    return UpstreamRejected("it said no", status=status, headers={}, body=body)


@pytest.mark.parametrize(
    ("error", "status", "kind"),
    [
        (InvalidRequest("a"), 400, "invalid_request_error"),
        (NotAuthenticated("a"), 401, "authentication_error"),
        (Forbidden("a"), 403, "permission_error"),
        (ModelNotFound("a"), 404, "not_found_error"),
        (TooLarge("a"), 413, "request_too_large"),
        (rejected(402), 402, "billing_error"),
        (rejected(409), 409, "conflict_error"),
        (rejected(422), 422, "invalid_request_error"),
        (rejected(429), 429, "rate_limit_error"),
        (rejected(500), 500, "api_error"),
        (UpstreamCut("a"), 502, "api_error"),
        (UpstreamUnavailable("a"), 529, "overloaded_error"),
        (NoTarget("a"), 529, "overloaded_error"),
        (rejected(529), 529, "overloaded_error"),
        (Timeout("a", phase="total"), 504, "timeout_error"),
    ],
    ids=lambda value: type(value).__name__ if isinstance(value, HeadgateError) else str(value),
)
def test_an_error_has_its_status_and_type(error: HeadgateError, status: int, kind: str) -> None:
    said = json.loads(encode_error(error))
    assert status_of(error) == status
    assert said["type"] == "error"
    assert said["error"]["type"] == kind
    if kind not in {"request_too_large", "conflict_error"}:
        ErrorResponse.model_validate(said, strict=True)


def test_a_hint_and_the_decision_are_told() -> None:
    error = InvalidRequest("model: it is needed", hint="`auto` lets us choose")
    error.decision_id = "abc"
    assert json.loads(encode_error(error)) == {
        "type": "error",
        "error": {
            "type": "invalid_request_error",
            "message": "model: it is needed. Hint: `auto` lets us choose",
        },
        "request_id": "abc",
    }


def test_a_backend_of_the_same_api_is_quoted_whole() -> None:
    said = {"type": "rate_limit_error", "message": "slow down", "details": {"error_code": "x"}}
    body = json.dumps({"type": "error", "error": said, "request_id": "req_1"}).encode()
    assert json.loads(encode_error(rejected(429, body)))["error"] == said


@pytest.mark.parametrize(
    "body",
    [b"", b"{", b"[]", b'{"error":{"type":"a","message":"b"}}', b'{"type":"error","error":7}'],
)
def test_other_words_are_put_into_ours(body: bytes) -> None:
    assert json.loads(encode_error(rejected(400, body)))["error"] == {
        "type": "invalid_request_error",
        "message": "it said no",
    }


def test_in_a_stream_it_is_an_event_of_its_name() -> None:
    wire = encode_stream_error(UpstreamCut("broke off"))
    assert wire.startswith(b'event: error\ndata: {"type":"error"')
    assert wire.endswith(b"\n\n")
