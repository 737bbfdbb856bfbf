"""Placeholders in frames that are passed on."""

import json
from typing import Any

import pytest

from headgate.core.plugins import load
from headgate.privacy.frames import RawFrames
from headgate.privacy.pseudonyms import Pseudonyms

NAMES = Pseudonyms(b"0123456789abcdef")
ADA = NAMES.name_of("email", 'ada"@x.io')
CUT, REST = ADA[:7], ADA[7:]


def frames_of(name: str) -> RawFrames:
    return RawFrames(NAMES, load("headgate.wire.dialects", name, "DIALECT").speech)


def sse(data: Any, event: str = "") -> bytes:
    head = f"event: {event}\n" if event else ""
    return f"{head}data: {json.dumps(data)}\n\n".encode()


def chunk(**delta: Any) -> dict[str, Any]:
    choice = {"index": 0, "delta": delta, "finish_reason": None, "logprobs": None}
    return {"id": "1", "choices": [choice], "usage": None}


def run(frames: RawFrames, raws: list[bytes]) -> list[bytes]:
    return [out for raw in raws for out in frames.restored(raw, is_last=False)]


def data(raw: bytes) -> Any:
    return json.loads(raw.split(b"data: ", 1)[1])


@pytest.mark.parametrize(
    "raw",
    [
        b": ping\n\n",
        b"data: [DONE]\n\n",
        b"data: broken\n\n",
        b"data: 1\n\n",
        sse(chunk(content="Hi_")),
    ],
)
def test_frames_without_a_placeholder_are_the_same_objects(raw):
    (out,) = frames_of("openai_chat").restored(raw, is_last=False)
    assert out is raw


def test_a_placeholder_across_frames_is_in_the_frame_that_completes_it():
    first, second = run(
        frames_of("openai_chat"), [sse(chunk(content="to " + CUT)), sse(chunk(content=REST))]
    )
    assert data(first) == chunk(content="to ")
    assert data(second) == chunk(content='ada"@x.io')


def test_what_else_a_frame_has_stays():
    raw = b"id: 7\r\nevent: x\r\ndata: " + sse({**chunk(content=ADA), "n": 1.10})[6:]
    (out,) = frames_of("openai_chat").restored(raw.replace(b"1.1}", b"1.10}"), is_last=False)
    assert out.startswith(b"id: 7\r\nevent: x\r\ndata: {")
    assert b'"n":1.10' in out
    assert out.endswith(b"\n\n")


def test_a_frame_that_ends_a_choice_comes_after_what_was_kept_back():
    last = chunk()
    last["choices"][0]["finish_reason"] = "length"
    first, copy, end = run(
        frames_of("openai_chat"), [sse(chunk(role="assistant", content=CUT)), sse(last)]
    )
    assert data(first) == chunk(role="assistant", content="")
    assert data(copy) == {
        "id": "1",
        "usage": None,
        "choices": [
            {"index": 0, "delta": {"content": CUT}, "finish_reason": None, "logprobs": None}
        ],
    }
    assert end == sse(last)


def test_a_frame_that_ends_its_own_text_gives_it_out():
    last = chunk(content=REST[:2])
    last["choices"][0]["finish_reason"] = "length"
    _, end = run(frames_of("openai_chat"), [sse(chunk(content=CUT)), sse(last)])
    assert data(end)["choices"][0]["delta"] == {"content": CUT + REST[:2]}


def test_words_that_are_left_off_come_before_the_call():
    call = {"index": 0, "id": "c", "function": {"name": "n", "arguments": ""}}
    _, copy, said = run(
        frames_of("openai_chat"), [sse(chunk(content=CUT)), sse(chunk(tool_calls=[call]))]
    )
    assert data(copy)["choices"][0]["delta"] == {"content": CUT}
    assert data(said)["choices"][0]["delta"] == {"tool_calls": [call]}


def test_a_copy_does_not_begin_a_call_again():
    call = {"index": 1, "id": "c", "type": "function", "function": {"name": "n", "arguments": CUT}}
    frames = frames_of("openai_chat")
    run(frames, [sse(chunk(tool_calls=[call]))])
    assert frames.holds
    (copy,) = frames.end()
    (rest,) = data(copy)["choices"][0]["delta"]["tool_calls"]
    assert rest == {"index": 1, "type": "function", "function": {"arguments": CUT}}
    assert not frames.holds


def test_arguments_are_escaped():
    call = {"index": 0, "function": {"arguments": f'{{"to":"{ADA}"}}'}}
    (out,) = run(frames_of("openai_chat"), [sse(chunk(tool_calls=[call]))])
    (said,) = data(out)["choices"][0]["delta"]["tool_calls"]
    assert json.loads(said["function"]["arguments"]) == {"to": 'ada"@x.io'}


def test_what_is_said_again_whole_is_restored_whole():
    delta = {"type": "response.output_text.delta", "output_index": 0, "content_index": 0}
    done = {"type": "response.output_text.done", "output_index": 0, "text": ADA}
    called = {
        "type": "response.function_call_arguments.done",
        "arguments": json.dumps({"to": ADA}),
    }
    out = run(
        frames_of("openai_responses"),
        [sse(delta | {"delta": CUT}), sse(delta | {"delta": REST}), sse(done), sse(called)],
    )
    assert [data(each).get("delta") for each in out[:2]] == ["", 'ada"@x.io']
    assert data(out[2])["text"] == 'ada"@x.io'
    assert json.loads(data(out[3])["arguments"]) == {"to": 'ada"@x.io'}


def test_blocks_end_what_they_have_kept_back():
    begin = {
        "type": "content_block_start",
        "index": 0,
        "content_block": {"type": "text", "text": ""},
    }
    piece = {
        "type": "content_block_delta",
        "index": 0,
        "delta": {"type": "text_delta", "text": CUT},
    }
    ping, stop = {"type": "ping"}, {"type": "content_block_stop", "index": 0}
    out = run(
        frames_of("anthropic"), [sse(each, each["type"]) for each in (begin, piece, ping, stop)]
    )
    assert [data(each)["type"] for each in out] == [
        "content_block_start",
        "content_block_delta",
        "ping",
        "content_block_delta",
        "content_block_stop",
    ]
    assert out[3].startswith(b"event: content_block_delta\n")
    assert data(out[3])["delta"] == {"type": "text_delta", "text": CUT}


def test_lines_are_lines():
    lines = [
        b'{"message":{"role":"assistant","content":"%s"},"done":false}\n' % CUT.encode(),
        b'{"message":{"role":"assistant","content":""},"done":true}\n',
    ]
    frames = frames_of("ollama")
    out = [*frames.restored(lines[0], is_last=False), *frames.restored(lines[1], is_last=True)]
    assert out[0] == b'{"message":{"role":"assistant","content":""},"done":false}\n'
    assert json.loads(out[1]) == {"message": {"role": "assistant", "content": CUT}, "done": True}
