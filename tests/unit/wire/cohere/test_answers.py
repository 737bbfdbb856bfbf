"""Whole answers to a chat, from Cohere and for its clients."""

from typing import Any

import cohere
import msgspec
import pytest

from headgate.core.chat import Thought
from headgate.core.errors import UpstreamCut, UpstreamGarbled
from headgate.core.stream import Answer, Choice, Citation, Source, ToolCallMade
from headgate.core.usage import Usage
from headgate.wire.cohere.answers import decode_answer, encode_answer

CALL = {"id": "f_1", "type": "function", "function": {"name": "f", "arguments": "{}"}}


def reply(finish: str | None = "COMPLETE", **message: Any) -> bytes:
    members = {"id": "id-1", "finish_reason": finish, "message": message}
    return msgspec.json.encode(members)


def decoded(finish: str = "COMPLETE", **message: Any) -> Choice:
    return decode_answer(reply(finish, **message)).choices[0]


@pytest.mark.parametrize(
    ("message", "choice"),
    [
        ({"content": [{"type": "text", "text": "a"}]}, Choice(text="a", finish_reason="stop")),
        ({"content": "a"}, Choice(text="a", finish_reason="stop")),
        ({"content": None}, Choice(finish_reason="stop")),
        ({}, Choice(finish_reason="stop")),
        (
            {"content": [{"type": "thinking", "thinking": "hm"}, {"type": "text", "text": "a"}]},
            Choice(text="a", thoughts=(Thought("hm"),), finish_reason="stop"),
        ),
        (
            {"tool_plan": "I look.", "tool_calls": [CALL]},
            Choice(
                thoughts=(Thought("I look."),),
                tool_calls=(ToolCallMade("f_1", "f", "{}"),),
                finish_reason="stop",
            ),
        ),
        (
            {"content": "ab", "citations": [{"start": 0, "end": 1, "text": "a"}]},
            Choice(
                text="ab", citations=(Citation(text="a", start=0, end=1),), finish_reason="stop"
            ),
        ),
        (
            {"tool_calls": [{"id": "x"}]},
            Choice(tool_calls=(ToolCallMade("x", "", ""),), finish_reason="stop"),
        ),
    ],
)
def test_a_message_is_understood(message, choice):
    assert decoded(**message) == choice


@pytest.mark.parametrize(
    "body",
    [b"", b"[]", b"{}", b'{"message":"too many"}', reply("ERROR"), reply("TIMEOUT"), reply(None)],
)
def test_no_answer_or_a_broken_one_is_garbled(body):
    with pytest.raises(UpstreamGarbled):
        decode_answer(body)


FULL = Answer(
    id="id-1",
    choices=(
        Choice(
            text="Tall.",
            thoughts=(Thought("hm"),),
            tool_calls=(ToolCallMade("f_1", "f", "{}"),),
            citations=(
                Citation(
                    text="Tall",
                    start=0,
                    end=4,
                    sources=(Source(id="d1", title="T", url="u", text="w"),),
                ),
            ),
            finish_reason="tool_calls",
        ),
    ),
    usage=Usage(
        input_tokens=9,
        output_tokens=4,
        cache_read_tokens=2,
        billed_input_tokens=5,
        billed_output_tokens=3,
    ),
)


def test_a_whole_answer_suits_the_sdk_and_comes_back():
    body = encode_answer(FULL)
    answer = cohere.V2ChatResponse.model_validate_json(body, strict=True)
    assert answer.message.citations is not None
    # The thought is the first block, so the text is the second.
    assert answer.message.citations[0].content_index == 1
    assert decode_answer(body) == FULL


@pytest.mark.parametrize(
    ("choice", "reason", "content"),
    [
        (Choice(text="a", finish_reason="stop"), "COMPLETE", [{"type": "text", "text": "a"}]),
        (
            Choice(text="a", finish_reason="stop", stop_sequence="END"),
            "STOP_SEQUENCE",
            [{"type": "text", "text": "a"}],
        ),
        (Choice(finish_reason="length"), "MAX_TOKENS", [{"type": "text", "text": ""}]),
        (Choice(refusal="No."), "COMPLETE", [{"type": "text", "text": "No."}]),
        (Choice(tool_calls=(ToolCallMade("", "f", "{}"),)), "TOOL_CALL", None),
        (
            Choice(text="a", finish_reason="content_filter"),
            "ERROR_TOXIC",
            [{"type": "text", "text": "a"}],
        ),
    ],
)
def test_how_an_answer_ended_and_what_it_says(choice, reason, content):
    said = msgspec.json.decode(encode_answer(Answer(choices=(choice,))))
    assert said["finish_reason"] == reason
    assert said["message"].get("content") == content
    for call in said["message"].get("tool_calls", []):
        assert call["id"] == "call_0"


def test_an_answer_that_broke_off_is_none():
    with pytest.raises(UpstreamCut):
        encode_answer(Answer(choices=(Choice(text="a", finish_reason="error"),)))


def test_no_choice_at_all_is_an_empty_answer():
    assert msgspec.json.decode(encode_answer(Answer()))["message"]["role"] == "assistant"
