"""What `tests/transcripts/anthropic` does not show: repeated usage, and streams that are none."""

import json
from typing import Any

import pytest

from headgate.core.errors import UpstreamGarbled
from headgate.core.stream import Finished, Frame, ReasoningSignature, TextDelta, ToolDelta, Used
from headgate.core.usage import Usage
from headgate.wire.anthropic.streams import MessageDecoder


def event(name: str, **data: Any) -> bytes:
    return f"event: {name}\ndata: {json.dumps({'type': name, **data})}\n\n".encode()


def start(**usage: int) -> bytes:
    message = {"type": "message", "id": "msg_1", "model": "m", "content": [], "usage": usage}
    return event("message_start", message=message)


def decoded(*chunks: bytes) -> list[Frame]:
    decoder = MessageDecoder()
    return [frame for chunk in chunks for frame in decoder.feed(chunk)]


def meanings(*chunks: bytes) -> list[Any]:
    return [each for frame in decoded(*chunks) for each in frame.events]


def block(index: int, **content: Any) -> bytes:
    return event("content_block_start", index=index, content_block=content)


def delta(index: int, **gained: Any) -> bytes:
    return event("content_block_delta", index=index, delta=gained)


def test_usage_is_cumulative_and_the_last_word_counts() -> None:
    found = meanings(
        start(input_tokens=10, cache_read_input_tokens=5, output_tokens=1),
        event("message_delta", delta={}, usage={"output_tokens": 4, "input_tokens": None}),
        event(
            "message_delta",
            delta={"stop_reason": "end_turn"},
            usage={"output_tokens": 9, "cache_read_input_tokens": 6},
        ),
        event("message_stop"),
    )
    assert [each.usage for each in found if isinstance(each, Used)] == [
        Usage(input_tokens=15, output_tokens=4, cache_read_tokens=5),
        Usage(input_tokens=16, output_tokens=9, cache_read_tokens=6),
    ]
    assert [each.reason for each in found if isinstance(each, Finished)] == ["stop"]


def test_usage_that_only_the_beginning_tells_is_told_at_the_end() -> None:
    frames = decoded(
        start(input_tokens=10, output_tokens=3),
        event("message_delta", delta={"stop_reason": "end_turn"}),
        event("message_stop"),
    )
    assert frames[-1].events == (Used(Usage(input_tokens=10, output_tokens=3)),)
    assert frames[-1].is_last


def test_a_signature_is_the_one_that_came_last() -> None:
    found = meanings(
        start(),
        block(0, type="thinking", thinking="", signature=""),
        delta(0, type="signature_delta", signature="one"),
        delta(0, type="signature_delta", signature="two"),
        event("content_block_stop", index=0),
    )
    assert found[1:] == [ReasoningSignature("two")]


def test_pieces_of_two_blocks_that_are_open_at_once_stay_apart() -> None:
    found = meanings(
        start(),
        block(0, type="tool_use", id="a", name="f", input={}),
        block(1, type="tool_use", id="b", name="g", input={}),
        delta(1, type="input_json_delta", partial_json="{}"),
        delta(0, type="input_json_delta", partial_json='{"x":1}'),
        event("content_block_stop", index=1),
        event("content_block_stop", index=0),
    )
    assert found[3:] == [
        ToolDelta(position=1, arguments="{}"),
        ToolDelta(position=0, arguments='{"x":1}'),
    ]


def test_what_follows_the_end_is_left_out() -> None:
    frames = decoded(start() + event("message_stop") + event("ping"))
    assert [frame.is_last for frame in frames] == [False, True]


def test_events_and_pieces_that_are_new_mean_nothing_and_go_on() -> None:
    frames = decoded(
        start(),
        event("brand_new", a=1),
        block(0, type="text", text=""),
        delta(0, type="brand_new_delta", a=1),
        event("content_block_stop", index=7),
    )
    assert [frame.events for frame in frames[1:]] == [(), (), (), ()]
    assert decoded(b": comment\n\n")[0].events == ()


def test_a_block_of_the_providers_own_tool_is_output_without_words() -> None:
    found = meanings(start(), block(0, type="server_tool_use", id="s", name="web_search", input={}))
    assert found[1:] == [TextDelta("")]


@pytest.mark.parametrize(
    "wire",
    [
        b"data: nonsense\n\n",
        b"data: [1]\n\n",
        b'data: {"type":"content_block_delta","delta":7}\n\n',
        event("message_start"),
        event("content_block_start", index=0),
        block(0, type="text", text=7),
        delta(0, type="text_delta", text="a"),
        event("content_block_delta", index=0),
    ],
)
def test_what_is_no_stream_of_this_api_is_garbled(wire: bytes) -> None:
    with pytest.raises(UpstreamGarbled):
        decoded(wire)
