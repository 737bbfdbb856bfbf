"""Speeds of machines that nobody has measured."""

import pytest

from headgate.core.errors import InvalidRequest
from headgate.planner.replay.hardware import speed_on

CARD = "llama-3.1-8b@rtx-4090"


def test_more_requests_at_once_are_each_answered_slower() -> None:
    alone, four, sixteen = (speed_on(CARD, count) for count in (1, 4, 16))
    assert alone.write_tokens_per_s > four.write_tokens_per_s > sixteen.write_tokens_per_s > 10
    # All sixteen together are faster than one.
    assert 16 * sixteen.write_tokens_per_s > 4 * alone.write_tokens_per_s
    assert sixteen.source == "calculated"


def test_no_more_are_at_work_than_the_memory_holds() -> None:
    assert speed_on(CARD, 100_000) == speed_on(CARD, None)


def test_a_larger_card_is_faster() -> None:
    small, large = speed_on(CARD, 16), speed_on("llama-3.1-8b@h100-sxm", 16)
    assert (large.read_tokens_per_s or 0) > 2 * (small.read_tokens_per_s or 0)
    assert large.write_tokens_per_s > 2 * small.write_tokens_per_s


@pytest.mark.parametrize(
    ("machine", "said"),
    [
        ("llama-3.1-8b@abacus", "abacus"),
        ("llama-3.1-8b", "is no machine"),
        ("llama-3.1-405b@rtx-4090", "`llama-3.1-405b@rtx-4090`: "),
    ],
)
def test_what_cannot_be_is_said(machine: str, said: str) -> None:
    with pytest.raises(InvalidRequest, match=said):
        speed_on(machine, 1)
