"""What a request consumed, and money."""

from decimal import Decimal

from msgspec import Struct

Money = Decimal
"""US dollars. `None` where a price is unknown; never 0 for that."""


class Usage(Struct, frozen=True, gc=False, kw_only=True):
    """Tokens of one attempt, normalised over providers.

    `input_tokens` is everything the model read, cache reads and writes included
    (OpenAI's convention; Anthropic's excludes them, PROTOCOL.md item 26).
    `output_tokens` includes `reasoning_tokens`.
    """

    input_tokens: int = 0
    output_tokens: int = 0
    cache_read_tokens: int = 0
    cache_write_tokens: int = 0
    cache_write_1h_tokens: int = 0
    """The part of `cache_write_tokens` that stays for an hour, which costs more."""
    reasoning_tokens: int = 0
    audio_input_tokens: int = 0
    """The part of `input_tokens` that is sound; of `output_tokens` likewise below."""
    audio_output_tokens: int = 0
    cache_read_audio_tokens: int = 0
    """What of `cache_read_tokens` is sound, and so of `audio_input_tokens`, too."""
    billed_input_tokens: int | None = None
    """What is charged, where a provider says that it is not what it read (Cohere)."""
    billed_output_tokens: int | None = None
    search_units: int = 0
    """What reranking is charged by."""
    web_searches: int = 0
    """Made by the provider for the answer, and charged one by one."""
    tier: str | None = None
    """What the provider says it charged by (`flex`, `priority`, …), where that is not the usual."""
    reported_usd: Money | None = None
    """What the provider says it charges (OpenRouter)."""
    is_estimated: bool = False
    """Counted by us from the text, because the backend did not say."""
