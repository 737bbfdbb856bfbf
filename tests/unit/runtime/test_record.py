"""Answers with members as attributes."""

import json

import pytest

from headgate.runtime.record import record, request_body


def test_members_are_attributes_at_every_depth() -> None:
    answer = record(b'{"choices":[{"message":{"content":"hi"}}]}')
    assert answer.choices[0].message.content == "hi"
    assert answer["choices"][0]["message"]["content"] == "hi"


def test_a_member_the_api_may_leave_out_is_none_and_a_typo_is_an_error() -> None:
    answer = record(b'{"content":"hi"}')
    assert answer.tool_calls is None
    with pytest.raises(AttributeError, match="this answer has no `contnet`; it has: content"):
        _ = answer.contnet


def test_an_answer_can_be_sent_back_as_the_next_turn() -> None:
    message = record(b'{"role":"assistant","content":"hi","tool_calls":null}')
    body = json.loads(request_body({"messages": [message], "seed": None}))
    assert body == {"messages": [{"role": "assistant", "content": "hi", "tool_calls": None}]}


def test_models_of_the_official_sdk_are_dumped() -> None:
    from openai.types.chat import ChatCompletionMessage

    message = ChatCompletionMessage(role="assistant", content="hi")
    body = json.loads(request_body({"messages": [message]}))
    assert body == {"messages": [{"role": "assistant", "content": "hi"}]}


def test_what_cannot_be_json_is_refused_by_its_type() -> None:
    with pytest.raises(TypeError, match="a object cannot be sent as JSON"):
        request_body({"messages": object()})


def test_a_record_dumps_to_plain_dictionaries() -> None:
    dumped = record(b'{"a":{"b":1}}').model_dump()
    assert type(dumped["a"]) is dict
