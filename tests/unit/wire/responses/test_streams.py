"""Streams of backends beyond the transcripts: what is odd, repeated, missing or wrong."""

import json
from typing import Any

import pytest

from headgate.core.errors import UpstreamGarbled
from headgate.core.stream import Failed, Frame, ReasoningDelta, StreamEvent, TextDelta, ToolDelta
from headgate.wire.responses.streams import ResponseDecoder


def event(kind: str, **members: Any) -> bytes:
    return b"data: " + json.dumps({"type": kind, **members}).encode() + b"\n\n"


def frames(*events: bytes) -> list[Frame]:
    return ResponseDecoder().feed(b"".join(events))


def meaning(*events: bytes) -> list[StreamEvent]:
    return [said for frame in frames(*events) for said in frame.events]


def text(delta: Any) -> bytes:
    return event("response.output_text.delta", output_index=0, delta=delta)


def ended(**response: Any) -> bytes:
    return event("response.completed", response={"status": "completed", **response})


def test_what_follows_the_end_is_left_out():
    found = frames(text("a"), ended(), text("b"), b"data: [DONE]\n\n")
    assert [frame.is_last for frame in found] == [False, True]


def test_the_terminator_of_other_apis_ends_nothing():
    assert not any(frame.is_last for frame in frames(text("a"), b"data: [DONE]\n\n"))


def test_empty_deltas_say_nothing_and_unknown_events_neither():
    odd = event("response.brand_new", delta={"x": 1}, item=7, response=[], output_index={})
    assert meaning(text(""), odd, b": ping\n\n", text("a")) == [TextDelta("a")]


def test_a_thought_that_is_told_twice_is_heard_once():
    summary = event("response.reasoning_summary_text.delta", output_index=0, delta="short")
    raw = event("response.reasoning_text.delta", output_index=0, delta="long")
    assert meaning(summary, raw) == [ReasoningDelta("short")]
    assert meaning(raw, summary) == [ReasoningDelta("long")]


def test_a_call_whose_item_was_never_added_is_named_by_its_end():
    item = {"type": "function_call", "call_id": "c", "name": "f", "arguments": "{}"}
    done = event("response.output_item.done", output_index=4, item=item)
    assert meaning(done) == [ToolDelta(position=0, id="c", name="f", arguments="{}")]


def test_a_failure_is_said_once():
    error = event("error", error={"message": "Down", "code": "server_error"})
    failed = event("response.failed", response={"error": {"message": "Down"}})
    assert meaning(error, failed, error) == [Failed("Down", 502)]
    assert meaning(failed) == [Failed("Down", 502)]
    assert meaning(b'data: {"error":{"message":"Full","code":429}}\n\n') == [Failed("Full", 429)]
    assert not any(frame.is_last for frame in frames(failed))


@pytest.mark.parametrize(
    "wrong",
    [
        b"data: nonsense\n\n",
        b"data: []\n\n",
        b"data: \xff\n\n",
        text(None),
        text(7),
        event("response.output_text.delta", output_index=[1], delta="a"),
        event("response.completed"),
        event("response.completed", response=7),
        event("response.created", response={"model": 7}),
        event("response.output_item.done", output_index=0, item={"type": "message", "content": 1}),
    ],
)
def test_what_is_not_of_this_api_is_garbled(wrong):
    with pytest.raises(UpstreamGarbled):
        frames(wrong)
