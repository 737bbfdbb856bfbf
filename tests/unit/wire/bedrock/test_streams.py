"""Streams of Bedrock, message by message; whole ones stand in `tests/transcripts/bedrock`."""

from typing import Any

import pytest

from headgate.core.errors import UpstreamGarbled
from headgate.core.stream import Failed, Finished, Frame, Started, TextDelta, ToolDelta, Used
from headgate.core.usage import Usage
from headgate.wire.bedrock.streams import MessagesDecoder
from support.event_stream import event, message

STOP = event("messageStop", {"stopReason": "end_turn"})
END = event("metadata", {"usage": {"inputTokens": 3, "outputTokens": 2}})


def delta(content: Any, block: int = 0) -> bytes:
    return event("contentBlockDelta", {"delta": content, "contentBlockIndex": block})


def events(*wire: bytes) -> list[Any]:
    return [each for frame in MessagesDecoder().feed(b"".join(wire)) for each in frame.events]


def test_the_usage_is_the_end_and_what_follows_is_left_out() -> None:
    decoder = MessagesDecoder()
    wire = [event("messageStart", {"role": "assistant"}), delta({"text": "a"}), STOP, END]
    assert decoder.feed(b"".join([*wire, delta({"text": "late"})])) == [
        Frame(wire[0], (Started(),)),
        Frame(wire[1], (TextDelta("a"),)),
        Frame(wire[2], (Finished("stop"),)),
        Frame(wire[3], (Used(Usage(input_tokens=3, output_tokens=2)),), is_last=True),
    ]
    assert decoder.feed(b"no message at all, but long enough to be looked at") == []


def test_without_usage_it_ends_as_well() -> None:
    (frame,) = MessagesDecoder().feed(event("metadata", {}))
    assert frame.is_last
    assert frame.events == ()


def test_a_stream_that_stops_before_its_usage_was_cut() -> None:
    frames = MessagesDecoder().feed(delta({"text": "a"}) + STOP)
    assert not any(frame.is_last for frame in frames)


def test_a_call_without_parameters_is_called_with_an_empty_object() -> None:
    use = {"toolUse": {"toolUseId": "1", "name": "f"}}
    start = event("contentBlockStart", {"start": use, "contentBlockIndex": 4})
    stop = event("contentBlockStop", {"contentBlockIndex": 4})
    assert events(start, delta({"toolUse": {"input": ""}}, 4), stop, stop) == [
        ToolDelta(position=0, id="1", name="f"),
        ToolDelta(position=0, arguments="{}"),
    ]


def test_input_for_no_call_of_ours_is_nobodys() -> None:
    assert events(delta({"toolUse": {"input": "{}"}}, 9), delta({"unknown": 1})) == []


EXCEPTIONS = [
    ("throttlingException", {"message": "slow down"}, Failed("slow down", 429)),
    ("internalServerException", {"message": "oops"}, Failed("oops", 500)),
    ("serviceUnavailableException", {"message": "busy"}, Failed("busy", 503)),
    ("validationException", {"message": "bad"}, Failed("bad", 400)),
    ("modelTimeoutException", {"message": "late"}, Failed("late", 504)),
    ("modelStreamErrorException", {"message": "x", "originalStatusCode": 529}, Failed("x", 529)),
    ("modelStreamErrorException", {"message": "x", "originalStatusCode": 400}, Failed("x", 502)),
    ("somethingNewException", {}, Failed("the backend reported an error", 502)),
]


@pytest.mark.parametrize(("kind", "content", "failed"), EXCEPTIONS)
def test_an_exception_is_a_failure_and_no_end(kind: str, content: Any, failed: Failed) -> None:
    (frame,) = MessagesDecoder().feed(event(kind, content))
    assert frame.events == (failed,)
    assert not frame.is_last


def test_an_error_of_the_transport_is_one_too() -> None:
    headers = {":message-type": "error", ":error-code": "500", ":error-message": "broke"}
    assert events(message(headers, b"")) == [Failed("broke")]
    assert events(message({":message-type": "error"}, b"")) == [
        Failed("the backend reported an error")
    ]


def test_an_event_nobody_knows_says_nothing() -> None:
    assert events(event("somethingNew", {"a": 1}), message({}, b"not JSON")) == []


@pytest.mark.parametrize("payload", [b"", b"oops", b"[]", b'{"delta":7}', b"[" * 100_000])
def test_a_payload_that_is_none_is_garbled(payload: bytes) -> None:
    for kind in ("event", "exception"):
        headers = {":message-type": kind, f":{kind}-type": "contentBlockDelta"}
        with pytest.raises(UpstreamGarbled):
            MessagesDecoder().feed(message(headers, payload))


@pytest.mark.parametrize("reason", ["malformed_tool_use", "new"])
def test_a_model_that_failed_has_no_answer(reason: str) -> None:
    with pytest.raises(UpstreamGarbled, match=reason):
        events(event("messageStop", {"stopReason": reason}))


def test_a_picture_has_no_place_in_a_chat() -> None:
    start = {"start": {"image": {"format": "png"}}, "contentBlockIndex": 0}
    for wire in (event("contentBlockStart", start), delta({"image": {"source": {}}})):
        with pytest.raises(UpstreamGarbled, match="pictures"):
            events(wire)
