"""What Google says in the details of an error, told as others do."""

import json
from typing import Any

import pytest

from headgate.backends.google_errors import with_details

RETRY = {"@type": "type.googleapis.com/google.rpc.RetryInfo", "retryDelay": "36.5s"}
KEY = {
    "@type": "type.googleapis.com/google.rpc.ErrorInfo",
    "reason": "API_KEY_INVALID",
    "domain": "googleapis.com",
}


def body(*details: Any) -> bytes:
    return json.dumps({"error": {"code": 400, "message": "No", "details": details}}).encode()


def test_how_long_to_wait_becomes_a_header() -> None:
    assert with_details(body(KEY | {"reason": "X"}, RETRY), 429, {"a": "b"}) == (
        429,
        {"a": "b", "retry-after": "36.5"},
    )


def test_a_header_that_says_it_is_believed_first() -> None:
    assert with_details(body(RETRY), 429, {"retry-after": "1"}) == (429, {"retry-after": "1"})


def test_a_key_that_is_not_valid_is_no_argument_of_the_client() -> None:
    assert with_details(body(KEY), 400, {}) == (401, {})


def test_a_list_of_one_error_is_read_too() -> None:
    assert with_details(b"[" + body(KEY) + b"]", 400, {}) == (401, {})


@pytest.mark.parametrize("delay", ["soon", "-3s", "1e9s", "", None, 5, "٣s", "..s"])
def test_a_delay_that_is_none_is_left_out(delay: Any) -> None:
    assert with_details(body(RETRY | {"retryDelay": delay}), 429, {}) == (429, {})


@pytest.mark.parametrize(
    "said",
    [
        *(b"", b"oops", b"[]", b"7", b'{"error":"no"}', b'{"error":{"details":{}}}'),
        *(b"[" * 100_000, body("text", None, [])),
    ],
)
def test_anything_else_changes_nothing(said: bytes) -> None:
    assert with_details(said, 503, {"a": "b"}) == (503, {"a": "b"})
