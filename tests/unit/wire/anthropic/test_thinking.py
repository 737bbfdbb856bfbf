"""How much to think, for each generation."""

from typing import Any

import pytest

from headgate.core.chat import ChatRequest
from headgate.core.errors import InvalidRequest
from headgate.wire.anthropic.models import abilities_of
from headgate.wire.anthropic.thinking import Thinking, thinking_of
from headgate.wire.losses import Losses

ADAPTIVE = {"type": "adaptive"}


def told(
    model: str, *, most_tokens: int = 64_000, may_drop: bool = False, **asked: Any
) -> tuple[Any, str | None, tuple[str, ...]]:
    losses = Losses(may_drop=may_drop)
    request = ChatRequest(messages=(), **asked)
    thinking = thinking_of(request, abilities_of(model), most_tokens, losses)
    return thinking.config, thinking.effort, losses.names


def budget(tokens: int) -> dict[str, Any]:
    return {"type": "enabled", "budget_tokens": tokens}


def test_nothing_asked_is_nothing_said() -> None:
    for model in ("claude-opus-5-5", "claude-haiku-4-5", "claude-3-haiku", "m"):
        assert told(model) == (None, None, ())


@pytest.mark.parametrize(
    ("model", "effort", "expected"),
    [
        ("claude-opus-5-5", "xhigh", (ADAPTIVE, "xhigh", ())),
        ("claude-opus-5-5", "minimal", (ADAPTIVE, "low", ("reasoning_effort=low",))),
        ("claude-sonnet-4-6", "xhigh", (ADAPTIVE, "high", ("reasoning_effort=high",))),
        ("claude-sonnet-4-6", "max", (ADAPTIVE, "max", ())),
        ("claude-opus-4-5", "max", (budget(31_999), "high", ("reasoning_effort=high",))),
        ("claude-haiku-4-5", "low", (budget(1024), None, ())),
        ("claude-haiku-4-5", "high", (budget(16_384), None, ())),
        ("m", "medium", (ADAPTIVE, "medium", ())),
        ("m", "unheard of", (ADAPTIVE, "medium", ("reasoning_effort=medium",))),
    ],
)
def test_an_effort_is_told_in_words_the_model_knows(model: str, effort: str, expected: Any) -> None:
    assert told(model, reasoning_effort=effort) == expected


@pytest.mark.parametrize(
    ("model", "expected"),
    [
        ("claude-opus-5", ({"type": "disabled"}, None, ())),
        ("claude-sonnet-5-5", ({"type": "between_tools"}, None, ())),
        ("claude-sonnet-4-6", ({"type": "disabled"}, None, ())),
        ("claude-haiku-4-5", (None, None, ())),
        ("claude-3-haiku", (None, None, ())),
    ],
)
def test_not_to_think_is_said_the_models_own_way(model: str, expected: Any) -> None:
    assert told(model, reasoning_effort="none") == expected


def test_a_model_that_always_thinks_is_not_told_to_stop() -> None:
    with pytest.raises(InvalidRequest, match="always thinks"):
        told("claude-opus-5-5", reasoning_effort="none")
    assert told("claude-opus-5-5", reasoning_effort="none", may_drop=True) == (
        None,
        "low",
        ("reasoning_effort",),
    )


def test_a_budget_is_kept_where_there_are_budgets_and_is_an_effort_elsewhere() -> None:
    assert told("claude-haiku-4-5", thinking_tokens=5000) == (budget(5000), None, ())
    assert told("claude-sonnet-4-6", thinking_tokens=5000) == (budget(5000), None, ())
    for tokens, effort in [(1024, "low"), (5000, "medium"), (16_384, "high"), (30_000, "xhigh")]:
        name = f"thinking.budget_tokens={effort}"
        assert told("claude-opus-5-5", thinking_tokens=tokens) == (ADAPTIVE, effort, (name,))


def test_a_level_shrinks_to_the_answers_limit_and_a_number_does_not() -> None:
    assert told("claude-haiku-4-5", reasoning_effort="high", most_tokens=4096)[0] == budget(2048)
    for asked in ({"thinking_tokens": 5000}, {"thinking_tokens": 100}):
        with pytest.raises(InvalidRequest, match=r"thinking.budget_tokens: a budget lies between"):
            told("claude-haiku-4-5", most_tokens=4096, **asked)
    with pytest.raises(InvalidRequest, match="reasoning_effort: a budget"):
        told("claude-haiku-4-5", reasoning_effort="low", most_tokens=500)
    dropped = told("claude-haiku-4-5", reasoning_effort="low", most_tokens=500, may_drop=True)
    assert dropped == (None, None, ("reasoning_effort",))


@pytest.mark.parametrize(
    ("asked", "name"),
    [({"reasoning_effort": "low"}, "reasoning_effort"), ({"thinking_tokens": 2048}, "thinking")],
)
def test_a_model_that_cannot_think_is_not_asked_to(asked: Any, name: str) -> None:
    with pytest.raises(InvalidRequest, match=f"{name}: this model does not think"):
        told("claude-3-haiku", **asked)
    assert told("claude-3-haiku", may_drop=True, **asked) == (None, None, (name,))


def test_what_is_on_and_what_has_a_budget() -> None:
    assert [
        (t.is_on, t.has_budget)
        for t in (
            Thinking(),
            Thinking(config=ADAPTIVE),
            Thinking(config=budget(1024)),
            Thinking(config={"type": "disabled"}),
        )
    ] == [(False, False), (True, False), (True, True), (False, False)]
