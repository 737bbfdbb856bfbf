"""The order of events that clients of this API rely on, whatever a backend sends."""

import json
from typing import Any

import pytest
from anthropic.lib.streaming._messages import accumulate_event
from hypothesis import given
from hypothesis import strategies as st

from headgate.core.stream import (
    Citation,
    Cited,
    Failed,
    Finished,
    ReasoningDelta,
    ReasoningSignature,
    RefusalDelta,
    SealedReasoning,
    Source,
    Started,
    StreamEvent,
    TextDelta,
    ToolDelta,
    Used,
)
from headgate.core.usage import Usage
from headgate.wire.anthropic.events import MessageEncoder
from headgate.wire.anthropic.unsigned import UNSIGNED
from headgate.wire.sse import EventDecoder


def encoded(*events: StreamEvent) -> list[dict[str, Any]]:
    encoder = MessageEncoder(Started(id="msg_1", model="m"))
    wire = b"".join([*(encoder.encode(event) for event in events), encoder.end()])
    found = []
    for event in EventDecoder().feed(wire):
        assert event.data is not None
        said = json.loads(event.data)
        assert event.event == said["type"].encode()
        found.append(said)
    return found


def message(*events: StreamEvent) -> Any:
    """What the SDK makes of it."""
    snapshot, buffers = None, dict[int, bytes]()
    for said in encoded(*events):
        snapshot = accumulate_event(event=said, current_snapshot=snapshot, json_bufs=buffers)  # type: ignore[arg-type]
    return snapshot


def kinds(*events: StreamEvent) -> list[str]:
    return [said["type"] for said in encoded(*events)]


def call(position: int, arguments: str = "", **more: Any) -> ToolDelta:
    return ToolDelta(position=position, arguments=arguments, **more)


def test_an_answer_without_words_is_a_message_without_blocks() -> None:
    assert kinds() == ["message_start", "message_delta", "message_stop"]
    assert kinds(Started(), TextDelta(""), ReasoningDelta("")) == kinds()


def test_blocks_follow_each_other_with_their_indices() -> None:
    said = message(
        ReasoningDelta("Hm"),
        ReasoningDelta("."),
        ReasoningSignature("sig+/="),
        SealedReasoning("sealed"),
        TextDelta("Hel"),
        TextDelta("lo"),
        call(0, id="t", name="f"),
        call(0, '{"a":'),
        call(0, "1}"),
        Finished("tool_calls"),
        Used(Usage(input_tokens=10, output_tokens=5, cache_read_tokens=4, reasoning_tokens=2)),
    )
    thought, sealed, text, tool = said.content
    assert (thought.thinking, thought.signature) == ("Hm.", "sig+/=")
    assert (sealed.type, sealed.data) == ("redacted_thinking", "sealed")
    assert text.text == "Hello"
    assert (tool.id, tool.name, tool.input) == ("t", "f", {"a": 1})
    assert said.stop_reason == "tool_use"
    usage = said.usage
    assert (usage.input_tokens, usage.output_tokens, usage.cache_read_input_tokens) == (6, 5, 4)


def test_the_signature_of_a_thought_that_is_not_shown_has_a_thought_to_sign() -> None:
    (thought,) = message(ReasoningSignature("s")).content
    assert (thought.thinking, thought.signature) == ("", "s")


def test_a_thought_that_nobody_signed_says_so() -> None:
    thought, text = message(ReasoningDelta("Hm."), TextDelta("a"), Finished("stop")).content
    assert (thought.thinking, thought.signature) == ("Hm.", UNSIGNED)
    assert text.text == "a"


def test_a_tools_block_waits_for_the_tools_name() -> None:
    said = encoded(call(0, '{"a":', id="t"), call(0, "1", name="f"), call(0, "}"))
    assert [each["type"] for each in said[1:3]] == ["content_block_start", "content_block_delta"]
    assert said[1]["content_block"]["name"] == "f"
    assert said[2]["delta"]["partial_json"] == '{"a":1'


def test_a_tool_that_is_never_named_ends_in_an_error() -> None:
    assert kinds(call(0, "{}"), Finished("tool_calls"))[-1] == "error"


def test_calls_whose_pieces_come_in_turn_are_told_one_after_the_other() -> None:
    said = message(
        call(0, id="a", name="f"),
        call(1, id="b", name="g"),
        call(0, '{"x":'),
        call(1, '{"y":'),
        TextDelta("Meanwhile."),
        call(0, "1}"),
        call(1, "2}"),
        Finished("stop"),
    )
    assert [(c.name, c.input) for c in said.content if c.type == "tool_use"] == [
        ("f", {"x": 1}),
        ("g", {"y": 2}),
    ]
    assert [c.text for c in said.content if c.type == "text"] == ["Meanwhile."]
    assert said.stop_reason == "tool_use"


ARGUMENTS = ('{"x": {"deep": [1, "}"]}}', "{}", '{"y":"z"}')


@given(st.data())
def test_pieces_in_any_order_add_up_and_no_block_opens_inside_another(data: st.DataObject) -> None:
    queues: list[list[StreamEvent]] = []
    for position, text in enumerate(ARGUMENTS):
        cut = data.draw(st.integers(0, len(text)))
        pieces = [call(position, part) for part in (text[:cut], text[cut:])]
        queues.append([call(position, id=f"t{position}", name=f"f{position}"), *pieces])
    queues.append([TextDelta("a"), TextDelta("b")])
    events: list[StreamEvent] = []
    while queue := data.draw(st.sampled_from([q for q in queues if q] or [None])):
        events.append(queue.pop(0))
    open_index = None
    for said in encoded(*events):
        match said["type"]:
            case "content_block_start":
                assert open_index is None
                open_index = said["index"]
            case "content_block_delta":
                assert said["index"] == open_index
            case "content_block_stop":
                assert said["index"] == open_index
                open_index = None
    found = {c.name: c.input for c in message(*events).content if c.type == "tool_use"}
    assert found == {f"f{n}": json.loads(text) for n, text in enumerate(ARGUMENTS)}
    texts = [c.text for c in message(*events).content if c.type == "text"]
    assert "".join(texts) == "ab"


def test_words_that_rest_on_sources_have_a_block_of_their_own() -> None:
    source = Source(id="doc-1", text="t")
    cited = Cited(Citation(text="Two.", sources=(source, source)))
    blocks = message(TextDelta("Two."), cited, TextDelta(" Three."), Finished("stop")).content
    assert [block.text for block in blocks] == ["Two.", " Three."]
    assert [c.source for c in blocks[0].citations] == ["doc-1", "doc-1"]
    assert blocks[1].citations is None
    assert kinds(cited) == kinds()


@pytest.mark.parametrize(
    ("finish", "reason"),
    [
        (Finished("stop"), "end_turn"),
        (Finished("stop", stop_sequence="END"), "stop_sequence"),
        (Finished("length"), "max_tokens"),
        (Finished("content_filter"), "refusal"),
    ],
)
def test_why_it_ended_is_said_last(finish: Finished, reason: str) -> None:
    said = encoded(finish, TextDelta("late"))
    assert said[-2]["delta"] == {"stop_reason": reason, "stop_sequence": finish.stop_sequence}


def test_a_refusal_by_field_is_text_and_a_reason() -> None:
    said = message(RefusalDelta("No"), RefusalDelta("."), Finished("stop"))
    assert said.content[0].text == "No."
    assert said.stop_reason == "refusal"


def test_what_broke_off_has_no_end() -> None:
    assert kinds(TextDelta("a"), Failed("m")) == [
        *("message_start", "content_block_start", "content_block_delta")
    ]
    assert kinds(TextDelta("a"), Finished("error"))[-1] == "error"


def test_further_choices_have_no_place_here() -> None:
    assert kinds(TextDelta("b", 1), Finished("length", 1)) == kinds()
