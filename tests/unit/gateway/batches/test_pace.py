"""Whether a batch will be done in time."""

from headgate.gateway.batches.pace import SURE_AFTER, Pace
from support.gateways import ManualClock


def test_what_does_not_expire_is_never_late() -> None:
    clock = ManualClock()
    pace = Pace(clock, None)
    pace.found(10**9)
    clock.seconds += 10**9
    assert not pace.is_late()


def test_it_is_late_when_the_rest_takes_longer_than_there_is_time() -> None:
    clock = ManualClock()
    pace = Pace(clock, clock.now() + 1000)
    pace.found(100)
    for _ in range(SURE_AFTER):
        clock.seconds += 10
        pace.did_one()
    # 92 lines of 10 s each fill the 920 s that are left exactly.
    assert not pace.is_late()
    clock.seconds += 1
    assert pace.is_late()
    pace.did_one()
    assert not pace.is_late(), "one more line is done: the pace is better"


def test_before_a_pace_is_known_half_of_the_time_is_given() -> None:
    clock = ManualClock()
    pace = Pace(clock, clock.now() + 1000)
    pace.found(5)
    clock.seconds += 499
    assert not pace.is_late()
    clock.seconds += 2
    assert pace.is_late()
