"""What backends report: usage, citations, errors."""

import pytest

from headgate.core.errors import UpstreamGarbled
from headgate.core.stream import Failed, Source
from headgate.core.usage import Usage
from headgate.wire.anthropic.shapes import (
    Location,
    citation_of,
    event_decoder,
    failed,
    message_decoder,
    reported_usage,
    usage_of,
)


@pytest.mark.parametrize(
    ("said", "tier"),
    [
        ({"service_tier": "standard", "speed": "standard", "inference_geo": "global"}, None),
        ({"service_tier": "standard", "inference_geo": "not_available"}, None),
        ({"service_tier": "batch"}, "batch"),
        ({"service_tier": "priority", "speed": "fast"}, "fast"),
        ({"service_tier": "standard", "inference_geo": "us"}, "us"),
        ({"service_tier": 7, "speed": 7, "inference_geo": 7}, None),
    ],
)
def test_what_changes_the_price_is_told(said: dict[str, object], tier: str | None) -> None:
    assert usage_of({"input_tokens": 9, **said}).tier == tier


def test_input_tokens_do_not_hold_what_was_cached_but_ours_do() -> None:
    assert usage_of(
        {
            "input_tokens": 9,
            "cache_creation_input_tokens": 300,
            "cache_read_input_tokens": 1000,
            "cache_creation": {
                "ephemeral_5m_input_tokens": 100,
                "ephemeral_1h_input_tokens": 200,
            },
            "output_tokens": 50,
            "output_tokens_details": {"thinking_tokens": 30},
            "server_tool_use": {"web_search_requests": 2, "web_fetch_requests": 1},
            "service_tier": "priority",
        }
    ) == Usage(
        input_tokens=1309,
        output_tokens=50,
        cache_read_tokens=1000,
        cache_write_tokens=300,
        cache_write_1h_tokens=200,
        reasoning_tokens=30,
        web_searches=2,
        tier="priority",
    )


def test_what_was_written_is_known_by_its_lifetimes_alone() -> None:
    usage = usage_of({"cache_creation": {"ephemeral_5m_input_tokens": 7}, "input_tokens": 1})
    assert (usage.cache_write_tokens, usage.input_tokens) == (7, 8)


@pytest.mark.parametrize(
    "raw", [{}, {"input_tokens": None}, {"input_tokens": "9"}, {"cache_creation": []}]
)
def test_claims_that_are_no_counts_count_nothing(raw: dict[str, object]) -> None:
    assert usage_of({**raw, "service_tier": "standard"}) == Usage()
    assert reported_usage(raw) is None


def test_a_citation_points_at_its_source_by_what_names_it() -> None:
    assert Location(cited_text="t", document_index=2, document_title="T").meant == Source(
        id="document:2", title="T", text="t"
    )
    assert Location(file_id="file_1", document_index=2).meant.id == "file_1"
    assert Location(search_result_index=0, source="kb", title="T").meant == Source(
        id="search_result:0", title="T", url="kb"
    )
    assert Location(url="https://a.example", source="s").meant.url == "https://a.example"
    citation = citation_of("abc", 4, [Location(cited_text="t")])
    assert (citation.text, citation.start, citation.end) == ("abc", 4, 7)


@pytest.mark.parametrize(
    ("kind", "status"),
    [
        ("invalid_request_error", 400),
        ("rate_limit_error", 429),
        ("overloaded_error", 529),
        ("api_error", 500),
        ("timeout_error", 504),
        ("new_error", 502),
        (None, 502),
    ],
)
def test_an_error_inside_a_stream_has_the_status_it_would_have_had(
    kind: str | None, status: int
) -> None:
    assert failed({"type": kind, "message": "m"}).status == status


def test_an_error_without_words_is_one() -> None:
    assert failed(None) == Failed("the backend reported an error", 502)


def test_input_that_is_no_utf_8_is_garbled_and_none_is_empty() -> None:
    wire = b'{"content":[{"type":"tool_use","input":{"a":"\xd8"}},{"type":"tool_use"}]}'
    bad, none = message_decoder.decode(wire).content or ()
    with pytest.raises(UpstreamGarbled, match="not UTF-8"):
        _ = bad.arguments
    assert none.arguments == "{}"


def test_what_is_not_known_is_not_in_the_way() -> None:
    block = message_decoder.decode(b'{"content":[{"type":"new","content":{"a":[1]}}],"x":1}')
    assert block.content is not None
    assert block.content[0].type == "new"
    assert event_decoder.decode(b'{"type":"new_event","delta":{"type":"x","y":{}}}').type
