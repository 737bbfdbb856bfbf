"""Whole messages, from backends and for clients."""

import json
from typing import Any

import pytest
from anthropic.types import Message

from headgate.core.chat import Thought
from headgate.core.errors import UpstreamCut, UpstreamGarbled
from headgate.core.stream import Answer, Choice, Citation, Source, ToolCallMade
from headgate.core.usage import Usage
from headgate.wire.anthropic.answers import decode_answer, encode_answer, usage_object
from headgate.wire.anthropic.unsigned import UNSIGNED


def body(*blocks: Any, **more: Any) -> bytes:
    message = {"id": "msg_1", "type": "message", "role": "assistant", "model": "m"}
    usage = {"input_tokens": 3, "output_tokens": 2}
    ends = {"stop_reason": "end_turn", "stop_sequence": None}
    return json.dumps({**message, **ends, "content": blocks, "usage": usage, **more}).encode()


def written(choice: Choice, usage: Usage | None = None) -> dict[str, Any]:
    """What a client gets, after the SDK's own type has seen it."""
    said = encode_answer(Answer(id="msg_1", model="m", choices=(choice,), usage=usage))
    Message.model_validate_json(said, strict=True)
    found: dict[str, Any] = json.loads(said)
    return found


def test_every_block_has_its_place_in_an_answer() -> None:
    answer = decode_answer(
        "chat",
        body(
            {"type": "thinking", "thinking": "Hm.", "signature": "s+/="},
            {"type": "redacted_thinking", "data": "sealed"},
            {"type": "text", "text": "One. "},
            {"type": "server_tool_use", "id": "s", "name": "web_search", "input": {}},
            {"type": "text", "text": "Two.", "citations": [{"cited_text": "2", "url": "u"}]},
            {"type": "tool_use", "id": "t", "name": "f", "input": {"a": [1, 2.50]}},
            {"type": "tool_use", "id": "v", "name": "g", "input": None},
        ),
    )
    (choice,) = answer.choices
    assert choice.text == "One. Two."
    assert choice.thoughts == (Thought("Hm.", "s+/="), Thought(sealed="sealed"))
    assert choice.tool_calls == (
        ToolCallMade("t", "f", '{"a": [1, 2.5]}'),
        ToolCallMade("v", "g", "{}"),
    )
    assert choice.citations == (
        Citation(text="Two.", start=5, end=9, sources=(Source(url="u", text="2"),)),
    )
    assert answer.usage == Usage(input_tokens=3, output_tokens=2)


@pytest.mark.parametrize(
    ("stop_reason", "meant"),
    [
        ("end_turn", "stop"),
        ("stop_sequence", "stop"),
        ("pause_turn", "stop"),
        ("max_tokens", "length"),
        ("model_context_window_exceeded", "length"),
        ("tool_use", "tool_calls"),
        ("refusal", "content_filter"),
        ("brand_new", "stop"),
        (None, None),
    ],
)
def test_why_it_ended_is_understood(stop_reason: str | None, meant: str | None) -> None:
    answer = decode_answer("chat", body(stop_reason=stop_reason))
    assert answer.choices[0].finish_reason == meant


def test_a_count_of_tokens_used_nothing() -> None:
    assert decode_answer("count_tokens", b'{"input_tokens":14}') == Answer(usage=Usage())


@pytest.mark.parametrize(
    "garbled",
    [b"", b"{}", b"[]", body(content=None), body(error={"type": "api_error"}), body({"text": 7})],
)
def test_what_is_no_message_is_garbled(garbled: bytes) -> None:
    with pytest.raises(UpstreamGarbled):
        decode_answer("chat", garbled)
    with pytest.raises(UpstreamGarbled):
        decode_answer("count_tokens", garbled)


def test_an_answer_is_written_block_by_block() -> None:
    said = written(
        Choice(
            text="Hello",
            thoughts=(Thought("Hm.", "s"), Thought(sealed="x"), Thought("unsigned")),
            tool_calls=(ToolCallMade("t", "f", '{"a":2.50}'), ToolCallMade("", "g", "")),
            finish_reason="tool_calls",
        )
    )
    assert said["content"] == [
        {"type": "thinking", "thinking": "Hm.", "signature": "s"},
        {"type": "redacted_thinking", "data": "x"},
        {"type": "thinking", "thinking": "unsigned", "signature": UNSIGNED},
        {"type": "text", "text": "Hello"},
        {"type": "tool_use", "id": "t", "name": "f", "input": {"a": 2.5}},
        {"type": "tool_use", "id": "toolu_1", "name": "g", "input": {}},
    ]
    assert said["usage"]["input_tokens"] == 0


@pytest.mark.parametrize(
    ("choice", "reason"),
    [
        (Choice(text="a", finish_reason="stop"), "end_turn"),
        (Choice(text="a"), "end_turn"),
        (Choice(text="a", finish_reason="length"), "max_tokens"),
        (Choice(text="a", finish_reason="content_filter"), "refusal"),
        (Choice(text="a", finish_reason="stop", stop_sequence="END"), "stop_sequence"),
        (Choice(refusal="no", finish_reason="stop"), "refusal"),
        # A forced call ends so in OpenAI's API.
        (Choice(tool_calls=(ToolCallMade("t", "f", "{}"),), finish_reason="stop"), "tool_use"),
        (Choice(tool_calls=(ToolCallMade("t", "f", "{}"),), finish_reason="length"), "max_tokens"),
    ],
)
def test_why_it_ended_is_said(choice: Choice, reason: str) -> None:
    said = written(choice)
    assert said["stop_reason"] == reason
    assert said["stop_sequence"] == choice.stop_sequence


def test_an_answer_that_broke_off_or_calls_with_nonsense_is_none() -> None:
    with pytest.raises(UpstreamCut):
        written(Choice(text="a", finish_reason="error"))
    for arguments in ('{"a":', "[1]", "7"):
        with pytest.raises(UpstreamGarbled, match="`f` with arguments"):
            written(Choice(tool_calls=(ToolCallMade("t", "f", arguments),)))


def test_usage_is_written_in_this_apis_arithmetic() -> None:
    usage = Usage(
        input_tokens=1309,
        output_tokens=50,
        cache_read_tokens=1000,
        cache_write_tokens=300,
        cache_write_1h_tokens=200,
        reasoning_tokens=30,
    )
    assert usage_object(usage) == {
        "input_tokens": 9,
        "cache_creation_input_tokens": 300,
        "cache_read_input_tokens": 1000,
        "cache_creation": {"ephemeral_5m_input_tokens": 100, "ephemeral_1h_input_tokens": 200},
        "output_tokens": 50,
        "output_tokens_details": {"thinking_tokens": 30},
    }


def test_text_is_cut_where_what_it_rests_on_changes() -> None:
    a, b = Source(id="a", text="A"), Source(url="https://b.example", title="B")
    citations = (
        Citation(text="two", start=4, end=7, sources=(a, b)),
        Citation(text="?", sources=(a,)),
    )
    blocks = written(Choice(text="One two three", citations=citations))["content"]
    assert [block["text"] for block in blocks] == ["One ", "two", " three"]
    assert [len(block["citations"]) for block in blocks] == [1, 3, 1]
    assert blocks[1]["citations"][1] == {
        "type": "search_result_location",
        "cited_text": "",
        "source": "https://b.example",
        "title": "B",
        "search_result_index": 1,
        "start_block_index": 0,
        "end_block_index": 1,
    }
