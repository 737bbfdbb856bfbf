"""Whole responses of backends."""

import json
from typing import Any

import pytest

from headgate.core.errors import UpstreamGarbled
from headgate.core.stream import Answer
from headgate.wire.responses.answers import decode_answer

MESSAGE = {"type": "message", "content": [{"type": "output_text", "text": "Hi", "annotations": []}]}
CALL = {"type": "function_call", "call_id": "c", "name": "f", "arguments": "{}"}


def read(**more: Any) -> Answer:
    body = {"id": "r", "model": "m", "created_at": 5.0, "status": "completed", "output": [], **more}
    return decode_answer(json.dumps(body).encode())


def test_an_answer():
    answer = read(output=[MESSAGE], usage={"input_tokens": 2, "output_tokens": 3})
    assert (answer.id, answer.model, answer.created) == ("r", "m", 5)
    (choice,) = answer.choices
    assert (choice.text, choice.finish_reason) == ("Hi", "stop")
    assert answer.usage is not None
    assert answer.usage.output_tokens == 3


def test_calls_keep_their_order():
    (choice,) = read(output=[CALL, MESSAGE, {**CALL, "call_id": "d"}]).choices
    assert [call.id for call in choice.tool_calls] == ["c", "d"]
    assert choice.finish_reason == "tool_calls"


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"[]",
        b"{}",
        b'{"output":7}',
        b'{"output":[7]}',
        b'{"output":[{"type":"message","content":7}]}',
        b'{"output":[],"status":"failed","error":{"message":"the prompt was: secret"}}',
        b'{"output":[],"status":"queued"}',
        b'{"error":{"message":"secret"}}',
        b"\xff",
    ],
)
def test_anything_else_is_garbled_and_its_words_stay_out_of_ours(body):
    with pytest.raises(UpstreamGarbled) as caught:
        decode_answer(body)
    assert "secret" not in str(caught.value)
