"""The order of a stream's events, and the response they add up to."""

import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from headgate.core.chat import Thought
from headgate.core.errors import UpstreamCut
from headgate.core.inbound import Inbound
from headgate.core.stream import (
    Answer,
    Choice,
    Failed,
    Finished,
    ReasoningDelta,
    ReasoningSignature,
    RefusalDelta,
    SealedReasoning,
    Started,
    StreamEvent,
    TextDelta,
    ToolCallMade,
    ToolDelta,
    Used,
)
from headgate.core.usage import Usage
from headgate.wire.fold import Folder
from headgate.wire.responses.events import EventEncoder, encode_answer
from headgate.wire.responses.requests import decode_request
from support.published import check_stream

STARTED = Started(id="1-a", model="m", created=5)
WORDS = st.text(min_size=1, max_size=5)
EVENTS = st.lists(
    st.one_of(
        WORDS.map(TextDelta),
        WORDS.map(ReasoningDelta),
        WORDS.map(RefusalDelta),
        st.just(ReasoningSignature("sig")),
        st.just(SealedReasoning("sealed")),
        st.builds(
            ToolDelta,
            position=st.integers(0, 2),
            id=st.sampled_from([None, "same", "other"]),
            name=st.just("f"),
            arguments=st.sampled_from(["", "{", "}"]),
        ),
        st.just(TextDelta("elsewhere", 1)),
    ),
    max_size=12,
)
FINISHES = st.sampled_from(["stop", "length", "content_filter", "tool_calls", None])


def asked() -> Inbound:
    return decode_request("chat", b'{"model":"m","input":"Hi","stream":true}')


def streamed(events: list[StreamEvent], *, ends: bool = True) -> list[dict[str, Any]]:
    encoder = EventEncoder(STARTED, asked())
    stream = b"".join(encoder.encode(event) for event in events)
    stream += encoder.end() if ends else b""
    check_stream("openai_responses", stream)
    return [json.loads(line[6:]) for line in stream.decode().split("\n") if line[:6] == "data: "]


def complete(events: list[StreamEvent], finish: Any) -> list[StreamEvent]:
    finished: list[StreamEvent] = [] if finish is None else [Finished(finish)]
    usage = Usage(input_tokens=3, output_tokens=2, cache_read_tokens=1, reasoning_tokens=1)
    return [*events, *finished, Used(usage)]


law = settings(deadline=None, derandomize=True)


@law
@given(EVENTS, FINISHES)
def test_events_come_in_order_whatever_the_backend_says(events, finish):
    said = streamed(complete(events, finish))
    kinds = [event["type"] for event in said]
    assert [event["sequence_number"] for event in said] == list(range(len(said)))
    assert kinds[:2] == ["response.created", "response.in_progress"]
    ends = ("response.completed", "response.incomplete")
    assert [kind in ends for kind in kinds].index(True) == len(kinds) - 1
    added = [event["output_index"] for event in said if event["type"].endswith("item.added")]
    done = {event["output_index"] for event in said if event["type"].endswith("item.done")}
    assert added == list(range(len(added)))
    assert done == set(added)
    for event in said:
        # Nothing is said of an item before it is there, or after it is done.
        if "item_id" in event:
            place, number = event["output_index"], event["sequence_number"]
            first, *_, last = [e["sequence_number"] for e in said if e.get("output_index") == place]
            assert first < number < last


@law
@given(EVENTS, FINISHES)
def test_deltas_add_up_to_the_items_of_the_last_event(events, finish):
    said = streamed(complete(events, finish))
    output = said[-1]["response"]["output"]
    assert output == sorted(
        (e["item"] for e in said if e["type"] == "response.output_item.done"),
        key=lambda item: int(item["id"].rsplit("_", 1)[1]),
    )
    assert len({item["id"] for item in output}) == len(output)
    calls = [item["call_id"] for item in output if item["type"] == "function_call"]
    assert len(set(calls)) == len(calls)
    for index, item in enumerate(output):
        deltas = "".join(
            e["delta"] for e in said if e.get("output_index") == index and "delta" in e
        )
        match item["type"]:
            case "message":
                parts = [part.get("text") or part.get("refusal") for part in item["content"]]
                assert "".join(parts) == deltas
            case "reasoning":
                assert "".join(part["text"] for part in item["summary"]) == deltas
            case _:
                assert item["arguments"] == deltas


@law
@given(EVENTS, FINISHES)
def test_a_whole_answer_says_what_its_stream_says(events, finish):
    folder = Folder()
    for event in [STARTED, *complete(events, finish)]:
        folder.add(event)
    whole = json.loads(encode_answer(folder.answer(), asked()))
    last = streamed(complete(events, finish))[-1]["response"]
    assert {**whole, "output": None} == {**last, "output": None}

    def words(output: list[Any], kind: str) -> str:
        parts = [p for item in output if item["type"] == "message" for p in item["content"]]
        return "".join(part[kind] for part in parts if kind in part)

    for kind in ("text", "refusal"):
        assert words(whole["output"], kind) == words(last["output"], kind)


def test_a_response_says_when_it_is_not_complete():
    for finish, reason in (("length", "max_output_tokens"), ("content_filter", "content_filter")):
        events: list[StreamEvent] = [TextDelta("a"), Finished(finish)]  # type: ignore[arg-type]
        last = streamed(events)[-1]
        assert last["type"] == "response.incomplete"
        assert last["response"]["incomplete_details"] == {"reason": reason}
        assert last["response"]["output"][0]["status"] == "incomplete"


def test_a_thought_keeps_its_proof():
    thoughts = (Thought("a", "sig"), Thought("b"), Thought(sealed="s"), Thought(sealed="t"))
    whole = json.loads(encode_answer(Answer(choices=(Choice(thoughts=thoughts),)), asked()))
    told = [
        ("".join(part["text"] for part in item["summary"]), item.get("encrypted_content"))
        for item in whole["output"]
    ]
    assert told == [
        ("a", "headgate:signature:sig"),
        ("b", "headgate:sealed:s"),
        ("", "headgate:sealed:t"),
    ]


def test_calls_without_an_id_get_one_that_no_other_turn_has():
    calls = (ToolCallMade("", "f", "{}"), ToolCallMade("", "g", "{}"))
    answer = Answer(id="1-a", choices=(Choice(tool_calls=calls),))
    output = json.loads(encode_answer(answer, asked()))["output"]
    assert [item["call_id"] for item in output] == ["call_1-a_0", "call_1-a_1"]


def test_a_failure_is_told_and_nothing_ends():
    said = streamed([TextDelta("a"), Failed("Full", 429)])
    assert said[-1]["type"] == "response.failed"
    assert said[-1]["response"]["status"] == "failed"
    assert said[-1]["response"]["error"] == {"code": "rate_limit_exceeded", "message": "Full"}
    kinds = [event["type"] for event in streamed([TextDelta("a"), Finished("error")])]
    assert kinds[-2:] == ["response.failed", "error"]


def test_a_whole_answer_that_broke_off_is_none():
    broken = Answer(choices=(Choice(text="a", finish_reason="error"),))
    with pytest.raises(UpstreamCut):
        encode_answer(broken, asked())
