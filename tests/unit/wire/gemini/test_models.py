"""How generations of models are told how much to think."""

from typing import Any

import pytest

from headgate.core.chat import ChatRequest
from headgate.core.errors import InvalidRequest
from headgate.wire.gemini.models import thinking_config, wants_levels
from headgate.wire.losses import Losses

OLD, NEW = "gemini-2.5-pro", "gemini-3.8-flash"


def config(model: str, losses: Losses | None = None, **asked: Any) -> Any:
    return thinking_config(ChatRequest(messages=(), **asked), model, losses or Losses())


@pytest.mark.parametrize(
    ("model", "levels"),
    [
        (OLD, False),
        ("models/gemini-1.5-pro", False),
        (NEW, True),
        ("gemini-3-pro-preview", True),
        ("gemini-10-flash", True),
        ("gemini-flash-latest", True),
        ("gemma-3-27b-it", False),
    ],
)
def test_a_model_is_told_in_the_words_of_its_generation(model: str, levels: bool) -> None:
    assert wants_levels(model) is levels


@pytest.mark.parametrize(
    ("asked", "old", "new"),
    [
        ({}, None, None),
        ({"reasoning_effort": "minimal"}, {"thinkingBudget": 1024}, {"thinkingLevel": "MINIMAL"}),
        ({"reasoning_effort": "low"}, {"thinkingBudget": 1024}, {"thinkingLevel": "LOW"}),
        ({"reasoning_effort": "medium"}, {"thinkingBudget": 8192}, {"thinkingLevel": "MEDIUM"}),
        ({"reasoning_effort": "high"}, {"thinkingBudget": 24576}, {"thinkingLevel": "HIGH"}),
        ({"reasoning_effort": "max"}, {"thinkingBudget": 24576}, {"thinkingLevel": "XHIGH"}),
        ({"thinking_tokens": 77}, {"thinkingBudget": 77}, {"thinkingBudget": 77}),
        (
            {"thinking_tokens": 77, "reasoning_effort": "low"},
            {"thinkingBudget": 77},
            {"thinkingBudget": 77},
        ),
    ],
)
def test_what_is_thought_is_shown_to_who_asks_for_it(asked: Any, old: Any, new: Any) -> None:
    assert config(OLD, **asked) == (old and {**old, "includeThoughts": True})
    assert config(NEW, **asked) == (new and {**new, "includeThoughts": True})


@pytest.mark.parametrize("asked", [{"reasoning_effort": "none"}, {"thinking_tokens": 0}])
def test_only_older_models_can_be_kept_from_thinking(asked: Any) -> None:
    assert config(OLD, **asked) == {"thinkingBudget": 0}
    with pytest.raises(InvalidRequest, match="cannot be kept"):
        config(NEW, **asked)
    losses = Losses(may_drop=True)
    assert config(NEW, losses, **asked) is None
    assert losses.names == ("reasoning_effort",)


def test_an_effort_nobody_knows_is_refused() -> None:
    with pytest.raises(InvalidRequest, match="`huge`"):
        config(NEW, reasoning_effort="huge")
    assert config(NEW, Losses(may_drop=True), reasoning_effort="huge") is None
