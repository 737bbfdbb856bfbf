"""What chunks mean; whole conversations stand in `tests/transcripts/openai_chat`."""

import json
from typing import Any

import pytest

from headgate.core.errors import UpstreamGarbled
from headgate.core.stream import (
    Failed,
    Finished,
    Frame,
    ReasoningDelta,
    RefusalDelta,
    Started,
    TextDelta,
    ToolDelta,
    Used,
)
from headgate.core.usage import Usage
from headgate.wire.openai.streams import ChunkDecoder


def chunk(**members: Any) -> bytes:
    return b"data: " + json.dumps(members).encode() + b"\n\n"


def delta(**members: Any) -> bytes:
    return chunk(choices=[{"index": 0, "delta": members}])


def only(wire: bytes) -> Frame:
    frames = ChunkDecoder().feed(wire)
    assert len(frames) == 1
    assert frames[0].raw == wire
    return frames[0]


@pytest.mark.parametrize(
    ("wire", "events"),
    [
        (delta(content="a"), [TextDelta("a")]),
        (delta(role="assistant", content="a"), [TextDelta("a")]),
        (delta(reasoning_content="a"), [ReasoningDelta("a")]),
        (delta(reasoning="a", content="b"), [ReasoningDelta("a"), TextDelta("b")]),
        (delta(refusal="a"), [RefusalDelta("a")]),
        (delta(content=[{"type": "text", "text": "a"}]), [TextDelta("a")]),
        (delta(content=[{"type": "thinking", "thinking": "a"}]), [ReasoningDelta("a")]),
        (
            delta(tool_calls=[{"index": 1, "id": "c", "function": {"name": "f"}}]),
            [ToolDelta(position=1, id="c", name="f")],
        ),
        (
            delta(tool_calls=[{"index": 1, "function": {"arguments": "{"}}]),
            [ToolDelta(position=1, arguments="{")],
        ),
        (
            delta(tool_calls=[{"id": "c", "custom": {"name": "f", "input": "x"}}]),
            [ToolDelta(position=0, id="c", name="f", arguments="x")],
        ),
        (
            delta(function_call={"name": "f", "arguments": "{}"}),
            [ToolDelta(position=0, name="f", arguments="{}")],
        ),
        (delta(audio={"data": "AAAA"}), [TextDelta("")]),
        (delta(audio={"transcript": "hi"}), [TextDelta("hi")]),
        (chunk(choices=[{"index": 2, "text": "a"}]), [TextDelta("a", 2)]),
        (chunk(choices=[{"index": 0, "text": "", "finish_reason": "stop"}]), [Finished("stop")]),
        (chunk(choices=[{"delta": {}, "finish_reason": "length"}]), [Finished("length")]),
        (
            chunk(id="i", model="m", created=5.0, choices=[]),
            [Started(id="i", model="m", created=5)],
        ),
    ],
)
def test_each_piece_means_one_thing(wire, events):
    assert only(wire) == Frame(wire, tuple(events))


@pytest.mark.parametrize(
    "wire",
    [
        delta(role="assistant", content=""),
        delta(role="assistant", content=None, refusal=None, tool_calls=None),
        delta(content=[]),
        delta(tool_calls=[]),
        chunk(choices=[], prompt_filter_results=[{"prompt_index": 0}]),
        chunk(choices=[{"index": 0, "finish_reason": None}], usage=None, obfuscation="xK3"),
        chunk(choices=None),
        chunk(),
        chunk(error=None, choices=[]),
        b": OPENROUTER PROCESSING\n\n",
        b"event: ping\n\n",
        b"\n\n",
    ],
)
def test_what_is_no_output_says_nothing(wire):
    assert only(wire) == Frame(wire)


def test_a_usage_chunk_is_marked_so_that_it_can_be_left_out():
    usage = {"prompt_tokens": 3, "completion_tokens": 1}
    counted = Used(Usage(input_tokens=3, output_tokens=1))
    alone = chunk(choices=[], usage=usage, timings={"predicted_n": 1})
    assert only(alone) == Frame(alone, (counted,), usage_only=True)
    with_finish = chunk(choices=[{"delta": {}, "finish_reason": "stop"}], usage=usage)
    assert only(with_finish) == Frame(with_finish, (Finished("stop"), counted))


@pytest.mark.parametrize(
    ("error", "failed"),
    [
        ({"message": "Overloaded", "code": 503}, Failed("Overloaded", 503)),
        ({"message": "Too long", "status": 400}, Failed("Too long", 400)),
        ({"message": "Odd", "code": "server_error"}, Failed("Odd", 502)),
        ({"message": "Odd", "code": 200}, Failed("Odd", 502)),
        ("Broken", Failed("Broken", 502)),
        ({"type": "x"}, Failed("the backend reported an error", 502)),
        (True, Failed("the backend reported an error", 502)),
    ],
)
def test_an_error_inside_a_stream_is_a_failure(error, failed):
    assert only(chunk(error=error)).events == (failed,)


def test_an_error_comes_before_the_finish_that_only_repeats_it():
    wire = chunk(error={"message": "Gone", "code": 502}, choices=[{"finish_reason": "error"}])
    assert only(wire).events[0] == Failed("Gone", 502)
    assert only(chunk(choices=[{"finish_reason": "error"}])).events == (
        Failed("the backend broke its answer off"),
    )


def test_the_reply_is_named_once():
    decoder = ChunkDecoder()
    azure = chunk(id="", model="", choices=[])
    named = chunk(id="i", model="m", choices=[{"delta": {"content": "a"}}])
    frames = decoder.feed(azure + named + named)
    assert [frame.events for frame in frames] == [
        (),
        (Started(id="i", model="m"), TextDelta("a")),
        (TextDelta("a"),),
    ]


def test_nothing_follows_the_terminator():
    decoder = ChunkDecoder()
    frames = decoder.feed(b"data: [DONE]\n\n" + delta(content="late"))
    assert frames == [Frame(b"data: [DONE]\n\n", is_last=True)]
    assert decoder.feed(delta(content="later") + b"data: no json\n\n") == []


@pytest.mark.parametrize(
    "data",
    [
        b'{"choices":[{"delta":{"content":"a"}',
        b"[]",
        b'"text"',
        b"oops",
        b"",
        b'{"choices":{}}',
        b'{"choices":[{"delta":{"content":7}}]}',
        b'{"choices":[{"delta":{"content":"\xff"}}]}',
        b'{"choices":' + b"[" * 100_000,
        b'{"created":1e999}',
    ],
)
def test_what_is_no_chunk_is_garbled(data):
    with pytest.raises(UpstreamGarbled):
        ChunkDecoder().feed(b"data: " + data + b"\n\n")
