"""Load from far below to far above what a local engine can serve, with a hosted target behind it.

In virtual time: the whole gateway, but engines that sleep on the loop's own clock. The same
over HTTP in real time is `python -m bench.spill`.
"""

import pytest

from support.spill import CAPACITY_PER_S, SLOTS, Outcome, offered, percentile

SLO_S = 3.0
LOADS = (0.2, 0.5, 0.8, 1.0, 1.5, 2.0, 3.0)


@pytest.fixture(scope="module")
def outcomes() -> dict[float, Outcome]:
    return {load: offered(load, slo={"ttft_ms": SLO_S * 1000}) for load in LOADS}


@pytest.mark.parametrize("load", LOADS)
def test_nineteen_of_twenty_requests_start_in_time(
    outcomes: dict[float, Outcome], load: float
) -> None:
    found = outcomes[load]
    assert found.served > 50
    assert found.refused == 0
    assert percentile(found.ttft_s, 0.95) <= SLO_S


@pytest.mark.parametrize("load", LOADS)
def test_those_that_may_not_leave_start_in_time_too_and_never_leave(
    outcomes: dict[float, Outcome], load: float
) -> None:
    found = outcomes[load]
    assert len(found.private_ttft_s) > 3
    assert percentile(found.private_ttft_s, 0.95) <= SLO_S
    assert found.left_home == 0


@pytest.mark.parametrize("load", [1.5, 2.0, 3.0])
def test_the_local_engine_is_kept_busy_when_there_is_too_much(
    outcomes: dict[float, Outcome], load: float
) -> None:
    assert 0.8 < outcomes[load].utilisation <= 1.0


def test_below_capacity_next_to_nothing_leaves(outcomes: dict[float, Outcome]) -> None:
    assert outcomes[0.2].spilled == 0
    assert outcomes[0.5].spilled <= 0.02 * outcomes[0.5].served


def test_what_may_not_leave_is_refused_once_the_queue_is_full_and_never_sent_away() -> None:
    found = offered(3.0, private=1.0, seconds=120)
    assert found.left_home == found.spilled == 0
    assert found.refused > 0
    assert found.utilisation > 0.95
    # A hundred wait, and as many are served a second as ever.
    assert max(found.ttft_s) <= 1.3 * 100 / CAPACITY_PER_S + SLOTS


def test_without_a_wait_full_means_gone(outcomes: dict[float, Outcome]) -> None:
    found = offered(1.0, wait=None, private=0.0)
    assert found.spilled > outcomes[1.0].spilled
    assert found.utilisation < outcomes[1.0].utilisation


@pytest.mark.parametrize("load", [0.8, 1.5, 3.0])
def test_slots_that_nobody_knows_are_found(load: float) -> None:
    found = offered(load, capacity={"adaptive": True}, seconds=600)
    assert percentile(found.ttft_s, 0.95) <= SLO_S
    assert found.left_home == 0
    assert found.utilisation > 0.8 * min(1.0, load)
