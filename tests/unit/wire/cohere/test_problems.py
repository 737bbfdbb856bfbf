"""Errors as Cohere says them: a sentence, and the id of what failed."""

import msgspec
import pytest

from headgate.core.errors import (
    HeadgateError,
    InvalidRequest,
    Timeout,
    UpstreamCut,
    UpstreamRejected,
)
from headgate.wire.cohere.problems import encode_error, encode_stream_error


def rejected(body: bytes, status: int = 400) -> UpstreamRejected:
    return UpstreamRejected("what it says", status=status, headers={}, body=body)


def said(error: HeadgateError, decision: str | None = None) -> dict:
    error.decision_id = decision
    return msgspec.json.decode(encode_error(error))


def test_an_error_of_ours_has_its_hint_and_its_decision():
    error = InvalidRequest("p: 2 is outside", param="p", hint="change it")
    assert said(error, "id-1") == {"id": "id-1", "message": "p: 2 is outside. Hint: change it"}
    assert said(UpstreamCut("`a` broke off")) == {"message": "`a` broke off"}


@pytest.mark.parametrize(
    ("body", "message"),
    [
        (b'{"message":"too long","id":"e1"}', {"message": "too long", "id": "e1"}),
        (b'{"message":"too long","data":[1]}', {"message": "too long", "id": "d", "data": [1]}),
        (b'{"error":{"message":"too long"}}', {"message": "what it says", "id": "d"}),
        (b'{"message":7}', {"message": "what it says", "id": "d"}),
        (b"<html>", {"message": "what it says", "id": "d"}),
        (b"\xff", {"message": "what it says", "id": "d"}),
        (b"", {"message": "what it says", "id": "d"}),
    ],
)
def test_a_backend_of_this_api_is_repeated_and_any_other_by_its_sentence(body, message):
    assert said(rejected(body), "d") == message


@pytest.mark.parametrize(
    ("error", "reason"),
    [
        (UpstreamCut("`a` broke off"), "ERROR"),
        (Timeout("`a` stalls", phase="stall"), "TIMEOUT"),
        (rejected(b"", 504), "TIMEOUT"),
        (rejected(b"", 500), "ERROR"),
    ],
)
def test_a_stream_ends_with_the_reason(error, reason):
    event = encode_stream_error(error)
    name, data, end = event.split(b"\n", 2)
    assert (name, end) == (b"event: message-end", b"\n")
    assert msgspec.json.decode(data.removeprefix(b"data: ")) == {
        "type": "message-end",
        "delta": {"finish_reason": reason, "error": error.message},
    }
