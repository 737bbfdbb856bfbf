"""Lines of batches, going in and coming out."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from headgate.gateway.batches.lines import (
    LONGEST_ID,
    BadLine,
    Line,
    answered,
    failed,
    read_line,
)

ENDPOINT = "/v1/chat/completions"
URLS = (ENDPOINT, "/v1/embeddings")
BODY = {"model": "auto", "messages": [{"role": "user", "content": "hi"}]}


def read(line: Any, **more: Any) -> Line | BadLine:
    raw = line if isinstance(line, bytes) else json.dumps(line).encode()
    return read_line(raw, 7, endpoint=ENDPOINT, urls=URLS, **more)


def test_a_line_of_openais_form_is_a_request() -> None:
    line = read({"custom_id": "a", "method": "POST", "url": ENDPOINT, "body": BODY})
    assert isinstance(line, Line)
    assert (line.number, line.custom_id, line.url) == (7, "a", ENDPOINT)
    assert json.loads(line.body) == BODY


@pytest.mark.parametrize(
    ("line", "complaint"),
    [
        (b"{", "not a JSON object of a batch"),
        (b"[]", "not a JSON object of a batch"),
        (b"\xff", "not a JSON object of a batch"),
        ({"custom_id": "a"}, "`body` is missing"),
        ({"body": BODY}, "`custom_id` is missing"),
        ({"custom_id": "x" * (LONGEST_ID + 1), "body": BODY}, "longer than 256"),
        ({"custom_id": "a", "method": "GET", "body": BODY}, "must be `POST`"),
        ({"custom_id": "a", "url": "/v1/other", "body": BODY}, "must be one of"),
        ({"custom_id": "a", "url": "/v1/embeddings", "body": BODY}, "batch's own endpoint"),
        ({"custom_id": "a", "body": []}, "must be a JSON object"),
        ({"custom_id": "a", "body": {"stream": True}}, "no meaning in a batch"),
        (BODY, "`body` is missing"),
    ],
)
def test_what_is_wrong_is_said(line: Any, complaint: str) -> None:
    found = read(line)
    assert isinstance(found, BadLine)
    assert complaint in found.message


def test_bare_bodies_are_requests_where_they_are_taken() -> None:
    line = read(BODY, takes_bare=True)
    assert isinstance(line, Line)
    assert (line.custom_id, json.loads(line.body)) == ("7", BODY)
    other = read({"url": "/v1/embeddings", "body": {"input": "x"}}, takes_bare=True)
    assert isinstance(other, Line)
    assert other.url == "/v1/embeddings"
    assert isinstance(read({"body": {"stream": False}}, takes_bare=True), Line)


@given(st.binary(max_size=200))
def test_any_bytes_are_a_line_or_a_complaint(raw: bytes) -> None:
    assert isinstance(read(raw), Line | BadLine)


def test_results_are_one_line_each_whatever_the_answer_looks_like() -> None:
    result = answered("id-1", "a", 200, b'{\n "text": "two\\nlines"\r\n}')
    assert b"\n" not in result
    found = json.loads(result)
    assert found["response"] == {
        "status_code": 200,
        "request_id": "id-1",
        "body": {"text": "two\nlines"},
    }
    assert found["error"] is None


def test_what_got_no_answer_says_why() -> None:
    found = json.loads(failed("id-1", "a", "batch_expired", "the batch was expired"))
    assert (found["response"], found["error"]["code"]) == (None, "batch_expired")
