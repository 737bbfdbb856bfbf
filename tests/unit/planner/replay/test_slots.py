"""First come, first served."""

from hypothesis import given
from hypothesis import strategies as st

from headgate.planner.replay.slots import Slots

arrivals = st.lists(st.tuples(st.floats(0, 5), st.floats(0.01, 10)), max_size=40)


def test_who_finds_every_slot_taken_waits_for_the_first_to_be_free() -> None:
    slots = Slots(2)
    assert [slots.take(0.0, 4.0), slots.take(1.0, 6.0)] == [0.0, 0.0]
    assert slots.stand(1.0) == (2, 0, 3.0)
    assert slots.take(1.0, 5.0) == 3.0
    # The next to be free is the one that began second, at 7.
    assert slots.take(2.0, 1.0) == 5.0
    assert slots.stand(2.0) == (2, 2, 6.0)
    assert slots.stand(20.0) == (0, 0, 0.0)
    assert slots.busy_s == 16.0


def test_without_a_limit_nobody_waits() -> None:
    slots = Slots(None)
    assert [slots.take(0.0, 9.0) for _ in range(5)] == [0.0] * 5
    assert slots.stand(1.0) == (5, 0, 0.0)


@given(arrivals, st.integers(1, 4))
def test_waits_are_those_of_a_queue_played_through_slot_by_slot(
    arrivals: list[tuple[float, float]], count: int
) -> None:
    slots, free, now = Slots(count), [0.0] * count, 0.0
    for gap, service_s in arrivals:
        now += gap
        slot = min(range(count), key=free.__getitem__)
        begins = max(now, free[slot])
        free[slot] = begins + service_s
        assert slots.take(now, service_s) == begins - now


@given(arrivals, st.integers(1, 4))
def test_what_stands_is_what_is_not_over(arrivals: list[tuple[float, float]], count: int) -> None:
    slots, ends, now = Slots(count), [], 0.0
    for gap, service_s in arrivals:
        now += gap
        serving, waiting, wait_s = slots.stand(now)
        here = sum(end > now for end in ends)
        assert (serving, waiting) == (min(here, count), max(here - count, 0))
        assert (wait_s > 0) == (here >= count)
        ends.append(now + slots.take(now, service_s) + service_s)
