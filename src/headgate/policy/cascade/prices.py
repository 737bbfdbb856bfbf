"""What the calls of a cascade cost: own machines draw power, hosted models have a list price."""

from collections.abc import Sequence
from decimal import Decimal
from statistics import median
from typing import Self

import msgspec
from msgspec import Struct

from headgate.estimate.energy import usd_per_busy_hour
from headgate.policy.cascade.rows import Labelled

CHARS_PER_TOKEN = 4
"""Rule of thumb for English."""

LOCAL_WATTS = 530
"""An RTX 4090 under load (450) and its computer (80): `headgate catalog hardware`."""
LOCAL_TOKENS_PER_S = 100
"""An 8B model of 4 bits on it, one request at a time; several at once cost less each."""
LOCAL_PROMPT_TOKENS_PER_S = 3_000
"""Reading is that much faster than writing; some cards read faster still."""
USD_PER_KWH = 0.146
"""Commerce in the United States, spring 2026: `headgate catalog tariffs`."""


class PerToken(Struct, frozen=True):
    """Dollars for a million tokens."""

    usd_per_input_mtok: float
    usd_per_output_mtok: float

    def usd(self, input_chars: int, output_chars: float) -> float:
        """What one call costs."""
        million_chars = CHARS_PER_TOKEN * 1e6
        read = input_chars * self.usd_per_input_mtok
        return (read + output_chars * self.usd_per_output_mtok) / million_chars


def electricity(watts: float = LOCAL_WATTS, usd_per_kwh: float = USD_PER_KWH) -> PerToken:
    """What tokens of an own machine cost while it does nothing else."""
    usd_per_hour = float(usd_per_busy_hour(Decimal(str(watts)), Decimal(str(usd_per_kwh))))
    per_second = usd_per_hour / 3600 * 1e6
    return PerToken(per_second / LOCAL_PROMPT_TOKENS_PER_S, per_second / LOCAL_TOKENS_PER_S)


GPT_4O = PerToken(2.5, 10.0)
"""OpenAI's list price, 2026-11-23 (genai-prices)."""


class Prices(Struct, frozen=True, kw_only=True):
    """Of the cheap models and of the strong one."""

    cheap: PerToken = electricity()
    strong: PerToken = GPT_4O
    strong_answer_tokens: float | None = None
    """Of one answer; `None` stands for as many as the first cheap model's usually has."""

    def settled(self, rows: Sequence[Labelled]) -> Self:
        """With a length for strong answers, which labelled files do not tell.

        One length for all: to take each cheap answer's own would price a small model's
        endless loops as the strong model's.
        """
        if self.strong_answer_tokens is not None:
            return self
        usual = median(row.seen[0].chars for row in rows) / CHARS_PER_TOKEN
        return msgspec.structs.replace(self, strong_answer_tokens=usual)

    def cheap_usd(self, row: Labelled, member: int) -> float:
        """One cheap answer."""
        return self.cheap.usd(len(row.question.text), row.seen[member].chars)

    def strong_usd(self, row: Labelled) -> float:
        """One strong answer."""
        tokens = self.strong_answer_tokens
        assert tokens is not None, "not settled"
        return self.strong.usd(len(row.question.text), tokens * CHARS_PER_TOKEN)
