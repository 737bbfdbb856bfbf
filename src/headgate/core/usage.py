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
    reasoning_tokens: int = 0
    is_estimated: bool = False
    """Counted by us from the text, because the backend did not say."""
