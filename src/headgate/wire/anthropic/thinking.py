"""How much to think, in the words that a generation of Claude knows.

Older ones are given a budget of tokens, newer ones a level of effort. Where the level asked
for does not exist the next lower one stands in, which never costs more; the client is told.
"""

from collections.abc import Mapping
from typing import Any

from msgspec import Struct

from headgate.core.chat import ChatRequest
from headgate.wire.anthropic.models import EVERY_EFFORT, Abilities
from headgate.wire.losses import Losses

LEAST_BUDGET_TOKENS = 1024
_BUDGETS: Mapping[str, int] = {
    "minimal": 1024,
    "low": 1024,
    "medium": 8192,
    "high": 16_384,
    "xhigh": 24_576,
    "max": 31_999,
}
_EFFORT_OF_TOKENS = ((1024, "low"), (8192, "medium"), (16_384, "high"))
"""Up to so many tokens of thinking; more is `xhigh`."""


class Thinking(Struct, frozen=True, kw_only=True):
    """What stands in `thinking`, and in `output_config.effort`."""

    config: Mapping[str, Any] | None = None
    effort: str | None = None

    @property
    def is_on(self) -> bool:
        """The model is asked to think."""
        return self.config is not None and self.config["type"] in {"enabled", "adaptive"}

    @property
    def has_budget(self) -> bool:
        """It thinks by a budget of tokens."""
        return self.config is not None and self.config["type"] == "enabled"


def thinking_of(
    request: ChatRequest, able: Abilities, most_tokens: int, losses: Losses
) -> Thinking:
    """What the client asks for, as this model can be told.

    Raises:
        InvalidRequest: It cannot.
    """
    effort, tokens = request.reasoning_effort, request.thinking_tokens
    if effort == "none":
        return _not_thinking(able, losses)
    if effort is None and tokens is None:
        return Thinking()
    if able.thinks == "never":
        losses.unsayable(_name(effort), "this model does not think before it answers")
        return Thinking()
    if tokens is not None and able.thinks in {"by budget", "either"}:
        known = effort if effort in able.efforts else None
        return _by_budget(tokens, most_tokens, "thinking.budget_tokens", losses, effort=known)
    if able.thinks == "by budget":
        return _by_level_or_budget(effort or "medium", able, most_tokens, losses)
    if effort is None and tokens is not None:
        effort = next((e for most, e in _EFFORT_OF_TOKENS if tokens <= most), "xhigh")
        losses.drop(f"thinking.budget_tokens={effort}")
    level = _nearest(effort or "medium", able, losses)
    return Thinking(config={"type": "adaptive"}, effort=level)


def _not_thinking(able: Abilities, losses: Losses) -> Thinking:
    if able.thinks in {"never", "by budget"}:
        return Thinking()
    if able.not_thinking is None:
        losses.unsayable("reasoning_effort", "this model always thinks: ask for `low`")
        return Thinking(effort=able.efforts[0] if able.efforts else None)
    return Thinking(config={"type": able.not_thinking})


def _by_level_or_budget(effort: str, able: Abilities, most_tokens: int, losses: Losses) -> Thinking:
    level = _nearest(effort, able, losses) if able.efforts else None
    tokens = _BUDGETS.get(effort, _BUDGETS["medium"])
    # A level is a wish, not a number: it shrinks to what the answer may have.
    tokens = min(tokens, max(most_tokens // 2, LEAST_BUDGET_TOKENS))
    return _by_budget(tokens, most_tokens, "reasoning_effort", losses, effort=level)


def _by_budget(
    tokens: int, most_tokens: int, param: str, losses: Losses, *, effort: str | None
) -> Thinking:
    if tokens < LEAST_BUDGET_TOKENS or tokens >= most_tokens:
        why = f"a budget lies between {LEAST_BUDGET_TOKENS} tokens and those of the answer"
        losses.unsayable(param, f"{why} ({most_tokens})", hint="allow more tokens")
        return Thinking(effort=effort)
    config = {"type": "enabled", "budget_tokens": tokens}
    return Thinking(config=config, effort=effort)


def _nearest(effort: str, able: Abilities, losses: Losses) -> str:
    """The level itself, or the next lower one that the model knows."""
    if effort in able.efforts:
        return effort
    order = ("minimal", *EVERY_EFFORT)
    place = order.index(effort) if effort in order else order.index("medium")
    known = [level for level in able.efforts if order.index(level) <= place]
    level = known[-1] if known else able.efforts[0]
    losses.drop(f"reasoning_effort={level}")
    return level


def _name(effort: str | None) -> str:
    return "thinking" if effort is None else "reasoning_effort"
