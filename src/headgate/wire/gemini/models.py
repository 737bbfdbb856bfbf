"""What differs between generations of models and stands nowhere in the API's own types."""

import re
from collections.abc import Mapping
from typing import Any

from headgate.core.chat import ChatRequest
from headgate.wire.losses import Losses

UNSIGNED_CALL = "skip_thought_signature_validator"
"""Stands for the proof of a call that this API has not made itself, or whose proof was lost."""

_GENERATION = re.compile(r"gemini-(\d{1,3})\b")
_LEVELS: Mapping[str, str] = {
    "minimal": "MINIMAL",
    "low": "LOW",
    "medium": "MEDIUM",
    "high": "HIGH",
    "xhigh": "XHIGH",
    "max": "XHIGH",
}
_BUDGETS: Mapping[str, int] = {
    "minimal": 1024,
    "low": 1024,
    "medium": 8192,
    "high": 24576,
    "xhigh": 24576,
    "max": 24576,
}
"""For models that only know tokens: those of Google's own layer for OpenAI's API."""


def wants_levels(model: str) -> bool:
    """Whether it thinks by levels and wants its calls back with proof: the third generation on.

    A name without a number follows the newest models.
    """
    generation = _GENERATION.search(model)
    return int(generation[1]) >= 3 if generation else model.startswith("gemini-")


def thinking_config(request: ChatRequest, model: str, losses: Losses) -> Mapping[str, Any] | None:
    """How much to think, and that the client gets to see it.

    Raises:
        InvalidRequest: More, or less, than the model can be told.
    """
    effort, tokens = request.reasoning_effort, request.thinking_tokens
    if effort == "none" or (effort is None and tokens == 0):
        if not wants_levels(model):
            return {"thinkingBudget": 0}
        losses.unsayable("reasoning_effort", "Gemini cannot be kept from thinking")
        return None
    if effort is None:
        return None if tokens is None else {"thinkingBudget": tokens, "includeThoughts": True}
    if effort not in _LEVELS:
        losses.unsayable("reasoning_effort", f"Gemini knows no `{effort}`")
        return None
    if tokens is not None or not wants_levels(model):
        budget = _BUDGETS[effort] if tokens is None else tokens
        return {"thinkingBudget": budget, "includeThoughts": True}
    return {"thinkingLevel": _LEVELS[effort], "includeThoughts": True}
