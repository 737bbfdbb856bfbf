"""What Gemini answers as a whole; streams stand in `tests/transcripts/gemini`."""

import json
from typing import Any

import pytest

from headgate.core.chat import Thought
from headgate.core.errors import UpstreamGarbled
from headgate.core.stream import Answer, Choice, ToolCallMade
from headgate.core.usage import Usage
from headgate.wire.gemini.answers import Reader, decode_answer, decode_reply, usage_of


def candidate(*parts: Any, finish: str | None = "STOP", index: int = 0) -> dict[str, Any]:
    content = {"parts": list(parts), "role": "model"}
    return {"content": content, "finishReason": finish, "index": index}


def decoded(*candidates: Any, **more: Any) -> Answer:
    return decode_answer(json.dumps({"candidates": list(candidates), **more}).encode())


def test_a_whole_answer() -> None:
    said = candidate(
        {"text": "Hm.", "thought": True},
        {"text": "I call.", "thoughtSignature": "cHJvb2Y="},
        {"functionCall": {"name": "f", "args": {"a": [1]}}, "thoughtSignature": "c2ln"},
        {"functionCall": {"name": "g", "id": "own"}},
    )
    usage = {"promptTokenCount": 9, "candidatesTokenCount": 5}
    answer = decoded(
        said,
        usageMetadata=usage,
        responseId="r1",
        modelVersion="gemini-3.8-flash",
        createTime="2026-11-23T20:00:00.123456789Z",
    )
    assert answer == Answer(
        id="r1",
        model="gemini-3.8-flash",
        created=1795464000,
        choices=(
            Choice(
                text="I call.",
                thoughts=(Thought("Hm.", "cHJvb2Y="),),
                tool_calls=(
                    ToolCallMade("call_r1_0_0", "f", '{"a":[1]}', "c2ln"),
                    ToolCallMade("own", "g", "{}"),
                ),
                finish_reason="tool_calls",
            ),
        ),
        usage=Usage(input_tokens=9, output_tokens=5),
    )


def test_several_answers_have_calls_of_their_own() -> None:
    call = {"functionCall": {"name": "f"}}
    answer = decoded(candidate(call), candidate(call, index=1), candidate({"text": "x"}, index=2))
    assert [[c.id for c in choice.tool_calls] for choice in answer.choices] == [
        ["call_0_0"],
        ["call_1_0"],
        [],
    ]
    assert [c.finish_reason for c in answer.choices] == ["tool_calls", "tool_calls", "stop"]


@pytest.mark.parametrize(
    ("reason", "finished"),
    [
        ("STOP", "stop"),
        ("MAX_TOKENS", "length"),
        *((r, "content_filter") for r in ("SAFETY", "RECITATION", "SPII", "OTHER", "LANGUAGE")),
    ],
)
def test_reasons(reason: str, finished: str) -> None:
    assert decoded(candidate({"text": "a"}, finish=reason)).choices[0].finish_reason == finished


@pytest.mark.parametrize(
    "reason",
    ["MALFORMED_FUNCTION_CALL", "UNEXPECTED_TOOL_CALL", "TOO_MANY_TOOL_CALLS", "SOMETHING_NEW"],
)
def test_other_reasons_are_failures_that_are_named(reason: str) -> None:
    with pytest.raises(UpstreamGarbled, match=reason):
        decoded(candidate(finish=reason))


def test_a_missing_proof_is_the_requests_fault() -> None:
    said = json.dumps({"candidates": [candidate(finish="MISSING_THOUGHT_SIGNATURE")]}).encode()
    *_, failed = Reader().read(decode_reply(said))
    assert failed.status == 400


def test_a_blocked_prompt_is_an_empty_filtered_answer() -> None:
    answer = decode_answer(
        b'{"promptFeedback":{"blockReason":"SAFETY"},"usageMetadata":{"promptTokenCount":5}}'
    )
    assert answer.choices == (Choice(finish_reason="content_filter"),)
    assert answer.usage == Usage(input_tokens=5)


@pytest.mark.parametrize(
    "body",
    [
        *(b"oops", b"[]", b"{}", b'{"candidates":[]}', b'{"candidates":[7]}', b"[" * 100_000),
        *(b'{"error":{"message":"m"}}', b'{"promptFeedback":{}}'),
        b'{"candidates":[{"content":{"parts":[{"text":7}]}}]}',
        b'{"candidates":[{"content":{"parts":[{"inlineData":{"mimeType":"image/png"}}]}}]}',
    ],
)
def test_what_is_no_answer_is_garbled(body: bytes) -> None:
    with pytest.raises(UpstreamGarbled):
        decode_answer(body)


def test_every_kind_of_token_is_counted_once() -> None:
    details = [{"modality": "TEXT", "tokenCount": 75}, {"modality": "AUDIO", "tokenCount": 25}]
    assert usage_of(
        {
            "promptTokenCount": 100,
            "cachedContentTokenCount": 60,
            "candidatesTokenCount": 20,
            "thoughtsTokenCount": 300,
            "toolUsePromptTokenCount": 7,
            "promptTokensDetails": details,
            "toolUsePromptTokensDetails": [{"modality": "AUDIO", "tokenCount": 2}],
            "cacheTokensDetails": [{"modality": "AUDIO", "tokenCount": 10}],
            "candidatesTokensDetails": [{"modality": "AUDIO", "tokenCount": 5}],
            "totalTokenCount": 427,
        }
    ) == Usage(
        input_tokens=107,
        output_tokens=320,
        cache_read_tokens=60,
        reasoning_tokens=300,
        audio_input_tokens=27,
        cache_read_audio_tokens=10,
        audio_output_tokens=5,
    )


def test_counts_that_are_none_are_zero() -> None:
    odd = {"promptTokenCount": "9", "promptTokensDetails": [7, {"modality": "AUDIO"}]}
    assert usage_of({**odd, "cacheTokensDetails": {}}) == Usage()
