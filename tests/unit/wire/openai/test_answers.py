"""Complete replies, read and written."""

import json
from typing import Any

import pytest
from openai.types.chat import ChatCompletion

from headgate.core.chat import Thought
from headgate.core.errors import UpstreamCut, UpstreamGarbled
from headgate.core.inbound import Operation
from headgate.core.stream import Answer, Choice, ToolCallMade
from headgate.core.usage import Usage
from headgate.wire.openai.answers import decode_answer, encode_answer

USAGE = {"prompt_tokens": 3, "completion_tokens": 1, "total_tokens": 4}


def read(operation: Operation = "chat", **members: Any) -> Answer:
    return decode_answer(operation, json.dumps(members).encode())


def message(**members: Any) -> Choice:
    return read(choices=[{"message": members, "finish_reason": "stop"}]).choices[0]


def test_a_chat_is_read():
    answer = read(
        id="i",
        model="m",
        created=5,
        choices=[
            {
                "index": 0,
                "message": {
                    "role": "assistant",
                    "content": None,
                    "tool_calls": [
                        {
                            "id": "c",
                            "type": "function",
                            "function": {"name": "f", "arguments": "{}"},
                        }
                    ],
                },
                "finish_reason": "tool_calls",
                "logprobs": None,
            },
            {"index": 1, "message": {"content": "b"}, "finish_reason": None},
        ],
        usage=USAGE,
        system_fingerprint="fp",
    )
    assert answer == Answer(
        id="i",
        model="m",
        created=5,
        choices=(
            Choice(tool_calls=(ToolCallMade("c", "f", "{}"),), finish_reason="tool_calls"),
            Choice(text="b"),
        ),
        usage=Usage(input_tokens=3, output_tokens=1),
    )


@pytest.mark.parametrize(
    ("members", "choice"),
    [
        ({"content": "a"}, Choice(text="a")),
        ({"content": [{"type": "text", "text": "a"}]}, Choice(text="a")),
        ({"content": "a", "reasoning_content": "r"}, Choice(text="a", thoughts=(Thought("r"),))),
        ({"content": "a", "reasoning": "r"}, Choice(text="a", thoughts=(Thought("r"),))),
        ({"content": None, "refusal": "no"}, Choice(refusal="no")),
        ({"content": None, "audio": {"transcript": "hi"}}, Choice(text="hi")),
        (
            {"function_call": {"name": "f", "arguments": "{}"}},
            Choice(tool_calls=(ToolCallMade("", "f", "{}"),)),
        ),
        (
            {"tool_calls": [{"id": "c", "function": {"name": "f", "arguments": {"a": 1}}}]},
            Choice(tool_calls=(ToolCallMade("c", "f", '{"a":1}'),)),
        ),
        (
            {"tool_calls": [{"id": "c", "custom": {"name": "f", "input": "x"}}]},
            Choice(tool_calls=(ToolCallMade("c", "f", "x"),)),
        ),
    ],
)
def test_messages_of_every_kind_are_read(members, choice):
    read_choice = message(**members)
    assert read_choice.finish_reason == "stop"
    assert (read_choice.text, read_choice.reasoning, read_choice.refusal) == (
        choice.text,
        choice.reasoning,
        choice.refusal,
    )
    assert read_choice.tool_calls == choice.tool_calls


def test_completions_and_embeddings_are_read():
    completion = read("completion", choices=[{"text": "a", "finish_reason": "length"}], model="m")
    assert completion.choices == (Choice(text="a", finish_reason="length"),)
    assert completion.usage is None
    embedding = read("embedding", data=[{"embedding": [0.5]}], model="m", usage=USAGE)
    assert embedding == Answer(model="m", usage=Usage(input_tokens=3, output_tokens=1))


@pytest.mark.parametrize(
    ("operation", "body"),
    [
        ("chat", b""),
        ("chat", b"<html>Bad gateway</html>"),
        ("chat", b"[]"),
        ("chat", b"{}"),
        ("chat", b'{"choices":[]}'),
        ("chat", b'{"error":{"message":"no"},"choices":[{"message":{"content":"a"}}]}'),
        ("chat", b'{"choices":[{"message":{"content":"a"},"finish_reason":"error"}]}'),
        ("chat", b'{"choices":[{"message":{"content":"\xff"}}]}'),
        ("completion", b'{"choices":null}'),
        ("embedding", b'{"error":"no"}'),
        ("embedding", b"{}"),
        ("embedding", b"[" * 100_000),
    ],
)
def test_what_is_no_reply_is_garbled(operation, body):
    with pytest.raises(UpstreamGarbled):
        decode_answer(operation, body)


def test_the_words_of_a_hidden_error_stay_out_of_ours():
    with pytest.raises(UpstreamGarbled) as caught:
        read(error={"message": "you said: my secret"})
    assert "secret" not in str(caught.value)


ANSWERS = [
    Answer(id="i", model="m", created=5, choices=(Choice(text="a", finish_reason="stop"),)),
    Answer(
        id="i",
        model="m",
        created=5,
        choices=(
            Choice(text="a", thoughts=(Thought("r"),), finish_reason="length"),
            Choice(
                tool_calls=(ToolCallMade("c", "f", '{"a":1}'), ToolCallMade("d", "g", "")),
                finish_reason="tool_calls",
            ),
            Choice(refusal="no", finish_reason="content_filter"),
        ),
        usage=Usage(input_tokens=9, output_tokens=5, cache_read_tokens=4, reasoning_tokens=2),
    ),
]


@pytest.mark.parametrize("answer", ANSWERS)
def test_an_answer_written_is_the_answer_read_again_and_suits_the_sdk(answer):
    body = encode_answer(answer)
    ChatCompletion.model_validate_json(body, strict=True)
    assert decode_answer("chat", body) == answer


def test_a_reason_that_is_missing_is_the_usual_one():
    call = Choice(tool_calls=(ToolCallMade("c", "f", ""),))
    reply = json.loads(encode_answer(Answer(choices=(Choice(text="a"), call, Choice()))))
    assert [choice["finish_reason"] for choice in reply["choices"]] == [
        "stop",
        "tool_calls",
        "stop",
    ]
    assert [choice["message"]["content"] for choice in reply["choices"]] == ["a", None, ""]


def test_an_answer_that_was_broken_off_has_no_clean_form():
    with pytest.raises(UpstreamCut):
        encode_answer(Answer(choices=(Choice(text="a", finish_reason="error"),)))
