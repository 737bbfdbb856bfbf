"""What backends' items and usage objects mean."""

import json
from typing import Any

import pytest

from headgate.core.stream import (
    Citation,
    Cited,
    ReasoningDelta,
    ReasoningSignature,
    RefusalDelta,
    SealedReasoning,
    Source,
    StreamEvent,
    TextDelta,
    ToolDelta,
)
from headgate.core.usage import Usage
from headgate.wire.responses.foreign import marked
from headgate.wire.responses.shapes import (
    Response,
    events_of_item,
    finish_reason_of,
    read_item,
    reported_usage,
    response_decoder,
    usage_of,
)


def meaning(item: dict[str, Any], *, is_told: bool = False, is_named: bool = False) -> list[Any]:
    read = read_item(json.dumps(item).encode())
    assert read is not None
    events: list[StreamEvent] = events_of_item(read, 3, is_told=is_told, is_named=is_named)
    return events


def test_items_of_hosted_tools_say_nothing_whatever_is_in_them():
    for kind in ("web_search_call", "tool_search_call", "mcp_call", "brand_new", ""):
        assert read_item(json.dumps({"type": kind, "content": 7, "arguments": {}}).encode()) is None


def test_a_message():
    annotation = {
        "type": "url_citation",
        "start_index": 3,
        "end_index": 5,
        "url": "https://a.example",
        "title": "A",
    }
    said = {"type": "output_text", "text": "Is it?", "annotations": [annotation, "odd"]}
    item = {"type": "message", "content": [said, {"type": "refusal", "refusal": "No."}]}
    source = Source(title="A", url="https://a.example")
    cited = Cited(Citation(text="it", start=3, end=5, sources=(source,)))
    assert meaning(item) == [TextDelta("Is it?"), cited, RefusalDelta("No.")]
    assert meaning(item, is_told=True) == [cited]


def test_a_citation_of_a_file():
    annotation = {"type": "file_citation", "file_id": "f", "filename": "a.pdf", "index": -1}
    item = {"type": "message", "content": [{"text": "x", "annotations": [annotation]}]}
    source = Source(id="f", title="a.pdf")
    assert meaning(item)[1] == Cited(Citation(text="", sources=(source,)))


def test_thoughts():
    summary = [{"type": "summary_text", "text": text} for text in ("a", "b")]
    content = [{"type": "reasoning_text", "text": "raw"}]
    thought = {"type": "reasoning", "summary": summary, "content": content}
    assert meaning(thought) == [ReasoningDelta("a\n\nb")]
    assert meaning({**thought, "summary": []}) == [ReasoningDelta("raw")]
    sealed = {**thought, "encrypted_content": "gAAA"}
    assert meaning(sealed, is_told=True) == [SealedReasoning("gAAA")]
    ours = {**thought, "encrypted_content": marked("signature", "c2ln")}
    assert meaning(ours) == [ReasoningDelta("a\n\nb"), ReasoningSignature("c2ln")]
    assert meaning({**ours, "encrypted_content": marked("sealed", "x")}, is_told=True) == [
        SealedReasoning("x")
    ]


def test_calls():
    call = {"type": "function_call", "call_id": "c", "name": "f", "arguments": "{}"}
    assert meaning(call) == [ToolDelta(position=3, id="c", name="f", arguments="{}")]
    assert meaning(call, is_named=True) == [ToolDelta(position=3, arguments="{}")]
    assert meaning(call, is_named=True, is_told=True) == []
    proven = {**call, "extra_content": {"google": {"thought_signature": "sig"}}}
    told = ToolDelta(position=3, signature="sig")
    assert meaning(proven, is_named=True, is_told=True) == [told]
    custom = {"type": "custom_tool_call", "id": "x", "name": "sql", "input": "SELECT 1"}
    assert meaning(custom) == [ToolDelta(position=3, id="x", name="sql", arguments="SELECT 1")]


@pytest.mark.parametrize(
    ("response", "reason"),
    [
        ({"status": "completed"}, "stop"),
        (
            {"status": "incomplete", "incomplete_details": {"reason": "content_filter"}},
            "content_filter",
        ),
        ({"status": "incomplete", "incomplete_details": {"reason": "max_output_tokens"}}, "length"),
        ({"status": "incomplete"}, "length"),
    ],
)
def test_why_it_ended(response, reason):
    read = response_decoder.decode(json.dumps(response))
    assert finish_reason_of(read, has_calls=False) == reason
    calls = "tool_calls" if reason == "stop" else reason
    assert finish_reason_of(read, has_calls=True) == calls


USAGE = {
    "input_tokens": 100,
    "input_tokens_details": {"cached_tokens": 60, "cache_write_tokens": 20},
    "output_tokens": 50,
    "output_tokens_details": {"reasoning_tokens": 40},
    "total_tokens": 150,
}


def test_usage_counts_what_is_cached_and_thought_once():
    counted = Usage(
        input_tokens=100,
        output_tokens=50,
        cache_read_tokens=60,
        cache_write_tokens=20,
        reasoning_tokens=40,
    )
    assert usage_of(USAGE) == counted
    assert reported_usage(Response(usage=USAGE)) == counted


def test_tiers_and_searches_stand_beside_the_usage():
    told = {"web_search": {"num_requests": 2}, "image_gen": {}}
    found = reported_usage(Response(usage=USAGE, service_tier="flex", tool_usage=told))
    assert found is not None
    assert (found.tier, found.web_searches) == ("flex", 2)
    usual = reported_usage(Response(usage=USAGE, service_tier="default", tool_usage={"x": 1}))
    assert usual == usage_of(USAGE)


@pytest.mark.parametrize(
    "raw",
    [None, {}, {"input_tokens": 0, "output_tokens": 0}, {"input_tokens": "7", "output_tokens": -1}],
)
def test_who_does_not_count_says_nothing(raw):
    assert reported_usage(Response(usage=raw)) is None
    assert usage_of({"input_tokens_details": 7, "output_tokens_details": "x"}) == Usage()
