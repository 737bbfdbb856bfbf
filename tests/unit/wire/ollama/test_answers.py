"""What Ollama answers; whole conversations stand in `tests/transcripts/ollama`."""

import json
from typing import Any

import pytest

from headgate.core.chat import Thought
from headgate.core.errors import UpstreamGarbled
from headgate.core.stream import (
    Choice,
    Failed,
    Finished,
    Frame,
    ReasoningDelta,
    Started,
    StreamEvent,
    TextDelta,
    ToolCallMade,
    ToolDelta,
    Used,
)
from headgate.core.usage import Usage
from headgate.wire.ollama.answers import ChatLines, decode_answer

AT = "2026-11-23T20:00:00.123456789Z"
AT_S = 1795464000
STARTED = Started(id="ollama-20261123200000123456789", model="m", created=AT_S)
COUNTS = {"prompt_eval_count": 9, "eval_count": 5}


def line(message: dict[str, Any] | None = None, **members: Any) -> bytes:
    content = {"model": "m", "created_at": AT, "message": message, "done": False, **members}
    return json.dumps(content).encode() + b"\n"


def events(*lines: bytes) -> list[StreamEvent]:
    frames = ChatLines().feed(b"".join(lines))
    assert [frame.raw for frame in frames] == list(lines)
    return [event for frame in frames for event in frame.events]


def call(name: str, arguments: Any, **more: Any) -> dict[str, Any]:
    return {"function": {"name": name, "arguments": arguments}, **more}


def test_text_and_thinking_are_told_apart():
    assert events(
        line({"role": "assistant", "content": "", "thinking": "hm"}),
        line({"content": "a"}),
        line({"content": ""}, done=True, done_reason="stop", **COUNTS),
    ) == [
        STARTED,
        ReasoningDelta("hm"),
        TextDelta("a"),
        Finished("stop"),
        Used(Usage(input_tokens=9, output_tokens=5)),
    ]


def test_a_call_is_whole_and_gets_an_id_of_its_own():
    stamp = "20261123200000123456789"
    assert events(
        line({"content": "", "tool_calls": [call("f", {"a": 1}), call("g", None, id="own")]}),
        line({"content": "", "tool_calls": [call("f", {})]}),
        line({"content": ""}, done=True, done_reason="stop"),
    )[1:] == [
        ToolDelta(position=0, id=f"call_{stamp}_0", name="f", arguments='{"a":1}'),
        ToolDelta(position=1, id="own", name="g", arguments="{}"),
        ToolDelta(position=2, id=f"call_{stamp}_2", name="f", arguments="{}"),
        Finished("tool_calls"),
    ]


@pytest.mark.parametrize(
    ("reason", "has_calls", "finished"),
    [
        ("stop", False, "stop"),
        ("stop", True, "tool_calls"),
        ("length", False, "length"),
        ("length", True, "length"),
        ("load", False, "stop"),
        (None, False, "stop"),
    ],
)
def test_a_call_replaces_a_stop_but_not_a_cut(reason, has_calls, finished):
    message = {"content": "", "tool_calls": [call("f", {})] if has_calls else None}
    assert events(line(message, done=True, done_reason=reason))[-1] == Finished(finished)


@pytest.mark.parametrize("counts", [{}, {"eval_count": 5}, {"prompt_eval_count": 9}])
def test_counts_that_are_missing_are_unknown_and_not_zero(counts):
    assert not any(
        isinstance(event, Used)
        for event in events(line({}, done=True, done_reason="stop", **counts))
    )


def test_the_last_line_ends_the_stream_and_what_follows_is_left_out():
    lines = ChatLines()
    last = line({"content": ""}, done=True)
    frames = lines.feed(last + line({"content": "late"}))
    assert [(frame.raw, frame.is_last) for frame in frames] == [(last, True)]
    assert lines.feed(b"no json\n") == []


def test_an_error_line_is_a_failure_and_no_end():
    for wire in (b'{"error":"model runner has stopped"}\n', b'{"error":"x","done":true}\n'):
        (frame,) = ChatLines().feed(wire)
        assert isinstance(frame.events[0], Failed)
        assert not frame.is_last
    assert events(b'{"error":{"deep":1}}\n') == [Failed("the backend reported an error")]


def test_blank_lines_keep_the_connection_alive_and_say_nothing():
    assert ChatLines().feed(b"\n\r\n") == [Frame(b"\n"), Frame(b"\r\n")]


@pytest.mark.parametrize("created_at", ["yesterday", None, "9999-99-99"])
def test_a_time_that_cannot_be_read_is_no_reason_to_fail(created_at):
    (started, *_) = events(line({}, created_at=created_at))
    assert isinstance(started, Started)
    assert started.created == 0


BAD = [b"oops", b"[]", b'"text"', b'{"message":"a"}', b'{"done":"yes"}', b"[" * 100_000]


@pytest.mark.parametrize("data", BAD)
def test_what_is_no_answer_is_garbled(data):
    with pytest.raises(UpstreamGarbled):
        ChatLines().feed(data + b"\n")
    with pytest.raises(UpstreamGarbled):
        decode_answer(data)


@pytest.mark.parametrize("body", [b'{"error":"no"}', b"{}", line({"content": "a"})])
def test_what_is_not_whole_is_no_reply(body):
    with pytest.raises(UpstreamGarbled):
        decode_answer(body)


def test_a_whole_reply_is_read():
    message = {"content": "a", "thinking": "hm", "tool_calls": [call("f", {"a": 1})]}
    answer = decode_answer(line(message, done=True, done_reason="stop", **COUNTS))
    assert (answer.model, answer.created) == ("m", AT_S)
    assert answer.usage == Usage(input_tokens=9, output_tokens=5)
    assert answer.choices == (
        Choice(
            text="a",
            thoughts=(Thought("hm"),),
            tool_calls=(ToolCallMade("call_20261123200000123456789_0", "f", '{"a":1}'),),
            finish_reason="tool_calls",
        ),
    )
