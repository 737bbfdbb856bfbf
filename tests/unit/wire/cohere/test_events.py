"""A stream for a client of Cohere's API: order and numbers, as its reference shows them."""

import msgspec

from headgate.core.errors import UpstreamCut
from headgate.core.stream import (
    Citation,
    Cited,
    Failed,
    Finished,
    ReasoningDelta,
    RefusalDelta,
    Source,
    Started,
    StreamEvent,
    TextDelta,
    ToolDelta,
    Used,
)
from headgate.core.usage import Usage
from headgate.wire.cohere.events import EventEncoder
from headgate.wire.sse import EventDecoder


def written(*events: StreamEvent, end: bool = True) -> list[dict]:
    encoder = EventEncoder(Started(id="id-1", model="m"))
    stream = b"".join(encoder.encode(event) for event in events)
    stream += encoder.end() if end else b""
    found = []
    for event in EventDecoder().feed(stream):
        said = msgspec.json.decode(event.data)
        assert event.event == said["type"].encode()
        found.append(said)
    return found


def brief(events: list[dict]) -> list[str]:
    return [event["type"] + (f" {event['index']}" if "index" in event else "") for event in events]


def test_blocks_calls_and_citations_have_numbers_of_their_own():
    events = written(
        ReasoningDelta("hm"),
        TextDelta("a"),
        Cited(Citation(text="a", start=0, end=1, sources=(Source(id="d", text="t"),))),
        TextDelta("b"),
        ToolDelta(position=0, id="1", name="f", arguments="{}"),
        ToolDelta(position=1, id="2", name="g"),
        ToolDelta(position=1, arguments="{"),
        ToolDelta(position=1, arguments="}"),
        Finished("tool_calls"),
        Used(Usage(input_tokens=3, output_tokens=4)),
    )
    assert brief(events) == [
        "message-start",
        *("content-start 0", "content-delta 0", "content-end 0"),
        *("content-start 1", "content-delta 1", "citation-start 0", "citation-end 0"),
        *("content-delta 1", "content-end 1"),
        *("tool-call-start 0", "tool-call-delta 0", "tool-call-end 0"),
        *("tool-call-start 1", "tool-call-delta 1", "tool-call-delta 1", "tool-call-end 1"),
        "message-end",
    ]
    citation = events[6]["delta"]["message"]["citations"]
    assert (citation["content_index"], citation["type"]) == (1, "TEXT_CONTENT")
    assert citation["sources"] == [
        {"type": "document", "id": "d", "document": {"id": "d", "text": "t"}}
    ]
    assert events[-1]["id"] == events[0]["id"] == "id-1"
    assert events[-1]["delta"] == {
        "finish_reason": "TOOL_CALL",
        "usage": {
            "billed_units": {"input_tokens": 3, "output_tokens": 4},
            "tokens": {"input_tokens": 3, "output_tokens": 4},
            "cached_tokens": 0,
        },
    }


def test_pieces_of_calls_that_come_by_turns_keep_their_numbers():
    events = written(
        ToolDelta(position=0, name="f", arguments="["),
        ToolDelta(position=1, name="g", arguments="{"),
        ToolDelta(position=0, arguments="]"),
        ToolDelta(position=1, arguments="}"),
        Finished("tool_calls"),
    )
    assert brief(events).count("tool-call-start 0") == brief(events).count("tool-call-end 0") == 1
    assert brief(events).count("tool-call-start 1") == brief(events).count("tool-call-end 1") == 1
    starts = [
        e["delta"]["message"]["tool_calls"]["id"]
        for e in events
        if "start" in e["type"][5:] and e["type"].startswith("tool")
    ]
    assert starts == ["call_0", "call_1"]
    pieces = {0: "", 1: ""}
    for event in events:
        if event["type"] == "tool-call-delta":
            calls = event["delta"]["message"]["tool_calls"]
            pieces[event["index"]] += calls["function"]["arguments"]
    assert pieces == {0: "[]", 1: "{}"}


def test_text_after_a_call_is_a_block_again():
    events = written(ToolDelta(position=0, name="f"), TextDelta("a"), Finished("stop"))
    assert brief(events)[1:-1] == [
        *("tool-call-start 0", "tool-call-end 0"),
        *("content-start 0", "content-delta 0", "content-end 0"),
    ]


def test_an_empty_answer_begins_and_ends():
    assert brief(written()) == ["message-start", "message-end"]
    assert written()[-1]["delta"] == {"finish_reason": "COMPLETE"}


def test_a_refusal_is_said():
    assert "content-delta 0" in brief(written(RefusalDelta("No."), Finished("stop")))


def test_why_it_ended():
    def reason(finished: Finished) -> str:
        return written(TextDelta("a"), finished)[-1]["delta"]["finish_reason"]

    assert reason(Finished("stop")) == "COMPLETE"
    assert reason(Finished("stop", stop_sequence="END")) == "STOP_SEQUENCE"
    assert reason(Finished("length")) == "MAX_TOKENS"
    assert reason(Finished("content_filter")) == "ERROR_TOXIC"


def test_what_failed_has_no_clean_end():
    assert written(TextDelta("a"), Failed("no memory"))[-1]["type"] == "content-delta"
    broken = written(TextDelta("a"), Finished("error"))[-1]
    assert broken["delta"]["finish_reason"] == "ERROR"
    assert broken["delta"]["error"] == str(UpstreamCut("the backend broke its answer off"))
