"""Numbers that a peer claims."""

from typing import Any

MOST_TOKENS = 2**53
"""More than any model reads or writes; what is larger would not fit the ledger."""


def token_count(claimed: Any) -> int:
    """A number of tokens; 0 where what stands there is no such number."""
    return claimed if type(claimed) is int and 0 <= claimed < MOST_TOKENS else 0
