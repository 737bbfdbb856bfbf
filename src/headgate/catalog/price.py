"""What one model costs at one provider, and what one request then costs.

Every kind of token has its own rate. Where a list names none, a token read from or written
to the cache costs what any other costs, and one of thinking what any other written one:
so providers without such a discount charge. Nothing of the kind can be assumed of sound,
of what stays cached for an hour, or of searches: without a rate, their cost is unknown.
"""

from collections.abc import Iterable, Iterator
from datetime import date
from decimal import Decimal
from itertools import chain

from msgspec import Struct

from headgate.core.usage import Money, Usage

Tokens = int | Decimal


class Rate(Struct, frozen=True):
    """Dollars per million tokens; from each step on, for all tokens of the request."""

    usd_per_mtok: Money
    steps: tuple[tuple[int, Money], ...] = ()
    """Input length above which the second number applies, ascending."""

    def at(self, input_tokens: Tokens) -> Money:
        """The rate for a request with so much input."""
        for above, usd_per_mtok in reversed(self.steps):
            if input_tokens > above:
                return usd_per_mtok
        return self.usd_per_mtok


Part = tuple[Tokens, Rate | None]
"""So many tokens, and what they cost."""


class Price(Struct, frozen=True, kw_only=True):
    """What one model costs at one provider."""

    source: str
    """The list and its version, or the page and when it was read."""
    as_of: date | None
    """The day of the list that was looked up."""
    input: Rate | None = None
    output: Rate | None = None
    cache_read: Rate | None = None
    """As `input` when absent, as `cache_write` is."""
    cache_write: Rate | None = None
    cache_write_1h: Rate | None = None
    reasoning: Rate | None = None
    """As `output` when absent."""
    audio_input: Rate | None = None
    audio_output: Rate | None = None
    cache_read_audio: Rate | None = None
    usd_per_request: Money = Decimal(0)
    usd_per_search_unit: Money | None = None
    usd_per_web_search: Money | None = None

    @property
    def usd_per_input_mtok(self) -> float | None:
        """For ranking; of the lowest step."""
        return None if self.input is None else float(self.input.usd_per_mtok)

    @property
    def usd_per_output_mtok(self) -> float | None:
        """For ranking; of the lowest step, 0 for a model that only reads."""
        if self.output is None:
            return None if self.input is None else 0.0
        return float(self.output.usd_per_mtok)

    def cost(self, usage: Usage) -> Money | None:
        """Dollars for one request; `None` for counts that contradict each other or lack a price."""
        searches = _usd(usage.search_units, self.usd_per_search_unit)
        web_searches = _usd(usage.web_searches, self.usd_per_web_search)
        tokens = self._usd(chain(self._read(usage), self._written(usage)), usage.input_tokens)
        if tokens is None or searches is None or web_searches is None:
            return None
        return tokens + searches + web_searches

    def usd(
        self,
        *,
        input_tokens: Tokens,
        output_tokens: Tokens,
        cache_read_tokens: Tokens = 0,
        cache_write_tokens: Tokens = 0,
    ) -> Money | None:
        """The same from counts, which may be means of requests that pay the same rates."""
        parts = (
            (input_tokens - cache_read_tokens - cache_write_tokens, self.input),
            (cache_read_tokens, self.cache_read or self.input),
            (cache_write_tokens, self.cache_write or self.input),
            (output_tokens, self.output),
        )
        return self._usd(parts, input_tokens)

    def _read(self, usage: Usage) -> Iterator[Part]:
        if usage.billed_input_tokens is not None:
            yield usage.billed_input_tokens, self.input
            return
        read, heard = usage.cache_read_tokens, usage.audio_input_tokens
        read_heard, hour = usage.cache_read_audio_tokens, usage.cache_write_1h_tokens
        fresh = usage.input_tokens - read - usage.cache_write_tokens
        yield fresh - (heard - read_heard), self.input
        yield heard - read_heard, self.audio_input
        yield read - read_heard, self.cache_read or self.input
        yield read_heard, self.cache_read_audio
        yield usage.cache_write_tokens - hour, self.cache_write or self.input
        yield hour, self.cache_write_1h

    def _written(self, usage: Usage) -> Iterator[Part]:
        if usage.billed_output_tokens is not None:
            yield usage.billed_output_tokens, self.output
            return
        thought = 0 if self.reasoning is None else usage.reasoning_tokens
        spoken = usage.audio_output_tokens
        yield usage.output_tokens - thought - spoken, self.output
        yield thought, self.reasoning
        yield spoken, self.audio_output

    def _usd(self, parts: Iterable[Part], input_tokens: Tokens) -> Money | None:
        per_million = Decimal(0)
        for tokens, rate in parts:
            if tokens == 0:
                continue
            if tokens < 0 or rate is None:
                return None
            per_million += rate.at(input_tokens) * tokens
        return per_million.scaleb(-6) + self.usd_per_request


def _usd(count: int, each: Money | None) -> Money | None:
    if count == 0:
        return Decimal(0)
    return None if each is None or count < 0 else each * count
