"""Errors as clients of the API read them."""

import json

import pytest

from headgate.core.errors import (
    Forbidden,
    HeadgateError,
    InvalidRequest,
    ModelNotFound,
    NoTarget,
    NotAuthenticated,
    QualityError,
    Timeout,
    TooLarge,
    UpstreamCut,
    UpstreamRejected,
)
from headgate.wire.openai.problems import encode_error, encode_stream_error

OWN = "`fast` answered with 429"


def rejected(body: bytes, status: int = 429) -> dict[str, object]:
    error = UpstreamRejected(OWN, status=status, headers={}, body=body)
    decoded = json.loads(encode_error(error))["error"]
    assert {"message", "type", "param", "code"} <= decoded.keys()
    return decoded


@pytest.mark.parametrize(
    ("error", "kind", "code"),
    [
        (InvalidRequest("bad"), "invalid_request_error", "invalid_request_error"),
        (NotAuthenticated("who"), "authentication_error", "invalid_api_key"),
        (Forbidden("no"), "permission_error", "permission_denied"),
        (ModelNotFound("what"), "not_found_error", "model_not_found"),
        (TooLarge("big"), "invalid_request_error", "request_too_large"),
        (NoTarget("none"), "api_error", "no_target"),
        (Timeout("slow", phase="connect"), "timeout_error", "upstream_timeout"),
        (UpstreamCut("cut"), "api_error", "upstream_cut"),
        (QualityError("empty", problem="empty"), "api_error", "quality_error"),
        (HeadgateError("bug"), "api_error", "internal_error"),
    ],
)
def test_every_error_has_its_four_keys(error, kind, code):
    assert json.loads(encode_error(error)) == {
        "error": {"message": str(error), "type": kind, "param": None, "code": code}
    }


def test_the_field_at_fault_and_the_way_out_are_told():
    error = InvalidRequest("n: expected at least 1, got 0", param="n", hint="leave it out")
    described = json.loads(encode_error(error))["error"]
    assert described["param"] == "n"
    assert described["message"] == "n: expected at least 1, got 0. Hint: leave it out"


def test_an_upstream_error_of_this_api_keeps_its_words():
    own = {
        "message": "Filtered",
        "type": "invalid_request_error",
        "param": "prompt",
        "code": "content_filter",
        "innererror": {"code": "ResponsibleAIPolicyViolation"},
    }
    assert rejected(json.dumps({"error": own}).encode(), 400) == own


@pytest.mark.parametrize(
    ("body", "message", "kind", "code"),
    [
        (b'{"error":{"message":"Slow down"}}', "Slow down", "rate_limit_error", None),
        (b'{"error":{"message":"x","code":429}}', "x", "rate_limit_error", "429"),
        (b'{"error":{"message":"x","type":"t","param":["a"]}}', "x", "t", None),
        (b'{"error":"model is busy"}', "model is busy", "rate_limit_error", "upstream_rejected"),
        (b'{"object":"error","message":"Too long","type":"B"}', "Too long", "B", None),
        (b'{"detail":"Not found"}', "Not found", "rate_limit_error", None),
        (b"<html>busy</html>", OWN, "rate_limit_error", "upstream_rejected"),
        (b"", OWN, "rate_limit_error", "upstream_rejected"),
        (b"[1]", OWN, "rate_limit_error", "upstream_rejected"),
        (b'{"error":{"message":[]}}', OWN, "rate_limit_error", "upstream_rejected"),
        (b"[" * 100_000, OWN, "rate_limit_error", "upstream_rejected"),
    ],
)
def test_upstream_errors_of_other_shapes_are_put_into_this_one(body, message, kind, code):
    described = rejected(body)
    assert (described["message"], described["type"], described["code"]) == (message, kind, code)
    assert described["param"] is None


def test_an_error_in_a_stream_is_an_event_and_no_end():
    wire = encode_stream_error(UpstreamCut("`fast` ended its stream without finishing it"))
    assert wire.startswith(b'data: {"error":{"message":"`fast` ended')
    assert wire.endswith(b"}}\n\n")
    assert b"[DONE]" not in wire
