"""Waits for slots, against queues played through by hand and by hypothesis."""

from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from headgate.estimate.waiting import left_s, slot_wait_s

times = st.floats(0.01, 100)


def test_with_nobody_ahead_the_wait_is_for_the_slot_that_is_free_first() -> None:
    assert slot_wait_s([3.0, 1.0, 2.0], 10.0, 0) == 1.0


def test_everybody_ahead_takes_the_slot_that_is_free_first() -> None:
    # Two slots, free at 1 and 2; each request takes 4: free at 1, 2, 5, 6, 9.
    waits = [slot_wait_s([2.0, 1.0], 4.0, ahead) for ahead in range(5)]
    assert waits == [1.0, 2.0, 5.0, 6.0, 9.0]


@given(st.lists(times, min_size=1, max_size=8), times, st.integers(0, 30), st.floats(0, 4))
def test_one_more_ahead_never_shortens_the_wait(
    left: list[float], service: float, n: int, variation: float
) -> None:
    more = slot_wait_s(left, service, n + 1, variation=variation)
    assert more >= slot_wait_s(left, service, n, variation=variation)


def test_times_without_memory_free_a_slot_every_so_many_th_of_the_mean() -> None:
    waits = [slot_wait_s([4.0] * 4, 4.0, ahead, variation=1.0) for ahead in range(3)]
    assert waits == [1.0, 2.0, 3.0]


def test_what_is_left_of_equal_times_is_the_rest_of_them() -> None:
    assert left_s(1.5, [2.0] * 10) == pytest.approx(0.5)


def test_what_is_left_of_random_times_without_memory_does_not_depend_on_their_age() -> None:
    random = Random(1)
    service = sorted(random.expovariate(0.5) for _ in range(20_000))
    assert left_s(0.0, service) == pytest.approx(2.0, rel=0.03)
    assert left_s(3.0, service) == pytest.approx(2.0, rel=0.05)


def test_a_request_older_than_any_is_expected_to_go_on_like_a_fresh_one() -> None:
    assert left_s(50.0, [1.0, 3.0]) == 2.0


@given(st.floats(0, 200), st.lists(times, min_size=1).map(sorted))
def test_something_is_always_left(age: float, service: list[float]) -> None:
    assert left_s(age, service) > 0
