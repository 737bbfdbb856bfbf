import json

import pytest

from headgate.core.errors import HeadgateError, InvalidRequest, UpstreamCut, UpstreamRejected
from headgate.wire.ollama.problems import encode_error, encode_stream_error

REJECTED = UpstreamRejected("no such model", status=404, headers={}, body=b'{"error":"other"}')


@pytest.mark.parametrize(
    ("error", "sentence"),
    [
        (InvalidRequest("model: it is needed", param="model"), "model: it is needed"),
        (InvalidRequest("a", hint="do b"), "a. Hint: do b"),
        (REJECTED, "no such model"),
    ],
)
def test_an_error_is_one_sentence(error: HeadgateError, sentence: str) -> None:
    assert json.loads(encode_error(error)) == {"error": sentence}


def test_in_a_stream_it_is_a_line_that_is_not_done() -> None:
    line = encode_stream_error(UpstreamCut("it\nbroke"))
    assert line.endswith(b"\n")
    assert line.count(b"\n") == 1
    assert json.loads(line) == {"error": "it\nbroke"}
