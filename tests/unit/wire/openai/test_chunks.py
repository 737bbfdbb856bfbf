"""Chunks for clients: what the official SDK reads from them is what was meant."""

import json
from collections.abc import Sequence

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from openai.lib.streaming.chat import ChatCompletionStreamState
from openai.types.chat import ChatCompletion, ChatCompletionChunk

from headgate.core.stream import (
    Failed,
    Finished,
    ReasoningDelta,
    RefusalDelta,
    Started,
    StreamEvent,
    TextDelta,
    ToolDelta,
    Used,
)
from headgate.core.usage import Usage
from headgate.wire.fold import Folder
from headgate.wire.openai.chunks import ChunkEncoder
from headgate.wire.openai.streams import ChunkDecoder
from headgate.wire.sse import EventDecoder

law = settings(deadline=None, derandomize=True)
STARTED = Started(id="chatcmpl-1", model="m", created=5)
TEXT: list[StreamEvent] = [TextDelta("Hel"), TextDelta("lo"), Finished("stop")]
TOOLS: list[StreamEvent] = [
    ReasoningDelta("hm"),
    ToolDelta(position=0, id="c1", name="f", arguments='{"a"'),
    ToolDelta(position=1, id="c2", name="g"),
    ToolDelta(position=0, arguments=":1}"),
    ToolDelta(position=1, arguments="{}"),
    Finished("tool_calls"),
    Used(Usage(input_tokens=9, output_tokens=5, cache_read_tokens=4)),
]
USED = Used(Usage(input_tokens=9, output_tokens=5))

choices = st.integers(0, 2)
deltas = (
    st.builds(TextDelta, st.text(min_size=1), choices)
    | st.builds(ReasoningDelta, st.text(min_size=1), choices)
    | st.builds(RefusalDelta, st.text(min_size=1), choices)
    | st.builds(ToolDelta, position=st.integers(0, 2), arguments=st.text(), choice=choices)
)
usages = st.builds(Usage, input_tokens=st.integers(1, 99), output_tokens=st.integers(0, 99))


def encoded(events: Sequence[StreamEvent], *, include_usage: bool = False) -> bytes:
    encoder = ChunkEncoder(STARTED, include_usage=include_usage)
    return b"".join(encoder.encode(event) for event in events) + encoder.end()


def chunks_of(wire: bytes) -> list[ChatCompletionChunk]:
    payloads = [event.data for event in EventDecoder().feed(wire)]
    assert payloads[-1] == b"[DONE]"
    return [ChatCompletionChunk.model_validate_json(p or b"", strict=True) for p in payloads[:-1]]


def assembled(wire: bytes) -> ChatCompletion:
    """What the SDK's own accumulator makes of the stream."""
    state = ChatCompletionStreamState()
    for chunk in chunks_of(wire):
        state.handle_chunk(chunk)
    return state.get_final_completion()


@law
@given(st.lists(deltas, max_size=12), st.none() | usages, st.booleans())
def test_every_stream_suits_the_sdk_and_says_what_was_meant(pieces, usage, include_usage):
    finished = [Finished("stop", choice) for choice in sorted({0} | {p.choice for p in pieces})]
    events = [*pieces, *finished, *([Used(usage)] if usage else [])]
    wire = encoded(events, include_usage=include_usage)
    for chunk in chunks_of(wire):
        assert (chunk.id, chunk.created, chunk.model) == ("chatcmpl-1", 5, "m")
    meant, read = Folder(), Folder()
    for event in [STARTED, *events]:
        meant.add(event)
    for frame in ChunkDecoder().feed(wire):
        for event in frame.events:
            read.add(event)
    for ours, theirs in zip(meant.answer().choices, read.answer().choices, strict=True):
        assert (ours.text, ours.reasoning, ours.refusal) == (
            theirs.text,
            theirs.reasoning,
            theirs.refusal,
        )
        assert [c.arguments for c in ours.tool_calls] == [c.arguments for c in theirs.tool_calls]
        assert ours.finish_reason == theirs.finish_reason
    assert read.answer().usage == (usage if include_usage else None)


def test_the_sdk_puts_the_text_together():
    completion = assembled(encoded(TEXT))
    assert completion.choices[0].message.content == "Hello"
    assert completion.choices[0].finish_reason == "stop"
    assert completion.usage is None


def test_the_sdk_puts_tool_calls_and_usage_together():
    completion = assembled(encoded(TOOLS, include_usage=True))
    calls = completion.choices[0].message.tool_calls
    assert calls is not None
    assert [(c.id, c.function.name, c.function.arguments) for c in calls] == [
        ("c1", "f", '{"a":1}'),
        ("c2", "g", "{}"),
    ]
    assert completion.usage is not None
    assert completion.usage.total_tokens == 14
    assert completion.usage.prompt_tokens_details is not None
    assert completion.usage.prompt_tokens_details.cached_tokens == 4


def test_the_role_stands_in_the_first_delta_of_each_choice_only():
    chunks = chunks_of(encoded([TextDelta("a"), TextDelta("b"), TextDelta("c", 1)]))
    assert [chunk.choices[0].delta.role for chunk in chunks] == ["assistant", None, "assistant"]


def test_the_last_delta_is_empty_even_where_nothing_was_said():
    wire = encoded([Finished("stop")])
    first, last = chunks_of(wire)
    assert (first.choices[0].delta.role, first.choices[0].delta.content) == ("assistant", "")
    assert last.choices[0].delta.model_dump(exclude_unset=True) == {}
    assert last.choices[0].finish_reason == "stop"


def test_usage_is_told_when_asked_for_only_and_at_the_very_end():
    assert b"usage" not in encoded([*TEXT, USED])
    events = [
        json.loads(e.data or b"")
        for e in EventDecoder().feed(encoded([USED, *TEXT], include_usage=True))[:-1]
    ]
    assert [event["usage"] and event["usage"]["total_tokens"] for event in events] == [
        *(None,) * (len(events) - 1),
        14,
    ]
    assert events[-1]["choices"] == []


def test_usage_that_is_not_known_is_not_invented():
    assert encoded(TEXT, include_usage=True).endswith(b'"usage":null}\n\ndata: [DONE]\n\n')


def test_an_id_and_a_name_are_said_once_and_a_call_without_id_gets_one():
    repeated = ToolDelta(position=0, id="c1", name="f", arguments="{}")
    nameless = ToolDelta(position=1)
    first, second, third = chunks_of(encoded([repeated, repeated, nameless]))
    assert second.model_dump(exclude_unset=True)["choices"][0]["delta"]["tool_calls"] == [
        {"index": 0, "function": {"arguments": "{}"}}
    ]
    assert (first.choices[0].delta.tool_calls or [])[0].type == "function"
    assert (third.choices[0].delta.tool_calls or [])[0].id == "call_0_1"


@pytest.mark.parametrize("broken", [Failed("gone"), Finished("error")])
def test_a_broken_stream_never_ends_cleanly(broken):
    wire = encoded([TextDelta("a"), broken])
    assert b"[DONE]" not in wire
    assert b'"finish_reason":"' not in wire


def test_a_failure_without_words_of_its_own_is_said():
    last = EventDecoder().feed(encoded([TextDelta("a"), Finished("error")]))[-1]
    assert json.loads(last.data or b"")["error"]["code"] == "upstream_cut"
