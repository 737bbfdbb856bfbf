"""Which format a file is of."""

import pytest

from headgate.traffic.bad_file import BadUsageFile
from headgate.traffic.registry import choose, formats, known_lists, plain_name


@pytest.mark.parametrize(
    ("names", "expected"),
    [
        (["Input Tokens", "Output-Tokens"], "generic"),
        (["prompt_tokens", "completion_tokens", "model"], "generic"),
        (["timestamp", "contexttokens", "generatedtokens"], "azure_trace"),
        (["start_time", "num_model_requests", "input_tokens", "output_tokens"], "openai_usage"),
        (["type", "start_time", "usage_details", "input", "output"], "langfuse"),
        (["request_id", "startTime", "prompt_tokens", "completion_tokens"], "litellm_spend"),
    ],
)
def test_the_format_with_most_of_its_marks_wins(names: list[str], expected: str) -> None:
    assert choose(names, file="x").name == expected


def test_a_damaged_file_is_judged_by_what_it_resembles() -> None:
    with pytest.raises(BadUsageFile, match="for the format `mooncake`"):
        choose(["timestamp", "input_length", "hash_ids"], file="x")


def test_an_unknown_name_lists_the_formats() -> None:
    with pytest.raises(BadUsageFile) as failed:
        choose([], file="x", asked="parquet")
    assert all(f"`{name}`" in str(failed.value.hint) for name in formats())


def test_names_are_compared_by_their_letters() -> None:
    assert plain_name("usageDetails.Input_Tokens") == plain_name("usage_details.input tokens")


def test_longer_lists_are_tried_first() -> None:
    assert known_lists()[0] in {("data", "results"), ("decisions", "attempts")}
    assert ("data",) in known_lists()
