"""Numbers a peer claims are believed only where they can be numbers of tokens."""

import pytest

from headgate.wire.counts import MOST_TOKENS, token_count


@pytest.mark.parametrize(
    ("claimed", "counted"),
    [
        (0, 0),
        (12, 12),
        (-1, 0),
        (MOST_TOKENS, 0),
        (10**400, 0),
        (True, 0),
        (1.5, 0),
        ("7", 0),
        (None, 0),
        ([1], 0),
    ],
)
def test_only_plausible_counts_count(claimed, counted):
    assert token_count(claimed) == counted
