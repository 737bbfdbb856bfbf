"""How many requests a share allows to be hedged."""

from hypothesis import given
from hypothesis import strategies as st

from headgate.gateway.care import MOST_SAVED_UP, Allowance


@given(st.floats(0.001, 1), st.lists(st.booleans(), max_size=300))
def test_never_more_than_the_share_is_used(share: float, wants: list[bool]) -> None:
    allowance, used = Allowance(share), 0
    for number, wanted in enumerate(wants, start=1):
        allowance.earn()
        used += wanted and allowance.take()
        assert used <= share * number + 1e-6


def test_the_share_is_used_in_full_by_who_always_wants() -> None:
    allowance = Allowance(0.1)
    used = 0
    for _ in range(1000):
        allowance.earn()
        used += allowance.take()
    assert used == 100


def test_a_quiet_time_leaves_a_few_and_no_flood() -> None:
    allowance = Allowance(0.5)
    for _ in range(1000):
        allowance.earn()
    assert sum(allowance.take() for _ in range(1000)) == MOST_SAVED_UP
