"""Backends' JSON, read as well as it can be."""

from decimal import Decimal

import msgspec
import pytest

from headgate.core.usage import Usage
from headgate.wire.openai.shapes import (
    Call,
    Content,
    Function,
    finish_reason_of,
    reported_usage,
    sentence_of,
    text_of,
    usage_of,
)


@pytest.mark.parametrize(
    ("raw", "usage"),
    [
        (
            {"prompt_tokens": 9, "completion_tokens": 3, "total_tokens": 12},
            Usage(input_tokens=9, output_tokens=3),
        ),
        (
            {
                "prompt_tokens": 9,
                "completion_tokens": 3,
                "prompt_tokens_details": {"cached_tokens": 4, "cache_write_tokens": 2},
                "completion_tokens_details": {"reasoning_tokens": 1},
            },
            Usage(
                input_tokens=9,
                output_tokens=3,
                cache_read_tokens=4,
                cache_write_tokens=2,
                reasoning_tokens=1,
            ),
        ),
        ({"prompt_tokens": 9, "total_tokens": 9}, Usage(input_tokens=9)),
        (
            # Thinking counted in the total only.
            {"prompt_tokens": 9, "completion_tokens": 3, "total_tokens": 40},
            Usage(input_tokens=9, output_tokens=31),
        ),
        (
            {"prompt_tokens": 9, "completion_tokens": 3, "prompt_cache_hit_tokens": 8},
            Usage(input_tokens=9, output_tokens=3, cache_read_tokens=8),
        ),
        (
            # Together and Moonshot say it beside the total.
            {"prompt_tokens": 9, "completion_tokens": 3, "cached_tokens": 8},
            Usage(input_tokens=9, output_tokens=3, cache_read_tokens=8),
        ),
        (
            {"prompt_tokens": 9, "completion_tokens": 3, "service_tier": "priority"},
            Usage(input_tokens=9, output_tokens=3, tier="priority"),
        ),
        (
            {"prompt_tokens": 9, "completion_tokens": 3, "service_tier": "standard"},
            Usage(input_tokens=9, output_tokens=3),
        ),
        (
            {
                "prompt_tokens": 9,
                "completion_tokens": 3,
                "cost": 0.00014,
                "server_tool_use_details": {"web_search_requests": 2},
            },
            Usage(input_tokens=9, output_tokens=3, web_searches=2, reported_usd=Decimal("0.00014")),
        ),
        (
            {"prompt_tokens": "9", "completion_tokens": -3, "prompt_tokens_details": None},
            Usage(),
        ),
        ({"completion_tokens_details": [1]}, Usage()),
    ],
)
def test_usage_is_normalised(raw, usage):
    assert usage_of(raw) == usage


@pytest.mark.parametrize(
    ("raw", "usd"),
    [
        ({"cost": 0}, "0"),
        ({"cost": 1e-7}, "1E-7"),
        # With a key of one's own, OpenRouter charges its fee, and the upstream the rest.
        (
            {"cost": 0.05, "is_byok": True, "cost_details": {"upstream_inference_cost": 1}},
            "1.05",
        ),
        (
            {"cost": 0.05, "is_byok": False, "cost_details": {"upstream_inference_cost": 1}},
            "0.05",
        ),
        ({"cost": 0.05, "is_byok": True, "cost_details": {"upstream_inference_cost": None}}, None),
        ({"cost": 0.05, "is_byok": True}, None),
        ({"cost": -1}, None),
        ({"cost": "0.05"}, None),
        ({"cost": True}, None),
        ({"cost": 1e300}, None),
        ({"cost": {"total_cost": 1}}, None),
        ({}, None),
    ],
)
def test_a_reported_cost_is_taken_where_it_can_be_one(raw, usd):
    assert usage_of(raw).reported_usd == (None if usd is None else Decimal(usd))


def test_the_tier_that_stands_beside_the_usage_belongs_to_it():
    raw = {"prompt_tokens": 9, "completion_tokens": 3}
    flex, usual = reported_usage(raw, "flex"), reported_usage(raw, "default")
    assert flex is not None
    assert usual is not None
    assert (flex.tier, usual.tier) == ("flex", None)


@pytest.mark.parametrize(
    "raw", [None, {}, {"prompt_tokens": 0, "completion_tokens": 0, "total_tokens": 0}]
)
def test_usage_that_says_nothing_is_unknown_and_not_zero(raw):
    assert reported_usage(raw) is None


@pytest.mark.parametrize(
    ("word", "reason"),
    [
        ("stop", "stop"),
        ("length", "length"),
        ("tool_calls", "tool_calls"),
        ("function_call", "tool_calls"),
        ("content_filter", "content_filter"),
        ("error", "error"),
        ("abort", "error"),
        ("eos_token", "stop"),
    ],
)
def test_reasons_are_put_into_our_words(word, reason):
    assert finish_reason_of(word) == reason


@pytest.mark.parametrize(
    ("error", "sentence"),
    [
        ({"message": "Too long", "code": 400}, "Too long"),
        ({"detail": "Not found"}, "Not found"),
        ({"error": "Broken"}, "Broken"),
        ("Broken", "Broken"),
        ({"message": {"deep": 1}}, None),
        ({}, None),
        (7, None),
        ("", None),
    ],
)
def test_the_sentence_of_an_error_is_found(error, sentence):
    assert sentence_of(error) == sentence


def test_content_may_be_text_or_pieces_some_of_them_thought():
    pieces = [
        {"type": "thinking", "thinking": [{"type": "text", "text": "hm"}]},
        {"type": "text", "text": "a"},
        {"type": "thinking", "thinking": "so"},
        {"type": "text", "text": "b"},
        {"type": "reference"},
    ]
    assert text_of(msgspec.convert(pieces, list[Content])) == ("ab", "hmso")
    assert text_of("plain") == ("plain", "")
    assert text_of(None) == ("", "")


def test_arguments_may_be_text_an_object_or_free_input():
    assert Function(arguments='{"a": 1}').argument_text == '{"a": 1}'
    assert Function(arguments={"a": 1}).argument_text == '{"a":1}'
    assert Function(input="SELECT 1").argument_text == "SELECT 1"
    assert Function().argument_text == ""
    assert Call(custom=Function(name="sql")).callee.name == "sql"
    assert Call().callee.name is None
