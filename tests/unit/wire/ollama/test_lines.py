"""What a client is written; that any answer suits its SDK is in `test_translations`."""

import json
from typing import Any

import ollama
import pytest
from hypothesis import given
from hypothesis import strategies as st

from headgate.core.errors import UpstreamCut, UpstreamGarbled
from headgate.core.inbound import Inbound
from headgate.core.stream import (
    Answer,
    Choice,
    Failed,
    Finished,
    FinishReason,
    ReasoningDelta,
    ReasoningSignature,
    RefusalDelta,
    Started,
    StreamEvent,
    TextDelta,
    Timing,
    ToolCallMade,
    ToolDelta,
    Used,
)
from headgate.core.usage import Usage
from headgate.wire.ollama.answers import ChatLines
from headgate.wire.ollama.lines import LineEncoder, chat_words, encode_answer, prompt_words
from headgate.wire.ollama.requests import decode_chat, decode_prompt

AT = "2026-11-18T11:06:40Z"
STARTED = Started(id="id-1", model="m", created=1_795_000_000)
ASKED = decode_chat(b'{"model":"m","messages":[{"role":"user","content":"Hi"}]}')
PROMPTED = decode_prompt(b'{"model":"m","prompt":"Hi"}')
USED = Used(Usage(input_tokens=9, output_tokens=5))
TIMING = Timing(total_ns=900, first_output_ns=300, output_ns=500)


def stream(events: list[StreamEvent], inbound: Inbound = ASKED, words: Any = chat_words) -> bytes:
    encoder = LineEncoder(STARTED, inbound, words)
    pieces = [encoder.encode(event) for event in events]
    encoder.took(TIMING)
    return b"".join([*pieces, encoder.end()])


def lines(*events: StreamEvent, **how: Any) -> list[dict[str, Any]]:
    return [json.loads(line) for line in stream(list(events), **how).splitlines()]


def test_every_piece_is_a_line_and_the_last_is_done() -> None:
    head = {"model": "m", "created_at": AT}
    thinking = {"role": "assistant", "content": "", "thinking": "hm"}
    said = {"role": "assistant", "content": "a"}
    assert lines(STARTED, ReasoningDelta("hm"), TextDelta("a"), Finished("stop"), USED) == [
        {**head, "message": thinking, "done": False},
        {**head, "message": said, "done": False},
        {
            **head,
            "message": {"role": "assistant", "content": ""},
            "done": True,
            "done_reason": "stop",
            "total_duration": 900,
            "prompt_eval_count": 9,
            "prompt_eval_duration": 300,
            "eval_count": 5,
            "eval_duration": 500,
        },
    ]


def test_after_a_prompt_the_words_stand_at_the_top() -> None:
    found = lines(
        ReasoningDelta("hm"), TextDelta("a"), Finished("stop"), inbound=PROMPTED, words=prompt_words
    )
    assert [(line["response"], line.get("thinking")) for line in found] == [
        ("", "hm"),
        ("a", None),
        ("", None),
    ]
    assert not any("message" in line for line in found)
    for line in found:
        ollama.GenerateResponse.model_validate(line)


def test_what_is_not_known_is_not_invented() -> None:
    encoder = LineEncoder(STARTED, ASKED, chat_words)
    encoder.encode(Finished("stop"))
    last = json.loads(encoder.end())
    assert last.keys() == {"model", "created_at", "message", "done", "done_reason"}


def test_a_call_is_told_once_it_is_whole() -> None:
    encoder = LineEncoder(STARTED, ASKED, chat_words)
    pieces = [
        ToolDelta(position=0, id="1", name="f", arguments='{"a":\n'),
        ToolDelta(position=1, id="2", name="g"),
        ToolDelta(position=0, arguments=' [1.50, "x y"]}'),
    ]
    assert [encoder.encode(piece) for piece in pieces] == [b"", b"", b""]
    told = encoder.encode(Finished("tool_calls"))
    assert b'"arguments":{"a":[1.50,"x y"]}' in told
    calls = [json.loads(line)["message"]["tool_calls"] for line in told.splitlines()]
    assert calls == [
        [{"id": "1", "function": {"index": 0, "name": "f", "arguments": {"a": [1.5, "x y"]}}}],
        [{"id": "2", "function": {"index": 1, "name": "g", "arguments": {}}}],
    ]
    assert json.loads(encoder.end())["done_reason"] == "stop"


REASONS: list[tuple[FinishReason, str]] = [
    ("stop", "stop"),
    ("length", "length"),
    ("tool_calls", "stop"),
    ("content_filter", "content_filter"),
]


@pytest.mark.parametrize(("reason", "word"), REASONS)
def test_why_it_ended(reason: FinishReason, word: str) -> None:
    assert lines(Finished(reason))[-1]["done_reason"] == word
    answer = Answer(choices=(Choice(finish_reason=reason),))
    assert json.loads(encode_answer(answer, ASKED, chat_words))["done_reason"] == word


@pytest.mark.parametrize("arguments", ['{"a": ', "[]", '"a"', "7"])
def test_arguments_that_are_no_object_are_an_error(arguments: str) -> None:
    events = [ToolDelta(position=0, id="1", name="f", arguments=arguments), Finished("tool_calls")]
    (line,) = lines(*events)
    assert "`f`" in line["error"]
    answer = Answer(choices=(Choice(tool_calls=(ToolCallMade("1", "f", arguments),)),))
    with pytest.raises(UpstreamGarbled):
        encode_answer(answer, ASKED, chat_words)


def test_an_answer_that_broke_off_is_never_done() -> None:
    assert "broke" in lines(TextDelta("a"), Finished("error"))[-1]["error"]
    assert [line["done"] for line in lines(TextDelta("a"), Failed("no"))] == [False]
    with pytest.raises(UpstreamCut):
        encode_answer(Answer(choices=(Choice(finish_reason="error"),)), ASKED, chat_words)


def test_a_refusal_is_said_and_a_proof_is_not() -> None:
    found = lines(ReasoningSignature("s"), RefusalDelta("no"), Finished("stop"))
    assert [line["message"]["content"] for line in found] == ["no", ""]


@pytest.mark.parametrize(("keep_alive", "word"), [(b"5", "load"), (b"0", "unload")])
def test_a_request_for_nothing_is_answered_with_what_was_done(keep_alive: bytes, word: str) -> None:
    asked = decode_prompt(b'{"model":"m","keep_alive":' + keep_alive + b"}")
    found = json.loads(encode_answer(Answer(model="m"), asked, prompt_words))
    assert (found["response"], found["done"], found["done_reason"]) == ("", True, word)
    assert lines(Finished("stop"), inbound=asked, words=prompt_words)[-1]["done_reason"] == word


def test_a_whole_answer_says_all_of_it() -> None:
    call = ToolCallMade("1", "f", '{"a":1}')
    choice = Choice(text="a", tool_calls=(call,), finish_reason="tool_calls")
    answer = Answer(
        model="m",
        created=1_795_000_000,
        choices=(choice,),
        usage=USED.usage,
        timing=Timing(total_ns=900, output_ns=800),
    )
    found = json.loads(encode_answer(answer, ASKED, chat_words))
    ollama.ChatResponse.model_validate(found)
    assert found["created_at"] == AT
    assert found["message"]["tool_calls"][0]["function"]["arguments"] == {"a": 1}
    assert (found["total_duration"], found["eval_duration"]) == (900, 800)
    assert "prompt_eval_duration" not in found


@pytest.mark.parametrize("created", [0, -1, 10**30])
def test_any_clock_of_a_backend_is_survived(created: int) -> None:
    answer = Answer(created=created, choices=(Choice(text="a"),))
    assert json.loads(encode_answer(answer, ASKED, chat_words))["created_at"].endswith("Z")


@given(
    st.lists(st.text(min_size=1, max_size=9), max_size=4),
    st.lists(st.text(min_size=1, max_size=9), max_size=3),
    st.sampled_from(["stop", "length", "content_filter"]),
    st.booleans(),
)
def test_what_is_written_is_read_again_as_the_same_events(
    texts: list[str], thoughts: list[str], reason: FinishReason, prompts: bool
) -> None:
    events: list[StreamEvent] = [*map(ReasoningDelta, thoughts), *map(TextDelta, texts)]
    events += [Finished(reason), USED]
    written = stream(events, *((PROMPTED, prompt_words) if prompts else (ASKED, chat_words)))
    frames = ChatLines().feed(written)
    read = [event for frame in frames for event in frame.events]
    assert isinstance(read[0], Started)
    assert (read[0].model, read[0].created) == (STARTED.model, STARTED.created)
    assert read[1:] == events
    assert [frame.is_last for frame in frames] == [False] * (len(frames) - 1) + [True]
