"""Where a stream of Gemini ends; whole ones stand in `tests/transcripts/gemini`."""

import json
from typing import Any

import pytest

from headgate.core.errors import UpstreamGarbled
from headgate.core.stream import Failed, Finished, Frame, Started, TextDelta, Used
from headgate.core.usage import Usage
from headgate.wire.gemini.streams import ReplyDecoder


def piece(text: str = "", **candidate: Any) -> bytes:
    said = {"content": {"parts": [{"text": text}]}, **candidate}
    return b"data: " + json.dumps({"candidates": [said]}).encode() + b"\r\n\r\n"


def test_the_piece_with_the_reason_is_the_last_and_what_follows_is_left_out() -> None:
    decoder = ReplyDecoder()
    wire = [piece("a"), b": ping\r\n\r\n", piece("b", finishReason="STOP"), piece("late")]
    frames = decoder.feed(b"".join(wire))
    assert frames == [
        Frame(wire[0], (Started(), TextDelta("a"))),
        Frame(wire[1]),
        Frame(wire[2], (TextDelta("b"), Finished("stop")), is_last=True),
    ]
    assert decoder.feed(b"data: oops\n\n") == []


def test_the_last_pieces_usage_is_told_with_it() -> None:
    last = {
        "candidates": [{"finishReason": "STOP"}],
        "usageMetadata": {"promptTokenCount": 3, "candidatesTokenCount": 2},
    }
    (frame,) = ReplyDecoder().feed(b"data: " + json.dumps(last).encode() + b"\n\n")
    assert Used(Usage(input_tokens=3, output_tokens=2)) in frame.events
    assert frame.is_last


@pytest.mark.parametrize(
    ("error", "failed"),
    [
        ({"code": 503, "message": "busy"}, Failed("busy", 503)),
        ({"code": 9}, Failed("the backend reported an error")),
        ("no", Failed("the backend reported an error")),
    ],
)
def test_an_error_inside_is_a_failure_and_no_end(error: Any, failed: Failed) -> None:
    wire = b"data: " + json.dumps({"error": error}).encode() + b"\n\n"
    assert ReplyDecoder().feed(wire) == [Frame(wire, (failed,))]


def test_a_failure_with_a_reason_is_no_end_either() -> None:
    (frame,) = ReplyDecoder().feed(piece("a", finishReason="MALFORMED_FUNCTION_CALL"))
    assert isinstance(frame.events[-1], Failed)
    assert not frame.is_last


@pytest.mark.parametrize("data", [b"oops", b"[]", b'{"candidates":7}', b"[" * 100_000])
def test_what_is_no_piece_is_garbled(data: bytes) -> None:
    with pytest.raises(UpstreamGarbled):
        ReplyDecoder().feed(b"data: " + data + b"\n\n")
