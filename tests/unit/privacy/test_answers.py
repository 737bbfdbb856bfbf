"""An answer on its way to the client."""

import json
from typing import Any

from headgate.core.chat import Thought
from headgate.core.plugins import load
from headgate.core.stream import (
    Answer,
    Choice,
    Citation,
    Finished,
    Frame,
    StreamEvent,
    TextDelta,
    ToolCallMade,
)
from headgate.privacy.answers import AnswerRestorer
from headgate.privacy.pseudonyms import Pseudonyms

NAMES = Pseudonyms(b"0123456789abcdef")
ADA = NAMES.name_of("email", 'ada"@x.io')
CUT, REST = ADA[:7], ADA[7:]
OPENAI: Any = load("headgate.wire.dialects", "openai_chat", "DIALECT")


def frame(text: str, *events: StreamEvent, is_last: bool = False) -> Frame:
    chunk = {"choices": [{"index": 0, "delta": {"content": text}}]}
    raw = f"data: {json.dumps(chunk)}\n\n".encode()
    return Frame(raw, events or (TextDelta(text),), is_last=is_last)


def test_without_values_everything_is_the_same_object():
    restorer = AnswerRestorer(Pseudonyms(b"0123456789abcdef"), OPENAI.speech)
    frames, answer = [frame(ADA)], Answer()
    assert restorer.frames(frames) is frames
    assert restorer.answer(answer) is answer
    assert restorer.body(b'{"a":"EMAIL_"}') == b'{"a":"EMAIL_"}'


def test_frames_that_are_translated_keep_their_bytes_and_change_their_events():
    restorer = AnswerRestorer(NAMES)
    first, second = restorer.frames([frame(CUT), frame(REST)])
    assert (first.raw, second.raw) == (frame(CUT).raw, frame(REST).raw)
    assert (first.events, second.events) == ((TextDelta(""),), (TextDelta('ada"@x.io'),))


def test_frames_that_are_passed_on_change_both():
    restorer = AnswerRestorer(NAMES, OPENAI.speech)
    plain = frame("Hi")
    first, second, third = restorer.frames([plain, frame(CUT), frame(REST)])
    assert first is plain
    assert b'"content":""' in second.raw
    assert b'ada\\"@x.io' in third.raw
    assert third.events == (TextDelta('ada"@x.io'),)


def test_the_last_frame_brings_what_was_kept_back():
    restorer = AnswerRestorer(NAMES, OPENAI.speech)
    done = Frame(b"data: [DONE]\n\n", is_last=True)
    _, copy, end = restorer.frames([frame(CUT), done])
    assert CUT.encode() in copy.raw
    assert end.raw == done.raw
    assert end.events == (TextDelta(CUT),)
    assert end.is_last
    assert restorer.end() == []


def test_a_stream_that_is_cut_gives_out_what_was_kept_back():
    relayed = AnswerRestorer(NAMES, OPENAI.speech)
    relayed.frames([frame(CUT)])
    (last,) = relayed.end()
    assert CUT.encode() in last.raw
    assert last.events == (TextDelta(CUT),)
    translated = AnswerRestorer(NAMES)
    translated.frames([frame(CUT)])
    assert translated.end() == [Frame(b"", (TextDelta(CUT),))]


def test_all_of_an_answer_is_restored():
    text = f"{ADA} says so"
    choice = Choice(
        text=text,
        thoughts=(Thought(ADA, "proof"),),
        refusal=ADA,
        tool_calls=(ToolCallMade("c", ADA, json.dumps({"to": ADA})),),
        citations=(Citation(text="says", start=text.index("says"), end=text.index(" so")),),
        finish_reason="stop",
    )
    (came,) = AnswerRestorer(NAMES).answer(Answer(choices=(choice,))).choices
    assert came.text == 'ada"@x.io says so'
    assert came.thoughts == (Thought('ada"@x.io', "proof"),)
    assert came.refusal == 'ada"@x.io'
    assert came.tool_calls[0].name == 'ada"@x.io'
    assert json.loads(came.tool_calls[0].arguments) == {"to": 'ada"@x.io'}
    assert came.text[came.citations[0].start : came.citations[0].end] == "says"
    assert came.finish_reason == "stop"


def test_what_is_not_restored_is_counted():
    restorer = AnswerRestorer(NAMES, OPENAI.speech)
    lost = ADA.replace("_", " ")
    restorer.frames([frame(lost), Frame(b"data: [DONE]\n\n", (Finished("stop"),), is_last=True)])
    assert restorer.unrestored == 1
    restorer.body(json.dumps({"a_b": lost}).encode())
    assert restorer.unrestored == 2
