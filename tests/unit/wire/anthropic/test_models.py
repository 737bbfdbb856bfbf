"""Which generation a name belongs to."""

import typing

import pytest
from anthropic.types.model_param import ModelParam

from headgate.wire.anthropic.models import EVERY_EFFORT, UP_TO_HIGH, abilities_of


@pytest.mark.parametrize(
    ("model", "tokens", "thinks"),
    [
        ("claude-3-haiku-20240307", 4096, "never"),
        ("claude-3-5-sonnet-20241022", 8192, "never"),
        ("claude-3-7-sonnet-latest", 32_000, "by budget"),
        ("claude-opus-4-1-20250805", 32_000, "by budget"),
        ("claude-sonnet-4-20250514", 32_000, "by budget"),
        ("claude-haiku-4-5-20251001", 64_000, "by budget"),
        ("claude-opus-4-5", 64_000, "by budget"),
        ("claude-sonnet-4-6", 128_000, "either"),
        ("claude-opus-4-8", 128_000, "by effort"),
        ("claude-haiku-5-5", 128_000, "by effort"),
        ("claude-something-9", 128_000, "by effort"),
        ("us.anthropic.claude-opus-4-5-20251101-v1:0", 64_000, "by budget"),
        ("anthropic/claude-sonnet-5", 128_000, "by effort"),
        ("qwen3:8b", 8192, "either"),
        ("", 8192, "either"),
    ],
)
def test_a_name_tells_the_generation(model: str, tokens: int, thinks: str) -> None:
    able = abilities_of(model)
    assert (able.most_output_tokens, able.thinks) == (tokens, thinks)


def test_generations_differ_in_what_they_refuse() -> None:
    assert abilities_of("claude-opus-4-5").efforts == UP_TO_HIGH
    assert abilities_of("claude-opus-4-7").efforts == EVERY_EFFORT
    assert abilities_of("claude-sonnet-4-6").takes_sampling
    assert not abilities_of("claude-sonnet-5").takes_sampling
    assert abilities_of("claude-opus-5").not_thinking == "disabled"
    assert abilities_of("claude-opus-5-5").not_thinking is None
    assert abilities_of("claude-sonnet-5-5").not_thinking == "between_tools"
    assert abilities_of("claude-haiku-5-5").takes_forced_tools
    assert not abilities_of("claude-opus-5-5").takes_forced_tools
    assert not abilities_of("claude-opus-4-7").takes_late_instructions
    assert abilities_of("claude-opus-4-8").takes_late_instructions


def test_every_model_of_the_sdk_thinks_and_none_of_them_is_a_stranger() -> None:
    literal, _ = typing.get_args(ModelParam)
    for model in typing.get_args(literal):
        able = abilities_of(model)
        assert able.is_strict
        assert able.thinks != "never"
