"""Errors inside a stream, ours and a backend's."""

import json
from typing import Any

import pytest
from openai.types.responses import ResponseErrorEvent

from headgate.core.errors import InvalidRequest, UpstreamCut
from headgate.wire.responses.problems import encode_stream_error, failure_code, failure_of


def test_an_error_is_said_where_types_and_sdk_look_for_it():
    stream = encode_stream_error(InvalidRequest("input: no", param="input", hint="try"))
    name, data = stream.decode().removesuffix("\n\n").split("\n")
    assert name == "event: error"
    event = ResponseErrorEvent.model_validate_json(data.removeprefix("data: "), strict=True)
    assert (event.message, event.param) == ("input: no. Hint: try", "input")
    said = json.loads(data.removeprefix("data: "))
    assert said["error"]["message"] == event.message
    assert b"`fast` broke off" in encode_stream_error(UpstreamCut("`fast` broke off"))


@pytest.mark.parametrize(
    ("error", "status"),
    [
        ({"code": "rate_limit_exceeded"}, 429),
        ({"code": "server_error"}, 502),
        ({"code": "invalid_prompt"}, 400),
        ({"code": "context_length_exceeded", "type": "invalid_request_error"}, 400),
        ({"code": None, "type": "invalid_request_error"}, 400),
        ({"code": "image_too_large"}, 400),
        ({"code": 503}, 503),
        ({"code": 7}, 502),
        ({"code": ["x"]}, 502),
        ("down", 502),
        (None, 502),
    ],
)
def test_the_status_that_a_failure_stands_for(error: Any, status: int):
    assert failure_of(error)[1] == status


def test_the_words_of_a_failure():
    assert failure_of({"message": "No.", "code": "server_error"})[0] == "No."
    assert failure_of({"code": "x"})[0] == "the backend reported an error"


def test_codes_of_failed_responses():
    assert [failure_code(status) for status in (429, 400, 404, 502)] == [
        "rate_limit_exceeded",
        "invalid_prompt",
        "invalid_prompt",
        "server_error",
    ]
