"""What a stream may hold beside what the transcripts of `tests/transcripts/cohere` show."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from headgate.core.errors import UpstreamGarbled
from headgate.core.stream import (
    Cited,
    Failed,
    Finished,
    Frame,
    ReasoningDelta,
    TextDelta,
    ToolDelta,
)
from headgate.wire.cohere.streams import EventsDecoder
from support.cohere_shapes import named


def frames(*events: bytes) -> list[Frame]:
    return EventsDecoder().feed(b"".join(events))


def meaning(*events: bytes) -> list[object]:
    return [event for frame in frames(*events) for event in frame.events]


END = named("message-end", delta={"finish_reason": "COMPLETE"})


def added(name: str, **message: object) -> bytes:
    return named(name, index=0, delta={"message": message})


def test_what_follows_the_end_is_left_out():
    found = frames(END, b"data: [DONE]\n\n", added("content-delta", content={"text": "more"}))
    assert [frame.is_last for frame in found] == [True]


def test_only_the_end_of_a_message_ends_a_stream():
    found = frames(added("content-delta", content={"text": "a"}), b"data: [DONE]\n\n")
    assert not any(frame.is_last for frame in found)
    assert found[-1] == Frame(b"data: [DONE]\n\n")


@pytest.mark.parametrize(
    ("delta", "failed"),
    [
        ({"finish_reason": "ERROR"}, Failed("the backend broke its answer off")),
        ({"finish_reason": "ERROR", "error": "no memory"}, Failed("no memory")),
        ({"finish_reason": "TIMEOUT", "error": "too slow"}, Failed("too slow", 504)),
        ({"finish_reason": "COMPLETE", "error": "no memory"}, Failed("no memory")),
        ({"finish_reason": "USER_CANCEL"}, Failed("the backend broke its answer off")),
        ({}, Failed("the backend broke its answer off")),
    ],
)
def test_an_end_that_is_not_clean_is_a_failure(delta, failed):
    (frame,) = frames(named("message-end", delta=delta))
    assert frame.events == (failed,)
    assert not frame.is_last


def test_an_end_without_anything_is_a_failure_too():
    (frame,) = frames(named("message-end"))
    assert isinstance(frame.events[0], Failed)


@pytest.mark.parametrize(
    ("event", "events"),
    [
        (added("content-start", content={"type": "text", "text": "a"}), [TextDelta("a")]),
        (added("content-delta", content="a"), [TextDelta("a")]),
        (
            added("content-delta", content=[{"text": "a"}, {"text": "b"}]),
            [TextDelta("a"), TextDelta("b")],
        ),
        (added("content-delta", content={"thinking": "a"}), [ReasoningDelta("a")]),
        (added("content-delta", content=""), []),
        (added("tool-plan-delta", tool_plan=""), []),
        (
            added("tool-call-start", tool_calls={"id": "1", "function": {"name": "f"}}),
            [ToolDelta(position=0, id="1", name="f")],
        ),
        (
            added("tool-call-start", tool_calls=[{"id": "1"}, {"id": "2"}]),
            [ToolDelta(position=0, id="1"), ToolDelta(position=1, id="2")],
        ),
        (added("citation-start", citations=[]), []),
        (named("content-delta", delta={}), []),
        (named("content-delta"), []),
        (b'data: {"message":{"deep":1}}\n\n', [Failed("the backend reported an error")]),
    ],
)
def test_pieces_are_read_alone_or_in_lists(event, events):
    assert meaning(event) == events


def test_a_citation_keeps_its_place():
    (cited,) = meaning(added("citation-start", citations={"start": 1, "end": 2, "text": "b"}))
    assert isinstance(cited, Cited)
    assert (cited.citation.start, cited.citation.end) == (1, 2)


@pytest.mark.parametrize("data", [b"{", b"[]", b'"a"', b'{"type":7}', b'{"index":"a"}', b"\xff"])
def test_what_is_no_event_is_garbled(data):
    with pytest.raises(UpstreamGarbled):
        frames(b"data: " + data + b"\n\n")


@given(st.lists(st.text(max_size=5)), st.integers(1, 40))
def test_any_split_gives_the_same_frames(pieces, step):
    texts = [added("content-delta", content={"text": piece}) for piece in pieces]
    wire = b"".join([*texts, END])
    decoder = EventsDecoder()
    split = [f for i in range(0, len(wire), step) for f in decoder.feed(wire[i : i + step])]
    assert split == frames(wire)
    assert split[-1].events == (Finished("stop"),)
