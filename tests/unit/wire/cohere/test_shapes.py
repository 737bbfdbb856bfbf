"""What Cohere counts and cites, in our words."""

import pytest

from headgate.core.stream import Citation, Source
from headgate.core.usage import Usage
from headgate.wire.cohere.shapes import (
    CitedSource,
    CitedWords,
    billed_units,
    document_text,
    finish_reason_of,
    reported_usage,
    usage_object,
    usage_of,
)

CHAT = {
    "billed_units": {"input_tokens": 5.0, "output_tokens": 4.0},
    "tokens": {"input_tokens": 71.0, "output_tokens": 6.0},
    "cached_tokens": 64.0,
}


@pytest.mark.parametrize(
    ("raw", "usage"),
    [
        (
            CHAT,
            Usage(
                input_tokens=71,
                output_tokens=6,
                cache_read_tokens=64,
                billed_input_tokens=5,
                billed_output_tokens=4,
            ),
        ),
        # A thing charged with nothing is free, not unknown.
        (
            {"billed_units": {"input_tokens": 0}, "tokens": {"input_tokens": 9}},
            Usage(input_tokens=9, billed_input_tokens=0),
        ),
        (
            {"tokens": {"input_tokens": 9, "output_tokens": 2}},
            Usage(input_tokens=9, output_tokens=2),
        ),
        ({"billed_units": {"input_tokens": 3}}, Usage(input_tokens=3, billed_input_tokens=3)),
        (
            {"billed_units": {"text_tokens": 3, "image_tokens": 100}},
            Usage(input_tokens=103, billed_input_tokens=103),
        ),
        ({"billed_units": {"search_units": 2}}, Usage(search_units=2)),
        ({"tokens": None, "billed_units": [], "cached_tokens": "many"}, Usage()),
        ({"tokens": {"input_tokens": -1, "output_tokens": 1.5}}, Usage()),
        ({"tokens": {"input_tokens": 1e300, "output_tokens": True}}, Usage()),
    ],
)
def test_what_was_read_and_what_is_charged_are_told_apart(raw, usage):
    assert usage_of(raw) == usage


def test_usage_that_says_nothing_is_none():
    assert reported_usage(None) is None
    assert reported_usage({}) is None
    assert reported_usage({"tokens": {"input_tokens": 0}}) is None
    assert reported_usage({"billed_units": {"search_units": 1}}) == Usage(search_units=1)


def test_usage_written_and_read_again_is_the_same():
    assert usage_of(usage_object(usage_of(CHAT))) == usage_of(CHAT)


def test_what_nobody_says_to_bill_otherwise_is_billed_as_read():
    assert billed_units(Usage(input_tokens=3, output_tokens=4)) == {
        "input_tokens": 3,
        "output_tokens": 4,
    }
    assert billed_units(Usage(search_units=1)) == {"search_units": 1}


@pytest.mark.parametrize(
    ("said", "reason"),
    [
        ("COMPLETE", "stop"),
        ("STOP_SEQUENCE", "stop"),
        ("MAX_TOKENS", "length"),
        ("TOOL_CALL", "tool_calls"),
        ("ERROR_TOXIC", "content_filter"),
        ("ERROR", "error"),
        ("TIMEOUT", "error"),
        ("ERROR_LIMIT", "error"),
        ("USER_CANCEL", "error"),
        (None, "error"),
    ],
)
def test_an_end_that_this_api_does_not_name_is_no_clean_one(said, reason):
    assert finish_reason_of(said) == reason


@pytest.mark.parametrize(
    ("source", "meant"),
    [
        (
            CitedSource(id="d1", document={"id": "d1", "title": "T", "url": "u", "text": "words"}),
            Source(id="d1", title="T", url="u", text="words"),
        ),
        (CitedSource(id="d1", document={"snippet": "words"}), Source(id="d1", text="words")),
        (
            CitedSource(id="t1", tool_output={"celsius": 11, "sky": "grey"}),
            Source(id="t1", text="celsius: 11\nsky: grey"),
        ),
        (CitedSource(id="d1"), Source(id="d1")),
    ],
)
def test_a_source_is_a_document_or_what_a_tool_returned(source, meant):
    cited = CitedWords(start=1, end=3, text="or", sources=[source])
    assert cited.citation == Citation(text="or", start=1, end=3, sources=(meant,))


@pytest.mark.parametrize("kind", ["PLAN", "THINKING_CONTENT"])
def test_a_place_in_the_plan_is_no_place_in_the_answer(kind):
    assert CitedWords(start=1, end=3, text="or", type=kind).citation == Citation(text="or")
    placed = CitedWords(start=1, end=3, text="or", type="TEXT_CONTENT").citation
    assert (placed.start, placed.end) == (1, 3)


@pytest.mark.parametrize(
    ("data", "text"),
    [
        ({"text": "words"}, "words"),
        ({"title": "T", "snippet": "words"}, "words"),
        ({"title": "T", "colour": "black"}, "colour: black"),
        ({"text": "words", "author": "Ada"}, "text: words\nauthor: Ada"),
        ({"text": [1, 2]}, "text: [1,2]"),
        ({}, ""),
    ],
)
def test_a_document_says_all_that_it_holds(data, text):
    assert document_text(data) == text
