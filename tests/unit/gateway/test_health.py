"""The breaker as a transcript of what happens to a target and what may be done next."""

from hypothesis import given
from hypothesis import strategies as st

from headgate.gateway.health import (
    FAILURES_TO_OPEN,
    LONGEST_REST_S,
    REST_S,
    SPEED_IS_KNOWN_FOR_S,
    Health,
)


def failed_often(health: Health, at: float) -> None:
    for _ in range(FAILURES_TO_OPEN):
        health.failed(at)


def test_failures_in_a_row_open_the_breaker_and_a_success_between_them_does_not() -> None:
    health = Health()
    for _ in range(FAILURES_TO_OPEN - 1):
        health.failed(0.0)
    assert health.breaker(0.0) == "closed"
    health.succeeded()
    health.failed(0.0)
    assert health.breaker(0.0) == "closed"
    failed_often(health, 0.0)
    assert health.breaker(0.0) == "open"


def test_after_its_rest_exactly_one_request_probes_the_target() -> None:
    health = Health()
    failed_often(health, 0.0)
    assert health.breaker(REST_S - 0.1) == "open"
    assert health.breaker(REST_S) == "half_open"
    health.begin(REST_S)
    assert health.breaker(REST_S) == "open"
    health.succeeded()
    health.end(was_probe=True)
    assert health.breaker(REST_S) == "closed"


def test_a_failed_probe_rests_the_target_for_longer_up_to_a_bound() -> None:
    health, now, rests = Health(), 0.0, []
    failed_often(health, now)
    for _ in range(8):
        rest = health.resting_s(now)
        assert rest is not None
        rests.append(rest)
        now += rest
        health.end(was_probe=health.begin(now))
        health.failed(now)
    assert rests[:4] == [REST_S, REST_S * 2, REST_S * 4, REST_S * 8]
    assert rests[-1] == LONGEST_REST_S


def test_a_target_that_asks_for_rest_gets_it_at_once() -> None:
    health = Health()
    health.rest(100.0, 7.0)
    assert health.breaker(106.9) == "open"
    assert health.resting_s(100.0) == 7.0
    assert health.breaker(107.0) == "closed"


def test_a_cancelled_probe_lets_another_request_probe() -> None:
    health = Health()
    failed_often(health, 0.0)
    health.end(was_probe=health.begin(REST_S))
    assert health.breaker(REST_S) == "half_open"


@given(st.lists(st.floats(1, 1e6), min_size=1))
def test_the_moving_average_stays_within_what_was_measured(values: list[float]) -> None:
    health = Health()
    for value in values:
        health.measured(0.0, ttft_ms=value, output_tokens_per_s=None)
    assert health.ttft_ms is not None
    assert min(values) * 0.999 <= health.ttft_ms <= max(values) * 1.001
    assert health.output_tokens_per_s is None


def test_an_old_measurement_is_forgotten_and_not_averaged_with_a_new_one() -> None:
    health = Health()
    health.measured(0.0, ttft_ms=9_000, output_tokens_per_s=1.0)
    assert health.has_fresh_speed(SPEED_IS_KNOWN_FOR_S - 1)
    assert not health.has_fresh_speed(SPEED_IS_KNOWN_FOR_S)
    health.measured(SPEED_IS_KNOWN_FOR_S, ttft_ms=100, output_tokens_per_s=50.0)
    assert (health.ttft_ms, health.output_tokens_per_s) == (100, 50.0)


def test_an_older_request_that_ends_leaves_the_probe_alone() -> None:
    health = Health()
    was_probe = health.begin(0.0)
    failed_often(health, 0.0)
    health.begin(REST_S)
    health.end(was_probe=was_probe)
    assert health.breaker(REST_S) == "open"


def test_failures_of_requests_sent_before_the_rest_do_not_lengthen_it() -> None:
    health = Health()
    for _ in range(4 * FAILURES_TO_OPEN):
        health.failed(0.0)
    assert health.resting_s(0.0) == REST_S


def test_a_failure_does_not_cut_short_the_rest_a_target_asked_for() -> None:
    health = Health()
    health.rest(0.0, 60.0)
    health.failed(1.0)
    assert health.resting_s(1.0) == 59.0
