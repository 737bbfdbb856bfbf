"""What each generation of Claude takes: facts that the encoder asks for, and nothing else.

From Anthropic's model pages and migration guides as of 2026-11. A name that is not
Claude's is another server that speaks this API: it is told everything as it was said.
"""

from collections.abc import Mapping
from typing import Literal

from msgspec import Struct
from msgspec.structs import replace

UP_TO_HIGH = ("low", "medium", "high")
WITHOUT_XHIGH = (*UP_TO_HIGH, "max")
EVERY_EFFORT = (*UP_TO_HIGH, "xhigh", "max")


class Abilities(Struct, frozen=True, kw_only=True):
    """Of one generation."""

    most_output_tokens: int = 128_000
    thinks: Literal["never", "by budget", "by effort", "either"] = "by effort"
    efforts: tuple[str, ...] = EVERY_EFFORT
    """Levels it knows; none where effort cannot be named."""
    not_thinking: Literal["disabled", "between_tools"] | None = "disabled"
    """How it is told not to think; `None`: it always does."""
    takes_sampling: bool = False
    """`temperature`, `top_p` and `top_k`."""
    is_strict: bool = True
    """Refuses what does not go together: `temperature` and `top_p`, either of them and
    thinking, a forced tool and a budget to think with."""
    takes_forced_tools: bool = True
    takes_late_instructions: bool = True
    """Messages of role `system` after the first turn."""


_THIRD = Abilities(
    most_output_tokens=4096,
    thinks="never",
    efforts=(),
    takes_sampling=True,
    is_strict=False,
    takes_late_instructions=False,
)
_FOURTH = replace(_THIRD, most_output_tokens=32_000, thinks="by budget", is_strict=True)
_LATE_FOURTH = replace(_FOURTH, most_output_tokens=64_000)
_WITH_EFFORT = Abilities(
    thinks="either", efforts=WITHOUT_XHIGH, takes_sampling=True, takes_late_instructions=False
)
_FIFTH = Abilities()
_ALWAYS_THINKING = Abilities(not_thinking=None, takes_forced_tools=False)
_BY_PREFIX: Mapping[str, Abilities] = {
    "claude-": _ALWAYS_THINKING,
    "claude-instant": _THIRD,
    "claude-2": _THIRD,
    "claude-3-": _THIRD,
    "claude-3-5-": replace(_THIRD, most_output_tokens=8192),
    "claude-3-7-": _FOURTH,
    "claude-4-": _FOURTH,
    "claude-opus-4": _FOURTH,
    "claude-sonnet-4": _FOURTH,
    "claude-haiku-4-5": _LATE_FOURTH,
    "claude-sonnet-4-5": _LATE_FOURTH,
    "claude-opus-4-5": replace(_LATE_FOURTH, efforts=UP_TO_HIGH),
    "claude-opus-4-6": _WITH_EFFORT,
    "claude-sonnet-4-6": _WITH_EFFORT,
    "claude-opus-4-7": replace(_FIFTH, takes_late_instructions=False),
    "claude-opus-4-8": _FIFTH,
    "claude-opus-5": _FIFTH,
    "claude-sonnet-5": _FIFTH,
    "claude-haiku-5-5": _FIFTH,
    "claude-sonnet-5-5": replace(_FIFTH, not_thinking="between_tools", takes_forced_tools=False),
    "claude-fable-5": replace(_FIFTH, not_thinking=None),
    "claude-opus-5-5": _ALWAYS_THINKING,
    "claude-fable-5-1": _ALWAYS_THINKING,
    "claude-fable-5-2": _ALWAYS_THINKING,
}
"""By the beginning of the name, the longest that fits; what is newer is like the newest."""
_ANOTHER_SERVER = Abilities(
    most_output_tokens=8192, thinks="either", takes_sampling=True, is_strict=False
)


def abilities_of(model: str) -> Abilities:
    """What a model takes, by its name, whatever a platform put before it."""
    start = model.find("claude-")
    if start < 0:
        return _ANOTHER_SERVER
    name = model[start:]
    return _BY_PREFIX[max((p for p in _BY_PREFIX if name.startswith(p)), key=len)]
