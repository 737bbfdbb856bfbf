"""What Converse answers as a whole; streams stand in `tests/transcripts/bedrock`."""

import json
from typing import Any

import pytest

from headgate.core.chat import Thought
from headgate.core.errors import UpstreamGarbled
from headgate.core.stream import Answer, Choice, Citation, Source, ToolCallMade
from headgate.core.usage import Usage
from headgate.wire.bedrock.answers import decode_answer, usage_of


def decoded(*blocks: Any, reason: str = "end_turn", **more: Any) -> Answer:
    message = {"role": "assistant", "content": list(blocks)}
    return decode_answer(
        json.dumps({"output": {"message": message}, "stopReason": reason, **more}).encode()
    )


def test_a_whole_answer() -> None:
    answer = decoded(
        {"reasoningContent": {"reasoningText": {"text": "Hm.", "signature": "c2ln"}}},
        {"reasoningContent": {"redactedContent": "c2VhbGVk"}},
        {"text": "I call."},
        {"toolUse": {"toolUseId": "s", "name": "web", "input": {}, "type": "server_tool_use"}},
        {"toolUse": {"toolUseId": "1", "name": "f", "input": {"a": [1]}}},
        {"toolUse": {"toolUseId": "2", "name": "g", "input": None}},
        reason="tool_use",
        usage={"inputTokens": 9, "outputTokens": 5},
        serviceTier={"type": "priority"},
    )
    assert answer.usage == Usage(input_tokens=9, output_tokens=5, tier="priority")
    assert answer.choices == (
        Choice(
            text="I call.",
            thoughts=(Thought("Hm.", "c2ln"), Thought(sealed="c2VhbGVk")),
            tool_calls=(ToolCallMade("1", "f", '{"a":[1]}'), ToolCallMade("2", "g", "{}")),
            finish_reason="tool_calls",
        ),
    )


def test_what_rests_on_sources_says_so() -> None:
    cited = {
        "content": [{"text": "It "}, {"text": "is."}],
        "citations": [
            {"title": "T", "source": "d1", "sourceContent": [{"text": "a"}, {"text": "b"}]},
            {"location": {"web": {"url": "https://a.example"}}},
        ],
    }
    (choice,) = decoded({"citationsContent": cited}, {"citationsContent": {}}).choices
    assert choice.text == "It is."
    sources = (Source(id="d1", title="T", text="ab"), Source(url="https://a.example"))
    assert choice.citations == (Citation(text="It is.", sources=sources),)


@pytest.mark.parametrize(
    ("reason", "finished"),
    [
        ("end_turn", "stop"),
        ("stop_sequence", "stop"),
        ("tool_use", "tool_calls"),
        ("max_tokens", "length"),
        ("model_context_window_exceeded", "length"),
        ("guardrail_intervened", "content_filter"),
        ("content_filtered", "content_filter"),
    ],
)
def test_reasons(reason: str, finished: str) -> None:
    assert decoded({"text": "a"}, reason=reason).choices[0].finish_reason == finished


@pytest.mark.parametrize("reason", ["malformed_model_output", "malformed_tool_use", "new", ""])
def test_other_reasons_are_failures_that_are_named(reason: str) -> None:
    with pytest.raises(UpstreamGarbled, match=f"without an answer: {reason}"):
        decoded({"text": "a"}, reason=reason)


@pytest.mark.parametrize(
    "body",
    [
        *(b"oops", b"[]", b"{}", b"[" * 100_000, b'{"message":"no"}'),
        b'{"output":{"message":{"content":[]}}}',
        b'{"output":{"message":{"content":[{"text":7}]}},"stopReason":"end_turn"}',
    ],
)
def test_what_is_no_answer_is_garbled(body: bytes) -> None:
    with pytest.raises(UpstreamGarbled):
        decode_answer(body)


def test_a_picture_has_no_place_in_a_chat() -> None:
    with pytest.raises(UpstreamGarbled, match="pictures"):
        decoded({"image": {"format": "png", "source": {"bytes": "aQ=="}}})


def test_what_the_cache_was_for_is_added_to_what_was_read() -> None:
    details = [{"ttl": "1h", "inputTokens": 200}, {"ttl": "5m", "inputTokens": 100}, 7]
    assert usage_of(
        {
            "inputTokens": 10,
            "outputTokens": 2,
            "totalTokens": 1312,
            "cacheReadInputTokens": 1000,
            "cacheWriteInputTokens": 300,
            "cacheDetails": details,
        }
    ) == Usage(
        input_tokens=1310,
        output_tokens=2,
        cache_read_tokens=1000,
        cache_write_tokens=300,
        cache_write_1h_tokens=200,
    )
    assert usage_of({"inputTokens": "9", "cacheDetails": {}}) == Usage()


def test_the_usual_tier_is_not_told() -> None:
    usage = {"inputTokens": 1, "outputTokens": 1}
    answer = decoded({"text": "a"}, usage=usage, serviceTier={"type": "default"})
    assert answer.usage == Usage(input_tokens=1, output_tokens=1)
