import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from headgate.estimate.queueing import (
    MOST_LOAD,
    busy_share,
    crowd,
    place_wait_s,
    prompt_wait_s,
)

LOADS = st.floats(0, 1.5)


def test_nobody_waits_for_an_idle_machine():
    assert prompt_wait_s(0, 1, 0.95) == 0
    assert place_wait_s(0, 1, 1, 0.95) == 0


def test_one_place_and_exponential_service_is_the_textbook_queue():
    """M/M/1 at a load of one half: P(wait > t) = 0.5 exp(-t / 2)."""
    expected = 2 * math.log(0.5 / 0.05)
    assert prompt_wait_s(0.5, 1, 0.95) == pytest.approx(expected)
    assert place_wait_s(0.5, 1, 1, 0.95) == pytest.approx(expected)


def test_many_places_at_the_same_load_make_waiting_rare():
    assert place_wait_s(0.8, 1, 64, 0.5) == 0
    assert place_wait_s(0.8, 1, 64, 0.95) < place_wait_s(0.8, 1, 4, 0.95)


def test_an_overload_waits_as_long_as_the_highest_load_counted():
    assert prompt_wait_s(3, 1, 0.95) == prompt_wait_s(MOST_LOAD, 1, 0.95)


def test_a_busy_moment_has_more_than_the_mean_but_no_more_than_places():
    assert crowd(100, 1.645, 256) == pytest.approx(116.45)
    assert crowd(100, 1.645, 110) == 110


def test_a_single_place_is_busy_as_often_as_it_is_taken():
    assert busy_share(0.3, 1) == pytest.approx(0.3)


def test_many_places_are_idle_only_when_nobody_came():
    assert busy_share(2, 100_000) == pytest.approx(1 - math.exp(-2), rel=1e-3)


@given(LOADS, LOADS, st.sampled_from([0.5, 0.95]), st.integers(1, 256))
def test_more_load_never_shortens_a_wait(one, other, percentile, places):
    low, high = sorted((one, other))
    assert prompt_wait_s(low, 1, percentile) <= prompt_wait_s(high, 1, percentile)
    waits = [place_wait_s(load, 1, places, percentile) for load in (low, high)]
    assert waits[0] <= waits[1]


@given(LOADS, st.integers(1, 256))
def test_higher_percentiles_wait_no_less(load, places):
    assert prompt_wait_s(load, 1, 0.5) <= prompt_wait_s(load, 1, 0.95)
    assert place_wait_s(load, 1, places, 0.5) <= place_wait_s(load, 1, places, 0.95)
