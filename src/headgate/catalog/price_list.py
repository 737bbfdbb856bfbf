"""A price list that was fetched: is it one, and is it whole?"""

import json
from collections.abc import Sequence
from typing import TYPE_CHECKING

from headgate.core.errors import UpstreamGarbled

if TYPE_CHECKING:
    from genai_prices.types import Provider

MOST_LOST_SHARE = 0.2
"""A list that lacks more models than this is broken, or is another kind of list."""
NEEDED = frozenset({"anthropic", "cohere", "google", "groq", "mistral", "openai", "together"})
"""Providers without which a list is not the one we know."""


def parse(content: bytes, *, instead_of: "Sequence[Provider]") -> "list[Provider]":
    """The providers of a fetched list that may stand `instead_of` the ones in use.

    Raises:
        UpstreamGarbled: It is no price list, or lacks much of the one in use.
    """
    providers = _decode(content)
    if missing := NEEDED - {provider.id for provider in providers}:
        raise UpstreamGarbled(f"the price list lacks {', '.join(sorted(missing))}")
    before, now = _models(instead_of), _models(providers)
    if now < before * (1 - MOST_LOST_SHARE):
        raise UpstreamGarbled(f"the price list has only {now:,} models; the one in use {before:,}")
    return providers


def _decode(content: bytes) -> "list[Provider]":
    from genai_prices.types import _providers_from_raw
    from pydantic import ValidationError

    try:
        return _providers_from_raw(_array(content))
    # `AttributeError`, `TypeError`: the library walks into what is no list of providers.
    except (ValidationError, ValueError, AttributeError, TypeError) as error:
        raise UpstreamGarbled("the price list is not in the form this version reads") from error


def _array(content: bytes) -> list[object]:
    decoded = json.loads(content)
    if not isinstance(decoded, list):
        raise ValueError("not an array")
    return decoded


def _models(providers: "Sequence[Provider]") -> int:
    return sum(len(provider.models) for provider in providers)
